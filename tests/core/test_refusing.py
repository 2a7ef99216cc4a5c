"""A value that is understood and refused: said back with the reason, and asked for again."""

from ivr.core.commands import Understand
from ivr.core.events import Heard, Meaning, Understood
from ivr.core.flow.load import load_flow
from ivr.core.flow.model import Flow
from ivr.core.journal import masked
from ivr.core.phrases import DEFAULTS
from tests.core.talk import Talk, value

SLOTS = """
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


def flow_of(step: str) -> Flow:
    return load_flow(f"{SLOTS}    - {step}\n    - hangup: Good.\n", "test.yaml")


def refused(name: str, refused_value: str | int) -> Meaning:
    return Meaning("nothing", name=name, value=refused_value, decided_by="grammar")


def test_a_day_is_read_in_the_light_of_today() -> None:
    talk = Talk(flow_of("collect: day"))
    talk.listen()
    talk.speak()
    (order,) = talk.send(Heard(talk.state.turns.turn, "tomorrow", 0.9), 100)
    assert isinstance(order, Understand)
    assert (order.expectation.kind, order.expectation.today) == ("date", "2026-11-23")


def test_the_reason_is_said_and_the_question_asked_again() -> None:
    talk = Talk(flow_of("collect: day"))
    talk.listen()
    talk.says("yesterday", refused("out_of_range", "2026-11-22"))
    assert talk.listen() == ["We are closed then.", "Which day?"]
    talk.says("the 25th", value("2026-11-25"))
    assert talk.listen() == ["We are closed then.", "Which day?"]
    talk.says("the 26th", value("2026-11-26"))
    assert talk.listen() == ["Good."]
    assert talk.state.dialogue.slots == {"day": "2026-11-26"}


def test_the_refused_value_can_be_said_back_and_is_not_kept() -> None:
    talk = Talk(flow_of("collect: amount"))
    talk.listen()
    talk.says("two hundred", refused("out_of_range", "200.00"))
    said = " ".join(talk.listen())
    assert "200" in said
    assert said.endswith("is too much. How much?")
    assert "amount" not in talk.state.dialogue.slots


def test_keys_are_refused_like_words() -> None:
    talk = Talk(flow_of("collect: amount"))
    talk.listen()
    talk.keys("200#")
    assert "too much" in " ".join(talk.listen())
    talk.keys("20#")
    assert talk.listen() == ["Good."]
    assert talk.state.dialogue.slots == {"amount": "20.00"}


def test_without_words_of_its_own_a_refusal_is_told_in_ours() -> None:
    talk = Talk(flow_of("collect: shoe"))
    talk.listen()
    talk.says("seven", value(7))
    assert talk.listen() == [DEFAULTS["out_of_range"], "What size?"]


def test_the_authors_ladder_follows_the_reason() -> None:
    talk = Talk(flow_of("collect: {slot: shoe, on_no_match: [An even size.]}"))
    talk.listen()
    talk.says("seven", value(7))
    assert talk.listen() == [DEFAULTS["out_of_range"], "An even size."]


def test_a_refused_value_that_is_sensitive_is_masked() -> None:
    event = Understood(1, refused("out_of_range", "2026-11-22"))
    hidden = masked(event, sensitive=True)
    assert isinstance(hidden, Understood)
    assert hidden.meaning.value == "•" * 10
