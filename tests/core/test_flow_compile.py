from __future__ import annotations

from textwrap import dedent

from ivr.core.flow import model as m
from ivr.core.flow.load import load_flow
from tests.core.compiled import HEAD, load, steps_of


def test_words_of_yaml_1_1_are_text() -> None:
    steps = steps_of(
        '- say: yes\n- set_slots: {name: on, pin: "0123", new: true}\n- confirm: {ask: no, no: }\n- hangup:'
    )
    assert isinstance(steps[0], m.SayStep)
    assert steps[0].prompt.text == "yes"
    assert isinstance(steps[1], m.SetSlotsStep)
    assert steps[1].values == {"name": '"on"', "pin": '"0123"', "new": "true"}


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
