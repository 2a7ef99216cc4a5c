"""Serving a flow whose files change: the new one takes new calls at once, a broken one never does.

Its files are the flow's own, those that it includes, its knowledge and its sounds. Running calls keep all
that they began with. What is wrong with the files on disk stays in `refused` until they are right
again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final

import structlog
from watchfiles import awatch

from ivr.core.errors import IvrError
from ivr.core.flow.model import Flow
from ivr.flow_files import attached_to, load_flow_file

QUIET_MS: Final = 100
"""A file is read when nothing has changed for so long: editors write in several strokes."""

SETTLED_MS: Final = 500
"""The first look comes so long after the watch begins: files may be saved while a server starts."""
WATCHED: Final = (".yaml", ".yml", ".md", ".markdown", ".wav")
"""How the names of files end that a flow may be made of."""

LAID_DOWN: Final = ("recordings", "voicemail")
"""Folders of the server's own, which may lie below the flow's: what is recorded there is no part of it."""

_log = structlog.get_logger("ivr")

Taker = Callable[[Flow, str], Awaitable[None]]
"""Gets a flow that is in order ready to take calls, and lets it. Raises `IvrError` when it cannot."""


class FlowWatch:
    """Follows the files of a flow.

    digest   of the flow that is served now; `attached`: of its knowledge and sounds, "" without any
    take     is given each new flow with its source
    changes  yields when something in the folder of the flow changed; the system's own notice by default
    """

    def __init__(
        self,
        path: Path,
        digest: str,
        take: Taker,
        changes: Callable[[Path], AsyncIterator[object]] | None = None,
        *,
        attached: str = "",
    ) -> None:
        self._path = path
        self._served = (digest, attached)
        self._take = take
        self._changes = changes or _changes
        self.refused = ""

    async def run(self) -> None:
        """Watch until cancelled."""
        async for _ in self._changes(self._path):
            await self.look()

    async def look(self) -> None:
        """Read the files, and take them if they are a new flow in order; else say what is wrong, once."""
        try:
            flow, source = await asyncio.to_thread(load_flow_file, self._path)
            attached = await asyncio.to_thread(attached_to, self._path, flow, source)
            if (flow.digest, attached) != self._served:
                await self._take(flow, source)
                what = "flow" if flow.digest != self._served[0] else "knowledge or sounds"
                self._served = (flow.digest, attached)
                _log.info(f"{what} reloaded: new calls follow it", flow=flow.name, digest=flow.digest[:12])
        except IvrError as error:
            if str(error) != self.refused:
                self.refused = str(error)
                _log.error("flow refused; the one before serves on", file=str(self._path), error=self.refused)
            return
        if self.refused:
            self.refused = ""
            _log.info("the flow is in order again", file=str(self._path))


async def _changes(path: Path) -> AsyncGenerator[object, None]:
    """Changes of such files in the folder of `path`; the first may be none, told when the watch is set up.

    The folder is watched, since editors replace files.
    """

    def is_flow(_change: object, name: str) -> bool:
        return name.endswith(WATCHED) and Path(name).parent.name not in LAID_DOWN

    folder = await asyncio.to_thread(lambda: path.resolve().parent)
    watching = False
    async for found in awatch(
        folder,
        watch_filter=is_flow,
        debounce=QUIET_MS * 4,
        step=QUIET_MS,
        rust_timeout=SETTLED_MS,
        yield_on_timeout=True,
    ):
        if found or not watching:
            yield found
        watching = True
