// The graph comes when it is looked at: its layout takes longer than all else on a page.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { GraphProps } from "./graph";

export function FlowGraph(props: GraphProps): JSX.Element {
  const [Drawn, setDrawn] = useState<((props: GraphProps) => JSX.Element) | null>(null);
  const [wrong, setWrong] = useState("");
  const place = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    const seen = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        seen.disconnect();
        import("./graph").then(
          (loaded) => setDrawn(() => loaded.Drawing),
          () => setWrong("The graph cannot be loaded."),
        );
      },
      { rootMargin: "300px" },
    );
    seen.observe(place.current!);
    return () => seen.disconnect();
  }, []);
  if (wrong) return <p role="alert">{wrong}</p>;
  return Drawn ? (
    <Drawn {...props} />
  ) : (
    <p class="faint" ref={place}>
      Drawing…
    </p>
  );
}
