"""Once more, more slowly, back, the menu and help: from any step, and the question that was open follows."""

from __future__ import annotations

import pytest

from ivr.core.commands import Say
from ivr.core.flow.load import check_text, load_flow
from ivr.core.flow.prompts import fixed_sentences
from ivr.core.going import RATES
from ivr.core.phrases import DEFAULTS
from tests.core.talk import HEAD, Talk, flow_of, intent, universal, value

ALL = """
universals:
  agent: {transfer: {contact: desk, say: Putting you through.}}
  repeat: true
  slower: true
  back: true
  menu: true
  help: true
"""
LINE = flow_of(
    """
- say: Welcome.
- listen:
    ask: How can I help?
    ask_again: What else?
    intents: {book: [{collect: number}, {collect: age}, {confirm: {ask: Sure?, no: }}], cancel: }
- hangup: Bye.
""",
    ALL,
)


def booking() -> Talk:
    """A call that has come to the question for the age."""
    talk = Talk(LINE)
    talk.listen()
    talk.says("book", intent("book"))
    talk.listen()
    talk.says("4271", value("4271"))
    assert talk.listen() == ["How old are you?"]
    return talk


def rates(talk: Talk) -> list[float]:
    return [segment.rate for c in talk.commands if isinstance(c, Say) for segment in c.segments]


def test_slower_says_the_last_thing_again_and_stays_slower() -> None:
    talk = booking()
    talk.says("slow down", universal("slower"))
    assert " ".join(talk.listen()) == f"{DEFAULTS['slower']} How old are you?"
    assert rates(talk)[-1] == RATES[1]
    talk.says("42", value(42))
    assert talk.listen() == ["Sure?"]
    assert rates(talk)[-1] == RATES[1]


def test_slower_again_is_slower_still_but_not_for_ever() -> None:
    talk = booking()
    for rate in (*RATES[1:], RATES[-1]):
        talk.says("slower", universal("slower"))
        talk.listen()
        assert rates(talk)[-1] == rate


def test_back_asks_the_question_before_with_its_slot_cleared() -> None:
    talk = booking()
    talk.says("back", universal("back"))
    assert talk.listen() == ["What is your number?"]
    assert talk.state.dialogue.slots == {}
    talk.says("1234", value("1234"))
    assert talk.listen() == ["How old are you?"]
    assert talk.state.dialogue.slots == {"number": "1234"}


def test_back_and_back_again_comes_to_the_beginning_and_says_so() -> None:
    talk = booking()
    for asked in (["What is your number?"], ["How can I help?"], [DEFAULTS["no_back"], "What else?"]):
        talk.says("back", universal("back"))
        assert talk.listen() == asked
    talk.says("book", intent("book"))
    assert talk.listen() == ["What is your number?"]


def test_back_from_a_read_back() -> None:
    talk = booking()
    talk.says("42", value(42))
    talk.listen()
    talk.says("back", universal("back"))
    assert talk.listen() == ["How old are you?"]
    assert talk.state.dialogue.slots == {"number": "4271"}


def test_a_question_that_is_put_again_is_one_question() -> None:
    flow = flow_of(
        "- collect: number\n"
        "- confirm: {ask: 'Is it {number}?', no: [{set_slots: {number: null}}, {link: main}]}\n- hangup:",
        ALL,
    )
    talk = Talk(flow)
    talk.listen()
    for _ in range(3):
        talk.says("4271", value("4271"))
        talk.listen()
        talk.says("no", value(v=False))
        assert talk.listen() == ["What is your number?"]
    assert len(talk.state.dialogue.trail) == 1


def test_menu_goes_to_the_question_that_offers_the_choice() -> None:
    talk = booking()
    talk.says("main menu", universal("menu"))
    assert talk.listen() == ["What else?"]
    assert len(talk.state.dialogue.stack) == 1
    talk.says("cancel", intent("cancel"))
    assert talk.listen() == ["Bye."]


def test_menu_before_there_was_one_begins_anew() -> None:
    talk = Talk(flow_of("- say: Welcome.\n- collect: number\n- hangup:", ALL))
    talk.listen()
    talk.says("menu", universal("menu"))
    assert talk.listen() == ["Welcome.", "What is your number?"]


@pytest.mark.parametrize(
    ("step", "question"),
    [
        ("- listen: {ask: What?, help: Say book., intents: {book: }}", "What?"),
        ("- collect: {slot: number, help: Say book.}", "What is your number?"),
        ("- confirm: {ask: Sure?, help: Say book., no: }", "Sure?"),
    ],
)
def test_help_is_the_step_s_own_and_the_question_follows(step: str, question: str) -> None:
    flow = flow_of(f"{step}\n- hangup:", ALL)
    talk = Talk(flow)
    talk.listen()
    talk.says("help", universal("help"))
    assert talk.listen() == ["Say book.", question]
    assert "Say book." in fixed_sentences(flow)


def test_without_its_own_help_a_step_gives_the_line_s() -> None:
    talk = booking()
    talk.says("help", universal("help"))
    assert talk.listen() == [DEFAULTS["help"], DEFAULTS["help_person"], "How old are you?"]
    flow = flow_of("- collect: {slot: number, help: Own.}\n- collect: age\n- hangup:", HELP)
    talk = Talk(flow)
    talk.listen()
    talk.says("help", universal("help"))
    assert talk.listen() == ["Own.", "What is your number?"]
    talk.says("1234", value("1234"))
    talk.listen()
    talk.says("help", universal("help"))
    assert talk.listen() == ["The line's.", "How old are you?"]


HELP = 'universals: {help: {say: "The line\'s."}}\n'


def test_a_menu_may_have_steps_and_back_may_not() -> None:
    talk = Talk(
        load_flow(
            HEAD + "universals: {menu: {link: top}}\n"
            "flows: {main: [{collect: number}, {hangup: }], top: [{say: Top.}, {hangup: }]}\n",
            "t.yaml",
        )
    )
    talk.listen()
    talk.says("menu", universal("menu"))
    assert talk.listen() == ["Top."]
    for name in ("back", "slower", "repeat"):
        _, problems = check_text(
            HEAD + f"universals: {{{name}: {{say: X.}}}}\nflows: {{main: [{{hangup: }}]}}\n", "t.yaml"
        )
        assert any("takes no steps" in problem.message for problem in problems)
