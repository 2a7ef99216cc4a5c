// The shape of the pages beside calls.

import type { JSX } from "preact";
import type { Session } from "../api";

export type Page = (props: { address: URL; session: Session }) => JSX.Element;
