from __future__ import annotations

import pytest

from ivr.core.flow.load import check_text

HEAD = """\
ivr: 1
slots: {name: {type: text, ask: Who?}, day: {type: choice, ask: Which?, choices: [a, b]}}
contacts: {desk: "+15550100123"}
universals: {agent: {transfer: desk}}
answers: {hours: {examples: [when are you open, your hours, a b, c d, e f], say: Nine to five.}}
"""
FINE = "{ask: Go?, keys: {1: {say: a}}, on_no_input: [Well?]}"


def warnings(steps: str, head: str = HEAD, *, linted: bool = True) -> list[str]:
    flow, problems = check_text(f"{head}flows:\n  main: {steps}\n", "f.yaml", linted=linted)
    assert flow is not None, problems
    return [str(problem) for problem in problems]


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


LONG = "We are open on every day of the week, and you can come at any time. " * 6


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (LONG, "This takes about 2"),
        (f"{LONG[:300]}[pause 5s]", "This takes about 2"),
        ("See https://example.org/help for more.", "'https://example.org/help' is a web address"),
        ("Hello <b>there</b>.", "'<b>' is markup"),
        ("It is **very** important.", "'**' is formatting"),
        ("Welcome 😀!", "The voice cannot speak 😀"),
        ("今日は", "The voice cannot speak 今 日 は"),
    ],
)
def test_what_does_not_sound(text: str, told: str) -> None:
    found = warnings(f"[{{say: '{text}'}}, {{hangup: }}]")
    assert len(found) == 1
    assert f"warning (for the ear): {told}" in found[0]
    assert warnings("[{hangup: }]", HEAD.replace("Nine to five.", f"'{text}'"))[0].startswith("f.yaml:5:11: ")


@pytest.mark.parametrize(
    "text", ["Café, naïve, 20 °C.", "AT&T costs $5.", "it's [pause 1s] fine", "a_b", "x {name}"]
)
def test_what_sounds_well_enough(text: str) -> None:
    assert warnings(f'[{{collect: name}}, {{say: "{text}"}}, {{hangup: }}]') == []


MENU = "One for a, two for b, three for c, four for d, five for e, and six for f."


def test_a_menu_that_nobody_remembers() -> None:
    keys = ", ".join(f"{n}: {{say: a}}" for n in range(1, 7))
    body = f"ask: 'Press a key. {MENU}', keys: {{{keys}}}, on_no_input: [Well?]"
    steps = f"[{{listen: {{{body}}}}}, {{link: main}}]"
    found = warnings(steps)
    assert len(found) == 1
    assert "(for the ear): This menu has 6 choices" in found[0]
    assert warnings(steps.replace(", and six for f", "")) == []


@pytest.mark.parametrize(
    ("ask", "keys"),
    [
        ("Press 1 to go, or press 2 for a talk.", ["2"]),
        ("Please press one to go, three for a talk, or the pound key.", ["3"]),
        ("For a talk press the star key.", []),
        ("Press zero for a person, or one if you are well.", []),
        ("We have two for you, and three to go.", []),
    ],
)
def test_keys_that_are_offered_and_do_nothing(ask: str, keys: list[str]) -> None:
    body = f"ask: '{ask}', keys: {{1: {{say: a}}}}, on_no_input: [Well?]"
    found = warnings(f"[{{listen: {{{body}}}}}, {{link: main}}]")
    assert [line.partition("offers the key ")[2][0] for line in found] == keys


def test_keys_offered_by_a_rung() -> None:
    body = "ask: Go?, keys: {1: {say: a}}, on_no_input: ['Press 1 to go.', 'Press 4 to stay.']"
    found = warnings(f"[{{listen: {{{body}}}}}, {{link: main}}]")
    assert len(found) == 1
    assert "This offers the key 4, which does nothing here" in found[0]


def test_keys_of_a_choice_are_its_places() -> None:
    found = warnings("[{collect: {slot: day, ask: 'Press 1 for a, 2 for b, or 3 for c.'}}, {hangup: }]")
    assert len(found) == 1
    assert "the key 3" in found[0]
