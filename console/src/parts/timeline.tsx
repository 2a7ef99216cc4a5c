// Sound and lanes on one axis of time, with one cursor. The canvas is for the eye; the slider above it and the
// lists below it say the same to a keyboard and to a screen reader.

import type { JSX, RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Turn, WholeCall } from "../api";
import { clock, tenth } from "../words";
import { useScheme } from "./scheme";

const PER_SECOND = 50;
const WAVE = 46; // px, half of the height of one channel's wave
const LANE = 18;
const LABELS = 96;

interface Lane {
  name: string;
  colour: string;
  from: (turn: Turn) => number | null;
  to: (turn: Turn) => number | null;
}

const LANES: Lane[] = [
  { name: "End of speech", colour: "--lane-1", from: (t) => t.speech_end_ms, to: (t) => t.closed_ms },
  { name: "Recognition", colour: "--lane-2", from: (t) => t.closed_ms, to: (t) => t.heard_ms },
  { name: "Understanding", colour: "--lane-3", from: (t) => t.heard_ms, to: (t) => t.understood_ms },
  {
    name: "First audio",
    colour: "--lane-4",
    from: (t) => t.understood_ms ?? t.heard_ms ?? t.closed_ms ?? t.speech_end_ms,
    to: (t) => t.first_audio_ms,
  },
];
const MARKS = { interruption: "✕", key: "#", "false start": "~" } as const;
const HEIGHT = WAVE * 4 + LANE * (LANES.length + 3) + 24;

interface Props {
  call: WholeCall;
  peaks: Uint8Array | null;
  now: number;
  onJump: (ms: number) => void;
  audio: RefObject<HTMLAudioElement | null>;
}

export function Timeline({ call, peaks, now, onJump, audio }: Props): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const length = Math.max(call.row.duration_ms, peaks ? (peaks.length / 2 / PER_SECOND) * 1000 : 0, 1000);
  const [view, setView] = useState<[number, number]>([0, Math.min(length, 60_000)]);
  const [width, setWidth] = useState(800);
  const scheme = useScheme();
  useEffect(() => {
    const box = canvas.current!.parentElement!;
    const watch = new ResizeObserver(() => setWidth(box.clientWidth));
    watch.observe(box);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    if (now < view[0] || now > view[1]) {
      const span = view[1] - view[0];
      const from = Math.max(0, Math.min(now - span * 0.1, length - span));
      setView([from, from + span]);
    }
  }, [now]);
  useEffect(() => {
    draw(canvas.current!, width, view, call, peaks, now);
  }, [width, view, call, peaks, now, scheme]);
  const zoom = (factor: number): void => {
    const span = Math.min(length, Math.max(2000, (view[1] - view[0]) * factor));
    const from = Math.max(0, Math.min(now - span / 2, length - span));
    setView([from, from + span]);
  };
  const point = (event: PointerEvent): void => {
    if (event.type === "pointermove" && !(event.buttons & 1)) return;
    const x = event.clientX - canvas.current!.getBoundingClientRect().left - LABELS;
    if (x >= 0) onJump(view[0] + (x / (width - LABELS)) * (view[1] - view[0]));
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key === "+") zoom(0.5);
    else if (event.key === "-") zoom(2);
    else if (event.key === " " && audio.current) {
      event.preventDefault();
      if (audio.current.paused) void audio.current.play();
      else audio.current.pause();
    }
  };
  return (
    <section aria-labelledby="time" class="timeline" onKeyDown={keys}>
      <h2 id="time">Time</h2>
      <div class="row">
        <input
          type="range"
          min={0}
          max={Math.round(length)}
          step={100}
          value={Math.round(now)}
          aria-label="Position in the call"
          aria-valuetext={tenth(now)}
          onInput={(event) => onJump(Number((event.target as HTMLInputElement).value))}
        />
        <output>
          {clock(now)} of {clock(length)}
        </output>
        <button type="button" onClick={() => zoom(0.5)} aria-label="Closer (+)">
          +
        </button>
        <button type="button" onClick={() => zoom(2)} aria-label="Farther (-)">
          −
        </button>
        <button type="button" onClick={() => setView([0, length])}>
          Whole call
        </button>
      </div>
      <div class="canvas">
        <canvas ref={canvas} aria-hidden="true" onPointerDown={point} onPointerMove={point} />
      </div>
      <ul class="legend">
        {LANES.map((lane, index) => (
          <li key={lane.name}>
            <span class={`swatch lane-${index + 1}`} aria-hidden="true" /> {lane.name}
          </li>
        ))}
        <li>✕ interruption</li>
        <li># key</li>
        <li>~ false start</li>
      </ul>
    </section>
  );
}

function draw(
  canvas: HTMLCanvasElement,
  width: number,
  [from, to]: [number, number],
  call: WholeCall,
  peaks: Uint8Array | null,
  now: number,
): void {
  const ratio = devicePixelRatio || 1;
  canvas.width = width * ratio;
  canvas.height = HEIGHT * ratio;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${HEIGHT}px`;
  const g = canvas.getContext("2d")!;
  g.scale(ratio, ratio);
  const styles = getComputedStyle(canvas);
  const colour = (name: string): string => styles.getPropertyValue(name).trim();
  const x = (ms: number): number => LABELS + ((ms - from) / (to - from)) * (width - LABELS);
  const within = (a: number, b: number): boolean => b >= from && a <= to;
  g.font = "12px system-ui, sans-serif";
  g.textBaseline = "middle";
  const label = (text: string, y: number): void => {
    g.fillStyle = colour("--faint");
    g.fillText(text, 0, y, LABELS - 6);
  };

  grid(g, from, to, x, colour);
  label("Caller", WAVE);
  label("Agent", WAVE * 3);
  if (peaks) {
    wave(g, peaks, 0, WAVE, [from, to], width, colour("--wave-caller"));
    wave(g, peaks, 1, WAVE * 3, [from, to], width, colour("--wave-agent"));
  }
  let y = WAVE * 4 + LANE / 2;
  label("Speech", y);
  g.fillStyle = colour("--wave-caller");
  for (const [a, b] of call.speech) if (within(a, b)) bar(g, x(a), x(b), y);
  for (const lane of LANES) {
    y += LANE;
    label(lane.name, y);
    g.fillStyle = colour(lane.colour);
    for (const turn of call.turns) {
      const [a, b] = [lane.from(turn), lane.to(turn)];
      if (a !== null && b !== null && b >= a && within(a, b)) bar(g, x(a), x(b), y);
    }
  }
  y += LANE;
  label("Marks", y);
  g.textAlign = "center";
  for (const mark of call.marks) {
    if (!within(mark.at_ms, mark.at_ms)) continue;
    g.fillStyle = colour("--text");
    g.fillText(MARKS[mark.kind], x(mark.at_ms), y);
  }
  g.textAlign = "start";
  if (now >= from && now <= to) {
    g.fillStyle = colour("--stop");
    g.fillRect(x(now) - 1, 0, 2, HEIGHT);
  }
}

function bar(g: CanvasRenderingContext2D, a: number, b: number, y: number): void {
  const left = Math.max(LABELS, a);
  g.fillRect(left, y - LANE / 2 + 3, Math.max(2, b - left), LANE - 6);
}

function grid(
  g: CanvasRenderingContext2D,
  from: number,
  to: number,
  x: (ms: number) => number,
  colour: (name: string) => string,
): void {
  const steps = [1000, 2000, 5000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000];
  const step = steps.find((s) => (to - from) / s <= 12) ?? 1_800_000;
  for (let ms = Math.ceil(from / step) * step; ms <= to; ms += step) {
    g.fillStyle = colour("--line");
    g.fillRect(x(ms), 0, 1, HEIGHT - 18);
    g.fillStyle = colour("--faint");
    g.fillText(clock(ms), x(ms) + 3, HEIGHT - 9);
  }
}

function wave(
  g: CanvasRenderingContext2D,
  peaks: Uint8Array,
  channel: number,
  middle: number,
  [from, to]: [number, number],
  width: number,
  colour: string,
): void {
  g.fillStyle = colour;
  const columns = Math.floor(width - LABELS);
  const each = ((to - from) / 1000) * PER_SECOND;
  const first = (from / 1000) * PER_SECOND;
  for (let column = 0; column < columns; column++) {
    const begin = Math.floor(first + (column / columns) * each);
    const end = Math.max(begin + 1, Math.floor(first + ((column + 1) / columns) * each));
    let loud = 0;
    for (let i = begin; i < end; i++) loud = Math.max(loud, peaks[i * 2 + channel] ?? 0);
    // The square root lets quiet speech be seen beside loud.
    const height = Math.sqrt(loud / 255) * (WAVE - 3);
    if (height > 0) g.fillRect(LABELS + column, middle - height, 1, height * 2);
  }
}
