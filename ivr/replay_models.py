"""Language models as a part of understanding text: what they would have made of a past caller's words.

As in a live call, a model is asked only about words that rules and classifier do not understand, or are not
sure of, and never about a sensitive slot. It is really asked, and costs what it costs.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from ivr import language_models, logs
from ivr.call.ports import Tab
from ivr.call.thinker import settled, wants_model
from ivr.config import Config
from ivr.core.commands import Expectation, Understand
from ivr.core.errors import ConfigError
from ivr.core.events import Meaning
from ivr.core.usage import Usage
from ivr.engines.asking import ModelRoom
from ivr.engines.interpreter import ModelInterpreter
from ivr.rehearsal.reading import TextReader
from ivr.understanding.classifier import Guess
from ivr.understanding.models.prices import dollars
from ivr.understanding.models.table import Table
from ivr.understanding.pipeline import FlowModel

_IN_VAIN: Final = ("failed", "invalid", "late")


@dataclass(frozen=True, slots=True)
class Cost:
    """What understanding took of models: requests, money in billionths of a dollar, ms of each answer.

    nano    `None`: a price is not known
    vain    requests that brought nothing
    """

    requests: int = 0
    nano: int | None = 0
    waits_ms: tuple[int, ...] = ()
    vain: int = 0

    @property
    def told(self) -> str:
        """In a few words."""
        if not self.requests:
            return "none"
        counted = "1 request" if self.requests == 1 else f"{self.requests} requests"
        longest = f", longest {max(self.waits_ms)} ms" if len(self.waits_ms) > 1 else ""
        wait = f", {median(self.waits_ms):.0f} ms{longest}" if self.waits_ms else ""
        return f"{counted}, {dollars(self.nano)}{wait}"

    def plus(self, other: Cost) -> Cost:
        """Both together."""
        known = None if self.nano is None or other.nano is None else self.nano + other.nano
        waits = self.waits_ms + other.waits_ms
        return Cost(self.requests + other.requests, known, waits, self.vain + other.vain)


def cost(used: Iterable[Usage]) -> Cost:
    """Of the requests that were made to tell what words mean."""
    made = [one for one in used if one.stage == "intent" and one.outcome != "spared"]
    known = [one.nano for one in made if one.nano is not None]
    return Cost(
        len(made),
        sum(known) if len(known) == len(made) else None,
        tuple(one.ms for one in made if one.outcome == "used"),
        sum(one.outcome in _IN_VAIN for one in made),
    )


class ModelReader:
    """Finds what words mean, with models. Implements `ivr.core.text_caller.Read`."""

    def __init__(self, reader: TextReader, room: ModelRoom, wait: asyncio.Runner) -> None:
        self._reader = reader
        self._interpreter = ModelInterpreter(room, _Guesser(reader))
        self._wait = wait
        self._used: list[Usage] = []

    def __call__(self, text: str, expectation: Expectation) -> Meaning:
        meaning = self._reader(text, expectation)
        if expectation.sensitive or not wants_model(meaning):
            return meaning
        return settled(meaning, self._wait.run(self._ask(Understand(0, text, 1.0, expectation))))

    async def _ask(self, order: Understand) -> Meaning:
        tab = Tab()
        try:
            return await self._interpreter.interpret(order, tab)
        finally:
            self._used += tab.used()

    def bill(self) -> Cost:
        """What was used since the last bill."""
        used, self._used = self._used, []
        return cost(used)


class _Guesser:
    """What the interpreter asks of the classifier. Implements `ivr.engines.interpreter.Guesser`."""

    def __init__(self, reader: TextReader) -> None:
        self._reader = reader
        self.model: FlowModel = reader.model

    async def guess(self, text: str, expectation: Expectation) -> Guess | None:
        return self._reader.guess(text, expectation)


@contextmanager
def models(
    config: Config, table: Path, names: tuple[str, ...]
) -> Iterator[Callable[[TextReader], ModelReader]]:
    """What makes readers that ask the models of a table; of `names` only, if there are any.

    Raises `ConfigError` for a table or a key that is not right.
    """
    logs.configure(
        level="ERROR", secrets=language_models.secrets_in_force({**os.environ, "IVR_MODELS": str(table)})
    )
    free = config.model_copy(update={"models": str(table), "budget_call": None, "budget_day": None})
    with asyncio.Runner() as wait:
        room = language_models.make_room(
            free, {}, _Nobody(), _Nobody(), lambda whole: _only(whole, names, table)
        )
        if room is None:
            raise ConfigError("Name a table of models: --models models.yaml")
        try:
            yield lambda reader: ModelReader(reader, room, wait)
        finally:
            wait.run(room.close())


def _only(table: Table, names: tuple[str, ...], path: Path) -> Table:
    if missing := [name for name in names if name not in table.models]:
        there = ", ".join(table.models)
        raise ConfigError(f"{path} has no model '{missing[0]}'; it has {there}.")
    kept: Mapping[str, object] = dict.fromkeys(names) or table.models
    return Table({name: model for name, model in table.models.items() if name in kept})


class _Nobody:
    """Counts nothing, and has never spent anything."""

    def model_used(self, usage: Usage) -> None:
        pass

    def model_state(self, model: str, *, up: bool) -> None:
        pass

    def spent_today(self) -> int:
        return 0

    def spend(self, nano: int) -> None:
        pass
