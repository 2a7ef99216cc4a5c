"""`ivr check` as an author sees it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from ivr.check_cli import check

FLOW = """\
ivr: 1
contacts: {desk: "+15550100123"}
universals: {agent: {transfer: desk}}
include: [visits.yaml]
intents:
  pay: [I want to pay my bill, settle an invoice]
  new_visit: [set up a visit, I would like to see a doctor]
flows:
  main:
    - listen: {ask: Hello?, on_no_input: [Hm?], intents: {book: [], new_visit: [], pay: []}}
    - hangup:
"""
VISITS = "intents:\n  book:\n    - can I book an appointment\n    - I'd like to see the doctor\n"


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IVR_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "visits.yaml").write_text(VISITS, encoding="utf-8")
    (tmp_path / "line.yaml").write_text(FLOW, encoding="utf-8")
    return tmp_path / "line.yaml"


def told(*flows: Path, exact: bool = False) -> tuple[bool, list[str]]:
    out = Console(file=io.StringIO(), record=True, width=80)
    good = check(out, flows, exact=exact)
    return good, out.export_text().splitlines()


@pytest.mark.engines
def test_examples_that_are_alike_are_told_with_their_places(line: Path) -> None:
    good, lines = told(line)
    assert good
    assert len(lines) == 2
    assert lines[0].startswith(f"{line}:7:31: warning (for the ear): Examples of 'new_visit' and 'book' are")
    assert "'I'd like to see the doctor' in" in lines[0]
    assert f"{line.parent}/visits.yaml:4." in lines[0]
    assert lines[1].endswith("is in order (2 flows, 5 steps).")


@pytest.mark.engines
def test_nothing_is_to_be_said_against_the_lines_that_come_with_ivr() -> None:
    flows = sorted((Path(__file__).parents[1] / "flows").glob("*.yaml"))
    good, lines = told(*flows)
    assert good
    assert [text for text in lines if "is in order" not in text] == []
    assert len(lines) == len(flows)


@pytest.mark.engines
def test_what_was_embedded_is_kept(line: Path, tmp_path: Path) -> None:
    told(line)
    (kept,) = (tmp_path / "cache" / "vectors").iterdir()
    before = kept.stat().st_mtime_ns
    told(line)
    assert kept.stat().st_mtime_ns == before


def test_it_is_said_once_when_the_embedder_is_not_there(line: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_MODELS_DIR", str(line.parent / "none"))
    good, lines = told(line, line)
    assert good
    assert [text for text in lines if "is in order" not in text] == [lines[-1]]
    assert lines[-1].startswith("Examples in en-US were not compared by meaning: Model file")
    assert lines[-1].endswith("ivr models pull minilm.")
    assert len(told(line, exact=True)[1]) == 1


def test_a_flow_with_mistakes_is_not_good(line: Path) -> None:
    line.write_text(FLOW.replace("hangup", "hangupp"), encoding="utf-8")
    good, lines = told(line, exact=True)
    assert not good
    assert f"{line}:11:7: There is no step 'hangupp'" in lines[0]
