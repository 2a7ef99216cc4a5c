"""Logs: one JSON object a line, or a readable line on a terminal; secrets, telephone and card numbers masked.

Our own modules log through structlog; what libraries send to the standard library's logging comes out
in the same form. The call id travels in structlog's context variables.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any, Final, TextIO

import orjson
import structlog
from structlog.typing import Processor

from ivr.core import cards

_SECRET_NAMES: Final = frozenset(
    {"auth_token", "token", "signature", "authorization", "password", "secret", "api_key", "cookie"},
)
_NUMBER: Final = re.compile(r"\+?\d{7,15}")
_NUMBER_NAMES: Final = frozenset({"caller", "called", "number", "from", "to", "contact_number"})
_NAMES: Final = frozenset({"call_id", "digest", "timestamp"})
"""Fields whose digits we or a carrier made."""
_NUMBER_INSIDE: Final = re.compile(r"\+\d{7,15}")
_SHORTEST_SECRET: Final = 6
MASK: Final = "***"


def mask_number(number: str) -> str:
    """A telephone number with its middle hidden: enough to recognise, too little to ring."""
    return number[:3] + MASK + number[-2:]


class Masker:
    """Hides secrets by name and by value, telephone and card numbers, in every line that is logged."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        long = {secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}
        self._secrets = sorted(long, key=len, reverse=True)  # one may stand in another

    def plain(self, text: str) -> str:
        """A text for people without the secrets; numbers stay, since who typed them reads it."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text

    def __call__(
        self,
        _logger: Any,
        _method: str,
        line: MutableMapping[str, Any],
    ) -> MutableMapping[str, Any]:
        for name, value in line.items():
            line[name] = self._masked(name, value)
        return line

    def _masked(self, name: str, value: Any) -> Any:
        if name in _SECRET_NAMES and value:
            return MASK
        if isinstance(value, dict):
            return {key: self._masked(str(key), inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self._masked(name, inner) for inner in value]
        return self._text(name, value) if isinstance(value, str) else value

    def _text(self, name: str, value: str) -> str:
        value = self.plain(value)
        if name not in _NAMES:
            value = cards.without(value)
        if name in _NUMBER_NAMES and _NUMBER.fullmatch(value):
            return mask_number(value)
        if "+" in value:
            return _NUMBER_INSIDE.sub(lambda found: mask_number(found.group()), value)
        return value


def configure(
    *,
    level: str = "INFO",
    readable: bool | None = None,
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Set up logging for the process.

    level     DEBUG, INFO, WARNING or ERROR
    readable  lines for people instead of JSON; by default, when `stream` is a terminal
    secrets   values that must never appear
    stream    standard error by default, so that standard output belongs to commands
    """
    out = stream or sys.stderr
    threshold = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    terminal = out.isatty()
    ending = _ending(
        readable=terminal if readable is None else readable,
        colours=terminal,
        masker=Masker(secrets),
    )
    structlog.configure(
        processors=[*shared, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,  # a logger made before `configure` must follow it
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        ),
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(threshold)
    for name in ("aiohttp.access", "alembic"):  # our own lines say more
        logging.getLogger(name).setLevel(logging.WARNING)


def _ending(*, readable: bool, colours: bool, masker: Masker) -> list[Processor]:
    """The last steps of every line: exceptions as text, secrets out, then JSON or words."""
    if readable:
        return [
            structlog.processors.format_exc_info,
            masker,
            structlog.dev.ConsoleRenderer(
                colors=colours,
                exception_formatter=structlog.dev.plain_traceback,
            ),
        ]
    return [structlog.processors.format_exc_info, masker, structlog.processors.JSONRenderer(serializer=_json)]


def _json(line: Any, **_options: Any) -> str:
    return orjson.dumps(line, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()
