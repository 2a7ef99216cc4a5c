"""`ivr unhandled`: what callers said in vain, and adding it to the flow after a look."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from ivr import flow_adding, flow_editing, rehearsing
from ivr.config import Config
from ivr.core.interruptions import is_backchannel
from ivr.engines.reader import train_flow
from ivr.records_cli import asked, when
from ivr.review.unhandled import Heap, heaped, heard
from ivr.understanding.redaction import MASK
from ivr.understanding.yes_no import leaning, yes_no

_SHOWN: Final = 3
_STYLES: Final = {"+": "green", "-": "red", "@": "cyan"}
_MOST: Final = 1000
_NEAR: Final = 0.7
"""Share of what understanding asks for from which an addition is proposed: people still look at it."""


def unhandled(out: Console, config: Config, path: Path, since: str, *, as_json: bool) -> None:
    """List what was not understood in calls of the flow at `path`, in heaps, the largest first."""
    flow = rehearsing.open_flow(path)
    since_ms = when(since, datetime.now(UTC)) or 0
    said = asked(config, lambda records: heard(records, flow, since_ms, _MOST))
    with rehearsing.embeddings(flow.language) as kept:
        found = heaped(said, train_flow(flow, kept).classifier, kept)
    if as_json:
        out.print_json(json.dumps([asdict(heap) for heap in found]))
        return
    if not found:
        out.print("Everything that callers said was understood, or nobody has called yet.")
        return
    _tell(out, path, found)


def _tell(out: Console, path: Path, found: Sequence[Heap]) -> None:
    table = Table("times", "said", "at", "nearest", "near", box=None)
    for column in (0, 4):
        table.columns[column].justify = "right"
    for heap in found:
        more = f"\n… {len(heap.said) - _SHOWN} more" if len(heap.said) > _SHOWN else ""
        nearest = f"{heap.nearest.name} ({heap.nearest.kind})" if heap.nearest else ""
        score = f"{min(heap.score / heap.threshold, 1):.0%}" if heap.nearest and heap.threshold > 0 else ""
        shown = escape("\n".join(heap.said[:_SHOWN]) + more)
        table.add_row(str(heap.times), shown, escape(heap.steps[0] if heap.steps else ""), nearest, score)
    out.print(table)
    out.print(
        "\nnear: how close it comes to the nearest meaning; at 100% it is taken for it where a step listens.",
        style="dim",
        highlight=False,
    )
    first = next((heap for heap in found if proposed(heap)), None)
    if first is not None and first.nearest is not None:
        said = first.said[0].replace('"', "'")
        out.print(
            f'\nTo add what belongs:  ivr unhandled add {path} {first.nearest.name} "{said}"',
            highlight=False,
            markup=False,
            soft_wrap=True,
        )


def proposed(heap: Heap) -> bool:
    """Whether a heap may be an example of the nearest meaning.

    Yes, no and "okay" never are: they answer questions, and would mean one thing everywhere.
    """
    said = heap.said[0]
    if heap.nearest is None or MASK in said or heap.score < _NEAR * heap.threshold:
        return False
    return yes_no(said) is None and leaning(said) is None and not is_backchannel(said)


@dataclass(frozen=True, slots=True)
class Review:
    """Who stands for examples, since when."""

    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Addition:
    """Examples for the intent or answer `name`; with a `review` they go to `STEM.answers.yaml`."""

    name: str
    examples: tuple[str, ...]
    review: Review | None = None


def add(out: Console, path: Path, what: Addition, sure: Callable[[str], bool]) -> bool:
    """Add examples to a flow, once somebody has seen the difference. False: nothing was written.

    Raises `ConfigError` or `FlowError`.
    """
    flow_adding.refuse(what.examples)
    before = {path: flow_adding.read(path)}
    after = dict(before)
    if what.review:
        beside = path.with_name(f"{path.stem}.answers.yaml")
        before[beside] = flow_adding.read(beside) if beside.is_file() else ""
        by, on = what.review.by, what.review.on.isoformat()
        after[beside] = flow_editing.with_review(before[beside], what.name, what.examples, by, on)
        after[path] = flow_editing.with_include(before[path], beside.name)
    else:
        after[path] = flow_editing.with_examples(before[path], what.name, what.examples)
    changed = [file for file in after if after[file] != before[file]]
    if not changed:
        out.print("The flow has these examples already.")
        return False
    for file in changed:
        _difference(out, file, before[file], after[file])
    flow_adding.check(path, after)
    if not sure(f"Write {' and '.join(str(file) for file in changed)}?"):
        out.print("Nothing was written.")
        return False
    for file in changed:
        flow_adding.write(file, after[file])
    out.print(f"Written. Look at what it does to the rest: ivr test {path}", highlight=False, markup=False)
    return True


def _difference(out: Console, file: Path, before: str, after: str) -> None:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"{file} now", f"{file} then", lineterm="", n=2
    )
    for line in lines:
        out.print(Text(line, _STYLES.get(line[:1], "")), highlight=False, soft_wrap=True)
