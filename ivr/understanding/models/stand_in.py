"""When no model can be had: the local classifier's best guess, by a lower bar than usual."""

from __future__ import annotations

from typing import Final

from ivr.core.commands import Expectation
from ivr.core.events import Meaning
from ivr.understanding.classifier import Guess
from ivr.understanding.pipeline import NOTHING, FlowModel, may_mean

LOWER_BY: Final = 0.15
"""How far below the threshold a guess may score. Lower still, what is meant elsewhere comes in."""
CLEAR: Final = 0.25
"""How much likelier it must be than the next one."""


def by_lower_bar(model: FlowModel, text: str, expectation: Expectation, guess: Guess | None) -> Meaning:
    """The guess as a meaning, if it is near enough and clear; else `nothing`, and the caller is asked again.

    Only where the step listens for intents: a guess must not break into a question for a value.
    """
    if guess is None or model.classifier is None or expectation.kind != "intents":
        return NOTHING
    if guess.score < model.classifier.threshold - LOWER_BY or guess.margin < CLEAR:
        return NOTHING
    if not may_mean(model, text, expectation, guess):
        return NOTHING
    sure = model.classifier.confidence(guess)
    return Meaning(guess.label.kind, name=guess.label.name, confidence=sure, decided_by="classifier")
