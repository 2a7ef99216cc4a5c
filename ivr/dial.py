"""`ivr call`: ring any server by hand, from the terminal, with typed words, WAV files or keys.

What the agent says is recognised here, since all that comes over the line is sound.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.markup import escape

from ivr.caller import Caller, Utterance, read_wav
from ivr.core.errors import CarrierError, ConfigError, EngineError
from ivr.edges.carrier import SimulatedCarrier
from ivr.engine_room import Engines

HELP: Final = (
    "Type what the caller says and press Enter; it is said when the agent has finished.\n"
    "  !words  say it at once, interrupting      #123  press keys\n"
    "  @FILE   play a WAV file                   /end  hang up"
)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing the caller does. `now`: without waiting for the agent to finish."""

    kind: str
    text: str
    now: bool = False


def parse(line: str) -> Act | None:
    """A typed line as an act; `None` for an empty one."""
    line = line.strip()
    if not line:
        return None
    if line in ("/end", "/quit", "/hangup"):
        return Act("end", "", now=True)
    now = line.startswith("!")
    line = line[1:].strip() if now else line
    if line.startswith("#"):
        return Act("keys", "".join(line[1:].split()) or "#", now=True)
    if line.startswith("@"):
        return Act("wav", line[1:].strip(), now=now)
    return Act("say", line, now=now)


async def dial(
    console: Console, carrier: SimulatedCarrier, engines: Engines, acts: list[Act], recording: Path | None
) -> None:
    """Ring, act, and print what happens. Without `acts`, take them from the keyboard."""
    caller = Caller(carrier, engines.voice)
    await carrier.ring()
    if not carrier.instructions.stream_url:
        console.print(f"The line did not take the call: {escape(str(carrier.instructions))}")
        return
    tasks = [asyncio.create_task(_overhear(console, caller, engines))]
    typed: asyncio.Queue[Act | None] = asyncio.Queue()
    try:
        if acts:
            for act in acts:
                typed.put_nowait(act)
            typed.put_nowait(None)
        else:
            console.print(HELP, highlight=False)
            tasks.append(asyncio.create_task(_keyboard(typed)))
        acting = asyncio.create_task(_act(console, caller, typed))
        tasks.append(acting)
        end = await caller.end()
        dialled = [step.dial_to for step in end.steps if step.dial_to]
        handed = f", handed to {dialled[-1]}" if dialled else ""
        console.print(f"[bold]The call was ended[/] by the {end.by}{handed}.")
        if acting.done() and not acting.cancelled() and acting.exception():
            raise acting.exception() or CarrierError("the caller could not go on")
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if recording:
            caller.write_recording(recording)
            console.print(f"Recording: {recording}", highlight=False)
        await carrier.close()


async def _act(console: Console, caller: Caller, typed: asyncio.Queue[Act | None]) -> None:
    while (act := await typed.get()) is not None:
        try:
            words = await _prepared(caller, act)
        except (ConfigError, EngineError) as error:
            console.print(f"[red]{escape(str(error))}[/]")
            continue
        if not act.now and not await caller.until_my_turn():
            return
        _print(console, caller, "caller", act.text, "green")
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
        await caller.hang_up()


async def _prepared(caller: Caller, act: Act) -> Utterance | None:
    if act.kind == "say":
        return await caller.words(act.text)
    return read_wav(Path(act.text)) if act.kind == "wav" else None


async def _keyboard(typed: asyncio.Queue[Act | None]) -> None:
    """Lines from the terminal, without holding the event loop."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        act = parse(line.decode(errors="replace"))
        if act:
            typed.put_nowait(act)
    typed.put_nowait(None)


async def _overhear(console: Console, caller: Caller, engines: Engines) -> None:
    """Print what the agent says, a stretch at a time, as our own recogniser hears it."""
    heard_to = 0.0
    while True:
        began = await caller.carrier.agent_speaks(heard_to)
        if began is None:
            return
        await caller.carrier.agent_quiet(400)
        audio = caller.carrier.agent_audio_since(began)
        heard_to = caller.carrier.now_ms
        try:
            transcript = await engines.recogniser.transcribe(audio)
        except EngineError as error:
            _print(console, caller, "agent", f"({error})", "red")
            continue
        _print(console, caller, "agent", transcript.text or "(sound)", "cyan", began)


def _print(  # noqa: PLR0913 -- a line of the conversation
    console: Console, caller: Caller, who: str, text: str, style: str, at_ms: float = -1
) -> None:
    at = caller.carrier.now_ms if at_ms < 0 else at_ms
    console.print(f"[dim]{at / 1000:6.1f} s[/]  [{style}]{who:<7}[/] {escape(text)}", highlight=False)
