"""Callers who ring a server as the carrier does and keep what went over the line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from bench.rig.compose import Line
from bench.rig.judge import CallHeard, Spoke
from ivr.core.errors import CarrierError
from ivr.edges.carrier import CarrierSettings, Ears, SimulatedCarrier

POLITE_MS: Final = 350
"""How long the agent has to be silent before a caller takes the turn."""
PATIENCE_S: Final = 6.0
"""How long a caller waits for an answer before going on without one."""
RING_S: Final = 20.0
GREETING_S: Final = 8.0


@dataclass(slots=True)
class RigCaller:
    """One caller on the line."""

    carrier: SimulatedCarrier
    heard: CallHeard = field(default_factory=CallHeard)

    async def say(self, line: Line) -> Spoke:
        """Say a line from the next frame on. Raises `CarrierError` when the call ends before."""
        said = await self.carrier.speak(line.audio)
        spoke = Spoke(line, float(said.began_ms))
        self.heard.spoke.append(spoke)
        return spoke

    async def my_turn(self, quiet_ms: float = POLITE_MS) -> bool:
        """Wait until the agent has been silent for a moment. False: the call is over."""
        return await self.carrier.agent_quiet(quiet_ms)

    async def answered(self, spoke: Spoke, patience_s: float = PATIENCE_S) -> bool:
        """Wait for the answer to begin and to end. False: none came in time, or the call is over."""
        begun: float | None = None
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                begun = await self.carrier.agent_speaks(spoke.end_ms)
        return begun is not None and await self.my_turn()

    async def speaking_for(self, ms: float, after_ms: float) -> bool:
        """Wait until the agent is `ms` into a prompt that began after `after_ms`. False: it spoke no more."""
        began: float | None = None
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                began = await self.carrier.agent_speaks(after_ms)
        if began is None:
            return False
        await asyncio.sleep(max(0.0, began + ms - self.carrier.now_ms) / 1000)
        return self.carrier.is_agent_speaking

    async def wait(self, ms: float) -> None:
        """Do nothing for a while."""
        await asyncio.sleep(ms / 1000)

    def press(self, key: str) -> None:
        """Press a key."""
        self.heard.pressed.append(self.carrier.now_ms)
        self.carrier.press(key)


Script = Callable[[RigCaller], Awaitable[None]]


async def call(settings: CarrierSettings, script: Script) -> CallHeard:
    """Ring, let the greeting end, do what the script says, hang up: what was heard.

    A call that breaks ends the script; `CallHeard.broken` says why.
    """
    clears: list[float] = []
    carrier = SimulatedCarrier(settings, Ears(on_clear=clears.append))
    caller = RigCaller(carrier)
    heard = caller.heard
    async with carrier:
        try:
            async with asyncio.timeout(RING_S):
                await carrier.ring()
            with suppress(TimeoutError):  # not every server greets
                async with asyncio.timeout(GREETING_S):
                    await carrier.agent_speaks()
            await caller.my_turn()
            await script(caller)
            if carrier.is_over:
                heard.broken = "the server ended the call before its caller had said all"
            await carrier.hang_up()
        except (CarrierError, TimeoutError) as error:
            heard.broken = str(error) or "nobody answered in time"
        heard.call_id, heard.clears, heard.length_ms = carrier.call_id, clears, carrier.now_ms
        heard.spans, heard.agent = carrier.agent_spans, carrier.agent_audio_since(0)
    return heard
