// A flow drawn by dagre: sub-flows from left to right, their steps from top to bottom.

import { Graph as Layout, layout } from "@dagrejs/dagre";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Graph, Node } from "../api";

export interface GraphProps {
  graph: Graph;
  been?: string[];
  current?: string | undefined;
  only?: boolean; // begin with the sub-flows that the call went through
  traffic?: { steps: Record<string, number>; left: Record<string, number>; edges: Record<string, number>; calls: number };
  onPick?: (node: Node) => void;
}

const WIDTH = 190;
const HEIGHT = 46;

interface Placed {
  node: Node;
  x: number;
  y: number;
}

function place(graph: Graph, shown: (node: Node) => boolean, times: Record<string, number>): { nodes: Placed[]; paths: { key: string; d: string; label: string; at: { x: number; y: number } }[]; width: number; height: number } {
  const drawing = new Layout({ multigraph: true }).setGraph({ rankdir: "TB", nodesep: 22, ranksep: 34, marginx: 12, marginy: 12 });
  drawing.setDefaultEdgeLabel(() => ({}));
  const nodes = graph.nodes.filter(shown);
  const known = new Set(nodes.map((n) => n.id));
  for (const node of nodes) {
    const small = node.kind === "begin" || node.kind === "end";
    drawing.setNode(node.id, { width: small ? 120 : WIDTH, height: small ? 26 : HEIGHT });
  }
  const edges = graph.edges.filter((e) => known.has(e.source) && known.has(e.target));
  const labels = edges.map((e) => [e.label, times[`${e.source} ${e.target}`] ? `× ${times[`${e.source} ${e.target}`]}` : ""].filter(Boolean).join(" "));
  edges.forEach((e, index) =>
    drawing.setEdge(e.source, e.target, { width: labels[index]!.length * 6.5, height: 14, labelpos: "r", labeloffset: 8 }, String(index)),
  );
  layout(drawing);
  const paths = edges.map((e, index) => {
    const { points, x, y } = drawing.edge(e.source, e.target, String(index)) as { points: { x: number; y: number }[]; x?: number; y?: number };
    const [head, ...rest] = points;
    const d = `M${head!.x},${head!.y}` + rest.map((p) => `L${p.x},${p.y}`).join("");
    return { key: `${e.source} ${e.target}`, d, label: labels[index]!, at: { x: x ?? 0, y: (y ?? 0) + 4 } };
  });
  const size = drawing.graph() as { width?: number; height?: number };
  return {
    nodes: nodes.map((node) => {
      const { x, y } = drawing.node(node.id) as { x: number; y: number };
      return { node, x, y };
    }),
    paths,
    width: size.width ?? 0,
    height: size.height ?? 0,
  };
}

export function Drawing({ graph, been = [], current, only = false, traffic, onPick }: GraphProps): JSX.Element {
  const names = useMemo(() => [...new Set(graph.nodes.map((n) => n.flow))], [graph]);
  const walked = useMemo(() => new Set(been), [been.join("\n")]);
  const touched = useMemo(
    () => names.filter((name) => graph.nodes.some((n) => n.flow === name && walked.has(n.id))),
    [walked, names],
  );
  const [chosen, setChosen] = useState<string>(only ? "walked" : graph.entry);
  const flows = useMemo(
    () => new Set(chosen === "all" ? names : chosen === "walked" ? (touched.length ? touched : [graph.entry]) : [chosen]),
    [chosen, touched.join("\n"), names],
  );
  const drawn = useMemo(
    () => (chosen === "walked" && touched.length > 0 ? place(way(graph, been), () => true, {}) : place(graph, (n) => flows.has(n.flow), traffic?.edges ?? {})),
    [graph, flows, traffic, chosen, chosen === "walked" ? been.join("\n") : ""],
  );
  const edgesWalked = useMemo(() => walkedWays(graph, been), [been.join("\n")]);
  const lit = useRef<SVGGElement>(null);
  useEffect(() => lit.current?.scrollIntoView({ block: "nearest", inline: "center" }), [current, drawn]);
  return (
    <div>
      <label class="inline">
        Show{" "}
        <select value={chosen} onChange={(event) => setChosen((event.target as HTMLSelectElement).value)}>
          {only && <option value="walked">where the call went</option>}
          <option value="all">the whole flow</option>
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <div class="graph" tabIndex={0} role="region" aria-label="Graph of the flow">
        <svg width={drawn.width} height={drawn.height} role="group" aria-label={`Steps of ${[...flows].join(", ")}`}>
          <defs>
            <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="11" markerHeight="11" markerUnits="userSpaceOnUse" orient="auto">
              <path d="M0,0L8,4L0,8z" class="arrow" />
            </marker>
          </defs>
          {drawn.paths.map((path, index) => {
            const times = traffic?.edges[path.key];
            return (
              <g key={index} class={edgesWalked.has(path.key) ? "way been" : times === 0 ? "way never" : "way"}>
                <path
                  d={path.d}
                  marker-end="url(#arrow)"
                  stroke-width={times && traffic.calls ? 1 + Math.min(4, (times / traffic.calls) * 4) : 1.3}
                />
                <text x={path.at.x} y={path.at.y}>
                  {path.label}
                </text>
              </g>
            );
          })}
          {drawn.nodes.map(({ node, x, y }) => (
            <Step
              key={node.id}
              node={node}
              x={x}
              y={y}
              been={walked.has(node.id)}
              current={node.id === current}
              hold={node.id === current ? lit : undefined}
              count={traffic?.steps[node.id]}
              left={traffic?.left[node.id]}
              onPick={onPick}
            />
          ))}
        </svg>
      </div>
    </div>
  );
}

/** Only the steps that ran, with the ways between them; where the flow has none (a question came between), a plain one. */
function way(graph: Graph, been: string[]): Graph {
  const ran = new Set(been);
  const entered = new Set(graph.nodes.filter((n) => ran.has(n.id)).map((n) => n.flow));
  const nodes = graph.nodes.filter((n) => ran.has(n.id) || (n.kind === "begin" && entered.has(n.flow)));
  const known = new Set(nodes.map((n) => n.id));
  const edges = graph.edges.filter((e) => known.has(e.source) && known.has(e.target));
  const begins = new Map(edges.filter((e) => e.source.endsWith(">begin")).map((e) => [e.target, e.source]));
  const linked = new Set(edges.map((e) => `${e.source} ${e.target}`));
  been.forEach((step, index) => {
    const before = been[index - 1];
    if (!before || before === step || !known.has(before) || !known.has(step)) return;
    if (linked.has(`${before} ${step}`) || linked.has(`${before} ${begins.get(step) ?? ""}`)) return;
    linked.add(`${before} ${step}`);
    edges.push({ source: before, target: step, label: "", kind: "next" });
  });
  return { ...graph, nodes, edges };
}

/** The ways between steps that ran one after the other; a begin of a sub-flow between two of them counts. */
function walkedWays(graph: Graph, been: string[]): Set<string> {
  const begins = new Map(graph.edges.filter((e) => e.source.endsWith(">begin")).map((e) => [e.target, e.source]));
  const found = new Set<string>();
  been.forEach((step, index) => {
    const before = been[index - 1];
    if (before) found.add(`${before} ${step}`);
    const begin = begins.get(step);
    if (begin && graph.edges.some((e) => e.source === before && e.target === begin)) {
      found.add(`${before} ${begin}`);
      found.add(`${begin} ${step}`);
    } else if (begin && !before) found.add(`${begin} ${step}`);
  });
  return found;
}

type StepProps = Placed & {
  been: boolean;
  current: boolean;
  hold: { current: SVGGElement | null } | undefined;
  count: number | undefined;
  left: number | undefined;
  onPick: ((node: Node) => void) | undefined;
};

function Step({ node, x, y, been, current, hold, count, left, onPick }: StepProps): JSX.Element {
  const small = node.kind === "begin" || node.kind === "end";
  const [width, height] = small ? [120, 26] : [WIDTH, HEIGHT];
  const plain = node.text.startsWith(node.kind) ? node.text.slice(node.kind.length).trim() : node.text;
  const words = plain.length > 60 ? `${plain.slice(0, 59)}…` : plain;
  const [first, second] = lines(words);
  const numbers = [count ? `${count} calls` : "", left ? `${left} ended here` : ""].filter(Boolean).join(", ");
  return (
    <g
      ref={hold}
      class={["step", node.kind, been ? "been" : "", current ? "current" : ""].join(" ")}
      transform={`translate(${x - width / 2},${y - height / 2})`}
      onClick={() => onPick?.(node)}
    >
      <title>{[`${node.id} (${node.kind}): ${node.text}`, numbers].filter(Boolean).join(" — ")}</title>
      <rect width={width} height={height} rx={small ? 13 : 8} />
      {small ? (
        <text x={width / 2} y={17} text-anchor="middle">
          {node.kind === "begin" ? node.flow : "end"}
        </text>
      ) : (
        <>
          <text x={8} y={14} class="kind">
            {node.kind} {numbers}
          </text>
          <text x={8} y={27}>
            {first}
          </text>
          <text x={8} y={40}>
            {second}
          </text>
        </>
      )}
    </g>
  );
}

function lines(words: string): [string, string] {
  if (words.length <= 30) return [words, ""];
  const cut = words.lastIndexOf(" ", 30);
  return [words.slice(0, cut > 10 ? cut : 30), words.slice(cut > 10 ? cut + 1 : 30)];
}
