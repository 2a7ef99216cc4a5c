// Charts come when they are looked at.

import type { ComponentProps, FunctionComponent, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Chart as Drawn } from "./chart";

type Props = ComponentProps<typeof Drawn>;

export function Chart(props: Props): JSX.Element {
  const [Ready, setReady] = useState<FunctionComponent<Props> | null>(null);
  useEffect(() => {
    import("./chart").then(
      (loaded) => setReady(() => loaded.Chart),
      () => undefined,
    );
  }, []);
  return Ready ? <Ready {...props} /> : <p class="faint">Drawing…</p>;
}
