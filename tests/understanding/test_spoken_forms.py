"""The share of spoken forms that is understood, of each type.

`held_back.tsv` was written before the grammars of money, dates, times, telephone numbers, e-mail
addresses, names, spellings and addresses, and is never tuned on. At their first reading 98.1 % of it was
understood: see `spoken_form` for the table.
"""

import pytest

from ivr.understanding.text import words
from tests.understanding.spoken_form import Form, missed, read, shares

HELD_BACK = read("held_back.tsv")
KNOWN = read("known.tsv")


def test_there_are_enough_forms_and_none_is_in_both_tables() -> None:
    assert len(HELD_BACK) + len(KNOWN) >= 400
    held_back = {(form.kind, words(form.spoken), form.language) for form in HELD_BACK}
    assert not held_back & {(form.kind, words(form.spoken), form.language) for form in KNOWN}


def test_95_percent_of_what_was_held_back_is_understood() -> None:
    wrong = missed(HELD_BACK)
    assert len(wrong) <= 0.05 * len(HELD_BACK), wrong


@pytest.mark.parametrize("kind", sorted({form.kind for form in HELD_BACK}))
def test_no_type_is_much_worse_than_the_others(kind: str) -> None:
    good, every = shares([form for form in HELD_BACK if form.kind == kind])[kind]
    assert good >= 0.9 * every, [form for form in missed(HELD_BACK) if form[0].kind == kind]


@pytest.mark.parametrize("form", KNOWN, ids=lambda form: f"{form.kind}: {form.spoken}")
def test_what_the_grammars_were_written_on(form: Form) -> None:
    assert missed([form]) == []
