from __future__ import annotations

from textwrap import dedent

import pytest

from ivr.core.flow import model as m
from ivr.core.flow.load import load_flow

HEAD = """\
ivr: 1
end_silence: 800ms
intents: {book: [book me in, an appointment], cancel: [cancel it, call it off]}
slots:
  name: {type: text, ask: Who is calling?}
  new: {type: yes_no, ask: Are you new?}
  pin: {type: digits, min_length: 4, max_length: 6, ask: Your PIN?}
  sort: {type: choice, ask: Which sort?, choices: {small: [little, tiny], large: big, huge: }}
  count: {type: integer, min: 1, max: 9, ask: How many?, initial: 2}
contacts: {desk: "+15550100123", sip: "sip:desk@example.org"}
"""


def load(steps: str, head: str = HEAD) -> m.Flow:
    body = "".join(f"    {line}\n" for line in dedent(steps).strip().splitlines())
    return load_flow(f"{head}flows:\n  main:\n{body}", "f.yaml")


def steps_of(steps: str) -> tuple[m.Step, ...]:
    return load(steps).flows["main"].steps


def shape(steps: str) -> list[tuple[str, object]]:
    """The kinds of the steps, with their targets."""
    return [
        (type(step).__name__, getattr(step, "target", getattr(step, "otherwise", None)))
        for step in steps_of(steps)
    ]


def test_branches_of_a_listen_end_behind_it() -> None:
    steps = steps_of("""
        - listen:
            ask: Yes?
            intents: {book: [{say: a}, {say: b}], cancel: }
            keys: {"1": book, "2": {say: c}, "3": {hangup: Bye.}}
        - hangup: Goodbye.
    """)
    listen = steps[0]
    assert isinstance(listen, m.ListenStep)
    assert [type(step).__name__ for step in steps[1:]] == [
        *("SayStep", "SayStep", "JumpStep"),
        *("SayStep", "JumpStep"),
        *("HangUpStep", "HangUpStep"),
    ]
    assert listen.intents == {"book": 1, "cancel": 7}
    assert listen.keys == {"1": 1, "2": 4, "3": 6}
    assert [step.target for step in steps if isinstance(step, m.JumpStep)] == [7, 7]


def test_rungs_wait_again_without_asking() -> None:
    steps = steps_of("""
        - listen:
            keys: {"1": }
            on_no_input: [Hello?, [{say: a}, {say: b}], {transfer: desk}]
            on_no_match: What?
        - hangup:
    """)
    listen = steps[0]
    assert isinstance(listen, m.ListenStep)
    assert listen.repair == m.Repair(no_input=(1, 3, 6), no_match=(7,))
    assert [(i, step.target) for i, step in enumerate(steps) if isinstance(step, m.AgainStep)] == [
        (2, 0),
        (5, 0),
        (8, 0),
    ]
    assert isinstance(steps[6], m.TransferStep)
    assert isinstance(steps[9], m.HangUpStep)


def test_filled_slot_goes_on_over_the_rungs() -> None:
    assert shape("""
        - collect: {slot: name, on_no_match: [Again?]}
        - hangup:
    """) == [
        ("CollectStep", None),
        ("JumpStep", 4),
        ("SayStep", None),
        ("AgainStep", 0),
        ("HangUpStep", None),
    ]
    assert shape("- collect: name\n- hangup:") == [("CollectStep", None), ("HangUpStep", None)]


def test_if_then_else() -> None:
    assert shape("- {if: new, then: {say: a}, else: {say: b}}\n- hangup:") == [
        ("BranchStep", 3),
        ("SayStep", None),
        ("JumpStep", 5),
        ("SayStep", None),
        ("JumpStep", 5),
        ("HangUpStep", None),
    ]
    assert shape("- {if: new, then: {say: a}}\n- hangup:")[0] == ("BranchStep", 3)
    assert shape("- {if: new, then: [], else: {say: b}}\n- hangup:")[:2] == [
        ("BranchStep", 2),
        ("JumpStep", 4),
    ]


def test_confirm() -> None:
    steps = steps_of("- confirm: {ask: Right?, no: {say: a}, on_no_input: [Yes or no?]}\n- hangup:")
    confirm = steps[0]
    assert isinstance(confirm, m.ConfirmStep)
    assert (confirm.yes, confirm.no, confirm.repair.no_input) == (5, 1, (3,))


def test_words_of_yaml_1_1_are_text() -> None:
    steps = steps_of(
        '- say: yes\n- set_slots: {name: on, pin: "0123", new: true}\n- confirm: {ask: no, no: }\n- hangup:'
    )
    assert isinstance(steps[0], m.SayStep)
    assert steps[0].prompt.text == "yes"
    assert isinstance(steps[1], m.SetSlotsStep)
    assert steps[1].values == {"name": '"on"', "pin": '"0123"', "new": "true"}


def test_set_slots_takes_values_expressions_and_nothing() -> None:
    (first, _) = steps_of(
        '- set_slots: {count: "= count + 1", name: null, sort: huge, new: "=!new"}\n- hangup:'
    )
    assert isinstance(first, m.SetSlotsStep)
    assert first.values == {"count": "count + 1", "name": None, "sort": '"huge"', "new": "!new"}


def test_settings_are_inherited_from_file_to_flow_to_step() -> None:
    flow = load_flow(
        HEAD
        + dedent("""
        interruptible: none
        flows:
          main:
            no_input_timeout: 9
            steps:
              - say: {text: a, interruptible: keys, interrupt_after: 0.3}
              - collect: {slot: name, end_silence: 1.5 s, on_no_input: [b]}
              - hangup:
        """),
        "f.yaml",
    )
    assert flow.settings == m.Settings(interruptible="none", end_silence_ms=800)
    say, collect, _, rung, *_ = flow.flows["main"].steps
    assert isinstance(say, m.SayStep)
    assert isinstance(collect, m.CollectStep)
    assert isinstance(rung, m.SayStep)
    assert say.prompt.settings == m.Settings("keys", 300, 800, no_input_timeout_ms=9000)
    assert collect.settings == m.Settings("none", 150, 1500, no_input_timeout_ms=9000)
    assert rung.prompt.settings == collect.settings


def test_steps_have_names_and_lines() -> None:
    steps = steps_of("""
        - say: a
        - id: menu
          listen:
            keys: {"1": {say: b}}
            on_no_input: [c]
        - hangup:
    """)
    assert [(step.id, step.line) for step in steps] == [
        ("main/1", 13),
        ("menu", 14),
        ("menu/key-1/1", 16),
        ("menu/key-1/end", 16),
        ("menu/no_input-1/1", 17),
        ("menu/no_input-1/again", 17),
        ("main/3", 18),
    ]


def test_slots() -> None:
    slots = load("- hangup:").slots
    assert slots["pin"] == m.Slot("pin", "digits", "Your PIN?", minimum=4, maximum=6)
    assert slots["count"] == m.Slot("count", "integer", "How many?", minimum=1, maximum=9, initial=2)
    assert slots["sort"].choices == {"small": ("little", "tiny"), "large": ("big",), "huge": ()}
    short = load(
        "- hangup:",
        "ivr: 1\nslots: {a: text, b: {type: digits, length: 6}, c: {type: choice, choices: [x, y]}}\n",
    )
    assert short.slots["a"] == m.Slot("a", "text")
    assert (short.slots["b"].minimum, short.slots["b"].maximum) == (6, 6)
    assert short.slots["c"].choices == {"x": (), "y": ()}


def test_universals() -> None:
    flow = load(
        "- hangup:",
        HEAD
        + dedent("""\
        universals:
          agent: {transfer: desk}
          repeat: {phrases: [come again]}
          goodbye: false
          help:
            phrases: [what can I say]
            do: [{say: Anything.}]
        """),
    )
    assert flow.universals == {
        "agent": m.Universal("agent", "flow", "universal:agent"),
        "repeat": m.Universal("repeat", "repeat", "", ("come again",)),
        "help": m.Universal("help", "flow", "universal:help", ("what can I say",)),
    }
    assert flow.flows["universal:agent"].steps == (
        m.TransferStep("universal:agent/1", flow.flows["universal:agent"].steps[0].line, "desk", None),
    )
    assert set(flow.flows) == {"main", "universal:agent", "universal:help"}


def test_intents_and_answers() -> None:
    flow = load(
        "- hangup:",
        HEAD
        + "answers: {hours: {examples: [when, what time], say: Nine., owner: desk, expires: 2030-01-31}}\n",
    )
    assert flow.intents["book"] == m.Intent("book", ("book me in", "an appointment"))
    assert flow.answers["hours"] == m.Answer("hours", ("when", "what time"), "Nine.", "desk", "2030-01-31")


def test_transfer_and_hangup_in_all_forms() -> None:
    steps = steps_of("""
        - listen:
            keys:
              "1": {transfer: desk}
              "2": {transfer: {contact: sip, say: Wait.}}
              "3": {hangup: }
              "4": {hangup: Bye.}
              "*": {hangup: {say: Bye.}}
    """)
    one, two, three, four, star = steps[1:]
    assert isinstance(one, m.TransferStep)
    assert isinstance(two, m.TransferStep)
    assert (one.contact, one.prompt, two.contact) == ("desk", None, "sip")
    assert isinstance(three, m.HangUpStep)
    assert three.prompt is None
    assert isinstance(four, m.HangUpStep)
    assert isinstance(star, m.HangUpStep)
    assert four.prompt == star.prompt == m.Prompt("Bye.", m.Settings(end_silence_ms=800))


@pytest.mark.parametrize(
    ("written", "ms"), [("700ms", 700), ("1.5s", 1500), ("2", 2000), ("0.25", 250), ("3 s", 3000)]
)
def test_times(written: str, ms: int) -> None:
    assert load("- hangup:", f"ivr: 1\nend_silence: {written}\n").settings.end_silence_ms == ms


def test_every_target_exists() -> None:
    flow = load("""
        - listen:
            intents: {book: {if: new, then: {call: main}, else: []}}
            on_no_match: [[], [{collect: name}]]
        - confirm: {ask: a, yes: {collect: {slot: sort, on_no_input: b}}, no: {say: c}}
        - hangup:
    """)
    steps = flow.flows["main"].steps
    for step in steps:
        targets = [
            getattr(step, name) for name in ("target", "otherwise", "yes", "no") if hasattr(step, name)
        ]
        targets += [*getattr(step, "intents", {}).values(), *getattr(step, "keys", {}).values()]
        if repair := getattr(step, "repair", None):
            targets += [*repair.no_input, *repair.no_match]
        assert all(0 <= target <= len(steps) for target in targets), step
