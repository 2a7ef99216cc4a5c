"""The tables of the records. Times are ms: of a call since it began, `began_ms` and the like since 1970.

`flows`, `calls` and `events` are written while a call runs. `turns`, `lines`, `steps` and `slots` are
computed from a call's events when it has ended, and can be computed again. What is said or keyed for a
sensitive slot was masked before it came here. Money is in billionths of a dollar;
empty is unknown, never nothing.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

METADATA: Final = sa.MetaData()


def _of_call() -> sa.Column[str]:
    return sa.Column("call_id", sa.Text, primary_key=True)


def _ms(name: str, default: int | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=default is None, server_default=_text(default))


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _text(default: int | None) -> str | None:
    return None if default is None else str(default)


FLOWS: Final = sa.Table(
    "flows",
    METADATA,
    sa.Column("digest", sa.Text, primary_key=True),
    _words("name"),
    sa.Column("source", sa.Text, nullable=False),
    _ms("first_ms", 0),
)
"""Every version of a flow that has taken a call."""

NOBODY: Final = "nobody"
"""In place of a server's name: it has stopped, and left the call to the next one."""

CALLS: Final = sa.Table(
    "calls",
    METADATA,
    _of_call(),
    _words("flow_name"),
    _words("flow_digest"),
    _words("caller"),
    _words("called"),
    _words("server"),
    _ms("began_ms", 0),
    _ms("ended_ms"),
    _words("outcome"),
    _words("recording"),
    _ms("recorded_ms"),  # when the computed part was written; empty: not yet
    _words("problem"),
    _ms("duration_ms", 0),
    _count("events"),
    _count("turns"),
    _count("reprompts"),
    _count("barge_ins"),
    _count("cut_ins"),
    _count("dead_airs"),
    _count("failures"),
    _ms("response_median_ms"),
    _ms("response_worst_ms"),
    sa.Column("goal", sa.Boolean),
    _ms("cost_nano"),
    _ms("saved_nano"),
    sa.Index("calls_by_time", "began_ms"),
    sa.Index("calls_by_caller", "caller"),
    sa.Index("calls_by_flow", "flow_name", "began_ms"),
)

EVENTS: Final = sa.Table(
    "events",
    METADATA,
    _of_call(),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("event", sa.JSON, nullable=False),
    sqlite_with_rowid=False,
)

TURNS: Final = sa.Table(
    "turns",
    METADATA,
    _of_call(),
    sa.Column("number", sa.Integer, primary_key=True),
    _words("by"),
    _words("step"),
    _ms("at_ms", 0),
    _words("words"),
    sa.Column("heard_confidence", sa.Float),
    _words("meaning"),
    _words("name"),
    sa.Column("value", sa.JSON(none_as_null=True)),
    sa.Column("confidence", sa.Float),
    _words("decided_by"),
    _words("said"),
    _words("said_heard"),
    sa.Column("cut", sa.Boolean, nullable=False, server_default=sa.false()),
    _ms("barge_in_ms"),
    _ms("speech_end_ms"),
    _ms("closed_ms"),
    _ms("heard_ms"),
    _ms("understood_ms"),
    _ms("first_audio_ms"),
    _ms("response_ms"),
    _words("tier"),
    _words("model"),
    _ms("input_tokens"),
    _ms("output_tokens"),
    _ms("cached_tokens"),
    _ms("cost_nano"),
    _ms("saved_nano"),
    sa.Column("used", sa.JSON(none_as_null=True)),
    sa.Column("candidates", sa.JSON(none_as_null=True)),
    sa.Column("cache_score", sa.Float),
)

LINES: Final = sa.Table(
    "lines",
    METADATA,
    _of_call(),
    sa.Column("number", sa.Integer, primary_key=True),
    _words("who"),
    _words("text"),
    _ms("at_ms", 0),
    sa.Column("cut", sa.Boolean, nullable=False, server_default=sa.false()),
)

STEPS: Final = sa.Table(
    "steps",
    METADATA,
    _of_call(),
    sa.Column("number", sa.Integer, primary_key=True),
    _words("step"),
    _ms("at_ms", 0),
    _count("turn"),
)

SLOTS: Final = sa.Table(
    "slots",
    METADATA,
    _of_call(),
    sa.Column("number", sa.Integer, primary_key=True),
    _words("name"),
    sa.Column("value", sa.JSON(none_as_null=True)),
    _ms("at_ms", 0),
    _count("turn"),
    _words("step"),
    sa.Column("final", sa.Boolean, nullable=False, server_default=sa.false()),
)
"""Every change of a slot, in order; `final`: this is its value at the end."""

SUMMARIES: Final = sa.Table(
    "summaries",
    METADATA,
    _of_call(),
    _words("summary"),
    _words("intent"),
    _words("follow_up"),
    _words("made_by"),
    _ms("made_ms", 0),
    _ms("sent_ms"),
)

SCORES: Final = sa.Table(
    "scores",
    METADATA,
    _of_call(),
    sa.Column("scorer", sa.Text, primary_key=True),
    sa.Column("question", sa.Text, primary_key=True),
    _words("kind"),
    sa.Column("score", sa.Float, nullable=False),
    _words("reason"),
    sa.Column("turns", sa.JSON(none_as_null=True)),
    _words("rubric"),
    _ms("scored_ms", 0),
)
"""Answers to a rubric's questions, 0..1. `kind`: `model` or `person`; `turns` that led to it."""

JOBS: Final = sa.Table(
    "jobs",
    METADATA,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    _words("kind"),
    _words("call_id"),
    sa.Column("payload", sa.JSON, nullable=False),
    _words("state"),
    _count("attempts"),
    _ms("made_ms", 0),
    _ms("due_ms", 0),
    _words("error"),
    sa.Index("jobs_by_state", "state", "due_ms"),
    sa.Index("jobs_by_call", "call_id"),
)
"""The outbox: work after calls. `state`: `waiting`, `done` or `failed`."""

SERVERS: Final = sa.Table(
    "servers",
    METADATA,
    sa.Column("server", sa.Text, primary_key=True),
    _ms("began_ms", 0),
    _ms("beat_ms", 0),
)
"""Processes that carry calls, and when each last said that it lives."""

AUDIT: Final = sa.Table(
    "audit",
    METADATA,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    _ms("at_ms", 0),
    _words("who"),
    _words("did"),
    _words("call_id"),
    _words("detail"),
    sa.Index("audit_by_time", "at_ms"),
)
"""What people did to the line and its records."""

COMPUTED: Final = (TURNS, LINES, STEPS, SLOTS)
"""What is computed from a call's events."""

OF_A_CALL: Final = (EVENTS, *COMPUTED, SUMMARIES, SCORES, JOBS, CALLS)
"""Everything that an erased call takes with it."""
