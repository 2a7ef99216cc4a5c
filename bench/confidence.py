"""Whether confidence is true: of turns understood with confidence 0.8, eight in ten ought to be right.

    python -m bench.confidence [--nlu ../shared/nlu] [--models FOLDER] [--examples 5] [--draws 5]

Flows are made from public intent sets as in `bench/understanding.py`, and understand the sets' test
sentences and CLINC's out-of-scope ones; of those that the classifier takes for an intent, the share that is
right stands beside the confidence it had. One turn in five is counted as out of scope, which is an
assumption: a line whose callers keep to its topics is right more often than it says. What confidence is made
of was learnt on other draws, tried on sentences of the validation and training parts.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import mean

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is imported

from rich.console import Console

from bench.figures import Figure, table
from bench.understanding import DEFAULT_NLU, Embedded, Set, draw, read_sets
from ivr.engines.embedder import Embedder
from ivr.engines.models import models_dir, open_model
from ivr.understanding.text import words

OUT_OF_SCOPE_SHARE = 0.2
BANDS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01)
GOAL_GAP = 3.0


@dataclass(frozen=True)
class Taken:
    """A sentence that the classifier took for an intent. `weight`: what share of all turns it stands for."""

    confidence: float
    right: bool
    weight: float


def taken(intents: Set, outside: Sequence[str], seed: int, examples: int, embedded: Embedded) -> list[Taken]:
    """What one draw of examples takes."""
    classifier = draw(intents, seed, examples, embedded).classifier
    if classifier is None:
        raise SystemExit("a set without examples")
    allowed = frozenset(classifier.labels)
    own = [(name, sentence) for name, said in intents.test.items() for sentence in said]
    turns = [(name, sentence, (1 - OUT_OF_SCOPE_SHARE) / len(own)) for name, sentence in own]
    turns += [("", sentence, OUT_OF_SCOPE_SHARE / len(outside)) for sentence in outside]
    found = []
    for (name, sentence, weight), vector in zip(turns, embedded(s for _, s, _ in turns), strict=True):
        guess = classifier.guess(words(sentence), vector, allowed)
        if guess is not None and guess.score >= classifier.threshold:
            found.append(Taken(classifier.confidence(guess), guess.label.name == name, weight))
    return found


def figures(found: Sequence[Taken]) -> list[Figure]:
    """The share that is right in each band of confidence, and how far that is from what was claimed."""
    every = sum(one.weight for one in found)
    made, gap = [], 0.0
    for low, high in pairwise(BANDS):
        band = [one for one in found if low <= one.confidence < high]
        if not band:
            continue
        weight = sum(one.weight for one in band)
        claimed = 100 * sum(one.weight * one.confidence for one in band) / weight
        right = 100 * sum(one.weight for one in band if one.right) / weight
        gap += abs(claimed - right) * weight / every
        share = 100 * weight / every
        band_is = f"{low:g} to {min(high, 1.0):g}"
        what = f"right at confidence {band_is} (mean {claimed:.0f} %, {share:.0f} % of turns)"
        made.append(Figure(what, right, "%", digits=1))
    return [*made, Figure("confidence is off by, on average", gap, "points", GOAL_GAP, digits=1)]


def run(nlu: Path, models: Path | None = None, *, examples: int = 5, draws: int = 5) -> list[Figure]:
    """Every figure with its goal."""
    sets, outside = read_sets(nlu)
    folder = models or models_dir(os.environ.get("IVR_MODELS_DIR"), os.environ)
    files = open_model("minilm", folder, "embedder")
    embedded = Embedded(Embedder(files["minilm-int8.onnx"], files["tokenizer.json"]))
    found = [
        one
        for intents in sets.values()
        for seed in range(draws)
        for one in taken(intents, outside, seed, examples, embedded)
    ]
    print(f"{len(found)} sentences were taken for an intent, {mean(one.right for one in found):.1%} rightly")
    return figures(found)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nlu", type=Path, default=DEFAULT_NLU, help="folder of clinc150/ and banking77/")
    parser.add_argument("--models", type=Path, help="folder of the models (where `ivr models pull` put them)")
    parser.add_argument("--examples", type=int, default=5, help="examples of each intent")
    parser.add_argument("--draws", type=int, default=5, help="how often examples are drawn anew")
    chosen = parser.parse_args()
    made = run(chosen.nlu, chosen.models, examples=chosen.examples, draws=chosen.draws)
    Console().print(table("Confidence", made))


if __name__ == "__main__":
    main()
