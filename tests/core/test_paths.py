"""Paths into JSON."""

import pytest

from ivr.core.paths import Bare, parse, pick, plant

DATA = {"a": {"b": [1, {"c": "x"}], "odd name": True, "n": None}, "d": 1.5}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b[0]", 1),
        ("a.b[1].c", "x"),
        ('a["odd name"]', True),
        ("d", 1.5),
        ("a.n", None),
        ("a.n.m", None),
        ("a.b[7]", None),
        ("a.b.c", None),
        ("d[0]", None),
    ],
)
def test_values_are_picked(path, value):
    assert pick(DATA, path) == value


def test_values_are_planted_where_they_are_picked():
    values: dict[str, Bare] = {"a.b[1].c": "x", "a.b[0]": 1, 'a["odd name"]': True, "d": None}
    data = plant(values)
    assert {path: pick(data, path) for path in values} == values
    assert data == {"a": {"b": [1, {"c": "x"}], "odd name": True}, "d": None}


@pytest.mark.parametrize("path", ["a", "a.b", "a.b[1]"])
def test_a_list_or_mapping_is_no_value(path):
    with pytest.raises(ValueError, match="stands a"):
        pick(DATA, path)


@pytest.mark.parametrize(
    "path",
    ["", ".", "a.", ".a", "a..b", "a[", "a[x]", "a[-1]", "1a", "a b", "a.*", "$.a", "a" * 3 + ".a" * 30],
)
def test_what_is_no_path(path):
    assert parse(path) is None
