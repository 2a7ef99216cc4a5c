"""Going on with calls that another server left while their caller was with somebody else."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from ivr.call.equipment import LoadedFlow, Past
from ivr.call.lines import IncomingCall, Transfer
from ivr.core.commands import Command, TransferCall
from ivr.core.errors import IvrError
from ivr.core.flow.load import load_flow
from ivr.core.flow.model import Flow
from ivr.core.journal import replay
from ivr.core.resuming import may_go_on
from ivr.engines.records.deriving import LOST
from ivr.engines.records.left import LeftCall
from ivr.engines.records.store import RecordStore

Load = Callable[[Flow, str], Awaitable[LoadedFlow]]
"""Makes a flow, with its text, ready to take calls. Raises `FlowProblems` or `EngineError`."""

_log = structlog.get_logger("ivr")


@dataclass(frozen=True, slots=True)
class TakenUp:
    """A call that goes on here: its flow, what was before, and to whom it was handed."""

    call: IncomingCall
    loaded: LoadedFlow
    past: Past
    began_ms: int
    transfer: Transfer | None


async def taken_up(store: RecordStore, served: LoadedFlow, load: Load) -> list[TakenUp]:
    """The calls that go on with this server. The others are recorded as lost."""
    found: list[TakenUp] = []
    for left in await store.left():
        try:
            taken = await _taken_up(left, served, load)
        except IvrError as error:
            _log.warning("a call that was left cannot go on", call_id=left.call_id, error=str(error))
            taken = None
        if taken is None:
            last_ms = left.events[-1][0] if left.events else 0
            store.journal.end(left.call_id, LOST, (), left.began_ms + last_ms)
        else:
            found.append(taken)
    return found


async def _taken_up(left: LeftCall, served: LoadedFlow, load: Load) -> TakenUp | None:
    same = left.flow_digest == served.flow.digest
    flow = served.flow if same else load_flow(left.source, left.flow_name)
    state, commands = replay(flow, left.events)
    if not may_go_on(flow, state):
        return None
    loaded = served if same else await load(flow, left.source)
    at_ms = left.events[-1][0]
    past = Past(state, len(left.events), at_ms, max(at_ms, int(time.time() * 1000) - left.began_ms))
    call = IncomingCall(left.call_id, left.caller, left.called, resumes=True)
    return TakenUp(call, loaded, past, left.began_ms, _transfer(flow, commands))


def _transfer(flow: Flow, commands: list[tuple[Command, ...]]) -> Transfer | None:
    """To whom the caller was handed last: the carrier may ask what to tell them."""
    orders = [order for each in commands for order in each if isinstance(order, TransferCall)]
    if not orders:
        return None
    last = orders[-1]
    return Transfer(flow.contacts[last.contact], last.whisper, last.timeout_ms, flow.language)
