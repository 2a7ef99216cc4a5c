"""An `action` as the author writes it to a request that can be made, or to what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ivr.core import acting, paths
from ivr.core.flow import model as m
from ivr.core.flow import schema_steps as s
from ivr.core.flow.known import Known
from ivr.core.flow.problems import Spot
from ivr.core.flow.yaml_source import Node

SAFE_TO_REPEAT: Final = ("GET", "PUT", "DELETE")
"""Methods that do the same when they are sent twice."""

_URL: Final = re.compile(r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9._\-\[\]:]+)(?P<rest>(?:[/?].*)?)")
_SPACE: Final = re.compile(r"[\s\x00-\x1f\x7f\\]")
_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,80}")
_OURS: Final = ("host", "content-length", "transfer-encoding", "connection", "content-type", "upgrade", "te")
_VARIABLE: Final = re.compile(r"IVR_SECRET_[A-Z0-9_]{1,80}")
_RETRY_MS: Final = 1000
"""What a retry may cost besides its time."""


def compile_action(  # noqa: PLR0913 -- what is written, where, what it refers to and inherits
    body: s.ActionBody, name: str, node: Node, known: Known, settings: m.Settings, on_error: Mapping[str, int]
) -> m.ActionStep:
    """Compile the step `name` at `node`; its branches for errors have been compiled to `on_error`."""
    inside = node.at("action")
    action = _Action(body, inside, known)
    action.url()
    action.sending()
    action.repeating(node.key("action"))
    for slot, path in body.save.items():
        known.name("slot", slot, known.slots, inside.at("save").key(slot))
        if paths.parse(path) is None:
            hint = "Write names with dots between them, as order.status or items[0].name."
            known.report.error(inside.at("save", slot).spot, f"'{path[:60]}' is no place in a reply", hint)
    if body.on_error is None:
        hint = "Write 'on_error', else the caller goes to a person, or the call ends."
        known.report.warn(node.key("action"), "It is not said what happens when this fails", hint)
    filler = known.prompt(body.filler, inside.at("filler"), settings) if body.filler else None
    attempts = body.retries + 1
    limit_ms = attempts * (body.timeout + _RETRY_MS)
    return m.ActionStep(
        name,
        node.spot.line,
        body.method,
        body.url,
        _texts(body.query),
        {key: value for key, value in body.headers.items() if isinstance(value, str)},
        {k: (v.prefix, v.env) for k, v in body.headers.items() if isinstance(v, s.SecretBody)},
        _plain(body.body) if body.form is None else _texts(body.form),
        "json" if body.form is None else "form",
        dict(body.save),
        body.timeout,
        attempts,
        body.idempotency_key,
        on_error,
        m.Patience(limit_ms, filler, body.filler_after, body.filler_every),
    )


class _Action:
    """The checks of one action."""

    def __init__(self, body: s.ActionBody, node: Node, known: Known) -> None:
        self._body = body
        self._node = node
        self._known = known
        self._report = known.report

    def url(self) -> None:
        """A fixed host, and slots behind it only."""
        node, text = self._node.at("url"), self._body.url
        found = _URL.fullmatch(text)
        start = text.split("://", 1)[-1].split("/", 1)[0].split("?", 1)[0]
        if "{" in start or text.startswith("{"):
            hint = "A slot may stand in the path or the query only, behind the name of the server."
            self._report.error(node.spot, "A slot cannot say which server is asked", hint)
        elif "@" in start:
            hint = "Write a header 'Authorization: {env: IVR_SECRET_NAME}'."
            self._report.error(node.spot, "A user or password does not belong into a URL", hint)
        elif found is None or _SPACE.search(text) or "#" in text:
            hint = "One looks like this: https://api.example.org/orders/{number}."
            self._report.error(node.spot, f"'{text[:60]}' is no URL to ask", hint)
        elif any(part in (".", "..") for part in found["rest"].partition("?")[0].split("/")):
            self._report.error(node.spot, "'.' and '..' in the path of a URL lead elsewhere", "Write it out.")
        self._text(text, node, "the URL", open_to_all=True)
        for name, value in self._body.query.items():
            self._text(value, self._node.at("query", name), "the URL", open_to_all=True)

    def sending(self) -> None:
        """Headers and what is sent."""
        for name, value in self._body.headers.items():
            self._header(name, value)
        if key := self._body.idempotency_key:
            self._header_name(key, self._node.at("idempotency_key").spot)
        body, form = self._body.body, self._body.form
        if body is not None and form is not None:
            self._report.error(self._node.key("form"), "There are both 'body' and 'form'", "Keep one.")
        sent = "body" if body is not None else "form" if form is not None else ""
        if sent and self._body.method == "GET":
            self._report.error(self._node.key(sent), "A GET sends nothing", "Use 'query', or 'method: POST'.")
        self._walk(body, self._node.at("body"))
        self._walk(form, self._node.at("form"))

    def repeating(self, spot: Spot) -> None:
        """Only what may be done twice is sent twice."""
        body = self._body
        if body.retries and body.method not in SAFE_TO_REPEAT and not body.idempotency_key:
            hint = "Name a header in 'idempotency_key' by which the server knows it again."
            self._report.error(spot, f"A {body.method} that is sent again may be done twice", hint)

    def _header(self, name: str, value: str | s.SecretBody) -> None:
        node = self._node.at("headers", name)
        self._header_name(name, self._node.at("headers").key(name))
        text = value if isinstance(value, str) else value.prefix
        if "{" in text or "}" in text:
            hint = "Put the slot into the query or the body."
            self._report.error(node.spot, "A header has no slots", hint)
        elif not text.isascii() or not (text.isprintable() or not text):
            self._report.error(node.spot, "A header has plain letters and signs only, in one line")
        if isinstance(value, s.SecretBody) and not _VARIABLE.fullmatch(value.env):
            hint = "Its name begins with IVR_SECRET_, so that no flow reads anything else."
            message = f"'{value.env[:60]}' is not a variable that a flow may read"
            self._report.error(node.at("env").spot, message, hint)

    def _header_name(self, name: str, spot: Spot) -> None:
        if not _HEADER.fullmatch(name):
            self._report.error(spot, f"'{name[:40]}' is no name of a header", "One looks like X-Api-Key.")
        elif name.lower() in _OURS:
            self._report.error(spot, f"The header '{name}' is written by ivr itself", "Leave it out.")

    def _walk(self, value: Any, node: Node) -> None:
        match value:
            case dict():
                for name, inner in value.items():
                    self._walk(inner, node.at(name))
            case list():
                for number, inner in enumerate(value):
                    self._walk(inner, node.at(number))
            case _:
                self._text(value, node, "what is sent")

    def _text(self, value: Any, node: Node, where: str, *, open_to_all: bool = False) -> None:
        """Check the slots of a piece. `open_to_all`: it stands in the logs of servers on its way."""
        if not isinstance(value, str):
            return
        used, faults = acting.check(value, self._known.slots)
        self._known.faults(faults, value, node)
        plain = self._body.url.startswith("http:")
        for name in used:
            if self._known.slots[name].sensitive and (open_to_all or plain):
                hint = "Send it in 'body' over https."
                message = f"This sends the sensitive slot '{name}' in {where}, where others can read it"
                self._report.warn(node.spot, message, hint)


def _texts(fields: Mapping[str, Any]) -> dict[str, str]:
    """Fields as text; null is left out."""
    return {name: acting.as_text(value) for name, value in fields.items() if value is not None}


def _plain(value: Any) -> Any:
    """JSON without the places in the file."""
    match value:
        case dict():
            return {name: _plain(inner) for name, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case _:
            return value
