"""The table of models: a YAML file of rows to models, or to everything that is wrong with it.

    models:
      - name: small
        endpoint: https://api.example.com/v1
        key: EXAMPLE_API_KEY
        tier: economy
        prices: {input: 0.27, output: 1.10, date: 2026-11-01}

The order counts: the first row of a tier is its primary, the second takes over from it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, StrictInt

from ivr.core.errors import ConfigError
from ivr.core.flow import explain, yaml_source
from ivr.core.flow.problems import Problem, Report, format_problem
from ivr.core.flow.schema_values import Part, Text, told
from ivr.core.flow.yaml_source import Node, Words
from ivr.core.limits import is_date
from ivr.core.usage import Tier
from ivr.understanding.models.prices import Prices

Ability = Literal["json_schema", "stream_usage"]

WORDS: Final = Words("model table", "models:")
DEFAULT_CONTEXT: Final = 8_192
"""Tokens that a model is taken to hold when its row does not say."""

_NAME: Final = re.compile(r"[A-Za-z0-9][\w.:/@-]{0,79}")
_VARIABLE: Final = re.compile(r"[A-Z][A-Z0-9_]{0,79}")
_PRICES: Final = ("input", "output", "cached")


def _price(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise told(f"'{str(value)[:40]}' is not a price", "Write dollars for a million tokens, as 0.27.")
    if not 0 <= value <= 100_000:  # noqa: PLR2004 -- dollars a million tokens: a slip of the keyboard
        raise told(f"{value} is not a price in dollars for a million tokens", "Write one as 0.27.")
    return float(value)


def _positive(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise told(f"'{str(value)[:40]}' is not a number of tokens", "Write a whole number, as 128000.")
    return value


Price = Annotated[float | None, BeforeValidator(_price)]


class PricesBody(Part):
    """Dollars for a million tokens, as of a day. What is left out is not known."""

    input: Price = None
    output: Price = None
    cached: Price = None
    date: Text | None = None


class ModelBody(Part):
    """One row."""

    name: Text
    endpoint: Text
    model: Text | None = None
    key: Text | None = None
    tier: Tier
    prices: PricesBody = PricesBody()
    context: Annotated[StrictInt, BeforeValidator(_positive)] = DEFAULT_CONTEXT
    abilities: list[Ability] = Field(default_factory=list)


class TableFile(Part):
    """A whole file."""

    models: list[ModelBody]


@dataclass(frozen=True, slots=True)
class Model:
    """One model.

    name       what records call it
    remote     what its endpoint calls it
    key        the environment variable that holds the endpoint's key; "" for none
    context    tokens of prompt and answer together
    abilities  what its endpoint is known to do: `json_schema`, `stream_usage`
    """

    name: str
    endpoint: str
    tier: Tier
    remote: str
    key: str = ""
    prices: Prices = Prices()
    context: int = DEFAULT_CONTEXT
    abilities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """The models by name, in the order of the file."""

    models: Mapping[str, Model] = field(default_factory=dict)

    def tier(self, tier: Tier) -> tuple[str, ...]:
        """The names of a tier, the primary first."""
        return tuple(name for name, model in self.models.items() if model.tier == tier)

    @property
    def flagship(self) -> Prices:
        """What a turn would cost at the first model of the dearer tier; unknown where there is none."""
        names = self.tier("flagship")
        return self.models[names[0]].prices if names else Prices()


def load_table(text: str, file: str) -> Table:
    """Read a table. `file` is its name in messages. Raises `ConfigError` that tells every mistake."""
    table, problems = check_table(text, file)
    if table is None:
        raise ConfigError("\n".join(format_problem(p) for p in problems if p.severity == "error"))
    return table


def check_table(text: str, file: str) -> tuple[Table | None, tuple[Problem, ...]]:
    """The table, or `None` if it has errors, and all problems, warnings too, in file order."""
    report = Report(file)
    root = yaml_source.parse(text, report, WORDS)
    if root is None:
        return None, report.problems()
    source, _ = explain.read_as(TableFile, root, report)
    if source is None:
        return None, report.problems()
    models: dict[str, Model] = {}
    lines: dict[str, int] = {}
    for number, body in enumerate(source.models):
        node = root.at("models", number)
        if body.name in lines:
            message = f"Two models have the name '{body.name[:60]}': see line {lines[body.name]}"
            report.error(node.at("name").spot, message, "Records could not tell them apart.")
        lines.setdefault(body.name, node.at("name").spot.line)
        models.setdefault(body.name, _model(body, node, report))
    if not source.models and not report.has_errors:
        report.error(root.key("models"), "There is no model here", "Begin with '- name: NAME'.")
    return (None if report.has_errors else Table(models)), report.problems()


def _model(body: ModelBody, node: Node, report: Report) -> Model:
    if not _NAME.fullmatch(body.name):
        hint = "It begins with a letter or digit and has letters, digits and . _ - : / @ only."
        report.error(node.at("name").spot, f"'{body.name[:40]}' is no name for a model", hint)
    for problem, hint in _wrong_endpoint(body.endpoint):
        report.error(node.at("endpoint").spot, problem, hint)
    if body.key is not None and not _VARIABLE.fullmatch(body.key):
        # What was written may be the key itself, so it is not repeated.
        hint = "Put the key into the environment or .env, and the variable's name here: EXAMPLE_API_KEY."
        report.error(node.at("key").spot, "'key' is the name of an environment variable", hint)
    prices = body.prices
    if prices.date is not None and not is_date(prices.date):
        hint = "Write year-month-day, as 2026-11-01."
        report.error(node.at("prices", "date").spot, f"'{prices.date[:40]}' is no date", hint)
    known = [name for name in _PRICES if getattr(prices, name) is not None]
    if known and prices.date is None:
        spot = node.key("prices")
        report.warn(spot, "It is not said when these prices were true", "Add 'date: 2026-11-01'.")
    if known and not ("input" in known and "output" in known):
        hint = "Without both, what a turn costs is not known."
        report.warn(node.key("prices"), "A price for input or output is missing", hint)
    return Model(
        name=body.name,
        endpoint=body.endpoint.rstrip("/"),
        tier=body.tier,
        remote=body.model or body.name,
        key=body.key or "",
        prices=Prices(prices.input, prices.output, prices.cached, prices.date or ""),
        context=body.context,
        abilities=frozenset(body.abilities),
    )


def _wrong_endpoint(url: str) -> Iterator[tuple[str, str]]:
    """What is wrong with an endpoint, and what to do."""
    example = "One looks like https://api.example.com/v1 or http://127.0.0.1:8000/v1."
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        yield f"'{url[:80]}' is not an address", example
        return
    if parts.scheme not in ("http", "https") or not host:
        yield f"'{url[:80]}' is not an address", example
    elif parts.query or parts.fragment or parts.username:
        yield "An endpoint has no user, question mark or #", "A key goes into the environment: see 'key'."
    elif parts.path.rstrip("/").endswith(("/chat/completions", "/completions")):
        yield "This is the address of one call of the endpoint", "Write it up to /v1 only."
    elif parts.scheme == "http" and not _near(host):
        yield (
            "Callers' words would travel in the open: this address is not on your own network",
            "Use https://, or an address of this machine or a private network.",
        )


def _near(host: str) -> bool:
    """Whether a host is this machine or on a private network. Names without a dot are, as in a cluster."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".localhost"))
    return address.is_private or address.is_loopback
