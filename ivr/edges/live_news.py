"""What a page is told of a call that goes on: what is new since it was told last."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

from ivr.core.call import Line
from ivr.edges.live import LiveCall, LiveCalls
from ivr.edges.server_events import KEEP_ALIVE_S

WAIT_S: Final = 10.0
"""How long a call may take to begin after somebody has asked for its news."""


async def call_news(
    live: LiveCalls, call_id: str, wait_s: float = WAIT_S
) -> AsyncIterator[dict[str, Any] | None]:
    """News of one call until it is over; `None` now and then while nothing happens.

    step      the step that waits or was run last; `path`: the steps run since the last news
    lines     new lines of the transcript; `saying`: what is being said now, "" for nothing
    slots     all slots, sensitive ones hidden; `phase`: whose turn it is
    at_ms     since the call began; `outcome`: "" while it goes on
    """
    with live.watch(call_id) as news:
        if call_id not in live.calls and not await _within(news, wait_s):
            return
        call = live.calls.get(call_id)
        if call is None:
            return
        lines = steps = 0
        last: dict[str, Any] = {}
        while True:
            news.clear()
            state = call.state
            fresh = _look(call)
            if fresh != last or len(state.transcript) > lines or len(state.path) > steps:
                yield {
                    **fresh,
                    "at_ms": call.at_ms,
                    "lines": [line(x) for x in state.transcript[lines:]],
                    "path": list(state.path[steps:]),
                }
                last, lines, steps = fresh, len(state.transcript), len(state.path)
            if state.outcome:
                return
            if not await _within(news, KEEP_ALIVE_S):
                yield None


def line(spoken: Line) -> dict[str, Any]:
    """A line of a transcript as a page reads it."""
    return {"who": spoken.who, "text": spoken.text, "at_ms": spoken.at_ms, "cut": spoken.cut}


def _look(call: LiveCall) -> dict[str, Any]:
    state = call.state
    return {
        "step": call.step,
        "phase": str(state.turns.phase),
        "saying": call.saying,
        "slots": call.slots,
        "outcome": state.outcome,
    }


async def _within(news: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await news.wait()
    except TimeoutError:
        return False
    return True
