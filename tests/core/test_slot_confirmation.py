"""Whether a value is said back: never, in front of what follows, as a question, or when in doubt."""

from __future__ import annotations

import pytest

from ivr.core.call import sensitive
from ivr.core.commands import HangUp, TransferCall
from ivr.core.events import Meaning
from ivr.core.flow.load import check_text, load_flow
from ivr.core.flow.mermaid import mermaid
from ivr.core.flow.model import Flow
from ivr.core.phrases import DEFAULTS
from tests.core.talk import AGENT, Talk, value

DENIED = DEFAULTS["denied"]


def line(confirm: str, more: str = "", collect: str = "collect: day") -> Flow:
    return load_flow(
        "ivr: 1\nslots:\n"
        f"  day: {{type: date, ask: Which day?, confirm: {confirm}, validate: 'day != \"2026-12-25\"'}}\n"
        "  age: {type: integer, ask: How old are you?}\n"
        'contacts: {desk: "+15550101234"}\n'
        f"{more}flows: {{main: [{{{collect}}}, {{collect: age}}, {{hangup: }}]}}\n",
        "t.yaml",
    )


def after_the_day(confirm: str, confidence: float = 1.0) -> list[str]:
    talk = Talk(line(confirm))
    talk.listen()
    talk.says("Thursday", Meaning("value", value="2026-11-26", confidence=confidence))
    return talk.listen()


def test_never() -> None:
    assert after_the_day("never") == ["How old are you?"]


def test_implicit_is_said_in_front_of_what_follows_by_the_slots_formatter() -> None:
    assert after_the_day("implicit") == ["Thursday, November 26th.", "How old are you?"]
    own = "{when: implicit, say: 'Good, {day}.'}"
    assert after_the_day(own) == ["Good, Thursday, November 26th.", "How old are you?"]


def test_explicit_is_a_question() -> None:
    assert after_the_day("explicit") == ["Thursday, November 26th.", DEFAULTS["is_right"]]
    own = "{when: explicit, ask: 'You said {day}?'}"
    assert after_the_day(own) == ["You said Thursday, November 26th?"]


@pytest.mark.parametrize(
    ("how", "confidence", "asks"),
    [
        ("when_unsure", 0.9, False),  # no surer than the recogniser of the test's caller, 0.9
        ("when_unsure", 0.6, True),
        ("{when: when_unsure, below: 0.95}", 1.0, True),
        ("{when: when_unsure, below: 0.5}", 0.6, False),
    ],
)
def test_when_unsure_asks_under_its_confidence_only(how: str, confidence: float, *, asks: bool) -> None:
    said = after_the_day(how, confidence)
    assert (DEFAULTS["is_right"] in said) is asks
    assert asks or said == ["How old are you?"]


def test_yes_goes_on_and_leaves_no_doubt() -> None:
    talk = Talk(line("explicit"))
    talk.listen()
    talk.says("Thursday", Meaning("value", value="2026-11-26", confidence=0.6))
    assert talk.state.dialogue.sure == {"day": 0.6}
    talk.listen()
    talk.says("yes", value(v=True))
    assert talk.listen() == ["How old are you?"]
    assert talk.state.dialogue.sure == {}


def test_keys_confirm() -> None:
    talk = Talk(line("explicit"))
    talk.listen()
    talk.keys("11262026")
    assert talk.listen()[-1] == DEFAULTS["is_right"]
    talk.keys("1")
    assert talk.listen() == ["How old are you?"]


def deny(talk: Talk) -> list[str]:
    talk.listen()
    talk.says("Thursday", value("2026-11-26"))
    talk.listen()
    talk.says("no", value(v=False))
    return talk.listen()


def test_each_no_asks_in_the_next_other_words_and_never_for_ever() -> None:
    talk = Talk(line("explicit"))
    assert deny(talk) == [DENIED, "Which day?"]
    assert talk.state.dialogue.slots == {}
    assert deny(talk) == [DENIED, "Which day?"]
    deny(talk)
    assert talk.ended == [HangUp("no_match")]


def test_past_the_last_no_comes_a_person_if_there_is_one() -> None:
    talk = Talk(line("explicit", AGENT))
    for _ in range(3):
        deny(talk)
    assert talk.ended == [TransferCall("desk")]


def test_the_author_s_ladder_is_climbed() -> None:
    talk = Talk(line("explicit", "", "collect: {slot: day, on_no_match: [Say the date., Key it in.]}"))
    assert deny(talk) == [DENIED, "Say the date."]
    assert deny(talk) == [DENIED, "Key it in."]


def test_a_yes_begins_the_count_anew() -> None:
    talk = Talk(line("explicit"))
    deny(talk)
    talk.says("Thursday", value("2026-11-26"))
    talk.listen()
    talk.says("yes", value(v=True))
    assert talk.state.dialogue.denied == {}


def test_a_filled_slot_is_not_confirmed_again() -> None:
    talk = Talk(line("explicit"), day="2026-11-26")
    assert talk.listen() == ["How old are you?"]


def test_what_is_confirmed_of_a_sensitive_slot_is_hidden_too() -> None:
    flow = load_flow(
        "ivr: 1\nslots: {pin: {type: digits, length: 4, ask: Pin?, sensitive: true, confirm: explicit}}\n"
        "flows: {main: [{collect: pin}, {hangup: }]}\n",
        "t.yaml",
    )
    talk = Talk(flow)
    talk.listen()
    talk.keys("4271")
    talk.listen()
    assert sensitive(flow, talk.state)
    assert "4271" not in str(talk.state.transcript)


@pytest.mark.parametrize(
    ("confirm", "message"),
    [
        ("often", "'confirm' cannot be 'often'"),
        ("{when: never, ask: Right?}", "'ask' is for explicit and when_unsure"),
        ("{when: explicit, below: 0.5}", "'below' is for when_unsure"),
        ("{when: when_unsure, below: 7}", "no number between 0 and 1"),
        ("{when: explicit, ask: '{dya}?'}", "There is no slot 'dya'"),
    ],
)
def test_mistakes_are_told(confirm: str, message: str) -> None:
    _, problems = check_text(
        f"ivr: 1\nslots: {{day: {{type: date, ask: Day?, confirm: {confirm}}}}}\n"
        "flows: {main: [{collect: day}, {hangup: }]}\n",
        "t.yaml",
    )
    assert any(message in problem.message for problem in problems), problems


def test_a_chart_shows_the_question() -> None:
    assert "yes" in mermaid(line("explicit"))
