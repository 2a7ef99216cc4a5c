"""Which slots may be filled ahead, and what becomes of what was said."""

from __future__ import annotations

from ivr.core import dialogue
from ivr.core.events import Meaning
from ivr.core.flow import model as m
from ivr.core.flow.load import load_flow
from tests.core.talk import Talk, universal, value

HEAD = """
ivr: 1
intents: {order: [I want a pizza, one pizza please], ask: [a question, may I ask]}
universals: {menu: true}
slots:
  size: {type: choice, choices: [small, large], ask: Small or large?}
  day: {type: date, ask: Which day?}
  time: {type: time, ask: What time?, confirm: never}
  people: {type: integer, ask: How many?, max: 8, reject: "Not {people}."}
  name: {type: name, ask: Your name?}
  pin: {type: digits, length: 4, ask: Pin?, sensitive: true}
  late: {type: date, ask: And back?, ask_before_filling: true}
"""
ORDER = """
flows:
  main:
    - listen: {ask: What can I do?, ask_again: What else?, intents: {order: {call: order}, ask: }}
    - link: main
  order:
    - set_slots: {size: null, day: null, time: null}
    - collect: size
    - collect: name
    - if: size == "large"
      then: [{collect: people}]
    - call: when
    - confirm: {ask: Sure?, no: }
    - collect: late
  when: [{collect: day}, {collect: time}, {collect: pin}, {collect: late}]
"""
FLOW = load_flow(HEAD + ORDER, "t.yaml")


def step(flow: m.Flow, name: str, kind: type[m.Step]) -> list[m.Step]:
    return [step for step in flow.flows[name].steps if isinstance(step, kind)]


def test_the_slots_that_the_flow_goes_on_to_collect_in_order() -> None:
    listen = step(FLOW, "main", m.ListenStep)[0]
    assert isinstance(listen, m.ListenStep)
    assert listen.ahead == {"order": ("size", "people", "day", "time")}
    size, name, people = step(FLOW, "order", m.CollectStep)[:3]
    assert isinstance(size, m.CollectStep)
    assert size.ahead == ("people", "day", "time")
    assert isinstance(name, m.CollectStep)
    assert name.ahead == (), "a name may be any words"
    assert isinstance(people, m.CollectStep)
    assert people.ahead == ("day", "time")


def test_a_step_may_be_kept_out() -> None:
    flow = load_flow(
        HEAD + ORDER.replace("collect: people", "collect: {slot: people, ask_before_filling: true}"), "t"
    )
    listen = step(flow, "main", m.ListenStep)[0]
    assert isinstance(listen, m.ListenStep)
    assert listen.ahead == {"order": ("size", "day", "time")}


def test_types_that_only_a_cue_can_tell_need_examples() -> None:
    examples = 'examples: ["my name is {name}"]'
    cued = HEAD.replace("{type: name, ask: Your name?}", f"{{type: name, ask: Your name?, {examples}}}")
    listen = step(load_flow(cued + ORDER, "t"), "main", m.ListenStep)[0]
    assert isinstance(listen, m.ListenStep)
    assert listen.ahead == {"order": ("size", "name", "people", "day", "time")}
    pin = HEAD.replace("ask: Pin?", 'ask: Pin?, examples: ["my pin is {pin}"]')
    listen = step(load_flow(pin + ORDER, "t"), "main", m.ListenStep)[0]
    assert isinstance(listen, m.ListenStep)
    assert "pin" not in listen.ahead["order"], "what is sensitive is never filled ahead"


def order(**fills: str | int) -> Talk:
    talk = Talk(FLOW)
    talk.listen()
    sure = dict.fromkeys(fills, 0.95)
    talk.says("…", Meaning("intent", "order", fills=dict(fills), sure=sure, decided_by="classifier"))
    return talk


def test_what_was_said_with_the_wish_is_said_back_and_not_asked_for() -> None:
    talk = order(size="large", day="2026-11-26", time="18:00")
    assert talk.listen() == ["large.", "Your name?"]
    talk.says("Smith", value("Smith"))
    assert talk.listen() == ["How many?"]
    talk.says("four", value(4))
    assert talk.listen() == ["Thursday, November 26th.", "Pin?"], "the time wants no confirmation"
    assert talk.state.dialogue.slots["time"] == "18:00"
    assert talk.state.dialogue.sure["day"] == 0.9


def test_a_value_that_is_not_allowed_is_refused_when_its_question_comes() -> None:
    flow = load_flow(HEAD.replace("max: 8, ", "validate: people < 9, ") + ORDER, "t.yaml")
    talk = Talk(flow)
    talk.listen()
    talk.says("…", Meaning("intent", "order", fills={"size": "large", "people": 12}))
    talk.listen()
    talk.says("Smith", value("Smith"))
    assert talk.listen() == ["Not 12.", "How many?"]


def test_values_come_together_with_an_answer() -> None:
    talk = order()
    assert talk.listen() == ["Small or large?"]
    talk.says("large, on Thursday", Meaning("value", value="large", fills={"day": "2026-11-26"}))
    talk.listen()
    talk.says("Smith", value("Smith"))
    talk.listen()
    talk.says("four", value(4))
    assert talk.listen() == ["Thursday, November 26th.", "What time?"]


def test_what_the_flow_never_comes_to_is_forgotten_with_the_matter() -> None:
    talk = order(size="small", people=4)
    talk.listen()
    assert "people" in talk.state.dialogue.ahead
    talk.says("menu", universal("menu"))
    assert talk.listen() == ["What else?"]
    assert talk.state.dialogue.ahead == {}


def test_a_slot_that_has_a_value_is_not_looked_for() -> None:
    talk = Talk(FLOW, day="2026-11-26")
    talk.listen()
    talk.says("…", Meaning("intent", "order"))
    talk.listen()
    expected = dialogue.expectation(FLOW, talk.state.dialogue)
    assert expected is not None
    assert expected.ahead == {"": ("people", "day", "time")}, "order clears them"


def test_the_way_is_finite_where_flows_call_each_other() -> None:
    back = "[{collect: day}, {set_slots: {day: null}}, {call: main}]"
    flow = load_flow(
        f"{HEAD}flows:\n  main: [{{collect: size}}, {{call: other}}]\n  other: {back}\n", "t.yaml"
    )
    size = flow.flows["main"].steps[0]
    assert isinstance(size, m.CollectStep)
    assert size.ahead == ("day",)
