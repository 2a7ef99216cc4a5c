"""The live board, and what an operator does."""

import asyncio

import orjson
import pytest

from ivr.core.call import CallState, advance
from ivr.core.events import CallStarted, Typed
from ivr.core.timing import TurnTiming
from ivr.edges.console_live import board_news
from ivr.edges.health import Readiness
from ivr.edges.live import LAST_TURNS, LiveCalls
from tests.core.talk import flow_of
from tests.edges.console_rig import USERS
from tests.edges.edge_rig import PATIENCE_S

FLOW = flow_of("- id: age\n  collect: age\n- hangup: Bye.")


def begun(live, call_id="CA1"):
    live.began(call_id, FLOW, 1000)
    state, _ = advance(FLOW, CallState(), CallStarted(call_id, "+15550100001"), 0)
    live.event(call_id, 0, CallStarted(call_id), (), state)
    return state


async def told(news):
    item = await anext(news)
    assert item is not None
    return item


async def test_a_board_tells_everything_once_and_then_what_changed():
    live = LiveCalls()
    state = begun(live)
    news = board_news(live, lambda: Readiness(limit=5, flow_name="Test"), every_s=0.001)
    first = await told(news)
    assert [(c["id"], c["step"], c["caller"]) for c in first["calls"]] == [("CA1", "age", "+15550100001")]
    assert first["house"]["limit"] == 5
    begun(live, "CA2")
    second = await told(news)
    assert [c["id"] for c in second["calls"]] == ["CA2"]
    assert "house" not in second
    live.turn("CA1", TurnTiming(1, 100, first_audio_ms=900))
    assert (await told(news))["calls"][0]["response_ms"] == 800
    live.ended("CA1", state)
    assert (await told(news))["gone"] == ["CA1"]


async def test_an_operator_hangs_up_and_that_is_kept(open_console):
    rig = await open_console()
    begun(rig.live)
    assert (await rig.post("/api/live/CA1/hang-up"))[0] == 200
    assert rig.ended == ["CA1"]
    assert [(n.who, n.did, n.call_id) for n in rig.records.notes] == [("local", "hung up", "CA1")]
    assert (await rig.post("/api/live/CA9/hang-up"))[0] == 409


async def test_a_caller_is_put_through_to_a_contact_of_the_flow_only(open_console):
    rig = await open_console()
    begun(rig.live)
    assert (await rig.post("/api/live/CA1/transfer", {"contact": "desk"}))[0] == 200
    assert rig.put_through == [("CA1", "desk")]
    status, text = await rig.post("/api/live/CA1/transfer", {"contact": "+19005550199"})
    assert (status, "no contact" in text) == (400, True)
    assert (await rig.post("/api/live/CA9/transfer", {"contact": "desk"}))[0] == 409
    assert len(rig.records.notes) == 1


async def test_draining_is_switched_and_kept(open_console):
    rig = await open_console()
    assert (await rig.post("/api/drain", {"on": True}))[0] == 200
    assert (await rig.post("/api/drain", {"on": False}))[0] == 200
    assert rig.drained == [True, False]
    assert (await rig.post("/api/drain", {"on": "yes"}))[0] == 400


async def test_the_board_is_a_stream_that_a_shutdown_ends(open_console):
    rig = await open_console()
    begun(rig.live)
    answer = await rig.session.get(rig.base + "/api/live")
    line = await answer.content.readline()
    assert orjson.loads(line[6:])["calls"][0]["id"] == "CA1"
    await rig.server.close()
    async with asyncio.timeout(PATIENCE_S):
        await answer.content.read()


@pytest.mark.parametrize("path", ["/api/live", "/api/live/CA1"])
async def test_a_stream_ends_with_the_session(open_console, path):
    rig = await open_console(users=USERS)
    await rig.login("vera")
    begun(rig.live)
    answer = await rig.session.get(rig.base + path)
    await answer.content.readline()
    assert (await rig.post("/api/logout"))[0] == 200
    async with asyncio.timeout(PATIENCE_S):
        await answer.content.read()


def test_a_live_call_keeps_its_last_turns_only():
    live = LiveCalls()
    begun(live)
    for number in range(LAST_TURNS + 5):
        live.turn("CA1", TurnTiming(number, 0))
    assert len(live.calls["CA1"].turns) == LAST_TURNS
    live.event("CA9", 0, Typed("x"), (), CallState())
    assert "CA9" not in live.calls


async def test_watchers_of_one_call_are_not_woken_by_another():
    live = LiveCalls()
    begun(live, "CA1")
    begun(live, "CA2")
    with live.watch("CA1") as one, live.watch() as every:
        live.event("CA2", 1, Typed("x"), (), CallState(call_id="CA2"))
        assert not one.is_set()
        assert every.is_set()
    assert not live._watchers
