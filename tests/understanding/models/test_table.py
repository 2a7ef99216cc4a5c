"""The model table: what an operator writes, and what they are told about mistakes."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.errors import ConfigError
from ivr.understanding.models.prices import Prices
from ivr.understanding.models.table import DEFAULT_CONTEXT, check_table, load_table

GOOD = """\
models:
  - name: small
    endpoint: https://api.example.com/v1/
    model: vendor/small-8b
    key: EXAMPLE_KEY
    tier: economy
    prices: {input: 0.27, output: 1.10, cached: 0.07, date: 2026-11-01}
    context: 128000
    abilities: [json_schema, stream_usage]
  - name: big
    endpoint: http://127.0.0.1:8000/v1
    tier: flagship
"""


def told(text: str) -> list[str]:
    return [str(problem) for problem in check_table(dedent(text), "m.yaml")[1]]


def test_rows_become_models() -> None:
    table = load_table(GOOD, "m.yaml")
    small, big = table.models.values()
    assert (small.name, small.remote, small.key) == ("small", "vendor/small-8b", "EXAMPLE_KEY")
    assert small.endpoint == "https://api.example.com/v1"
    assert small.prices == Prices(0.27, 1.10, 0.07, "2026-11-01")
    assert small.abilities == {"json_schema", "stream_usage"}
    assert (big.remote, big.key, big.context, big.abilities) == ("big", "", DEFAULT_CONTEXT, frozenset())
    assert not big.prices.known
    assert table.tier("economy") == ("small",)
    assert table.flagship == big.prices
    assert told(GOOD) == []


def row(**changes: str) -> str:
    """One row in order but for the changes; an empty one is left out."""
    keys = {"name": "small", "endpoint": "https://api.example.com/v1", "tier": "economy"} | changes
    lines = [f"    {key}: {value}" for key, value in keys.items() if value]
    return "models:\n  -" + "\n".join(lines)[3:] + "\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "m.yaml:1:1: The file is empty. A model table begins with 'models:'."),
        ("models: []", "m.yaml:1:1: There is no model here. Begin with '- name: NAME'."),
        (row(tier=""), "m.yaml:2:5: The key 'tier' is missing here."),
        (row(tier="flagshp"), "m.yaml:4:11: 'tier' cannot be 'flagshp'. Did you mean 'flagship'?"),
        (row(teir="economy"), "m.yaml:5:5: There is no key 'teir' here. Did you mean 'tier'?"),
        (row(name='"two words"'), "m.yaml:2:11: 'two words' is no name for a model."),
        (row(endpoint="api.example.com"), "m.yaml:3:15: 'api.example.com' is not an address."),
        (row(endpoint="http://[::1"), "is not an address"),
        (row(endpoint="https://a.b/v1?key=1"), "m.yaml:3:15: An endpoint has no user, question mark or #."),
        (row(endpoint="https://a.b/v1/chat/completions"), "up to /v1 only"),
        (row(endpoint="http://api.example.com/v1"), "Callers' words would travel in the open"),
        (row(prices="{input: -1, output: 2}"), "-1 is not a price in dollars for a million tokens"),
        (row(prices="{input: free, output: 2}"), "m.yaml:5:21: 'free' is not a price."),
        (row(prices="{input: 1, output: 2, date: 1.11.2026}"), "'1.11.2026' is no date"),
        (row(context="0"), "m.yaml:5:14: '0' is not a number of tokens."),
        (row(abilities="[json_shema]"), "Did you mean 'json_schema'?"),
        (GOOD.replace("big", "small"), "m.yaml:10:11: Two models have the name 'small': see line 2."),
        ("models:\n  - name: a\n    name: b\n", "m.yaml:3:5: 'name' is there twice: first in line 2."),
    ],
)
def test_mistakes_are_told_with_their_place(text: str, line: str) -> None:
    assert [found for found in told(text) if line in found], told(text)
    with pytest.raises(ConfigError) as raised:
        load_table(text, "m.yaml")
    assert "m.yaml:" in str(raised.value)


def test_a_key_in_the_table_is_refused_and_not_repeated() -> None:
    (line,) = told(row(key="sk-1234567890abcdef"))
    assert "is the name of an environment variable" in line
    assert "sk-" not in line


@pytest.mark.parametrize(
    ("prices", "warning"),
    [
        ("{input: 1, output: 2}", "It is not said when these prices were true"),
        ("{input: 1, date: 2026-11-01}", "A price for input or output is missing"),
    ],
)
def test_prices_that_are_not_whole_are_warned_of(prices: str, warning: str) -> None:
    table, problems = check_table(row(prices=prices), "m.yaml")
    assert table is not None
    assert [p.severity for p in problems] == ["warning"]
    assert warning in problems[0].message


@given(st.text(max_size=300))
def test_whatever_stands_in_the_file_it_is_read_or_refused(text: str) -> None:
    table, problems = check_table("models:\n" + text, "m.yaml")
    assert (table is None) == any(problem.severity == "error" for problem in problems)
