"""The sockets and pages of a server: a part of the composition root."""

from __future__ import annotations

import errno
import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
from aiohttp import web

from ivr import __version__
from ivr.config import Config
from ivr.core.call import HIDDEN
from ivr.core.commands import Expectation
from ivr.core.errors import ConfigError
from ivr.core.events import Meaning
from ivr.core.flow.load import check_text, load_flow
from ivr.core.flow.model import Flow
from ivr.core.journal import decode
from ivr.edges import console, softphone, twilio
from ivr.edges.access import Visitor
from ivr.edges.console import ConsolePorts
from ivr.edges.console_answers import Add, AnswersPorts, Say
from ivr.edges.console_calls import CallsPorts, records_away
from ivr.edges.console_flow import FlowPorts
from ivr.edges.console_live import LivePorts, Note
from ivr.edges.console_login import ConsoleAccess
from ivr.edges.console_quality import QualityPorts
from ivr.edges.console_users import User, read_users
from ivr.edges.health import Health, Readiness
from ivr.edges.live import LiveCalls
from ivr.edges.server_events import EventStreams
from ivr.edges.softphone import SoftphonePorts
from ivr.edges.twilio_guard import TwilioPorts, TwilioSettings
from ivr.rehearsal import past_call
from ivr.rehearsal.case_from_call import as_test
from ivr.rehearsal.reading import TextReader, exact_model
from ivr.rehearsal.recorder import new_file
from ivr.review.records import AuditRow, EventRow, Records, WholeCall
from ivr.review.rubric import read_rubric

_STAND_INS: Final = (
    "# What the caller gave for sensitive slots is not kept: stand-ins are in its place. Look at them.\n"
)
_log = structlog.get_logger("ivr.console")


@dataclass(frozen=True, slots=True)
class House:
    """What the pages and sockets see of the server behind them.

    flow  the flow that a new call follows
    type  (call id, words): an author typed a turn; False when the call cannot take it now
    source  the text of that flow
    file  the name of the flow's file
    say   what an answer of it sounds like, as a WAV file
    add   writes examples of an intent or answer into that file
    For the others see `ivr.edges.console_live.LivePorts`.
    """

    line: TwilioPorts
    live: LiveCalls
    flow: Callable[[], Flow]
    type: Callable[[str, str], bool]
    readiness: Callable[[], Readiness]
    exposition: Callable[[], tuple[bytes, str]]
    records: Records
    hang_up: Callable[[str], bool]
    put_through: Callable[[str, str], bool]
    drain: Callable[[bool], None]
    source: Callable[[], str]
    say: Say
    file: Callable[[], str]
    add: Add


def make_app(config: Config, environ: Mapping[str, str], house: House) -> web.Application:
    """The application with every route of the server.

    Raises `ConfigError`, or `FlowProblems` for mistakes in the rubric.
    """
    app = web.Application(middlewares=[records_away])
    settings = TwilioSettings(
        public_url=config.public_url.rstrip("/"),
        auth_token=config.twilio_auth_token.get_secret_value(),
        overflow_number=config.overflow_number,
        language=house.flow().language,
    )
    path = users_file(config, environ)
    access = ConsoleAccess(_users(config, path), secure=config.public_url.startswith("https://"))
    streams = EventStreams()
    app.on_shutdown.append(streams.close_all)
    twilio.setup(app, settings, house.line)
    phone = SoftphonePorts(house.line, access, house.live, streams, house.flow, house.type)
    softphone.setup(app, settings, phone)
    note = _noting(house.records)
    live = LivePorts(house.live, house.readiness, house.hang_up, house.put_through, house.drain, note)
    data = config.folder("data", environ)
    calls = CallsPorts(
        house.records, house.live, data, note, lambda whole, events: saved_test(whole, events, house.file())
    )
    flow = FlowPorts(
        house.records,
        lambda: (house.flow(), house.source()),
        lambda: house.readiness().flow_refused,
        lambda text, name: check_text(text, name, linted=True),
    )
    answers = AnswersPorts(house.records, house.flow, house.say, house.add, note)
    rubric = read_rubric(Path(config.rubric) if config.rubric else None)
    quality = QualityPorts(house.records, rubric, note)
    console.setup(app, ConsolePorts(access, streams, live, calls, flow, answers, quality))
    app.add_routes(Health(house.readiness, house.exposition, __version__).routes())
    return app


def refuse_early(config: Config, environ: Mapping[str, str]) -> None:
    """What would stop the server once everything is loaded, told before. Raises `ConfigError`."""
    _users(config, users_file(config, environ))
    host, port = config.listen_host, config.port
    failed: list[OSError] = []
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise cannot_listen(host, port, error) from error
    for family, kind, proto, _, address in places:
        try:
            with socket.socket(family, kind, proto) as tried:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
                tried.bind(address)
        except OSError as error:
            failed.append(error)
    taken = [error for error in failed if error.errno == errno.EADDRINUSE]
    if taken or len(failed) == len(places):  # a name may stand for a family that this machine lacks
        raise cannot_listen(host, port, [*taken, *failed][0])


def cannot_listen(host: str, port: int, error: OSError) -> ConfigError:
    """What to do about an address on which the server cannot listen."""
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return ConfigError(
            f"IVR_HOST is '{host}', which is no address of this machine. "
            "Set it to 127.0.0.1 (this machine only) or 0.0.0.0 (everybody), or unset it."
        )
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65_535 else 8080  # noqa: PLR2004 -- the last port
        return ConfigError(
            f"Port {port} on {host} is in use. Stop the program that has it, or choose another: "
            f"PORT={other} ivr serve"
        )
    reason = os.strerror(error.errno) if error.errno else str(error)
    return ConfigError(f"Port {port} on {host} cannot be opened: {reason}. Choose another with PORT.")


def users_file(config: Config, environ: Mapping[str, str]) -> Path:
    """Where the console's users stand."""
    named = config.console_users
    return Path(named).expanduser() if named else config.folder("data", environ) / "console-users"


def _users(config: Config, path: Path) -> Mapping[str, User]:
    if not path.is_file():
        if config.console_users:
            raise ConfigError(
                f"IVR_CONSOLE_USERS is {path}, which is no file. Make it: ivr console add-user NAME"
            )
        return {}
    try:
        return read_users(path.read_text(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The console's users in {path} cannot be read: {error}.") from error


def _noting(records: Records) -> Note:
    async def note(who: Visitor, did: str, call_id: str, detail: str) -> None:
        _log.info("operator", who=who.name, did=did, call_id=call_id, detail=detail)
        await records.note(AuditRow(int(time.time() * 1000), who.name, did, call_id, detail))

    return note


def saved_test(whole: WholeCall, events: list[EventRow], file: str) -> tuple[str, str]:
    """A call as a test of the flow in `file`: the test file's name and its text. Raises `IvrError`.

    Words mean in it what they were taken for in the call; those that were masked, what the grammars say.
    """
    flow = load_flow(whole.flow_source, whole.row.flow_name)
    past = past_call.read(flow, ((row.at_ms, decode(row.event)) for row in events))
    known = {move.words: move.meaning for move in past.moves if move.meaning and move.words != HIDDEN}
    exact = TextReader(exact_model(flow), None)

    def read(text: str, expectation: Expectation) -> Meaning:
        return known.get(text) or exact(text, expectation)

    call_id = whole.row.call_id
    case, masked = as_test(flow, past, read, f"Call {call_id}")
    return f"call-{call_id[:12]}.yaml", (_STAND_INS if masked else "") + new_file(case, file)
