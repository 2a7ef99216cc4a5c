from __future__ import annotations

from ivr.core.flow import model as m
from tests.core.compiled import load, shape, steps_of


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
