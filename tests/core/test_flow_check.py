from __future__ import annotations

import pytest

from ivr.core.flow.load import check_text

HEAD = """\
ivr: 1
slots: {name: {type: text, ask: Who?}, new: {type: yes_no, ask: New?}}
contacts: {desk: "+15550100123"}
flows:
"""


def lines(flows: dict[str, str], head: str = HEAD) -> list[str]:
    body = "".join(f"  {name}: {steps}\n" for name, steps in flows.items())
    return [str(problem) for problem in check_text(head + body, "f.yaml")[1]]


WAIT = "{listen: {keys: {1: }}}"


@pytest.mark.parametrize("last", ["{link: other}", "{hangup: }", "{transfer: desk}"])
def test_steps_behind_the_end_are_unreachable(last: str) -> None:
    found = lines({"main": f"[{last}, {{say: a}}, {{say: b}}]", "other": "[{hangup: }]"})
    assert [line for line in found if "No call ever" in line] == [
        (
            f"f.yaml:5:{len(f'  main: [{last}, ') + 1}: No call ever comes to this step. "
            "What stands before it ends the call or goes elsewhere."
        )
    ]


def test_steps_behind_branches_that_all_end_are_unreachable() -> None:
    found = lines({"main": "[{if: new, then: {hangup: }, else: {transfer: desk}}, {say: a}]"})
    assert [line[:10] for line in found] == ["f.yaml:5:6"]


def test_steps_behind_a_call_that_never_returns_are_unreachable() -> None:
    assert len(lines({"main": "[{call: other}, {say: a}]", "other": "[{hangup: }]"})) == 1
    assert lines({"main": "[{call: other}, {hangup: }]", "other": "[{if: new, then: {hangup: }}]"}) == []


def test_rungs_are_reached() -> None:
    assert (
        lines(
            {
                "main": "[{collect: {slot: name, on_no_input: [[{call: other}]]}}, {hangup: }]",
                "other": "[{say: a}]",
            }
        )
        == []
    )


def test_flow_that_is_never_used_is_a_warning() -> None:
    found = lines({"main": "[{hangup: }]", "spare": "[{hangup: }, {say: a}]"})
    assert found == [
        "f.yaml:6:3: warning: The flow 'spare' is never used. Use it with 'call' or 'link', or take it out."
    ]


def test_end_of_the_entry_is_a_dead_end() -> None:
    assert "f.yaml:5:3: warning: A call can come to the end of 'main'" in lines({"main": "[{say: a}]"})[0]
    assert "end of 'other'" in lines({"main": "[{link: other}]", "other": "[{say: a}]"})[0]
    assert lines({"main": "[{call: other}, {hangup: }]", "other": "[{say: a}]"}) == []


def test_goodbye_that_does_not_end_the_call_is_a_warning() -> None:
    head = HEAD.replace("flows:", "universals: {goodbye: {say: Bye.}, agent: {say: No.}}\nflows:")
    found = lines({"main": "[{hangup: }]"}, head)
    assert ["End it with 'hangup'." in found[0], "End it with a 'transfer'." in found[1]] == [True, True]


@pytest.mark.parametrize(
    "flows",
    [
        {"main": "[{say: a}, {link: main}]"},
        {"main": "[{link: other}]", "other": "[{say: a}, {link: main}]"},
        {"main": "[{say: a}, {call: main}]"},
        {"main": "[{call: other}, {link: main}]", "other": "[{say: a}]"},
        {"main": "[{collect: name}, {link: main}]"},
        {"main": "[{call: a}, {link: main}]", "a": "[{call: b}]", "b": "[{collect: name}]"},
    ],
)
def test_loop_without_input_is_an_error(flows: dict[str, str]) -> None:
    assert any(
        "without ever waiting for the caller" in line and "warning" not in line for line in lines(flows)
    )


def test_loop_that_a_condition_may_end_is_a_warning() -> None:
    (found,) = lines({"main": "[{say: a}, {if: new, then: {link: main}}, {hangup: }]"})
    assert found.startswith(
        "f.yaml:5:10: warning: This goes round without ever waiting for the caller: line 5 leads"
    )


@pytest.mark.parametrize(
    "flows",
    [
        {"main": f"[{WAIT}, {{link: main}}]"},
        {"main": "[{call: other}, {link: main}]", "other": f"[{WAIT}]"},
        {"main": "[{confirm: {ask: a, no: {call: main}}}, {hangup: }]"},
        {"main": "[{set_slots: {name: null}}, {collect: name}, {link: main}]"},
        {"main": "[{collect: {slot: name, on_no_input: [a, b]}}, {hangup: }]"},
    ],
)
def test_loop_that_waits_is_fine(flows: dict[str, str]) -> None:
    assert lines(flows) == []


def test_loop_with_a_full_slot_says_how_to_ask_again() -> None:
    assert (
        "'name' is not asked for again while it has a value"
        in lines({"main": "[{collect: name}, {link: main}]"})[0]
    )


def test_several_loops_are_all_found() -> None:
    flows = {"main": "[{link: a}]", "a": "[{if: new, then: {link: b}, else: {link: c}}]"}
    flows |= {"b": "[{link: b}]", "c": "[{link: c}]"}
    assert [line[:9] for line in lines(flows)] == ["f.yaml:7:", "f.yaml:8:"]


def test_collect_that_nothing_asks_for_is_a_warning() -> None:
    head = HEAD.replace(", ask: Who?", "")
    assert (
        "warning: Nothing asks for 'name'. Give it an 'ask'."
        in lines({"main": "[{collect: name}, {hangup: }]"}, head)[0]
    )
