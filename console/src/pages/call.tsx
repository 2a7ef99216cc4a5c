// One call: sound, transcript and lanes on one axis of time with one cursor; why each branch was taken.

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { bytes, Failure, follow, get, send, type Line, type Session, type WholeCall } from "../api";
import { FlowGraph } from "../parts/lazy_graph";
import { Scores } from "../parts/scores";
import { Timeline } from "../parts/timeline";
import { Turns } from "../parts/turns";
import { Link } from "../router";
import { clock, moment, money, tenth, value, wait, WHO } from "../words";

export function Call({ id, session }: { id: string; session: Session }): JSX.Element {
  const [call, setCall] = useState<WholeCall | null>(null);
  const [peaks, setPeaks] = useState<Uint8Array | null>(null);
  const [wrong, setWrong] = useState("");
  const at = `/api/calls/${encodeURIComponent(id)}`;
  const load = (): void => {
    get<WholeCall>(at).then(
      (found) => {
        setCall(found);
        document.title = `${found.row.caller || "Call"} · Console`;
        if (found.sound) bytes(`${at}/peaks`).then(setPeaks, (error: Failure) => setWrong(error.message));
      },
      (error: Failure) => setWrong(error.message),
    );
  };
  useEffect(load, [id]);
  const running = call !== null && !call.row.outcome;
  useEffect(() => {
    if (!running) return;
    let timer = 0;
    const soon = (): void => {
      timer ||= setTimeout(() => {
        timer = 0;
        load();
      }, 1000);
    };
    const stop = follow(`/api/live/${encodeURIComponent(id)}`, soon, soon);
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [running]);
  if (!call) return <>{wrong ? <Missing wrong={wrong} /> : <p class="empty">Loading…</p>}</>;
  return <Whole call={call} peaks={peaks} wrong={wrong} session={session} at={at} />;
}

function Missing({ wrong }: { wrong: string }): JSX.Element {
  return (
    <div class="empty">
      <h1>Call</h1>
      <p role="alert">{wrong}</p>
      <p>
        <Link to="/calls">To all calls</Link>
      </p>
    </div>
  );
}

type WholeProps = { call: WholeCall; peaks: Uint8Array | null; wrong: string; session: Session; at: string };

function Whole({ call, peaks, wrong, session, at }: WholeProps): JSX.Element {
  const audio = useRef<HTMLAudioElement>(null);
  const [now, setNow] = useState(0);
  const [said, setSaid] = useState("");
  const jump = (ms: number): void => {
    setNow(ms);
    if (audio.current) audio.current.currentTime = ms / 1000;
  };
  const toTurn = (number: number): void => {
    const found = call.turns.find((t) => t.number === number);
    if (found) jump(found.at_ms);
  };
  useEffect(() => {
    const asked = new URL(location.href).searchParams.get("turn");
    if (asked) toTurn(Number(asked));
  }, []);
  const { row } = call;
  const turn = useMemo(() => [...call.turns].reverse().find((t) => t.at_ms <= now), [now, call]);
  const steps = call.steps.filter((s) => s.at_ms <= now || now === 0);
  const saveTest = async (): Promise<void> => {
    try {
      const test = await send<{ file: string; text: string }>(`${at}/test`);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([test.text], { type: "text/yaml" }));
      link.download = test.file;
      link.click();
      URL.revokeObjectURL(link.href);
      setSaid(`Saved as ${test.file}. Put it into the tests folder beside the flow and run: ivr test`);
    } catch (error) {
      setSaid((error as Failure).message);
    }
  };
  return (
    <>
      <h1>
        {row.caller || "Number withheld"} <span class="faint">{moment(row.began_ms)}</span>
      </h1>
      <p class="facts">
        <b>{row.outcome || "running"}</b>
        <span>{clock(row.duration_ms)}</span>
        <span>
          {row.flow_name} <code>{row.flow_digest.slice(0, 8)}</code>
        </span>
        <span>{row.turns} turns</span>
        <span>{row.reprompts} asked again</span>
        <span>
          answered in {wait(row.response_median_ms)}, at worst {wait(row.response_worst_ms)}
        </span>
        <span>{money(row.cost_nano)}</span>
        {row.dead_airs > 0 && <span class="badge warn">{row.dead_airs} × too long silent</span>}
        {row.cut_ins > 0 && <span class="badge warn">{row.cut_ins} × cut in</span>}
        {row.failures > 0 && <span class="badge warn">{row.failures} failures</span>}
        {session.role === "operator" && call.can_test && row.outcome && (
          <button type="button" onClick={() => void saveTest()}>
            Save as a test
          </button>
        )}
      </p>
      <p role="status" aria-live="polite">
        {said}
      </p>
      {row.problem && <p role="alert">This record is not whole: {row.problem}</p>}
      {wrong && <p role="alert">{wrong}</p>}
      {call.summary && <Summary summary={call.summary} />}
      {call.sound ? (
        <audio
          ref={audio}
          controls
          preload="metadata"
          src={`${at}/audio`}
          onTimeUpdate={(event) => setNow((event.target as HTMLAudioElement).currentTime * 1000)}
        />
      ) : (
        <p class="faint">This call was not recorded. Its times are shown all the same.</p>
      )}
      <Timeline call={call} peaks={peaks} now={now} onJump={jump} audio={audio} />
      <div class="columns">
        <Transcript lines={call.lines} now={now} onJump={jump} />
        <div>
          <Turns turns={call.turns} cacheFrom={call.cache_from} current={turn} onJump={jump} />
          <Slots call={call} />
          <Scores call={call} at={at} operator={session.role === "operator"} onTurn={toTurn} />
        </div>
      </div>
      <section aria-labelledby="path">
        <h2 id="path">Path through the flow</h2>
        {call.graph ? (
          <FlowGraph graph={call.graph} been={steps.map((s) => s.step)} current={steps.at(-1)?.step} only />
        ) : (
          <p>{call.graph_problem}</p>
        )}
      </section>
    </>
  );
}

function Summary({ summary }: { summary: NonNullable<WholeCall["summary"]> }): JSX.Element {
  return (
    <section aria-label="Summary">
      <p>{summary.summary}</p>
      {summary.intent && <p class="faint">Wanted: {summary.intent}</p>}
      {summary.follow_up && <p class="faint">To do: {summary.follow_up}</p>}
    </section>
  );
}

type TranscriptProps = { lines: Line[]; now: number; onJump: (ms: number) => void };

function Transcript({ lines, now, onJump }: TranscriptProps): JSX.Element {
  const current = lines.reduce((found, line, index) => (line.at_ms <= now ? index : found), -1);
  return (
    <section aria-labelledby="transcript">
      <h2 id="transcript">Transcript</h2>
      {lines.length === 0 && <p class="faint">Nothing was said that anybody heard.</p>}
      <ol class="talk">
        {lines.map((line, index) => (
          <li key={index} class={line.who} aria-current={index === current ? "true" : undefined}>
            <button type="button" class="time" onClick={() => onJump(line.at_ms)} aria-label={`Go to ${tenth(line.at_ms)}`}>
              {tenth(line.at_ms)}
            </button>
            <b>{WHO[line.who]}</b>
            <span>
              {line.text}
              {line.cut && <em> — interrupted</em>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Slots({ call }: { call: WholeCall }): JSX.Element | null {
  if (call.slots.length === 0) return null;
  return (
    <section aria-labelledby="slots">
      <h2 id="slots">Slots as they changed</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Slot</th>
            <th scope="col">Value</th>
            <th scope="col">Step</th>
          </tr>
        </thead>
        <tbody>
          {call.slots.map((slot, index) => (
            <tr key={index}>
              <td class="number">{tenth(slot.at_ms)}</td>
              <th scope="row">{slot.name}</th>
              <td>{value(slot.value)}</td>
              <td>
                <code>{slot.step}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
