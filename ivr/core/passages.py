"""Passages of a flow's knowledge: what a model may ground an answer in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a knowledge file, small enough to be one of a few in a prompt.

    text    the words, without Markdown's marks
    source  where it stands, for the record: `fees.md#Late fees`
    score   how well it fits the question, 0..1; what fits is decided where passages are found
    """

    text: str
    source: str
    score: float = 0.0
