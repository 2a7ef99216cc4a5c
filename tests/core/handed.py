"""Calls whose caller has been handed over, or is about to leave a message."""

from __future__ import annotations

from ivr.core.commands import TransferCall
from tests.core.talk import Talk, flow_of

BRANCHES = """
- transfer:
    contact: desk
    say: One moment.
    whisper: "A caller, {age} years old."
    timeout: 20s
    on_busy: {say: They are on the telephone.}
    on_no_answer: {say: Nobody is there.}
    on_failed: {say: The line is down.}
    on_refused: {say: They cannot talk now.}
- hangup: Bye.
"""

VOICEMAIL = """
- voicemail:
    say: [Leave a message., "Again, please."]
    mailbox: sales
    max_length: 20s
    end_silence: 2s
    on_empty: {say: You said nothing.}
- hangup: Bye.
"""


class Handed(Talk):
    """A call in which the test says what becomes of a transfer."""

    def _transfer(self, contact: str, *, warm: bool) -> None:
        pass


def handed(steps: str = BRANCHES, more: str = "", **slots: int) -> Talk:
    """A call that has just been handed over."""
    talk = Handed(flow_of(steps, more), **slots)
    while talk._playing:
        talk._step()
    talk.take_said()
    assert isinstance(talk.commands[-1], TransferCall)
    return talk
