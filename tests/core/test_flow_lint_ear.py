from __future__ import annotations

import pytest

from tests.core.linting import HEAD, warnings

LONG = "We are open on every day of the week, and you can come at any time. " * 6


MENU = "One for a, two for b, three for c, four for d, five for e, and six for f."


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
