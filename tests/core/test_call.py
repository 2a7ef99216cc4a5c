"""A whole call in the core: interruption, stale results, failing engines, endings, replay."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.core.call import HIDDEN, CallState, advance, next_deadline, sensitive
from ivr.core.commands import HangUp, StopSpeaking, Transcribe, TransferCall, Understand
from ivr.core.events import (
    AnswerPart,
    CallStarted,
    EngineFailed,
    Heard,
    HungUp,
    Kept,
    KeyPressed,
    LineLost,
    LineOpened,
    Meaning,
    ModelsUsed,
    Played,
    PutThrough,
    SpeakingBegan,
    SpeechBegan,
    SpeechEnded,
    TimePassed,
    TransferAnswered,
    TransferEnded,
    Typed,
    Understood,
    WorkEnded,
)
from ivr.core.flow.load import load_flow
from ivr.core.flow.model import JumpStep, SubFlow
from ivr.core.journal import replay
from ivr.core.phrases import DEFAULTS
from ivr.core.turns import Phase
from ivr.core.usage import Usage
from tests.core.talk import AGENT, HEAD, Talk, answer, flow_of, indent, intent, value

LONG = "Our opening hours are from eight in the morning to five in the afternoon."
LINE = f"""
- say: {LONG}
- listen:
    ask: How can I help?
    intents: {{book: {{say: Booking.}}}}
    keys: {{"1": {{say: Key one.}}}}
- hangup: Bye.
"""
TROUBLE = [s + ("" if s.endswith(".") else ".") for s in DEFAULTS["trouble"].split(". ")]


def lines(talk: Talk) -> list[tuple[str, str, bool]]:
    return [(line.who, line.text, line.cut) for line in talk.state.transcript]


def test_speech_interrupts_and_only_the_words_heard_are_kept():
    talk = Talk(flow_of(LINE))
    talk.hear_a_little(2000)
    talk.send(SpeechBegan(talk.now), 60)
    talk.send(SpeechBegan(talk.now - 60))
    talk.pass_deadline()
    assert [c for c in talk.commands if isinstance(c, StopSpeaking)] == [StopSpeaking(1)]
    who, text, cut = lines(talk)[0]
    assert (who, cut) == ("agent", True)
    assert LONG.startswith(text)
    assert 4 <= len(text.split()) <= 7, text


def test_after_an_interruption_the_caller_is_understood():
    talk = Talk(flow_of(LINE))
    talk.hear_a_little(600)
    talk.says("book", intent("book"))
    assert talk.listen()[-2:] == ["Booking.", "Bye."]
    assert talk.ended == [HangUp("completed")]


def test_a_prompt_that_may_not_be_interrupted_is_heard_to_its_end():
    talk = Talk(flow_of(LINE.replace(f"say: {LONG}", f"say: {{text: '{LONG}', interruptible: none}}")))
    talk.hear_a_little(600)
    talk.send(SpeechBegan(talk.now), 20)
    talk.send(KeyPressed("1"), 500)
    assert not [c for c in talk.commands if isinstance(c, StopSpeaking)]


def test_a_result_of_an_old_turn_changes_nothing():
    talk = Talk(flow_of(LINE))
    talk.listen()
    talk.speak()
    turn = talk.state.turns.turn
    talk.send(SpeechBegan(talk.now), 100)  # the caller goes on
    before = talk.state
    assert talk.send(Heard(turn, "book", 0.9)) == []
    assert talk.send(Understood(turn, intent("book"))) == []
    assert talk.state == before


def test_the_second_recognition_hears_the_whole_turn():
    talk = Talk(flow_of(LINE))
    talk.listen()
    talk.speak()
    first = next(c for c in talk.commands if isinstance(c, Transcribe))
    talk.speak()
    second = [c for c in talk.commands if isinstance(c, Transcribe)][-1]
    assert (second.from_ms, second.turn > first.turn, second.to_ms > first.to_ms) == (
        first.from_ms,
        True,
        True,
    )


def test_nothing_heard_is_no_match_and_no_words_in_the_transcript():
    talk = Talk(flow_of(LINE))
    talk.listen()
    assert talk.says("")[0] == DEFAULTS["no_match"]
    assert not [c for c in talk.commands if isinstance(c, Understand)]


def test_an_engine_that_fails_is_said_in_prepared_words_and_offers_keys_and_a_person():
    talk = Talk(flow_of(LINE, AGENT))
    talk.listen()
    talk.speak()
    talk.send(EngineFailed("recogniser", "it died", turn=talk.state.turns.turn))
    assert talk.listen() == [*TROUBLE, DEFAULTS["trouble_keys"], DEFAULTS["trouble_person"]]
    assert talk.reports == ["recogniser: it died"]
    talk.keys("1")
    assert talk.listen()[0] == "Key one."


def test_an_engine_that_never_answers_is_trouble_too():
    talk = Talk(flow_of(LINE, AGENT))
    talk.listen()
    talk.speak()
    talk.pass_deadline()
    assert talk.listen() == [DEFAULTS["working"]]
    talk.pass_deadline()
    assert talk.listen()[: len(TROUBLE)] == TROUBLE


def test_engines_that_keep_failing_lead_to_a_person():
    talk = Talk(flow_of(LINE, AGENT))
    talk.listen()
    for _ in range(3):
        talk.speak()
        talk.send(EngineFailed("recogniser", "it died", turn=talk.state.turns.turn))
        talk.listen()
    assert talk.ended == [TransferCall("desk")]


def test_a_flow_that_never_waits_is_stopped_and_its_loop_named():
    # What the checker would refuse: a jump onto itself.
    loop = SubFlow("main", (JumpStep("main/1", 7, 1), JumpStep("main/2", 8, 0)))
    talk = Talk(replace(flow_of(LINE), flows={"main": loop}))
    assert "main/1 -> main/2 -> main/1" in talk.reports[0]
    assert " ".join(talk.listen()) == DEFAULTS["give_up"]
    assert talk.ended == [HangUp("failed")]


def test_what_is_said_for_a_sensitive_slot_is_hidden():
    talk = Talk(flow_of("- collect: pin\n- hangup:"))
    talk.listen()
    assert sensitive(talk.flow, talk.state)
    talk.says("1 2 3 4", value("1234"))
    assert ("caller", HIDDEN, False) in lines(talk)
    assert "1 2 3 4" not in str(talk.state.transcript)
    assert not sensitive(talk.flow, talk.state)


def test_events_before_the_call_and_after_it_change_nothing():
    flow = flow_of(LINE)
    assert advance(flow, CallState(), KeyPressed("1"), 0) == (CallState(), ())
    talk = Talk(flow)
    talk.hang_up()
    before = talk.state
    talk.send(CallStarted("CA2"))
    assert talk.state == before


MEANINGS = st.one_of(
    st.sampled_from(
        [
            intent("book"),
            answer("hours"),
            value(True),
            value("4271"),
            Meaning("nothing"),
            Meaning("universal", "agent"),
        ]
    ),
    st.builds(
        Meaning,
        kind=st.just("value"),
        value=st.one_of(st.integers(0, 200), st.text(max_size=5), st.booleans()),
    ),
)


def test_typed_words_are_a_turn_that_interrupts_and_is_understood():
    talk = Talk(flow_of(LINE))
    talk.hear_a_little(2000)
    given = talk.send(Typed("I want to book"))
    assert any(isinstance(c, StopSpeaking) for c in given)
    (order,) = [c for c in given if isinstance(c, Understand)]
    assert (order.text, order.confidence, order.turn) == ("I want to book", 1.0, talk.state.turns.turn)
    talk.send(Understood(order.turn, intent("book")))
    talk.hear_out()
    assert ("caller", "I want to book", False) in lines(talk)
    assert ("agent", "Booking.", False) in lines(talk)


def test_typed_words_make_what_was_being_recognised_stale():
    talk = Talk(flow_of(LINE))
    talk.listen()
    talk.speak()
    turn = talk.state.turns.turn
    talk.send(Typed("I want to book"))
    assert not talk.send(Heard(turn, "something else", 0.9))
    assert [text for who, text, _ in lines(talk) if who == "caller"] == ["I want to book"]


def test_typed_words_wait_for_a_prompt_that_nothing_may_interrupt():
    talk = Talk(flow_of("- say: {text: Listen to the end., interruptible: none}\n" + LINE))
    talk.hear_a_little(300)
    assert not talk.send(Typed("book"))
    assert talk.state.turns.phase is Phase.SPEAKING


def test_typed_words_for_a_sensitive_slot_are_hidden():
    talk = Talk(flow_of("- collect: pin"))
    talk.listen()
    talk.send(Typed("1234"))
    assert lines(talk)[-1] == ("caller", HIDDEN, False)


def test_an_operator_takes_the_caller_out_of_the_flow():
    talk = Talk(flow_of(LINE))
    talk.hear_a_little(1000)
    given = talk.send(PutThrough("desk"))
    assert any(isinstance(c, StopSpeaking) for c in given)
    assert not talk.send(PutThrough("desk")), "once is enough"
    talk.hear_out()
    assert [c.contact for c in talk.ended if isinstance(c, TransferCall)] == ["desk"]
    assert DEFAULTS["put_through"].endswith(lines(talk)[-1][1])
    other = Talk(flow_of(LINE))
    assert not other.send(PutThrough("nobody"))


def test_a_call_begins_at_the_step_and_with_the_slots_that_an_author_chose():
    flow = flow_of("- say: One.\n- collect: age\n- say: Two.\n- collect: number\n- hangup: Bye.")
    step = flow.flows["main"].steps[2].id
    state, _ = advance(flow, CallState(), CallStarted("CA1", slots={"age": 30}, step=step), 0)
    assert (state.path[0], state.dialogue.slots) == (step, {"age": 30})
    unknown, _ = advance(flow, CallState(), CallStarted("CA1", step="nowhere/7"), 0)
    assert unknown.path[0] == flow.flows["main"].steps[0].id


EVENTS = st.one_of(
    st.builds(SpeechBegan, st.integers(0, 60_000)),
    st.builds(SpeechEnded, st.integers(0, 60_000)),
    st.builds(KeyPressed, st.sampled_from("0123456789*#")),
    st.builds(SpeakingBegan, st.integers(0, 9), st.integers(0, 4000)),
    st.builds(Played, st.integers(0, 3), st.integers(0, 9), st.integers(0, 4000), st.booleans()),
    st.builds(
        Heard,
        st.integers(0, 9),
        st.one_of(st.text(max_size=10), st.sampled_from(["yes", "four two and", "uh-huh", "Welcome to"])),
        st.floats(0, 1),
        st.sampled_from(["", "no_speech"]),
    ),
    st.builds(Typed, st.text(max_size=10)),
    st.builds(Understood, st.integers(0, 9), MEANINGS),
    st.builds(
        EngineFailed,
        st.sampled_from(["voice", "recogniser"]),
        st.just("x"),
        st.integers(0, 9),
        st.integers(-1, 9),
    ),
    st.builds(WorkEnded, st.integers(0, 3), st.sampled_from(["done", "unknown", "failed", "cut"])),
    st.builds(AnswerPart, st.integers(0, 3), st.sampled_from(["It is late.", "{pin} [pause 9s]", ""])),
    st.builds(ModelsUsed, st.just((Usage("answer", "economy", "small", nano=7),))),
    st.just(TimePassed()),
    st.builds(TransferAnswered, st.booleans()),
    st.builds(TransferEnded, st.sampled_from(["completed", "busy", "no-answer", "failed", "canceled", "?"])),
    st.just(LineLost()),
    st.just(LineOpened()),
    st.builds(Kept, st.just("voicemail"), st.text(max_size=5)),
    st.builds(PutThrough, st.sampled_from(["desk", "nobody"])),
    st.builds(HungUp, st.sampled_from(["caller", "us"])),
)
WALK = st.lists(st.tuples(st.integers(0, 4000), EVENTS), max_size=60)

BUSY = """
- say: Welcome to the test. It has two sentences.
- collect: number
- collect: pin
- confirm: {ask: 'Right {number}?', yes: {set_slots: {ok: true}}, no: {say: No then.}}
- if: ok
  then: {collect: age}
- answer: {knowledge: fees, on_unknown: Nobody knows.}
- listen: {ask: And now?, intents: {book: {call: other}, cancel: {link: main}}, keys: {"1": {transfer: desk}}}
- recording: {ask: May we record?, yes: {say: Thanks.}}
- transfer: {contact: desk, whisper: 'It is {number}.', on_busy: {say: Busy.}, on_refused: []}
- voicemail: {say: Say it now., on_empty: {say: Nothing.}}
- callback: {number: number, time: reason}
- hangup: Bye.
"""


def busy_flow():
    head = HEAD + AGENT + "knowledge: {fees: fees.md}\n"
    flows = "flows:\n  main:\n" + indent(BUSY) + "  other:\n    - collect: part\n"
    return load_flow(head + flows, "test.yaml")


FLOW = busy_flow()


@settings(max_examples=300)
@given(WALK)
def test_replaying_the_events_gives_the_same_state_and_commands(walk):
    now, state, rows, commands = 0, CallState(), [], []
    for passed, event in [(0, CallStarted("CA1")), *walk]:
        now += passed
        state, given = advance(FLOW, state, event, now)
        rows.append((now, event))
        commands.append(given)
    assert replay(FLOW, rows) == (state, commands)


@settings(max_examples=300)
@given(WALK)
def test_a_living_call_always_waits_for_something_and_ends_once(walk):
    now, state = 0, CallState()
    ended = 0
    for passed, event in [(0, CallStarted("CA1")), *walk]:
        now += passed
        state, commands = advance(FLOW, state, event, now)
        ended += sum(isinstance(c, HangUp) for c in commands)
        if not state.outcome:
            assert next_deadline(state) is not None or state.turns.phase is Phase.OVERLAP
        else:
            assert commands == () or ended == 1 or isinstance(event, HungUp | LineLost | TimePassed)
    assert ended <= 1


@settings(max_examples=100)
@given(WALK)
def test_a_call_that_is_left_alone_ends(walk):
    now, state = 0, CallState()
    for passed, event in [(0, CallStarted("CA1")), *walk]:
        now += passed
        state, _ = advance(FLOW, state, event, now)
    for _ in range(200):
        due = next_deadline(state)
        if due is None:
            break
        now = max(now, due)
        state, _ = advance(FLOW, state, TimePassed(), now)
    assert state.outcome, "whatever happened before, silence leads to an end"


@pytest.mark.parametrize("event", [SpeechBegan(0), KeyPressed("1"), TimePassed()])
def test_the_state_is_never_changed_in_place(event):
    talk = Talk(flow_of(LINE))
    before = repr(talk.state)
    advance(talk.flow, talk.state, event, 500)
    assert repr(talk.state) == before
