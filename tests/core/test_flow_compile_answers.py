"""Examples that somebody reviewed: where they go, who stands for them, what is refused."""

import pytest

from ivr.core.flow import model as m
from ivr.core.flow.load import check_text, load_flow
from tests.core.compiled import HEAD, load

FLOW = """ivr: 1
include: line.answers.yaml
answers:
  parking: {examples: [where can I park, is there parking], say: Behind the house.}
intents:
  book: [book a visit, make an appointment]
flows:
  main:
    - listen: {ask: Hello?, intents: {book: {say: Booked.}}}
    - hangup: Goodbye.
"""
REVIEWED = """reviewed:
  parking:
    - {examples: [can I leave my car], by: Anna, on: 2026-11-23}
    - {examples: [where do I put my bike, where can I park], by: Ben, on: 2026-11-24}
  book: {examples: get me in on Friday, by: Anna, on: 2026-11-23}
"""


def test_reviewed_examples_join_the_authors_own() -> None:
    flow = load_flow(FLOW, "line.yaml", lambda _: REVIEWED)
    assert flow.answers["parking"].examples == (
        "where can I park",
        "is there parking",
        "can I leave my car",
        "where do I put my bike",
    )
    assert flow.intents["book"].examples[-1] == "get me in on Friday"


def test_a_review_changes_the_digest() -> None:
    first = load_flow(FLOW, "line.yaml", lambda _: REVIEWED)
    second = load_flow(FLOW, "line.yaml", lambda _: REVIEWED.replace("my car", "the car"))
    assert first.digest != second.digest


@pytest.mark.parametrize(
    ("wrong", "line", "message"),
    [
        (REVIEWED.replace("  book:", "  boook:"), 5, "no intent or answer 'boook'"),
        (REVIEWED.replace("2026-11-24", "yesterday"), 4, "'yesterday' is no date"),
        (REVIEWED.replace("[can I leave my car]", "[]"), 3, "no examples"),
        (REVIEWED.replace(", by: Ben", ""), 4, "by"),
    ],
)
def test_what_is_refused(wrong: str, line: int, message: str) -> None:
    flow, problems = check_text(FLOW, "line.yaml", read=lambda _: wrong)
    assert flow is None
    assert any(message in p.message and p.line == line and "answers" in p.file for p in problems), problems


def test_intents_and_answers() -> None:
    flow = load(
        "- hangup:",
        HEAD
        + "answers: {hours: {examples: [when, what time], say: Nine., owner: desk, expires: 2030-01-31}}\n",
    )
    assert flow.intents["book"] == m.Intent("book", ("book me in", "an appointment"))
    assert flow.answers["hours"] == m.Answer("hours", ("when", "what time"), "Nine.", "desk", "2030-01-31")
