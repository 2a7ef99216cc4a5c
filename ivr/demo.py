"""`ivr demo`: a whole call by a script, over the real webhooks and WebSocket, with the real engines.

Every move says what the line should make of it; the call passes when it made just that.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ivr.app import Server
from ivr.caller import Caller, Said, Utterance
from ivr.core.call import CallState
from ivr.core.call_state import taken, was_wordless
from ivr.core.commands import Command, StopSpeaking
from ivr.core.errors import CarrierError
from ivr.core.events import Event, Meaning
from ivr.core.flow.model import Flow
from ivr.core.timing import TurnTiming
from ivr.edges.carrier import CallEnd, CarrierSettings, SimulatedCarrier
from ivr.records_cli import print_record
from ivr.review.records import WholeCall

PATIENCE_S: Final = 15.0


@dataclass(frozen=True, slots=True)
class Move:
    """What the caller does next, and what the line should understand.

    how     `say`: when the agent has finished; `interrupt`: after `after_ms` of a prompt; `keys`
    expect  kind and name of the meaning (`intent book`), or kind and value (`value Tuesday`)
    """

    how: Literal["say", "interrupt", "keys"]
    words: str
    expect: str
    after_ms: int = 0


CLINIC: Final = (
    Move("interrupt", "I'd like to make an appointment.", "intent book", after_ms=2600),
    Move("say", "What are your opening hours?", "answer opening_hours"),
    Move("say", "Yes, I have.", "value True"),
    Move("keys", "427195", "keys 427195"),
    Move("say", "Yes, that's right.", "value True"),
    Move("say", "Purple elephants under the water.", "nothing"),
    Move("say", "On Tuesday, please.", "value Tuesday"),
    Move("say", "In the afternoon.", "value afternoon"),
    Move("say", "Yes.", "value True"),
    Move("say", "My knee hurts when I climb the stairs.", "value My knee hurts when I climb the stairs."),
    Move("say", "No, that's all.", "intent finished"),
)


@dataclass(slots=True)
class Result:
    """What became of a move. Times in ms; -1: none.

    served_ms  end of speech -> first audio sent, by the server's clock
    heard_ms   end of speech -> first audio heard, by the caller's clock
    """

    move: Move
    understood: str = ""
    decided_by: str = ""
    served_ms: int = -1
    heard_ms: int = -1
    interrupted: bool = False

    @property
    def right(self) -> bool:
        same = _plain(self.understood) == _plain(self.move.expect)
        return same and (self.interrupted or self.move.how != "interrupt")


@dataclass(slots=True)
class Watcher:
    """Watches the call from inside the server, and prints it as it happens."""

    console: Console
    results: list[Result] = field(default_factory=list)
    _lines: int = 0
    _state: CallState = field(default_factory=CallState)
    _understood: asyncio.Event = field(default_factory=asyncio.Event)

    def event(
        self, call_id: str, at_ms: int, event: Event, commands: tuple[Command, ...], state: CallState
    ) -> None:
        """An event of the call."""
        del call_id, at_ms
        before, self._state = self._state, state
        result = self.results[-1] if self.results else None
        if result and any(isinstance(c, StopSpeaking) for c in commands):
            result.interrupted = True
        for line in state.transcript[self._lines :]:
            self._print_line(line.who, line.text, line.at_ms, cut=line.cut)
            if line.who == "keys" and result:
                result.understood, result.decided_by = f"keys {line.text}", "keys"
                self._understood.set()
        self._lines = len(state.transcript)
        if result is None:
            return
        meaning = taken(event, before, state)
        if meaning is not None:
            result.understood, result.decided_by = describe(meaning), meaning.decided_by
            self._understood.set()
        elif was_wordless(event, before, state):
            result.understood = "nothing"
            self._understood.set()

    def turn(self, call_id: str, timing: TurnTiming) -> None:
        """A turn was answered."""
        del call_id
        if not self.results:
            return
        result = self.results[-1]
        result.served_ms = timing.response_ms
        what = f"understood: {shown(result.understood)}" if result.understood else ""
        what += f" ({result.decided_by})" if result.decided_by else ""
        answered = f"answered after {timing.response_ms} ms"
        told = f"{what}; {answered}" if what else answered
        self.console.print(f"[dim]           {escape(told)}[/]")

    async def understood(self) -> None:
        """Wait until the line has made something of the last move."""
        async with asyncio.timeout(PATIENCE_S):
            await self._understood.wait()

    def begin(self, move: Move) -> Result:
        self._understood.clear()
        self.results.append(Result(move))
        return self.results[-1]

    def _print_line(self, who: str, text: str, at_ms: int, *, cut: bool) -> None:
        style = {"agent": "cyan", "caller": "green", "keys": "yellow"}[who]
        clock = f"{at_ms // 60000:02d}:{at_ms / 1000 % 60:04.1f}"
        tail = " [red]— interrupted[/]" if cut else ""
        self.console.print(f"[dim]{clock}[/]  [{style}]{who:<7}[/] {escape(text)}{tail}", highlight=False)


def describe(meaning: Meaning) -> str:
    """A meaning as a move expects it."""
    if meaning.kind == "value":
        return f"value {meaning.value}"
    return meaning.kind if meaning.kind == "nothing" else f"{meaning.kind} {meaning.name}"


def shown(understood: str) -> str:
    """What was understood, for people."""
    return {"value True": "yes", "value False": "no"}.get(understood, understood)


async def run(server: Server, watcher: Watcher, moves: tuple[Move, ...], recording: Path) -> bool:
    """Ring the server and go through the moves. True when everything went as the script says."""
    console = watcher.console
    carrier = SimulatedCarrier(
        CarrierSettings(
            server.url, server.config.public_url, server.config.twilio_auth_token.get_secret_value()
        )
    )
    caller = Caller(carrier, server.engines.voice)
    rendered = [await caller.words(move.words) if move.how != "keys" else None for move in moves]
    faults: list[str] = []
    end: CallEnd | None = None
    try:
        await carrier.ring()
        console.print(f"[bold]Ringing {escape(server.loaded.flow.name)}[/] at {server.url}\n")
        for move, words in zip(moves, rendered, strict=True):
            result = watcher.begin(move)
            try:
                await _make(caller, watcher, result, words)
            except (TimeoutError, CarrierError) as error:
                faults.append(f"'{move.words}': {str(error) or 'the line made nothing of it in time'}")
                break
        else:
            async with asyncio.timeout(PATIENCE_S):
                end = await caller.end()
    except TimeoutError:
        faults.append("the server did not end the call")
    finally:
        caller.write_recording(recording)
        await carrier.close()
    faults += _faults(watcher.results, end)
    await server.store.settled()
    record = await _record(server, carrier.call_id)
    if record is None:
        faults.append("the journal holds no record of the call")
    _report(console, watcher.results, record, recording)
    for fault in faults:
        console.print(f"[red]✗ {escape(fault)}[/]")
    if not faults:
        console.print("[green]✓ The call went as scripted.[/]")
    return not faults


async def _make(caller: Caller, watcher: Watcher, result: Result, words: Utterance | None) -> None:

    move = result.move
    if move.how == "interrupt":
        alive = await caller.until_agent_has_spoken_for(move.after_ms)
    else:
        alive = await caller.until_my_turn()
    if not alive:
        raise CarrierError("the call was over before this")
    if move.how == "keys":
        caller.press(move.words)
        said = Said(caller.carrier.now_ms, caller.carrier.now_ms)
    else:
        assert words is not None
        said = await caller.say(words)
    await watcher.understood()
    async with asyncio.timeout(PATIENCE_S):
        answered = await caller.carrier.agent_speaks(said.began_ms)  # before the last word, it was a cut-in
    if answered is not None:
        result.heard_ms = round(answered - said.ended_ms)


def _faults(results: list[Result], end: CallEnd | None) -> list[str]:
    faults = [
        f"'{r.move.words}' should be '{r.move.expect}', was '{r.understood or 'nothing yet'}'"
        + ("" if r.interrupted or r.move.how != "interrupt" else " and did not interrupt")
        for r in results
        if not r.right
    ]
    if end is not None and end.by != "server":
        faults.append("the line was not closed by the server")
    return faults


async def _record(server: Server, call_id: str) -> WholeCall | None:
    return await server.store.records.call(call_id)


def _report(console: Console, results: list[Result], record: WholeCall | None, recording: Path) -> None:
    table = Table("", "the caller", "understood as", "by", "sent after", "heard after", title="\nTurns")
    for column in (4, 5):
        table.columns[column].justify = "right"
    for r in results:
        how = {
            "say": r.move.words,
            "interrupt": f"{r.move.words} (interrupting)",
            "keys": f"keys {r.move.words}",
        }
        table.add_row(
            "[green]✓[/]" if r.right else "[red]✗[/]",
            escape(how[r.move.how]),
            escape(shown(r.understood)),
            r.decided_by,
            _ms(r.served_ms),
            _ms(r.heard_ms),
        )
    console.print(table)
    console.print(
        "Both from the caller's last word: to the first sound as it was sent, and as it was heard.",
        style="dim",
        highlight=False,
    )
    if record:
        console.print("\n[bold]Record[/]")
        print_record(console, record)
    console.print(f"Recording (caller left, agent right): {recording}", highlight=False)


def _ms(ms: int) -> str:
    return "" if ms < 0 else f"{ms} ms"


def _plain(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum() or c == " ").strip()


def script_for(flow: Flow) -> tuple[Move, ...] | None:
    """The script that belongs to a flow; `None`: there is none."""
    return CLINIC if flow.name == "Maple Street Clinic" else None
