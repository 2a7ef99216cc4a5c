"""Lets a wheel carry the console's pages. A wheel without them still serves calls and says what is missing.

`IVR_REQUIRE_CONSOLE=1` makes a build without them an error: for releases.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))

import build_console


class ConsoleHook(BuildHookInterface[Any]):
    """Builds the pages before a wheel is packed; an editable installation takes them as they are."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 -- hatch's own
        """See hatchling."""
        if version == "editable" or not build_console.SOURCES.is_dir():
            return
        try:
            build_console.build()
        except build_console.NotBuiltError as error:
            if os.environ.get("IVR_REQUIRE_CONSOLE"):
                raise
            self.app.display_warning(f"This wheel has no console. {error}")
