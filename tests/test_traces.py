"""Spans of calls and turns, through the real library."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ivr.core.call import CallState, advance
from ivr.core.errors import ConfigError
from ivr.core.timing import Stopwatch, TurnTiming
from ivr.traces import STAGES, Traces, make_traces, stages
from tests.engines.records.past import call, orders


def spans() -> tuple[list[dict[str, Any]], list[int]]:
    """The spans of an order, and its response times."""
    kept: list[dict[str, Any]] = []
    responses: list[int] = []
    traces = Traces.into(lambda span: kept.append(json.loads(str(span))))
    past = call("CA1", orders)
    state, watch = CallState(), Stopwatch()
    for at_ms, event in past.rows:
        state, commands = advance(past.flow, state, event, at_ms)
        timing, _ = watch.take(event, commands, at_ms)
        if timing:
            traces.turn("CA1", timing)
            responses.append(timing.response_ms)
        traces.event("CA1", at_ms, event, commands, state)
    traces.turn("CA9", timing or watch._finish(0))
    traces.close()
    return kept, responses


def test_a_call_has_a_span_with_its_turns_and_their_stages_inside() -> None:
    kept, responses = spans()
    [whole] = [span for span in kept if span["name"] == "call"]
    turns = [span for span in kept if span["name"] == "turn"]
    assert whole["attributes"] == {"ivr.call_id": "CA1", "ivr.outcome": "completed", "ivr.turns": 5}
    assert {span["parent_id"] for span in turns} == {whole["context"]["span_id"]}
    assert [span["attributes"]["ivr.response_ms"] for span in turns] == responses
    first = turns[0]["context"]["span_id"]
    assert [span["name"] for span in kept if span["parent_id"] == first] == list(STAGES)
    assert all(span["start_time"] <= span["end_time"] for span in kept)
    assert {span["context"]["trace_id"] for span in kept} == {whole["context"]["trace_id"]}
    assert not any("pizza" in json.dumps(span) for span in kept)


def test_stages_one_after_another_and_on_speculation() -> None:
    assert stages(TurnTiming(1, 100, 800, 900, 910, 950)) == [
        ("end of turn", 100, 800),
        ("recognition", 800, 900),
        ("understanding", 900, 910),
        ("first audio", 910, 950),
    ]
    assert stages(TurnTiming(1, 100, 800, 300, 310, 850)) == [
        ("end of turn", 100, 800),
        ("recognition", 100, 300),
        ("understanding", 300, 310),
        ("first audio", 800, 850),
    ]
    assert stages(TurnTiming(1, 100, first_audio_ms=150)) == []


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
