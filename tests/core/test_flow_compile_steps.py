from __future__ import annotations

from ivr.core.flow import model as m
from tests.core.compiled import steps_of


def test_confirm() -> None:
    steps = steps_of("- confirm: {ask: Right?, no: {say: a}, on_no_input: [Yes or no?]}\n- hangup:")
    confirm = steps[0]
    assert isinstance(confirm, m.ConfirmStep)
    assert (confirm.yes, confirm.no, confirm.repair.no_input) == (5, 1, (3,))


def test_set_slots_takes_values_expressions_and_nothing() -> None:
    (first, _) = steps_of(
        '- set_slots: {count: "= count + 1", name: null, sort: huge, new: "=!new"}\n- hangup:'
    )
    assert isinstance(first, m.SetSlotsStep)
    assert first.values == {"count": "count + 1", "name": None, "sort": '"huge"', "new": "!new"}


def test_transfer_and_hangup_in_all_forms() -> None:
    steps = steps_of("""
        - listen:
            keys:
              "1": {transfer: desk}
              "2": {transfer: {contact: sip, say: Wait.}}
              "3": {hangup: }
              "4": {hangup: Bye.}
              "*": {hangup: {say: Bye.}}
    """)
    one, two, three, four, star = steps[1:]
    assert isinstance(one, m.TransferStep)
    assert isinstance(two, m.TransferStep)
    assert (one.contact, one.prompt, two.contact) == ("desk", None, "sip")
    assert isinstance(three, m.HangUpStep)
    assert three.prompt is None
    assert isinstance(four, m.HangUpStep)
    assert isinstance(star, m.HangUpStep)
    assert four.prompt == star.prompt == m.Prompt("Bye.", m.Settings(end_silence_ms=800))
