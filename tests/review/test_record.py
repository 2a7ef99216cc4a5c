"""Records from events: turns, times, money, trouble."""

from __future__ import annotations

from ivr.core.events import (
    CallStarted,
    EngineFailed,
    Heard,
    Meaning,
    ModelsUsed,
    SpeechBegan,
    SpeechEnded,
    TimePassed,
    Understood,
)
from ivr.core.text_caller import TextCaller
from ivr.core.usage import Usage
from ivr.rehearsal.reading import TextReader, exact_model
from ivr.review.record import CallRecord, build, total
from tests.engines.records.past import CARD, call, leaves, orders, pizza


def recorded(past) -> CallRecord:
    return build(past.flow, past.rows)


def test_an_order() -> None:
    record = recorded(call("CA1", orders))
    assert (record.outcome, record.goal, record.reprompts, record.dead_airs, record.failures) == (
        "completed",
        True,
        1,
        0,
        0,
    )
    assert [(t.number, t.by, t.decided_by) for t in record.exchanges] == [
        (0, "start", ""),
        (1, "speech", "repair"),
        (2, "speech", "classifier"),
        (3, "speech", "cache"),
        (4, "speech", "grammar"),
        (5, "keys", "keys"),
    ]
    first, *others = record.exchanges
    assert first.response_ms == -1
    for turn in others:
        assert turn.timing is not None
        assert turn.response_ms == turn.timing.first_audio_ms - turn.timing.speech_end_ms > 0
    assert record.responses_ms == tuple(sorted(turn.response_ms for turn in others))
    assert record.exchanges[3].said == "We are open until ten. Small or large?"
    assert record.exchanges[4].changed[0][1:] == ("size", "large")
    assert [step for turn in record.exchanges for _, step in turn.visited] == list(record.path)
    assert CARD not in repr(record)
    assert record.slots == {"size": "large", "card": "•••"}


def test_what_was_said_over_is_cut_where_it_was_cut() -> None:
    record = recorded(call("CA1", lambda talk: talk.interrupt("one pizza please", 700)))
    greeting = record.exchanges[0]
    assert greeting.cut
    assert greeting.said == "What can I do for you?"
    assert greeting.said_heard != greeting.said
    assert greeting.said.startswith(greeting.said_heard.rstrip("…. "))
    assert len(record.barge_ins_ms) == 1
    assert greeting.barge_in_ms == record.barge_ins_ms[0] >= 200


def test_a_silence_is_a_turn() -> None:
    record = recorded(call("CA1", lambda talk: talk.be_silent()))
    assert [(t.by, t.decided_by) for t in record.exchanges] == [("start", ""), ("silence", "repair")]
    assert (record.reprompts, record.goal, record.outcome) == (1, False, "hung up by caller")


def test_a_call_without_a_word_has_one_turn() -> None:
    record = recorded(call("CA1", leaves))
    assert len(record.exchanges) == 1
    assert record.responses_ms == ()
    assert (record.cost_nano, record.saved_nano) == (0, 0)


def by_hand(understood_after_ms: int, used: tuple[Usage, ...] = ()) -> TextCaller:
    """A turn whose meaning a model found, late."""
    talk = TextCaller(pizza(), CallStarted("CA1"))
    talk.hear_out()
    talk.send(SpeechBegan(talk.now), 50)
    talk.send(SpeechEnded(talk.now), 1000)
    talk.send(TimePassed(), 700)
    turn = talk.state.turns.turn
    talk.send(Heard(turn, "gimme one", 0.8), 100)
    meaning = Meaning("intent", "order", confidence=0.7, decided_by="model")
    talk.send(ModelsUsed(used, turn), understood_after_ms)
    talk.send(Understood(turn, meaning))
    talk.hear_out()
    talk.hang_up()
    return talk


def test_what_models_cost_and_saved_stands_in_the_turn() -> None:
    used = (
        Usage("intent", "economy", "quick", tokens_in=100, tokens_out=5, nano=300, flagship_nano=2_000),
        Usage("intent", "economy", "slow", tokens_in=100, nano=100, flagship_nano=500, outcome="hedged"),
    )
    record = build(pizza(), by_hand(400, used).events)
    turn = record.exchanges[1]
    assert (turn.used, turn.cost_nano, turn.saved_nano) == (used, 400, 2_100)
    assert (record.cost_nano, turn.decided_by, turn.confidence) == (400, "model", 0.8)


def test_a_price_that_is_not_known_makes_the_sum_unknown() -> None:
    record = build(pizza(), by_hand(400, (Usage("intent", "economy", "free?"),)).events)
    assert (record.cost_nano, record.saved_nano) == (None, None)
    assert total([1, None]) is None
    assert total([]) == 0


def test_a_late_answer_is_dead_air() -> None:
    record = build(pizza(), by_hand(2_000).events)
    assert record.dead_airs == 1


def test_a_recogniser_that_fails_is_a_turn_of_trouble() -> None:
    talk = TextCaller(pizza(), CallStarted("CA1"))
    talk.hear_out()
    talk.send(SpeechBegan(talk.now), 50)
    talk.send(SpeechEnded(talk.now), 1000)
    talk.send(TimePassed(), 700)
    talk.send(EngineFailed("recogniser", "gone", talk.state.turns.turn), 10)
    record = build(pizza(), talk.events)
    assert record.exchanges[-1].by == "trouble"
    assert record.failures == 1


def test_a_reader_may_be_given_a_running_call() -> None:
    talk = TextCaller(pizza(), CallStarted("CA1"), TextReader(exact_model(pizza()), None))
    talk.say("one pizza please")
    record = build(pizza(), talk.events)
    assert (record.outcome, record.goal) == ("", None)
    assert record.exchanges[-1].words == "one pizza please"
