// Times, money and values as people read them.

export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const rest = String(seconds % 60).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}

export function tenth(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

export function wait(ms: number | null): string {
  if (ms === null) return "–";
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(2)} s`;
}

export function money(nano: number | null): string {
  if (nano === null) return "unknown";
  if (nano === 0) return "$0";
  const dollars = nano / 1e9;
  return dollars < 0.01 ? `${(dollars * 100).toPrecision(2)} ¢` : `$${dollars.toFixed(2)}`;
}

/** What a turn cost, given in cents. */
export function cents(amount: number | null): string {
  return money(amount === null ? null : amount * 1e7);
}

export function moment(ms: number): string {
  return new Date(ms).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

export function value(given: unknown): string {
  if (given === null || given === undefined) return "(empty)";
  if (given === true) return "yes";
  if (given === false) return "no";
  return String(given);
}

export function percent(share: number | null): string {
  return share === null ? "–" : `${Math.round(share * 100)} %`;
}

export const WHO: Record<string, string> = { agent: "Agent", caller: "Caller", keys: "Keys" };
