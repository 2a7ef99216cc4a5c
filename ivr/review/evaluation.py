"""How well a flow is understood, by whatever understands it: the same labelled sentences for each candidate.

Sentences come from the flow's own examples, each understood by a flow that was not given it (examples are
held back in folds), from its tests, from saved turns, and from strangers: things that callers of no flow ask.
A candidate is the local classifier, or a model with a prompt; all see the same flows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median, quantiles
from typing import Final, Literal, Protocol

from ivr.core.commands import Expectation
from ivr.core.flow.model import Answer, Flow, Intent
from ivr.understanding.pipeline import FlowModel
from ivr.understanding.text import words

Source = Literal["examples", "tests", "saved turns", "strangers"]
NOTHING: Final = ""
"""The label of what should not be understood."""

STRANGERS: Final = (
    "how tall is the highest mountain in the world",
    "who won the match last night",
    "what is the square root of nine hundred",
    "tell me who wrote that famous novel",
    "how do I get a wine stain out of a carpet",
    "which exercises are good for a runner",
    "how far away is the moon",
    "what do rabbits eat in winter",
    "sing me a song",
    "how do I learn to play the guitar",
    "why is the sky blue",
    "what language do they speak in Brazil",
    "what are the rules of chess",
    "can you do my homework for me",
    "how does an engine turn fuel into motion",
    "what is your favourite colour",
    "do you think there is life on Mars",
    "which river is the longest",
    "how do I tie a tie",
    "he said he would never come back again",
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence and what it means: the name of an intent or answer, or `NOTHING`.

    fold  of the flow that lacks it; 0: of the whole flow
    """

    text: str
    label: str
    source: Source
    fold: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a candidate made of a sentence. `nano`: its cost in billionths of a dollar, `None` if unknown."""

    label: str
    ms: float
    nano: int | None = 0
    failed: str = ""


class Candidate(Protocol):
    """Something that understands. `name` tells it apart."""

    name: str

    async def judge(self, model: FlowModel, text: str, expectation: Expectation) -> Verdict:
        """What `text` means in a flow. Failures are verdicts, too."""
        ...


@dataclass(frozen=True, slots=True)
class Score:
    """What one candidate reached.

    right    share understood rightly, by source; sources without sentences are left out
    refused  share of the sentences that mean nothing for which nothing was understood
    nano     cost of all, in billionths of a dollar; `None` when a price is not known
    """

    name: str
    right: dict[str, float]
    refused: float | None
    median_ms: float
    p95_ms: float
    nano: int | None
    failures: int
    confusions: tuple[tuple[str, str, int], ...]
    missed: tuple[tuple[Labelled, str], ...]


def held_back(flow: Flow, folds: int) -> tuple[list[Flow], list[Labelled]]:
    """Flows that each lack a part of the examples, and these examples. A label's only example stays.

    Flow 0 has all examples; it is for sentences from elsewhere.
    """
    labelled: list[Labelled] = []
    kept: list[dict[str, tuple[str, ...]]] = [{} for _ in range(folds)]
    meanings: tuple[Intent | Answer, ...] = (*flow.intents.values(), *flow.answers.values())
    for meaning in meanings:
        several = len(meaning.examples) > 1
        for fold in range(folds):
            kept[fold][meaning.name] = tuple(
                e for i, e in enumerate(meaning.examples) if not several or i % folds != fold
            )
        if several:
            labelled += [
                Labelled(e, meaning.name, "examples", i % folds + 1) for i, e in enumerate(meaning.examples)
            ]
    return [flow, *(_with(flow, examples) for examples in kept)], labelled


def _with(flow: Flow, examples: dict[str, tuple[str, ...]]) -> Flow:
    return replace(
        flow,
        intents={n: replace(i, examples=examples[n]) for n, i in flow.intents.items()},
        answers={n: replace(a, examples=examples[n]) for n, a in flow.answers.items()},
        digest="",
    )


async def evaluate(
    candidate: Candidate,
    models: Sequence[FlowModel],
    labelled: Sequence[Labelled],
    progress: Callable[[], None] = lambda: None,
) -> Score:
    """Let a candidate understand every sentence. `models`: of the flows of `held_back`, trained."""
    everything = Expectation("intents", intents=tuple(models[0].flow.intents))
    judged: list[tuple[Labelled, Verdict]] = []
    for one in labelled:
        judged.append((one, await candidate.judge(models[one.fold], one.text, everything)))
        progress()
    return score(candidate.name, judged)


def score(name: str, judged: Sequence[tuple[Labelled, Verdict]]) -> Score:
    """Sum verdicts up."""
    right: dict[str, float] = {}
    for source in dict.fromkeys(one.source for one, _ in judged):
        own = [verdict.label == one.label for one, verdict in judged if one.source == source]
        right[source] = sum(own) / len(own)
    strange = [verdict.label == NOTHING for one, verdict in judged if one.label == NOTHING]
    times = [verdict.ms for _, verdict in judged] or [0.0]
    costs = [verdict.nano for _, verdict in judged]
    wrong = [(one, verdict.label) for one, verdict in judged if verdict.label != one.label]
    pairs = Counter((one.label, label) for one, label in wrong)
    return Score(
        name=name,
        right=right,
        refused=sum(strange) / len(strange) if strange else None,
        median_ms=median(times),
        p95_ms=quantiles(times, n=20)[-1] if len(times) > 1 else times[0],
        nano=None if None in costs else sum(cost for cost in costs if cost is not None),
        failures=sum(bool(verdict.failed) for _, verdict in judged),
        confusions=tuple((want, got, count) for (want, got), count in pairs.most_common() if got != NOTHING),
        missed=tuple(wrong),
    )


def to_add(found: Score) -> tuple[tuple[str, str], ...]:
    """Sentences from tests and saved turns that were not understood rightly, and where they belong."""
    return tuple(
        dict.fromkeys(
            (one.label, one.text)
            for one, _ in found.missed
            if one.label != NOTHING and one.source in ("tests", "saved turns") and words(one.text)
        )
    )


def weak(found: Score) -> tuple[tuple[str, int], ...]:
    """Labels that lose several of their held-back examples: they need more of them, unlike each other."""
    lost = Counter(one.label for one, _ in found.missed if one.source == "examples")
    return tuple((label, count) for label, count in lost.most_common() if count > 1)
