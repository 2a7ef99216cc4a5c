"""Who may talk to the Twilio routes: signatures, or loopback only.

With an auth token every request must carry the carrier's signature over its address as the carrier sees
it, built from `PUBLIC_URL` and the request's path. Without one, only programs on this machine are served,
and not those that pass on somebody else's request (a tunnel, a proxy).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import structlog
from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage

from ivr.call.lines import Answerer, Calls
from ivr.call.meters import LineMeter
from ivr.call.registry import Registry
from ivr.core.errors import ConfigError
from ivr.edges.access import is_local
from ivr.wire.signature import HEADER, Algorithm, Signer, without_default_port

VOICE: Final = "/twilio/voice"
STREAM: Final = "/twilio/stream"
RESUME: Final = "/twilio/resume"
STATUS: Final = "/twilio/status"
WHISPER: Final = "/twilio/whisper"

_FORM: Final = "application/x-www-form-urlencoded"
_MAX_FIELDS: Final = 200

_log = structlog.get_logger("ivr.twilio")


@dataclass(frozen=True, slots=True)
class TwilioSettings:
    """What an operator may set about the Twilio line. Times in seconds, sizes in bytes.

    public_url           how the carrier reaches us: https://host[:port][/prefix]; "" on one machine
    auth_token           the secret that signs the carrier's requests; "" serves loopback only
    algorithm            what the account signs with
    overflow_number      who gets calls that find no room, or break: E.164 or `sip:`; "" for nobody
    language             of sentences that the carrier speaks for us
    max_body             of a webhook's form
    body_timeout_s       for a webhook's form to arrive
    handshake_timeout_s  for a new stream to say `start`
    idle_timeout_s       for a stream to say anything at all
    close_timeout_s      for a peer to take leave
    max_message          of one stream message
    max_payload          of the audio in one stream message
    max_queued_s         audio waiting for a peer that does not read
    max_waiting          streams that have not said `start` yet
    """

    public_url: str = ""
    auth_token: str = field(default="", repr=False)
    algorithm: Algorithm = "HMAC_SHA1"
    overflow_number: str = ""
    language: str = "en-US"
    max_body: int = 64 * 1024
    body_timeout_s: float = 5.0
    handshake_timeout_s: float = 5.0
    idle_timeout_s: float = 30.0
    close_timeout_s: float = 2.0
    max_message: int = 64 * 1024
    max_payload: int = 8000
    max_queued_s: float = 10.0
    max_waiting: int = 64

    def __post_init__(self) -> None:
        check_public_url(self.public_url)


@dataclass(frozen=True, slots=True)
class TwilioPorts:
    """What the Twilio line works with.

    answer             gets somebody to answer a call whose line is open
    phrase             the line's wording by key of `ivr.core.phrases`: `busy`, `to_person`, `give_up`
    calls              the calls whose line is closed; nothing: none of them goes on
    clock              seconds that never go back
    """

    registry: Registry
    meter: LineMeter
    answer: Answerer
    phrase: Callable[[str], str]
    calls: Calls | None = None
    clock: Callable[[], float] = time.monotonic


def check_public_url(url: str) -> None:
    """Refuse a `PUBLIC_URL` that no carrier could reach or sign. "" is right: it means none."""
    if not url:
        return
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.query or parts.fragment or parts.username:
        raise ConfigError(
            f"PUBLIC_URL is {url!r}, which is not an address like https://phone.example.org; "
            "set it to the address at which the carrier reaches this server, without a query.",
        )


class Guard:
    """Checks requests, and knows the addresses that the carrier is told."""

    def __init__(self, settings: TwilioSettings, meter: LineMeter) -> None:
        self._settings = settings
        self._meter = meter
        self._signer = Signer(settings.auth_token, settings.algorithm) if settings.auth_token else None
        self._public = without_default_port(settings.public_url).rstrip("/")

    def base_url(self, request: web.Request) -> str:
        """The outside address: `PUBLIC_URL`, or for a caller on this machine the address it came to."""
        if self._public and self._signer:
            return self._public
        host, port = _sockname(request)
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def stream_url(self, request: web.Request) -> str:
        """The address of the media stream: wss, but for a caller on this machine ws."""
        return "ws" + self.base_url(request).removeprefix("http") + STREAM

    async def form(self, request: web.Request) -> list[tuple[str, str]]:
        """The parameters of a webhook, once it is known to be the carrier's. Raises HTTP errors."""
        self._check_peer(request)
        if self._signer and not request.headers.get(HEADER):
            raise self.refusal(request, "unsigned")
        if request.content_type != _FORM:
            raise self._bad(request, web.HTTPUnsupportedMediaType(text=f"Send a form ({_FORM}).\n"))
        params = _parsed(await self._body(request))
        if params is None:
            raise self._bad(request, web.HTTPBadRequest(text="The form cannot be read.\n"))
        if self._signer and not self._signed(request, self.base_url(request), params):
            raise self.refusal(request, "wrong_signature")
        return params

    def check_upgrade(self, request: web.Request) -> None:
        """Let only the carrier open a media stream. Raises 403 before the socket is accepted."""
        self._check_peer(request)
        if self._signer and not self._signed(request, "ws" + self.base_url(request).removeprefix("http"), []):
            reason = "wrong_signature" if request.headers.get(HEADER) else "unsigned"
            raise self.refusal(request, reason)

    def refusal(self, request: web.Request, reason: str, call_id: str = "") -> web.HTTPForbidden:
        """A counted, logged 403 to raise. The peer is told nothing that helps it."""
        self._meter.webhook_refused(request.path, reason)
        _log.warning(
            "request refused", route=request.path, reason=reason, peer=request.remote, call_id=call_id
        )
        return web.HTTPForbidden(text="Refused.\n")

    def _bad(self, request: web.Request, error: web.HTTPError) -> web.HTTPError:
        self._meter.webhook_refused(request.path, "malformed")
        _log.warning("request malformed", route=request.path, status=error.status, peer=request.remote)
        return error

    def _check_peer(self, request: web.Request) -> None:
        """Without a secret, serve this machine only; with one but no `PUBLIC_URL`, likewise."""
        if self._signer and self._public:
            return
        if not is_local(request):
            raise self.refusal(request, "not_loopback")

    def _signed(self, request: web.Request, base: str, params: list[tuple[str, str]]) -> bool:
        assert self._signer is not None
        path = request.raw_path
        return path.startswith("/") and self._signer.valid(base + path, params, request.headers.get(HEADER))

    async def _body(self, request: web.Request) -> bytes:
        try:
            async with asyncio.timeout(self._settings.body_timeout_s):
                return await request.clone(client_max_size=self._settings.max_body).read()
        except TimeoutError:
            raise self._bad(
                request, web.HTTPRequestTimeout(text="The form did not arrive in time.\n")
            ) from None
        except web.HTTPRequestEntityTooLarge as error:
            raise self._bad(request, error) from None
        except (web.RequestPayloadError, BadHttpMessage):
            raise self._bad(request, web.HTTPBadRequest(text="The form cannot be read.\n")) from None


def fingerprint(request: web.Request, params: list[tuple[str, str]]) -> bytes:
    """What makes two requests copies of each other: address and parameters, which is all that is signed."""
    digest = blake2b(request.raw_path.encode("utf-8", "surrogateescape"), digest_size=16)
    for name, value in sorted(params):
        for text in (name, value):
            data = text.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(4, "big") + data)
    return digest.digest()


def _parsed(body: bytes) -> list[tuple[str, str]] | None:
    try:
        return parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError:
        return None


def _sockname(request: web.Request) -> tuple[str, int]:
    name = request.transport.get_extra_info("sockname") if request.transport else None
    return (str(name[0]), int(name[1])) if isinstance(name, tuple) else ("127.0.0.1", 0)
