// What is thought of a call: measured, by a model, by people; and the form by which a person scores it. Whoever
// scores sees the model's opinion afterwards, so that the two can be compared.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Failure, get, send, type Score, type WholeCall } from "../api";

interface Rubric {
  questions: Record<string, string>;
  full: number;
  scorer: string;
}

interface Props {
  call: WholeCall;
  at: string; // the call's address in the API
  operator: boolean;
  onTurn: (number: number) => void;
}

export function Scores({ call, at, operator, onTurn }: Props): JSX.Element | null {
  const [rubric, setRubric] = useState<Rubric | null>(null);
  const [scores, setScores] = useState(call.scores);
  const [said, setSaid] = useState("");
  useEffect(() => {
    get<Rubric>("/api/rubric").then(setRubric, (error: Failure) => setSaid(error.message));
  }, []);
  useEffect(() => setScores(call.scores), [call]);
  if (!call.row.outcome || !rubric) return said ? <p role="alert">{said}</p> : null;
  const mine = new Map(scores.filter((s) => s.scorer === rubric.scorer).map((s) => [s.question, s]));
  const others = scores.filter((s) => s.scorer !== rubric.scorer && s.kind !== "measured");
  const measured = scores.filter((s) => s.kind === "measured");
  const keep = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const marks: Record<string, number> = {};
    for (const question of Object.keys(rubric.questions)) {
      const mark = form.get(question);
      if (typeof mark === "string") marks[question] = Number(mark);
    }
    try {
      const kept = await send<{ scores: Score[] }>(`${at}/score`, { marks, reason: form.get("reason") ?? "" });
      const again = new Set(kept.scores.map((s) => s.question));
      setScores([...scores.filter((s) => s.scorer !== rubric.scorer || !again.has(s.question)), ...kept.scores]);
      setSaid("Your marks are kept.");
    } catch (error) {
      setSaid((error as Failure).message);
    }
  };
  const opinions = <Opinions scores={others} full={rubric.full} onTurn={onTurn} />;
  return (
    <section aria-labelledby="scores">
      <h2 id="scores">How good it was</h2>
      {measured.length > 0 && <Measured scores={measured} onTurn={onTurn} />}
      {operator && <Form rubric={rubric} mine={mine} onKeep={keep} />}
      <p role="status" aria-live="polite">
        {said}
      </p>
      {others.length > 0 &&
        (!operator || mine.size > 0 ? (
          opinions
        ) : (
          <details>
            <summary>What others think (look when you have scored it yourself)</summary>
            {opinions}
          </details>
        ))}
    </section>
  );
}

type FormProps = { rubric: Rubric; mine: Map<string, Score>; onKeep: (event: SubmitEvent) => Promise<void> };

function Form({ rubric, mine, onKeep }: FormProps): JSX.Element {
  const marks = Array.from({ length: rubric.full + 1 }, (_, mark) => mark);
  return (
    <form class="marks" onSubmit={(event) => void onKeep(event)}>
      {Object.entries(rubric.questions).map(([name, question]) => (
        <fieldset key={name}>
          <legend>{question}</legend>
          {marks.map((mark) => (
            <label key={mark}>
              <input type="radio" name={name} value={mark} defaultChecked={Math.round((mine.get(name)?.score ?? -1) * rubric.full) === mark} />
              {mark}
              {mark === 0 ? " not at all" : mark === rubric.full ? " fully" : ""}
            </label>
          ))}
        </fieldset>
      ))}
      <label>
        Why (kept with the call; name nobody)
        <input name="reason" maxLength={500} autocomplete="off" defaultValue={[...mine.values()][0]?.reason ?? ""} />
      </label>
      <button type="submit">{mine.size > 0 ? "Change my marks" : "Keep my marks"}</button>
    </form>
  );
}

type ListProps = { scores: Score[]; onTurn: (number: number) => void };

function Measured({ scores, onTurn }: ListProps): JSX.Element {
  return (
    <ul class="plain">
      {scores.map((score) => (
        <li key={score.question}>
          {score.question.replaceAll("_", " ")} <b>{score.score.toFixed(2)}</b> <span class="faint">{score.reason}</span>
          <Turns numbers={score.turns} onTurn={onTurn} />
        </li>
      ))}
    </ul>
  );
}

function Opinions({ scores, full, onTurn }: ListProps & { full: number }): JSX.Element {
  return (
    <ul class="plain">
      {scores.map((score) => (
        <li key={score.scorer + score.question}>
          {score.question} <b>{Math.round(score.score * full)}</b> of {full} <span class="badge">{score.scorer}</span> {score.reason}
          <Turns numbers={score.turns} onTurn={onTurn} />
        </li>
      ))}
    </ul>
  );
}

function Turns({ numbers, onTurn }: { numbers: number[]; onTurn: (number: number) => void }): JSX.Element {
  return (
    <>
      {numbers.map((number) => (
        <button key={number} type="button" class="time" onClick={() => onTurn(number)}>
          turn {number}
        </button>
      ))}
    </>
  );
}
