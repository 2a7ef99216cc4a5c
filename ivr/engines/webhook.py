"""Telling somebody else's server what became of a call: JSON, signed.

    X-Ivr-Timestamp: 1764000000
    X-Ivr-Signature: sha256=<hex HMAC-SHA256 of "<timestamp>.<body>" with the secret>
    X-Ivr-Delivery:  the call's id; the same again when a delivery is repeated

A receiver checks the signature, refuses old timestamps, and answers 2xx once it has kept the message.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

import aiohttp
import orjson

from ivr.core.errors import EngineError

TIMEOUT_S: Final = 15.0
_GOOD: Final = range(200, 300)


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """The value of `X-Ivr-Signature`."""
    return "sha256=" + hmac.new(secret.encode(), b"%d.%b" % (timestamp, body), sha256).hexdigest()


class Webhook:
    """Posts to `url`. Without a `secret` nothing is signed."""

    def __init__(self, url: str, secret: str, clock: Callable[[], float] = time.time) -> None:
        self._url = url
        self._secret = secret
        self._clock = clock

    async def send(self, delivery: str, message: dict[str, Any]) -> None:
        """Deliver a message. Raises `EngineError` when it was not taken."""
        body = orjson.dumps(message)
        timestamp = int(self._clock())
        headers = {
            "Content-Type": "application/json",
            "X-Ivr-Delivery": delivery,
            "X-Ivr-Timestamp": str(timestamp),
        }
        if self._secret:
            headers["X-Ivr-Signature"] = signature(self._secret, timestamp, body)
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as session,
                session.post(self._url, data=body, headers=headers, allow_redirects=False) as reply,
            ):
                if reply.status not in _GOOD:
                    raise EngineError(f"The webhook answered {reply.status}; it is tried again later.")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            why = str(error) or type(error).__name__
            raise EngineError(f"The webhook cannot be reached ({why}); it is tried again later.") from error
