"""A real server with the console on it, and records of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar, web

from ivr.core.errors import EngineError, FlowError
from ivr.core.flow.load import check_text, load_flow
from ivr.edges import console
from ivr.edges.access import Visitor
from ivr.edges.console import ConsolePorts
from ivr.edges.console_answers import AnswersPorts
from ivr.edges.console_calls import CallsPorts, records_away
from ivr.edges.console_flow import FlowPorts
from ivr.edges.console_live import LivePorts
from ivr.edges.console_login import CSRF_HEADER, ConsoleAccess
from ivr.edges.console_quality import QualityPorts
from ivr.edges.console_users import User, make_user
from ivr.edges.health import Readiness
from ivr.edges.live import LiveCalls
from ivr.edges.server_events import EventStreams
from ivr.review import records as r
from ivr.review.rubric import read_rubric
from tests.edges.edge_rig import RealServer

PASSWORD = "a long enough one"
USERS = {name: make_user(name, role, PASSWORD) for name, role in (("anna", "operator"), ("vera", "viewer"))}

SOURCE = """ivr: 1
name: Test line
intents:
  book: [book an appointment, I want to book]
answers:
  parking:
    examples: [where can I park, is there parking]
    say: There is parking behind the house.
    owner: Ann
  garage:
    examples: [where can I park my bicycle]
    say: In the garage.
    expires: "2026-01-31"
contacts:
  desk: "+15550101234"
flows:
  main:
    - say: Hello.
    - id: menu
      listen: {ask: What can I do for you?, intents: {book: {call: book}}}
    - hangup: Bye.
  book:
    - say: Booked.
"""

RUBRIC = read_rubric(None)

ROW = r.CallRow(
    call_id="CA1", flow_name="Test line", flow_digest="d1", caller="+15550100001", called="+15550100002",
    began_ms=1_795_600_000_000, ended_ms=1_795_600_060_000, outcome="completed", duration_ms=60_000, events=9,
    turns=2, reprompts=0, barge_ins=0, cut_ins=0, dead_airs=0, failures=0, response_median_ms=900,
    response_worst_ms=900, goal=True, cost_nano=0, saved_nano=0, recording="", problem="",
)  # fmt: skip


class FakeRecords:
    """Records that a test fills."""

    def __init__(self) -> None:
        self.whole: dict[str, r.WholeCall] = {}
        self.rows: list[r.EventRow] = []
        self.asked: list[Any] = []
        self.notes: list[r.AuditRow] = []
        self.buckets: list[r.Bucket] = []
        self.unheard: list[r.Unhandled] = []
        self.kept_versions: list[r.Version] = []
        self.flowing = r.Traffic(0, {}, {}, {})
        self.scored: list[r.ScoredCall] = []
        self.away = False

    def add(self, row: r.CallRow = ROW, **more: Any) -> None:
        self.whole[row.call_id] = r.WholeCall(row, **{"flow_source": "", **more})

    def _here(self) -> None:
        if self.away:
            raise EngineError("The database is away. Calls go on.")

    async def calls(
        self, filters: r.CallFilter = r.EVERY, *, limit: int = 50, before: tuple[int, str] | None = None
    ) -> list[r.CallRow]:
        self._here()
        self.asked.append((filters, before))
        rows = sorted((w.row for w in self.whole.values()), key=lambda row: row.place, reverse=True)
        return [row for row in rows if before is None or row.place < before][:limit]

    async def count(self, filters: r.CallFilter = r.EVERY) -> int:
        return len(self.whole)

    async def call(self, call_id: str) -> r.WholeCall | None:
        self._here()
        return next((w for key, w in self.whole.items() if key.startswith(call_id)), None)

    async def events(self, call_id: str, after_seq: int = -1, limit: int = 5000) -> list[r.EventRow]:
        return [row for row in self.rows if row.seq > after_seq][:limit]

    async def trend(self, since_ms: int, until_ms: int, bucket_ms: int, flow: str = "") -> list[r.Bucket]:
        self.asked.append((since_ms, until_ms, bucket_ms))
        return self.buckets

    async def traffic(
        self, flow: str, since_ms: int = 0, until_ms: int | None = None, digest: str = ""
    ) -> r.Traffic:
        return self.flowing

    async def unhandled(self, flow: str = "", since_ms: int = 0, limit: int = 500) -> list[r.Unhandled]:
        return self.unheard

    async def versions(self, flow: str = "") -> list[r.Version]:
        return self.kept_versions

    async def scores(
        self, flow: str = "", since_ms: int = 0, *, at_most: float = 1.0, limit: int = 5000
    ) -> list[r.ScoredCall]:
        return [one for one in self.scored if one.score.score <= at_most][:limit]

    async def score(self, call_id: str, scores: Sequence[r.Score]) -> None:
        row = self.whole[call_id].row
        self.scored += [r.ScoredCall(call_id, row.began_ms, row.flow_name, score) for score in scores]

    async def note(self, row: r.AuditRow) -> None:
        self.notes.append(row)

    async def audit(self, limit: int = 200, before_ms: int | None = None) -> list[r.AuditRow]:
        return self.notes


class ConsoleRig:
    """The server, and a browser's cookies."""

    def __init__(self, data: Path, users: dict[str, User] | None = None) -> None:
        self.now = 1000.0
        self.records = FakeRecords()
        self.source = SOURCE
        self.flow = load_flow(SOURCE, "Test line")
        self.live = LiveCalls()
        self.ended: list[str] = []
        self.put_through: list[tuple[str, str]] = []
        self.drained: list[bool] = []
        self.added: list[tuple[str, list[str]]] = []
        self.state = Readiness(engines={"voice": True}, limit=5, flow_name="Test line", flow_digest="d1")
        self.access = ConsoleAccess(users or {}, secure=False, clock=lambda: self.now)
        streams = EventStreams()
        self.app = web.Application(middlewares=[records_away])
        self.app.on_shutdown.append(streams.close_all)
        live = LivePorts(
            self.live, lambda: self.state, self._end, self._through, self.drained.append, self._note
        )
        calls = CallsPorts(self.records, self.live, data, self._note, lambda *_: ("test.yaml", "- steps: []"))
        flow = FlowPorts(
            self.records,
            lambda: (self.flow, self.source),
            lambda: self.state.flow_refused,
            lambda text, name: check_text(text, name, linted=True),
        )
        answers = AnswersPorts(
            self.records, lambda: self.flow, self._say, self._add, self._note, lambda: 1_795_600_000.0
        )
        quality = QualityPorts(self.records, RUBRIC, self._note, lambda: 1_795_600_000.0)
        console.setup(self.app, ConsolePorts(self.access, streams, live, calls, flow, answers, quality))
        self.server = RealServer(self.app)
        self.session = ClientSession(cookie_jar=CookieJar(unsafe=True))
        self.csrf = ""

    async def _say(self, name: str) -> bytes:
        return b"RIFF" + name.encode()

    def _add(self, name: str, examples: Sequence[str]) -> bool:
        if name == "broken":
            raise FlowError("The flow would not be in order, so nothing is written.")
        self.added.append((name, list(examples)))
        return examples[0] != "there already"

    def _end(self, call_id: str) -> bool:
        self.ended.append(call_id)
        return call_id in self.live.calls

    def _through(self, call_id: str, contact: str) -> bool:
        self.put_through.append((call_id, contact))
        return True

    async def _note(self, who: Visitor, did: str, call_id: str, detail: str) -> None:
        await self.records.note(r.AuditRow(0, who.name, did, call_id, detail))

    @property
    def base(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    async def login(self, name: str, password: str = PASSWORD) -> int:
        body = {"name": name, "password": password}
        async with self.session.post(self.base + "/api/login", json=body) as answer:
            if answer.status == 200:
                self.csrf = (await answer.json())["csrf"]
            return answer.status

    async def get(self, path: str) -> tuple[int, Any]:
        async with self.session.get(self.base + path) as answer:
            text = await answer.text()
            is_json = answer.content_type == "application/json"
            return answer.status, (await answer.json() if is_json else text)

    async def post(self, path: str, body: Any = None, **headers: str) -> tuple[int, str]:
        sent = {CSRF_HEADER: self.csrf, **headers}
        async with self.session.post(self.base + path, json=body or {}, headers=sent) as answer:
            return answer.status, await answer.text()

    async def close(self) -> None:
        await self.session.close()
        await self.server.close()


OpenConsole = Callable[..., Awaitable[ConsoleRig]]


@pytest.fixture
async def open_console(tmp_path: Path) -> AsyncIterator[OpenConsole]:
    """Starts consoles: `await open_console(users=USERS)`; without users, this machine's own."""
    rigs: list[ConsoleRig] = []

    async def start(users: dict[str, User] | None = None) -> ConsoleRig:
        rig = ConsoleRig(tmp_path, users)
        rigs.append(rig)
        await rig.server.start_server()
        if not users:
            rig.csrf = (await rig.get("/api/session"))[1]["csrf"]
        return rig

    yield start
    for rig in rigs:
        await rig.close()


def row(call_id: str, **changes: Any) -> r.CallRow:
    return replace(ROW, call_id=call_id, **changes)
