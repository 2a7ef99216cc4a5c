"""The caller elsewhere: handed over, cut off, back again, or leaving a message when the line breaks."""

from __future__ import annotations

from ivr.core.commands import StartWork, TransferCall
from ivr.core.events import (
    HungUp,
    KeyPressed,
    LineLost,
    LineOpened,
    PutThrough,
    SpeechBegan,
    TransferEnded,
    Typed,
    Understood,
    WorkEnded,
)
from ivr.core.flow.load import load_flow
from ivr.core.phrases import DEFAULTS
from tests.core.handed import VOICEMAIL, handed
from tests.core.talk import HEAD, Talk, flow_of, intent, value


def test_a_caller_who_does_not_come_back_has_hung_up():
    talk = handed()
    talk.send(TransferEnded("busy"), 5000)
    talk.pass_deadline()
    assert talk.state.outcome == "hung up by caller"


def test_a_line_that_breaks_goes_on_at_the_same_step():
    talk = Talk(flow_of("- say: Welcome.\n- collect: age\n- hangup: Bye."))
    talk.listen()
    talk.send(LineLost(), 1000)
    assert talk.send(KeyPressed("1")) == []
    assert talk.send(SpeechBegan(talk.now)) == []
    talk.send(LineOpened(), 2000)
    assert talk.listen() == [DEFAULTS["line_back"], "Welcome.", "How old are you?"]
    talk.says("forty", value(40))
    assert talk.listen() == ["Bye."]


def test_words_that_were_cut_by_a_broken_line_were_heard_so_far():
    talk = Talk(flow_of("- say: Our opening hours are from eight to five.\n- collect: age"))
    talk.hear_a_little(1400)
    talk.send(LineLost())
    (line,) = [line for line in talk.state.transcript if line.who == "agent"]
    assert line.cut
    assert "Our opening hours are from eight to five.".startswith(line.text)


def test_a_line_that_stays_away_ends_the_call():
    talk = Talk(flow_of("- collect: age"))
    talk.listen()
    talk.send(LineLost(), 1000)
    talk.pass_deadline()
    assert talk.state.outcome == "hung up by carrier"


def test_a_line_that_breaks_at_goodbye_ends_the_call():
    talk = Talk(flow_of("- hangup: Goodbye and thank you."))
    talk.hear_a_little(400)
    talk.send(LineLost())
    assert talk.state.outcome == "completed"


def test_a_line_that_breaks_before_a_transfer_is_handed_over_when_it_is_back():
    talk = Talk(flow_of("- transfer: {contact: desk, say: One moment please.}"))
    talk.hear_a_little(200)
    talk.send(LineLost())
    assert talk.ended == []
    talk.send(LineOpened(), 500)
    assert talk.ended == [TransferCall("desk")]


def test_a_result_of_before_the_break_is_stale():
    talk = Talk(flow_of("- listen: {ask: How?, intents: {book: {say: Booking.}}}\n- hangup: Bye."))
    talk.listen()
    talk.speak()
    turn = talk.state.turns.turn
    talk.send(LineLost())
    talk.send(LineOpened(), 500)
    assert talk.send(Understood(turn, intent("book"))) == []


def test_a_line_that_breaks_in_a_message_plays_what_there_is():
    talk = Talk(flow_of(VOICEMAIL))
    talk.hear_out()
    talk.send(SpeechBegan(talk.now), 50)
    talk.now += 4000
    talk.send(LineLost())
    talk.take_said()
    talk.send(LineOpened(), 500)
    assert talk.listen()[0] == DEFAULTS["voicemail_play"]


def test_typed_words_and_operators_change_nothing_while_the_caller_is_away():
    talk = handed()
    assert talk.send(Typed("hello")) == []
    assert talk.send(PutThrough("desk")) == []


def test_work_that_ends_while_the_line_is_broken_waits_for_the_caller():
    head = HEAD.replace("slots:", "slots:\n  city: {type: text}")
    steps = """
    - action: {url: "https://x.example/a", save: {city: name}}
    - say: "{city} it is."
    - collect: age
    """
    talk = Talk(load_flow(head + "flows:\n  main:\n" + steps, "test.yaml"))
    (work,) = [c.work for c in talk.commands if isinstance(c, StartWork)]
    talk.send(LineLost(), 100)
    talk.send(WorkEnded(work, "done", {"city": "Cork"}), 500)
    assert talk.take_said() == []
    talk.send(LineOpened(), 500)
    assert talk.listen() == [DEFAULTS["line_back"], "Cork it is.", "How old are you?"]


def test_a_caller_who_hangs_up_while_handed_over_was_transferred():
    talk = handed()
    talk.send(HungUp("caller"), 90_000)
    assert talk.state.outcome == "transferred to desk"


def test_a_carrier_that_says_nothing_of_a_transfer_is_not_waited_for_for_ever():
    talk = handed()
    talk.pass_deadline()
    assert talk.state.outcome == "transferred to desk"
