"""`ivr replay` and `ivr test --from-call`, on calls in a real database."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from ivr.config import Config
from ivr.core.errors import ConfigError
from ivr.core.flow.load import load_flow
from ivr.engines.records.store import RecordStore
from ivr.rehearse_cli import Options, run_tests
from ivr.replay_cli import Through, Wanted, replay, save_as_test
from ivr.review.records import CallFilter
from tests.engines.records.past import CARD, SOURCE, call, leaves, orders


@pytest.fixture
def config(tmp_path: Path) -> Config:
    store = RecordStore("", tmp_path / "data")
    call("CA1", orders).write(store.journal, 1_000)
    call("CA2", leaves).write(store.journal, 2_000)
    call("CA3", leaves).write(store.journal, 3_000, end=False)
    store.close()
    return Config.model_validate({"IVR_DATA_DIR": str(tmp_path / "data")})


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    path = tmp_path / "pizza.yaml"
    path.write_text(SOURCE)
    return path


def replayed(config: Config, flow: Path, *names: str, as_json: bool = False) -> tuple[bool, str]:
    out = Console(width=200, file=io.StringIO())
    wanted = Wanted(names, CallFilter(), 50)
    same = replay(out, config, wanted, Through(flow, exact=True), as_json=as_json)
    return same, out.file.getvalue()  # type: ignore[attr-defined] # a StringIO


def test_the_same_flow_changes_nothing(config: Config, flow: Path) -> None:
    same, text = replayed(config, flow)
    assert same
    assert text.splitlines() == [
        "CA1: the same (completed)",
        "CA2: the same (hung up by caller)",
        "2 calls: 2 the same, 0 different.",
        "  reached an end that the flow means: 1 -> 1",
        "  turns not understood, or silent: 1 -> 1",
    ]


def test_what_would_be_different_is_told_call_by_call_and_in_sum(config: Config, flow: Path) -> None:
    other = SOURCE.replace("Small or large?", "Big or small?")
    flow.write_text(other.replace("- hangup: Goodbye.", "- transfer: shop"))
    same, text = replayed(config, flow, "CA1")
    assert not same
    assert "  outcome: completed -> transferred to shop" in text
    assert "  2: 'one pizza please' is answered: [-Small-] {+Big+} or [-large?-] {+small?+}" in text
    assert "1 call: 0 the same, 1 different." in text
    assert "  completed -> transferred to shop: 1" in text
    assert replayed(config, flow, "CA1", as_json=True)[1].startswith(
        '{"call_id":"CA1","differences":[{"what":'
    )


def test_what_cannot_be_replayed_is_told(config: Config, flow: Path) -> None:
    with pytest.raises(ConfigError, match="still going on"):
        replayed(config, flow, "CA3")
    with pytest.raises(ConfigError, match="no call CA9"):
        replayed(config, flow, "CA9")


def test_a_call_becomes_a_test_that_passes_on_its_flow(config: Config, flow: Path) -> None:
    out = Console(width=200, file=io.StringIO())
    for _ in range(2):
        save_as_test(out, config, flow, "CA1", None, exact=True)
    told = out.file.getvalue()  # type: ignore[attr-defined] # a StringIO
    assert "Saved as 'Call CA1 2'" in told
    assert "stand-ins" in told
    text = (flow.parent / "tests" / "pizza.yaml").read_text()
    assert CARD not in text
    assert "•" not in text
    assert '- keys: "1234567890123456"' in text
    assert "said: Small or large?" in text
    assert run_tests(out, [flow], Options(exact=True))
    flow.write_text(SOURCE.replace("Small or large?", "Which size?"))
    assert not run_tests(out, [flow], Options(exact=True))


def test_calls_of_other_lines_are_left_out_unless_they_are_wanted(config: Config, flow: Path) -> None:
    flow.write_text(SOURCE.replace("name: Pizza line", "name: Pasta line"))
    with pytest.raises(ConfigError, match=r"Left out: 2 calls of other lines than Pasta line \(Pizza line\)"):
        replayed(config, flow)
    out = Console(width=200, file=io.StringIO())
    wanted = Wanted((), CallFilter(), 50, every=True)
    assert replay(out, config, wanted, Through(flow, exact=True), as_json=False)
    assert "2 calls: 2 the same" in out.file.getvalue()  # type: ignore[attr-defined] # a StringIO
    assert replayed(config, flow, "CA1")[0]


def test_it_is_told_how_many_calls_were_left_out(config: Config, flow: Path, tmp_path: Path) -> None:
    store = RecordStore("", tmp_path / "data")
    pasta = load_flow(SOURCE.replace("name: Pizza line", "name: Pasta line"), "pasta.yaml")
    replace(call("CA4", leaves), flow=pasta).write(store.journal, 4_000)
    store.close()
    _, text = replayed(config, flow)
    assert "Left out: 1 call of other lines than Pizza line (Pasta line). `--all` takes them." in text
    assert "2 calls: 2 the same" in text
