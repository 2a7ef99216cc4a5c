"""The parts of a run against our own server, each with its callers: what they found goes into `Findings`."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from bench.rig.compose import Line
from bench.rig.findings import ON_ONE_CORE, Findings, LoadRow
from bench.rig.judge import CallHeard, gaps_ms, turns
from bench.rig.library import Library
from bench.rig.scenes import (
    CYCLE_S,
    FOUR_KEY,
    TEN_KEY,
    YES_NO_KEY,
    Disturbed,
    conversation,
    crowd,
    dealt,
    disturbed,
    interrupting,
    steady,
    story_tail,
    wordless,
)
from bench.rig.usage import family, stage, usage
from bench.serving import Server
from ivr.edges.carrier import CarrierSettings

CANONICAL: Final = "canonical answer"
TOGETHER: Final = 10
CROWD: Final = 8
LARGE_CROWD: Final = 14
LOOK_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many of each: utterances, strings, noises, clips, calls."""

    questions: int = 18
    yes_no: int = 14
    at_ten: int = 6
    four: int = 48
    ten: int = 24
    paused: int = 48
    interruptions: int = 60
    noises: int = 200
    clips: int = 100
    hanging: int = 24
    load: tuple[int, ...] = (10, 25)
    load_turns: int = 4

    def times(self, size: float) -> Sizes:
        """The same, `size` times as many."""
        counts = {
            name: max(1, round(getattr(self, name) * size)) for name in self.__slots__ if name != "load"
        }
        return Sizes(load=self.load, **counts)


@dataclass(slots=True)
class Rig:
    """A server to ring, callers' words, and what was found so far. `calls`: for the journal, by kind."""

    server: Server
    library: Library
    sizes: Sizes
    found: Findings
    calls: dict[str, list[CallHeard]] = field(default_factory=dict)

    @property
    def settings(self) -> CarrierSettings:
        """How to ring it."""
        return CarrierSettings(self.server.url)

    def keep(self, kind: str, calls: Sequence[CallHeard], *, as_talk: bool = True) -> None:
        """Take in calls, and remember them for the journal."""
        self.calls.setdefault(kind, []).extend(calls)
        if as_talk:
            self.found.talk(kind, calls)


async def response(rig: Rig) -> None:
    """One call at a time: canonical questions, then yes and no."""
    warm = rig.library.questions(2)
    await conversation(rig.settings, warm)
    rig.keep(CANONICAL, [await conversation(rig.settings, rig.library.questions(rig.sizes.questions))])
    rig.keep("yes/no", [await conversation(rig.settings, rig.library.yes_no(rig.sizes.yes_no), YES_NO_KEY)])


async def ten(rig: Rig) -> None:
    """Ten calls at once ask canonical questions."""
    jobs = [rig.library.questions(rig.sizes.at_ten) for _ in range(TOGETHER)]
    before = usage(rig.server.pid)
    calls = await crowd(TOGETHER, jobs, partial(conversation, rig.settings))
    used = usage(rig.server.pid).since(before)
    minutes = sum(heard.length_ms for heard in calls) / 60_000
    rig.found.cpu_s = {name: cpu / minutes for name, cpu in used.items()}
    rig.keep(f"{CANONICAL}, {TOGETHER} calls", calls)


async def digits(rig: Rig) -> None:
    """Strings of four and ten digits, said with pauses."""
    for key, count, length in ((FOUR_KEY, rig.sizes.four, 4), (TEN_KEY, rig.sizes.ten, 10)):
        jobs = dealt(rig.library.digit_strings(count, length), CROWD)
        rig.keep(f"{length} digits", await crowd(CROWD, jobs, partial(conversation, rig.settings, key=key)))


async def pauses(rig: Rig) -> None:
    """Questions and read sentences with pauses inside."""
    jobs = dealt(rig.library.paused(rig.sizes.paused), CROWD)
    rig.keep("speech with pauses", await crowd(CROWD, jobs, partial(conversation, rig.settings)))


async def interruptions(rig: Rig) -> None:
    """Callers who speak over a long prompt."""
    jobs = dealt(rig.library.barge_ins(rig.sizes.interruptions), CROWD)
    rig.found.interrupted(await crowd(CROWD, jobs, partial(interrupting, rig.settings)))


async def noises(rig: Rig) -> None:
    """Coughs, noises and backchannels over a long prompt."""
    tail = await story_tail(rig.settings)
    into = Disturbed()
    jobs = dealt(rig.library.disturbances(rig.sizes.noises), LARGE_CROWD)
    calls = await crowd(LARGE_CROWD, jobs, lambda job: disturbed(rig.settings, job, tail, into))
    for heard in calls:
        rig.found.call(heard)
    rig.found.disturbances += into.found


async def clips(rig: Rig) -> None:
    """Sounds that nobody said, where a question, a number or a yes is waited for."""
    made = rig.library.clips(rig.sizes.clips)
    for key, part in zip(("", YES_NO_KEY, FOUR_KEY), dealt(made, 3), strict=False):
        calls = await crowd(CROWD, dealt(part, CROWD), partial(wordless, rig.settings, key=key))
        rig.keep("clips", calls, as_talk=False)
        for heard in calls:
            rig.found.call(heard)
            rig.found.clips += len(heard.spoke)
            rig.found.clips_spoken_to += sum(turn.response_ms is not None for turn in turns(heard))


async def hanging(rig: Rig) -> None:
    """Questions while every process of the recogniser stands still, however often it is started anew."""
    stopped: set[int] = set()

    async def hold() -> None:
        while True:
            for pid in family(rig.server.pid):
                with suppress(OSError):
                    if pid not in stopped and stage(pid) == "recogniser":
                        os.kill(pid, signal.SIGSTOP)
                        stopped.add(pid)
            await asyncio.sleep(LOOK_S)

    holding = asyncio.create_task(hold())
    try:
        await asyncio.sleep(2 * LOOK_S)
        jobs = dealt(rig.library.questions(rig.sizes.hanging), CROWD)
        calls = await crowd(CROWD, jobs, partial(conversation, rig.settings))
    finally:
        holding.cancel()
        for pid in stopped:
            with suppress(OSError):
                os.kill(pid, signal.SIGCONT)
    for heard in calls:
        rig.found.hanging_waits += [turn.waited_ms for turn in turns(heard)]


async def load(rig: Rig) -> None:
    """Talking callers, 6 utterances a minute of about 3 s, on a server that was started on one core."""
    for callers in rig.sizes.load:
        said = dealt(rig.library.talk(callers * rig.sizes.load_turns), callers)
        jobs = list(enumerate(said))

        async def talk(job: tuple[int, list[Line]], callers: int = callers) -> CallHeard:
            return await steady(rig.settings, job[1], job[0] * CYCLE_S / callers)

        before = usage(rig.server.pid)
        calls = await crowd(callers, jobs, talk)
        used = usage(rig.server.pid).since(before)
        minutes = sum(heard.length_ms for heard in calls) / 60_000
        rig.found.loads.append(_load_row(callers, calls, {name: cpu / minutes for name, cpu in used.items()}))
        rig.keep(f"{callers} {ON_ONE_CORE}", calls)


def _load_row(callers: int, calls: Sequence[CallHeard], cpu_s: Mapping[str, float]) -> LoadRow:
    all_turns = [turn for heard in calls for turn in turns(heard)]
    return LoadRow(
        callers,
        tuple(turn.response_ms for turn in all_turns if turn.response_ms is not None),
        max((gap for heard in calls for gap in gaps_ms(heard)), default=0.0),
        sum(turn.response_ms is None and not turn.cut_in for turn in all_turns),
        sum(bool(heard.broken) for heard in calls),
        cpu_s,
    )


PARTS: Final[Mapping[str, Callable[[Rig], Awaitable[None]]]] = {
    "response": response,
    "ten": ten,
    "digits": digits,
    "pauses": pauses,
    "interruptions": interruptions,
    "noises": noises,
    "clips": clips,
    "hanging": hanging,
}
"""Those that share one server; `load` has one of its own, on one core."""

NOT_HERE: Final = Path("/proc/self/stat")
"""Where this is missing, processes cannot be looked at: CPU, `hanging` and `load` need Linux."""
