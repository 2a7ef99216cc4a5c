"""Calls whose server stops while their caller is with somebody else, and the server that goes on with them.

The journal gives the state back (`ivr.core.journal.replay`), but for what is sensitive: a call that knows
something sensitive would go on with a mask in its place, so it does not go on. Nor does one with a message
that is not kept yet: its sound was in the memory of the server that stopped.
"""

from __future__ import annotations

from ivr.core.call_state import CallState
from ivr.core.flow.model import Flow


def may_go_on(flow: Flow, state: CallState) -> bool:
    """Whether another server can go on with this call, from what the journal keeps of it."""
    if state.outcome or state.away is None or not state.away.contact or state.away.result:
        return False
    known = state.dialogue.slots
    hidden = any(name in known and slot.sensitive for name, slot in flow.slots.items())
    return not hidden and state.message is None and state.dialogue.draft is None
