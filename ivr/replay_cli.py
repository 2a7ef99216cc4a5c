"""`ivr replay`: past calls through another flow or other models; `ivr test --from-call`: one as a test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any, Final

import orjson
from rich.console import Console

from ivr import rehearsing
from ivr.config import Config
from ivr.core.errors import ConfigError, IvrError
from ivr.core.events import ModelsUsed
from ivr.core.flow.load import decode as decode_text
from ivr.core.flow.load import load_flow
from ivr.core.flow.model import Flow
from ivr.core.journal import decode
from ivr.core.text_caller import Read
from ivr.engines.records.reading import StoredRecords
from ivr.records_cli import opened
from ivr.rehearsal import past_call
from ivr.rehearsal.case_from_call import as_test
from ivr.rehearsal.differences import as_text, differences
from ivr.rehearsal.past_call import PastCall
from ivr.rehearsal.reading import TextReader
from ivr.rehearsal.recorder import added, new_file
from ivr.rehearsal.replaying import Compared, Difference, Sum, add_up, compare
from ivr.rehearse_cli import print_line
from ivr.replay_models import Cost, ModelReader, cost, models
from ivr.review.records import CallFilter, Records

_MOST_SHOWN: Final = 12
_MOST_LINES: Final = 5
_FLOWS: Final[dict[str, Flow]] = {}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls: by id, or the latest `limit` that fit `filters`.

    every   those of other lines, too, when they are run through one flow
    """

    call_ids: Sequence[str]
    filters: CallFilter
    limit: int
    every: bool = False


@dataclass(frozen=True, slots=True)
class Through:
    """What calls are run through.

    flow     a flow's file; `None`: the flow that each call ran on
    models   a table of models that are asked, too; `names`: only these of it
    exact    without the classifier
    """

    flow: Path | None = None
    models: Path | None = None
    names: tuple[str, ...] = ()
    exact: bool = False


@dataclass(frozen=True, slots=True)
class _Past:
    """A call with the flow that it ran on, and what its understanding took of models."""

    call: PastCall
    flow: Flow
    cost: Cost


def replay(out: Console, config: Config, wanted: Wanted, through: Through, *, as_json: bool) -> bool:
    """Run calls through a flow, or models, or both, and tell what would be different. True: nothing.

    Raises `ConfigError` or `FlowProblems`.
    """
    if through.flow is None and through.models is None:
        raise ConfigError("Say what to run the calls through: --flow NEW.yaml, --models TABLE.yaml, or both.")
    other = rehearsing.open_flow(through.flow) if through.flow else None
    others = ""
    if other and not wanted.every and not wanted.call_ids:
        others = _others(config, wanted, other.name)
        wanted = replace(wanted, filters=replace(wanted.filters, flow=other.name))
    calls, broken = _calls(config, wanted)
    if not calls:
        raise ConfigError(
            f"No call fits that, so there is nothing to replay. `ivr calls` lists them. {others}".strip()
        )
    compared: list[Compared] = []
    costs: list[Cost] = []
    with ExitStack() as stack:
        readers = _Readers(stack, config, through)
        for past in calls:
            flow = other or past.flow
            read, bill = readers.of(flow)
            compared.append(compare(past.call, past_call.rerun(flow, past.call, read)))
            costs.append(bill())
    same = not any(one.differences for one in compared)
    if as_json:
        for past, one, took in zip(calls, compared, costs, strict=True):
            out.file.write(orjson.dumps(_as_json(past, one, took, through)).decode() + "\n")
        return same
    for past, one, took in zip(calls, compared, costs, strict=True):
        _tell(out, one)
        if through.models:
            print_line(out, f"  models: {past.cost.told} -> {took.told}")
    for problem in broken:
        print_line(out, problem, "yellow")
    if others:
        print_line(out, others, "yellow")
    _tell_sum(out, add_up(compared))
    if through.models:
        _tell_cost(out, [past.cost for past in calls], costs)
    return same


class _Readers:
    """The understanding of each flow, made once."""

    def __init__(self, stack: ExitStack, config: Config, through: Through) -> None:
        self._stack = stack
        self._exact = through.exact
        self._made: dict[str, tuple[Read, Callable[[], Cost]]] = {}
        self._with_models: Callable[[TextReader], ModelReader] | None = None
        if through.models:
            self._with_models = stack.enter_context(models(config, through.models, through.names))

    def of(self, flow: Flow) -> tuple[Read, Callable[[], Cost]]:
        """What reads the words of a flow, and what gives the bill of that."""
        if flow.digest not in self._made:
            reader = self._stack.enter_context(rehearsing.reader(flow, exact=self._exact))
            if self._with_models:
                asking = self._with_models(reader)
                self._made[flow.digest] = (asking, asking.bill)
            else:
                self._made[flow.digest] = (reader, Cost)
        return self._made[flow.digest]


def _as_json(past: _Past, one: Compared, took: Cost, through: Through) -> dict[str, Any]:
    line: dict[str, Any] = {
        "call_id": one.call_id,
        "differences": [asdict(difference) for difference in one.differences],
    }
    return line | ({"models": {"was": asdict(past.cost), "would_be": asdict(took)}} if through.models else {})


def save_as_test(  # noqa: PLR0913 -- options of a command
    out: Console, config: Config, path: Path, call_id: str, file: Path | None, *, exact: bool
) -> None:
    """Write a call as a test of the flow at `path`. Raises `ConfigError` or `FlowProblems`."""
    flow = rehearsing.open_flow(path)
    calls, broken = _calls(config, Wanted([call_id], CallFilter(), 1))
    if broken:
        raise ConfigError(broken[0])
    target = file or rehearsing.first_case_file(path)
    with rehearsing.reader(flow, exact=exact) as read:
        name, masked = _write(target, flow, path, calls[0].call, read)
    print_line(out, f"Saved as '{name}' in {target}. Run it: ivr test {path}", "bold")
    if masked:
        print_line(
            out,
            "What the caller gave for sensitive slots is not kept: stand-ins are in its place. Look at them.",
            "yellow",
        )


def _write(target: Path, flow: Flow, path: Path, call: PastCall, read: Read) -> tuple[str, bool]:
    try:
        text = decode_text(target.read_bytes(), str(target)) if target.exists() else ""
        names = text.count(f"test_case: Call {call.started.call_id}")
        name = f"Call {call.started.call_id}" + (f" {names + 1}" if names else "")
        case, masked = as_test(flow, call, read, name)
        named = path.name if target.name.partition(".")[0] != path.stem else ""
        longer = added(text, case, str(target)) if text.strip() else new_file(case, named)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(longer, "utf-8")
    except OSError as error:
        raise ConfigError(f"{target} cannot be written: {error.strerror or error}.") from error
    return name, masked


def _calls(config: Config, wanted: Wanted) -> tuple[list[_Past], list[str]]:
    """Past calls, oldest first, and what is wrong with those that cannot be read."""
    with opened(config) as database:
        return asyncio.run(_read(StoredRecords(database), wanted))


def _others(config: Config, wanted: Wanted, line: str) -> str:
    """How many of the latest calls are those of other lines, and how to take them; "" for none."""
    with opened(config) as database:
        rows = asyncio.run(StoredRecords(database).calls(wanted.filters, limit=wanted.limit))
    names = [row.flow_name for row in rows if row.outcome and row.flow_name != line]
    if not names:
        return ""
    counted = "1 call" if len(names) == 1 else f"{len(names)} calls"
    lines = ", ".join(sorted(set(names))[:_MOST_LINES])
    return f"Left out: {counted} of other lines than {line} ({lines}). `--all` takes them."


async def _read(records: Records, wanted: Wanted) -> tuple[list[_Past], list[str]]:
    names = list(wanted.call_ids)
    if not names:
        rows = await records.calls(wanted.filters, limit=wanted.limit)
        names = [row.call_id for row in reversed(rows) if row.outcome]
    calls: list[_Past] = []
    broken: list[str] = []
    for name in names:
        whole = await records.call(name)
        if whole is None:
            raise ConfigError(f"There is no call {name}. `ivr calls` lists the latest.")
        if not whole.row.outcome:
            raise ConfigError(f"The call {whole.row.call_id} is still going on. Replay it when it has ended.")
        events = await records.events(whole.row.call_id, limit=10**9)
        try:
            flow = _flow(whole.row.flow_digest, whole.flow_source, whole.row.flow_name)
            happened = [(row.at_ms, decode(row.event)) for row in events]
            used = (one for _, event in happened if isinstance(event, ModelsUsed) for one in event.used)
            calls.append(_Past(past_call.read(flow, happened), flow, cost(used)))
        except IvrError as error:
            broken.append(f"{whole.row.call_id} cannot be replayed: {error}")
    return calls, broken


def _flow(digest: str, source: str, name: str) -> Flow:
    if digest not in _FLOWS:
        _FLOWS[digest] = load_flow(source, name)
    return _FLOWS[digest]


def _tell(out: Console, one: Compared) -> None:
    if not one.differences:
        print_line(out, f"{one.call_id}: the same ({one.was.outcome})", "green")
        return
    print_line(out, f"{one.call_id}: {len(one.differences)} differences", "bold")
    for difference in one.differences[:_MOST_SHOWN]:
        print_line(out, f"  {told(difference)}")
    if len(one.differences) > _MOST_SHOWN:
        print_line(out, f"  and {len(one.differences) - _MOST_SHOWN} more (--json has them all)", "dim")


def told(difference: Difference) -> str:
    """A difference in one line."""
    was, now, at = difference.was, difference.would_be, difference.at
    match difference.what:
        case "outcome":
            return f"outcome: {was} -> {now}"
        case "path":
            return f"path: {was or 'nothing'} -> {now or 'nothing'}"
        case "slot":
            return f"slot {at}: {was} -> {now}"
        case "understood":
            return f"{at} was taken for {was}, would be {now}"
        case "said":
            return f"{at} is answered: {as_text(differences(was, now))}"
        case "fault":
            return f"the flow fails: {now}"
        case "unused":
            return f"move {at}, {was or now}: {'the call would be over before it' if was else 'is new'}"


def _tell_sum(out: Console, total: Sum) -> None:
    calls = "1 call" if total.calls == 1 else f"{total.calls} calls"
    same = total.calls - total.changed
    print_line(out, f"{calls}: {same} the same, {total.changed} different.", "bold")
    for what, (was, now) in (
        ("reached an end that the flow means", total.reached),
        ("turns not understood, or silent", total.reprompts),
    ):
        print_line(out, f"  {what}: {was} -> {now}")
    for (before, after), count in total.outcomes.items():
        if before != after:
            print_line(out, f"  {before} -> {after}: {count}")


def _tell_cost(out: Console, was: Sequence[Cost], would_be: Sequence[Cost]) -> None:
    before, after = reduce(Cost.plus, was, Cost()), reduce(Cost.plus, would_be, Cost())
    print_line(out, f"  models asked what words mean: {before.told} -> {after.told}")
    if after.vain:
        counted = "1 request" if after.vain == 1 else f"{after.vain} requests"
        note = "brought nothing usable, so the classifier or the repair took over"
        print_line(out, f"  {counted} {note}. `ivr models check` tells what is wrong.", "yellow")
