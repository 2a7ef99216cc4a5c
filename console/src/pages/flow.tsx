// The flow: YAML beside its graph, what the checker says in place, traffic on the ways, versions and their difference.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Failure, get, type Graph, type Node } from "../api";
import { FlowGraph } from "../parts/lazy_graph";
import { go } from "../router";
import { moment } from "../words";
import type { Page } from "./more";

interface Problem {
  line: number;
  column: number;
  message: string;
  hint: string;
  warning: boolean;
}

interface Shown {
  name: string;
  digest: string;
  served: string;
  refused: string;
  source: string;
  problems: Problem[];
  graph: Graph | null;
  versions: { digest: string; first_ms: number; calls: number }[];
  traffic: { calls: number; steps: Record<string, number>; left: Record<string, number>; edges: Record<string, number> } | null;
}

export const Flow: Page = ({ address }) => {
  const digest = address.searchParams.get("digest") ?? "";
  const [flow, setFlow] = useState<Shown | null>(null);
  const [wrong, setWrong] = useState("");
  const [line, setLine] = useState(0);
  useEffect(() => {
    document.title = "Flow · Console";
    get<Shown>(`/api/flow${digest ? `?digest=${encodeURIComponent(digest)}` : ""}`).then(
      (found) => {
        setFlow(found);
        setWrong("");
      },
      (error: Failure) => setWrong(error.message),
    );
  }, [digest]);
  if (!flow) return wrong ? <p role="alert">{wrong}</p> : <p class="empty">Loading…</p>;
  const worst = flow.problems.filter((p) => !p.warning).length;
  return (
    <>
      <h1>
        {flow.name} <code>{flow.digest.slice(0, 8)}</code>{" "}
        <span class="faint">{flow.digest === flow.served ? "answers new calls" : "an earlier version"}</span>
      </h1>
      {flow.refused && (
        <p role="alert">The file has been changed, but it cannot be served, so this version still answers:{"\n" + flow.refused}</p>
      )}
      <Versions flow={flow} />
      <section aria-labelledby="check">
        <h2 id="check">Check</h2>
        {flow.problems.length === 0 ? (
          <p>Nothing is wrong with it.</p>
        ) : (
          <p>
            {worst} mistakes, {flow.problems.length - worst} warnings. They stand in the text at their lines.
          </p>
        )}
        <ul>
          {flow.problems.slice(0, 20).map((problem, index) => (
            <li key={index}>
              <button type="button" class="time" onClick={() => setLine(problem.line)}>
                line {problem.line}
              </button>{" "}
              {problem.message} {problem.hint}
            </li>
          ))}
        </ul>
      </section>
      <div class="columns flow">
        <Source flow={flow} line={line} />
        <section aria-labelledby="graph">
          <h2 id="graph">Graph and traffic</h2>
          <p class="faint">
            {flow.traffic && flow.traffic.calls > 0
              ? `${flow.traffic.calls} calls went through this version. Thick ways are walked often, dashed ones never.`
              : "No call has gone through this version yet. Ring it, and the ways show where callers go and where they leave."}
          </p>
          {flow.graph ? (
            <FlowGraph
              graph={flow.graph}
              {...(flow.traffic && flow.traffic.calls > 0 ? { traffic: flow.traffic } : {})}
              onPick={(node: Node) => setLine(node.line)}
            />
          ) : (
            <p>It has mistakes, so there is no graph.</p>
          )}
        </section>
      </div>
    </>
  );
};

function Source({ flow, line }: { flow: Shown; line: number }): JSX.Element {
  const lit = useRef<HTMLElement>(null);
  useEffect(() => lit.current?.scrollIntoView({ block: "center" }), [line]);
  const at = new Map<number, Problem[]>();
  for (const problem of flow.problems) at.set(problem.line, [...(at.get(problem.line) ?? []), problem]);
  return (
    <section aria-labelledby="source">
      <h2 id="source">YAML</h2>
      <div class="source" tabIndex={0} role="region" aria-label="Text of the flow">
        {flow.source.split("\n").map((text, index) => {
          const number = index + 1;
          const wrong = at.get(number);
          return (
            <div key={number} class={number === line ? "code lit" : "code"}>
              <span class="number faint">{number}</span>
              <code ref={number === line ? lit : undefined}>{text || " "}</code>
              {wrong?.map((problem, each) => (
                <p key={each} class={problem.warning ? "problem" : "problem bad"}>
                  {problem.message} {problem.hint}
                </p>
              ))}
            </div>
          );
        })}
      </div>
    </section>
  );
}

function Versions({ flow }: { flow: Shown }): JSX.Element | null {
  const [lines, setLines] = useState<string[] | null>(null);
  const [wrong, setWrong] = useState("");
  const others = flow.versions.filter((v) => v.digest !== flow.digest);
  if (flow.versions.length === 0) return null;
  const compare = (old: string): void => {
    setLines(null);
    if (!old) return;
    const query = new URLSearchParams({ old, new: flow.digest });
    get<{ lines: string[] }>(`/api/flow/difference?${query}`).then(
      (found) => setLines(found.lines),
      (error: Failure) => setWrong(error.message),
    );
  };
  return (
    <section aria-labelledby="versions">
      <h2 id="versions">Versions</h2>
      <div class="row wrap">
        <label class="inline">
          Show{" "}
          <select value={flow.digest} onChange={(event) => go(`/flow?digest=${(event.target as HTMLSelectElement).value}`)}>
            {!flow.versions.some((v) => v.digest === flow.served) && <option value={flow.served}>served now, no calls yet</option>}
            {flow.versions.map((v) => (
              <option key={v.digest} value={v.digest}>
                {v.digest.slice(0, 8)}, since {moment(v.first_ms)}, {v.calls} calls{v.digest === flow.served ? ", served now" : ""}
              </option>
            ))}
          </select>
        </label>
        {others.length > 0 && (
          <label class="inline">
            Compare with{" "}
            <select onChange={(event) => compare((event.target as HTMLSelectElement).value)}>
              <option value="">…</option>
              {others.map((v) => (
                <option key={v.digest} value={v.digest}>
                  {v.digest.slice(0, 8)}, {moment(v.first_ms)}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {wrong && <p role="alert">{wrong}</p>}
      {lines && lines.length === 0 && <p>The two are the same, word for word.</p>}
      {lines && lines.length > 0 && (
        <div class="source" tabIndex={0} role="region" aria-label="Difference">
          {lines.slice(2).map((text, index) => (
            <div key={index} class={text.startsWith("+") ? "code added" : text.startsWith("-") ? "code removed" : "code"}>
              <code>{text || " "}</code>
            </div>
          ))}
        </div>
      )}
    </section>
  );
}
