"""The softphone's server side: who may ring, what a call is told, and the way its socket takes."""

import asyncio
from dataclasses import replace

import orjson
import pytest

from ivr.call.lines import Transfer
from ivr.call.registry import Ending
from ivr.core.call import CallState, advance
from ivr.core.events import CallStarted
from ivr.core.flow.model import Contact
from ivr.edges.console_login import ConsoleAccess
from ivr.edges.console_users import make_user
from ivr.edges.live_news import call_news
from ivr.wire.twilio_carrier import CarrierEncoder
from tests.edges.edge_rig import PATIENCE_S, close_code
from tests.edges.phone_rig import FLOW, PhoneRig

JSON = {"Content-Type": "application/json"}


async def ring(phone, headers=JSON, **body):
    return await phone.session.post(phone.base + "/phone/api/calls", data=orjson.dumps(body), headers=headers)


async def test_a_call_from_the_page_goes_the_way_of_a_carriers_call(phone):
    given = await (await ring(phone, step="age", slots={"age": "41", "ok": "yes"})).json()
    socket = await phone.session.ws_connect(phone.base + given["stream"], headers={"Origin": phone.base})
    encoder = CarrierEncoder("PS1", given["call"])
    await socket.send_str(encoder.connected().decode())
    await socket.send_str(encoder.start({"token": given["token"]}).decode())
    await socket.send_str(encoder.key("7").decode())
    async with asyncio.timeout(PATIENCE_S):
        while not (phone.calls and phone.calls[0].keys):  # noqa: ASYNC110 - as in `Rig.started`
            await asyncio.sleep(0.001)
    call = phone.calls[0].call
    assert (call.call_id, call.step, call.slots) == (given["call"], "age", {"age": 41, "ok": True})
    await socket.close()


async def test_a_token_opens_one_socket(phone):
    given = await (await ring(phone)).json()
    for expected in (None, 1008):
        socket = await phone.session.ws_connect(phone.base + given["stream"])
        encoder = CarrierEncoder("PS1", given["call"])
        await socket.send_str(encoder.start({"token": given["token"]}).decode())
        if expected:
            assert await close_code(socket) == expected
    assert len(phone.calls) == 1


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"step": "nowhere"}, "no step 'nowhere'"),
        ({"slots": {"colour": "red"}}, "no slot 'colour'"),
        ({"slots": {"pin": "1234"}}, "sensitive"),
        ({"slots": {"age": "old"}}, "whole number"),
        ({"slots": {"age": "9" * 26}}, "too large"),
        ({"slots": {"age": "9" * 5000}}, "whole number"),
        ({"slots": {"ok": "perhaps"}}, "yes or no"),
        ({"slots": [1]}, "JSON object"),
    ],
)
async def test_what_the_flow_does_not_have_is_said(phone, body, says):
    answer = await ring(phone, **body)
    assert answer.status == 400
    assert says in await answer.text()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "phone.example.org"},
        {"X-Forwarded-For": "203.0.113.9"},
    ],
)
async def test_other_sites_and_other_machines_are_refused(phone, headers):
    assert (await ring(phone, {**JSON, **headers})).status == 403
    answer = await phone.session.get(
        phone.base + "/phone/stream",
        headers={
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
            **headers,
        },
    )
    assert answer.status == 403


async def test_a_form_of_another_site_cannot_ring(phone):
    assert (await ring(phone, {"Content-Type": "text/plain"})).status == 415


async def test_a_full_line_says_so_in_its_own_words(phone):
    phone.registry.draining = True
    answer = await ring(phone)
    assert (answer.status, await answer.text()) == (503, "phrase busy\n")


async def test_a_person_who_is_not_logged_in_comes_to_the_login_and_a_program_is_refused():
    users = {"anna": make_user("anna", "operator", "a long enough one")}
    rig = PhoneRig(access=ConsoleAccess(users, secure=False))
    await rig.server.start_server()
    browser = await rig.session.get(
        rig.base + "/phone", headers={"Accept": "text/html,*/*"}, allow_redirects=False
    )
    assert (browser.status, browser.headers["Location"]) == (302, "/")
    assert (await rig.session.get(rig.base + "/phone")).status == 401
    await rig.close()


async def test_the_page_forbids_scripts_that_are_not_ours(phone):
    answer = await phone.session.get(phone.base + "/phone")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "/phone/phone.js" in await answer.text()
    assert (await phone.session.get(phone.base + "/phone/nothing.js")).status == 404


async def test_the_flow_of_the_page_has_no_sensitive_slot(phone):
    told = await (await phone.session.get(phone.base + "/phone/api/flow")).json()
    assert "age" in {slot["name"] for slot in told["slots"]}
    assert "pin" not in {slot["name"] for slot in told["slots"]}
    assert [step["id"] for step in told["steps"]][:2] == ["hello", "age"]


async def test_typed_words_reach_the_call_or_it_is_said_why_not(phone):
    url = phone.base + "/phone/api/calls/PH1/text"
    assert (await phone.session.post(url, json={"text": " hello "})).status == 200
    assert phone.typed == [("PH1", "hello")]
    phone.takes_words = False
    assert (await phone.session.post(url, json={"text": "hello"})).status == 409
    assert (await phone.session.post(url, json={"text": ""})).status == 400
    assert (await phone.session.post(url, json={"text": "x" * 2000})).status == 400


async def test_the_page_learns_how_a_call_ended(phone):
    url = phone.base + "/phone/api/calls/PH1/ending"
    assert (await phone.session.get(url)).status == 404
    phone.registry.note_ending("PH1", Ending("transfer", Transfer(Contact("desk", "+15550101234"))), 10.0**9)
    told = await (await phone.session.get(url)).json()
    assert (told["kind"], told["to"]["name"]) == ("transfer", "desk")


async def test_news_of_a_call_come_as_they_happen_and_end_with_it(phone):
    state, _ = advance(FLOW, CallState(), CallStarted("PH1", slots={"pin": "1234"}), 0)
    phone.live.began("PH1", FLOW, 0)
    answer = await phone.session.get(phone.base + "/phone/api/calls/PH1/events")
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    first = await event(answer)
    assert (first["step"], first["lines"]) == ("", [])
    phone.live.event("PH1", 5, CallStarted("PH1"), (), state)
    second = await event(answer)
    assert (second["step"], second["path"]) == ("age", ["hello", "age"])
    assert second["slots"] == {"pin": "•••"}, "sensitive slots are hidden"
    phone.live.ended("PH1", replace(state, outcome="completed"))
    assert (await event(answer))["outcome"] == "completed"
    assert b"event: end" in await answer.content.read()


async def test_news_of_a_call_that_never_begins_end(phone):
    assert [item async for item in call_news(phone.live, "PH9", wait_s=0.01)] == []


async def test_a_shutdown_ends_open_news(phone):
    phone.live.began("PH1", FLOW, 0)
    answer = await phone.session.get(phone.base + "/phone/api/calls/PH1/events")
    await event(answer)
    await phone.server.close()
    async with asyncio.timeout(PATIENCE_S):
        await answer.content.read()


async def event(answer):
    async with asyncio.timeout(PATIENCE_S):
        while True:
            line = await answer.content.readline()
            if line.startswith(b"data: "):
                return orjson.loads(line[6:])
