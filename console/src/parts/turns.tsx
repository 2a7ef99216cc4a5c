// Turn by turn: what was heard, what else it might have meant, who decided, what it cost, what made the caller wait.

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Turn } from "../api";
import { cents, percent, tenth, wait } from "../words";

type Props = { turns: Turn[]; cacheFrom: number; current: Turn | undefined; onJump: (ms: number) => void };

export function Turns({ turns, cacheFrom, current, onJump }: Props): JSX.Element {
  const list = useRef<HTMLOListElement>(null);
  const lit = useRef<HTMLLIElement>(null);
  useEffect(() => {
    // Only within the list: the page itself stays where the reader has it.
    if (lit.current && list.current) list.current.scrollTop = lit.current.offsetTop - list.current.offsetTop - 40;
  }, [current]);
  return (
    <section aria-labelledby="turns">
      <h2 id="turns">Turn by turn</h2>
      {turns.length === 0 && <p class="faint">Turns are written down when the call has ended.</p>}
      <ol class="turns" ref={list} tabIndex={turns.length > 0 ? 0 : undefined} aria-labelledby="turns">
        {turns.map((turn) => (
          <li key={turn.number} ref={turn === current ? lit : undefined} aria-current={turn === current ? "true" : undefined}>
            <Facts turn={turn} onJump={onJump} />
            {turn.words && <p>“{turn.words}”</p>}
            <p>{turn.why}</p>
            {turn.waited && <p class="faint">{turn.waited}</p>}
            <Thought turn={turn} cacheFrom={cacheFrom} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Facts({ turn, onJump }: { turn: Turn; onJump: (ms: number) => void }): JSX.Element {
  return (
    <p class="facts">
      <button type="button" class="time" onClick={() => onJump(turn.at_ms)} aria-label={`${tenth(turn.at_ms)}, go to turn ${turn.number}`}>
        {tenth(turn.at_ms)}
      </button>
      {turn.step && <code>{turn.step}</code>}
      {turn.decided_by && <span class="badge">{turn.decided_by}</span>}
      {turn.confidence !== null && <span title="How sure understanding was">{percent(turn.confidence)}</span>}
      {turn.heard_confidence !== null && (
        <span class="faint" title="How sure the recogniser was">
          heard {percent(turn.heard_confidence)}
        </span>
      )}
      {turn.tier && (
        <span class="badge">
          {turn.tier} {turn.model}
        </span>
      )}
      {turn.cents !== 0 && <span title="What models took for this turn">{turn.cents === null ? "cost unknown" : cents(turn.cents)}</span>}
      {turn.response_ms !== null && <b>{wait(turn.response_ms)}</b>}
    </p>
  );
}

/** What the classifier and the answer cache thought, also where another stage decided. */
function Thought({ turn, cacheFrom }: { turn: Turn; cacheFrom: number }): JSX.Element | null {
  if (turn.candidates.length === 0 && turn.cache_score === null) return null;
  return (
    <div class="thought">
      {turn.candidates.slice(0, 4).map(({ name, score }) => (
        <div key={name}>
          <span>{name}</span> <meter min={0} max={1} value={score} aria-label={`${name}, how sure`} /> <span class="number">{score.toFixed(2)}</span>
        </div>
      ))}
      {turn.cache_score !== null && (
        <div class="faint">
          <span>answer cache</span>{" "}
          <span class="number">
            {turn.cache_score.toFixed(2)}, {turn.cache_score >= cacheFrom ? "enough: it answers" : "too little: it answers"} from {cacheFrom.toFixed(2)} on
          </span>
        </div>
      )}
    </div>
  );
}
