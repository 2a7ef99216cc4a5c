"""The composition root: the one place that names every concrete class and puts them together."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog
from aiohttp import web

from ivr.after_calls import make_work
from ivr.call.equipment import Equipment, LoadedFlow, Observer, Observers
from ivr.call.lines import IncomingCall, Line, NoLine
from ivr.call.registry import Ending, Registry
from ivr.call.session import Session
from ivr.call.switchboard import Switchboard
from ivr.config import Config
from ivr.core.errors import ConfigError, EngineError
from ivr.core.flow.model import Flow
from ivr.core.flow.prompts import fixed_sentences, prepared_words
from ivr.core.handing import TONE
from ivr.core.phrases import built_in
from ivr.core.speaking import marks
from ivr.core.speaking.reading import reader
from ivr.edges.connections import Connections, files_are_few, http_logger, raise_file_limit
from ivr.edges.health import Readiness
from ivr.edges.live import LiveCalls
from ivr.edges.twilio_guard import TwilioPorts
from ivr.engine_room import Engines, lacks, make_engines
from ivr.engines.audio import tone
from ivr.engines.bank import DayBank
from ivr.engines.recordings import SoundFolder, wav_header
from ivr.engines.records.money import spent_since
from ivr.engines.records.store import RecordStore
from ivr.flow_adding import add_examples
from ivr.flow_files import attached_to, load_flow_file
from ivr.front_desk import House, cannot_listen, make_app, refuse_early
from ivr.language_models import make_room
from ivr.metrics import LoopLag, Metrics
from ivr.reloading import FlowWatch
from ivr.taking_up import taken_up
from ivr.traces import Traces, make_traces
from ivr.wire import pcm

_log = structlog.get_logger("ivr")

_LOOK_S: Final = 0.5
_BEEP: Final = tone()


@dataclass(slots=True)
class Server:
    """A running phone line. `path`: of its flow; `url`: where it listens."""

    config: Config
    path: Path
    registry: Registry
    metrics: Metrics
    store: RecordStore
    bank: DayBank
    engines: Engines
    loaded: LoadedFlow
    observer: Observer | None = None
    traces: Traces | None = None
    live: LiveCalls = field(default_factory=LiveCalls)
    recordings: SoundFolder = field(init=False)
    switchboard: Switchboard = field(init=False)
    url: str = ""
    _runner: web.AppRunner | None = None
    _lag: LoopLag | None = None
    _background: set[asyncio.Task[None]] = field(default_factory=set)
    _watch: FlowWatch | None = None
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    # Calls

    def __post_init__(self) -> None:
        self.switchboard = Switchboard(self._begin)
        self.recordings = SoundFolder(self.config.folder("data", os.environ))

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The calls that are going on."""
        return self.switchboard.sessions

    def _begin(self, call: IncomingCall, line: Line) -> Session:
        """Begin a session for a call whose line is open."""
        wall_ms = int(time.time() * 1000)
        self.live.began(call.call_id, self.loaded.flow, wall_ms)
        return Session(call, line, self.loaded, self._equipment(), wall_ms, self._over)

    async def take_up(self) -> None:
        """Go on with the calls that another server has left while their caller was with somebody else."""
        for left in await taken_up(self.store, self.loaded, self._load):
            call_id, past = left.call.call_id, left.past
            self.live.began(call_id, left.loaded.flow, left.began_ms, past.state)
            if left.transfer:
                ending = Ending("transfer", left.transfer)
                self.registry.note_ending(call_id, ending, time.monotonic())
            self.switchboard.take_up(
                Session(
                    left.call, NoLine(), left.loaded, self._equipment(), left.began_ms, self._over, past=past
                )
            )

    async def _load(self, flow: Flow, source: str) -> LoadedFlow:
        return await self.engines.load(flow, source, self.path)

    def _equipment(self) -> Equipment:
        return Equipment(
            self.engines.recogniser,
            self.engines.voice,
            self.engines.detector,
            self.store.journal,
            self.metrics,
            Observers(tuple(each for each in (self.live, self.traces, self.observer) if each)),
            web=self.engines.web,
            voices=self.engines.voices,
            sounds={TONE: _BEEP},
            recordings=self.recordings,
        )

    def _over(self, session: Session) -> None:
        self.switchboard.forget(session)
        self.live.ended(session.call.call_id, session.state)
        self._ended.set()

    def type_text(self, call_id: str, text: str) -> bool:
        """An author typed what the caller says. False when no call can take it now."""
        session = self._session(call_id)
        return session is not None and session.type_text(text)

    def hang_up(self, call_id: str) -> bool:
        """An operator ends a call. False when it is not there."""
        session = self._session(call_id)
        if session is not None:
            session.hang_up("operator")
        return session is not None

    def put_through(self, call_id: str, contact: str) -> bool:
        """An operator hands a caller to a contact of the call's flow. False when that cannot be."""
        session = self._session(call_id)
        return session is not None and session.put_through(contact)

    async def answer_sound(self, name: str) -> bytes:
        """An answer of the flow as callers hear it, as a WAV file. Raises `EngineError`."""
        flow = self.loaded.flow
        aloud = reader(flow.language, flow.pronunciations)
        sound = b""
        for part in marks.parts(flow.answers[name].say):
            if part.sound:
                sound += self.loaded.sounds[part.sound]
                continue
            for sentence in aloud.sentences(part.text, keep=True):
                sound += await self.engines.voice.render(sentence.spoken)
        samples = pcm.mulaw_to_linear(sound).astype("<i2").tobytes()
        return wav_header(1, len(samples)) + samples

    def drain_on(self, on: bool) -> None:  # noqa: FBT001 -- a switch
        """Let nobody new in, or let them in again."""
        self.registry.draining = on

    def _session(self, call_id: str) -> Session | None:
        return next((s for s in self.sessions if s.call.call_id == call_id), None)

    def phrase(self, key: str) -> str:
        """The line's wording of what the carrier says for us."""
        return marks.without(self.loaded.flow.phrases.get(key) or built_in(key, self.loaded.flow.language))

    def readiness(self) -> Readiness:
        now = time.monotonic()
        return Readiness(
            engines=self.engines.health(),
            active=self.registry.active,
            pending=self.registry.pending(now),
            limit=self.registry.limit,
            flow_name=self.loaded.flow.name,
            flow_digest=self.loaded.flow.digest,
            flow_refused=self._watch.refused if self._watch else "",
            draining=self.registry.draining,
            files_are_few=files_are_few(),
            models=self.engines.models.states() if self.engines.models else {},
            records_away=self.store.journal.away,
            records_waiting=self.store.journal.waiting,
            records_set_aside=self.store.aside.count,
        )

    async def take(self, flow: Flow, source: str) -> None:
        """Let new calls follow this flow. Raises `ConfigError` or `EngineError`; then the old one stays."""
        spoken, served = (f.language.partition("-")[0].lower() for f in (flow, self.loaded.flow))
        if spoken != served:
            raise ConfigError(
                f"The flow speaks {flow.language} now, and the engines were started for {served}. "
                "Restart ivr to serve it."
            )
        loaded = await self.engines.load(flow, source, self.path)
        _warn_of_lacks(self.config, flow)
        self.loaded = loaded
        self._start(self._render_ahead(flow))

    # Life

    async def listen(self) -> None:
        """Open the port. Raises `ConfigError` when it is taken."""
        house = House(
            TwilioPorts(self.registry, self.metrics, self.switchboard.answer, self.phrase, self.switchboard),
            self.live,
            lambda: self.loaded.flow,
            self.type_text,
            self.readiness,
            self.metrics.exposition,
            self.store.records,
            self.hang_up,
            self.put_through,
            self.drain_on,
            lambda: self.loaded.source,
            self.answer_sound,
            lambda: self.path.name,
            lambda name, examples: add_examples(self.path, name, examples),
        )
        raise_file_limit()
        app = make_app(self.config, os.environ, house)
        connections = Connections(time.monotonic)
        app.middlewares.insert(0, connections.heard)
        self._runner = runner = web.AppRunner(
            app, access_log=None, handle_signals=False, shutdown_timeout=5.0, logger=http_logger()
        )
        await self._runner.setup()
        host, port = self.config.listen_host, self.config.port
        site = web.TCPSite(self._runner, host, port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise cannot_listen(host, port, error) from error
        port = self._runner.addresses[0][1]
        self.url = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104 -- only compared
        self._lag = LoopLag(self.metrics.loop_lag)
        self._lag.start()
        self._start(connections.watch(lambda: runner.server.connections if runner.server else ()))
        self._start(self._render_ahead(self.loaded.flow))

    def watch(self, attached: str = "") -> None:
        """Take the flow anew whenever its files change. `attached`: the digest of those beside it now."""
        self._watch = FlowWatch(self.path, self.loaded.flow.digest, self.take, attached=attached)
        self._start(self._watch.run())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def drain(self) -> None:
        """Let nobody new in and wait for the calls to end, `drain_seconds` at most."""
        self.registry.draining = True
        with suppress(TimeoutError):
            async with asyncio.timeout(self.config.drain_seconds):
                while any(session.here for session in self.sessions):
                    self._ended.clear()
                    with suppress(TimeoutError):  # a call that is handed over ends nothing here
                        async with asyncio.timeout(_LOOK_S):
                            await self._ended.wait()

    async def close(self) -> None:
        """End what is still going on; leave no task, process or file behind."""
        for task in list(self._background):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        if self._lag:
            self._lag.stop()
        for session in self.sessions:
            if session.here:
                session.hang_up("operator")
        if self._runner:
            await self._runner.cleanup()
        for session in self.sessions:  # nobody asks for them any more
            if not session.leave():
                session.hang_up("operator")
        await self.engines.close()
        await self.bank.close()
        if self.traces:
            await asyncio.to_thread(self.traces.close)
        await asyncio.to_thread(self.store.close)
        await asyncio.to_thread(self.recordings.close)

    async def _render_ahead(self, flow: Flow) -> None:
        """Render the flow's fixed sentences while calls already come in."""
        try:
            await self.engines.voice.prepare(fixed_sentences(flow))
            for language, other in flow.family.items():
                voice = self.engines.voices.get(language.partition("-")[0])
                if voice is not None:
                    await voice.prepare(fixed_sentences(other))
        except EngineError as error:
            _log.warning("prompts not rendered ahead; they will be when they are said", error=str(error))


async def start(
    config: Config,
    flow_path: Path,
    *,
    observer: Observer | None = None,
    progress: Callable[[str], None] = lambda _line: None,
) -> Server:
    """Start everything and listen. Raises `ConfigError`, `FlowError` or `EngineError`; leaves nothing."""
    environ = os.environ
    refuse_early(config, environ)
    registry = Registry(config.max_calls)
    metrics = Metrics(lambda: registry.active)
    flow, source = load_flow_file(flow_path)
    attached = attached_to(flow_path, flow, source)
    _warn_of_lacks(config, flow)
    engines = make_engines(config, environ, metrics, flow.language)
    registry.strained = engines.strained
    store = open_store(config, environ, metrics)
    bank = DayBank(partial(spent_since, store.database), time.time)
    server: Server | None = None
    try:
        engines.models = make_room(config, environ, metrics, bank)
        await bank.start()
        progress("loading the speech models")
        await engines.start()
        loaded = await engines.load(flow, source, flow_path)
        progress("rendering the first prompts")
        await engines.voice.prepare(prepared_words(flow))
        server = Server(config, flow_path, registry, metrics, store, bank, engines, loaded, observer)
        server.traces = make_traces(environ)
        await server.take_up()
        await server.listen()
        server.watch(attached)
    except BaseException:
        if server:
            await server.close()
        else:
            await engines.close()
            await bank.close()
            await asyncio.to_thread(store.close)
        raise
    _log.info("ready for calls", url=server.url, flow=flow.name, limit=config.max_calls)
    return server


def _warn_of_lacks(config: Config, flow: Flow) -> None:
    for lack in lacks(config, os.environ, flow):
        _log.warning("the flow lacks something", lack=lack)


def open_store(config: Config, environ: Mapping[str, str], metrics: Metrics) -> RecordStore:
    """The records of a server, under a name of its own. Raises `ConfigError`."""
    name = f"{socket.gethostname()}:{os.getpid()}:{int(time.time())}"
    return RecordStore(
        config.database_url.get_secret_value(),
        config.folder("data", environ),
        server=name,
        meter=metrics,
        work=make_work(config, environ),
        keep_days=config.keep_days,
        takes_up=True,
    )
