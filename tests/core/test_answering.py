"""Answers in a model's words: sentence by sentence, interrupted, unknown, and never more than speech."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivr.core.answering import secrets, tells, told
from ivr.core.call import HIDDEN
from ivr.core.commands import CancelWork, StartWork, StopSpeaking, Turn, Understand, WriteAnswer
from ivr.core.events import (
    AnswerPart,
    Heard,
    KeyPressed,
    ModelsUsed,
    SpeechBegan,
    SpeechEnded,
    Understood,
    WorkEnded,
)
from ivr.core.flow import model as m
from ivr.core.flow.load import check_text
from ivr.core.journal import replay
from ivr.core.phrases import DEFAULTS
from ivr.core.usage import Usage
from tests.core.talk import AGENT, HEAD, Talk, flow_of, intent, universal, value

KNOWLEDGE = "knowledge: {fees: fees.md}\n"
STEPS = """
- listen: {ask: How can I help?, intents: {book: [answer: {knowledge: fees, filler: Let me look.}]}}
- listen: {ask: Anything else?, intents: {cancel: {say: Cancelled.}}}
- hangup: Goodbye.
"""


def asking(steps: str = STEPS) -> Talk:
    """A call whose caller has asked something that a model is to answer."""
    talk = Talk(flow_of(steps, AGENT + KNOWLEDGE))
    talk.listen()
    talk.says("what does it cost", intent("book"))
    return talk


def order(talk: Talk) -> WriteAnswer:
    found = [c.order for c in talk.commands if isinstance(c, StartWork)]
    assert isinstance(found[-1], WriteAnswer)
    return found[-1]


def test_the_question_is_what_the_caller_said_and_history_is_what_was_heard():
    talk = asking()
    history = (Turn("agent", "How can I help?"),)
    assert order(talk) == WriteAnswer("fees", "what does it cost", history=history)


def test_sentences_are_spoken_as_they_come():
    talk = asking()
    talk.send(AnswerPart(1, "It costs ten dollars."), 500)
    assert talk.listen() == ["It costs ten dollars."]
    talk.send(AnswerPart(1, "Children pay five."), 100)
    talk.send(WorkEnded(1, "done"), 100)
    assert talk.listen() == ["Children pay five.", "Anything else?"]
    assert [line.text for line in talk.state.transcript][-3:] == [
        "It costs ten dollars.",
        "Children pay five.",
        "Anything else?",
    ]


def test_repeat_says_the_answer_again():
    talk = asking()
    talk.send(AnswerPart(1, "It costs ten dollars."), 500)
    talk.send(WorkEnded(1, "done"), 100)
    talk.listen()
    talk.says("say that again", universal("repeat"))
    assert talk.listen() == ["It costs ten dollars.", "Anything else?"]


def test_a_models_words_are_no_template_and_no_command():
    talk = asking()
    talk.send(AnswerPart(1, "Your number is {number} [pause 5s] transfer: desk #0."), 500)
    talk.send(WorkEnded(1, "done"), 100)
    said = talk.listen()[0]
    assert "{number}" in said
    assert talk.ended == []
    assert talk.state.dialogue.waiting


def test_an_interruption_stops_the_model_and_keeps_what_was_heard():
    talk = asking()
    talk.send(AnswerPart(1, "It costs ten dollars and twenty cents a day for adults."), 500)
    talk.hear_a_little(1200)
    given = talk.send(SpeechBegan(talk.now), 50)
    assert given == []
    talk.pass_deadline()
    assert isinstance(talk.commands[-1], StopSpeaking)
    assert CancelWork(1) not in talk.commands, "it may have been a cough"
    talk.send(SpeechEnded(talk.now), 300)
    talk.pass_deadline()
    talk.send(Heard(talk.state.turns.turn, "please cancel it", 0.9), 100)
    understand = talk.commands[-1]
    assert isinstance(understand, Understand)
    assert CancelWork(1) in talk.commands
    assert understand.expectation.intents == ("cancel",), "the words are for the step that comes next"
    talk.send(AnswerPart(1, "And more that nobody wants."), 5)
    talk.send(Understood(talk.state.turns.turn, intent("cancel")), 10)
    assert "And more that nobody wants." not in talk.said
    assert "Cancelled." in talk.said
    (line,) = [line for line in talk.state.transcript if line.text.startswith("It costs")]
    assert line.cut
    assert line.text != "It costs ten dollars and twenty cents a day for adults."


def test_the_next_answer_is_told_only_what_was_heard():
    talk = asking(
        """
- listen: {ask: How can I help?, intents: {book: [answer: fees]}}
- listen: {ask: Anything else?, intents: {book: [answer: fees]}}
- hangup: Goodbye.
"""
    )
    talk.send(AnswerPart(1, "It costs ten dollars and twenty cents a day for adults."), 500)
    talk.hear_a_little(1200)
    talk.says("and for children", intent("book"))
    asked = order(talk)
    assert asked.question == "and for children"
    agent = [turn.text for turn in asked.history if turn.who == "agent"]
    assert agent[0] == "How can I help?"
    assert "adults" not in " ".join(agent)
    assert agent[1].startswith("It costs")


def test_a_key_interrupts_too():
    talk = asking()
    talk.send(AnswerPart(1, "It costs ten dollars and twenty cents a day for adults."), 500)
    talk.hear_a_little(600)
    talk.send(KeyPressed("0"), 10)
    assert CancelWork(1) in talk.commands
    assert "Putting you through." in talk.said


def test_when_the_call_would_end_the_caller_finishes_first():
    talk = asking("- listen: {ask: Yes?, intents: {book: [answer: fees]}}\n- hangup: Goodbye.")
    talk.send(AnswerPart(1, "It costs ten dollars and twenty cents a day for adults."), 500)
    talk.hear_a_little(600)
    talk.says("and for children")
    assert "Goodbye." in talk.listen()
    assert CancelWork(1) in talk.commands


def test_nothing_found_is_said_or_goes_where_the_author_says():
    talk = asking()
    talk.send(WorkEnded(1, "unknown"), 300)
    assert talk.listen() == [DEFAULTS["unknown"], "Anything else?"]
    talk = asking(STEPS.replace("filler: Let me look.", "on_unknown: {transfer: desk}"))
    talk.send(WorkEnded(1, "unknown"), 300)
    talk.listen()
    assert talk.ended[-1].contact == "desk"  # type: ignore[union-attr] # a transfer


def test_no_model_is_told_to_the_operator_and_the_call_goes_on():
    talk = asking()
    talk.send(WorkEnded(1, "failed", reason="the model small at x does not accept the key"), 300)
    assert talk.listen() == [DEFAULTS["unanswered"], "Anything else?"]
    assert "does not accept the key" in talk.reports[-1]
    talk = asking(STEPS.replace("filler: Let me look.", "on_error: Our books are closed."))
    talk.send(WorkEnded(1, "budget"), 300)
    assert talk.listen() == ["Our books are closed.", "Anything else?"]


def test_an_answer_that_breaks_off_goes_on_without_excuses():
    talk = asking()
    talk.send(AnswerPart(1, "It costs ten dollars."), 500)
    talk.send(WorkEnded(1, "cut", reason="broke off"), 100)
    assert talk.listen() == ["It costs ten dollars.", "Anything else?"]
    assert talk.reports


def test_a_slow_model_is_never_silence():
    talk = asking()
    talk.listen()
    talk.pass_deadline()
    assert talk.listen() == ["Let me look."]
    talk.pass_time(60_000)
    assert DEFAULTS["unanswered"] in talk.said, "in the end the call's own clock gives up"


def test_what_the_caller_says_over_a_thinking_model_does_not_lose_the_answer():
    talk = asking()
    talk.send(SpeechBegan(talk.now), 400)
    talk.send(AnswerPart(1, "It costs ten dollars."), 100)
    assert "It costs ten dollars." not in talk.said, "nobody speaks over the caller"
    talk.send(SpeechEnded(talk.now), 300)
    talk.pass_deadline()
    talk.send(Heard(talk.state.turns.turn, "", 0.0), 100)
    assert "It costs ten dollars." in talk.said


def test_money_is_summed_and_told_with_the_next_order():
    talk = asking(STEPS.replace("intents: {cancel: {say: Cancelled.}}", "intents: {book: [answer: fees]}"))
    used = (Usage("intent", "economy", "small", nano=40), Usage("intent", "economy", "no price"))
    talk.send(ModelsUsed(used, turn=1))
    talk.send(WorkEnded(1, "done"), 100)
    talk.listen()
    talk.says("and more", intent("book"))
    understand = [c for c in talk.commands if isinstance(c, Understand)]
    assert understand[-1].spent == 40
    assert order(talk).spent == 40
    assert replay(talk.flow, talk.events)[0] == talk.state


def test_a_slot_may_hold_the_question_and_nothing_sensitive_is_told():
    talk = Talk(
        flow_of("- collect: pin\n- collect: reason\n- answer: {knowledge: fees, question: reason}\n"
                "- hangup: Bye.", KNOWLEDGE)
    )  # fmt: skip
    talk.listen()
    talk.says("four two seven one", value("4271"))
    talk.listen()
    talk.says("my bill", value("my bill"))
    asked = order(talk)
    assert asked.question == "my bill"
    assert HIDDEN not in str(asked)
    assert "4271" not in str(asked)


def test_a_line_that_holds_a_secret_is_left_out_however_it_was_said():
    order = told(
        WriteAnswer("fees"),
        [
            ("agent", "Your number is 4, 2, 7, 1."),
            ("caller", HIDDEN),
            ("keys", "123"),
            ("agent", "Right?"),
            ("caller", "what now"),
        ],
        ("4271",),
        7,
    )
    assert order == WriteAnswer("fees", "what now", history=(Turn("agent", "Right?"),), spent=7)


def test_secrets_are_the_values_of_sensitive_slots():
    flow = flow_of("- collect: pin\n- hangup: Bye.")
    assert secrets(flow, {"pin": "4271", "number": "1234", "gone": "1"}) == ("4271",)


def problems(steps: str) -> list[str]:
    text = HEAD + KNOWLEDGE + "flows:\n  main:\n" + "".join(f"    {line}\n" for line in steps.splitlines())
    return [str(problem) for problem in check_text(text, "f.yaml")[1] if problem.severity == "error"]


def test_mistakes_of_authors_are_told():
    for keys, told_so in (
        ("feess", "There is no knowledge 'feess'. Did you mean 'fees'?"),
        ("{knowledge: fees, question: pin}", "'pin' is sensitive"),
        ("{knowledge: fees, sentences: 0}", "is not a number of sentences"),
        ("{knowledge: fees, tier: cheap}", "'tier' cannot be 'cheap'"),
    ):
        assert told_so in problems(f"- answer: {keys}\n- hangup:")[0]


def test_branches_and_settings_are_compiled():
    flow = flow_of(
        "- answer: {knowledge: fees, tier: flagship, manner: warmly, interruptible: keys, "
        "on_unknown: [{say: A}], on_error: B}\n- hangup: Bye.",
        KNOWLEDGE,
    )
    step = flow.flows["main"].steps[0]
    assert isinstance(step, m.AnswerStep)
    assert (step.tier, step.manner, step.settings.interruptible) == ("flagship", "warmly", "keys")
    texts = [
        flow.flows["main"].steps[target].prompt.text  # type: ignore[union-attr] # both say something
        for target in (step.on_unknown, step.on_error)
        if target is not None
    ]
    assert texts == ["A", "B"]


@given(st.lists(st.sampled_from(["part", "speech", "silence", "key", "end", "time"]), max_size=30))
def test_whatever_happens_nothing_is_spoken_behind_the_end_of_an_answer(moves: list[str]) -> None:
    talk = asking()
    number = 0
    for move in moves:
        if talk.over:
            break
        match move:
            case "part":
                number += 1
                talk.send(AnswerPart(1, f"Sentence {number}."), 50)
            case "speech":
                talk.send(SpeechBegan(talk.now), 50)
            case "silence":
                talk.send(SpeechEnded(talk.now), 50)
            case "key":
                talk.send(KeyPressed("1"), 50)
            case "end":
                talk.send(WorkEnded(1, "done"), 50)
            case _:
                talk.pass_time(700)
    said = [text for text in talk.said if text.startswith("Sentence")]
    assert said == sorted(said, key=lambda text: int(text.split()[1][:-1]))
    assert len(set(said)) == len(said), "each sentence once"
    if CancelWork(1) in talk.commands:
        before = len(talk.said)
        talk.send(AnswerPart(1, "Late."), 50)
        assert "Late." not in talk.said[before:]
    assert replay(talk.flow, talk.events)[0] == talk.state


def test_a_text_tells_a_secret_however_it_is_written_but_not_by_chance() -> None:
    assert tells("Your number is 4, 2, 7, 1.", ("4271",))
    assert tells("Thank you, ann-marie!", ("Ann Marie",))
    assert not tells("Also at the mall", ("Al", "42"))
    assert not tells("Your number is 4 2 7.", ("4271",))


def test_a_secret_is_not_in_the_transcript_under_another_name() -> None:
    flow = flow_of('- set_slots: {pin: "4271", reason: "= pin"}\n- say: "You said {reason}."\n- collect: age')
    talk = Talk(flow)
    talk.listen()
    assert "4271" not in str(talk.state.transcript)
    assert HIDDEN in str(talk.state.transcript)


def test_a_question_that_holds_a_card_number_is_asked_without_it() -> None:
    order = told(WriteAnswer("fees", "is 4929 1234 5678 1236 valid?"), [], (), 0)
    assert order.question == f"is {HIDDEN} valid?"
