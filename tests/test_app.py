"""The whole line: the real server, real sockets, the real engines, a caller who speaks."""

import asyncio
import io
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from structlog.testing import capture_logs

from ivr import demo
from ivr.app import Server, start
from ivr.caller import Caller
from ivr.config import Config
from ivr.core.errors import ConfigError
from ivr.core.flow.problems import FlowProblems
from ivr.core.journal import decode, replay
from ivr.core.phrases import DEFAULTS
from ivr.edges.carrier import CarrierSettings, SimulatedCarrier
from ivr.engines.workers import WorkerPool
from ivr.engines.writer import ModelWriter
from ivr.flow_files import find_flow

pytestmark = [pytest.mark.engines, pytest.mark.timeout(300)]
TOKEN = "a-pretend-auth-token"


def settings(tmp_path, **more) -> Config:
    return Config.model_validate({"PORT": 0, "IVR_DATA_DIR": str(tmp_path), "IVR_RECOGNISERS": 1, **more})


async def warm(pool: WorkerPool) -> None:
    async with asyncio.timeout(30):
        while not pool.warm:  # noqa: ASYNC110 -- a process comes up; nothing tells us when
            await asyncio.sleep(0.1)


@pytest.fixture
async def server(models, tmp_path):
    watcher = demo.Watcher(Console(file=io.StringIO(), width=120))
    config = settings(tmp_path, TWILIO_AUTH_TOKEN=TOKEN, IVR_HOST="127.0.0.1")
    running = await start(config, find_flow("", config), observer=watcher)
    yield running
    await running.close()
    assert not [
        t for t in asyncio.all_tasks() if t is not asyncio.current_task() and "pytest" not in t.get_name()
    ]


def ring(server: Server) -> tuple[SimulatedCarrier, Caller]:
    carrier = SimulatedCarrier(CarrierSettings(server.url, "", TOKEN))
    return carrier, Caller(carrier, server.engines.voice)


async def test_a_whole_call_goes_as_scripted_and_replays(server, tmp_path):
    watcher = server.observer
    assert await demo.run(server, watcher, demo.CLINIC, tmp_path / "call.wav"), (
        watcher.console.file.getvalue()
    )
    assert (tmp_path / "call.wav").stat().st_size > 8000 * 4 * 30
    stored = (await server.store.records.calls())[0]
    rows = [(row.at_ms, decode(row.event)) for row in await server.store.records.events(stored.call_id)]
    state, commands = replay(server.loaded.flow, rows)
    assert state.outcome == stored.outcome == "completed"
    assert len(commands) == stored.events
    assert (stored.problem, stored.goal) == ("", True)
    assert any(line.cut for line in state.transcript), "the interruption is in the record"


async def test_a_recogniser_that_is_killed_is_said_and_comes_back(server):
    carrier, caller = ring(server)
    words = await caller.words("Where can I park?")
    pool = server.engines.recogniser.pool
    try:
        await carrier.ring()
        assert await caller.until_my_turn()
        for pid in pool.pids:
            os.kill(pid, signal.SIGKILL)
        await caller.say(words)
        assert await caller.until_my_turn()
        assert server.sessions, "the call goes on"
        await warm(pool)
        await caller.say(words)
        assert await caller.until_my_turn()
        said = [line.text for session in server.sessions for line in session.state.transcript]
        assert any("free parking" in text for text in said), said
        assert pool.restarts >= 1
    finally:
        await carrier.close()


async def test_a_recogniser_that_hangs_is_answered_in_prepared_words(server):
    carrier, caller = ring(server)
    words = await caller.words("Where can I park?")
    pool = server.engines.recogniser.pool
    try:
        await carrier.ring()
        assert await caller.until_my_turn()
        for pid in pool.pids:
            os.kill(pid, signal.SIGSTOP)
        await caller.say(words)
        assert await caller.carrier.agent_speaks(carrier.now_ms), "the caller is not left in silence"
        assert await carrier.agent_quiet(500)
        assert await caller.carrier.agent_speaks(carrier.now_ms), "nor after they were told to wait"
        assert await carrier.agent_quiet(500)
        said = [line.text for session in server.sessions for line in session.state.transcript]
        assert DEFAULTS["working"] in said
        assert DEFAULTS["trouble_keys"] in said
        caller.press("0")
        end = await caller.end()
        assert [step.dial_to for step in end.steps if step.dial_to]
    finally:
        await carrier.close()


async def test_a_taken_port_is_said_in_one_sentence(models, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        config = settings(tmp_path, PORT=taken.getsockname()[1])
        with pytest.raises(ConfigError, match="is in use"):
            await start(config, find_flow("", config))


async def saved(file: Path, text: str, taken: Callable[[], object]) -> None:
    """Save a file and wait until the server has seen it."""
    await asyncio.to_thread(file.write_text, text)
    async with asyncio.timeout(20):
        while not taken():  # noqa: ASYNC110 -- nothing tells a test of it
            await asyncio.sleep(0.05)


async def test_changed_knowledge_serves_new_calls_and_a_broken_file_does_not(models, tmp_path):
    fees, file = tmp_path / "fees.md", tmp_path / "line.yaml"
    fees.write_text("# Fees\n\nA parcel costs ten dollars.\n")
    file.write_text(
        "ivr: 1\nknowledge: {fees: fees.md}\nflows: {main: [{answer: fees}, {hangup: Goodbye.}]}\n"
    )
    table = tmp_path / "models.txt"
    table.write_text("models: [{name: small, endpoint: 'http://127.0.0.1:9/v1', tier: economy}]\n")
    running = await start(settings(tmp_path, IVR_MODELS=str(table)), file)
    before = running.loaded
    try:
        text = "# Fees\n\nA parcel costs twelve dollars.\n"
        await saved(fees, text, lambda: running.loaded is not before)
        for loaded, price in ((before, "ten"), (running.loaded, "twelve")):
            assert isinstance(loaded.writer, ModelWriter)
            (passage, *_) = await loaded.writer._library.passages("fees", "what does a parcel cost")
            assert f"costs {price} dollars" in passage.text
        serving = running.loaded
        await saved(fees, "\0", lambda: running.readiness().flow_refused)
        assert "'fees.md' is no text file" in running.readiness().flow_refused
        assert running.loaded is serving
    finally:
        await running.close()


async def test_what_a_changed_flow_lacks_is_told(models, tmp_path):
    file = tmp_path / "line.yaml"
    file.write_text("ivr: 1\nflows: {main: [{hangup: Goodbye.}]}\n")
    running = await start(settings(tmp_path), file)
    first = running.loaded
    action = "{url: 'https://example.org/', headers: {X: {env: IVR_SECRET_NONE_SUCH}}, on_error: []}"
    text = f"ivr: 1\nflows: {{main: [{{action: {action}}}, {{hangup: Goodbye.}}]}}\n"
    try:
        with capture_logs() as logged:
            await saved(file, text, lambda: running.loaded is not first)
    finally:
        await running.close()
    assert [line["lack"] for line in logged if "lack" in line] == [
        "An action of the flow needs IVR_SECRET_NONE_SUCH, which is not set."
    ]


async def test_a_wrong_flow_never_starts(models, tmp_path):
    flow = tmp_path / "wrong.yaml"
    flow.write_text("ivr: 1\nname: Wrong\nflows:\n  main:\n    - link: nowhere\n")
    with pytest.raises(FlowProblems, match=r"wrong\.yaml:5:13"):
        await start(settings(tmp_path), flow)


async def test_a_changed_flow_serves_new_calls_and_running_ones_keep_theirs(models, tmp_path):
    file = tmp_path / "line.yaml"
    words = "ivr: 1\nflows:\n  main:\n    - listen: {ask: %s, keys: {'1': {say: Fine.}}}\n    - link: main\n"
    file.write_text(words % "First?")
    running = await start(settings(tmp_path), file)
    carriers = [SimulatedCarrier(CarrierSettings(running.url)) for _ in range(2)]
    try:
        await carriers[0].ring()
        first = running.loaded.flow.digest
        file.write_text(words % "Second?")
        async with asyncio.timeout(20):
            while running.loaded.flow.digest == first:  # noqa: ASYNC110 -- nothing tells a test of it
                await asyncio.sleep(0.05)
        await carriers[1].ring()
        async with asyncio.timeout(20):
            while len(running.sessions) < 2:  # noqa: ASYNC110 -- as above
                await asyncio.sleep(0.05)
        assert {session._flow.digest for session in running.sessions} == {first, running.loaded.flow.digest}
        file.write_text("ivr: 1\nflows: {main: [{sya: x}]}\n")
        async with asyncio.timeout(20):
            while not running.readiness().flow_refused:  # noqa: ASYNC110 -- as above
                await asyncio.sleep(0.05)
        assert "Did you mean 'say'?" in running.readiness().flow_refused
        assert not running.readiness().reasons
    finally:
        for carrier in carriers:
            await carrier.close()
        await running.close()


async def test_a_missing_model_says_how_to_fetch_it(tmp_path):
    config = settings(tmp_path, IVR_MODELS_DIR=str(tmp_path / "none"))
    with pytest.raises(ConfigError, match="ivr models pull"):
        await start(config, find_flow("", config))


async def test_two_calls_at_once_and_no_room_for_a_third(models, tmp_path):
    config = settings(tmp_path, IVR_MAX_CALLS=2)
    running = await start(config, find_flow("", config))
    carriers = [SimulatedCarrier(CarrierSettings(running.url)) for _ in range(3)]
    try:
        for carrier in carriers[:2]:
            await carrier.ring()
            assert await carrier.agent_speaks() is not None
        refused = await carriers[2].ring()
        assert not refused.stream_url
        assert len(running.sessions) == 2
    finally:
        for carrier in carriers:
            await carrier.close()
        await running.close()
    assert not running.sessions
