"""What callers do, scene by scene. A scene rings one call and gives what was heard of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final, TypeVar

from bench.rig.caller import RigCaller, call
from bench.rig.compose import BYTES_PER_MS, Line
from bench.rig.judge import CallHeard, Disturbance, disturbance, tail_of
from ivr.edges.carrier import CarrierSettings

YES_NO_KEY, FOUR_KEY, STORY_KEY, TEN_KEY = "1", "2", "3", "4"  # of flows/turns.yaml
TAIL_MS: Final = 600
INTERRUPT_MS: Final = (1100.0, 4500.0)
"""How far into a prompt callers interrupt it: its first second takes more to stop, by design."""
STORY_S: Final = 25.0
DONE_MS: Final = 1800
"""An agent that has been silent for so long has said all it meant to."""
CLIP_PATIENCE_MS: Final = 2500
CYCLE_S: Final = 10.0  # 6 utterances a minute

T = TypeVar("T")


async def crowd(count: int, jobs: Sequence[T], work: Callable[[T], Awaitable[CallHeard]]) -> list[CallHeard]:
    """Do every job, `count` at a time, begun a little apart."""
    waiting = list(enumerate(jobs))
    done: dict[int, CallHeard] = {}

    async def one(place: int) -> None:
        await asyncio.sleep(0.37 * place)
        while waiting:
            number, job = waiting.pop(0)
            done[number] = await work(job)

    await asyncio.gather(*(one(place) for place in range(min(count, len(jobs)))))
    return [done[number] for number in range(len(jobs))]


def dealt(items: Sequence[T], calls: int) -> list[list[T]]:
    """Items for so many calls, as even as can be; no call without any."""
    return [list(items[at::calls]) for at in range(min(calls, len(items)))]


async def conversation(settings: CarrierSettings, said: Sequence[Line], key: str = "") -> CallHeard:
    """Wait for one's turn, say a line, wait for the answer; and again."""
    chance = Random(len(said))

    async def script(caller: RigCaller) -> None:
        await _choose(caller, key)
        for line in said:
            if not await caller.my_turn():
                return
            await caller.wait(chance.uniform(0, 400))
            await caller.answered(await caller.say(line))

    return await call(settings, script)


async def steady(
    settings: CarrierSettings, said: Sequence[Line], offset_s: float, cycle_s: float = CYCLE_S
) -> CallHeard:
    """A line every `cycle_s`, or as soon as the agent is silent: the load of a talking caller."""

    async def script(caller: RigCaller) -> None:
        began_ms = caller.carrier.now_ms + offset_s * 1000
        for number, line in enumerate(said):
            await caller.wait(max(0.0, began_ms + number * cycle_s * 1000 - caller.carrier.now_ms))
            if not await caller.my_turn():
                return
            await caller.say(line)
        await caller.wait(cycle_s * 1000 - len(said[-1].audio) / BYTES_PER_MS)

    return await call(settings, script)


async def interrupting(settings: CarrierSettings, said: Sequence[Line], key: str = STORY_KEY) -> CallHeard:
    """Interrupt a long prompt with each line."""
    chance = Random(len(said))

    async def script(caller: RigCaller) -> None:
        for line in said:
            pressed_ms = caller.carrier.now_ms
            caller.press(key)
            if await caller.speaking_for(chance.uniform(*INTERRUPT_MS), pressed_ms):
                await caller.answered(await caller.say(line))
            await caller.my_turn(DONE_MS)

    return await call(settings, script)


@dataclass(slots=True)
class Disturbed:
    """What noises did to prompts, beside what was heard."""

    found: list[Disturbance] = field(default_factory=list)


async def story_tail(settings: CarrierSettings) -> bytes:
    """The last sound of the story, heard in a call that nobody disturbs."""
    tails: list[bytes] = []

    async def script(caller: RigCaller) -> None:
        began_ms = caller.carrier.now_ms
        caller.press(STORY_KEY)
        await caller.speaking_for(500, began_ms)
        await caller.my_turn(DONE_MS)
        tails.append(tail_of(caller.carrier.agent_audio_since(began_ms), TAIL_MS))

    heard = await call(settings, script)
    if not tails or not tails[0]:
        raise SystemExit(f"the server told no story: {heard.broken or 'nothing was heard'}.")
    return tails[0]


async def disturbed(
    settings: CarrierSettings, noises: Sequence[Line], tail: bytes, into: Disturbed
) -> CallHeard:
    """Hear the story once with each noise, and tell whether its end was heard."""
    chance = Random(noises[0].text)
    marks: list[tuple[int, float]] = []

    async def script(caller: RigCaller) -> None:
        for noise in noises:
            pressed_ms = caller.carrier.now_ms
            caller.press(STORY_KEY)
            if not await caller.speaking_for(chance.uniform(500, 5500), pressed_ms):
                await caller.my_turn(DONE_MS)
                continue
            await caller.say(noise)
            try:
                async with asyncio.timeout(STORY_S):
                    await caller.my_turn(DONE_MS)
            finally:
                marks.append((len(caller.heard.spoke) - 1, caller.carrier.now_ms))

    heard = await call(settings, script)
    into.found += [disturbance(heard, heard.spoke[at], tail, until) for at, until in marks]
    return heard


async def wordless(settings: CarrierSettings, clips: Sequence[Line], key: str) -> CallHeard:
    """Play clips without speech where a question waits for an answer."""

    async def script(caller: RigCaller) -> None:
        await _choose(caller, key)
        for clip in clips:
            if not await caller.my_turn():
                return
            await caller.say(clip)
            await caller.wait(CLIP_PATIENCE_MS)

    return await call(settings, script)


async def comparing(settings: CarrierSettings, said: Sequence[Line], over: Sequence[Line]) -> CallHeard:
    """Talk; interrupt every second answer. Needs nothing of a server but that it answers at length."""
    chance = Random(len(said))

    async def script(caller: RigCaller) -> None:
        for number, line in enumerate(said):
            await caller.my_turn()
            spoke = await caller.say(line)
            if number % 2 and await caller.speaking_for(chance.uniform(700, 1500), spoke.end_ms):
                spoke = await caller.say(over[number % len(over)])
            await caller.answered(spoke)

    return await call(settings, script)


async def _choose(caller: RigCaller, key: str) -> None:
    """Press a key and let what it leads to be said."""
    if key:
        pressed_ms = caller.carrier.now_ms
        caller.press(key)
        await caller.speaking_for(0, pressed_ms)
        await caller.my_turn()
