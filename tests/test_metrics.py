from __future__ import annotations

import asyncio
import time

from ivr.call.meters import CallMeter, EngineMeter, LineMeter
from ivr.metrics import LoopLag, Metrics


def test_metrics_serve_lines_calls_and_engines():
    metrics = Metrics(lambda: 3)
    line: LineMeter = metrics
    call: CallMeter = metrics
    engine: EngineMeter = metrics
    line.stream_rejected("token_used")
    line.webhook_refused("/twilio/voice", "unsigned")
    line.call_refused("busy")
    line.frames_ignored("late", 4)
    line.transfer_ended("completed")
    call.call_ended("completed", 42.0)
    call.turn("classifier")
    call.responded(0.4)
    call.barged_in(0.2)
    call.playout_gap(0.1)
    engine.engine_queue("recogniser", 2)
    engine.engine_restarted("voice")
    engine.engine_failed("voice", "deadline")
    metrics.record_set_aside()
    metrics.loop_lag(0.002)
    text, kind = metrics.exposition()
    lines = text.decode().splitlines()
    assert kind.startswith("text/plain")
    for line_of_text in (
        "ivr_calls_active 3.0",
        'ivr_calls_total{outcome="completed"} 1.0',
        'ivr_turns_total{decided_by="classifier"} 1.0',
        'ivr_response_seconds_bucket{le="0.5"} 1.0',
        'ivr_response_seconds_bucket{le="0.3"} 0.0',
        "ivr_barge_in_seconds_sum 0.2",
        'ivr_stream_rejected_total{reason="token_used"} 1.0',
        'ivr_webhook_refused_total{reason="unsigned",route="/twilio/voice"} 1.0',
        'ivr_stream_ignored_total{reason="late"} 4.0',
        'ivr_engine_queue_length{engine="recogniser"} 2.0',
        'ivr_engine_restarts_total{engine="voice"} 1.0',
        "ivr_records_set_aside_total 1.0",
        "ivr_event_loop_lag_seconds_count 1.0",
    ):
        assert line_of_text in lines


def test_two_servers_in_one_process_do_not_share_series():
    first, second = Metrics(lambda: 0), Metrics(lambda: 0)
    first.turn("grammar")
    assert b'decided_by="grammar"' not in second.exposition()[0]


async def test_a_held_loop_is_noticed():
    lags: list[float] = []
    probe = LoopLag(lags.append, every_s=0.005)
    probe.start()
    await asyncio.sleep(0.02)
    time.sleep(0.05)  # noqa: ASYNC251 - holding the loop is what is measured
    await asyncio.sleep(0.02)
    probe.stop()
    seen = len(lags)
    await asyncio.sleep(0.02)
    assert max(lags) >= 0.04
    assert len(lags) == seen


def test_a_time_that_ran_backwards_is_counted_as_none_and_breaks_no_call():
    metrics = Metrics(lambda: 0)
    metrics.counted("overheard", 0.5)
    metrics.counted("overheard", -0.3)
    lines = metrics.exposition()[0].decode().splitlines()
    assert 'ivr_turn_taking_total{what="overheard"} 2.0' in lines
    assert 'ivr_turn_taking_seconds_total{what="overheard"} 0.5' in lines
