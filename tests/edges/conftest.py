"""Fixtures of the edges' tests: real servers."""

from __future__ import annotations

from tests.edges.edge_rig import open_rig, rig

__all__ = ["open_rig", "rig"]
