"""One model's part in answering a request: when it wrote what, how it ended, and what that cost."""

from __future__ import annotations

from dataclasses import dataclass, field

from ivr.core.usage import Stage, Usage
from ivr.understanding.models.chat import LASTING, Ask, Counts, ModelFailed, Piece
from ivr.understanding.models.health import Verdict, judged
from ivr.understanding.models.prices import Prices, cost, estimated_tokens
from ivr.understanding.models.table import Model


@dataclass(slots=True)
class Attempt:
    """A request to one model. Times are ms on one clock.

    flagship  the prices that it is compared with
    outcome   as in `Usage`, and `late`: it took too long; "" while it goes on
    """

    model: Model
    flagship: Prices
    stage: Stage
    ask: Ask
    began_ms: int
    note: str = ""
    outcome: str = ""
    first_ms: int = -1
    _ended_ms: int = -1
    _written: list[str] = field(default_factory=list)
    _counts: Counts | None = None
    _failed: Verdict | None = None
    _asked: bool = True

    def wrote(self, piece: Piece, now: int) -> None:
        """Take a piece of its answer."""
        if piece.text and self.first_ms < 0:
            self.first_ms = now - self.began_ms
        self._written.append(piece.text)
        self._counts = piece.counts or self._counts

    def fail(self, failed: ModelFailed, now: int) -> None:
        """It failed. A request that was refused, or never arrived, costs nothing."""
        self._failed = "lasting" if failed.why in LASTING else "failed"
        self._asked = failed.why in ("broken", "garbage")
        self.note = "; ".join(part for part in (self.note, str(failed)) if part)
        self.finish("failed", now)

    def reject(self, reason: str, now: int) -> None:
        """What it wrote cannot be used."""
        self.note = "; ".join(part for part in (self.note, reason) if part)
        self.finish("invalid", now)

    def finish(self, outcome: str, now: int) -> None:
        """It is over, if it was not before."""
        if not self.outcome:
            self.outcome, self._ended_ms = outcome, now

    @property
    def counted(self) -> bool:
        """Whether the endpoint has counted its tokens."""
        return self._counts is not None

    def waited_ms(self, now: int) -> int:
        """How long the first token took, or how long it was waited for."""
        if self.first_ms >= 0:
            return self.first_ms
        return (now if self._ended_ms < 0 else self._ended_ms) - self.began_ms

    def verdict(self) -> Verdict | None:
        """What this says of the model; `None`: nothing, since it was called off before it could answer."""
        match self.outcome:
            case "failed":
                return self._failed or "failed"
            case "invalid":
                return "failed"
            case "hedged" | "late":
                return "slow" if self.first_ms < 0 else judged(self.first_ms, came=True)
            case _ if self.first_ms >= 0:
                return judged(self.first_ms, came=True)
            case _:
                return None

    @property
    def trouble(self) -> str:
        """What was wrong with it, for the log; "" for nothing. Holds nothing that a model wrote."""
        if self.outcome in ("failed", "invalid"):
            return self.note
        return "too slow" if self.outcome in ("hedged", "late") else ""

    def usage(self, now: int) -> Usage:
        """What it used. Without the endpoint's own counts, as for a stream that was stopped, by estimate."""
        counts = self._counts or self._estimate()
        cached = min(counts.cached, counts.tokens_in)
        price = cost(self.model.prices, counts.tokens_in, cached, counts.tokens_out)
        return Usage(
            stage=self.stage,
            tier=self.model.tier,
            model=self.model.name,
            first_ms=self.first_ms,
            ms=(now if self._ended_ms < 0 else self._ended_ms) - self.began_ms,
            tokens_in=counts.tokens_in,
            cached=cached,
            tokens_out=counts.tokens_out,
            nano=price,
            flagship_nano=cost(self.flagship, counts.tokens_in, 0, counts.tokens_out),
            estimated=self._counts is None and self._asked,
            outcome=self.outcome or "stopped",
            note=self.note,
        )

    def _estimate(self) -> Counts:
        if not self._asked:
            return Counts(0, 0)
        return Counts(self.ask.estimated_tokens, estimated_tokens(["".join(self._written)]))
