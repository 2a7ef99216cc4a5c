"""Whatever callers do, the conversation stays whole, ends in silence, and a person can always be had."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.core import dialogue as dlg
from ivr.core.dialogue_state import Dialogue, End, Fault, Out, Place, WaitingStep
from ivr.core.events import Meaning, SlotValue
from ivr.core.flow.load import load_flow
from ivr.core.going import RATES
from ivr.core.telling import LONGEST_TRAIL, MAX_DEPTH

FLOW = load_flow(
    """
ivr: 1
intents: {order: [I want one, one please], ask: [a question, may I ask]}
answers: {hours: {examples: [when are you open, open now], say: All day.}}
contacts: {desk: "+15550101234"}
universals:
  agent: {transfer: {contact: desk, say: Of course.}}
  repeat: true
  slower: true
  back: true
  menu: true
  help: true
  survey: {phrases: [let me tell you], do: [{collect: stars}, {set_slots: {stars: null}}]}
slots:
  size: {type: choice, choices: [small, large], ask: Which?, confirm: implicit}
  day: {type: date, ask: When?, confirm: explicit, validate: day != "2026-12-25", reject: Not then.}
  time: {type: time, ask: What time?, confirm: {when: when_unsure, below: 0.8}}
  people: {type: integer, ask: How many?, min: 1, max: 9, validate: people != 5}
  name: {type: name, ask: Your name?}
  pin: {type: digits, length: 4, ask: Pin?, sensitive: true, confirm: explicit}
  stars: {type: integer, ask: How many stars?, min: 1, max: 5}
flows:
  main:
    - listen:
        ask: What can I do?
        ask_again: What else?
        intents: {order: {call: order}, ask: {link: main}}
        keys: {"1": order}
        on_no_match: [Pardon?, {keys: Press one.}, {person: Let me help.}]
    - link: main
  order:
    - set_slots: {size: null, day: null, time: null, people: null}
    - collect: {slot: size, on_no_input: Hello?, on_low_confidence: [Again?]}
    - call: when
    - collect: {slot: name, help: Your own., on_no_match: [{spell: Spell it.}]}
    - collect: people
    - confirm:
        ask: A {size} one on {day}?
        no: {call: order}
    - collect: pin
  when: [{collect: day}, {collect: {slot: time, on_no_match: [Once more., {keys: Key it in.}]}}]
""",
    "moves.yaml",
)
VALUES: dict[str, list[SlotValue]] = {
    "size": ["small", "large"],
    "day": ["2026-11-26", "2026-12-25"],
    "time": ["09:00", "18:30"],
    "people": [1, 4, 5],
    "name": ["Smith"],
    "pin": ["4271"],
    "stars": [3],
}
ANY = st.sampled_from([(slot, value) for slot, values in VALUES.items() for value in values])
SURE = st.sampled_from([0.3, 0.75, 1.0])
FILLS = st.lists(ANY.filter(lambda pair: pair[0] in ("size", "day", "time", "people"))).map(dict)
MEANINGS = st.one_of(
    st.builds(Meaning, st.just("universal"), st.sampled_from([*FLOW.universals, "nobody"])),
    st.builds(Meaning, st.just("intent"), st.sampled_from(["order", "ask", "x"]), fills=FILLS),
    st.builds(Meaning, st.just("answer"), st.sampled_from(["hours", "x"])),
    st.builds(Meaning, st.just("nothing"), st.sampled_from(["", "too_few", "out_of_range"])),
    st.builds(lambda pair, sure, fills: Meaning("value", "", pair[1], sure, fills=fills), ANY, SURE, FILLS),
    st.booleans().map(lambda yes: Meaning("value", value=yes)),
    st.builds(
        lambda pair, anew, sure: Meaning("correction", pair[0], None if anew else pair[1], sure),
        *(ANY, st.booleans(), SURE),
    ),
)
MOVES = st.one_of(
    st.tuples(st.just("says"), MEANINGS, SURE),
    st.tuples(st.just("keys"), st.sampled_from([*"0123456789*#", "4271", "11262026", "1830"])),
    st.tuples(st.just("silence")),
    st.tuples(st.just("trouble")),
)


def fitting(meaning: Meaning, dialogue: Dialogue) -> Meaning:
    """The meaning as the grammar of the waiting step could have given it: another slot's value is none."""
    expected = dlg.expectation(FLOW, dialogue)
    if meaning.kind != "value" or expected is None:
        return meaning
    if expected.kind == "confirm":
        return meaning if isinstance(meaning.value, bool) else Meaning("nothing")
    own = VALUES.get(expected.slot, [])
    fits = not isinstance(meaning.value, bool) and meaning.value in own
    return meaning if fits else Meaning("nothing")


def move(dialogue: Dialogue, made: tuple[object, ...]) -> tuple[Dialogue, tuple[Out, ...]]:
    match made:
        case ("says", Meaning() as meaning, float() as heard):
            return dlg.on_meaning(FLOW, replace(dialogue, heard=heard), fitting(meaning, dialogue))
        case ("keys", str() as pressed):
            outs: tuple[Out, ...] = ()
            for key in pressed:
                dialogue, more, awaited = dlg.on_key(FLOW, dialogue, key)
                outs += more
                if any(isinstance(out, End) for out in more):
                    return dialogue, outs
            if awaited:
                dialogue, more = dlg.on_keys_done(FLOW, dialogue)
                outs += more
            return dialogue, outs
        case ("silence",):
            return dlg.on_no_input(FLOW, dialogue)
        case _:
            return dlg.on_trouble(FLOW, dialogue)


def step_at(place: Place) -> object:
    return FLOW.flows[place[-1].flow].steps[place[-1].at]


def check(dialogue: Dialogue) -> None:
    """What must hold whenever the line waits for the caller."""
    assert dialogue.waiting
    assert 0 < len(dialogue.stack) <= MAX_DEPTH
    for frame in dialogue.stack:
        assert 0 <= frame.at <= len(FLOW.flows[frame.flow].steps)
    assert isinstance(step_at(dialogue.stack), WaitingStep)
    assert len(dialogue.trail) <= LONGEST_TRAIL
    assert all(isinstance(step_at(place), WaitingStep) for place in dialogue.trail)
    assert len(set(dialogue.trail)) == len(dialogue.trail)
    assert dialogue.rate in RATES
    assert set(dialogue.sure) <= set(dialogue.slots)
    for name, value in dialogue.slots.items():
        assert type(value) is type(VALUES[name][0])
        assert (name, value) not in {("day", "2026-12-25"), ("people", 5)}, "a refused value slipped in"
    expected = dlg.expectation(FLOW, dialogue)
    assert expected is not None
    assert set(expected.known) <= set(dialogue.slots)
    assert expected.slot not in expected.known or expected.kind == "confirm"


def ends(outs: tuple[Out, ...]) -> list[End]:
    assert not [out for out in outs if isinstance(out, Fault)]
    return [out for out in outs if isinstance(out, End)]


@settings(max_examples=300, deadline=None)
@given(st.lists(MOVES, max_size=40))
def test_the_conversation_stays_whole_and_a_person_can_always_be_had(moves: list[tuple[object, ...]]) -> None:
    dialogue, _ = dlg.begin(FLOW, {}, "2026-11-23")
    for made in moves:
        check(dialogue)
        _, outs = dlg.on_meaning(FLOW, dialogue, Meaning("universal", "agent"))
        assert [(end.kind, end.contact) for end in ends(outs)] == [("transfer", "desk")]
        dialogue, outs = move(dialogue, made)
        if ends(outs):
            return
    for _ in range(4):
        dialogue, outs = dlg.on_no_input(FLOW, dialogue)
        if ended := ends(outs):
            assert ended[0].kind == "transfer"
            return
    raise AssertionError("a silent caller was left waiting")


@settings(max_examples=100, deadline=None)
@given(st.lists(MOVES, max_size=25))
def test_the_same_moves_make_the_same_conversation(moves: list[tuple[object, ...]]) -> None:
    runs = []
    for _ in range(2):
        dialogue, _ = dlg.begin(FLOW, {}, "2026-11-23")
        for made in moves:
            dialogue, outs = move(dialogue, made)
            if ends(outs):
                break
        runs.append(dialogue)
    assert runs[0] == runs[1]
