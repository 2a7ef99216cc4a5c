// Past calls: filter, list, page on.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Failure, get, type CallRow } from "../api";
import { go, Link } from "../router";
import { clock, moment, money, wait } from "../words";

const FIELDS: [string, string, string][] = [
  ["text", "Words said", "parking"],
  ["caller", "Caller", "+1202…"],
  ["outcome", "How it ended", "completed"],
  ["step", "Step", "book/2"],
];

export function Calls({ address }: { address: URL }): JSX.Element {
  const query = address.searchParams.toString();
  const [rows, setRows] = useState<CallRow[] | null>(null);
  const [next, setNext] = useState("");
  const [wrong, setWrong] = useState("");
  const load = (more: string): void => {
    const params = new URLSearchParams(query);
    if (more) params.set("before", more);
    get<{ calls: CallRow[]; next: string }>(`/api/calls?${params}`).then(
      (page) => {
        setRows((had) => (more ? [...(had ?? []), ...page.calls] : page.calls));
        setNext(page.next);
        setWrong("");
      },
      (error: Failure) => setWrong(error.message),
    );
  };
  useEffect(() => {
    document.title = "Calls · Console";
    load("");
  }, [query]);
  const search = (event: SubmitEvent): void => {
    event.preventDefault();
    const filled = [...new FormData(event.target as HTMLFormElement)].filter(([, text]) => text) as [string, string][];
    const params = new URLSearchParams(filled).toString();
    go(params ? `/calls?${params}` : "/calls");
  };
  return (
    <>
      <h1>Calls</h1>
      <form class="filters" role="search" onSubmit={search}>
        {FIELDS.map(([name, label, example]) => (
          <label key={name}>
            {label}
            <input name={name} defaultValue={address.searchParams.get(name) ?? ""} placeholder={example} />
          </label>
        ))}
        <button type="submit">Find</button>
      </form>
      {wrong && <p role="alert">{wrong}</p>}
      {rows && rows.length === 0 && (
        <div class="empty">
          <p>{query ? "No call is like that." : "No calls yet."}</p>
          <p>{query ? <Link to="/calls">Show all calls</Link> : <a href="/phone">Ring the line from your browser</a>}</p>
        </div>
      )}
      {rows && rows.length > 0 && <CallList rows={rows} />}
      {next && (
        <button type="button" onClick={() => load(next)}>
          Older calls
        </button>
      )}
    </>
  );
}

function CallList({ rows }: { rows: CallRow[] }): JSX.Element {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Calls">
      <table>
        <thead>
          <tr>
            {["Began", "Caller", "Length", "How it ended", "Turns", "Asked again", "Answered in", "Money", "Score"].map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((call) => (
            <tr key={call.call_id}>
              <th scope="row">
                <Link to={`/calls/${encodeURIComponent(call.call_id)}`}>{moment(call.began_ms)}</Link>
              </th>
              <td>{call.caller || "withheld"}</td>
              <td class="number">{call.outcome ? clock(call.duration_ms) : "running"}</td>
              <td>
                {call.goal === false && (
                  <span class="dot bad" aria-hidden="true" title="Not an end that the flow meant" />
                )}{" "}
                {call.outcome || "running"} {call.summary && <span class="faint">{call.summary}</span>}
              </td>
              <td class="number">{call.turns}</td>
              <td class="number">{call.reprompts}</td>
              <td class="number">{wait(call.response_median_ms)}</td>
              <td class="number">{call.outcome ? money(call.cost_nano) : "–"}</td>
              <td class="number">{call.score === null ? "–" : call.score.toFixed(2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
