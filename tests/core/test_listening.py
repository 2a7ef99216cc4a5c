"""The caller's turn in a whole call: guesses, the end of the turn, noises over prompts, words and keys."""

import pytest

from ivr.core.call import HIDDEN
from ivr.core.commands import Count, Forget, Prepare, Say, StopSpeaking, Transcribe, TurnClosed, Understand
from ivr.core.events import (
    EngineFailed,
    Heard,
    Meaning,
    SpeakingBegan,
    SpeechBegan,
    SpeechEnded,
    Understood,
)
from ivr.core.journal import masked, replay
from ivr.core.phrases import DEFAULTS
from ivr.core.turns import Phase
from tests.core.talk import AGENT, Talk, flow_of, intent, value

LONG = "Our opening hours are from eight in the morning to five in the afternoon."
LINE = f"""
- say: {LONG}
- listen: {{ask: How can I help?, intents: {{book: {{say: Booking.}}}}}}
- hangup: Bye.
"""
NUMBER = "- collect: number\n- say: Thank you.\n- collect: ok\n- hangup: Bye."


def line(steps: str = LINE) -> Talk:
    """A call whose first prompts have been heard."""
    talk = Talk(flow_of(steps, AGENT))
    talk.listen()
    talk.commands.clear()
    return talk


def counted(talk: Talk) -> list[str]:
    return [command.what for command in talk.commands if isinstance(command, Count)]


def words(talk: Talk, who: str = "caller") -> list[str]:
    return [line.text for line in talk.state.transcript if line.who == who]


# Speculation


def test_the_answer_is_ready_before_the_turn_is_over():
    talk = line()
    turn = talk.sound()
    (guess,) = [c for c in talk.commands if isinstance(c, Transcribe)]
    assert guess.speculative
    (order,) = talk.send(Heard(turn, "book", 0.9), 50)
    assert isinstance(order, Understand)
    assert order.speculative
    (ready,) = [c for c in talk.send(Understood(turn, intent("book")), 10) if isinstance(c, Prepare)]
    assert [w.spoken for w in ready.words] == ["Booking.", "Bye."]
    assert (talk.said, words(talk)) == ([], []), "nothing has happened yet"
    spoken_ms = talk.state.turns.speech_to_ms
    talk.pass_deadline()
    assert talk.now - spoken_ms == 400
    assert talk.said == ["Booking.", "Bye."]
    assert words(talk) == ["book"]
    assert sum(isinstance(c, Transcribe) for c in talk.commands) == 1, "no second recognition"
    assert counted(talk) == ["speculation_used"]


def test_a_late_result_ends_the_turn_at_once():
    talk = line()
    turn = talk.sound()
    talk.send(Heard(turn, "book", 0.9), 400)
    talk.send(Understood(turn, intent("book")), 10)
    assert talk.said == ["Booking.", "Bye."]


def test_all_of_it_is_dropped_when_the_caller_goes_on():
    talk = line()
    turn = talk.sound()
    talk.send(Heard(turn, "book", 0.9), 50)
    talk.send(SpeechBegan(talk.now), 20)
    assert talk.send(Understood(turn, intent("book")), 10) == []
    assert Forget(turn) in talk.commands
    again = talk.send(SpeechEnded(talk.now), 400)
    assert counted(talk) == ["speculation_dropped"]
    (second,) = [c for c in again if isinstance(c, Transcribe)]
    assert second.turn > turn
    assert talk.says("", None) is not None
    assert "book" not in words(talk)


def test_a_guess_that_was_left_undone_is_ordered_again_when_it_is_needed():
    talk = line()
    turn = talk.sound()
    talk.pass_deadline()
    orders = [c for c in talk.commands if isinstance(c, Transcribe)]
    assert [(c.turn, c.speculative) for c in orders] == [(turn, True), (turn, False)]
    (closed,) = [c for c in talk.commands if isinstance(c, TurnClosed)]
    assert (closed.so_far, closed.awaited) == ("unknown", "a wish or a question")


def test_an_engine_that_fails_at_a_guess_is_tried_again():
    talk = line()
    turn = talk.sound()
    talk.send(EngineFailed("recogniser", "it died", turn=turn), 10)
    assert talk.said == []
    talk.pass_deadline()
    assert [c.speculative for c in talk.commands if isinstance(c, Transcribe)] == [True, False]
    talk.send(EngineFailed("recogniser", "it died", turn=turn), 10)
    assert talk.said[0].startswith("I'm sorry")


def test_words_of_a_caller_who_hangs_up_at_once_are_kept():
    talk = line()
    talk.send(Heard(talk.sound(), "no thank you", 0.9), 50)
    talk.hang_up()
    assert words(talk) == ["no thank you"]


# The end of the turn


@pytest.mark.parametrize(
    ("text", "meaning", "ms"),
    [
        ("4 2", Meaning("nothing", "too_few"), 1400),
        ("4 2 7 1", value("4271"), 300),
        ("4 2 7 1 and", value("4271"), 1400),
    ],
)
def test_digits_are_waited_for_until_they_are_all_there(text, meaning, ms):
    talk = line(NUMBER)
    turn = talk.sound()
    talk.send(Heard(turn, text, 0.9), 50)
    talk.send(Understood(turn, meaning), 10)
    spoken_ms = talk.state.turns.speech_to_ms
    talk.pass_deadline()
    assert talk.now - spoken_ms == ms
    assert talk.said


def test_a_pause_within_digits_loses_nothing():
    talk = line(NUMBER)
    turn = talk.sound()
    talk.send(Heard(turn, "4 2", 0.9), 100)
    talk.send(Understood(turn, Meaning("nothing", "too_few")), 10)
    talk.now += 1000  # the caller looks for the rest
    turn = talk.sound(400)
    talk.send(Heard(turn, "4 2 7 1", 0.9), 100)
    talk.send(Understood(turn, value("4271")), 10)
    talk.pass_deadline()
    assert talk.state.dialogue.slots["number"] == "4271"
    assert words(talk) == ["4 2 7 1"]


def test_a_fixed_end_silence_overrides_what_is_expected():
    talk = line("- collect: {slot: number, end_silence: 900ms}\n- hangup: Bye.")
    turn = talk.sound()
    talk.send(Heard(turn, "4 2 7 1", 0.9), 50)
    talk.send(Understood(turn, value("4271")), 10)
    spoken_ms = talk.state.turns.speech_to_ms
    talk.pass_deadline()
    assert talk.now - spoken_ms == 900


# Interruptions


def over_the_prompt(talk: Talk, ms: int = 600) -> int:
    """The caller makes a sound 2 s into the prompt, which stops it. Gives the turn's number."""
    talk.hear_a_little(2000)
    talk.send(SpeechBegan(talk.now), 50)
    talk.pass_deadline()
    assert isinstance(talk.commands[-1], StopSpeaking)
    talk.send(SpeechEnded(talk.now + ms - 150), ms)
    return talk.state.turns.turn


def test_a_cough_over_a_prompt_stops_it_for_a_moment_only():
    talk = Talk(flow_of(LINE))
    turn = over_the_prompt(talk)
    (say,) = [c for c in talk.send(Heard(turn, "", 0.0, "no_speech"), 150) if isinstance(c, Say)]
    first, question = say.segments
    heard = words(talk, "agent")[-1]
    assert f"{heard} {first.text}" == LONG, "it goes on with the word that was cut"
    assert (first.words, question.text) == (LONG, "How can I help?")
    assert 0 < first.skip_ms < 3000
    talk.listen()
    assert talk.state.turns.phase is Phase.WAITING
    assert " ".join(words(talk, "agent")) == f"{LONG} How can I help?"
    assert "false_interruption" in counted(talk)


@pytest.mark.parametrize("text", ["uh-huh", "Okay.", "yes", "hours are from eight"])
def test_signs_of_listening_and_our_own_echo_do_not_end_a_prompt(text):
    talk = Talk(flow_of(LINE))
    turn = over_the_prompt(talk)
    given = talk.send(Heard(turn, text, 0.9), 150)
    assert any(isinstance(c, Say) for c in given)
    assert not any(isinstance(c, Understand) for c in given)
    assert words(talk) == []


def test_a_yes_over_the_question_is_an_answer():
    talk = Talk(flow_of(f"- confirm: {{ask: '{LONG}', no: {{say: No.}}, yes: {{say: Yes.}}}}\n- hangup:"))
    turn = over_the_prompt(talk)
    talk.send(Heard(turn, "yes", 0.9), 150)
    talk.send(Understood(turn, value(True)), 10)
    talk.pass_deadline()
    assert "Yes." in talk.said


def test_two_interruptions_in_a_row_lose_no_word_and_the_second_takes_more():
    talk = Talk(flow_of(LINE))
    talk.send(Heard(over_the_prompt(talk), "", 0.0, "no_speech"), 150)
    talk.hear_a_little(1000)
    talk.send(SpeechBegan(talk.now), 50)
    due = talk.state.turns.deadline_ms
    assert due is not None
    assert due - (talk.now - 50) == 450
    talk.pass_deadline()
    talk.send(SpeechEnded(talk.now), 300)
    talk.send(Heard(talk.state.turns.turn, "", 0.0, "no_speech"), 150)
    talk.listen()
    assert " ".join(words(talk, "agent")) == f"{LONG} How can I help?"


def test_a_real_interruption_after_a_false_one_counts():
    talk = Talk(flow_of(LINE))
    talk.send(Heard(over_the_prompt(talk), "", 0.0, "no_speech"), 150)
    turn = over_the_prompt(talk, 900)
    talk.send(Heard(turn, "I want to book", 0.9), 150)
    talk.send(Understood(turn, intent("book")), 10)
    talk.pass_deadline()
    assert "Booking." in talk.said
    assert talk.state.playout.rest == ()


def test_hello_into_the_greeting_does_not_stop_it():
    talk = Talk(flow_of(LINE))
    talk.hear_a_little(200)
    talk.send(SpeechBegan(talk.now), 50)
    talk.send(SpeechEnded(talk.now + 450), 500)
    assert not any(isinstance(c, StopSpeaking) for c in talk.commands)
    talk.send(Heard(talk.state.turns.turn, "Hello?", 0.9), 150)
    talk.listen()
    assert words(talk) == []


def test_a_short_answer_over_the_question_counts_even_if_it_did_not_stop_it():
    talk = Talk(
        flow_of(
            "- confirm: {ask: Is that what you want me to do?, no: {say: No.}, yes: {say: Yes.}}\n- hangup:"
        )
    )
    talk.hear_a_little(1000)
    talk.send(SpeechBegan(talk.now), 50)
    talk.send(SpeechEnded(talk.now + 350), 400)
    turn = talk.state.turns.turn
    talk.send(Heard(turn, "yes", 0.9), 100)
    given = talk.send(Understood(turn, value(True)), 10)
    assert any(isinstance(c, StopSpeaking) for c in given)
    assert "Yes." in talk.said
    assert "overheard" in counted(talk)


def test_an_afterthought_does_not_stop_the_answer():
    talk = line()
    turn = talk.sound()
    talk.send(Heard(turn, "book", 0.9), 50)
    talk.send(Understood(turn, intent("book")), 10)
    talk.pass_deadline()
    talk.send(SpeakingBegan(talk.state.playout.queue[0].id, 1500), 20)
    talk.commands.clear()
    talk.send(SpeechBegan(talk.now), 50)
    talk.send(SpeechEnded(talk.now + 400), 500)
    turn = talk.state.turns.turn
    talk.send(Heard(turn, "please", 0.9), 100)
    talk.send(Understood(turn, Meaning("nothing")), 10)
    assert not any(isinstance(c, StopSpeaking) for c in talk.commands)
    assert words(talk) == ["book"]


def test_a_noise_while_we_wait_is_left_alone_and_silence_is_told_in_time():
    talk = line()
    waits_until = talk.state.turns.deadline_ms
    talk.now += 1000
    turn = talk.sound(100)
    assert talk.send(Heard(turn, "", 0.0, "no_speech"), 100)[0] == Count("not_speech", 150)
    assert talk.state.turns.deadline_ms == waits_until
    assert talk.silence()[0] == DEFAULTS["no_input"]


# No dead air


def test_a_recogniser_that_hangs_leaves_nobody_in_silence():
    talk = line()
    talk.speak()
    spoken_ms = talk.state.stopped_ms
    talk.pass_deadline()
    assert talk.said == [DEFAULTS["working"]]
    assert talk.now - spoken_ms <= 1500
    talk.hear_out()
    talk.pass_deadline()
    assert talk.said[1].startswith("I'm sorry")
    assert "dead_air" not in counted(talk)
    assert "filler" in counted(talk)


def test_an_answer_that_comes_while_we_say_that_it_takes_a_moment_follows_it():
    talk = line()
    talk.speak()
    talk.pass_deadline()
    turn = talk.state.turns.turn
    talk.send(Heard(turn, "book", 0.9), 50)
    talk.send(Understood(turn, intent("book")), 10)
    assert talk.listen() == [DEFAULTS["working"], "Booking.", "Bye."]


def test_a_voice_that_is_late_is_bridged_by_what_is_ready():
    talk = line()
    turn = talk.sound()
    talk.send(Heard(turn, "book", 0.9), 50)
    talk.send(Understood(turn, intent("book")), 10)
    talk.pass_deadline()
    talk.pass_deadline()
    say = talk.commands[-1]
    assert isinstance(say, Say)
    assert say.first
    assert [s.text for s in say.segments] == [DEFAULTS["working"]]
    talk.send(SpeakingBegan(say.segments[0].id, 900), 20)
    assert talk.state.stopped_ms == -1
    assert [e.text for e in talk.state.playout.queue] == [DEFAULTS["working"], "Booking.", "Bye."]


def test_silence_that_was_too_long_is_counted():
    talk = line()
    talk.speak()
    talk.now += 1000
    talk.send(SpeakingBegan(0, 100))
    assert counted(talk)[-1] == "dead_air"


# Replay


@pytest.mark.parametrize("text", ["four two and", "four two", "um", "uh-huh", "1 2 3 4"])
def test_a_call_with_secrets_replays_without_them(text):
    talk = line("- collect: pin\n- hangup: Bye.")
    turn = talk.sound()
    talk.send(Heard(turn, text, 0.9), 50)
    talk.send(Understood(turn, Meaning("nothing", "too_few")), 10)
    talk.pass_deadline()
    talk.listen()
    rows = [(at, masked(event, sensitive=at > 0, ours=talk.state.ours)) for at, event in talk.events]
    state, _ = replay(talk.flow, rows)
    assert state.transcript == talk.state.transcript
    assert words(talk) == [HIDDEN]
    assert text not in str(rows)
