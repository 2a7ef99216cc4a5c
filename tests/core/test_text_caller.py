"""The text caller hears, speaks and waits as a person on a line would."""

from __future__ import annotations

import pytest

from ivr.core.commands import Expectation
from ivr.core.errors import Bug
from ivr.core.events import CallStarted, Heard, Meaning, Played, TimePassed
from ivr.core.journal import encode
from ivr.core.text_caller import TextCaller
from tests.core.talk import AGENT, flow_of, intent, value

MENU = """
- listen:
    ask: What can I do for you? You can book or cancel.
    intents: {book: {say: Booking.}, cancel: {say: Cancelling.}}
    keys: {"1": book}
- hangup: Goodbye.
"""


def read(text: str, expectation: Expectation) -> Meaning:
    if text in expectation.intents:
        return intent(text)
    return value(text) if expectation.kind == "text" else Meaning("nothing")


def caller(steps: str = MENU, more: str = AGENT) -> TextCaller:
    return TextCaller(flow_of(steps, more), CallStarted("C"), read)


def test_words_have_their_effect_and_the_call_ends() -> None:
    line = caller()
    assert line.take_said() == ["What can I do for you?", "You can book or cancel."]
    line.say("cancel")
    assert line.take_said() == ["Cancelling.", "Goodbye."]
    assert not line.over
    line.hear_out()
    assert line.state.outcome == "completed"
    assert [(s.who, s.text) for s in line.state.transcript][:3] == [
        ("agent", "What can I do for you?"),
        ("agent", "You can book or cancel."),
        ("caller", "cancel"),
    ]


def test_a_sound_is_heard_by_its_words_and_stands_in_the_record() -> None:
    line = caller("- say: '[sound jingle.wav] [sound hello.wav: Hello there.]'\n- hangup: Goodbye.")
    assert line.take_said() == ["Hello there.", "Goodbye."]
    line.hear_out()
    assert [s.text for s in line.state.transcript] == ["Hello there.", "Goodbye."]
    assert line.state.outcome == "completed"


def test_music_on_hold_begins_again_until_the_caller_is_ready() -> None:
    hold = "hold: {say: One moment., for: 20s, again: '[sound music.wav: Music.]', every: 3s, until: book}"
    line = caller(f"- {hold}\n- hangup: Goodbye.")
    line.pass_time(8_000)
    assert line.take_said() == ["One moment.", "Music.", "Music."]


def test_an_interruption_cuts_the_prompt_at_the_words_heard() -> None:
    line = caller()
    line.interrupt("book", after_ms=800)
    heard = next(s for s in line.state.transcript if s.who == "agent")
    assert heard.cut
    assert "What can I do for you?".startswith(heard.text)
    assert 0 < len(heard.text) < len("What can I do for you?")
    assert line.said[-2:] == ["Booking.", "Goodbye."]


def test_a_prompt_that_may_not_be_interrupted_is_not() -> None:
    line = caller(MENU.replace("    ask:", "    interruptible: none\n    ask:"))
    line.take_said()
    line.interrupt("book", after_ms=500)
    assert line.take_said() == []
    line.say("book")
    assert line.take_said() == ["Booking.", "Goodbye."]


def test_an_interruption_after_the_end_is_no_interruption() -> None:
    line = caller()
    line.interrupt("book", after_ms=60_000)
    assert line.now < 10_000
    assert not any(s.cut for s in line.state.transcript)
    assert line.said[-1] == "Goodbye."


def test_keys_are_taken_when_no_more_come() -> None:
    line = caller("- collect: age\n- say: Thank you.\n- hangup:")
    line.press("42")
    assert line.state.dialogue.slots["age"] == 42


def test_keys_over_a_prompt_stop_it() -> None:
    line = caller()
    line.take_said()
    line.interrupt_with("1", after_ms=300)
    assert line.take_said() == ["Booking.", "Goodbye."]
    assert any(s.cut for s in line.state.transcript if s.who == "agent")


def test_silence_lasts_until_the_line_speaks() -> None:
    line = caller()
    line.hear_out()
    began = line.now
    line.take_said()
    line.be_silent()
    assert line.now - began == line.flow.settings.no_input_timeout_ms
    assert line.take_said()[0] == "Sorry, I didn't hear you."


def test_time_passes_without_anything_happening_before_it_is_due() -> None:
    line = caller()
    line.hear_out()
    before = line.state
    line.pass_time(4_999)
    assert line.state is before
    line.pass_time(1)
    assert line.state is not before


def test_a_prompt_takes_the_same_time_whether_it_is_heard_in_pieces_or_at_once() -> None:
    whole, pieces = caller(), caller()
    whole.hear_out()
    pieces.pass_time(whole.now)
    assert pieces.state.turns.phase is whole.state.turns.phase
    assert pieces.state.turns.deadline_ms == whole.state.turns.deadline_ms
    assert sum(isinstance(e, Played) for _, e in pieces.events) > 2


def test_hearing_out_goes_on_from_where_the_prompt_is() -> None:
    whole, late = caller(), caller()
    whole.hear_out()
    late.pass_time(1_000)
    late.hear_out()
    assert late.now == whole.now


def test_the_same_moves_make_the_same_call() -> None:
    def events() -> list[tuple[int, str]]:
        line = caller()
        line.interrupt("nonsense", 700)
        line.be_silent()
        line.say("book")
        line.hear_out()
        return [(at, str(encode(event))) for at, event in line.events]

    assert events() == events()


def test_what_is_not_in_time_is_told_by_the_line_not_by_the_caller() -> None:
    line = caller()
    line.say("x" * 600)
    heard = [e for _, e in line.events if isinstance(e, Heard)]
    assert [e.text for e in heard] == ["x" * 600]


def test_a_call_that_waits_for_nothing_is_a_bug_of_ours() -> None:
    line = caller()
    line.hear_out()
    line.hang_up()
    with pytest.raises(Bug, match="waits for nothing"):
        line._step()


def test_observers_see_every_event() -> None:
    seen: list[type] = []
    line = TextCaller(flow_of(MENU), CallStarted("C"), read, lambda _a, event, _b: seen.append(type(event)))
    line.be_silent()
    assert seen == [type(event) for _, event in line.events]
    assert TimePassed in seen
