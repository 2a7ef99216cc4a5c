"""What is not as a test says is told with its place, and with what was instead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.errors import Bug
from ivr.rehearsal.checks import show
from tests.rehearsal.line import doubting, result


@pytest.mark.parametrize(
    ("steps", "spot", "message"),
    [
        ("- assert: {said: Good day}", (4, 20), "The line does not say: Good day. It says: Hello there."),
        ("- assert: {said: [What can I do?, Hello there.]}", (4, 37), "says this too early: Hello there."),
        ("- assert: {not_said: Nice to}", (4, 24), "The line says what it should not: Nice to"),
        ("- assert: {said: []}", (4, 20), "The line should say nothing, and says: Hello there."),
        ("- assert: {step: main/1}", (4, 20), "The step that waits is not as expected"),
        ("- assert: {transfer: desk}", (4, 24), "The transfer is not as expected"),
        ("- assert: {ended: true}", (4, 21), "The end of the call is not as expected"),
        ("- caller: agent\n  assert: {ended: completed}", (5, 21), "The end of the call is not as expected"),
        ("- caller: agent\n  assert: {step: menu}", (5, 20), "The step is not as expected"),
        ("- caller: book\n  assert: {slots: {part: morning}}", (5, 22), "The slot 'part' is not as expected"),
        ("- caller: book\n  assert: {understood: cancel}", (5, 26), "What was understood is not as"),
        ("- keys: 1\n  assert: {understood: book}", (5, 26), "What was understood is not as expected"),
        ("- caller: cancel\n- caller: book", (5, 5), "over before this: transferred to desk"),
    ],
)
def test_what_is_not_so_is_told_with_its_place(steps: str, spot: tuple[int, int], message: str) -> None:
    went = result(steps)
    assert not went.passed
    (failure,) = went.failures
    assert message in failure.message
    assert (failure.spot.line, failure.spot.column) == spot


def test_the_nearest_words_are_set_against_those_expected() -> None:
    (failure,) = result("- assert: {said: What may I do?}").failures
    assert (failure.want, failure.got) == ("What may I do?", "What can I do?")


def test_confidence_fills_and_corrections_can_be_asserted() -> None:
    went = doubting(
        """
  - caller: order large
    assert: {understood: order, fills: {size: large}, confidence: {size: 0.9}, said: [large., When?]}
  - caller: no, small
    assert: {understood: correction, slots: {size: small}, confidence: {size: 0.9}}
  - caller: the last of January
    confidence: 0.4
    assert: {confidence: {day: 0.4}, said: Is January 31st}
"""
    )
    assert went.failures == ()


@pytest.mark.parametrize(
    ("asserted", "message"),
    [
        ("fills: {size: small}", "What was said for 'size' with it"),
        ("confidence: {size: 0.5}", "The confidence in 'size'"),
    ],
)
def test_what_was_asserted_wrongly_is_told(asserted: str, message: str) -> None:
    went = doubting(f"\n  - caller: order large\n    assert: {{{asserted}}}\n")
    assert message in went.failures[0].message


def test_said_and_requests_are_looked_for_in_their_order() -> None:
    assert result("- assert: {said: [hello there, Nice to, what can I do]}").passed
    (failure,) = result("- assert: {said: [Nice to, hello there]}").failures
    assert failure.message == "The line says this too early: hello there"


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "null"), (True, "true"), (False, "false"), (42, "42"), ("a b", '"a b"')]
)
def test_a_value_is_shown_as_a_test_file_writes_it(value: object, shown: str) -> None:
    assert show(value) == shown


def test_what_no_slot_holds_is_a_bug_of_ours() -> None:
    with pytest.raises(Bug, match="A slot holds"):
        show(1.5)


@given(st.text(max_size=20) | st.booleans() | st.integers() | st.none())
def test_every_value_of_a_slot_can_be_shown(value: object) -> None:
    assert show(value)
