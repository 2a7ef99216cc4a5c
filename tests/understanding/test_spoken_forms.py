"""The share of spoken forms that is understood, of each type.

`held_back.tsv` was written before the grammars of money, dates, times, telephone numbers, e-mail
addresses, names, spellings and addresses; at its first reading 98.1 % of it was understood. Its misses
were looked at then, and so were those of 148 more forms (91.9 % at their first reading), which are in
`known.tsv` now. `held_back_later.tsv` was written after that: 98.1 % at its first reading.
`held_back_third.tsv` was written by somebody who had not read the grammars: 98.2 % (112 of 114) at its first
reading; missed were "No, eso no es." and "a grand", both mended since. `held_back_spanish.tsv`: days, times,
money and telephone numbers in Spanish, written before their grammar: 98.0 % (50 of 51) at its first reading;
"seiscientos doce" in a telephone number was mended since. No table of held-back forms is ever changed.
`python -m tests.understanding.spoken_form` prints the shares.
"""

import pytest

from ivr.understanding.text import words
from tests.understanding.spoken_form import Form, by_confidence, missed, read, shares

HELD_BACK = read("held_back.tsv")
LATER = read("held_back_later.tsv")
THIRD = read("held_back_third.tsv")
SPANISH = read("held_back_spanish.tsv")
ALL_HELD_BACK = [*HELD_BACK, *LATER, *THIRD, *SPANISH]
KNOWN = read("known.tsv")


def test_there_are_enough_forms_and_none_is_held_back_and_known() -> None:
    assert len(HELD_BACK) >= 350
    assert len(HELD_BACK) + len(LATER) + len(THIRD) >= 600
    held_back = {(form.kind, words(form.spoken), form.language) for form in ALL_HELD_BACK}
    assert not held_back & {(form.kind, words(form.spoken), form.language) for form in KNOWN}


@pytest.mark.parametrize(
    "forms", [HELD_BACK, LATER, THIRD, SPANISH], ids=["first", "later", "third", "spanish"]
)
def test_95_percent_of_what_was_held_back_is_understood(forms: list[Form]) -> None:
    wrong = missed(forms)
    assert len(wrong) <= 0.05 * len(forms), wrong


@pytest.mark.parametrize("kind", sorted({form.kind for form in HELD_BACK}))
def test_95_percent_of_each_type(kind: str) -> None:
    forms = [form for form in ALL_HELD_BACK if form.kind == kind]
    good, every = shares(forms)[kind]
    assert good >= 0.95 * every, missed(forms)


def test_values_are_right_at_least_as_often_as_the_grammars_claim() -> None:
    bands = by_confidence([*HELD_BACK, *LATER, *THIRD])
    assert min(bands) < 0.8 < max(bands)
    for sure, (right, found) in bands.items():
        assert right >= min(sure, 0.99) * found, (sure, right, found)


@pytest.mark.parametrize("form", KNOWN, ids=lambda form: f"{form.kind}: {form.spoken}")
def test_what_the_grammars_were_written_on(form: Form) -> None:
    assert missed([form]) == []
