"""The language models that settings name: what an operator is told, and `ivr models check`."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.config import Config, load
from ivr.core.errors import ConfigError
from ivr.engines.asking import Budgets
from ivr.language_models import budgets, keys, make_room, read_table, secrets_in_force, warnings
from ivr.models_cli import app
from tests.engines import model_server as srv
from tests.engines.model_rig import FakeBank, FakeMeter

ROW = """\
models:
  - name: small
    endpoint: {url}
    tier: economy
    key: SMALL_KEY
"""
PRICES = "    prices: {input: 0.5, output: 1, date: 2026-11-01}\n"


def config(path: Path | str = "", **more: str) -> Config:
    return load({"IVR_MODELS": str(path), **more}, Path("/no/.env")).config


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "models.yaml"
    path.write_text(ROW.format(url="http://127.0.0.1:9/v1") + PRICES)
    return path


def test_without_a_table_there_are_no_models() -> None:
    assert read_table(config()) is None
    assert make_room(config(), {}, FakeMeter(), FakeBank()) is None


def test_a_table_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_table(config(tmp_path / "none.yaml"))
    broken = tmp_path / "broken.yaml"
    broken.write_bytes(b"\xff\xfe\x00models")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_table(config(broken))
    huge = tmp_path / "huge.yaml"
    huge.write_text("# " + "x" * 1_000_001)
    with pytest.raises(ConfigError, match="larger than"):
        read_table(config(huge))
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("models:\n  - name: a\n")
    with pytest.raises(ConfigError, match=r"wrong\.yaml:2:5: The key 'endpoint' is missing here"):
        read_table(config(wrong))


def test_a_key_that_is_not_set_is_named(table: Path) -> None:
    found = read_table(config(table))
    assert found is not None
    with pytest.raises(ConfigError, match="keys that are not set: SMALL_KEY"):
        keys(found, {})
    assert keys(found, {"SMALL_KEY": "secret"}) == {"small": "secret"}


def test_budgets_are_dollars_and_need_prices(table: Path) -> None:
    found = read_table(config(table))
    assert found is not None
    limits = config(table, IVR_BUDGET_CALL="0.05", IVR_BUDGET_DAY="20")
    assert budgets(limits, found) == Budgets(50_000_000, 20_000_000_000)
    assert budgets(config(table), found) == Budgets()
    table.write_text(ROW.format(url="http://127.0.0.1:9/v1"))
    found = read_table(config(table))
    assert found is not None
    assert budgets(config(table), found) == Budgets()
    with pytest.raises(ConfigError, match="what small costs is not known"):
        budgets(limits, found)


@pytest.mark.parametrize("amount", ["-1", "cheap"])
def test_a_budget_that_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(ConfigError, match="IVR_BUDGET_DAY"):
        config(IVR_BUDGET_DAY=amount)


def test_what_is_probably_not_meant_is_warned_of(table: Path) -> None:
    assert warnings(config(table)) == []
    table.write_text(ROW.format(url="http://127.0.0.1:9/v1") + "    prices: {input: 1, output: 2}\n")
    assert "when these prices were true" in warnings(config(table))[0]


def test_the_example_table_is_in_order() -> None:
    example = config(Path(__file__).parent.parent / "infra" / "models.example.yaml")
    found = read_table(example)
    assert found is not None
    assert found.tier("economy")
    assert found.tier("flagship")
    assert warnings(example) == []


@pytest.fixture
def server() -> Iterator[srv.ModelServer]:
    """A server in a thread of its own, since the command has a loop of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    running = srv.ModelServer(srv.says("Blue."))
    asyncio.run_coroutine_threadsafe(running.start(), loop).result(10)
    yield running
    asyncio.run_coroutine_threadsafe(running.close(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def check(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    monkeypatch.chdir(path.parent)
    monkeypatch.setenv("IVR_MODELS", str(path))
    monkeypatch.setenv("SMALL_KEY", "secret")
    monkeypatch.setenv("COLUMNS", "200")
    result = CliRunner().invoke(app, ["check"])
    return result.exit_code, result.output


def test_the_check_tells_what_endpoints_do(
    tmp_path: Path, server: srv.ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "models.yaml"
    path.write_text(ROW.format(url=server.url))
    status, output = check(path, monkeypatch)
    assert status == 0
    assert "ignored" in output
    assert "small: add stream_usage to its abilities." in output
    assert "small: write its prices" in output
    assert server.requests[0].headers["Authorization"] == "Bearer secret"


def test_the_check_fails_when_one_does_not_answer(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    status, output = check(table, monkeypatch)
    assert status == 1
    assert "refuses connections: is it running, and is the port right?\n" in output
    assert "secret" not in output


def test_every_secret_is_known_to_those_who_mask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("IVR_SECRET_CRM=from-dotenv\n")
    table = tmp_path / "models.yaml"
    table.write_text(ROW.format(url="http://127.0.0.1:9/v1") + PRICES)
    environ = {
        "IVR_MODELS": str(table),
        "SMALL_KEY": "sk-SECRETKEY",
        "IVR_SPEECH_KEY": "speech-key",
        "DATABASE_URL": "postgresql://ivr:the-password@db/ivr",
    }
    found = secrets_in_force(environ)
    assert {*environ.values(), "the-password", "from-dotenv"} - {str(table)} == set(found)
    table.write_text("models: [")
    assert "sk-SECRETKEY" not in secrets_in_force(environ), "a table that is wrong is not used, and tells why"


async def test_a_command_does_not_show_a_key_that_an_endpoint_repeats(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await srv.ModelServer(srv.refuses(401, "bad key sk-SECRETKEY")).start()
    await asyncio.to_thread(table.write_text, ROW.format(url=server.url) + PRICES)
    monkeypatch.setenv("IVR_MODELS", str(table))
    monkeypatch.setenv("SMALL_KEY", "sk-SECRETKEY")
    result = await asyncio.to_thread(CliRunner().invoke, app, ["check"])
    await server.close()
    assert result.exit_code == 1
    assert "does not accept the key in SMALL_KEY" in result.output
    assert "SECRETKEY" not in result.output
