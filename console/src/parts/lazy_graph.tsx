// The graph comes when it is looked at: the layout library is larger than the rest of the console.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { GraphProps } from "./graph";

export function FlowGraph(props: GraphProps): JSX.Element {
  const [Drawn, setDrawn] = useState<((props: GraphProps) => JSX.Element) | null>(null);
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    import("./graph").then(
      (loaded) => setDrawn(() => loaded.Drawing),
      () => setWrong("The graph cannot be loaded."),
    );
  }, []);
  if (wrong) return <p role="alert">{wrong}</p>;
  return Drawn ? <Drawn {...props} /> : <p class="faint">Drawing…</p>;
}
