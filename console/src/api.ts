// The server's API: JSON over fetch, news over server-sent events. What comes back is data, shown as text.

export type Who = "agent" | "caller" | "keys";

export interface Session {
  name: string;
  role: "viewer" | "operator";
  local: boolean;
  csrf: string;
}

export interface LiveCall {
  id: string;
  caller: string;
  flow: string;
  began_ms: number;
  step: string;
  phase: string;
  last: { who: Who; text: string } | null;
  response_ms: number | null;
  contacts: string[];
}

export interface House {
  engines: Record<string, boolean>;
  models: Record<string, string>; // closed: well; open: left alone for a while; half-open: on trial
  active: number;
  pending: number;
  limit: number;
  flow: string;
  digest: string;
  draining: boolean;
  refused: string;
}

export interface BoardNews {
  calls: LiveCall[];
  gone: string[];
  house?: House;
}

export interface CallRow {
  call_id: string;
  flow_name: string;
  flow_digest: string;
  caller: string;
  called: string;
  began_ms: number;
  ended_ms: number | null;
  outcome: string;
  duration_ms: number;
  events: number;
  turns: number;
  reprompts: number;
  barge_ins: number;
  cut_ins: number;
  dead_airs: number;
  failures: number;
  response_median_ms: number | null;
  response_worst_ms: number | null;
  goal: boolean | null;
  cost_nano: number | null;
  saved_nano: number | null;
  recording: string;
  problem: string;
  score: number | null;
  summary: string;
  intent: string;
}

export interface Turn {
  number: number;
  by: string;
  step: string;
  at_ms: number;
  words: string;
  heard_confidence: number | null;
  meaning: string;
  name: string;
  value: unknown;
  confidence: number | null;
  decided_by: string;
  said: string;
  said_heard: string;
  cut: boolean;
  barge_in_ms: number | null;
  speech_end_ms: number | null;
  closed_ms: number | null;
  heard_ms: number | null;
  understood_ms: number | null;
  first_audio_ms: number | null;
  response_ms: number | null;
  tier: string;
  model: string;
  cost_nano: number | null;
  saved_nano: number | null;
  why: string;
  waited: string;
  candidates: { name: string; score: number }[];
  cache_score: number | null;
  cents: number | null;
}

export interface Line {
  who: Who;
  text: string;
  at_ms: number;
  cut: boolean;
}

export interface SlotChange {
  name: string;
  value: unknown;
  at_ms: number;
  step: string;
}

export interface Mark {
  kind: "interruption" | "key" | "false start";
  at_ms: number;
  text: string;
}

export interface Node {
  id: string;
  flow: string;
  kind: string;
  text: string;
  line: number;
}

export interface Edge {
  source: string;
  target: string;
  label: string;
  kind: string;
}

export interface Graph {
  entry: string;
  nodes: Node[];
  edges: Edge[];
}

export interface Score {
  scorer: string;
  question: string;
  kind: "measured" | "model" | "person";
  score: number;
  reason: string;
  turns: number[];
}

export interface WholeCall {
  row: CallRow;
  turns: Turn[];
  cache_from: number; // the score from which the answer cache answers
  lines: Line[];
  steps: { step: string; at_ms: number; turn: number }[];
  slots: SlotChange[];
  speech: [number, number][];
  marks: Mark[];
  graph: Graph | null;
  graph_problem: string;
  sound: boolean;
  can_test: boolean;
  summary: { summary: string; intent: string; follow_up: string } | null;
  scores: Score[];
}

export class Failure extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

let csrf = "";
let lost: () => void = () => {};

/** Keep the session's token; `whenLost` is called when the server no longer knows the session. */
export function use(session: Session, whenLost: () => void): void {
  csrf = session.csrf;
  lost = whenLost;
}

async function told(answer: Response): Promise<string> {
  const text = (await answer.text()).trim();
  try {
    return (JSON.parse(text) as { error?: string }).error ?? text;
  } catch {
    return text || `The server answered ${answer.status}.`;
  }
}

async function ask(path: string, options?: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Failure("The server cannot be reached. Is it running?", 0);
  }
  if (answer.ok) return answer;
  if (answer.status === 401 && path !== "/api/login") lost();
  throw new Failure(await told(answer), answer.status);
}

export async function get<T>(path: string): Promise<T> {
  return (await ask(path)).json() as Promise<T>;
}

export async function bytes(path: string): Promise<Uint8Array> {
  return new Uint8Array(await (await ask(path)).arrayBuffer());
}

export async function send<T>(path: string, body: unknown = {}): Promise<T> {
  const answer = await ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify(body),
  });
  return answer.json() as Promise<T>;
}

/** Follow a stream of news until it ends or `stop` is called. `onDown` hears of a lost connection. */
export function follow<T>(path: string, onNews: (news: T) => void, onDown: (down: boolean) => void): () => void {
  const source = new EventSource(path);
  source.onopen = () => onDown(false);
  source.onmessage = ({ data }) => onNews(JSON.parse(data as string) as T);
  source.onerror = () => onDown(true);
  source.addEventListener("end", () => source.close());
  return () => source.close();
}
