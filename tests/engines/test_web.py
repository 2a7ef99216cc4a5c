"""Requests against a small real server: encoded, bounded, guarded, tried again where allowed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from ivr.call.ports import WorkResult
from ivr.core.commands import HttpRequest
from ivr.engines.web import MAX_REPLY, WebActions

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ORDER = {"order": {"status": "on its way", "count": 2, "items": [{"name": "shoes"}]}}
PICK = (("status", "order.status"), ("count", "order.count"), ("first", "order.items[0].name"), ("no", "x.y"))


class Shop:
    """Replies as the path says, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.fail_first = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.text()
        self.asked.append(
            {
                "method": request.method,
                "path": request.raw_path,
                "headers": dict(request.headers),
                "body": body,
            }
        )
        if len(self.asked) <= self.fail_first:
            return web.Response(status=503)
        handler: Handler = getattr(self, request.path.split("/")[1])
        return await handler(request)

    async def orders(self, request: web.Request) -> web.Response:
        return web.json_response(ORDER)

    async def missing(self, request: web.Request) -> web.Response:
        return web.Response(status=404)

    async def text(self, request: web.Request) -> web.Response:
        return web.Response(text="<html>")

    async def deep(self, request: web.Request) -> web.Response:
        return web.Response(text="[" * 100_000)

    async def large(self, request: web.Request) -> web.Response:
        return web.Response(body=b" " * (MAX_REPLY + 1))

    async def bomb(self, request: web.Request) -> web.Response:
        reply = web.Response(body=b" " * 50_000_000)
        reply.enable_compression(web.ContentCoding.gzip)
        return reply

    async def slow(self, request: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response()

    async def drip(self, request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse()
        await reply.prepare(request)
        while True:
            await reply.write(b" ")
            await asyncio.sleep(0.02)

    async def goes(self, request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": request.query["to"]})

    async def round(self, request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/round"})


@pytest.fixture
async def shop() -> Shop:
    return Shop()


@pytest.fixture
async def server(shop: Shop) -> AsyncIterator[TestServer]:
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", shop.handle)
    server = TestServer(app)
    await server.start_server()
    yield server
    await server.close()


async def lookup(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


async def ask(
    server: TestServer, path: str, *, allowed: str = "shop.test", secrets: Any = None, **order: Any
) -> WorkResult:
    client = WebActions([allowed], secrets, lookup)
    try:
        url = f"http://shop.test:{server.port}/{path}"
        return await client.request(
            replace(HttpRequest("GET", url, timeout_ms=2000, pick=PICK), **order), once="CA1-1"
        )
    finally:
        await client.close()


async def test_a_reply_brings_the_values_that_are_wanted(shop, server):
    result = await ask(server, "orders/12%2F34?x=a%20b")
    assert result == WorkResult("done", {"status": "on its way", "count": 2, "first": "shoes", "no": None})
    assert shop.asked[0]["path"] == "/orders/12%2F34?x=a%20b"


async def test_a_body_and_headers_travel_and_secrets_come_from_the_environment(shop, server):
    result = await ask(
        server,
        "orders",
        method="POST",
        body='{"n": "ä"}',
        headers=(("Content-Type", "application/json"), ("X-Line", "shop")),
        secrets={"IVR_SECRET_SHOP": "s3cret"},
        once_by="Idempotency-Key",
    )
    assert result.outcome == "done"
    asked = shop.asked[0]
    assert (asked["method"], asked["body"]) == ("POST", '{"n": "ä"}')
    assert asked["headers"]["X-Line"] == "shop"
    assert asked["headers"]["Idempotency-Key"] == "CA1-1"


async def with_secret(server: TestServer, path: str, secrets: dict[str, str]) -> WorkResult:
    client = WebActions(["shop.test", "other.test"], secrets, lookup)
    order = HttpRequest(
        "GET", f"http://shop.test:{server.port}/{path}", secrets=(("X-Key", "Key ", "IVR_SECRET_SHOP"),)
    )
    try:
        return await client.request(order, once="CA1-1")
    finally:
        await client.close()


async def test_a_secret_that_is_not_there_is_told(shop, server):
    result = await with_secret(server, "orders", {})
    assert result == WorkResult(
        "refused", reason="the environment has no IVR_SECRET_SHOP, which the header X-Key needs"
    )
    assert shop.asked == []


async def test_a_secret_goes_to_its_own_server_only(shop, server):
    result = await with_secret(
        server, f"goes?to=http://other.test:{server.port}/orders", {"IVR_SECRET_SHOP": "s3cret"}
    )
    assert result.outcome == "done"
    assert [asked["headers"].get("X-Key") for asked in shop.asked] == ["Key s3cret", None]


@pytest.mark.parametrize(
    ("path", "outcome"),
    [("missing", "404"), ("text", "reply"), ("deep", "reply"), ("large", "refused"), ("bomb", "refused")],
)
async def test_what_is_no_good_reply_has_an_outcome_of_its_own(server, path, outcome):
    assert (await ask(server, path)).outcome == outcome


@pytest.mark.parametrize("path", ["slow", "drip"])
async def test_a_reply_that_does_not_come_in_time_is_given_up(server, path):
    assert (await ask(server, path, timeout_ms=200)).outcome == "timeout"


async def test_a_server_that_is_not_there_has_failed(unused_tcp_port):
    client = WebActions(["shop.test"], None, lookup)
    result = await client.request(HttpRequest("GET", f"http://shop.test:{unused_tcp_port}/"), once="1")
    await client.close()
    assert result.outcome == "failed"
    assert "no connection" in result.reason


async def test_another_attempt_may_go_better(shop, server):
    shop.fail_first = 2
    assert (await ask(server, "orders", attempts=3)).outcome == "done"
    assert len(shop.asked) == 3


async def test_an_error_that_stays_is_not_tried_again(shop, server):
    assert (await ask(server, "missing", attempts=3)).outcome == "404"
    assert len(shop.asked) == 1


async def test_what_resolves_to_our_own_network_is_refused(shop, server):
    result = await ask(server, "orders", allowed="nobody.test")
    assert result.outcome == "refused"
    assert "shop.test is 127.0.0.1, this machine" in result.reason
    assert shop.asked == []


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.1:{port}/orders",
        "http://[::1]:{port}/orders",
        "http://[::ffff:127.0.0.1]:{port}/orders",
        "http://2130706433:{port}/orders",
        "http://0x7f.1:{port}/orders",
        "http://0177.0.0.1:{port}/orders",
        "http://127.1:{port}/orders",
        "http://169.254.169.254/latest/meta-data",
        "//127.0.0.1:{port}/orders",
        "file:///etc/passwd",
        "ftp://shop.test/orders",
        "http://user:word@shop.test:{port}/orders",
    ],
)
async def test_a_redirect_is_judged_like_the_request(shop, server, to):
    result = await ask(server, "goes?to=" + to.format(port=server.port))
    assert result.outcome in ("refused", "failed")
    assert len(shop.asked) == 1


async def test_a_name_that_changes_its_mind_is_asked_once_for_each_connection(shop, server):
    """The address that was judged is the one that is connected to."""
    answers = [["192.0.2.1"], ["127.0.0.1"]]
    asked = []

    async def changing(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers.pop(0)

    client = WebActions(["192.0.2.1"], None, changing)
    order = HttpRequest("GET", f"http://shop.test:{server.port}/orders", timeout_ms=300)
    result = await client.request(order, once="1")
    await client.close()
    assert result.outcome in ("failed", "timeout")
    assert asked == ["shop.test"]
    assert shop.asked == []


async def test_redirects_come_to_an_end_and_only_a_get_follows_them(shop, server):
    assert (await ask(server, "round")).outcome == "refused"
    assert len(shop.asked) == 4
    result = await ask(server, "round", method="POST")
    assert "POST was sent elsewhere" in result.reason


async def test_nothing_that_was_said_is_in_the_reason_of_a_failure(server):
    result = await ask(server, "goes?to=http://[broken/4242")
    assert "4242" not in result.reason
