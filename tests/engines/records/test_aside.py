"""The file of what can never be written."""

from __future__ import annotations

import json
from pathlib import Path

from ivr.engines.records import aside as aside_module
from ivr.engines.records.aside import FILE, Aside
from ivr.engines.records.rows import Ended, Happened


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / FILE).read_text().splitlines()]


def test_a_row_is_kept_with_its_call_and_why(tmp_path: Path) -> None:
    told: list[int] = []
    aside = Aside(tmp_path / "new", lambda: told.append(1))
    aside.row(Happened("CA1", 3, 5, {"type": "Heard", "text": "\ud800"}), TypeError("half a character"))
    aside.row(Ended("CA2", "completed", ("main/1",), 7), ValueError("x" * 900))
    first, second = lines(tmp_path / "new")
    assert (first["call_id"], first["what"], first["why"]) == ("CA1", "Heard", "half a character")
    assert first["row"] == {
        "call_id": "CA1", "seq": 3, "at_ms": 5, "event": {"type": "Heard", "text": "\ud800"},
    }  # fmt: skip
    assert (second["what"], len(str(second["why"]))) == ("Ended", 200)
    assert (aside.count, len(told)) == (2, 2)


def test_a_row_that_cannot_even_be_written_here_leaves_its_name(tmp_path: Path) -> None:
    aside = Aside(tmp_path)
    aside.row(Happened("CA1", 3, 5, {"type": "Heard", "n": 10**5000}), TypeError("large"))
    assert lines(tmp_path) == [{"call_id": "CA1", "what": "Heard", "why": "large"}]


def test_a_record_is_told_and_counted(tmp_path: Path) -> None:
    aside = Aside(tmp_path)
    aside.record("CA1", TypeError("large"))
    assert aside.count == 1
    assert not (tmp_path / FILE).exists()


def test_the_file_ends_somewhere_and_a_full_disk_stops_nobody(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(aside_module, "MOST_BYTES", 300)
    aside = Aside(tmp_path)
    for seq in range(9):
        aside.row(Happened("CA1", seq, 5, {"type": "Heard"}), TypeError("large"))
    assert 0 < (tmp_path / FILE).stat().st_size <= 301
    assert aside.count == 9
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).mkdir()  # a file that cannot be written
    aside.row(Happened("CA1", 9, 5, {"type": "Heard"}), TypeError("large"))
    assert aside.count == 10


def test_calls_are_taken_out(tmp_path: Path) -> None:
    aside = Aside(tmp_path)
    aside.forget(frozenset(["CA1"]))
    for name in ("CA1", "CA2", "CA1"):
        aside.row(Happened(name, 1, 5, {"type": "Heard"}), TypeError("large"))
    aside.forget(frozenset(["CA1"]))
    assert [line["call_id"] for line in lines(tmp_path)] == ["CA2"]
