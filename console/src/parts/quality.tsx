// Whether people and model agree, which calls wait for a person's marks, and the lowest scores with their turns.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Failure, get } from "../api";
import { Link } from "../router";
import { moment, percent } from "../words";

interface Place {
  call_id: string;
  began_ms: number;
  flow: string;
}

interface Shown {
  days: number;
  agreement: { question: string; between: [string, string]; calls: number; same: number; kappa: number | null }[];
  waiting: Place[];
  low: (Place & { scorer: string; question: string; score: number; reason: string; turns: number[] })[];
}

export function Quality(): JSX.Element {
  const [shown, setShown] = useState<Shown | null>(null);
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    get<Shown>("/api/quality").then(setShown, (error: Failure) => setWrong(error.message));
  }, []);
  if (!shown) return wrong ? <p role="alert">{wrong}</p> : <p class="faint">Loading…</p>;
  return (
    <section aria-labelledby="quality">
      <h2 id="quality">
        Scores <span class="faint">in {shown.days} days</span>
      </h2>
      <Agreement shown={shown} />
      {shown.waiting.length > 0 && (
        <>
          <h3>A model has scored these, and no person yet</h3>
          <ul class="plain">
            {shown.waiting.map((call) => (
              <li key={call.call_id}>
                <Link to={`/calls/${encodeURIComponent(call.call_id)}`}>{moment(call.began_ms)}</Link> <span class="faint">{call.flow}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {shown.low.length > 0 && <Low low={shown.low} />}
    </section>
  );
}

function Agreement({ shown }: { shown: Shown }): JSX.Element {
  if (shown.agreement.length === 0) {
    return (
      <p class="faint">
        {shown.waiting.length > 0
          ? "Nobody has scored a call that a model has scored. Open one of these, and give it your marks."
          : "No call has been scored by two. A share of calls is scored when a model of the economy tier is set up (IVR_MODELS, IVR_QUALITY_SHARE); people score on the page of a call."}
      </p>
    );
  }
  return (
    <table>
      <caption>How often two scorers say the same of a call, good or not good</caption>
      <thead>
        <tr>
          {["Question", "Between", "Calls", "The same", "Beyond chance (κ)"].map((name) => (
            <th scope="col" key={name}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.agreement.map((each) => (
          <tr key={each.question + each.between.join()}>
            <th scope="row">{each.question}</th>
            <td>{each.between.join(" and ")}</td>
            <td class="number">{each.calls}</td>
            <td class="number">{percent(each.same)}</td>
            <td class="number">{each.kappa === null ? "–" : each.kappa.toFixed(2)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Low({ low }: { low: Shown["low"] }): JSX.Element {
  return (
    <>
      <h3>Low scores</h3>
      <ul class="plain">
        {low.map((one) => (
          <li key={one.call_id + one.scorer + one.question}>
            <Link to={`/calls/${encodeURIComponent(one.call_id)}`}>{moment(one.began_ms)}</Link> {one.question.replaceAll("_", " ")}{" "}
            <b>{one.score.toFixed(2)}</b> <span class="badge">{one.scorer}</span> {one.reason}{" "}
            {one.turns.slice(0, 5).map((turn) => (
              <Link key={turn} to={`/calls/${encodeURIComponent(one.call_id)}?turn=${turn}`}>
                turn {turn}{" "}
              </Link>
            ))}
          </li>
        ))}
      </ul>
    </>
  );
}
