"""How a call feels: response, cut-ins, interruptions, silence, gaps and cost, with composed callers.

    python -m bench turns
    python -m bench.turns [--size 0.2] [--only response,digits] [--without compare] [--out FOLDER]
    python -m bench.turns --url wss://HOST/PATH       another Twilio media-stream server, or
    python -m bench.turns --url https://HOST/WEBHOOK  its voice webhook; --pid for its CPU and memory

A server is started as `ivr serve` and rung over the real webhooks and sockets. Callers are composed of
recordings of people (--speech) and the voice, with pauses inside utterances and numbers; where speech
begins and ends is known from the composition. All is judged from what went over the line; the server's
journal is asked only what it understood. docs/measuring.md tells every scene and figure.

The report is a table, and FOLDER/turns.md and turns.svg.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is imported

import uvloop
from rich.console import Console

from bench.figures import Figure, markdown, table
from bench.rig import comparison, journal, parts
from bench.rig.findings import Compared, Findings, figures
from bench.rig.library import Library, render
from bench.rig.picture import picture
from bench.serving import serving
from bench.speech_set import DEFAULT_SPEECH
from ivr.core.flow.prompts import fixed_sentences
from ivr.flow_files import load_flow_file

FLOW = Path(__file__).resolve().parent / "flows" / "turns.yaml"
OUT = Path("turns-report")
ALL = (*parts.PARTS, "load", "compare")
SEED = 1
SETTLE_S = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure, how much of it, and where the report goes."""

    speech: Path = DEFAULT_SPEECH
    chosen: tuple[str, ...] = ALL
    size: float = 1.0
    load: tuple[int, ...] = (10, 25)
    out: Path = OUT


def cache_folder() -> Path:
    """Where rendered words and the other server's environment are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ivr" / "bench"


async def measure(plan: Plan) -> tuple[Findings, list[Compared]]:
    """Everything that is planned."""
    found = Findings()
    cache = cache_folder()
    flows = [load_flow_file(path)[0] for path in (FLOW, comparison.FLOW)]
    sentences = [text for flow in flows for text in fixed_sentences(flow)]
    library = await render(plan.speech, cache, SEED, sentences)
    found.people = bool(library.people)
    sizes = replace(parts.Sizes().times(plan.size), load=plan.load)
    chosen = _possible(plan.chosen)
    shared = [name for name in parts.PARTS if name in chosen]
    if shared:
        await _at_one_server(shared, (), library, sizes, found)
    if "load" in chosen:
        with _others_on(plan_cores := sorted(os.sched_getaffinity(0))):
            await _at_one_server(["load"], plan_cores[:1], library, sizes, found)
    compared: list[Compared] = []
    if "compare" in chosen:
        each = max(2, round(comparison.TURNS * plan.size))
        with tempfile.TemporaryDirectory() as folder:
            async with serving(comparison.FLOW, Path(folder), cache) as server:
                await asyncio.sleep(SETTLE_S)
                compared = await comparison.compare(library, cache, server, each)
    return found, compared


async def _at_one_server(
    names: Sequence[str], cores: Sequence[int], library: Library, sizes: parts.Sizes, found: Findings
) -> None:
    """Some parts at a server of their own; then its journal."""
    with tempfile.TemporaryDirectory() as folder:
        async with serving(FLOW, Path(folder), cache_folder(), cores) as server:
            await asyncio.sleep(SETTLE_S)  # the prompts that are not needed at once come from the disk
            rig = parts.Rig(server, library, sizes, found)
            for name in names:
                began = time.monotonic()
                await (parts.PARTS.get(name) or parts.load)(rig)
                print(f"  {name}: {time.monotonic() - began:.0f} s", flush=True)
        await _understood(rig, Path(folder))


async def _understood(rig: parts.Rig, folder: Path) -> None:
    """What the server took callers for."""
    for kind, calls in rig.calls.items():
        understood = await journal.meanings(folder, [heard.call_id for heard in calls])
        for heard in calls:
            told = understood[heard.call_id]
            if kind == "clips":
                rig.found.acted_on += [str(meaning) for meaning in journal.acted_on(told)]
                continue
            right, total = journal.as_expected(heard, told)
            before = rig.found.right.get(kind, (0, 0))
            rig.found.right[kind] = (before[0] + right, before[1] + total)


def _possible(chosen: Sequence[str]) -> list[str]:
    """Without what this system cannot measure."""
    if parts.NOT_HERE.exists():
        return list(chosen)
    left = [name for name in ("hanging", "load", "ten", "compare") if name in chosen]
    if left:
        print(f"Not on this system, for want of /proc: {', '.join(left)}.")
    return [name for name in chosen if name not in left]


@contextmanager
def _others_on(cores: Sequence[int]) -> Iterator[None]:
    """Keep ourselves, the callers, off the first core, if there is another."""
    if len(cores) > 1:
        os.sched_setaffinity(0, cores[1:])
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def run(speech: Path = DEFAULT_SPEECH, plan: Plan | None = None) -> list[Figure]:
    """Every figure; prints details and writes the report."""
    plan = plan or Plan(speech)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found, compared = runner.run(measure(plan))
    made = figures(found)
    _details(found, compared)
    plan.out.mkdir(parents=True, exist_ok=True)
    told = [note(found), markdown("Turn-taking", made)]
    if compared:
        told.append(comparison.comparison_markdown(compared))
    (plan.out / "turns.md").write_text("\n\n".join(told) + "\n", encoding="utf-8")
    (plan.out / "turns.svg").write_text(picture(found, compared), encoding="utf-8")
    print(f"The report: {plan.out / 'turns.md'}, {plan.out / 'turns.svg'}")
    return made


def note(found: Findings) -> str:
    """Who the callers were, and how busy the machine was."""
    who = (
        "Callers: recordings of people, and the voice for what they do not say (questions, yes and no)."
        if found.people
        else "Callers: the voice alone, since there are no recordings of people here (--speech)."
    )
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    return f"{who} {os.cpu_count()} cores; load average at the end {load}."


def _details(found: Findings, compared: Sequence[Compared]) -> None:
    """What went wrong, and the comparison."""
    print(note(found))
    for title, lines in (
        ("cut in", found.cut),
        ("acted on a clip without speech", found.acted_on),
        ("interruption missed", found.missed),
        ("prompt lost to a noise", [one.spoke.line.text for one in found.disturbances if one.lost]),
        ("gap", found.long_gaps),
        ("call broke", found.broken),
    ):
        for line in lines[:20]:
            print(f"{title}: {line}")
    if compared:
        Console(file=sys.stdout, width=max(Console().width, 170)).print(comparison.comparison_table(compared))


def _one_url(plan: Plan, url: str, pid: int | None) -> None:
    """Another server alone."""

    async def ring() -> Compared:
        library = await render(plan.speech, cache_folder(), SEED)
        return await comparison.compare_url(library, url, pid, max(2, round(comparison.TURNS * plan.size)))

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        row = runner.run(ring())
    Console(width=max(Console().width, 170)).print(comparison.comparison_table([row]))
    plan.out.mkdir(parents=True, exist_ok=True)
    (plan.out / "turns.md").write_text(comparison.comparison_markdown([row]) + "\n", encoding="utf-8")
    (plan.out / "turns.svg").write_text(picture(Findings(), [row]), encoding="utf-8")


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in ALL]
    if unknown:
        raise argparse.ArgumentTypeError(f"there is no part {unknown[0]!r}; there are {', '.join(ALL)}")
    return names


def _counts(text: str) -> tuple[int, ...]:
    return tuple(int(count) for count in text.split(","))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--speech", type=Path, default=DEFAULT_SPEECH, help="recordings: transcript.tsv, ulaw8k/"
    )
    parser.add_argument("--only", type=_names, default=ALL, help=f"parts: {', '.join(ALL)}")
    parser.add_argument("--without", type=_names, default=(), help="parts to leave out")
    parser.add_argument("--size", type=float, default=1.0, help="how much of everything, against the default")
    parser.add_argument("--load", type=_counts, default=(10, 25), help="talking callers on one core: 10,25")
    parser.add_argument("--out", type=Path, default=OUT, help="folder of the report")
    parser.add_argument("--url", help="another server: ws(s)://, or http(s):// of its voice webhook")
    parser.add_argument("--pid", type=int, help="with --url: its process, for CPU and memory")
    chosen = parser.parse_args()
    names = tuple(name for name in chosen.only if name not in chosen.without)
    plan = Plan(chosen.speech, names, chosen.size, chosen.load, chosen.out)
    if chosen.url:
        _one_url(plan, chosen.url, chosen.pid)
        return
    Console().print(table("Turn-taking", run(plan=plan)))


if __name__ == "__main__":
    main()
