"""Web services and models in a rehearsal: they reply what the test says; what they were asked is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ivr.core import acting
from ivr.core.commands import HttpRequest, Order, WriteAnswer
from ivr.core.events import WorkEnded
from ivr.rehearsal.script import Reply

Unknown = Callable[[str, HttpRequest | WriteAnswer], Reply]
"""Is asked where no reply is written down: the step's name and the request."""


class Services:
    """Replies to the requests of one call.

    requests  what was asked since the last time, as `POST https://… {"number": "1234"}`
    missing   what nobody has a reply for
    """

    def __init__(self, replies: Mapping[str, tuple[Reply, ...]], unknown: Unknown | None = None) -> None:
        self._replies = replies
        self._unknown = unknown
        self._asked: dict[str, int] = {}
        self.requests: list[str] = []
        self.missing: list[str] = []

    def answer(self, work: int, order: Order, step: str) -> tuple[int, WorkEnded]:
        """How long a request takes (ms), and how it ends."""
        match order:
            case HttpRequest():
                reply = self._reply(order, step)
                if reply.fails:
                    return reply.ms, WorkEnded(work, reply.fails, reason=reply.reason)
                return reply.ms, WorkEnded(work, *acting.ended(order, reply.status, reply.text))
            case WriteAnswer():
                return self._answered(work, order, step)
            case _:
                return Reply().ms, WorkEnded(work, "failed", reason="nobody does this in a rehearsal")

    def _answered(self, work: int, order: WriteAnswer, step: str) -> tuple[int, WorkEnded]:
        """What a model says instead of a real one, and how that ends."""
        self.requests.append(f"{order.knowledge}: {order.question}")
        reply = self._written(step)
        if reply is None and self._unknown is not None:
            reply = self._unknown(step, order)
        if reply is None:
            self.missing.append(
                f"The test has no answer of a model to '{order.question}'. Write one under 'replies', as "
                f"'{step}: {{answer: ...}}'"
            )
            reply = Reply(fails="failed")
        if reply.fails:
            return reply.ms, WorkEnded(work, reply.fails)
        return reply.ms, WorkEnded(work, "done" if reply.answer else "unknown", {"said": reply.answer})

    def _written(self, *keys: str) -> Reply | None:
        """The next reply under the first of these keys that there is."""
        for key in keys:
            if key in self._replies:
                before = self._asked.get(key, 0)
                self._asked[key] = before + 1
                return self._replies[key][min(before, len(self._replies[key]) - 1)]
        return None

    def _reply(self, order: HttpRequest, step: str) -> Reply:
        shown = f"{order.method} {order.url}"
        self.requests.append(f"{shown} {order.body}".rstrip())
        keys = [key for key in self._replies if key == step or _fits(key, order)]
        if keys:
            written = self._written(max(keys, key=lambda key: (key == step, len(key))))
            if written is not None:
                return written
        if self._unknown is not None:
            return self._unknown(step, order)
        self.missing.append(f"The test has no reply to {shown}. Write one under 'replies', as '{step}: 404'")
        return Reply(fails="failed")


def _fits(key: str, order: HttpRequest) -> bool:
    """Whether the beginning of a URL, maybe with a method before it, is that of a request."""
    return "://" in key and (order.url.startswith(key) or f"{order.method} {order.url}".startswith(key))
