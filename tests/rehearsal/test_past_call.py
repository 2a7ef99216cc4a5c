"""Moves taken out of a call's events, and the same caller on a flow."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivr.core.flow.load import load_flow
from ivr.core.flow.model import Flow
from ivr.core.text_caller import Read, TextCaller
from ivr.rehearsal.past_call import PastCall, read, rerun
from ivr.rehearsal.reading import TextReader, exact_model
from ivr.rehearsal.replaying import compare
from tests.engines.records.past import CARD, SOURCE, call, orders, pizza

FLOW = pizza()
READ = TextReader(exact_model(FLOW), None)

MOVES = st.lists(
    st.one_of(
        st.tuples(
            st.just("say"),
            st.sampled_from(
                ["one pizza please", "large", "small", "when are you open", "what", "agent please", ""]
            ),
        ),
        st.tuples(st.just("press"), st.sampled_from(["0", "1", "2", CARD, "123", "#"])),
        st.tuples(st.just("over"), st.sampled_from(["one pizza please", "large", "nonsense"])),
        st.tuples(st.just("silent"), st.just("")),
    ),
    max_size=8,
)


def do(talk: TextCaller, moves: list[tuple[str, str]]) -> None:
    for how, what in moves:
        if talk.over or talk.state.ending:
            return
        match how:
            case "say":
                talk.say(what)
            case "press":
                talk.press(what)
            case "over":
                talk.interrupt(what, 700)
            case "silent":
                talk.be_silent()


def past(*moves: tuple[str, str]) -> PastCall:
    made = call("CA1", lambda talk: do(talk, list(moves)))
    return read(made.flow, made.rows)


def changed(was: str, now: str) -> tuple[Flow, Read]:
    assert was in SOURCE
    flow = load_flow(SOURCE.replace(was, now), "new.yaml")
    return flow, TextReader(exact_model(flow), None)


def test_the_moves_of_an_order() -> None:
    made = call("CA1", orders)
    found = read(made.flow, made.rows)
    assert [(m.does, m.words or m.keys, m.step, m.taken_for) for m in found.moves] == [
        ("words", "mumble mumble", "desk", "nothing"),
        ("words", "one pizza please", "desk", "intent order"),
        ("words", "when are you open", "order/1", "answer hours"),
        ("words", "large", "order/1", "value large"),
        ("keys", "•" * 16, "order/2", "keys"),
    ]
    assert found.greeting == ("What can I do for you?",)
    assert found.moves[3].said == ("Your card number?",)
    assert (found.outcome, found.left, found.reprompts) == ("completed", False, 1)
    assert found.slots == {"size": "large", "card": "•••"}


def test_a_silence_an_interruption_and_a_caller_who_leaves() -> None:
    found = past(("silent", ""), ("over", "one pizza please"))
    assert [(m.does, m.after_ms >= 0, m.step) for m in found.moves] == [
        ("silence", False, "desk"),
        ("words", True, "desk"),
    ]
    assert 600 <= found.moves[1].after_ms <= 800
    assert found.left


@given(MOVES)
def test_the_same_flow_makes_the_same_of_any_caller(moves: list[tuple[str, str]]) -> None:
    was = past(*moves)
    assert compare(was, rerun(FLOW, was, READ)).differences == ()


def test_a_changed_flow_reads_the_words_anew() -> None:
    was = past(("say", "mumble"), ("say", "large"))
    flow, understand = changed("one pizza please,", "one pizza please, mumble,")
    now = rerun(flow, was, understand)
    assert [m.taken_for for m in now.moves] == ["intent order", "value large"]
    assert now.slots == {"size": "large"}


def test_what_was_masked_is_taken_for_the_value_that_it_was() -> None:
    made = call(
        "CA1", lambda talk: do(talk, [("say", "I want a pizza"), ("say", "small"), ("say", "4 " * 16)])
    )
    was = read(made.flow, made.rows)
    assert was.moves[2].words == "•••"
    flow, understand = changed("Your card number?", "And the number of your card?")
    now = rerun(flow, was, understand)
    assert (now.outcome, now.slots) == ("completed", {"size": "small", "card": "•••"})


def test_a_flow_that_ends_earlier_leaves_moves_over() -> None:
    was = past(("say", "mumble"), ("say", "one pizza please"))
    flow, understand = changed(
        "ask: What can I do for you?", "ask: What?\n        on_no_match: [{hangup: Bye.}]"
    )
    now = rerun(flow, was, understand)
    assert now.outcome == "completed"
    assert len(now.moves) == 1
