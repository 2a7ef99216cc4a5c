"""Prompts that grow shorter when a caller comes by again."""

from __future__ import annotations

from ivr.core.flow import model as m
from ivr.core.flow.load import check_text, load_flow
from ivr.core.flow.prompts import fixed_sentences
from tests.core.talk import Talk, flow_of, intent, universal, value

FLOW = """
ivr: 1
intents: {more: [more of it, go on], less: [less of it, stop that]}
universals:
  repeat: true
  help: {phrases: [help], do: {say: No help.}}
flows:
  main:
    - say: [Welcome to the long story of this line., Once more.]
    - listen:
        ask: [Say more to hear more., More?, Hm?]
        ask_again: [As I asked you. More?, So?]
        intents: {more: {link: main}, less: {hangup: Bye.}}
"""


def test_each_time_has_its_words_and_the_last_stay() -> None:
    talk = Talk(load_flow(FLOW, "f.yaml"))
    assert talk.listen() == ["Welcome to the long story of this line.", "Say more to hear more."]
    talk.says("go on", intent("more"))
    assert talk.listen() == ["Once more.", "More?"]
    for _ in range(3):
        talk.says("go on", intent("more"))
        assert talk.listen() == ["Once more.", "Hm?"]


def test_repeat_says_the_same_words_again() -> None:
    talk = Talk(load_flow(FLOW, "f.yaml"))
    said = talk.listen()
    talk.says("pardon", universal("repeat"))
    assert talk.listen() == said


def test_the_question_after_a_digression_has_its_own_count() -> None:
    talk = Talk(load_flow(FLOW, "f.yaml"))
    talk.listen()
    heard = []
    for _ in range(3):
        talk.says("help", universal("help"))
        heard.append(talk.listen()[1:])
    assert heard == [["As I asked you.", "More?"], ["So?"], ["So?"]]


def test_all_of_them_are_prepared() -> None:
    assert {"Once more.", "Hm?", "So?"} <= set(fixed_sentences(load_flow(FLOW, "f.yaml")))


def test_a_single_text_is_counted_nowhere() -> None:
    flow = load_flow("ivr: 1\nflows: {main: [{say: Hello.}, {hangup: Bye.}]}", "f.yaml")
    step = flow.flows["main"].steps[0]
    assert isinstance(step, m.SayStep)
    assert step.prompt.later == ()
    assert Talk(flow).state.dialogue.times == {}


def test_what_is_wrong_in_one_of_them_is_told_at_its_place() -> None:
    steps = ("    - say:", "        - Hello.", "        - Hi {who}.", "    - say: []", "    - hangup:")
    text = "\n".join(("ivr: 1", "flows:", "  main:", *steps, ""))
    _, problems = check_text(text, "f.yaml")
    assert [(p.line, p.column, p.message) for p in problems] == [
        (6, 15, "There is no slot 'who'"),
        (7, 12, "There is no text here"),
    ]


def test_a_text_that_grows_in_a_loop_is_a_fault_with_its_place() -> None:
    grows = "- set_slots: {reason: abcdefgh}\n" + "- set_slots: {reason: '= reason + reason'}\n" * 24
    talk = Talk(flow_of(grows + "- say: '{reason}'\n- hangup:"))
    assert len(talk.reports) == 1
    assert talk.reports[0].startswith("main/9 (line ")
    assert "gives a text of 2,048 characters; a slot holds 2,000 at most" in talk.reports[0]
    talk.listen()
    assert talk.state.outcome == "failed"


def test_what_a_caller_says_at_length_is_cut_and_told() -> None:
    talk = Talk(flow_of("- collect: reason\n- hangup: Bye."))
    talk.listen()
    talk.says("blah " * 1000, value("blah " * 1000))
    assert len(str(talk.state.dialogue.slots["reason"])) == 2000
    assert talk.reports == ["the slot 'reason': a text of 5,000 characters was cut to 2,000"]
