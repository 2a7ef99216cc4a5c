// Canonical answers: what they sound like, how often they help, when they expire; and words that meant nothing.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Failure, get, send } from "../api";
import { Link } from "../router";
import type { Page } from "./more";

interface Answer {
  name: string;
  examples: string[];
  say: string;
  owner: string;
  expires: string;
  expired: boolean;
  hits: number;
  near: string[];
}

interface Cluster {
  words: string;
  phrases: string[];
  steps: string[];
  calls: string[];
  times: number;
  near: string;
}

interface Shown {
  days: number;
  calls: number;
  answers: Answer[];
  meanings: string[]; // intents and answers
  unhandled: Cluster[];
}

export const Answers: Page = ({ session }) => {
  const [shown, setShown] = useState<Shown | null>(null);
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    document.title = "Answers · Console";
    get<Shown>("/api/answers").then(setShown, (error: Failure) => setWrong(error.message));
  }, []);
  if (!shown) return wrong ? <p role="alert">{wrong}</p> : <p class="empty">Loading…</p>;
  return (
    <>
      <h1>
        Answers <span class="faint">of {shown.calls} calls in {shown.days} days</span>
      </h1>
      {shown.answers.length === 0 ? (
        <p class="empty">
          This flow has no answers. Give it some under <code>answers:</code>, with the ways callers ask and the words to say.
        </p>
      ) : (
        <Table answers={shown.answers} />
      )}
      <section aria-labelledby="unhandled">
        <h2 id="unhandled">What meant nothing</h2>
        {shown.unhandled.length === 0 && <p>Nothing: every caller was understood.</p>}
        <ul class="clusters">
          {shown.unhandled.map((cluster) => (
            <Unhandled key={cluster.words} cluster={cluster} meanings={shown.meanings} operator={session.role === "operator"} />
          ))}
        </ul>
      </section>
    </>
  );
};

function Table({ answers }: { answers: Answer[] }): JSX.Element {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Answers">
      <table>
        <thead>
          <tr>
            {["Answer", "Given", "Said", "Listen", "Ways to ask", "Sounds like", "Owner", "Expires"].map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {answers.map((answer) => (
            <tr key={answer.name}>
              <th scope="row">
                <Link to={`/calls?step=${encodeURIComponent(`answer:${answer.name}`)}`}>{answer.name}</Link>
              </th>
              <td class="number">{answer.hits} ×</td>
              <td class="words">{answer.say}</td>
              <td>
                <Listen name={answer.name} />
              </td>
              <td title={answer.examples.join("\n")}>{answer.examples.length}</td>
              <td>{answer.near.join(", ") || "–"}</td>
              <td>{answer.owner || "nobody"}</td>
              <td>
                {answer.expires || "never"} {answer.expired && <span class="badge warn">expired: no longer given</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Listen({ name }: { name: string }): JSX.Element {
  const [wrong, setWrong] = useState("");
  const play = (): void => {
    const sound = new Audio(`/api/answers/${encodeURIComponent(name)}/audio`);
    sound.play().then(
      () => setWrong(""),
      () => setWrong("It cannot be played now."),
    );
  };
  return (
    <>
      <button type="button" onClick={play} aria-label={`Listen to ${name}`}>
        ▶
      </button>
      {wrong && <span role="alert">{wrong}</span>}
    </>
  );
}

type UnhandledProps = { cluster: Cluster; meanings: string[]; operator: boolean };

function Unhandled({ cluster, meanings, operator }: UnhandledProps): JSX.Element {
  const [name, setName] = useState(cluster.near);
  const [said, setSaid] = useState("");
  const examples = cluster.phrases.slice(0, 20);
  const add = (): void => {
    send<{ new: boolean }>("/api/examples", { name, examples }).then(
      (done) => setSaid(done.new ? `Added to ${name}: new calls follow it within a second. Look at what else it does: ivr test` : `${name} has it already.`),
      (error: Failure) => setSaid(error.message),
    );
  };
  const copy = (): void => {
    const yaml = examples.map((phrase) => `- ${JSON.stringify(phrase)}`).join("\n");
    navigator.clipboard.writeText(yaml).then(
      () => setSaid(`Copied: put it under the examples of ${name || "an intent or an answer"} in the flow file.`),
      () => setSaid("Your browser does not let this page copy."),
    );
  };
  return (
    <li>
      <p>
        <b>“{cluster.words}”</b> <span class="faint">{cluster.times} ×, at</span>{" "}
        {cluster.steps.map((step) => (
          <code key={step}>{step} </code>
        ))}
      </p>
      {cluster.phrases.length > 1 && <p class="faint">also: {cluster.phrases.slice(1, 6).join(" · ")}</p>}
      <p class="row wrap">
        {operator && (
          <>
            <label class="inline">
              Means{" "}
              <select value={name} onChange={(event) => setName((event.target as HTMLSelectElement).value)}>
                <option value="">…</option>
                {meanings.map((meaning) => (
                  <option key={meaning} value={meaning}>
                    {meaning}
                  </option>
                ))}
              </select>
            </label>
            <button type="button" disabled={!name} onClick={add}>
              Add {examples.length > 1 ? `these ${examples.length} ` : "it "}as {examples.length > 1 ? "examples" : "an example"}
            </button>
          </>
        )}
        <button type="button" onClick={copy}>
          Copy as YAML
        </button>
        {cluster.calls.slice(0, 3).map((call, index) => (
          <Link key={call} to={`/calls/${encodeURIComponent(call)}`}>
            call {index + 1}
          </Link>
        ))}
        <span role="status" class="faint">
          {said}
        </span>
      </p>
    </li>
  );
}
