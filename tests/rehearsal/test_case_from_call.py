"""A past call becomes a test that passes on the flow of that call."""

from __future__ import annotations

from collections.abc import Callable

from ivr.core.text_caller import TextCaller
from ivr.rehearsal.case_from_call import as_test
from ivr.rehearsal.past_call import read
from ivr.rehearsal.reading import TextReader, exact_model
from ivr.rehearsal.runner import run
from ivr.rehearsal.script import Case, load_cases
from tests.engines.records.past import CARD, call, pizza

FLOW = pizza()
READ = TextReader(exact_model(FLOW), None)


def as_case(caller: Callable[[TextCaller], None]) -> tuple[Case, str, bool]:
    """The test that a call becomes, as it is read back; its text; and whether stand-ins are in it."""
    past = call("CA1", caller)
    written, masked = as_test(FLOW, read(past.flow, past.rows), READ, "a bad call")
    cases, problems = load_cases(f"test_cases:\n{written}", "t.yaml", FLOW)
    assert problems == (), written
    assert run(FLOW, cases[0], READ)[0].failures == (), written
    return cases[0], written, masked


def test_what_the_caller_did_is_what_the_test_does() -> None:
    def caller(talk: TextCaller) -> None:
        talk.say("one pizza please")
        talk.press("1")
        talk.be_silent()
        talk.hang_up()

    case, _, masked = as_case(caller)
    assert [(move.does, move.words or move.keys) for move in case.moves if move.does != "nothing"] == [
        ("caller", "one pizza please"),
        ("keys", "1"),
        ("silence", ""),
    ]
    assert case.name == "a bad call"
    assert not masked


def test_what_was_masked_is_never_in_the_test_and_something_stands_in_for_it() -> None:
    def caller(talk: TextCaller) -> None:
        talk.say("one pizza please")
        talk.say("large")
        talk.press(CARD)

    case, text, masked = as_case(caller)
    assert masked
    assert CARD not in text
    (keys,) = [move.keys for move in case.moves if move.keys]
    assert len(keys) == len(CARD)
    assert keys.isdecimal()


def test_an_interruption_is_one_in_the_test_too() -> None:
    def caller(talk: TextCaller) -> None:
        talk.interrupt("one pizza please", 700)
        talk.say("small")
        talk.hang_up()

    case, _, _ = as_case(caller)
    (interruption,) = [move for move in case.moves if move.does == "interrupts"]
    assert interruption.words == "one pizza please"
    assert interruption.ms >= 100
