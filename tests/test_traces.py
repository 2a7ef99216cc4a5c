"""Spans of calls and turns, through the real library."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ivr.core.call import CallState, advance
from ivr.core.errors import ConfigError
from ivr.core.timing import Stopwatch
from ivr.traces import Traces, make_traces
from tests.engines.records.past import call, orders


def spans() -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    traces = Traces.into(lambda span: kept.append(json.loads(str(span))))
    past = call("CA1", orders)
    state, watch = CallState(), Stopwatch()
    for at_ms, event in past.rows:
        state, commands = advance(past.flow, state, event, at_ms)
        timing, _ = watch.take(event, commands, at_ms)
        if timing:
            traces.turn("CA1", timing)
        traces.event("CA1", at_ms, event, commands, state)
    traces.turn("CA9", timing or watch._finish(0))
    traces.close()
    return kept


def test_a_call_has_a_span_with_its_turns_and_their_stages_inside() -> None:
    kept = spans()
    [whole] = [span for span in kept if span["name"] == "call"]
    turns = [span for span in kept if span["name"] == "turn"]
    assert whole["attributes"] == {"ivr.call_id": "CA1", "ivr.outcome": "completed", "ivr.turns": 5}
    assert {span["parent_id"] for span in turns} == {whole["context"]["span_id"]}
    assert [span["attributes"]["ivr.response_ms"] for span in turns] == [860, 860, 860, 860, 50]
    first = turns[0]["context"]["span_id"]
    assert [span["name"] for span in kept if span["parent_id"] == first] == [
        "end of turn",
        "recognition",
        "understanding",
        "first audio",
    ]
    assert {span["context"]["trace_id"] for span in kept} == {whole["context"]["trace_id"]}
    assert not any("pizza" in json.dumps(span) for span in kept)


def test_without_an_endpoint_there_are_none() -> None:
    assert make_traces({}) is None


def test_with_one_they_are_sent_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    traces = make_traces({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"})
    assert traces is not None
    traces.close()


def test_the_extra_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys  # noqa: PLC0415 -- the one thing to break

    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.resources", None)
    with pytest.raises(ConfigError, match=r"ivr\[otel\]"):
        make_traces({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"})
