// Light or dark: what is drawn on a canvas must be drawn again when that changes.

import { useEffect, useState } from "preact/hooks";

export function useScheme(): boolean {
  const query = "(prefers-color-scheme: dark)";
  const [dark, setDark] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const read = (): void => setDark(list.matches);
    list.addEventListener("change", read);
    return () => list.removeEventListener("change", read);
  }, []);
  return dark;
}
