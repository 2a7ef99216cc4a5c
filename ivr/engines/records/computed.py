"""A call's record as rows of the tables."""

from __future__ import annotations

from dataclasses import asdict
from statistics import median
from typing import Any

import sqlalchemy as sa

from ivr.engines.records.tables import LINES, SLOTS, STEPS, TURNS
from ivr.review.record import CallRecord, Turn


def summary(outcome: str, record: CallRecord | None) -> dict[str, Any]:
    """The columns of `calls` that are computed."""
    if record is None:
        return {"outcome": outcome, "goal": None}
    responses = record.responses_ms
    return {
        "outcome": outcome,
        "caller": record.caller,
        "called": record.called,
        "duration_ms": record.duration_ms,
        "events": record.events,
        "turns": len(record.exchanges),
        "reprompts": record.reprompts,
        "barge_ins": len(record.barge_ins_ms),
        "cut_ins": record.cut_ins,
        "dead_airs": record.dead_airs,
        "failures": record.failures,
        "response_median_ms": round(median(responses)) if responses else None,
        "response_worst_ms": responses[-1] if responses else None,
        "goal": record.goal if record.goal is not None else False,
        "cost_nano": record.cost_nano,
        "saved_nano": record.saved_nano,
    }


def rows_of(
    call_id: str, record: CallRecord, path: tuple[str, ...] | None
) -> list[tuple[sa.Table, list[dict[str, Any]]]]:
    """The rows of each computed table. `path`: the steps that the live call went through, where known."""
    visited = [(at_ms, step, turn.number) for turn in record.exchanges for at_ms, step in turn.visited]
    if path is not None and path != record.path:  # the live call knows better which steps ran
        visited = [(0, step, 0) for step in path]
    changes = [(at_ms, name, value, turn) for turn in record.exchanges for at_ms, name, value in turn.changed]
    last = {name: number for number, (_, name, _, _) in enumerate(changes)}
    return [
        (TURNS, [_turn(call_id, turn) for turn in record.exchanges]),
        (
            LINES,
            [
                {
                    "call_id": call_id,
                    "number": number,
                    "who": line.who,
                    "text": clean(line.text),
                    "at_ms": line.at_ms,
                    "cut": line.cut,
                }
                for number, line in enumerate(record.transcript)
            ],
        ),
        (
            STEPS,
            [
                {"call_id": call_id, "number": number, "step": step, "at_ms": at_ms, "turn": turn}
                for number, (at_ms, step, turn) in enumerate(visited)
            ],
        ),
        (
            SLOTS,
            [
                {
                    "call_id": call_id,
                    "number": number,
                    "name": name,
                    "value": value,
                    "at_ms": at_ms,
                    "turn": turn.number,
                    "step": turn.step,
                    "final": value is not None and last[name] == number,
                }
                for number, (at_ms, name, value, turn) in enumerate(changes)
            ],
        ),
    ]


def _turn(call_id: str, turn: Turn) -> dict[str, Any]:
    meaning, timing = turn.meaning, turn.timing
    chosen = next((request for request in turn.used if request.outcome == "used"), None)
    return {
        "call_id": call_id,
        "number": turn.number,
        "by": turn.by,
        "step": turn.step,
        "at_ms": turn.at_ms,
        "words": clean(turn.words),
        "heard_confidence": turn.confidence if turn.confidence >= 0 else None,
        "meaning": meaning.kind if meaning else "",
        "name": meaning.name if meaning else "",
        "value": meaning.value if meaning else None,
        "confidence": meaning.confidence if meaning else None,
        "decided_by": turn.decided_by,
        "said": clean(turn.said),
        "said_heard": clean(turn.said_heard),
        "cut": turn.cut,
        "barge_in_ms": _ms(turn.barge_in_ms),
        "speech_end_ms": _ms(timing.speech_end_ms) if timing else None,
        "closed_ms": _ms(timing.closed_ms) if timing else None,
        "heard_ms": _ms(timing.heard_ms) if timing else None,
        "understood_ms": _ms(timing.understood_ms) if timing else None,
        "first_audio_ms": _ms(timing.first_audio_ms) if timing else None,
        "response_ms": _ms(turn.response_ms),
        "tier": chosen.tier if chosen else "",
        "model": chosen.model if chosen else "",
        "input_tokens": sum(request.tokens_in for request in turn.used) if turn.used else None,
        "output_tokens": sum(request.tokens_out for request in turn.used) if turn.used else None,
        "cached_tokens": sum(request.cached for request in turn.used) if turn.used else None,
        "cost_nano": turn.cost_nano,
        "saved_nano": turn.saved_nano,
        "used": [asdict(request) for request in turn.used] or None,
        "candidates": [asdict(one) for one in meaning.candidates] or None if meaning else None,
        "cache_score": meaning.cache_score if meaning else None,
    }


def _ms(value: int) -> int | None:
    return value if value >= 0 else None


def clean(text: str) -> str:
    """Without what no database keeps: PostgreSQL has no NUL, and half a character has no bytes."""
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()
