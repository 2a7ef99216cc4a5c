"""Every grammar tells its value, how sure it is, and what was left over."""

from __future__ import annotations

import pytest

from ivr.core.commands import Expectation
from ivr.core.flow.model import SlotType
from ivr.understanding.pipeline import by_rules
from tests.understanding.spoken_form import TODAY, model_of


@pytest.mark.parametrize(
    ("kind", "spoken", "left"),
    [
        ("choice", "billing about my car", {"car"}),
        ("yes_no", "yes my car", {"car"}),
        ("integer", "for 4 in total upstairs", {"upstairs"}),
        ("money", "twelve dollars for petrol", {"petrol"}),
        ("date", "next Friday for petrol", {"petrol"}),
        ("time", "half past two for petrol", {"petrol"}),
        ("date_time", "next Friday at half past two for petrol", {"petrol"}),
    ],
)
def test_value_confidence_and_rest(kind: SlotType, spoken: str, left: set[str]) -> None:
    meaning = by_rules(model_of("en-US"), spoken, Expectation(kind, slot=kind, today=TODAY)).meaning
    assert meaning.kind == "value"
    assert 0 < meaning.confidence < 1
    assert left <= set(meaning.rest.split())
