"""`ivr turns` as an author sees it."""

import io
from pathlib import Path

from rich.console import Console

from ivr import turns_cli
from ivr.core.turns import TABLE

FLOW = """
ivr: 1
slots: {number: {type: digits, length: 4, ask: Which number?}}
flows:
  main:
    - collect: {slot: number, end_silence: {unfinished: 2s}}
    - confirm: {ask: Right?, end_silence: 900ms, no: [], yes: []}
    - hangup:
"""


def shown(flow: Path | None) -> list[list[str]]:
    console = Console(width=200, record=True, file=io.StringIO())
    turns_cli.show(console, flow)
    lines = console.export_text().splitlines()
    return [[cell.strip() for cell in line.strip("│ ").split("│")] for line in lines if line.startswith("│")]


def test_the_table_has_a_row_for_each_kind_of_answer():
    rows = {row[0]: row[1:] for row in shown(None)}
    assert rows["digits"] == ["1400", "1400", "1400", "1400", "1400", "300"]
    assert len(rows) == 8


def test_a_flow_shows_what_holds_at_each_of_its_steps(tmp_path):
    (tmp_path / "line.yaml").write_text(FLOW, encoding="utf-8")
    first, second = shown(tmp_path / "line.yaml")
    assert first[0].endswith(": digits")
    assert first[1:] == ["1400", "1400", "2000", "1400", "1400", "300"]
    assert second[1:] == ["900"] * 6


def test_the_chart_holds_every_change_of_turns():
    assert turns_cli.chart().count("-->") == len(TABLE)
