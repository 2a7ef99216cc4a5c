"""Logging in to the console, and `Access` for those who have.

Without any user this machine is served, and it alone: the page says so. With users everybody logs in.
A cookie holds a session's key; what changes something needs the session's token as well.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
import structlog
from aiohttp import hdrs, web

from ivr.edges.access import LoopbackAccess, Role, Visitor, check_origin
from ivr.edges.console_sessions import Brake, Session, Sessions
from ivr.edges.console_users import User, hashed, is_known_browser, known_browser, matches
from ivr.edges.pages import json_body, json_response

COOKIE: Final = "ivr_session"
BROWSER: Final = "ivr_browser"
"""The cookie of a browser in which somebody has logged in before. It lets nobody in; it only spares them
the brake that strangers set off."""
BROWSER_S: Final = 180 * 24 * 3600
CSRF_HEADER: Final = "X-CSRF-Token"

_log = structlog.get_logger("ivr.console")


class ConsoleAccess:
    """Implements `Access`. `secure`: the cookie travels over https only."""

    def __init__(
        self,
        users: Mapping[str, User],
        *,
        secure: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._users = users
        self._secure = secure
        self._clock = clock
        self._sessions = Sessions()
        self._brake = Brake()
        self._loopback = LoopbackAccess()
        self._local_csrf = secrets.token_urlsafe(24)
        self._nobody = hashed(secrets.token_hex(8))  # so that an unknown name takes as long

    @property
    def open_here(self) -> bool:
        """Whether nobody has to log in, since only this machine is served."""
        return not self._users

    def visitor(self, request: web.Request, role: Role) -> Visitor:
        """See `Access`: 401 for those who must log in, 403 for those who may not."""
        if self.open_here:
            return self._loopback.visitor(request, role)
        session = self._session(request)
        if session is None:
            raise _refused(web.HTTPUnauthorized, "Log in first: the session has ended, or there was none.")
        if role == "operator" and session.role != "operator":
            _log.warning("refused", reason="role", who=session.name, route=request.path)
            raise _refused(web.HTTPForbidden, f"{session.name} may look, but not do this: ask an operator.")
        return Visitor(session.name, session.role)

    def still(self, request: web.Request) -> bool:
        """See `Access`. To look does not keep a session open."""
        return self.open_here or self._sessions.goes_on(request.cookies.get(COOKIE, ""), self._clock())

    def actor(self, request: web.Request, role: Role = "operator") -> Visitor:
        """Who changes something: from a page of ours, and with its token."""
        check_origin(request)
        visitor = self.visitor(request, role)
        session = self._session(request)
        expected = session.csrf if session else self._local_csrf
        if not hmac.compare_digest(request.headers.get(CSRF_HEADER, "").encode(), expected.encode()):
            _log.warning("refused", reason="csrf", who=visitor.name, route=request.path)
            raise _refused(web.HTTPForbidden, "The page is out of date: load it again.")
        return visitor

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application's router."""
        return [
            web.get("/api/session", self.session),
            web.post("/api/login", self.login),
            web.post("/api/logout", self.logout),
        ]

    async def session(self, request: web.Request) -> web.Response:
        """Who is logged in; 401 when nobody is."""
        visitor = self.visitor(request, "viewer")
        return json_response(self._told(visitor, self._session(request)))

    async def login(self, request: web.Request) -> web.Response:
        """Name and password for a session."""
        check_origin(request)
        given = await json_body(request)
        name, password = str(given.get("name", "")), str(given.get("password", ""))
        now, guests = self._clock(), self._guests(request, name)
        pause = max(self._brake.pause(guest, now) for guest in guests)
        if pause > 0:
            raise web.HTTPTooManyRequests(
                text=f"Too many wrong passwords. Try again in {pause:.0f} s.\n",
                headers={hdrs.RETRY_AFTER: f"{pause:.0f}"},
            )
        for guest in guests:  # counted before the hash is made, so that many at once find the brake too
            self._brake.wrong(guest, now)
        user = self._users.get(name)
        right = await asyncio.to_thread(
            matches, password, user.secret if user else self._nobody or hashed("")
        )
        if user is None or not right:
            _log.warning("login refused", who=name[:64], peer=request.remote)
            raise _refused(web.HTTPUnauthorized, "The name or the password is wrong.")
        for guest in guests:
            self._brake.right(guest)
        key, session = self._sessions.begin(user.name, user.role, self._clock())
        _log.info("login", who=user.name, peer=request.remote)
        response = json_response(self._told(Visitor(user.name, user.role), session))
        for cookie, value, age_s in ((COOKIE, key, None), (BROWSER, known_browser(user), BROWSER_S)):
            response.set_cookie(
                cookie, value, max_age=age_s, httponly=True, samesite="Strict", secure=self._secure, path="/"
            )
        return response

    def _guests(self, request: web.Request, name: str) -> tuple[str, ...]:
        """Whose wrong passwords count together.

        Those of a browser in which this name has logged in; or else all strangers' for the name, and all
        from the address, which behind a proxy is everybody's.
        """
        user, shown = self._users.get(name), request.cookies.get(BROWSER, "")
        if user and is_known_browser(user, shown):
            return (f"browser {shown}",)
        return (f"name {name[:64]}", f"from {request.remote}")

    async def logout(self, request: web.Request) -> web.Response:
        """End the session."""
        self.actor(request, "viewer")
        self._sessions.end(request.cookies.get(COOKIE, ""))
        response = json_response({})
        response.del_cookie(COOKIE, path="/")
        return response

    def _session(self, request: web.Request) -> Session | None:
        return self._sessions.get(request.cookies.get(COOKIE, ""), self._clock())

    def _told(self, visitor: Visitor, session: Session | None) -> dict[str, Any]:
        return {
            "name": visitor.name,
            "role": visitor.role,
            "local": visitor.local,
            "csrf": session.csrf if session else self._local_csrf,
        }


def _refused(kind: type[web.HTTPClientError], text: str) -> web.HTTPClientError:
    return kind(text=orjson.dumps({"error": text}).decode(), content_type="application/json")
