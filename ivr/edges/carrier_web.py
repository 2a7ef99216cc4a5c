"""The simulated carrier's requests: webhooks and the opening of a stream, signed as the carrier signs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from aiohttp import (
    ClientError,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    WSServerHandshakeError,
)

from ivr.core.errors import CarrierError
from ivr.wire import twiml
from ivr.wire.signature import HEADER, Algorithm, Signer

VOICE_PATH: Final = "/twilio/voice"
STATUS_PATH: Final = "/twilio/status"

_HTTP_TIMEOUT_S: Final = 15.0  # what a carrier allows a webhook
_LOOK: Final = "see its log."
_ADVICE: Final = {
    403: "the signature was refused; give both sides the same TWILIO_AUTH_TOKEN and PUBLIC_URL.",
    404: "there is no such route; give the address of an ivr server.",
}


@dataclass(frozen=True, slots=True)
class CarrierSettings:
    """How to ring, and as whom.

    base_url     where the server listens, to connect to
    public_url   what the server believes its address to be (its `PUBLIC_URL`); signatures cover it
    auth_token   signs requests; "" sends none
    caller       the number that calls; `called`: the number that is rung
    dial_outcome what becomes of transfers, one after the other: completed, busy, no-answer, failed, or
                 refused (by key, where there is a whisper); several with commas, of which the last stays
    ring_s       how long a transfer takes
    voice_path   the route of the voice webhook, for servers that are not ours
    stream_url   a media stream to open at once, without asking any webhook; "" asks
    """

    base_url: str
    public_url: str = ""
    auth_token: str = field(default="", repr=False)
    algorithm: Algorithm = "HMAC_SHA1"
    caller: str = "+15550100001"
    called: str = "+15550100002"
    dial_outcome: str = "completed"
    ring_s: float = 0.0
    voice_path: str = VOICE_PATH
    stream_url: str = ""


class CarrierWeb:
    """The carrier's requests: signed, and sent to where the server really listens."""

    def __init__(self, settings: CarrierSettings, call_id: str) -> None:
        self._settings = settings
        self._ids = {"CallSid": call_id, "AccountSid": "AC0", "ApiVersion": "2010-04-01"}
        self._base = settings.base_url.rstrip("/")
        self._public = (settings.public_url or settings.base_url).rstrip("/")
        self._signer = Signer(settings.auth_token, settings.algorithm) if settings.auth_token else None
        self._session: ClientSession | None = None

    def address(self, path: str) -> str:
        """A route of the server, as the carrier knows it."""
        return self._public + path

    async def post(self, url: str, params: dict[str, str]) -> twiml.Instructions:
        """Ask a webhook. An empty answer gives empty instructions."""
        form = {**self._ids, "From": self._settings.caller, "To": self._settings.called, **params}
        try:
            async with self._opened().post(
                self._reachable(url),
                data=form,
                headers=self._signature(url, form),
            ) as answer:
                text = await answer.text()
                status = answer.status
        except (ClientError, TimeoutError, ValueError) as error:
            raise CarrierError(
                f"nobody answers at {self._reachable(url)} ({error or type(error).__name__}); "
                "start the server there, or give the address where it listens.",
            ) from None
        if status not in (200, 204):
            raise CarrierError(f"the server answered {status} to POST {url}: {_ADVICE.get(status, _LOOK)}")
        return twiml.read(text) if text else twiml.Instructions()

    async def open(self, url: str) -> ClientWebSocketResponse:
        """Open the media stream."""
        try:
            return await self._opened().ws_connect(
                self._reachable(url),
                headers=self._signature(url, {}),
                max_msg_size=0,
            )
        except WSServerHandshakeError as error:
            advice = _ADVICE.get(error.status, _LOOK)
            raise CarrierError(f"the server answered {error.status} to the stream {url}: {advice}") from None
        except (ClientError, TimeoutError, ValueError) as error:
            raise CarrierError(
                f"the stream {url} cannot be opened ({error or type(error).__name__}); "
                "check PUBLIC_URL on the server.",
            ) from None

    async def close(self) -> None:
        """Drop every connection. A later request opens a new one."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _opened(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession(timeout=ClientTimeout(total=_HTTP_TIMEOUT_S))
        return self._session

    def _reachable(self, url: str) -> str:
        """The same route where the server listens, if it is one of the server's own."""
        for scheme in ("http", "ws"):
            public = scheme + self._public.removeprefix("http")
            if url.startswith(public + "/"):
                return scheme + self._base.removeprefix("http") + url[len(public) :]
        return url

    def _signature(self, url: str, form: dict[str, str]) -> dict[str, str]:
        return {HEADER: self._signer.sign(url, form.items())} if self._signer else {}
