"""Who gets in, who may act, and what a page of another site can do: nothing."""

import pytest
from aiohttp import CookieJar

from ivr.edges.console_sessions import FREE_TRIES, IDLE_S
from tests.edges.console_rig import USERS


async def test_without_users_this_machine_is_the_operator(open_console):
    rig = await open_console()
    status, session = await rig.get("/api/session")
    assert (status, session["role"], session["local"]) == (200, "operator", True)
    assert (await rig.post("/api/drain", {"on": True}))[0] == 200


@pytest.mark.parametrize("headers", [{"Host": "phone.example.org"}, {"X-Forwarded-For": "203.0.113.9"}])
async def test_without_users_nobody_else_gets_in(open_console, headers):
    rig = await open_console()
    async with rig.session.get(rig.base + "/api/calls", headers=headers) as answer:
        assert answer.status == 403
        assert "add-user" in await answer.text()


async def test_with_users_everybody_logs_in(open_console):
    rig = await open_console(users=USERS)
    assert (await rig.get("/api/session"))[0] == 401
    assert (await rig.get("/api/calls"))[0] == 401
    assert await rig.login("vera") == 200
    assert (await rig.get("/api/calls"))[0] == 200
    assert (await rig.post("/api/logout"))[0] == 200
    assert (await rig.get("/api/calls"))[0] == 401


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(open_console):
    rig = await open_console(users=USERS)
    body = {"name": "anna", "password": "a long enough one"}
    async with rig.session.post(rig.base + "/api/login", json=body) as answer:
        cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


async def test_a_viewer_may_look_and_nothing_else(open_console):
    rig = await open_console(users=USERS)
    await rig.login("vera")
    for path, body in (
        ("/api/live/CA1/hang-up", {}),
        ("/api/live/CA1/transfer", {"contact": "desk"}),
        ("/api/drain", {"on": True}),
        ("/api/calls/CA1/test", {}),
    ):
        status, text = await rig.post(path, body)
        assert (status, "ask an operator" in text) == (403, True), path
    assert not rig.ended
    assert not rig.drained
    assert not rig.records.notes


async def test_what_changes_something_needs_the_pages_token(open_console):
    rig = await open_console(users=USERS)
    await rig.login("anna")
    rig.csrf = "another"
    assert (await rig.post("/api/drain", {"on": True}))[0] == 403
    assert not rig.drained


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_pages_of_other_sites_are_refused(open_console, headers):
    rig = await open_console(users=USERS)
    await rig.login("anna")
    assert (await rig.post("/api/drain", {"on": True}, **headers))[0] == 403
    assert not rig.drained


async def test_an_expired_session_says_so(open_console):
    rig = await open_console(users=USERS)
    await rig.login("anna")
    rig.now += IDLE_S + 1
    status, text = await rig.post("/api/drain", {"on": True})
    assert (status, "Log in" in text) == (401, True)
    assert not rig.drained


async def test_guessing_is_slowed_down_even_for_the_right_password(open_console):
    rig = await open_console(users=USERS)
    for _ in range(FREE_TRIES):
        assert await rig.login("anna", "wrong") == 401
    assert await rig.login("anna") == 429
    rig.now += 3600
    assert await rig.login("anna") == 200


async def test_guessers_do_not_lock_out_a_browser_in_which_somebody_has_logged_in(open_console):
    rig = await open_console(users=USERS)
    await rig.login("anna")
    known = rig.session.cookie_jar
    rig.session._cookie_jar = CookieJar(unsafe=True)
    for _ in range(FREE_TRIES):
        await rig.login("anna", "wrong")
    assert await rig.login("anna") == 429
    rig.session._cookie_jar = known
    assert await rig.login("anna") == 200
    for _ in range(FREE_TRIES):
        assert await rig.login("anna", "wrong") == 401
    assert await rig.login("anna") == 429
    assert await rig.login("vera") == 429, "of another name this browser knows nothing"


async def test_an_origin_that_is_no_address_is_refused(open_console):
    rig = await open_console(users=USERS)
    async with rig.session.post(rig.base + "/api/login", json={}, headers={"Origin": "http://["}) as answer:
        assert answer.status == 403


async def test_an_unknown_name_is_answered_like_a_wrong_password(open_console):
    rig = await open_console(users=USERS)
    said = []
    for name in ("anna", "nobody"):
        async with rig.session.post(rig.base + "/api/login", json={"name": name, "password": "x"}) as answer:
            said.append((answer.status, await answer.text()))
    assert said[0] == said[1]
