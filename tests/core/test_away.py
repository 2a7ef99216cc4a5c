"""What becomes of a transfer, from what the carrier says and what the person pressed."""

import pytest

from ivr.core import away


@pytest.mark.parametrize(
    ("told", "result"),
    [
        ("completed", "completed"),
        ("answered", "completed"),
        ("busy", "busy"),
        ("no-answer", "no_answer"),
        ("failed", "failed"),
        ("canceled", "failed"),
        ("nonsense", "failed"),
    ],
)
def test_a_cold_transfer_is_what_the_carrier_says(told, result):
    assert away.result(away.transferring("desk", 0, warm=False), told) == result


@pytest.mark.parametrize(
    ("accepted", "told", "result"),
    [
        (True, "completed", "completed"),
        (True, "failed", "failed"),
        (False, "completed", "refused"),
        (False, "no-answer", "refused"),
        (None, "completed", "no_answer"),  # a machine picked up, or nobody pressed a key
        (None, "busy", "busy"),
        (None, "no-answer", "no_answer"),
    ],
)
def test_a_warm_transfer_is_what_the_person_pressed(accepted, told, result):
    gone = away.transferring("desk", 0, warm=True)
    if accepted is not None:
        gone = away.answered(gone, accepted=accepted)
    assert away.result(gone, told) == result


def test_a_caller_is_waited_for_when_they_may_come_back():
    under_way = away.transferring("desk", 1000, warm=False)
    assert (under_way.returning, under_way.outcome) == (False, "transferred to desk")
    back = away.ended(under_way, "busy", 9000)
    assert (back.returning, back.deadline_ms) == (True, 9000 + away.RETURN_MS)
    assert back.outcome == "hung up by caller"
    lost = away.lost(500)
    assert (lost.returning, lost.outcome, lost.deadline_ms) == (
        True,
        "hung up by carrier",
        500 + away.RETURN_MS,
    )
