from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.flow import yaml_source
from ivr.core.flow.problems import Report, Spot
from ivr.core.flow.yaml_source import Node, parse


def tree(text: str) -> Node:
    report = Report("f.yaml")
    root = parse(text, report)
    assert report.problems() == ()
    assert root is not None
    return root


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("0123", "0123"),
        ("+15550100123", "+15550100123"),
        ("1.5", 1.5),
        ("1e3", "1e3"),
        ("12:30", "12:30"),
        ("2030-01-01", "2030-01-01"),
        ("0x1F", "0x1F"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("tRue", "tRue"),
    ],
)
def test_plain_values(written: str, value: object) -> None:
    data = tree(f"a: {written}").data()["a"]
    assert data == value
    assert type(data) is type(value)


def test_places_of_keys_and_values() -> None:
    root = tree("a:\n  - b: c\n    d: [e, f]\n")
    assert root.key("a") == Spot(1, 1)
    assert root.at("a", 0, "b").spot == Spot(2, 8)
    assert root.at("a", 0).key("d") == Spot(3, 5)
    assert root.at("a", 0, "d", 1).spot == Spot(3, 12)


def test_path_passes_over_what_does_not_exist() -> None:
    root = tree("say: Hello\n")
    assert root.at("say", "text").text == "Hello"
    assert root.at(3, "say", 0).spot == Spot(1, 6)


@pytest.mark.parametrize(
    ("written", "spot"),
    [
        ("a: one two", Spot(1, 8)),
        ("a: 'one two'", Spot(1, 9)),
        ('a: "one two"', Spot(1, 9)),
        ("a: >-\n  one\n  two", Spot(3, 3)),
        ("a: one\n  two", Spot(2, 3)),
        ('a: "\\u006fne\n   two"', Spot(2, 4)),
        ("a: |\r\n  one\r\n  two", Spot(3, 3)),
    ],
)
def test_place_inside_a_text(written: str, spot: Spot) -> None:
    node = tree(written).at("a")
    assert node.inside(4) == spot


def test_byte_order_mark_and_carriage_returns_do_not_matter() -> None:
    assert tree("\ufeffa: 1\r\nb: 2\r\n").data() == {"a": 1, "b": 2}


@given(
    st.dictionaries(
        st.sampled_from("abcdef"), st.text(st.characters(categories=["L", "N", "Zs", "P"])), min_size=1
    )
)
def test_every_value_stands_where_it_is_said_to(values: dict[str, str]) -> None:
    quoted = {key: value.replace("'", "''") for key, value in values.items()}
    text = "".join(f"{key}: '{value}'\n" for key, value in quoted.items())
    root = tree(text)
    assert root.data() == values
    for line, key in enumerate(values, start=1):
        assert root.at(key).spot == Spot(line, 4)
        assert root.key(key) == Spot(line, 1)


READ_BY_BOTH = [
    "a: b\nc: [1, 2, {d: e}]\n",
    "a: 'it''s'\nb: \"q\\u00e9 x\"\nc: >-\n  folded\n  text\nd: |\n  kept\n  so\n",
    'é: ü\n日本: [ß, "x"] # not this\n',
    "a:\n  - b\n  - c: d\n    e:\nf:\n",
    "a: b\na: c\n",
    "- a\n- b\n",
    "# only this\n",
]
LEFT_TO_PYTHON = [
    "a: [Who is it?]\n",
    "a: \tb\n",
    "---\na: b\n",
    "a: *b\n",
    "a: !x b\n",
    "%YAML 1.2\n",
    "a: {b\n",
]


@pytest.mark.parametrize("text", [*READ_BY_BOTH, *LEFT_TO_PYTHON])
def test_both_parsers_give_the_same(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for pattern in (yaml_source._NOT_FOR_C, re.compile("")):
        monkeypatch.setattr(yaml_source, "_NOT_FOR_C", pattern)  # what matches is left to Python
        report = Report("f.yaml")
        tree = parse(text, report)
        found.append((tree and _plain(tree), report.problems()))
    assert found[0] == found[1]


@pytest.mark.parametrize("text", READ_BY_BOTH)
def test_most_texts_are_read_by_c(text: str) -> None:
    assert isinstance(yaml_source._events(text), type(iter([])))


def _plain(node: Node) -> tuple[object, ...]:
    items = tuple(map(_plain, node.items))
    entries = tuple((key, node.keys[key].spot, _plain(value)) for key, value in node.entries.items())
    return node.kind, node.spot, node.text, node.plain, node.source, items, entries
