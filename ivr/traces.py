"""Traces: a span for each call and each turn, with its stages inside, by OpenTelemetry.

Made after the fact from times that the call measures anyway, and sent by a thread of the library's: nothing
of it lies on the way of the audio. What anybody said is not in them. Active when
`OTEL_EXPORTER_OTLP_ENDPOINT` is set and the extra `otel` is installed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ivr import __version__
from ivr.core.call import CallState
from ivr.core.commands import Command
from ivr.core.errors import ConfigError
from ivr.core.events import CallStarted, Event
from ivr.core.timing import TurnTiming

ENDPOINT: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
_NS: Final = 1_000_000
STAGES: Final = ("end of turn", "recognition", "understanding", "first audio")


@dataclass(slots=True)
class _Call:
    span: Any
    began_ns: int
    turns: int = 0


class Traces:
    """Implements `ivr.call.equipment.Observer`. `provider`: OpenTelemetry's tracer provider."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("ivr", __version__)
        self._calls: dict[str, _Call] = {}

    @classmethod
    def into(cls, keep: Callable[[object], object]) -> Traces:
        """Traces whose spans are handed to a function as they end (JSON), instead of being sent."""
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 -- an extra
        from opentelemetry.sdk.trace.export import (  # noqa: PLC0415
            SimpleSpanProcessor,
            SpanExporter,
            SpanExportResult,
        )

        class Keeper(SpanExporter):
            def export(self, spans: Sequence[Any]) -> SpanExportResult:
                for span in spans:
                    keep(span.to_json())
                return SpanExportResult.SUCCESS

        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(Keeper()))
        return cls(provider)

    def event(
        self,
        call_id: str,
        at_ms: int,
        event: Event,
        commands: tuple[Command, ...],  # noqa: ARG002 -- as the port has it
        state: CallState,
    ) -> None:
        """A call's first event opens its span, its last closes it."""
        if isinstance(event, CallStarted):
            began_ns = time.time_ns() - at_ms * _NS
            span = self._tracer.start_span("call", start_time=began_ns, attributes={"ivr.call_id": call_id})
            self._calls[call_id] = _Call(span, began_ns)
        call = self._calls.get(call_id)
        if call is not None and state.outcome:
            del self._calls[call_id]
            call.span.set_attribute("ivr.outcome", state.outcome)
            call.span.set_attribute("ivr.turns", call.turns)
            call.span.end(end_time=call.began_ns + at_ms * _NS)

    def turn(self, call_id: str, timing: TurnTiming) -> None:
        """A turn that has been answered."""
        call = self._calls.get(call_id)
        if call is None or timing.speech_end_ms < 0:
            return
        from opentelemetry.trace import set_span_in_context  # noqa: PLC0415 -- an extra

        call.turns += 1
        span = self._tracer.start_span(
            "turn",
            context=set_span_in_context(call.span),
            start_time=call.began_ns + timing.speech_end_ms * _NS,
            attributes={
                "ivr.call_id": call_id,
                "ivr.turn": timing.turn,
                "ivr.decided_by": timing.decided_by,
                "ivr.response_ms": timing.response_ms,
            },
        )
        inside = set_span_in_context(span)
        for name, from_ms, to_ms in stages(timing):
            stage = self._tracer.start_span(name, context=inside, start_time=call.began_ns + from_ms * _NS)
            stage.end(end_time=call.began_ns + to_ms * _NS)
        span.end(end_time=call.began_ns + timing.first_audio_ms * _NS)

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()


def stages(timing: TurnTiming) -> list[tuple[str, int, int]]:
    """What happened between the caller's last word and the answer: name, from, to (ms of the call).

    On speculation, recognition and understanding come before the turn is closed.
    """
    heard, closed = timing.heard_ms, timing.closed_ms
    asked = closed if heard > closed else timing.speech_end_ms
    times = (
        (timing.speech_end_ms, closed),
        (asked, heard),
        (heard, timing.understood_ms),
        (max(closed, timing.understood_ms), timing.first_audio_ms),
    )
    return [(name, begin, end) for name, (begin, end) in zip(STAGES, times, strict=True) if 0 <= begin <= end]


def make_traces(environ: Mapping[str, str]) -> Traces | None:
    """Traces to the endpoint of the environment; `None` without one. Raises `ConfigError`."""
    if not environ.get(ENDPOINT):
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 -- an extra
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise ConfigError(
            f"{ENDPOINT} is set, and OpenTelemetry is not installed. Install ivr[otel], or unset it."
        ) from error
    name = environ.get("OTEL_SERVICE_NAME", "ivr")
    provider = TracerProvider(
        resource=Resource.create({"service.name": name, "service.version": __version__})
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Traces(provider)
