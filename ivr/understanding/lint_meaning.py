"""Lint by meaning: intents and answers that a caller's words may be taken for either way.

It needs an embedder, which not every machine has: so it is a `Linter` apart from those of the core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from ivr.core.flow import model as m
from ivr.core.flow.compile import Compiled
from ivr.core.flow.load import Linter
from ivr.core.flow.problems import Report, Spot
from ivr.core.flow.yaml_source import Node
from ivr.understanding.classifier import Label, Vectors
from ivr.understanding.confusable import Confusable, confusable
from ivr.understanding.examples import examples_of
from ivr.understanding.text import words

SAME: Final = 0.85
"""Cosine of two examples that mean nearly the same. More than `confusable.NEAR`, from which a report mentions
them: the classifier still tells "make an appointment" (0.79) from "do I need an appointment"."""
MOST: Final = 2_000
"""Examples beyond which nothing is compared: it would take longer than an author waits."""

VectorsOf = Callable[[str, Sequence[str]], Vectors | None]
"""(language, sentences) -> their vectors, of unit length; `None` when there is no embedder for it."""


def meaning_lint(vectors_of: VectorsOf) -> Linter:
    """A linter that warns of intents and answers that are easily mixed up at one step."""

    def lint(compiled: Compiled, root: Node, report: Report) -> None:
        examples = examples_of(compiled.flow)
        if len({label for label, _ in examples}) < 2 or len(examples) > MOST:  # noqa: PLR2004 -- it takes two
            return
        vectors = vectors_of(compiled.flow.language, [sentence for _, sentence in examples])
        if vectors is None:
            return
        together = _together(compiled.flow)

        def rivals(one: Label, other: Label) -> bool:
            return "answer" in (one.kind, other.kind) or any({one.name, other.name} <= s for s in together)

        for pair in confusable(examples, vectors, near=SAME, rivals=rivals):
            _warn(pair, root, report)

    return lint


def _together(flow: m.Flow) -> list[set[str]]:
    """The intents that steps listen for, step by step. Answers are heard at every step."""
    steps: Iterable[m.Step] = (step for sub_flow in flow.flows.values() for step in sub_flow.steps)
    return [
        set(step.intents if isinstance(step, m.ListenStep) else step.until)
        for step in steps
        if isinstance(step, m.ListenStep | m.HoldStep)
    ]


def _warn(pair: Confusable, root: Node, report: Report) -> None:
    one, other = pair.labels
    first, second = pair.examples
    if words(first) == words(second):
        return  # an example of both is told by the check
    at, there = (_spot(root, *side) for side in zip(pair.labels, pair.examples, strict=True))
    place = f"{there.file}:{there.line}" if there.file != at.file else f"line {there.line}"
    report.warn(
        at,
        f"Examples of '{one.name}' and '{other.name}' are alike, so callers may get the wrong one: "
        f"'{first[:60]}' here and '{second[:60]}' in {place}",
        "Write what callers say for the one only, or make one of both and ask which is meant.",
        "ear",
    )


def _spot(root: Node, label: Label, example: str) -> Spot:
    """Where an example stands: with its intent or answer, or among the reviewed ones."""
    section = root.at(f"{label.kind}s")
    for place in (section, root.at("reviewed")):
        for node in place.entries[label.name].walk() if label.name in place.entries else ():
            if node.kind == "scalar" and node.text.strip() == example:
                return node.spot
    return section.key(label.name)
