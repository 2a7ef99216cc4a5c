"""A card number and a name, said and keyed in a call, and then looked for everywhere.

Once in slots that are sensitive; once a number that is a card's to everybody, where nobody asked for one.

The session, the journal, the database, the logs, the metrics, the traces and the jobs are real; only ears
and voice are stand-ins, so that what was "said" is known to the letter.
"""

from __future__ import annotations

import asyncio
import io
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ivr import logs
from ivr.call.equipment import Equipment, LoadedFlow, Observer
from ivr.call.lines import IncomingCall
from ivr.call.session import Session
from ivr.core.call import CallState
from ivr.core.commands import Command
from ivr.core.events import Event, Meaning
from ivr.core.flow.load import load_flow
from ivr.core.timing import TurnTiming
from ivr.edges.console_live import call_row
from ivr.edges.live import LiveCalls
from ivr.engines.records.store import RecordStore, Work
from ivr.engines.webhook import Webhook
from ivr.metrics import Metrics
from ivr.records_cli import as_json
from ivr.review.after import Wishes
from ivr.traces import Traces
from tests.call.clock import run
from tests.call.fakes import (
    SILENCE,
    SPEECH,
    FakeDetector,
    FakeLine,
    FakeReader,
    FakeRecogniser,
    FakeVoice,
)
from tests.engines.records.receiver import Receiver

CARD = "4929123456781234"
SPOKEN_CARD = "four nine two nine one two three four five six seven eight one two three four"
NAME = "Zebediah Quillfeather"
SOURCE = """\
ivr: 1
name: Payments
slots:
  who: {type: name, ask: Your name?, sensitive: true}
  said: {type: digits, ask: Say your card number., length: 16, sensitive: true}
  keyed: {type: digits, ask: Key in your card number., length: 16, sensitive: true}
flows:
  main:
    - collect: who
    - collect: said
    - collect: keyed
    - say: "Thank you {who}. Your card is {said}."
    - hangup: Goodbye.
"""
SECRETS = (
    *(CARD, CARD[:8], CARD[-8:], SPOKEN_CARD, SPOKEN_CARD[:30], "Zebediah", "Quillfeather"),
    *("4929123456781236", "56781236", "one two three six"),
)
CALL_ID = "CAsecret"


REAL_CARD = "4929123456781236"
"""Its check sum is right."""
SPOKEN_REAL = "four nine two nine one two three four five six seven eight one two three six"
OPEN_SOURCE = """\
ivr: 1
name: Payments
slots:
  why: {type: text, ask: What is it about?}
  about: {type: text, ask: Anything else?}
  member: {type: digits, ask: Key in your member number., length: 16}
flows:
  main:
    - collect: why
    - collect: about
    - collect: member
    - set_slots: {again: =member}
    - say: "Thank you. It is about {why} and {about}. You are {again}."
    - hangup: Goodbye.
""".replace("  member:", "  again: {type: text, ask: What?}\n  member:")


class Onlooker:
    """Keeps what pages that watch are told, and hands on to another observer."""

    def __init__(self, other: Observer) -> None:
        self.live = LiveCalls()
        self.seen: list[str] = []
        self._other = other

    def event(
        self, call_id: str, at_ms: int, event: Event, commands: tuple[Command, ...], state: CallState
    ) -> None:
        self._other.event(call_id, at_ms, event, commands, state)
        self.live.event(call_id, at_ms, event, commands, state)
        watched = self.live.calls[call_id]
        self.seen.append(repr((call_row(call_id, watched), watched.slots, watched.saying)))

    def turn(self, call_id: str, timing: TurnTiming) -> None:
        self._other.turn(call_id, timing)


async def call(store: RecordStore, metrics: Metrics, traces: Traces, said: Said) -> list[str]:
    """Ring, say two things, key the number, hear them read back. Gives what pages were told meanwhile."""
    source, keyed = said.source, said.keyed
    flow = load_flow(source, "payments.yaml")
    line = FakeLine()
    heard = FakeRecogniser(*said.meant)
    reader = FakeReader(dict(said.meant))
    onlooker = Onlooker(traces)
    onlooker.live.began(CALL_ID, flow, 0)
    equipment = Equipment(heard, FakeVoice(), FakeDetector(), store.journal, metrics, observer=onlooker)
    session = Session(
        IncomingCall(CALL_ID, "+15550100001", "+15550100002"),
        line,
        LoadedFlow(flow, source, reader),
        equipment,
        int(time.time() * 1000) - 60_000,
        lambda _session: None,
    )
    line.on_mark = session.mark

    async def sound(kind: bytes, ms: int) -> None:
        for _ in range(ms // 20):
            session.audio(kind * 160, int((asyncio.get_running_loop().time()) * 1000))
            await asyncio.sleep(0.02)

    for _ in range(2):
        await sound(SILENCE, 1500)
        await sound(SPEECH, 1000)
    await sound(SILENCE, 3000)
    for key in keyed:
        session.key(key)
        await sound(SILENCE, 100)
    await sound(SILENCE, 6000)
    assert session.state.outcome == "completed", session.state
    assert list(session.state.dialogue.slots.values()) == said.come_to
    return onlooker.seen


@dataclass(frozen=True)
class Said:
    """What a caller says, with its meaning, and keys; the slots' values in the end."""

    source: str
    meant: dict[str, Meaning]
    keyed: str
    come_to: list[str]


SENSITIVE = Said(
    SOURCE,
    {
        NAME: Meaning("value", value=NAME, decided_by="grammar"),
        SPOKEN_CARD: Meaning("value", value=CARD, decided_by="grammar", rest=SPOKEN_CARD),
    },
    CARD,
    [NAME, CARD, CARD],
)
UNASKED = Said(
    OPEN_SOURCE,
    {
        text: Meaning("value", value=text, decided_by="grammar", rest=text)
        for text in (f"my card it is {SPOKEN_REAL}", "that one, 4929-1234-5678-1236.")
    },
    REAL_CARD,
    [f"my card it is {SPOKEN_REAL}", "that one, 4929-1234-5678-1236.", REAL_CARD, REAL_CARD],
)


def found(where: str, data: bytes) -> list[str]:
    text = data.decode("utf-8", "replace").replace(" ", "").replace("-", "").replace(",", "")
    return [f"{secret!r} in {where}" for secret in SECRETS if secret.replace(" ", "") in text]


def on_disk(folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [leak for path in files for leak in found(path.name, path.read_bytes())]


async def looked_through(store: RecordStore, folder: Path) -> list[str]:
    leaks = on_disk(folder)
    whole = await store.records.call(CALL_ID)
    assert whole is not None
    assert whole.summary is not None
    assert len(whole.turns) == 4
    exported = await as_json(store.records, whole, events=True)
    return leaks + found("the export", repr(exported).encode())


@pytest.mark.parametrize("said", [SENSITIVE, UNASKED], ids=["sensitive", "unasked"])
def test_what_is_sensitive_is_nowhere(database_setting: str, tmp_path: Path, said: Said) -> None:
    log = io.StringIO()
    logs.configure(level="DEBUG", readable=False, stream=log)
    metrics = Metrics(lambda: 1)
    exported: list[object] = []
    traces = Traces.into(exported.append)
    receiver = Receiver("hush")
    leaks = asyncio.run(whole_call(database_setting, tmp_path, metrics, traces, receiver, said))
    assert exported, "there are traces to look through"
    leaks += found("the log", log.getvalue().encode())
    leaks += found("the metrics", metrics.exposition()[0])
    leaks += found("the traces", repr(exported).encode())
    leaks += found("what the webhook was told", repr(receiver.messages).encode())
    assert receiver.messages
    assert CALL_ID in log.getvalue()
    assert leaks == []


async def whole_call(  # noqa: PLR0913 -- where it might leak to
    setting: str, folder: Path, metrics: Metrics, traces: Traces, receiver: Receiver, said: Said
) -> list[str]:
    await receiver.start()
    work = Work(Wishes(share=1, send=True), None, Webhook(receiver.url, "hush"), None)
    store = await asyncio.to_thread(RecordStore, setting, folder, meter=metrics, work=work)
    told: list[str] = []

    async def ring() -> None:
        told.extend(await call(store, metrics, traces, said))

    await asyncio.to_thread(lambda: run(ring()))
    assert told
    await store.settled()
    assert store.chores is not None
    from tests.engines.records.test_chores import work as do_what_is_due  # noqa: PLC0415

    await do_what_is_due(store)
    leaks = await looked_through(store, folder)
    leaks += found("what pages were told", "".join(told).encode())
    await asyncio.to_thread(store.close)
    await receiver.stop()
    return leaks + await asyncio.to_thread(on_disk, folder)


def test_the_search_would_find_what_is_not_sensitive(tmp_path: Path) -> None:
    open_ = replace(SENSITIVE, source=SOURCE.replace(", sensitive: true", ""))
    traces, receiver = Traces.into(lambda _span: None), Receiver("hush")
    leaks = asyncio.run(whole_call("", tmp_path, Metrics(lambda: 1), traces, receiver, open_))
    assert {f"{CARD!r} in calls.db", f"{CARD!r} in the export", "'Zebediah' in calls.db"} <= set(leaks)
    assert f"{CARD!r} in what pages were told" in leaks
    assert found("what the webhook was told", repr(receiver.messages).encode())


def test_the_search_finds_what_is_there() -> None:
    assert found("x", b"4929 1234 5678 1234")
    assert found("x", SPOKEN_CARD.encode())
    assert not found("x", b"nothing of it")
