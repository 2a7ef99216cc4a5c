"""`ivr call`: ring any server by hand, from the terminal, with typed words, WAV files or keys.

What the agent says is recognised here, since all that comes over the line is sound.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.markup import escape

from ivr.caller import Caller, Utterance, read_wav
from ivr.core.errors import ConfigError, EngineError
from ivr.edges.carrier import SimulatedCarrier
from ivr.engine_room import Engines

HELP: Final = (
    "Type what the caller says and press Enter; it is said when the agent has finished.\n"
    "  !words  say it at once, interrupting      #123  press keys\n"
    "  @FILE   play a WAV file                   /end  hang up\n"
    "What the agent says is shown as it was heard here, by a recogniser that errs; `ivr calls` has the words."
)

_QUIET_MS: Final = 400


@dataclass(frozen=True, slots=True)
class Act:
    """One thing the caller does. `now`: without waiting for the agent to finish."""

    kind: str
    text: str
    now: bool = False


def parse(line: str) -> Act | None:
    """A typed line as an act; `None` for an empty one. Raises `ConfigError` for what is neither."""
    line = line.strip()
    now = line.startswith("!")
    line = line.lstrip("!").strip()
    if not line:
        return None
    if line.startswith("/"):
        if line.lower() in ("/end", "/quit", "/hangup"):
            return Act("end", "(hangs up)", now=True)
        raise ConfigError(f"There is no command {line}.\n{HELP}")
    if line.startswith("#"):
        return Act("keys", pressed(line[1:]) or "#", now=True)
    if line.startswith("@"):
        return Act("wav", line[1:].strip(), now=now)
    return Act("say", line, now=now)


def pressed(text: str) -> str:
    """The keys of a text without its blanks. Raises `ConfigError` for what no telephone has."""
    keys = "".join(text.split())
    if not set(keys) <= set("0123456789*#"):
        raise ConfigError(f"{keys!r} cannot be pressed: a telephone has the keys 0-9, * and #.")
    return keys


class Overhearing:
    """Prints what the agent says, a stretch at a time, as our own recogniser hears it."""

    def __init__(self, console: Console, caller: Caller, engines: Engines) -> None:
        self._console = console
        self._caller = caller
        self._engines = engines
        self._heard_to = 0.0
        self._one_at_a_time = asyncio.Lock()

    async def run(self) -> None:
        """Listen until the call is over."""
        while await self._caller.carrier.agent_speaks(self._heard_to) is not None:
            await self._caller.carrier.agent_quiet(_QUIET_MS)
            await self.catch_up()

    async def catch_up(self) -> None:
        """Print what the agent has said and is not printed yet."""
        async with self._one_at_a_time:
            carrier = self._caller.carrier
            spans = [span for span in carrier.agent_spans if span.start_ms >= self._heard_to]
            if not spans:
                return
            began, self._heard_to = spans[0].start_ms, carrier.now_ms
            try:
                transcript = await self._engines.recogniser.transcribe(carrier.agent_audio_since(began))
            except EngineError as error:
                say(self._console, began, "agent", f"({error})", "red")
                return
            say(self._console, began, "agent", transcript.text or "(sound)", "cyan")


async def dial(
    console: Console, carrier: SimulatedCarrier, engines: Engines, acts: list[Act], recording: Path | None
) -> None:
    """Ring, act, and print what happens. Without `acts`, take them from the keyboard.

    Raises `ConfigError` for a recording that cannot be played, before it rings.
    """
    caller = Caller(carrier, engines.voice)
    for act in acts:
        if act.kind == "wav":
            read_wav(Path(act.text))
    await carrier.ring()
    if not carrier.instructions.stream_url:
        console.print(f"The line did not take the call: {escape(str(carrier.instructions))}")
        return
    overhearing = Overhearing(console, caller, engines)
    typed: asyncio.Queue[Act | None] = asyncio.Queue()
    if acts:
        for act in acts:
            typed.put_nowait(act)
        typed.put_nowait(None)
    else:
        console.print(HELP, highlight=False)
        _read_keyboard(console, typed)
    tasks = [
        asyncio.create_task(overhearing.run()),
        asyncio.create_task(_act(console, caller, overhearing, typed)),
    ]
    try:
        end = await caller.end()
        await overhearing.catch_up()
        dialled = [step.dial_to for step in end.steps if step.dial_to]
        handed = f", handed to {dialled[-1]}" if dialled else ""
        console.print(f"[bold]The call was ended[/] by the {end.by}{handed}.")
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if recording:
            caller.write_recording(recording)
            console.print(f"Recording: {recording}", highlight=False)
        await carrier.close()


async def _act(
    console: Console, caller: Caller, overhearing: Overhearing, typed: asyncio.Queue[Act | None]
) -> None:
    while (act := await typed.get()) is not None:
        try:
            words = await _prepared(caller, act)
        except (ConfigError, EngineError) as error:
            console.print(f"[red]{escape(str(error))}[/]")
            continue
        if not act.now:
            if not await caller.until_my_turn():
                return
            await overhearing.catch_up()
        say(console, caller.carrier.now_ms, "caller", act.text, "green")
        match act.kind:
            case "end":
                await caller.hang_up()
                return
            case "keys":
                caller.press(act.text)
            case _:
                assert words is not None
                await caller.say(words)
    # Nothing more to say: let the agent finish, then hang up.
    if await caller.until_my_turn(1500):
        await overhearing.catch_up()
        await caller.hang_up()


async def _prepared(caller: Caller, act: Act) -> Utterance | None:
    if act.kind == "say":
        return await caller.words(act.text)
    return read_wav(Path(act.text)) if act.kind == "wav" else None


def _read_keyboard(console: Console, typed: asyncio.Queue[Act | None]) -> None:
    """Read lines in a thread of its own, which may be a terminal, a pipe or a file; it ends with us."""
    loop = asyncio.get_running_loop()

    def read() -> None:
        with suppress(RuntimeError):  # the loop is closed: the call is over
            for line in sys.stdin:
                try:
                    act = parse(line)
                except ConfigError as error:
                    console.print(escape(str(error)), style="red", highlight=False)
                    continue
                if act:
                    loop.call_soon_threadsafe(typed.put_nowait, act)
            loop.call_soon_threadsafe(typed.put_nowait, None)

    threading.Thread(target=read, name="keyboard", daemon=True).start()


def say(console: Console, at_ms: float, who: str, text: str, style: str) -> None:
    """Print a line of the conversation."""
    console.print(f"[dim]{at_ms / 1000:6.1f} s[/]  [{style}]{who:<7}[/] {escape(text)}", highlight=False)
