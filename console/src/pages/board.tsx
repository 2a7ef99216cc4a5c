// The live board: every call that goes on, room, engines; transfer, hang up, drain.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Failure, follow, send, type BoardNews, type House, type LiveCall, type Session } from "../api";
import { Link } from "../router";
import { clock, wait, WHO } from "../words";

export function Board({ session }: { session: Session }): JSX.Element {
  const calls = useRef(new Map<string, LiveCall>());
  const [house, setHouse] = useState<House | null>(null);
  const [, setTick] = useState(0);
  const [down, setDown] = useState(false);
  const [said, setSaid] = useState("");
  useEffect(() => {
    document.title = "Live · Console";
    const again = (): void => setTick((n) => n + 1);
    const stop = follow<BoardNews>(
      "/api/live",
      (news) => {
        if (news.house) setHouse(news.house);
        for (const call of news.calls) calls.current.set(call.id, call);
        for (const id of news.gone) calls.current.delete(id);
        again();
      },
      (lost) => {
        setDown(lost);
        if (lost) calls.current.clear();
      },
    );
    const timer = setInterval(again, 1000);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, []);
  const act = (path: string, body: unknown, done: string): void => {
    send(path, body).then(
      () => setSaid(done),
      (error: Failure) => setSaid(error.message),
    );
  };
  const rows = [...calls.current.values()].sort((a, b) => a.began_ms - b.began_ms);
  const operator = session.role === "operator";
  return (
    <>
      <h1>Live calls</h1>
      {down && <p role="alert">The connection to the server is lost. It is tried again by itself.</p>}
      <p role="status" aria-live="polite">
        {said}
      </p>
      {house && <HouseState house={house} operator={operator} act={act} />}
      {rows.length > 0 ? (
        <CallTable rows={rows} operator={operator} act={act} />
      ) : (
        <div class="empty">
          <p>No call is going on.</p>
          <p>
            Ring the line from <a href="/phone">the phone in your browser</a>, or look at <Link to="/calls">past calls</Link>.
          </p>
        </div>
      )}
    </>
  );
}

const MODEL: Record<string, string> = {
  closed: "is well",
  open: "failed or was slow, and rests",
  "half-open": "is on trial",
};

type Act = (path: string, body: unknown, done: string) => void;

function HouseState({ house, operator, act }: { house: House; operator: boolean; act: Act }): JSX.Element {
  const used = house.active + house.pending;
  return (
    <section class="tiles" aria-label="State of the line">
      <div class="tile">
        <b>{house.limit - used}</b> places free of {house.limit}
        <meter min={0} max={house.limit} high={house.limit * 0.85} value={used} aria-label="Places taken" />
      </div>
      <div class="tile">
        <b>{house.flow || "No flow"}</b> <code>{house.digest.slice(0, 8)}</code>
        {house.refused && <p role="alert">The file was changed and is refused: {house.refused}</p>}
      </div>
      {Object.entries(house.engines).map(([name, warm]) => (
        <div class="tile" key={name}>
          <span class={warm ? "dot good" : "dot bad"} aria-hidden="true" /> {name} {warm ? "is ready" : "is not ready"}
        </div>
      ))}
      {Object.entries(house.models).map(([name, state]) => (
        <div class="tile" key={name}>
          <span class={state === "closed" ? "dot good" : "dot bad"} aria-hidden="true" /> model {name} {MODEL[state] ?? state}
        </div>
      ))}
      <div class="tile">
        {house.draining ? "New callers are turned away." : "New callers are let in."}
        {operator && (
          <button
            type="button"
            onClick={() =>
              act("/api/drain", { on: !house.draining }, house.draining ? "New callers are let in." : "New callers are turned away.")
            }
          >
            {house.draining ? "Let callers in" : "Drain"}
          </button>
        )}
      </div>
    </section>
  );
}

function CallTable({ rows, operator, act }: { rows: LiveCall[]; operator: boolean; act: Act }): JSX.Element {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Calls">
      <table>
        <thead>
          <tr>
            <th scope="col">Caller</th>
            <th scope="col">For</th>
            <th scope="col">Step</th>
            <th scope="col">Last words</th>
            <th scope="col">Answered in</th>
            {operator && <th scope="col">Do</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((call) => (
            <tr key={call.id}>
              <th scope="row">
                <Link to={`/calls/${encodeURIComponent(call.id)}`}>{call.caller || "withheld"}</Link>
              </th>
              <td class="number">{clock(Date.now() - call.began_ms)}</td>
              <td>
                <code>{call.step}</code> <span class="faint">{call.phase}</span>
              </td>
              <td class="words">
                {call.last && (
                  <>
                    <span class="faint">{WHO[call.last.who]}:</span> {call.last.text}
                  </>
                )}
              </td>
              <td class="number">{wait(call.response_ms)}</td>
              {operator && (
                <td>
                  <Doings call={call} act={act} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Doings({ call, act }: { call: LiveCall; act: Act }): JSX.Element {
  const [sure, setSure] = useState(false);
  const at = `/api/live/${encodeURIComponent(call.id)}`;
  const who = call.caller || "the caller";
  return (
    <span class="row">
      {call.contacts.length > 0 && (
        <select
          aria-label={`Put ${who} through to`}
          value=""
          onChange={(event) => {
            const contact = (event.target as HTMLSelectElement).value;
            if (contact) act(`${at}/transfer`, { contact }, `${who} is put through to ${contact}.`);
          }}
        >
          <option value="">Put through…</option>
          {call.contacts.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      )}
      {sure ? (
        <>
          <button type="button" class="stop" onClick={() => act(`${at}/hang-up`, {}, `The call of ${who} was ended.`)}>
            Really
          </button>
          <button type="button" onClick={() => setSure(false)}>
            No
          </button>
        </>
      ) : (
        <button type="button" onClick={() => setSure(true)} aria-label={`Hang up on ${who}`}>
          Hang up
        </button>
      )}
    </span>
  );
}
