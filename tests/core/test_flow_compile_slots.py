from __future__ import annotations

import pytest

from ivr.core.flow import model as m
from ivr.core.flow.load import check_text
from tests.core.compiled import load


def test_slots() -> None:
    slots = load("- hangup:").slots
    assert slots["pin"] == m.Slot("pin", "digits", "Your PIN?", minimum=4, maximum=6)
    assert slots["count"] == m.Slot("count", "integer", "How many?", minimum=1, maximum=9, initial=2)
    assert slots["sort"].choices == {"small": ("little", "tiny"), "large": ("big",), "huge": ()}
    short = load(
        "- hangup:",
        "ivr: 1\nslots: {a: text, b: {type: digits, length: 6}, c: {type: choice, choices: [x, y]}}\n",
    )
    assert short.slots["a"] == m.Slot("a", "text")
    assert (short.slots["b"].minimum, short.slots["b"].maximum) == (6, 6)
    assert short.slots["c"].choices == {"x": (), "y": ()}


FLOWS = "flows: {main: [{collect: {slot: sum, ask: Well?}}, {hangup: }]}\n"


def test_a_country_without_a_known_currency_needs_one() -> None:
    file = f"ivr: 1\nlanguage: en-AQ\nslots:\n  sum: {{type: money}}\n{FLOWS}"

    def told(text: str) -> list[str]:
        return [str(problem) for problem in check_text(text, "f.yaml")[1]]

    assert "f.yaml:4:8: In what currency? Write 'currency: EUR'." in told(file)
    assert told(file.replace("type: money", "type: money, currency: nzd")) == []


@pytest.mark.parametrize(
    ("slot", "told"),
    [
        ("{type: integer, min: 9, max: 1}", "3:6: The limits are the wrong way round: 9 is more than 1."),
        (
            "{type: digits, min_length: 6, max_length: 4}",
            "3:6: The limits are the wrong way round: 6 is more than 4.",
        ),
        ("{type: money, currency: XXX}", "3:30: 'XXX' is no currency here."),
        ("{type: phone, region: XX}", "3:28: 'XX' is no country."),
        ("{type: choice}", "3:6: A choice slot needs choices."),
        ("{type: integer, choices: [a]}", "3:22: 'choices' is for choice slots"),
        ("{type: date, min: yesterdy}", "3:24: 'yesterdy' is not a day."),
    ],
)
def test_what_is_wrong_with_a_slot_is_told_at_its_place(slot: str, told: str) -> None:
    text = f"ivr: 1\nslots:\n  x: {slot}\n{FLOWS.replace('sum', 'x')}"
    flow, problems = check_text(text, "f.yaml")
    assert flow is None
    assert str(problems[0]).startswith(f"f.yaml:{told}")
