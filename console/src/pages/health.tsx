// Health over time: response time, concurrency, failures, cost, scores; and what people did.

import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { Failure, get } from "../api";
import { Chart } from "../parts/lazy_chart";
import type { Series } from "../parts/chart";
import { Quality } from "../parts/quality";
import { go, Link } from "../router";
import { moment, money } from "../words";
import type { Page } from "./more";

interface Bucket {
  from_ms: number;
  calls: number;
  goal: number;
  failed: number;
  turns: number;
  reprompts: number;
  barge_ins: number;
  cut_ins: number;
  dead_airs: number;
  failures: number;
  busiest: number;
  response_median_ms: number | null;
  response_p95_ms: number | null;
  cost_nano: number;
  cost_unknown: number;
  saved_nano: number;
  score: Record<string, number>;
}

interface AuditRow {
  at_ms: number;
  who: string;
  did: string;
  call_id: string;
  detail: string;
}

const SPANS = ["day", "week", "month"];

export const Health: Page = ({ address }) => {
  const span = address.searchParams.get("span") ?? "day";
  const [buckets, setBuckets] = useState<Bucket[] | null>(null);
  const [audit, setAudit] = useState<AuditRow[]>([]);
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    document.title = "Health · Console";
    const fail = (error: Failure): void => setWrong(error.message);
    get<{ buckets: Bucket[] }>(`/api/trend?span=${encodeURIComponent(span)}`).then((found) => setBuckets(found.buckets), fail);
    get<{ rows: AuditRow[] }>("/api/audit").then((found) => setAudit(found.rows), fail);
  }, [span]);
  return (
    <>
      <h1>Health</h1>
      <p class="row wrap" role="group" aria-label="Span of time">
        {SPANS.map((name) => (
          <button key={name} type="button" aria-pressed={name === span} onClick={() => go(`/health?span=${name}`)}>
            A {name}
          </button>
        ))}
        <a href="/metrics">Numbers for Prometheus</a>
      </p>
      {wrong && <p role="alert">{wrong}</p>}
      {buckets && (buckets.some((b) => b.calls > 0) ? <Charts buckets={buckets} span={span} /> : <Nothing span={span} />)}
      <Quality />
      <Audit rows={audit} />
    </>
  );
};

function Nothing({ span }: { span: string }): JSX.Element {
  return (
    <div class="empty">
      <p>No call in this {span}.</p>
      <p>
        <a href="/phone">Ring the line from your browser</a>, or look at a longer time.
      </p>
    </div>
  );
}

function Charts({ buckets, span }: { buckets: Bucket[]; span: string }): JSX.Element {
  const times = useMemo(() => buckets.map((b) => b.from_ms), [buckets]);
  const line = (name: string, colour: string, read: (b: Bucket) => number | null): Series => ({
    name,
    colour,
    values: buckets.map(read),
  });
  const sum = (read: (b: Bucket) => number): number => buckets.reduce((all, b) => all + read(b), 0);
  const charts = useMemo(
    () => [
      {
        title: "Response time",
        unit: " ms",
        series: [
          line("half are faster", "--wave-agent", (b) => b.response_median_ms),
          line("95 of 100 are faster", "--lane-3", (b) => b.response_p95_ms),
        ],
      },
      {
        title: "Calls",
        unit: "",
        series: [line("began", "--wave-caller", (b) => b.calls), line("at the same time, at most", "--wave-agent", (b) => b.busiest)],
      },
      {
        title: "What went wrong",
        unit: "",
        series: [
          line("asked again", "--lane-1", (b) => b.reprompts),
          line("too long silent", "--lane-3", (b) => b.dead_airs),
          line("cut in", "--lane-2", (b) => b.cut_ins),
          line("failures", "--stop", (b) => b.failures + b.failed),
        ],
      },
      {
        title: "Money",
        unit: " $",
        series: [line("spent", "--stop", (b) => b.cost_nano / 1e9), line("saved", "--wave-caller", (b) => b.saved_nano / 1e9)],
      },
      {
        title: "Scores",
        unit: "",
        series: [
          line("by a model", "--wave-agent", (b) => b.score.model ?? null),
          line("by people", "--wave-caller", (b) => b.score.person ?? null),
        ],
      },
    ],
    [buckets],
  );
  const unknown = sum((b) => b.cost_unknown);
  const calls = sum((b) => b.calls);
  return (
    <>
      <p class="facts">
        <b>{calls} calls</b>
        <span>{Math.round((sum((b) => b.goal) / calls) * 100)} % reached an end that the flow meant</span>
        <span>{money(sum((b) => b.cost_nano))} spent</span>
        {unknown > 0 && <span>the cost of {unknown} calls is not known</span>}
      </p>
      {charts
        .filter((chart) => chart.title !== "Scores" || chart.series.some((s) => s.values.some((v) => v !== null)))
        .map((chart) => (
          <Chart key={chart.title + span} times={times} {...chart} />
        ))}
    </>
  );
}

function Audit({ rows }: { rows: AuditRow[] }): JSX.Element {
  return (
    <section aria-labelledby="audit">
      <h2 id="audit">What people did</h2>
      {rows.length === 0 && <p class="faint">Nobody has put a call through, ended one, or changed anything yet.</p>}
      {rows.length > 0 && (
        <table>
          <thead>
            <tr>
              {["When", "Who", "Did", "Call", "Details"].map((name) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={index}>
                <td>{moment(row.at_ms)}</td>
                <td>{row.who}</td>
                <td>{row.did}</td>
                <td>{row.call_id && <Link to={`/calls/${encodeURIComponent(row.call_id)}`}>the call</Link>}</td>
                <td>{row.detail}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
