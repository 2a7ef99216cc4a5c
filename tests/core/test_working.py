"""Work outside that a step waits for: its end, its clocks, and what the caller may do meanwhile."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.core.call import CallState, advance, next_deadline
from ivr.core.commands import CancelWork, HttpRequest, Order, StartWork, Transcribe, TransferCall
from ivr.core.events import CallStarted, EngineFailed, Heard, KeyPressed, SpeechBegan, SpeechEnded, WorkEnded
from ivr.core.flow import model as m
from ivr.core.flow.load import load_flow
from ivr.core.journal import replay
from ivr.core.phrases import DEFAULTS
from ivr.core.text_caller import TextCaller
from ivr.core.working import MAX_WORKS
from tests.core.talk import HEAD, Talk, answer, flow_of, indent, universal, value
from tests.core.test_call import EVENTS

FILLER = DEFAULTS["working"]
UNIVERSALS = """
universals:
  agent: {transfer: {contact: desk, say: Putting you through.}}
  repeat: true
  help: {phrases: [help], do: {say: I am looking for your order.}}
  again: {phrases: [start over], do: {link: main}}
  ask: {phrases: [wait], do: [{collect: age}]}
"""
STEPS = """
- say: Let me see.
- say: WORK
- say: Your order is {reason}.
- collect: number
- hangup: Bye.
"""


def with_work(flow: m.Flow, patience: m.Patience | None = None, **on_error: int) -> m.Flow:
    """The flow with an action in place of the step that says WORK."""
    main = flow.flows["main"]
    steps = tuple(
        m.ActionStep(
            step.id,
            step.line,
            "GET",
            "https://example.org/orders",
            {},
            {},
            {},
            None,
            "json",
            {"reason": "status", "pin": "pin"},
            5000,
            1,
            "",
            on_error,
            patience or m.Patience(8000),
        )
        if isinstance(step, m.SayStep) and step.prompt.text == "WORK"
        else step
        for step in main.steps
    )
    return replace(flow, flows={**flow.flows, "main": m.SubFlow("main", steps)})


FLOW = with_work(flow_of(STEPS, UNIVERSALS))


def done(number: int = 1, status: str | None = "on its way") -> WorkEnded:
    return WorkEnded(number, "done", {"reason": status, "pin": None})


def work(talk: TextCaller) -> list[int]:
    return [c.work for c in talk.commands if isinstance(c, StartWork)]


def dropped(talk: TextCaller) -> list[int]:
    return [c.work for c in talk.commands if isinstance(c, CancelWork)]


def test_the_step_waits_for_its_work_and_goes_on_with_what_it_brings():
    talk = Talk(FLOW)
    assert talk.listen() == ["Let me see."]
    wanted = (("reason", "status"), ("pin", "pin"))
    order = HttpRequest("GET", "https://example.org/orders", timeout_ms=5000, pick=wanted)
    assert [c for c in talk.commands if isinstance(c, StartWork)] == [StartWork(1, order)]
    talk.send(done(), 500)
    assert talk.listen() == ["Your order is on its way.", "What is your number?"]
    assert talk.state.dialogue.working == ()
    assert talk.state.clocks == ()
    assert talk.state.path == ("main/1", "main/2", "main/3", "main/4")


def test_an_end_that_nobody_waits_for_changes_nothing():
    talk = Talk(FLOW)
    talk.listen()
    before = talk.state
    talk.send(done(7))
    assert talk.state == before
    talk.send(done())
    after = talk.state
    talk.send(done())
    assert talk.state == after


def test_the_caller_is_told_that_it_lasts_and_told_again():
    talk = Talk(with_work(flow_of(STEPS), m.Patience(20_000, after_ms=1000, every_ms=4000)))
    talk.listen()
    silent = talk.now
    talk.pass_deadline()
    assert (talk.now - silent, talk.listen()) == (1000, [FILLER])
    told = talk.now
    talk.pass_deadline()
    assert (talk.now - told, talk.listen()) == (4000, [FILLER])


def test_the_filler_of_the_step_changes_from_time_to_time():
    filler = m.Prompt("One second.", later=("Nearly there.",))
    talk = Talk(with_work(flow_of(STEPS), m.Patience(30_000, filler)))
    talk.listen()
    said = []
    for _ in range(3):
        talk.pass_deadline()
        said += talk.listen()
    assert said == ["One second.", "Nearly there.", "Nearly there."]


def test_work_that_never_ends_is_given_up():
    flow = with_work(flow_of(STEPS), m.Patience(3000, after_ms=60_000), timeout=2)
    talk = Talk(flow)
    talk.listen()
    talk.pass_deadline()
    assert talk.now == 3000
    assert dropped(talk) == [1]
    assert talk.listen() == ["Your order is.", "What is your number?"]
    assert "did not end in time" in talk.reports[0]
    talk.send(done())
    assert "reason" not in talk.state.dialogue.slots


def test_an_error_that_the_flow_does_not_expect_leads_to_a_person():
    talk = Talk(FLOW)
    talk.listen()
    talk.send(WorkEnded(1, "failed", reason="connection refused"))
    assert talk.listen()[-1].endswith("somebody.")
    assert talk.ended == [TransferCall("desk")]
    assert talk.reports == ["main/2 (line 30): failed: connection refused"]


@pytest.mark.parametrize("outcome", ["404", "503", "timeout", "reply"])
def test_errors_take_the_branch_of_their_kind(outcome):
    targets = {"404": 2, "5xx": 2, "other": 2}
    talk = Talk(with_work(flow_of(STEPS), None, **targets))
    talk.listen()
    talk.send(WorkEnded(1, outcome))
    assert talk.listen()[0] == "Your order is."


def test_a_value_that_does_not_suit_its_slot_is_an_error_of_the_reply():
    talk = Talk(with_work(flow_of(STEPS), reply=3))
    talk.listen()
    talk.send(WorkEnded(1, "done", {"reason": "fine", "pin": "12"}))
    assert talk.listen() == ["What is your number?"]
    assert "reason" not in talk.state.dialogue.slots
    assert "'12'" not in talk.reports[0]


def test_universals_are_heard_while_the_work_goes_on():
    talk = Talk(FLOW)
    talk.listen()
    talk.says("help", universal("help"))
    assert talk.listen() == ["I am looking for your order."]
    assert work(talk) == [1]
    talk.send(done())
    assert talk.listen()[0] == "Your order is on its way."


def test_an_answer_is_given_while_the_work_goes_on():
    talk = Talk(FLOW)
    talk.listen()
    talk.says("when are you open", answer("hours"))
    assert talk.listen() == ["We are open from eight to five."]
    talk.send(done())
    assert talk.listen()[0] == "Your order is on its way."


def test_the_last_prompt_is_repeated_not_the_filler():
    talk = Talk(FLOW)
    talk.listen()
    talk.pass_deadline()
    talk.listen()
    talk.says("say again", universal("repeat"))
    assert talk.listen() == ["Let me see."]


@pytest.mark.parametrize("by_key", [True, False])
def test_who_asks_for_a_person_leaves_the_work(by_key):
    talk = Talk(FLOW)
    talk.listen()
    if by_key:
        talk.keys("0")
    else:
        talk.says("agent", universal("agent"))
    assert dropped(talk) == [1]
    assert talk.listen() == ["Putting you through."]
    talk.send(done())
    assert talk.ended == [TransferCall("desk")]


def test_a_universal_that_links_elsewhere_leaves_the_work():
    talk = Talk(FLOW)
    talk.listen()
    talk.says("start over", universal("again"))
    assert dropped(talk) == [1]
    assert work(talk) == [1, 2]
    before = talk.state
    talk.send(done(1))
    assert talk.state.dialogue == before.dialogue
    talk.send(done(2))
    assert talk.listen()[-1] == "What is your number?"


def test_an_end_waits_until_the_steps_of_a_universal_are_over():
    talk = Talk(FLOW)
    talk.listen()
    talk.says("wait", universal("ask"))
    assert talk.listen() == ["How old are you?"]
    talk.send(done())
    assert talk.take_said() == []
    talk.says("forty", value(40))
    assert talk.listen() == ["Your order is on its way.", "What is your number?"]


def test_an_end_waits_until_the_callers_turn_is_over():
    talk = Talk(FLOW)
    talk.listen()
    talk.send(SpeechBegan(talk.now), 50)
    talk.send(done(), 100)
    assert talk.take_said() == []
    talk.send(SpeechEnded(talk.now), 300)
    talk.pass_deadline()
    turn = talk.state.turns.turn
    assert any(isinstance(c, Transcribe) for c in talk.commands)
    assert talk.take_said() == []
    talk.send(Heard(turn, ""), 100)
    assert talk.listen()[0] == "Your order is on its way."


def test_other_words_and_keys_are_answered_with_the_filler():
    talk = Talk(FLOW)
    talk.listen()
    talk.says("are you still there")
    assert talk.listen() == [FILLER]
    talk.keys("7")
    assert talk.listen() == [FILLER]
    assert [line.text for line in talk.state.transcript if line.who != "agent"] == [
        "are you still there",
        "7",
    ]


def test_an_engine_that_fails_meanwhile_does_not_end_the_work():
    talk = Talk(FLOW)
    talk.listen()
    talk.speak()
    talk.send(EngineFailed("recogniser", "broken", turn=talk.state.turns.turn))
    assert talk.listen() == [FILLER]
    talk.send(done())
    assert talk.listen()[0] == "Your order is on its way."


def test_silence_is_no_fault_of_the_caller():
    talk = Talk(with_work(flow_of(STEPS), m.Patience(60_000, after_ms=60_000, every_ms=60_000)))
    talk.listen()
    talk.pass_time(50_000)
    assert talk.take_said() == []
    assert talk.state.dialogue.no_input == 0


def test_a_text_caller_asks_outside_what_becomes_of_the_work():
    asked: list[Order] = []

    def outside(state: CallState, number: int, order: Order) -> tuple[int, WorkEnded]:
        asked.append(order)
        return 300, done(number)

    talk = TextCaller(FLOW, CallStarted("CA1"), outside=outside)
    talk.hear_out()
    assert talk.take_said() == ["Let me see.", "Your order is on its way.", "What is your number?"]
    assert len(asked) == 1


def test_a_loop_of_work_comes_to_an_end():
    flow = with_work(flow_of("- say: WORK\n- if: ok\n  then: {hangup: Bye.}\n- link: main"))
    talk = Talk(flow)
    for number in range(1, MAX_WORKS + 1):
        assert talk.ended == []
        talk.send(done(number))
    assert talk.listen()[-1] == "Goodbye."
    assert "at most 200 actions; this loop has no way out" in talk.reports[-1]
    assert "main/1" in talk.reports[-1]


WORKS = st.builds(
    WorkEnded,
    st.integers(0, 3),
    st.sampled_from(["done", "timeout", "404"]),
    st.just({"reason": "fine", "pin": None}),
)
WALK = st.lists(st.tuples(st.integers(0, 4000), EVENTS | WORKS), max_size=60)
ROUND = """
- say: WORK
- collect: number
- say: WORK
- confirm: {ask: Again?, no: {hangup: Bye.}}
- link: main
"""
BUSY = load_flow(HEAD + UNIVERSALS + "flows:\n  main:\n" + indent(ROUND), "test.yaml")


@settings(max_examples=200)
@given(WALK)
def test_a_call_with_work_replays_and_always_waits_for_something(walk):
    flow = with_work(BUSY, other=1)
    now, state, rows, commands = 0, CallState(), [], []
    for passed, event in [(0, CallStarted("CA1")), *walk, (1, KeyPressed("1"))]:
        now += passed
        state, given = advance(flow, state, event, now)
        rows.append((now, event))
        commands.append(given)
        assert state.outcome or next_deadline(state) is not None
        waited_for = {w.number for w in state.dialogue.working if w.ended is None}
        assert waited_for == {clock.work for clock in state.clocks} or state.outcome
    assert replay(flow, rows) == (state, commands)
