"""What a call says and prepares, what it calls off, and how it ends."""

from __future__ import annotations

from ivr.core.call import next_deadline
from ivr.core.commands import BeginMessage, HangUp, Prepare, Say, StopSpeaking, TransferCall
from ivr.core.events import EngineFailed, KeyPressed, SpeakingBegan, SpeechBegan
from ivr.core.phrases import DEFAULTS
from ivr.core.turns import Phase
from tests.core.talk import AGENT, Talk, flow_of

LINE = """
- say: Our opening hours are from eight in the morning to five in the afternoon.
- listen:
    ask: How can I help?
    intents: {book: {say: Booking.}}
    keys: {"1": {say: Key one.}}
- hangup: Bye.
"""
TROUBLE = [s + ("" if s.endswith(".") else ".") for s in DEFAULTS["trouble"].split(". ")]


def test_a_voice_that_fails_is_trouble_once_not_once_a_sentence():
    talk = Talk(flow_of(LINE, AGENT))
    talk.said = []
    talk.send(EngineFailed("voice", "it died", segment=0), 100)
    talk.send(EngineFailed("voice", "it died", segment=1), 1)
    assert talk.listen() == [*TROUBLE, DEFAULTS["trouble_keys"], DEFAULTS["trouble_person"]]


def test_a_voice_that_fails_at_goodbye_still_ends_the_call():
    talk = Talk(flow_of("- hangup: Bye."))
    talk.send(EngineFailed("voice", "it died", segment=0), 100)
    assert talk.ended == [HangUp("completed")]


def test_a_carrier_without_marks_does_not_stop_the_conversation():
    talk = Talk(flow_of(LINE))
    for segment in (0, 1):
        talk.send(SpeakingBegan(segment, 1000), 50)
        talk.pass_deadline()
    assert talk.state.turns.phase is Phase.WAITING


def test_the_goodbye_is_heard_before_the_line_is_closed():
    talk = Talk(flow_of("- hangup: Goodbye and thank you."))
    assert talk.ended == []
    talk.listen()
    assert talk.ended == [HangUp("completed")]
    assert talk.state.outcome == "completed"
    assert next_deadline(talk.state) is None


def test_a_transfer_waits_for_its_words():
    talk = Talk(flow_of("- transfer: {contact: desk, say: One moment.}"))
    talk.send(KeyPressed("1"))
    talk.send(SpeechBegan(talk.now), 10)
    talk.listen()
    assert talk.ended == [TransferCall("desk")]


def test_hanging_up_in_the_middle_keeps_the_words_that_were_heard():
    talk = Talk(flow_of(LINE))
    talk.hear_a_little(1000)
    talk.hang_up()
    assert talk.state.outcome == "hung up by caller"
    assert talk.state.transcript[-1].cut
    assert talk.send(KeyPressed("1")) == []


def test_a_prompt_is_said_sentence_by_sentence_under_numbers_that_count_up():
    talk = Talk(flow_of("- say: Hello. Welcome here.\n- collect: age\n- hangup: Bye."))
    segments = [s for command in talk.commands if isinstance(command, Say) for s in command.segments]
    assert [(segment.id, segment.text) for segment in segments] == [
        (0, "Hello."),
        (1, "Welcome here."),
        (2, "How old are you?"),
    ]


def test_a_key_stops_what_is_said_and_the_rest_is_never_said():
    talk = Talk(flow_of(LINE))
    talk.hear_a_little(1000)
    talk.send(KeyPressed("1"))
    assert any(isinstance(command, StopSpeaking) for command in talk.commands)
    assert talk.state.transcript[0].cut
    assert talk.listen()[-2:] == ["Key one.", "Bye."]


def test_what_may_come_next_is_prepared_only_while_the_call_goes_on():
    talk = Talk(flow_of("- collect: part\n- say: You chose {part}.\n- collect: age\n- hangup: Bye."))
    talk.listen()
    talk.says("morning", None)
    assert any(isinstance(command, Prepare) for command in talk.commands)
    ended = Talk(flow_of("- hangup: Bye."))
    ended.listen()
    assert not any(isinstance(command, Prepare) for command in ended.commands)


def test_a_message_begins_when_everything_has_been_said():
    talk = Talk(flow_of("- voicemail: Please speak.\n- hangup: Bye."))
    assert not any(isinstance(command, BeginMessage) for command in talk.commands)
    talk.hear_out()
    assert any(isinstance(command, BeginMessage) for command in talk.commands)


def test_a_call_ends_once():
    talk = Talk(flow_of("- hangup: Bye."))
    talk.listen()
    talk.hang_up()
    assert talk.ended == [HangUp("completed")]
    assert talk.state.outcome == "completed"
