"""`ivr chat`: talk to a flow in text. Lines come from the terminal, or from a pipe."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from ivr import rehearsing
from ivr.core import dialogue
from ivr.core.commands import HttpRequest, WriteAnswer
from ivr.core.errors import IvrError
from ivr.core.flow.load import decode
from ivr.core.flow.model import Flow
from ivr.core.flow.problems import Spot
from ivr.core.paths import plant
from ivr.core.text_caller import Read
from ivr.rehearsal.checks import show
from ivr.rehearsal.recorder import Recorder, added, new_file
from ivr.rehearsal.replies import Unknown
from ivr.rehearsal.schema import OUTCOMES, keys_pressed
from ivr.rehearsal.script import Move, Reply
from ivr.rehearsal.talk import Talk

if TYPE_CHECKING:
    from ivr.call.ports import WorkResult

HELP: Final = (
    "Type what the caller says. An empty line is silence, #123 presses keys, !words interrupts,\n"
    "~0.4 words is heard with that confidence.\n"
    "  /state        slots, step and what was understood\n"
    "  /save FILE    save the conversation as a test\n"
    "  /transfer X   what becomes of transfers: completed, busy, no_answer, failed, refused\n"
    "  /drop         the line breaks, and the call goes on in another\n"
    "  /quit         hang up"
)
INTERRUPT_MS: Final = 1000
ANSWERS: Final = "What does the model answer? A sentence or more; or unknown, failed, late, budget:"
REPLIES: Final = "What does it reply? JSON, a status such as 404, timeout, refused or failed:"
_LONGEST: Final = 300
_PROMPT: Final = "> "
_FAINT: Final = re.compile(r"~(0|0?\.[0-9]+|1)\s+(\S.*)")
_LATEST: Final = 6


class Chat:
    """One conversation. `echo`: print the caller's lines, which nobody sees being typed."""

    def __init__(  # noqa: PLR0913 -- the line, who talks to it, and where it is shown
        self,
        out: Console,
        path: Path,
        flow: Flow,
        read: Read,
        *,
        echo: bool,
        today: str,
        wall_ms: int = 0,
        services: Unknown | None = None,
    ) -> None:
        self._out = out
        self._path = path
        self._flow = flow
        self._echo = echo
        self._today = today
        self._now = local_minute(wall_ms, flow.timezone) if flow.hours and wall_ms else ""
        self._replies: dict[str, list[Reply]] = {}
        self._services = services
        self._talk = Talk(flow, read, today=today, wall_ms=wall_ms, unknown=self._reply)
        self._recorder = Recorder()
        self._told = False
        self._recorder.greeting(self._talk.said)
        self._answer()

    @property
    def over(self) -> bool:
        """Whether the line has ended the call."""
        return self._talk.over

    def line(self, typed: str) -> bool:
        """Take a line. False: the caller hangs up."""
        typed = typed.strip()
        if self._echo:
            self._print(f"{_PROMPT}{typed}", "green")
        command, _, rest = typed.partition(" ")
        match command:
            case "/quit" | "/end" | "/hangup":
                return False
            case "/state":
                self._state()
            case "/save":
                self._save(rest.strip())
            case "/transfer":
                self._transfer(rest.strip())
            case "/drop":
                self._drop()
            case "/help":
                self._print(HELP, "dim")
            case _ if typed.startswith("/"):
                self._print(f"There is no command {command}.\n{HELP}", "red")
            case _ if self.over:
                self._print("Nobody is there any more. /save FILE, /state and /quit are left.", "yellow")
            case _:
                self._move(typed)
        return True

    def end(self) -> None:
        """Hang up, if the line has not."""
        self._talk.end()
        if not self._told:
            self._told = True
            self._print(f"The call is over: {self._talk.caller.state.outcome}.", "bold")

    def _move(self, typed: str) -> None:
        move = parse(typed)
        if move is None:
            self._print("Keys are 0-9, * and #, as in #123.", "red")
            return
        self._talk.make(move)
        self._recorder.move(move, self._talk.said)
        meaning = self._talk.understood
        if meaning is not None:
            what = " ".join(
                part for part in (meaning.kind, meaning.name, show(meaning.value)) if part and part != "null"
            )
            with_it = "".join(f", {slot} {show(value)}" for slot, value in meaning.fills.items())
            sure = f"({meaning.decided_by}, {meaning.confidence:.2f})"
            self._print(f"  understood: {what}{with_it} {sure}", "dim")
        self._answer()

    def _reply(self, step: str, order: HttpRequest | WriteAnswer) -> Reply:
        """What becomes of a request; it is kept for the test."""
        if isinstance(order, WriteAnswer):
            asked = f"a model, from '{order.knowledge}': {order.question}"
        else:
            asked = f"{order.method} {order.url} {order.body}".rstrip()
        self._print(f"  the line asks: {asked}", "dim")
        reply = self._services(step, order) if self._services else Reply(fails="failed")
        self._replies.setdefault(step, []).append(reply)
        shown = ": ".join(part for part in (reply.fails, reply.reason) if part)
        shown = shown or reply.answer or f"{reply.status} {reply.text}"
        self._print(f"  the reply: {shown[:_LONGEST]}", "dim")
        return reply

    def _answer(self) -> None:
        for fault in self._talk.faults():
            self._print(f"  the flow failed: {fault}", "red")
        for sentence in self._talk.said:
            self._print(f"{self._flow.name}: {sentence}", "cyan")
        if self.over:
            self.end()

    def _state(self) -> None:
        state = self._talk.caller.state
        step = dialogue.waiting_step(self._flow, state.dialogue)
        where = f"{step.id} ({self._path}:{step.line})" if step else "nothing waits"
        lines = [f"step      {where}"]
        for name, value in state.dialogue.slots.items():
            sure = state.dialogue.sure.get(name)
            doubt = "" if sure is None else f"   (confidence {sure:.2f})"
            lines.append(f"slot      {name} = {show(value)}{doubt}")
        lines += [f"ahead     {name} = {show(value)}" for name, (value, _) in state.dialogue.ahead.items()]
        lines.append(f"attempts  no input {state.dialogue.no_input}, no match {state.dialogue.no_match}")
        lines.append(f"path      {' -> '.join(state.path[-_LATEST:])}")
        lines.append(f"time      {self._talk.caller.now / 1000:.1f} s")
        self._print("\n".join(f"  {line}" for line in lines), "dim")

    def _drop(self) -> None:
        if self.over:
            self._print("The call is over: no line can break any more.", "yellow")
            return
        self._talk.drop()
        self._answer()

    def _transfer(self, outcome: str) -> None:
        if outcome not in OUTCOMES:
            self._print(f"A transfer is {', '.join(OUTCOMES)}.", "red")
            return
        self._talk.caller.transfers = {name: [outcome] for name in self._flow.contacts}

    def _save(self, name: str) -> None:
        if not name:
            self._print(f"Say where: /save {rehearsing.first_case_file(self._path)}", "red")
            return
        file = Path(name)
        try:
            self._print(f"Saved as '{self._write(file)}'. Run it: ivr test {self._path}", "bold")
        except (IvrError, OSError) as error:
            self._print(f"Not saved: {error}", "red")

    def _write(self, file: Path) -> str:
        """Save the conversation, behind the tests that are there. Gives its name."""
        text = decode(file.read_bytes(), str(file)) if file.exists() else ""
        number = text.count("test_case: Chat ") + 1
        name = f"Chat {number}"
        state = self._talk.caller.state
        end = state.ending.reason if state.ending else ""
        case = self._recorder.case(
            name,
            state.dialogue.slots,
            end,
            self._today,
            self._replies,
            self._now,
            transfers=self._talk.outcomes,
        )
        named = self._path.name if file.name.partition(".")[0] != self._path.stem else ""
        longer = added(text, case, str(file)) if text.strip() else new_file(case, named)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(longer, "utf-8")
        return name

    def _print(self, text: str, style: str = "") -> None:
        self._out.print(Text(text, style), highlight=False, soft_wrap=True)


def local_minute(wall_ms: int, timezone: str) -> str:
    """A moment as a test writes it: `2030-01-31T18:30`."""
    there = datetime.fromtimestamp(wall_ms / 1000, ZoneInfo(timezone))
    return there.replace(tzinfo=None).isoformat(timespec="minutes")


def parse(typed: str) -> Move | None:
    """A line as a move; None for keys that are none."""
    if not typed:
        return Move("silence", Spot())
    if faint := _FAINT.fullmatch(typed):
        return Move("caller", Spot(), faint[2], confidence=float(faint[1]))
    over, words = typed.startswith("!"), typed.removeprefix("!").strip()
    keys = ""
    if words.startswith("#"):
        try:
            keys = keys_pressed(words.removeprefix("#") or "#")
        except ValueError:
            return None
        words = ""
    if over:
        return Move("interrupts", Spot(), words, keys, INTERRUPT_MS) if words or keys else None
    return Move("keys", Spot(), keys=keys) if keys else Move("caller", Spot(), words)


def chat(out: Console, path: Path, *, exact: bool, real: bool = False) -> None:
    """Talk to a flow until the lines or the caller's patience end. Raises `ConfigError`, `FlowProblems`.

    real  web services are really asked; else whoever types says what they reply
    """
    flow = rehearsing.open_flow(path)
    now = datetime.now(ZoneInfo(flow.timezone))
    typed_here = sys.stdin.isatty()
    if typed_here:
        out.print(Text(HELP, "dim"))
    lines = iter(_typed() if typed_here else sys.stdin)
    services = really if real else asking(out, lines)
    with rehearsing.reader(flow, exact=exact) as read:
        talk = Chat(
            out,
            path,
            flow,
            read,
            echo=not typed_here,
            today=now.date().isoformat(),
            wall_ms=int(now.timestamp() * 1000),
            services=services,
        )
        converse(talk, lines)
        talk.end()


def asking(out: Console, lines: Iterator[str]) -> Unknown:
    """Let whoever types say what a web service replies, or what a model answers."""

    def reply(step: str, order: HttpRequest | WriteAnswer) -> Reply:  # noqa: ARG001 -- as the type has it
        while True:
            written = isinstance(order, WriteAnswer)
            out.print(Text(ANSWERS if written else REPLIES, "yellow"), highlight=False, soft_wrap=True)
            typed = next(lines, "failed").strip()
            if written and typed:
                outcome = typed in ("unknown", "failed", "late", "budget")
                return Reply(fails=typed) if outcome else Reply(answer=typed)
            if typed in ("timeout", "refused", "failed"):
                return Reply(fails=typed)
            if typed.isdecimal() and typed.isascii() and len(typed) == 3:  # noqa: PLR2004 -- a status
                return Reply(int(typed))
            with suppress(ValueError, RecursionError):
                return Reply(text=json.dumps(json.loads(typed)))

    return reply


def really(step: str, order: HttpRequest | WriteAnswer) -> Reply:  # noqa: ARG001 -- as the type has it
    """Ask the web service. Models are not asked from a chat."""
    if isinstance(order, WriteAnswer):
        return Reply(fails="failed")
    from ivr.config import load, secrets  # noqa: PLC0415 -- aiohttp takes a while to import
    from ivr.engines.web import WebActions  # noqa: PLC0415

    async def ask() -> WorkResult:
        web = WebActions(load().config.allowed_servers, secrets())
        try:
            return await web.request(order, once=str(uuid4()))
        finally:
            await web.close()

    result = asyncio.run(ask())
    if result.outcome.isdecimal():
        return Reply(int(result.outcome))
    if result.outcome != "done":
        return Reply(fails=result.outcome, reason=result.reason)
    return Reply(text=json.dumps(plant({path: result.values[name] for name, path in order.pick})))


def converse(talk: Chat, lines: Iterable[str]) -> None:
    """Give a chat its lines, until the caller hangs up or there are no more."""
    for line in lines:
        if not talk.line(line):
            return


def _typed() -> Iterator[str]:
    """Lines from the keyboard, with the editing and history that a terminal gives."""
    with suppress(ImportError):
        import readline  # noqa: F401, PLC0415 -- its import is its use
    with suppress(EOFError):
        while True:
            yield input(_PROMPT)
