"""Twilio's signatures on webhooks and on the upgrade to a media stream.

The signature covers the address as the carrier sees it and, for a form, its parameters. Which of two
algorithms is used is a setting of the account, so it is one here too, never a header's choice.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal
from urllib.parse import urlsplit

from multidict import MultiDict
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # ships no types

Algorithm = Literal["HMAC_SHA1", "HMAC_SHA256"]
HEADER: Final = "X-Twilio-Signature"
_DEFAULT_PORTS: Final = {"https": 443, "wss": 443, "http": 80, "ws": 80}


def without_default_port(url: str) -> str:
    """The address without `:443` or `:80` where that is what its scheme means anyway."""
    parts = urlsplit(url)
    if parts.port is not None and parts.port == _DEFAULT_PORTS.get(parts.scheme):
        parts = parts._replace(netloc=parts.netloc.rpartition(":")[0])
    return parts.geturl()


class Signer:
    """Signs and checks for one auth token (or shared key)."""

    def __init__(self, auth_token: str, algorithm: Algorithm = "HMAC_SHA1") -> None:
        self._validator = RequestValidator(auth_token)
        self._algorithm = algorithm

    def sign(self, url: str, params: Iterable[tuple[str, str]] = ()) -> str:
        """The signature a carrier would send for a POST of `params` to `url` (or an upgrade, without any)."""
        signature: str = self._validator.compute_signature(url, MultiDict(params), self._algorithm)
        return signature

    def valid(self, url: str, params: Iterable[tuple[str, str]], signature: str | None) -> bool:
        """Whether `signature` is right for `url` with or without its default port. Never raises."""
        if not signature:
            return False
        form = MultiDict(params)
        try:
            return any(
                self._validator.validate(candidate, form, signature, self._algorithm)
                for candidate in _spellings(url)
            )
        except ValueError:  # an address or a form that no carrier would sign (lone surrogates, a bad port)
            return False


def _spellings(url: str) -> tuple[str, ...]:
    """The library knows the default port of https only, and tries :80 for wss: name it ourselves."""
    bare = without_default_port(url)
    parts = urlsplit(bare)
    if parts.port is not None or parts.scheme not in _DEFAULT_PORTS:
        return (bare,)
    return (bare, parts._replace(netloc=f"{parts.netloc}:{_DEFAULT_PORTS[parts.scheme]}").geturl())
