"""Who may use the pages of this server: people on this machine, or those who have logged in.

A request from another site is refused whoever sends it: what changes something, and every socket, must come
from a page of ours.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final, Literal, Protocol
from urllib.parse import urlsplit

import structlog
from aiohttp import hdrs, web

Role = Literal["viewer", "operator"]
"""A viewer looks; an operator also acts: transfers, hangs up, drains, rings the line from the browser."""

_FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")
_LOCAL_ONLY: Final = (
    "This page is served to this machine only. To use it from elsewhere, make a user "
    "(ivr console add-user NAME), restart the server and log in.\n"
)

_log = structlog.get_logger("ivr.console")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sends a request. `local`: nobody logs in, because only this machine is served."""

    name: str
    role: Role
    local: bool = False


class Access(Protocol):
    """Decides about requests."""

    def visitor(self, request: web.Request, role: Role) -> Visitor:
        """Who it is. Raises HTTP errors for those who may not act in this role."""
        ...

    def still(self, request: web.Request) -> bool:
        """Whether who sent it may go on reading: a session may have ended since."""
        ...


class LoopbackAccess:
    """Everybody on this machine is the operator; nobody else is served."""

    def visitor(self, request: web.Request, role: Role) -> Visitor:  # noqa: ARG002 -- everybody has every role
        if not is_local(request):
            _log.warning("page refused", route=request.path, reason="not_loopback", peer=request.remote)
            raise web.HTTPForbidden(text=_LOCAL_ONLY)
        return Visitor("local", "operator", local=True)

    def still(self, request: web.Request) -> bool:  # noqa: ARG002 -- nobody logs out
        """See `Access`."""
        return True


def is_local(request: web.Request) -> bool:
    """Whether a program on this machine asks for itself: no tunnel or proxy passes it on for another."""
    peer = request.transport.get_extra_info("peername") if request.transport else None
    if not isinstance(peer, tuple) or not is_loopback(str(peer[0])):
        return False
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        host = urlsplit("//" + request.headers.get(hdrs.HOST, "")).hostname or ""
    except ValueError:
        return False
    return host == "localhost" or is_loopback(host)


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def check_origin(request: web.Request) -> None:
    """Refuse what a page of another site sends (403). Programs send no Origin, and need a login instead."""
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None:
        if request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin"):
            return
        raise _cross_origin(request, "")
    try:
        site = urlsplit(origin).netloc.lower()
    except ValueError:
        site = ""
    if not site or site != request.headers.get(hdrs.HOST, "").lower():
        raise _cross_origin(request, origin)


def _cross_origin(request: web.Request, origin: str) -> web.HTTPForbidden:
    _log.warning(
        "page refused", route=request.path, reason="cross_origin", origin=origin, peer=request.remote
    )
    return web.HTTPForbidden(text="This came from a page of another site.\n")
