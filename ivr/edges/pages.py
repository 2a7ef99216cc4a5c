"""Static pages out of the package, with the headers that keep them to themselves."""

from __future__ import annotations

import mimetypes
from importlib.resources.abc import Traversable
from typing import Any, Final

import orjson
from aiohttp import hdrs, web

MAX_BODY: Final = 64 * 1024

POLICY: Final = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""What a page may load: our own files and nothing else, so that a script in a transcript stays text."""

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
}

_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}


class Pages:
    """The files of one folder, read when the server starts."""

    def __init__(self, folder: Traversable, *, cache: str = "no-cache") -> None:
        self._cache = cache
        self._files: dict[str, bytes] = {}
        if folder.is_dir():
            self._read(folder, "")

    def _read(self, folder: Traversable, prefix: str) -> None:
        for entry in folder.iterdir():
            if entry.is_dir():
                self._read(entry, f"{prefix}{entry.name}/")
            elif not entry.name.endswith((".py", ".pyc")):
                self._files[prefix + entry.name] = entry.read_bytes()

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def respond(self, name: str) -> web.Response:
        """A file. Raises 404."""
        body = self._files.get(name)
        if body is None:
            raise web.HTTPNotFound(text="There is no such page.\n")
        suffix = "." + name.rpartition(".")[2]
        kind = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        response = web.Response(
            body=body, content_type=kind, headers={**HEADERS, "Cache-Control": self._cache}
        )
        if kind.startswith("text/"):
            response.charset = "utf-8"
            response.enable_compression()
        return response


async def json_body(request: web.Request) -> dict[str, Any]:
    """The JSON object of a request. A form of another site cannot send one. Raises HTTP errors."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="Send JSON.\n")
    raw = await request.clone(client_max_size=MAX_BODY).read()
    try:
        return json_object(orjson.loads(raw or b"{}"))
    except orjson.JSONDecodeError:
        raise bad_request("That is not JSON.") from None


def json_object(value: Any) -> dict[str, Any]:
    """A JSON object; nothing is an empty one. Raises 400."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise bad_request("Send a JSON object.")
    return value


def bad_request(text: str) -> web.HTTPBadRequest:
    """A 400 to raise, with words for people."""
    return web.HTTPBadRequest(text=text + "\n")


def json_response(value: Any) -> web.Response:
    """An answer that nobody keeps."""
    headers = {**HEADERS, hdrs.CACHE_CONTROL: "no-store"}
    return web.Response(body=orjson.dumps(value), content_type="application/json", headers=headers)
