from __future__ import annotations

from tests.core.linting import FINE, HEAD, warnings


def test_a_good_flow_has_nothing_to_be_said() -> None:
    assert warnings(f"[{{listen: {FINE}}}, {{link: main}}]") == []


def test_lint_is_for_authors_only() -> None:
    steps = "[{listen: {keys: {1: {say: a}}}}, {link: main}]"
    assert warnings(steps, linted=False) == []
    assert len(warnings(steps)) == 1


def test_no_way_to_a_person() -> None:
    head = HEAD.replace("universals: {agent: {transfer: desk}}\n", "")
    found = warnings(f"[{{listen: {FINE}}}, {{link: main}}]", head)
    assert [line for line in found if "asks for a person gets none" in line] == [
        (
            "f.yaml:1:1: warning (for safety): A caller who asks for a person gets none: there is no "
            "universal 'agent'. Write universals: {agent: {transfer: desk}}."
        )
    ]


def test_a_listen_without_a_word_for_silence() -> None:
    found = warnings("[{listen: {ask: Go?, keys: {1: {say: a}}}}, {link: main}]")
    assert len(found) == 1
    assert found[0].startswith(
        "f.yaml:7:10: warning (for safety): Nothing is said of a caller who stays silent"
    )


def test_a_sensitive_slot_said_aloud() -> None:
    head = HEAD.replace("ask: Who?", "ask: Who?, sensitive: true")
    found = warnings("[{collect: name}, {say: 'Hello {name}.'}, {hangup: }]", head)
    assert [line for line in found if "(for safety): This says the sensitive slot 'name' aloud" in line]


def test_a_slot_that_nothing_sets() -> None:
    found = warnings("[{say: 'Hello {name}.'}, {hangup: }]")
    assert [line[: line.index(". ")] for line in found] == [
        "f.yaml:7:16: warning: Nothing ever gives the slot 'name' a value"
    ]
    assert warnings("[{collect: name}, {say: 'Hello {name}.'}, {hangup: }]") == []
    assert warnings("[{set_slots: {name: x}}, {if: name == 'x', then: {say: b}}, {hangup: }]") == []
