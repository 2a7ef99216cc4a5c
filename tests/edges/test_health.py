from __future__ import annotations

from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from ivr.edges.health import Health, Readiness

READY = Readiness({"voice": True, "recogniser": True}, 1, 0, 10, "clinic", "abc")


async def ask(path: str, state: Readiness) -> tuple[int, str, str]:
    app = web.Application()
    app.add_routes(
        Health(lambda: state, lambda: (b"ivr_calls_active 1\n", "text/plain; version=0.0.4"), "0.1").routes()
    )
    async with TestClient(TestServer(app)) as client, client.get(path) as answer:
        return answer.status, answer.headers["Content-Type"], await answer.text()


async def test_alive_even_when_not_ready() -> None:
    status, _, body = await ask("/healthz", Readiness())
    assert (status, body) == (200, '{"status":"alive","version":"0.1"}')


async def test_ready_with_all_there_is_to_know() -> None:
    status, kind, body = await ask("/readyz", READY)
    assert status == 200
    assert kind == "application/json"
    assert '"flow":{"name":"clinic","digest":"abc","refused":[]}' in body
    assert '"reasons":[]' in body


async def test_how_the_records_fare_is_told_and_keeps_no_call_away() -> None:
    fares = replace(READY, records_away=True, records_waiting=7, records_set_aside=2)
    status, _, body = await ask("/readyz", fares)
    assert status == 200
    assert '"records":{"away":true,"waiting":7,"set_aside":2}' in body


async def test_a_refused_file_is_told_and_the_line_stays_ready() -> None:
    refused = "f.yaml:3:1: There is no step 'sya'.\nf.yaml:9:1: There is no flow 'x'."
    status, _, body = await ask("/readyz", replace(READY, flow_refused=refused))
    assert status == 200
    assert '"refused":["f.yaml:3:1: There is no step \'sya\'.","f.yaml:9:1: There is no flow \'x\'."]' in body


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (replace(READY, engines={"voice": False}), "engine voice is not warm"),
        (replace(READY, flow_name=""), "no flow is loaded"),
        (replace(READY, active=4, pending=6), "no room for another call"),
        (replace(READY, draining=True), "draining"),
    ],
)
async def test_not_ready_says_why(state: Readiness, reason: str) -> None:
    status, _, body = await ask("/readyz", state)
    assert status == 503
    assert reason in body


async def test_metrics_are_plain_text() -> None:
    status, kind, body = await ask("/metrics", READY)
    assert (status, body) == (200, "ivr_calls_active 1\n")
    assert kind.startswith("text/plain")
