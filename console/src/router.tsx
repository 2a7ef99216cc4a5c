// Addresses of the console, without a library: a path, and links that do not load the page again.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

const listeners = new Set<() => void>();

export function go(path: string): void {
  history.pushState(null, "", path);
  listeners.forEach((listener) => listener());
  window.scrollTo(0, 0);
}

export function useAddress(): URL {
  const [address, setAddress] = useState(() => new URL(location.href));
  useEffect(() => {
    const read = (): void => setAddress(new URL(location.href));
    listeners.add(read);
    window.addEventListener("popstate", read);
    return () => {
      listeners.delete(read);
      window.removeEventListener("popstate", read);
    };
  }, []);
  return address;
}

type LinkProps = { to: string; children: ComponentChildren; current?: boolean };

export function Link({ to, children, current }: LinkProps): JSX.Element {
  const follow = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={to} onClick={follow} aria-current={current ? "page" : undefined}>
      {children}
    </a>
  );
}
