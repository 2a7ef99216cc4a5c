"""The health page's numbers."""

import pytest

from ivr.edges.console_health import SPANS
from ivr.review.records import AuditRow, Bucket


@pytest.mark.parametrize("span", list(SPANS))
async def test_a_span_ends_now_in_whole_stretches(open_console, span):
    rig = await open_console()
    rig.records.buckets = [Bucket(0, calls=3, cost_nano=5)]
    _, told = await rig.get(f"/api/trend?span={span}")
    since, until, bucket_ms = rig.records.asked[-1]
    hours, expected = SPANS[span]
    assert (until - since, bucket_ms) == (hours * 3_600_000, expected)
    assert until % bucket_ms == 0
    assert told["buckets"][0]["calls"] == 3


async def test_an_unknown_span_is_refused(open_console):
    rig = await open_console()
    assert (await rig.get("/api/trend?span=century"))[0] == 400


async def test_what_people_did_is_listed(open_console):
    rig = await open_console()
    rig.records.notes = [AuditRow(5, "anna", "hung up", "CA1")]
    _, told = await rig.get("/api/audit")
    assert told["rows"] == [{"at_ms": 5, "who": "anna", "did": "hung up", "call_id": "CA1", "detail": ""}]
