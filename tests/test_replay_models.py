"""`ivr replay --models`: past calls with models of ours behind real HTTP, on calls in a real database."""

from __future__ import annotations

import asyncio
import io
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console

from ivr.config import Config
from ivr.core.errors import ConfigError
from ivr.core.usage import Usage
from ivr.engines.records.store import RecordStore
from ivr.replay_cli import Through, Wanted, replay
from ivr.replay_models import Cost, cost
from ivr.review.records import CallFilter
from tests.engines import model_server as srv
from tests.engines.model_server import ModelServer, Reply
from tests.engines.records.past import CARD, call, leaves, orders

PRICES = "prices: {input: 0.3, output: 1.2, date: 2026-11-01}"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    store = RecordStore("", tmp_path / "data")
    call("CA1", orders).write(store.journal, 1_000)
    call("CA2", leaves).write(store.journal, 2_000)
    store.close()
    return Config.model_validate({"IVR_DATA_DIR": str(tmp_path / "data")})


@pytest.fixture
def serve() -> Iterator[Callable[[Reply], ModelServer]]:
    """Starts servers in a loop of their own, as they run elsewhere."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    servers: list[ModelServer] = []

    def start(reply: Reply) -> ModelServer:
        server = asyncio.run_coroutine_threadsafe(ModelServer(reply).start(), loop).result(10)
        servers.append(server)
        return server

    yield start
    for server in servers:
        asyncio.run_coroutine_threadsafe(server.close(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def table(tmp_path: Path, server: ModelServer, prices: str = PRICES, key: str = "") -> Path:
    path = tmp_path / "models.yaml"
    row = f"endpoint: '{server.url}', tier: economy, abilities: [json_schema, stream_usage]"
    path.write_text(f"models:\n  - {{name: small, {row}, {', '.join(filter(None, (prices, key)))}}}\n")
    return path


def replayed(config: Config, models: Path, *names: str, as_json: bool = False) -> tuple[bool, str]:
    out = Console(width=200, file=io.StringIO())
    through = Through(models=models, names=names, exact=True)
    same = replay(out, config, Wanted((), CallFilter(), 50), through, as_json=as_json)
    return same, out.file.getvalue()  # type: ignore[attr-defined] # a StringIO


def test_what_a_model_would_have_understood_is_told_call_by_call_and_in_sum(
    config: Config, tmp_path: Path, serve: Callable[[Reply], ModelServer]
) -> None:
    server = serve(srv.says('{"meaning": "intent:order"}'))
    same, text = replayed(config, table(tmp_path, server))
    assert not same
    assert "  1: 'mumble mumble' was taken for nothing, would be intent order" in text
    first, second = (line for line in text.splitlines() if line.startswith("  models: "))
    assert first.startswith(
        "  models: none -> 2 requests, $0.0"
    )  # the second, about a size, is no choice there
    assert second == "  models: none -> none"
    assert "2 calls: 1 the same, 1 different." in text
    assert "  models asked what words mean: none -> 2 requests, $0.0" in text
    assert "1 request brought nothing usable" in text
    sent = json.dumps([request.body for request in server.requests])
    assert "mumble mumble" in sent
    assert CARD not in sent
    assert "\\u2022" not in sent


def test_money_and_time_are_there_for_programs(
    config: Config, tmp_path: Path, serve: Callable[[Reply], ModelServer]
) -> None:
    server = serve(srv.says('{"meaning": "nothing"}'))
    same, text = replayed(config, table(tmp_path, server, prices=""), "small", as_json=True)
    assert same
    first, second = (json.loads(line) for line in text.splitlines())
    assert (first["call_id"], first["differences"]) == ("CA1", [])
    was, would_be = first["models"]["was"], first["models"]["would_be"]
    assert (was["requests"], would_be["requests"], would_be["nano"]) == (0, 1, None)
    assert len(would_be["waits_ms"]) == 1
    assert second["models"]["would_be"]["requests"] == 0


def test_models_that_fail_are_told_with_what_to_do(
    config: Config, tmp_path: Path, serve: Callable[[Reply], ModelServer]
) -> None:
    server = serve(srv.refuses(401, "no such key"))
    same, text = replayed(config, table(tmp_path, server))
    assert same
    assert "1 request brought nothing usable" in text
    assert "ivr models check" in text


def test_what_is_not_there_is_told(
    config: Config, tmp_path: Path, serve: Callable[[Reply], ModelServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(srv.says("{}"))
    with pytest.raises(ConfigError, match="no model 'big'; it has small"):
        replayed(config, table(tmp_path, server), "big")
    monkeypatch.delenv("KEY_OF_NOBODY", raising=False)
    with pytest.raises(ConfigError, match="KEY_OF_NOBODY"):
        replayed(config, table(tmp_path, server, key="key: KEY_OF_NOBODY"))
    with pytest.raises(ConfigError, match="cannot be read"):
        replayed(config, tmp_path / "missing.yaml")
    with pytest.raises(ConfigError, match="--models TABLE"):
        replay(Console(), config, Wanted((), CallFilter(), 50), Through(), as_json=False)


def test_costs_leave_out_answers_and_what_was_spared() -> None:
    used = (
        Usage("intent", "economy", "small", ms=300, nano=40),
        Usage("intent", "economy", "small", ms=900, nano=2, outcome="hedged"),
        Usage("intent", "flagship", "big", nano=0, outcome="spared"),
        Usage("answer", "flagship", "big", ms=2000, nano=900),
    )
    assert cost(used) == Cost(2, 42, (300,), 0)
    assert cost(used).plus(Cost(1, None, (500,), 1)) == Cost(3, None, (300, 500), 1)
    assert Cost(2, None, (300, 500)).told == "2 requests, unknown, 400 ms, longest 500 ms"
