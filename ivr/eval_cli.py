"""`ivr eval`: how well a flow is understood by the local classifier and by models, side by side."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ivr import rehearsing
from ivr.config import Config
from ivr.core.errors import ConfigError
from ivr.core.flow.model import Flow
from ivr.engines.candidates import LocalCandidate, ModelCandidate
from ivr.engines.reader import train_flow
from ivr.records_cli import asked, when
from ivr.review.evaluation import (
    NOTHING,
    STRANGERS,
    Candidate,
    Labelled,
    Score,
    evaluate,
    held_back,
    to_add,
    weak,
)
from ivr.review.records import CallFilter, Records
from ivr.understanding.confusable import Confusable, confusable
from ivr.understanding.examples import examples_of
from ivr.understanding.models import table as model_table
from ivr.understanding.models.prices import dollars
from ivr.understanding.redaction import redacted

_MOST_CALLS: Final = 200
_MOST_LINES: Final = 15


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be measured.

    folds    in how many parts examples are held back
    since    saved turns not before this; "" for none
    as_json  JSON instead of tables
    table    the table of models that `models` are rows of
    prompts  files whose text is added to what models are told; each makes another candidate of each model
    """

    folds: int = 5
    since: str = ""
    as_json: bool = False
    table: Path | None = None
    models: tuple[str, ...] = ()
    prompts: tuple[Path, ...] = ()


def run(out: Console, config: Config, path: Path, what: Asked) -> None:
    """Measure and tell. Raises `ConfigError`, `FlowProblems` or `EngineError`."""
    flow = rehearsing.open_flow(path)
    flows, labelled = held_back(flow, what.folds)
    labelled += from_tests(path, flow)
    labelled += [Labelled(text, NOTHING, "strangers") for text in STRANGERS]
    if what.since:
        since_ms = when(what.since, datetime.now(UTC)) or 0
        labelled += asked(config, lambda records: _saved(records, flow, since_ms))
    if not labelled or not (flow.intents or flow.answers):
        raise ConfigError(f"{path} has no intents and no answers, so there is nothing to measure.")
    with rehearsing.embeddings(flow.language) as kept:
        models = [train_flow(one, kept) for one in flows]
        others = _candidates(what)

        async def measure() -> list[Score]:
            candidates: list[Candidate] = [LocalCandidate(kept), *others]
            return [await evaluate(candidate, models, labelled) for candidate in candidates]

        scores = asyncio.run(measure())
    classifier = models[0].classifier
    near = confusable(examples_of(flow), classifier.examples) if classifier else ()
    if what.as_json:
        out.print_json(json.dumps(_as_json(flow, labelled, scores, near)))
        return
    _tell(out, labelled, scores, near)


def from_tests(path: Path, flow: Flow) -> list[Labelled]:
    """What callers say in the flow's tests, where the test says what it is taken for."""
    names = {*flow.intents, *flow.answers}
    found: dict[str, Labelled] = {}
    for file in rehearsing.case_files(path, flow):
        for move in (move for case in file.cases for move in case.moves):
            for check in move.checks:
                if check.subject == "understood" and move.words and check.want in (*names, "nothing"):
                    label = NOTHING if check.want == "nothing" else str(check.want)
                    found[move.words] = Labelled(move.words, label, "tests")
    return list(found.values())


async def _saved(records: Records, flow: Flow, since_ms: int) -> list[Labelled]:
    """Turns of calls, with what they were taken for then. A change of it is a change to look at."""
    names = {*flow.intents, *flow.answers}
    found: dict[str, Labelled] = {}
    for row in await records.calls(CallFilter(since_ms=since_ms, flow=flow.name), limit=_MOST_CALLS):
        call = await records.call(row.call_id)
        for turn in call.turns if call else ():
            if turn.meaning in ("intent", "answer") and turn.name in names and "•" not in turn.words:
                words = redacted(turn.words)
                found[words] = Labelled(words, turn.name, "saved turns")
    return list(found.values())


def _candidates(what: Asked) -> list[Candidate]:
    if not what.models:
        return []
    if what.table is None:
        raise ConfigError("Name the table that the models stand in: --table models.yaml")
    try:
        rows = model_table.load_table(what.table.read_text(encoding="utf-8-sig"), str(what.table)).models
        prompts = [("", ""), *((file.stem, file.read_text(encoding="utf-8")) for file in what.prompts)]
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{error}. Name files that can be read.") from error
    from ivr.engines.chat import OpenAIChat  # noqa: PLC0415 -- a second to import, and only needed for models

    made: list[Candidate] = []
    for name in what.models:
        if name not in rows:
            raise ConfigError(f"{what.table} has no model '{name}'; it has {', '.join(rows)}.")
        row = rows[name]
        key = os.environ.get(row.key, "") if row.key else ""
        if row.key and not key:
            raise ConfigError(f"The key of '{name}' is not set. Put it into {row.key}.")
        for label, prompt in prompts:
            full = f"{name} + {label}" if label else name
            made.append(ModelCandidate(full, OpenAIChat(row, key), row.prices, prompt))
    return made


def _as_json(
    flow: Flow, labelled: Sequence[Labelled], scores: Sequence[Score], near: Sequence[Confusable]
) -> dict[str, object]:
    return {
        "flow": flow.name,
        "digest": flow.digest,
        "sentences": len(labelled),
        "candidates": [{**asdict(found), "add": to_add(found), "weak": weak(found)} for found in scores],
        "confusable": [asdict(pair) for pair in near],
    }


def _tell(
    out: Console, labelled: Sequence[Labelled], scores: Sequence[Score], near: Sequence[Confusable]
) -> None:
    sources = [source for source in dict.fromkeys(one.source for one in labelled) if source != "strangers"]
    counts = {source: sum(one.source == source for one in labelled) for source in sources}
    table = Table("", *(f"{s} ({counts[s]})" for s in sources), "refused", "median", "p95", "cost", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for found in scores:
        table.add_row(
            escape(found.name),
            *(f"{100 * found.right[source]:.1f} %" for source in sources),
            f"{100 * found.refused:.0f} %" if found.refused is not None else "",
            f"{found.median_ms:.1f} ms",
            f"{found.p95_ms:.1f} ms",
            "$0" if found.nano == 0 else dollars(found.nano),
        )
    out.print(table)
    out.print("'refused': share of what means nothing here that was not understood, as it should be.\n")
    for found in scores:
        _tell_mistakes(out, found)
    for pair in near[:_MOST_LINES]:
        first, second = (label.name for label in pair.labels)
        said = f"'{pair.examples[0]}' and '{pair.examples[1]}' ({pair.cosine:.2f})"
        _line(out, f"  easily mixed up: {first} and {second}: {said}", "yellow")


def _tell_mistakes(out: Console, found: Score) -> None:
    if found.failures:
        _line(out, f"{found.name}: {found.failures} times without a usable answer", "red")
    for want, got, count in found.confusions[:_MOST_LINES]:
        _line(out, f"  {found.name}: {want or 'nothing'} taken for {got}, {count} times")
    for label, lost in weak(found)[:_MOST_LINES]:
        _line(out, f"  {found.name}: {label} loses {lost} of its held-back examples: add more, unlike these")
    for label, text in to_add(found)[:_MOST_LINES]:
        _line(out, f"  {found.name}: add to {label}: {text}", "green")


def _line(out: Console, text: str, style: str = "") -> None:
    out.print(text, style=style, highlight=False, markup=False, soft_wrap=True)
