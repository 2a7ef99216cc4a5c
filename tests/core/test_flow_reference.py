from __future__ import annotations

import re
from pathlib import Path

from ivr.core.flow.json_schema import flow_schema
from ivr.core.flow.reference import reference
from ivr.core.flow.schema_lists import STEP_KEYS
from ivr.core.flow.schema_values import WaitingSettings
from ivr.rehearsal.json_schema import cases_schema

PAGE = Path(__file__).parents[2] / "docs" / "reference.md"
MADE = reference(flow_schema(), cases_schema(), WaitingSettings.names())


def test_the_page_is_what_the_program_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == MADE, (
        "write it anew: ivr schema --reference > docs/reference.md"
    )


def test_every_step_and_key_is_told_of() -> None:
    assert [step for step in STEP_KEYS if f"\n### `{step}`\n" not in MADE] == []
    keys = set(re.findall(r"^\| `(\w+)`", MADE, re.MULTILINE))
    wanted = {key for piece in flow_schema()["$defs"].values() for key in piece.get("properties", ())}
    bodies = {key for key in STEP_KEYS if key not in keys}
    assert wanted - keys - bodies - {"id"} == set()


def test_every_key_has_a_sentence() -> None:
    assert re.findall(r"^\| (`\w+`) [^|]*\|[^|]*\|\s*\|$", MADE, re.MULTILINE) == []


def test_every_link_leads_to_a_heading() -> None:
    headings = {
        re.sub(r"[`:]", "", title).lower().replace(" ", "-")
        for title in re.findall(r"^#+ (.*)$", MADE, re.MULTILINE)
    }
    assert set(re.findall(r"\(#([\w-]+)\)", MADE)) <= headings
