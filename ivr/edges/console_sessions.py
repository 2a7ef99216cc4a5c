"""Who is logged in: sessions kept here, not in the cookie, and a brake on guessing passwords.

Time is an argument: `now` in seconds on any clock that never goes back.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from ivr.edges.access import Role

IDLE_S: Final = 2 * 3600.0
"""A session nobody uses ends after this time."""

LONGEST_S: Final = 12 * 3600.0
"""And any session after this."""

MOST: Final = 1000
"""Sessions kept at once; past that the oldest ends."""


@dataclass(slots=True)
class Session:
    """A login. `csrf`: what a page must send back with everything that changes something."""

    name: str
    role: Role
    csrf: str
    began: float
    used: float


class Sessions:
    """All logins of this process, by a key that only the cookie holds."""

    def __init__(self) -> None:
        self._open: dict[str, Session] = {}

    def begin(self, name: str, role: Role, now: float) -> tuple[str, Session]:
        """A new session and its key."""
        self._forget(now)
        while len(self._open) >= MOST:
            del self._open[next(iter(self._open))]
        key = secrets.token_urlsafe(32)
        self._open[key] = Session(name, role, secrets.token_urlsafe(24), now, now)
        return key, self._open[key]

    def get(self, key: str, now: float) -> Session | None:
        """The session of a key; `None` when it has ended."""
        session = self._open.get(key)
        if session is None or _over(session, now):
            self._open.pop(key, None)
            return None
        session.used = now
        return session

    def goes_on(self, key: str, now: float) -> bool:
        """Whether a key's session has not ended. This is no use of it."""
        session = self._open.get(key)
        return session is not None and not _over(session, now)

    def end(self, key: str) -> None:
        """Log out."""
        self._open.pop(key, None)

    def _forget(self, now: float) -> None:
        for key in [key for key, session in self._open.items() if _over(session, now)]:
            del self._open[key]


def _over(session: Session, now: float) -> bool:
    return now - session.used > IDLE_S or now - session.began > LONGEST_S


FREE_TRIES: Final = 5
FIRST_PAUSE_S: Final = 10.0
LONGEST_PAUSE_S: Final = 60.0
"""Longer would not hold guessers back much more, and those longer whom they lock out."""
FORGET_S: Final = 3600.0


class Brake:
    """Makes wrong passwords slow: after a few, each doubles the pause before the next try is looked at."""

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._wrong: dict[str, tuple[int, float]] = {}  # by name or address: (how often, the last time)

    def pause(self, who: str, now: float) -> float:
        """How long until this name or address may try again; 0: now."""
        times, last = self._wrong.get(who, (0, 0.0))
        if times < FREE_TRIES or now - last > FORGET_S:
            return 0.0
        pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (times - FREE_TRIES))
        return max(0.0, last + pause - now)

    def wrong(self, who: str, now: float) -> None:
        """A wrong password."""
        times, last = self._wrong.pop(who, (0, 0.0))
        while len(self._wrong) >= self._most:
            del self._wrong[next(iter(self._wrong))]
        self._wrong[who] = (1 if now - last > FORGET_S else times + 1, now)

    def right(self, who: str) -> None:
        """The right one: forget what was before."""
        self._wrong.pop(who, None)
