// The page: buttons, transcript, and the step that is lit. Whatever a call says is shown as text, never as HTML.

import { Audio, obstacle } from "./audio.js";

const KEYS = "123456789*0#";
const at = (id) => document.getElementById(id);
const page = Object.fromEntries(
  ["name", "status", "trouble", "call", "mute", "keypad", "typing", "text", "say", "step", "slots", "echo"]
    .concat(["lines", "saying", "values", "steps"])
    .map((id) => [id, at(id)]),
);

let audio = null;
let call = "";
let news = null;
let muted = false;
let stepRows = new Map();

function element(tag, text = "", className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function tell(text) {
  page.status.textContent = text;
}

function trouble(text) {
  page.trouble.textContent = text;
  page.trouble.hidden = !text;
}

async function ask(path, body) {
  const options = body && {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  const answer = await fetch(path, options);
  if (!answer.ok) throw new Error((await answer.text()).trim() || `The server answered ${answer.status}.`);
  return answer.json();
}

// The line's steps and slots

async function load() {
  trouble(obstacle());
  const flow = await ask("/phone/api/flow");
  document.title = `${flow.name} · Phone`;
  page.name.textContent = flow.name;
  page.step.replaceChildren(new Option("From the beginning", ""));
  let group = null;
  for (const step of flow.steps) {
    if (group?.label !== step.flow) {
      group = document.createElement("optgroup");
      group.label = step.flow;
      page.step.append(group);
      page.steps.append(element("li", step.flow, "flow"));
    }
    group.append(new Option(`${step.kind}: ${short(step.text)}`, step.id));
    const row = element("li");
    row.append(element("span", step.kind, "kind"), element("span", short(step.text)));
    stepRows.set(step.id, row);
    page.steps.append(row);
  }
  for (const slot of flow.slots) page.slots.append(...field(slot));
  page.slots.hidden = flow.slots.length === 0;
  empty();
}

function short(text) {
  return text.length > 70 ? `${text.slice(0, 69)}…` : text;
}

function field(slot) {
  const label = element("label", slot.name);
  label.htmlFor = `slot-${slot.name}`;
  const choices = slot.type === "yes_no" ? ["yes", "no"] : slot.choices;
  const input = document.createElement(choices.length ? "select" : "input");
  if (choices.length) input.append(new Option("not set", ""), ...choices.map((c) => new Option(c, c)));
  else input.autocomplete = "off";
  input.id = label.htmlFor;
  input.dataset.slot = slot.name;
  input.title = slot.ask;
  return [label, input];
}

function empty() {
  const hint = element("li", "Press Call. What you and the line say is written here.", "empty");
  page.lines.replaceChildren(hint);
}

// A call

async function ring() {
  const slots = {};
  for (const input of page.slots.querySelectorAll("[data-slot]")) {
    if (input.value) slots[input.dataset.slot] = input.value;
  }
  clear();
  tell("Ringing…");
  page.call.disabled = true;
  try {
    const opened = await ask("/phone/api/calls", { step: page.step.value, slots });
    call = opened.call;
    audio = new Audio(line);
    trouble(await audio.open(opened, page.echo.checked));
  } catch (error) {
    trouble(error.message);
    over("Not in a call.");
  }
  page.call.disabled = false;
}

function clear() {
  page.lines.replaceChildren();
  page.values.replaceChildren();
  page.saying.hidden = true;
  for (const row of stepRows.values()) {
    row.classList.remove("been");
    row.removeAttribute("aria-current");
  }
}

function line({ state, code, reason }) {
  if (state === "open") {
    tell("In a call.");
    page.call.textContent = "Hang up";
    page.call.classList.add("busy");
    for (const control of [page.mute, page.text, page.say]) control.disabled = false;
    watch();
  } else {
    ended(code, reason);
  }
}

function watch() {
  news = new EventSource(`/phone/api/calls/${call}/events`);
  news.onmessage = ({ data }) => show(JSON.parse(data));
  news.addEventListener("end", () => news?.close());
}

function show(update) {
  for (const said of update.lines) write(said);
  page.saying.textContent = `Saying: ${update.saying}`;
  page.saying.hidden = !update.saying;
  for (const id of update.path) stepRows.get(id)?.classList.add("been");
  light(update.step);
  const values = Object.entries(update.slots).flatMap(([name, value]) => [
    element("dt", name),
    element("dd", value === true ? "yes" : value === false ? "no" : String(value)),
  ]);
  page.values.replaceChildren(...values);
}

function write({ who, text, at_ms, cut }) {
  const row = element("li", "", who);
  row.append(
    element("span", `${(at_ms / 1000).toFixed(1)}`, "time"),
    element("span", { agent: "Agent", caller: "Caller", keys: "Keys" }[who], "who"),
    element("span", cut ? `${text} —` : text),
  );
  page.lines.append(row);
  page.lines.scrollTop = page.lines.scrollHeight;
}

function light(id) {
  const row = stepRows.get(id);
  if (!row || row.hasAttribute("aria-current")) return;
  for (const other of page.steps.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "step");
  page.steps.scrollTop = row.offsetTop - page.steps.offsetTop - page.steps.clientHeight / 3;
}

async function ended(code, reason) {
  const which = call;
  over("The call has ended.");
  if (code === 1006) trouble("The line broke: the server is gone, or the network is.");
  try {
    const ending = await ask(`/phone/api/calls/${which}/ending`);
    const to = ending.to ? `The caller would now be put through to ${ending.to.name} (${ending.to.number}).` : "";
    tell(to || (ending.kind === "caller" ? "You hung up." : `The call has ended: ${ending.reason}.`));
  } catch {
    if (reason && code !== 1000) trouble(`The server closed the line: ${reason}.`);
  }
}

function over(text) {
  audio?.close();
  audio = null;
  call = "";
  muted = false;
  page.mute.setAttribute("aria-pressed", "false");
  page.call.textContent = "Call";
  page.call.classList.remove("busy");
  for (const control of [page.mute, page.text, page.say]) control.disabled = true;
  page.saying.hidden = true;
  tell(text);
}

// Buttons and keys

page.call.onclick = () => (audio ? audio.hangUp() : ring());

page.mute.onclick = () => {
  muted = !muted;
  audio?.mute(muted);
  page.mute.setAttribute("aria-pressed", String(muted));
};

page.typing.onsubmit = async (event) => {
  event.preventDefault();
  const text = page.text.value.trim();
  if (!text || !call) return;
  try {
    await ask(`/phone/api/calls/${call}/text`, { text });
    page.text.value = "";
    trouble("");
  } catch (error) {
    trouble(error.message);
  }
};

for (const key of KEYS) {
  const button = element("button", key);
  button.type = "button";
  button.dataset.key = key;
  button.setAttribute("aria-label", { "*": "star", "#": "hash" }[key] ?? key);
  button.onclick = () => audio?.press(key);
  page.keypad.append(button);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.key === "Escape") audio?.hangUp();
  if (event.target.closest("input, select, textarea") || !KEYS.includes(event.key) || event.key.length > 1) return;
  const button = page.keypad.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  button.classList.add("down");
  setTimeout(() => button.classList.remove("down"), 150);
  button.click();
  event.preventDefault();
});

// Tests switch echo cancellation off: /phone?echo=off
if (new URLSearchParams(location.search).get("echo") === "off") page.echo.checked = false;

load().catch((error) => trouble(error.message));
