"""Ladders that change the way of answering, words that were hardly heard, and values that are refused."""

from __future__ import annotations

import pytest

from ivr.core import dialogue
from ivr.core.commands import HangUp, TransferCall, Understand
from ivr.core.dialogue import KEYS_TIMEOUT_MS, SPELLING_SILENCE_MS
from ivr.core.events import CallStarted, Heard, Meaning, Understood
from ivr.core.flow.load import check_text, load_flow
from ivr.core.flow.model import Flow
from ivr.core.flow.prompts import fixed_sentences
from ivr.core.journal import masked
from ivr.core.phrases import DEFAULTS
from ivr.core.text_caller import TextCaller
from tests.core.talk import AGENT, HEAD, Talk, answer, flow_of, universal, value

NUMBER = """
- collect:
    slot: number
    on_no_match:
      - Once more, please.
      - keys: Please key it in.
      - person: Let me find somebody.
- say: Thanks.
- hangup:
"""


def misunderstood(flow: Flow, times: int) -> Talk:
    talk = Talk(flow)
    talk.listen()
    for _ in range(times):
        talk.says("uh")
        talk.said = []
        talk.hear_out()
    return talk


def test_from_other_words_to_keys_to_a_person() -> None:
    flow = flow_of(NUMBER, AGENT)
    talk = Talk(flow)
    talk.listen()
    for said in (["Once more, please."], ["Please key it in."], ["Let me find somebody."]):
        talk.says("uh")
        assert talk.listen() == said
    assert talk.ended == [TransferCall("desk")]
    assert {"Please key it in.", "Let me find somebody."} <= set(fixed_sentences(flow))


def test_keys_that_are_asked_for_have_time_and_words_are_understood_still() -> None:
    flow = flow_of(NUMBER, AGENT)
    talk = misunderstood(flow, 2)
    assert dialogue.settings(flow, talk.state.dialogue).no_input_timeout_ms == KEYS_TIMEOUT_MS
    talk.keys("4271")
    assert talk.listen()[0] == "Thanks."
    talk = misunderstood(flow, 2)
    talk.says("4271", value("4271"))
    assert talk.listen()[0] == "Thanks."


def test_spelling_is_expected_when_it_was_asked_for() -> None:
    flow = flow_of("- collect: {slot: reason, on_no_match: {spell: Please spell it.}}\n- hangup:")
    talk = misunderstood(flow, 1)
    expected = dialogue.expectation(flow, talk.state.dialogue)
    assert expected is not None
    assert expected.spelled
    waits = dict(dialogue.settings(flow, talk.state.dialogue).end_silences)
    assert waits["unfinished"] == waits["open"] == SPELLING_SILENCE_MS
    assert "complete" not in waits


def test_a_digression_ends_the_special_way() -> None:
    flow = flow_of(NUMBER, AGENT + "  help: true\n")
    talk = misunderstood(flow, 2)
    talk.says("help", universal("help"))
    assert dialogue.settings(flow, talk.state.dialogue).no_input_timeout_ms < KEYS_TIMEOUT_MS


@pytest.mark.parametrize("aside", [answer("hours"), universal("help")])
def test_a_digression_does_not_begin_the_ladder_anew(aside: Meaning) -> None:
    talk = Talk(flow_of(NUMBER, AGENT + "  help: true\n"))
    talk.listen()
    for said in ("Once more, please.", "Please key it in.", "Let me find somebody."):
        talk.says("uh")
        assert talk.listen() == [said]
        if not talk.ended:
            talk.says("what about your hours", aside)
            assert talk.listen()[-1] == "What is your number?"
    assert talk.ended == [TransferCall("desk")]


def test_a_question_behind_a_digression_has_a_ladder_of_its_own() -> None:
    talk = Talk(flow_of(f"{NUMBER.replace('- hangup:', NUMBER.replace('number', 'age').strip())}", AGENT))
    talk.listen()
    talk.says("uh")
    talk.says("when are you open", answer("hours"))
    talk.says("4271", value("4271"))
    talk.listen()
    talk.says("uh")
    assert talk.listen() == ["Once more, please."]


def test_a_person_in_the_line_s_own_words_where_the_rung_has_none() -> None:
    flow = flow_of("- collect: {slot: number, on_no_match: [{person: }]}\n- hangup:", AGENT)
    talk = Talk(flow)
    talk.listen()
    talk.says("uh")
    assert " ".join(talk.listen()) == DEFAULTS["to_person"]
    assert talk.ended == [TransferCall("desk")]


@pytest.mark.parametrize(
    ("steps", "more", "message"),
    [
        ("- keys: Key it in.\n- hangup:", "", "'keys' is for a rung of a ladder"),
        ("- collect: {slot: reason, on_no_match: {keys: K.}}\n- hangup:", "", "cannot be answered by keys"),
        (
            "- collect: {slot: age, on_no_match: {spell: S.}}\n- hangup:",
            "",
            "cannot be answered by a spelling",
        ),
        (
            "- listen: {intents: {book: }, on_no_match: {keys: K.}}\n- hangup:",
            "",
            "cannot be answered by keys",
        ),
        ("- collect: {slot: age, on_no_match: {person: P.}}\n- hangup:", "", "no way to a person"),
        ("- hangup:", "universals: {agent: {person: P.}}\n", "no way to a person"),
        ("- collect: {slot: age, low_confidence: 3}\n- hangup:", "", "no number between 0 and 1"),
    ],
)
def test_mistakes_are_told(steps: str, more: str, message: str) -> None:
    body = "".join(f"    {line}\n" for line in steps.splitlines())
    _, problems = check_text(f"{HEAD}{more}flows:\n  main:\n{body}", "t.yaml")
    assert any(message in problem.message for problem in problems), problems


FAINT = """
- collect:
    slot: number
    on_low_confidence: [The line is bad. Could you say it again?, {keys: Please key it in.}]
- say: Thanks.
- hangup:
"""


def faintly(confidence: float, *said: str, more: str = AGENT, steps: str = FAINT) -> TextCaller:
    def read(text: str, _: object) -> Meaning:
        return universal(text) if text in ("agent", "goodbye") else value(text)

    caller = TextCaller(flow_of(steps, more), CallStarted("CA1"), read)
    for words in said:
        if not caller.over:
            caller.take_said()
            caller.say(words, confidence=confidence)
    caller.hear_out()
    return caller


def test_what_was_hardly_heard_is_asked_for_in_other_words() -> None:
    assert faintly(0.4, "4271").said == ["The line is bad.", "Could you say it again?"]
    assert faintly(0.4, "4271", "4271").said == ["Please key it in."]
    assert faintly(0.6, "4271").said[0] == "Thanks."


def test_past_the_last_rung_the_words_are_taken_with_their_doubt() -> None:
    caller = faintly(0.4, "4271", "4271", "4271")
    assert caller.said[0] == "Thanks."
    assert caller.state.dialogue.sure == {"number": 0.4}


def test_the_threshold_is_a_setting() -> None:
    assert faintly(0.6, "4271", more=f"{AGENT}low_confidence: 0.7\n").said[0] == "The line is bad."


def test_a_person_is_given_to_however_faint_the_wish() -> None:
    caller = faintly(0.1, "agent")
    assert "Putting you through." in caller.said
    leaving = AGENT + "  goodbye: {hangup: Bye.}\n"
    assert faintly(0.1, "goodbye", more=leaving).said[0] == "The line is bad."


def test_without_a_ladder_of_its_own_nothing_is_asked_again() -> None:
    assert faintly(0.1, "4271", steps="- collect: number\n- say: Thanks.\n- hangup:").said[0] == "Thanks."


def test_a_person_who_cannot_be_had_ends_the_call_with_an_apology() -> None:
    agent = "universals:\n  agent: [{collect: age}, {transfer: desk}]\n"
    flow = flow_of("- collect: {slot: number, on_no_match: {person: Somebody will help.}}\n- hangup:", agent)
    talk = Talk(flow)
    talk.listen()
    talk.says("uh")
    assert talk.listen() == ["Somebody will help.", "How old are you?"]
    for _ in range(3):
        talk.says("uh")
        talk.listen()
    assert talk.ended == [HangUp("no_match")]


REFUSING = """
ivr: 1
slots:
  day:
    type: date
    ask: Which day?
    min: today
    max: today + 30 days
    validate: '!day.endsWith("-25")'
    reject: We are closed then.
  amount: {type: money, ask: How much?, max: 100, reject: "{amount} is too much."}
  shoe: {type: integer, ask: What size?, validate: shoe / 2 * 2 == shoe}
flows:
  main:
"""


def refusing(step: str) -> Flow:
    return load_flow(f"{REFUSING}    - {step}\n    - hangup: Good.\n", "test.yaml")


def refused(name: str, refused_value: str | int) -> Meaning:
    return Meaning("nothing", name=name, value=refused_value, decided_by="grammar")


def test_a_day_is_read_in_the_light_of_today() -> None:
    talk = Talk(refusing("collect: day"))
    talk.listen()
    talk.speak()
    (order,) = talk.send(Heard(talk.state.turns.turn, "tomorrow", 0.9), 100)
    assert isinstance(order, Understand)
    assert (order.expectation.kind, order.expectation.today) == ("date", "2026-11-23")


def test_the_reason_is_said_and_the_question_asked_again() -> None:
    talk = Talk(refusing("collect: day"))
    talk.listen()
    talk.says("yesterday", refused("out_of_range", "2026-11-22"))
    assert talk.listen() == ["We are closed then.", "Which day?"]
    talk.says("the 25th", value("2026-11-25"))
    assert talk.listen() == ["We are closed then.", "Which day?"]
    talk.says("the 26th", value("2026-11-26"))
    assert talk.listen() == ["Good."]
    assert talk.state.dialogue.slots == {"day": "2026-11-26"}


def test_the_refused_value_can_be_said_back_and_is_not_kept() -> None:
    talk = Talk(refusing("collect: amount"))
    talk.listen()
    talk.says("two hundred", refused("out_of_range", "200.00"))
    said = " ".join(talk.listen())
    assert "200" in said
    assert said.endswith("is too much. How much?")
    assert "amount" not in talk.state.dialogue.slots


def test_keys_are_refused_like_words() -> None:
    talk = Talk(refusing("collect: amount"))
    talk.listen()
    talk.keys("200#")
    assert "too much" in " ".join(talk.listen())
    talk.keys("20#")
    assert talk.listen() == ["Good."]
    assert talk.state.dialogue.slots == {"amount": "20.00"}


def test_without_words_of_its_own_a_refusal_is_told_in_ours() -> None:
    talk = Talk(refusing("collect: shoe"))
    talk.listen()
    talk.says("seven", value(7))
    assert talk.listen() == [DEFAULTS["out_of_range"], "What size?"]


def test_the_authors_ladder_follows_the_reason() -> None:
    talk = Talk(refusing("collect: {slot: shoe, on_no_match: [An even size.]}"))
    talk.listen()
    talk.says("seven", value(7))
    assert talk.listen() == [DEFAULTS["out_of_range"], "An even size."]


def test_a_refused_value_that_is_sensitive_is_masked() -> None:
    event = Understood(1, refused("out_of_range", "2026-11-22"))
    hidden = masked(event, sensitive=True)
    assert isinstance(hidden, Understood)
    assert hidden.meaning.value == "•" * 10
