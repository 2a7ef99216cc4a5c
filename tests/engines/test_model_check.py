"""Checking a table: real endpoints that keep, ignore or refuse what they are asked."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from ivr.engines.model_check import SLOW_MS, Finding, check_models
from ivr.understanding.models.prices import Prices
from ivr.understanding.models.table import Model, Table
from tests.engines import model_server as srv

PRICED = Prices(1.0, 2.0, None, "2026-11-01")


async def able(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """Keeps the schema if there is one."""
    text = '{"colour": "vermilion"}' if "response_format" in body else "Blue."
    return await srv.says(text)(request, body)


def without(option: str) -> srv.Reply:
    """Refuses requests with this option; keeps to the others."""

    async def reply(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        return await (srv.refuses(400, f"unknown: {option}") if option in body else able)(request, body)

    return reply


async def finding(reply: srv.Reply, *abilities: str, prices: Prices = PRICED) -> Finding:
    server = await srv.ModelServer(reply).start()
    row = Model("small", server.url, "economy", "small", prices=prices, abilities=frozenset(abilities))
    (found,) = await check_models(Table({"small": row}), {})
    await server.close()
    return found


async def test_an_able_endpoint_whose_row_says_so() -> None:
    found = await finding(able, "json_schema", "stream_usage")
    assert (found.error, found.json_schema, found.stream_usage, found.advice) == ("", True, True, ())
    assert found.first_ms >= 0


async def test_abilities_that_the_row_does_not_name_are_advised() -> None:
    assert (await finding(able)).advice == (
        "add json_schema to its abilities",
        "add stream_usage to its abilities",
    )


async def test_a_schema_that_is_ignored_is_told() -> None:
    found = await finding(srv.says("Blue."), "json_schema", "stream_usage")
    assert (found.json_schema, found.stream_usage) == (False, True)
    assert found.advice == ("take json_schema out of its abilities: it is ignored",)


@pytest.mark.parametrize(
    ("option", "schema", "usage"), [("response_format", False, True), ("stream_options", True, False)]
)
async def test_an_endpoint_that_refuses_one_option_is_asked_without_it(
    option: str, schema: bool, usage: bool
) -> None:
    found = await finding(without(option))
    assert (found.error, found.json_schema, found.stream_usage) == ("", schema, usage)


async def test_an_unknown_price_is_told() -> None:
    found = await finding(able, "json_schema", "stream_usage", prices=Prices())
    assert found.advice == ("write its prices: until then what it costs is unknown",)


async def test_an_endpoint_that_does_not_answer_has_a_reason_and_no_advice() -> None:
    found = await finding(srv.refuses(401, "bad key"), "json_schema")
    assert "wants a key" in found.error
    assert found.advice == ()


async def test_a_model_that_writes_nothing_does_not_answer() -> None:
    found = await finding(srv.says(""), "stream_usage")
    assert "wrote nothing when it was asked a plain question" in found.error
    assert found.advice == ()


async def test_a_model_that_callers_would_not_wait_for_is_told() -> None:
    found = await finding(srv.says("Blue.", first_s=SLOW_MS / 1000 + 0.1), "stream_usage")
    assert not found.error
    assert any("a caller waits 1.5 s: put a quicker one before it" in advice for advice in found.advice)


async def test_a_page_instead_of_an_answer_asks_for_the_address() -> None:
    found = await finding(srv.sends(b"<html>Sign in</html>", "text/html"))
    assert "does its address end where the API begins" in found.error
