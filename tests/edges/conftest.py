"""Fixtures of the edges' tests: real servers."""

from __future__ import annotations

from tests.edges.console_rig import open_console
from tests.edges.edge_rig import open_rig, rig
from tests.edges.phone_rig import phone

__all__ = ["open_console", "open_rig", "phone", "rig"]
