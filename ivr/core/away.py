"""A call whose caller is not with us just now: being handed to a person, or cut off.

    TransferCall -> TransferAnswered (warm) -> TransferEnded -> LineOpened: the flow goes on at a branch
    LineLost -> LineOpened: the flow goes on at the same step

The carrier's stream ends when a caller is handed over. When the transfer comes to nothing the carrier asks
what next, and the call goes on in a new stream. What became of a transfer is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

RETURN_MS: Final = 20_000
"""How long we wait for the caller's new line (ms): the carrier opens it within a second, or not at all."""

LONGEST_TRANSFER_MS: Final = 5 * 3_600_000
"""After this a transfer of which nothing was heard is over (ms); carriers end one in four hours."""

Result = Literal["completed", "busy", "no_answer", "failed", "refused"]
"""What became of a transfer."""

_CONNECTED: Final = frozenset({"completed", "answered"})
_RESULTS: Final[dict[str, Result]] = {"busy": "busy", "no-answer": "no_answer", "failed": "failed"}


@dataclass(frozen=True, slots=True)
class Away:
    """Why the caller is away, and until when we wait.

    contact   whom the caller is handed to; "" when the line was lost
    warm      the person is asked first
    accepted  what the person answered; `None`: nothing
    result    what became of the transfer, once that is known and the caller comes back
    """

    deadline_ms: int
    contact: str = ""
    warm: bool = False
    accepted: bool | None = None
    result: Result | None = None

    @property
    def returning(self) -> bool:
        """Whether the call goes on as soon as it has a line again."""
        return not self.contact or self.result is not None

    @property
    def outcome(self) -> str:
        """What the record says when nothing more is heard of the caller."""
        if not self.contact:
            return "hung up by carrier"
        return "hung up by caller" if self.result else f"transferred to {self.contact}"


def transferring(contact: str, now: int, *, warm: bool) -> Away:
    """The caller is handed over."""
    return Away(now + LONGEST_TRANSFER_MS, contact, warm=warm)


def lost(now: int) -> Away:
    """The line broke."""
    return Away(now + RETURN_MS)


def answered(away: Away, *, accepted: bool) -> Away:
    """The person was told who calls, and took the call or refused it."""
    return replace(away, accepted=accepted)


def ended(away: Away, told: str, now: int) -> Away:
    """The carrier tells how a transfer ended, in its own words; see `result` for what that comes to."""
    return replace(away, result=result(away, told), deadline_ms=now + RETURN_MS)


def result(away: Away, told: str) -> Result:
    """What became of a transfer.

    Carriers differ in what they say of somebody who picked up and did not take the call, so that is judged
    by the answer: a machine that picks up presses no key, which is nobody there.
    """
    if not away.warm or away.accepted:
        return "completed" if told in _CONNECTED else _RESULTS.get(told, "failed")
    if away.accepted is False:
        return "refused"
    return "no_answer" if told in _CONNECTED else _RESULTS.get(told, "failed")
