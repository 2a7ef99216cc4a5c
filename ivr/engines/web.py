"""The requests of `action` steps over HTTP: guarded, bounded in time and size, tried again where allowed.

Implements `ivr.call.ports.WebClient`. Nothing of a request but its host goes to the log: paths, bodies
and headers may hold what a caller said, or secrets.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Collection, Mapping
from typing import Final

import aiohttp
import structlog
from yarl import URL

from ivr import __version__
from ivr.call.ports import WorkResult
from ivr.core import acting
from ivr.core.commands import HttpRequest
from ivr.engines.addresses import AddressRefusedError, Guard, Lookup

MAX_REPLY: Final = 262_144
"""Bytes of a reply; a larger one is refused."""
MAX_REDIRECTS: Final = 3
_CONNECTIONS: Final = 100
_PAUSE_S: Final = 0.2
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_AGAIN: Final = ("timeout", "failed", "429", "502", "503", "504")
"""Outcomes after which another attempt may go better."""

_log = structlog.get_logger("ivr")


class _Refused(Exception):  # noqa: N818 -- becomes an outcome
    pass


class WebActions:
    """Makes requests. Close it when done.

    allowed  servers of one's own network that may be asked: see `Guard`
    secrets  the environment's variables for headers
    lookup   resolves names, for tests
    """

    def __init__(
        self,
        allowed: Collection[str] = (),
        secrets: Mapping[str, str] | None = None,
        lookup: Lookup | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._guard = Guard(allowed, lookup)
        self._secrets = dict(secrets or {})
        self._trust = trust
        self._session: aiohttp.ClientSession | None = None

    async def request(self, order: HttpRequest, *, once: str) -> WorkResult:
        """Send a request, again where it may be; pick from the reply what is wanted."""
        host = URL(order.url, encoded=True).host
        result = WorkResult("failed")
        for attempt in range(order.attempts):
            if attempt:
                await asyncio.sleep(_PAUSE_S * 2 ** (attempt - 1))
            result = await self._attempt(order, once)
            _log.info("action", host=host, method=order.method, outcome=result.outcome, attempt=attempt + 1)
            if result.outcome not in _AGAIN:
                break
        return result

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def _attempt(self, order: HttpRequest, once: str) -> WorkResult:
        try:
            async with asyncio.timeout(order.timeout_ms / 1000):
                status, text = await self._exchange(order, self._headers(order, once))
        except TimeoutError:
            return WorkResult("timeout", reason=f"no reply within {order.timeout_ms / 1000:g} s")
        except _Refused as error:
            return WorkResult("refused", reason=str(error))
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, AddressRefusedError):
                return WorkResult("refused", reason=str(error.os_error))
            return WorkResult(
                "failed", reason=f"no connection: {error.os_error.strerror or type(error).__name__}"
            )
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # Its message may hold the URL, and with it what a caller said.
            return WorkResult("failed", reason=type(error).__name__)
        return WorkResult(*acting.ended(order, status, text))

    def _headers(self, order: HttpRequest, once: str) -> dict[str, str]:
        headers = {"User-Agent": f"ivr/{__version__}", "Accept": "application/json", **dict(order.headers)}
        for name, prefix, variable in order.secrets:
            if variable not in self._secrets:
                raise _Refused(f"the environment has no {variable}, which the header {name} needs")
            headers[name] = prefix + self._secrets[variable]
        if order.once_by:
            headers[order.once_by] = once
        return headers

    async def _exchange(self, order: HttpRequest, headers: dict[str, str]) -> tuple[int, str]:
        """Status and text of the reply, redirects followed for a GET."""
        url, body = URL(order.url, encoded=True), order.body.encode() or None
        for _ in range(MAX_REDIRECTS + 1):
            self._judge(url)
            async with self._open().request(
                order.method, url, headers=headers, data=body, allow_redirects=False
            ) as reply:
                place = reply.headers.get("Location")
                if reply.status not in _REDIRECTS or place is None:
                    return reply.status, await _read(reply)
                target = _target(url, place)
            if order.method != "GET":
                raise _Refused(f"a {order.method} was sent elsewhere, to {target.host}")
            if url.scheme == "https" and target.scheme != "https":
                raise _Refused(f"a redirect to {target.host} leaves https")
            if target.origin() != url.origin():
                mine = {name for name, _, _ in order.secrets} | {"Authorization", "Cookie"}
                headers = {name: value for name, value in headers.items() if name not in mine}
            url = target
        raise _Refused(f"more than {MAX_REDIRECTS} redirects")

    def _judge(self, url: URL) -> None:
        """Refuse what no resolver is asked about: schemes, and addresses in place of names."""
        if url.scheme not in ("http", "https") or not url.host or url.user or url.password:
            raise _Refused(f"'{url.scheme}' is neither http nor https, or its host is missing or has a user")
        try:
            address = ipaddress.ip_address(url.host)
        except ValueError:
            return  # a name: the guard judges what it resolves to, and the connection goes there
        why = self._guard.refused(url.host, url.port or 0, address)
        if why:
            raise _Refused(f"{url.host} is {why}; to allow it, name it in IVR_ACTION_ALLOW")

    def _open(self) -> aiohttp.ClientSession:
        """The session, made when it is first needed, inside the running loop."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=self._guard,
                    use_dns_cache=False,
                    limit=_CONNECTIONS,
                    ssl=self._trust if self._trust is not None else True,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
                trust_env=False,
            )
        return self._session


async def _read(reply: aiohttp.ClientResponse) -> str:
    """The text of a reply, bounded after decompression."""
    data = bytearray()
    async for chunk in reply.content.iter_chunked(16_384):
        data += chunk
        if len(data) > MAX_REPLY:
            raise _Refused(f"the reply is larger than {MAX_REPLY:,} bytes")
    return data.decode("utf-8", "replace")


def _target(url: URL, place: str) -> URL:
    try:
        return url.join(URL(place, encoded=False))
    except ValueError as error:
        raise _Refused("a redirect leads nowhere") from error
