"""Serving a flow whose file changes: the new one takes new calls at once, a broken one never does.

Running calls keep the flow that they began with. What is wrong with the file on disk stays in `refused`
until the file is right again.
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
from ivr.flow_files import load_flow_file

QUIET_MS: Final = 100
"""A file is read when nothing has changed for so long: editors write in several strokes."""

_log = structlog.get_logger("ivr")

Taker = Callable[[Flow, str], Awaitable[None]]
"""Gets a flow that is in order ready to take calls, and lets it. Raises `IvrError` when it cannot."""


class FlowWatch:
    """Follows the file of a flow.

    digest   of the flow that is served now
    take     is given each new flow with its source
    changes  yields when something in the folder of the flow changed; the system's own notice by default
    """

    def __init__(
        self,
        path: Path,
        digest: str,
        take: Taker,
        changes: Callable[[Path], AsyncIterator[object]] | None = None,
    ) -> None:
        self._path = path
        self._digest = digest
        self._take = take
        self._changes = changes or _changes
        self.refused = ""

    async def run(self) -> None:
        """Watch until cancelled."""
        async for _ in self._changes(self._path):
            await self.look()

    async def look(self) -> None:
        """Read the file, and take it if it is a new flow in order; else say what is wrong with it, once."""
        try:
            flow, source = await asyncio.to_thread(load_flow_file, self._path)
            if flow.digest != self._digest:
                await self._take(flow, source)
                self._digest = flow.digest
                _log.info("flow reloaded: new calls follow it", flow=flow.name, digest=flow.digest[:12])
        except IvrError as error:
            if str(error) != self.refused:
                self.refused = str(error)
                _log.error("flow refused; the one before serves on", file=str(self._path), error=self.refused)
            return
        if self.refused:
            self.refused = ""
            _log.info("the flow file is in order again", file=str(self._path))


async def _changes(path: Path) -> AsyncGenerator[object, None]:
    """Changes of YAML files in the folder of `path`. The folder is watched, since editors replace files."""

    def is_flow(_change: object, name: str) -> bool:
        return name.endswith((".yaml", ".yml"))

    folder = await asyncio.to_thread(lambda: path.resolve().parent)
    async for found in awatch(folder, watch_filter=is_flow, debounce=QUIET_MS * 4, step=QUIET_MS):
        yield found
