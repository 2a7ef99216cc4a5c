"""What is counted and timed, for Prometheus. Names carry their units; labels have few values.

One `Metrics` is built by the composition root, with a registry of its own, and given to edges, engines
and calls as `LineMeter`, `EngineMeter` and `CallMeter` of `ivr.call.meters`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from ivr.core.usage import Usage

disable_created_metrics()  # type: ignore[no-untyped-call] # a second series for each, that nobody reads

_RESPONSE: Final = (0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.1, 1.3, 1.6, 2.0, 3.0, 5.0, 8.0)
_BARGE_IN: Final = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.0)
_LAG: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_GAP: Final = (0.02, 0.06, 0.1, 0.2, 0.5, 1.0, 2.0)
_CALL: Final = (5, 15, 30, 60, 120, 300, 600, 1800)


class Metrics:
    """All series of one server."""

    def __init__(self, active_calls: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        own = self.registry
        Gauge("ivr_calls_active", "Calls with an open line", registry=own).set_function(active_calls)
        self._calls = Counter("ivr_calls_total", "Calls that ended", ["outcome"], registry=own)
        self._call_seconds = Histogram("ivr_call_seconds", "Length of a call", buckets=_CALL, registry=own)
        self._refused = Counter(
            "ivr_calls_refused_total", "Calls turned away politely", ["reason"], registry=own
        )
        self._turns = Counter(
            "ivr_turns_total", "Caller turns, by what understood them", ["decided_by"], registry=own
        )
        self._response = Histogram(
            "ivr_response_seconds",
            "From the end of the caller's speech to the first audio of the answer",
            buckets=_RESPONSE,
            registry=own,
        )
        self._barge_in = Histogram(
            "ivr_barge_in_seconds",
            "From the onset of the caller's speech over a prompt to silence ordered",
            buckets=_BARGE_IN,
            registry=own,
        )
        self._counted = Counter(
            "ivr_turn_taking_total",
            "Speculation used and dropped, false interruptions, fillers, dead air and the like",
            ["what"],
            registry=own,
        )
        self._counted_seconds = Counter(
            "ivr_turn_taking_seconds_total",
            "The speech or silence that these were about",
            ["what"],
            registry=own,
        )
        self._gap = Histogram(
            "ivr_playout_gap_seconds",
            "Unwanted silence in the middle of a prompt",
            buckets=_GAP,
            registry=own,
        )
        self._lag = Histogram("ivr_event_loop_lag_seconds", "Lateness of a timer", buckets=_LAG, registry=own)
        self._webhooks = Counter(
            "ivr_webhook_refused_total",
            "Webhook requests refused",
            ["route", "reason"],
            registry=own,
        )
        self._streams = Counter(
            "ivr_stream_rejected_total", "Media streams closed for cause", ["reason"], registry=own
        )
        self._frames = Counter(
            "ivr_stream_ignored_total", "Inbound messages dropped", ["reason"], registry=own
        )
        self._transfers = Counter(
            "ivr_transfers_total", "Transferred calls that came back", ["outcome"], registry=own
        )
        self._queue = Gauge(
            "ivr_engine_queue_length", "Requests waiting for an engine", ["engine"], registry=own
        )
        self._restarts = Counter(
            "ivr_engine_restarts_total", "Engine processes started again", ["engine"], registry=own
        )
        self._failures = Counter(
            "ivr_engine_failures_total",
            "Requests an engine did not serve",
            ["engine", "reason"],
            registry=own,
        )

        self._rows_waiting = Gauge(
            "ivr_records_waiting_rows", "Rows of call records not yet in the database", registry=own
        )
        self._rows = Counter("ivr_records_rows_total", "Rows of call records written", registry=own)
        self._commit = Histogram(
            "ivr_records_commit_seconds", "Time of one transaction of records", buckets=_LAG, registry=own
        )
        self._rows_lost = Counter(
            "ivr_records_lost_rows_total",
            "Rows of call records lost: the database was away and the disk could not be written",
            registry=own,
        )
        self._set_aside = Counter(
            "ivr_records_set_aside_total",
            "Rows and records of calls that can never be written, by a bug in ivr",
            registry=own,
        )

        self._requests = Counter(
            "ivr_model_requests_total",
            "Requests to language models",
            ["model", "tier", "stage", "outcome"],
            registry=own,
        )
        self._tokens = Counter(
            "ivr_model_tokens_total", "Tokens of language models", ["model", "kind"], registry=own
        )
        self._dollars = Counter(
            "ivr_model_dollars_total",
            "Cost of language models, where prices are known",
            ["model"],
            registry=own,
        )
        self._unpriced = Counter(
            "ivr_model_unpriced_requests_total", "Requests whose cost is not known", ["model"], registry=own
        )
        self._first_token = Histogram(
            "ivr_model_first_token_seconds",
            "From a request to its first token",
            ["model"],
            buckets=_RESPONSE,
            registry=own,
        )
        self._models_up = Gauge(
            "ivr_model_up", "Whether callers are sent to a model", ["model"], registry=own
        )

    def exposition(self) -> tuple[bytes, str]:
        """The text that Prometheus reads, and its content type."""
        return generate_latest(self.registry), CONTENT_TYPE_PLAIN_0_0_4

    def loop_lag(self, seconds: float) -> None:
        self._lag.observe(seconds)

    # --- LineMeter ---

    def webhook_refused(self, route: str, reason: str) -> None:
        self._webhooks.labels(route, reason).inc()

    def stream_rejected(self, reason: str) -> None:
        self._streams.labels(reason).inc()

    def call_refused(self, reason: str) -> None:
        self._refused.labels(reason).inc()

    def frames_ignored(self, reason: str, count: int) -> None:
        self._frames.labels(reason).inc(count)

    def transfer_ended(self, outcome: str) -> None:
        self._transfers.labels(outcome).inc()

    # --- CallMeter ---

    def call_ended(self, outcome: str, seconds: float) -> None:
        self._calls.labels(outcome).inc()
        self._call_seconds.observe(seconds)

    def turn(self, decided_by: str) -> None:
        self._turns.labels(decided_by).inc()

    def responded(self, seconds: float) -> None:
        self._response.observe(seconds)

    def barged_in(self, seconds: float) -> None:
        self._barge_in.observe(seconds)

    def counted(self, what: str, seconds: float) -> None:
        self._counted.labels(what).inc()
        self._counted_seconds.labels(what).inc(max(0.0, seconds))  # frames in a burst turn times round

    def playout_gap(self, seconds: float) -> None:
        self._gap.observe(seconds)

    # --- JournalMeter of the records ---

    def records_waiting(self, rows: int) -> None:
        self._rows_waiting.set(rows)

    def records_committed(self, rows: int, seconds: float) -> None:
        self._rows.inc(rows)
        self._commit.observe(seconds)

    def records_lost(self, rows: int) -> None:
        self._rows_lost.inc(rows)

    def record_set_aside(self) -> None:
        self._set_aside.inc()

    # --- EngineMeter ---

    def engine_queue(self, engine: str, length: int) -> None:
        self._queue.labels(engine).set(length)

    def engine_restarted(self, engine: str) -> None:
        self._restarts.labels(engine).inc()

    def engine_failed(self, engine: str, reason: str) -> None:
        self._failures.labels(engine, reason).inc()

    # --- ModelMeter ---

    def model_used(self, usage: Usage) -> None:
        self._requests.labels(usage.model, usage.tier, usage.stage, usage.outcome).inc()
        self._tokens.labels(usage.model, "in").inc(usage.tokens_in - usage.cached)
        self._tokens.labels(usage.model, "cached").inc(usage.cached)
        self._tokens.labels(usage.model, "out").inc(usage.tokens_out)
        if usage.nano is None:
            self._unpriced.labels(usage.model).inc()
        else:
            self._dollars.labels(usage.model).inc(usage.nano / 1e9)
        if usage.first_ms >= 0:
            self._first_token.labels(usage.model).observe(usage.first_ms / 1000)

    def model_state(self, model: str, *, up: bool) -> None:
        self._models_up.labels(model).set(up)


class LoopLag:
    """Measures how late the event loop is, `every_s` seconds, and tells `observe` in seconds."""

    def __init__(self, observe: Callable[[float], None], every_s: float = 0.25) -> None:
        self._observe = observe
        self._every_s = every_s
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin, on the running loop."""
        loop = asyncio.get_running_loop()
        due = loop.time() + self._every_s
        self._timer = loop.call_at(due, self._tick, loop, due)

    def _tick(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        now = loop.time()
        self._observe(max(0.0, now - due))
        self._timer = loop.call_at(now + self._every_s, self._tick, loop, now + self._every_s)

    def stop(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
