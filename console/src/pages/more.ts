// The pages beside calls: path, name, component.

import type { JSX } from "preact";
import type { Session } from "../api";

export type Page = (props: { address: URL; session: Session }) => JSX.Element;

export const PAGES: [string, string, Page][] = [];
