"""Transfers that come to nothing, messages, wishes to be called back, recording."""

import pytest

from ivr.core.call import HIDDEN
from ivr.core.commands import (
    BeginMessage,
    EndMessage,
    HangUp,
    KeepCallback,
    KeepMessage,
    Record,
    Say,
    TransferCall,
)
from ivr.core.events import (
    Kept,
    KeyPressed,
    LineOpened,
    PutThrough,
    SpeechBegan,
    SpeechEnded,
    TransferAnswered,
    TransferEnded,
)
from ivr.core.flow.load import load_flow
from ivr.core.phrases import DEFAULTS
from tests.core.handed import VOICEMAIL, handed
from tests.core.talk import AGENT, HEAD, Talk, flow_of, indent, universal, value


def test_a_transfer_says_who_calls_and_how_long_it_may_ring():
    talk = handed(age=40)
    (order,) = talk.ended
    assert order == TransferCall("desk", f"A caller, 40 years old. {DEFAULTS['whisper_keys']}", 20_000)
    assert talk.state.outcome == ""


def test_the_contacts_own_words_count_where_the_step_has_none():
    head = HEAD.replace('desk: "+15550101234"', CONTACT)
    flow = load_flow(head + "flows:\n  main:\n" + indent("- transfer: desk"), "test.yaml")
    talk = Talk(flow, age=40)
    assert talk.listen() == ["Putting you through to the desk."]
    assert talk.ended == [TransferCall("desk", f"Age 40. {DEFAULTS['whisper_keys']}", 15_000)]


CONTACT = (
    'desk: {number: "+15550101234", say: Putting you through to the desk., whisper: "Age {age}.", '
    "timeout: 15s}"
)


@pytest.mark.parametrize(
    ("answer", "told", "words"),
    [
        (None, "busy", "They are on the telephone."),
        (None, "no-answer", "Nobody is there."),
        (None, "completed", "Nobody is there."),
        (None, "failed", "The line is down."),
        (False, "completed", "They cannot talk now."),
    ],
)
def test_the_flow_goes_on_at_the_branch_when_the_caller_is_back(answer, told, words):
    talk = handed()
    if answer is not None:
        talk.send(TransferAnswered(answer), 3000)
    talk.send(TransferEnded(told), 5000)
    assert talk.said == []
    talk.send(LineOpened(), 400)
    assert talk.listen() == [words, "Bye."]
    assert talk.ended[-1] == HangUp("completed")


def test_a_transfer_that_succeeds_ends_the_call():
    talk = handed()
    talk.send(TransferAnswered(True), 3000)
    talk.send(TransferEnded("completed"), 60_000)
    assert talk.state.outcome == "transferred to desk"
    assert talk.send(LineOpened()) == []


def test_a_transfer_without_branches_is_said_and_ends_the_call():
    talk = handed("- transfer: {contact: desk, say: One moment.}")
    talk.send(TransferEnded("busy"), 5000)
    talk.send(LineOpened(), 400)
    assert " ".join(talk.listen()) == DEFAULTS["not_reached"]
    assert talk.ended[-1] == HangUp("not_reached")


def test_what_has_no_branch_takes_that_for_failure():
    talk = handed("- transfer: {contact: desk, say: One., on_failed: {say: Sorry.}}\n- hangup: Bye.")
    talk.send(TransferEnded("busy"), 5000)
    talk.send(LineOpened(), 400)
    assert talk.listen() == ["Sorry.", "Bye."]


def test_a_person_asked_for_in_the_middle_of_a_question_comes_to_nothing_and_the_question_returns():
    agent = AGENT.replace("say: Putting you through.", "say: Hold on., on_busy: {say: They are busy.}")
    talk = Talk(flow_of("- collect: age\n- hangup: Bye.", agent))
    talk.transfers = {"desk": ["busy", "completed"]}
    talk.listen()
    talk.keys("#")
    talk.listen()
    talk.says("a person please", universal("agent"))
    talk.hear_out()
    assert talk.take_said()[-2:] == ["They are busy.", "How old are you?"]
    talk.says("forty", value(40))
    assert talk.listen()[-1] == "Bye."


# Lines that break


# Messages


def message(talk: Talk, ms: int = 3000) -> None:
    """Say something after the tone, and be silent until the message is over."""
    talk.hear_out()
    talk.send(SpeechBegan(talk.now), 50)
    talk.now += ms
    talk.send(SpeechEnded(talk.now), 90)
    talk.pass_deadline()


def orders(talk: Talk, *kinds: type) -> list[object]:
    return [c for c in talk.commands if isinstance(c, kinds)]


def test_a_message_is_taken_after_the_tone_played_back_and_kept():
    talk = Talk(flow_of(VOICEMAIL))
    assert talk.said[0] == "Leave a message."
    talk.send(SpeechBegan(talk.now), 100)  # over the prompt: no part of it
    talk.send(SpeechEnded(talk.now), 10)
    message(talk)
    (begin,) = orders(talk, BeginMessage)
    (end,) = orders(talk, EndMessage)
    assert isinstance(end, EndMessage)
    assert (begin, end.number, end.to_ms - end.from_ms) == (BeginMessage(1), 1, 3350)
    sounds = [s.sound for say in orders(talk, Say) for s in say.segments if s.sound]  # type: ignore[attr-defined]
    assert sounds == ["tone", "message-1"]
    assert talk.listen()[-2:] == ["Shall I keep it?", "If you say no, you can record it again."]
    talk.says("yes", value(True))
    assert orders(talk, KeepMessage) == [KeepMessage(1, "sales", 3350)]
    assert talk.listen()[-1] == "Bye."


def test_a_message_may_be_recorded_again():
    talk = Talk(flow_of(VOICEMAIL))
    message(talk)
    talk.listen()
    talk.keys("2")
    assert talk.listen() == ["Again, please."]
    message(talk)
    talk.listen()
    talk.keys("1")
    assert orders(talk, KeepMessage) == [KeepMessage(2, "sales", 3350)]


def test_a_caller_who_stays_silent_in_the_end_has_left_their_message():
    talk = Talk(flow_of(VOICEMAIL))
    message(talk)
    talk.listen()
    talk.silence()
    assert len(orders(talk, KeepMessage)) == 1


def test_a_caller_who_says_nothing_leaves_nothing():
    talk = Talk(flow_of(VOICEMAIL))
    talk.listen()
    talk.pass_deadline()
    assert talk.listen() == ["You said nothing.", "Bye."]
    assert orders(talk, EndMessage, KeepMessage) == [EndMessage(0, talk_end(talk), talk_end(talk))]


def talk_end(talk: Talk) -> int:
    return next(c.from_ms for c in talk.commands if isinstance(c, EndMessage))


def test_a_message_is_cut_at_its_longest_length():
    talk = Talk(flow_of(VOICEMAIL))
    talk.hear_out()
    talk.send(SpeechBegan(talk.now), 50)
    talk.pass_deadline()
    (end,) = orders(talk, EndMessage)
    assert isinstance(end, EndMessage)
    assert end.to_ms - end.from_ms == 20_000


@pytest.mark.parametrize(
    ("finish", "pressed", "ends"), [("", "5", True), ("#", "#", True), ("#", "5", False)]
)
def test_a_key_ends_a_message(finish, pressed, ends):
    more = f'\n    finish_on_key: "{finish}"' if finish else ""
    talk = Talk(flow_of(VOICEMAIL.replace("    end_silence: 2s", "    end_silence: 2s" + more)))
    talk.hear_out()
    talk.send(SpeechBegan(talk.now), 2000)
    talk.send(KeyPressed(pressed))
    assert bool(orders(talk, EndMessage)) is ends


def test_a_caller_who_hangs_up_has_left_what_they_said():
    talk = Talk(flow_of(VOICEMAIL))
    talk.hear_out()
    talk.send(SpeechBegan(talk.now), 50)
    talk.now += 4000
    talk.hang_up()
    (kept,) = orders(talk, KeepMessage)
    assert isinstance(kept, KeepMessage)
    assert (kept.number, kept.mailbox) == (1, "sales")
    talk.send(Kept("voicemail", "voicemail/CA1-1.wav"))
    assert talk.state.kept == (("voicemail", "voicemail/CA1-1.wav"),)
    assert talk.state.outcome == "hung up by caller"


def test_a_caller_who_hangs_up_while_it_is_played_has_left_it_too():
    talk = Talk(flow_of(VOICEMAIL))
    message(talk)
    talk.hang_up()
    assert len(orders(talk, KeepMessage)) == 1


def test_without_review_a_message_is_kept_at_once():
    talk = Talk(flow_of("- voicemail: {say: Speak., review: false}\n- hangup: Bye."))
    message(talk)
    assert len(orders(talk, KeepMessage)) == 1
    assert talk.listen()[-1] == "Bye."


# Wishes to be called back


def test_a_wish_to_be_called_back_is_read_back_and_kept():
    slots = "  when: {type: text, ask: When shall we call?}\n"
    head = HEAD.replace("contacts:", slots + "contacts:")
    steps = "- callback: {number: number, time: when, note: 'Age {age}.'}\n- hangup: Bye."
    talk = Talk(load_flow(head + "flows:\n  main:\n" + indent(steps), "test.yaml"), age=40)
    assert talk.listen() == ["What is your number?"]
    talk.says("4271", value("4271"))
    assert talk.listen() == ["When shall we call?"]
    talk.says("at noon", value("at noon"))
    assert talk.listen() == ["We will call you at 4, 2, 7, 1, at noon.", "Is that right?"]
    talk.says("no", value(False))
    assert talk.listen() == ["What is your number?"]
    talk.says("4272", value("4272"))
    talk.listen()
    talk.says("at one", value("at one"))
    talk.listen()
    talk.says("yes", value(True))
    assert orders(talk, KeepCallback) == [KeepCallback(1, "4272", "at one", "Age 40.")]
    assert talk.listen()[-1] == "Bye."


# Recording

CONSENT = """
- recording: {ask: May we record?, yes: {say: Thank you.}, no: {say: As you wish.}}
- say: On we go.
- recording: stop
- hangup: Bye.
"""


def test_a_call_is_recorded_after_a_yes_only():
    talk = Talk(flow_of(CONSENT))
    talk.listen()
    assert orders(talk, Record) == []
    talk.says("yes", value(True))
    assert talk.state.recording is False  # `recording: stop` was reached: nothing waits in between
    assert orders(talk, Record) == [Record(on=True), Record(on=False)]
    assert talk.listen()[:2] == ["Thank you.", "On we go."]


@pytest.mark.parametrize("how", ["no", "silence", "nonsense"])
def test_anything_but_a_yes_is_no_consent(how):
    talk = Talk(flow_of(CONSENT))
    talk.listen()
    match how:
        case "no":
            talk.says("no", value(False))
        case "silence":
            talk.silence()
        case "nonsense":
            talk.says("blue elephants")
    assert Record(on=True) not in talk.commands
    assert talk.listen()[0] == "As you wish."


def test_recording_goes_on_until_it_is_stopped():
    talk = Talk(flow_of("- recording: start\n- collect: age\n- hangup: Bye."))
    assert orders(talk, Record) == [Record(on=True)]
    assert talk.state.recording
    talk.send(Kept("recording", "recordings/CA1.wav"))
    assert talk.state.kept == (("recording", "recordings/CA1.wav"),)


def test_a_sensitive_slot_that_is_said_aloud_is_not_in_the_transcript():
    talk = Talk(flow_of("- say: 'Your number is {pin}.'\n- hangup: Bye."), pin="1234")
    segments = [s for say in orders(talk, Say) for s in say.segments]  # type: ignore[attr-defined]
    assert [s.hidden for s in segments] == [True, False]
    talk.listen()
    assert [line.text for line in talk.state.transcript] == [HIDDEN, "Bye."]


def test_an_operator_who_takes_the_call_over_leaves_the_message_kept():
    talk = Talk(flow_of(VOICEMAIL))
    talk.hear_out()
    talk.send(SpeechBegan(talk.now), 50)
    talk.now += 4000
    talk.send(PutThrough("desk"))
    assert len(orders(talk, KeepMessage)) == 1
    talk.hear_out()
    assert talk.ended == [TransferCall("desk")]
    assert talk.state.outcome == "transferred to desk"
