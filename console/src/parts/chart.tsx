// A chart over time by uPlot, with a table of the same numbers for those who do not see it.

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useScheme } from "./scheme";

export interface Series {
  name: string;
  colour: string; // a variable of the style sheet
  values: (number | null)[];
}

interface Props {
  title: string;
  times: number[]; // ms since 1970
  series: Series[];
  unit: string;
}

const shown = (value: number | null | undefined, unit: string): string =>
  value === null || value === undefined ? "–" : `${Number(value.toPrecision(4))}${unit}`;

export function Chart({ title, times, series, unit }: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useScheme();
  useEffect(() => {
    const styles = getComputedStyle(document.documentElement);
    const colour = (name: string): string => styles.getPropertyValue(name).trim();
    const axis = { stroke: colour("--faint"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line") } };
    const plot = new uPlot(
      {
        width: box.current!.clientWidth,
        height: 180,
        scales: { y: { range: (_, __, most) => [0, Math.max(1e-9, most * 1.1)] } },
        axes: [axis, { ...axis, size: 64, values: (_, ticks) => ticks.map((tick) => shown(tick, unit)) }],
        series: [
          {},
          ...series.map((each) => ({
            label: each.name,
            stroke: colour(each.colour),
            width: 2,
            spanGaps: false,
            points: { size: 5 },
            value: (_: uPlot, value: number | null) => shown(value, unit),
          })),
        ],
      },
      [times.map((ms) => ms / 1000), ...series.map((each) => each.values)],
      box.current!,
    );
    const watch = new ResizeObserver(() => plot.setSize({ width: box.current!.clientWidth, height: 180 }));
    watch.observe(box.current!);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [times, series, scheme]);
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <div ref={box} aria-hidden="true" />
      <details>
        <summary>As a table</summary>
        <div class="scroll" tabIndex={0} role="region" aria-label={`${title} as a table`}>
          <table>
            <thead>
              <tr>
                <th scope="col">From</th>
                {series.map((each) => (
                  <th scope="col" key={each.name}>
                    {each.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {times.map((ms, index) => (
                <tr key={ms}>
                  <th scope="row">{new Date(ms).toLocaleString()}</th>
                  {series.map((each) => (
                    <td key={each.name} class="number">
                      {shown(each.values[index], unit)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  );
}
