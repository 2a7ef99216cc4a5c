"""Understanding on public intent sets: who is recognised, what is refused, how long it takes.

    python -m bench.understanding [--nlu ../shared/nlu] [--models FOLDER] [--examples 5] [--draws 5]

From each set of intents a flow is made with a few examples each, drawn at random (the draws are the same
in every run); the sets' test sentences are then understood. Printed for each set, as means over the draws:

    right        share of test sentences whose likeliest intent is the right one
    mangled      the same when about 15 % of the words are dropped, replaced or added
    refused      share of test sentences refused at the threshold that training chose
    caught       share of out-of-scope sentences (CLINC's) refused at that threshold
    caught at 5%  the same at the threshold that refuses exactly 5 % of the test sentences

and milliseconds per utterance: the embedding, and everything else.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is imported

import numpy as np
from rich.console import Console
from rich.table import Table

from ivr.core.commands import Expectation
from ivr.core.flow.model import Flow, Intent
from ivr.engines.embedder import Embedder
from ivr.engines.models import models_dir, open_model
from ivr.understanding.classifier import Classifier, Vectors
from ivr.understanding.examples import examples_of
from ivr.understanding.pipeline import FlowModel, understand
from ivr.understanding.text import normalise, vocabulary, words
from ivr.understanding.training import train

DEFAULT_NLU = Path("../shared/nlu")
GOALS = {"unlike": 0.98, "alike": 0.92, "alike, cards": 0.92, "banking": 0.92, "unlike, drawn anew": 0.98}
GOAL_CAUGHT = 92.0
ANEW = "unlike, drawn anew"
"""Twelve intents out of all ten domains, others in each draw: one list is easily an odd one."""
TESTED = 25
OUT_OF_SCOPE = 300
WORD_ERRORS = 0.15

UNLIKE = vocabulary(
    """
    balance report_lost_card recipe smart_home oil_change_when book_flight weather pto_request tell_joke
    change_language shopping_list alarm
    """
)
CARDS = vocabulary(
    """
    replacement_card_duration expiration_date damaged_card improve_credit_score report_lost_card apr
    card_declined credit_limit_change redeem_rewards credit_limit rewards_balance application_status
    credit_score new_card international_fees
    """
)
ALIKE = vocabulary(
    """
    freeze_account routing pin_change bill_due pay_bill account_blocked interest_rate min_payment
    bill_balance transfer order_checks balance spending_history transactions report_fraud
    """
)
BANKING = 12

Sentences = Mapping[str, list[str]]


@dataclass(frozen=True)
class Set:
    """Sentences by intent: `learn` to draw examples from, `test` to understand."""

    learn: Sentences
    test: Sentences


@dataclass
class Embedded:
    """Vectors of sentences in their plain form, each made once."""

    embedder: Embedder
    known: dict[str, Vectors] = field(default_factory=dict)

    def __call__(self, sentences: Iterable[str]) -> Vectors:
        """Float32 [sentences, 384]."""
        rows = []
        for sentence in sentences:
            if sentence not in self.known:
                self.known[sentence] = self.embedder.embed([normalise(sentence)])[0]
            rows.append(self.known[sentence])
        return np.stack(rows)


def read_parts(nlu: Path) -> tuple[dict[str, Sentences], dict[str, Sentences], list[str]]:
    """CLINC150 and BANKING77, each as `train` and `test`, and sentences of CLINC's that belong to none."""
    clinc = nlu / "clinc150" / "data_full.json"
    banking = nlu / "banking77"
    for path in (clinc, banking / "train.csv", banking / "test.csv"):
        if not path.is_file():
            raise SystemExit(
                f"no intent sets: {path} is missing. Give a folder with clinc150/data_full.json and"
                " banking77/train.csv, test.csv by --nlu."
            )
    data = json.loads(clinc.read_text(encoding="utf-8"))
    parts = {part: _by_intent((t, i) for t, i in data[part]) for part in ("train", "test")}
    tables = {part: _by_intent(_rows(banking / f"{part}.csv")) for part in ("train", "test")}
    return parts, tables, [text for text, _ in data["oos_test"][:OUT_OF_SCOPE]]


def read_sets(nlu: Path) -> tuple[dict[str, Set], list[str]]:
    """The sets of intents, and sentences that belong to none of them."""
    parts, tables, outside = read_parts(nlu)
    drawn = random.Random(5).sample(sorted(tables["train"]), BANKING)
    sets = {
        "unlike": _set(parts, UNLIKE),
        "alike": _set(parts, ALIKE),
        "alike, cards": _set(parts, CARDS),
        "banking": _set(tables, drawn),
    }
    return sets, outside


def drawn_anew(nlu: Path, seed: int) -> Set:
    """Twelve of CLINC's intents, one of each domain and two more."""
    from bench.answer_cache import DOMAINS  # noqa: PLC0415 -- which imports this module

    chance = random.Random(5000 + seed)
    by_domain = [intents.split() for intents in DOMAINS.values()]
    names = [chance.choice(intents) for intents in by_domain]
    for intents in chance.sample(by_domain, 2):
        names.append(chance.choice([intent for intent in intents if intent not in names]))
    return _set(read_parts(nlu)[0], names)


def _rows(path: Path) -> list[tuple[str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return [(row["text"], row["category"]) for row in csv.DictReader(lines)]


def _by_intent(pairs: Iterable[tuple[str, str]]) -> Sentences:
    grouped: dict[str, list[str]] = defaultdict(list)
    for text, intent in pairs:
        grouped[intent].append(text)
    return grouped


def _set(parts: Mapping[str, Sentences], intents: Iterable[str]) -> Set:
    names = sorted(intents)
    return Set({i: parts["train"][i] for i in names}, {i: parts["test"][i][:TESTED] for i in names})


def mangled(sentence: str, chance: random.Random, vocabulary: list[str]) -> str:
    """`sentence` with about 15 % word errors: a third each dropped, replaced, added."""
    out: list[str] = []
    for word in sentence.split():
        drawn = chance.random() * 3 / WORD_ERRORS
        if drawn >= 1:
            out.append(chance.choice(vocabulary) if drawn < 2 else word)
        if 2 <= drawn < 3:
            out.append(chance.choice(vocabulary))
    return " ".join(out) or sentence


def draw(intents: Set, seed: int, examples: int, embedded: Embedded) -> FlowModel:
    """A flow that knows `examples` sentences of each intent."""
    chance = random.Random(seed)
    flow = Flow(
        name="bench",
        entry="main",
        flows={},
        intents={
            name: Intent(name, tuple(chance.sample(said, min(examples, len(said)))))
            for name, said in intents.learn.items()
        },
    )
    return train(flow, embedded(sentence for _, sentence in examples_of(flow)))


def _scores(classifier: Classifier, sentences: list[str], vectors: Vectors) -> list[tuple[str, float]]:
    allowed = frozenset(classifier.labels)
    guesses = [classifier.guess(words(s), v, allowed) for s, v in zip(sentences, vectors, strict=True)]
    return [(guess.label.name, guess.score) for guess in guesses if guess is not None]


def measure(
    intents: Set, outside: list[str], seed: int, examples: int, embedded: Embedded
) -> dict[str, float]:
    """The figures of one draw of examples."""
    model = draw(intents, seed, examples, embedded)
    classifier = model.classifier
    if classifier is None:
        raise SystemExit("a set without examples")
    truth = [name for name, said in intents.test.items() for _ in said]
    said = [sentence for sentences in intents.test.values() for sentence in sentences]
    vocabulary = sorted({word for sentence in said for word in sentence.split()})
    noisy = [mangled(sentence, random.Random(f"{seed}{sentence}"), vocabulary) for sentence in said]
    plain = _scores(classifier, said, embedded(said))
    rough = _scores(classifier, noisy, embedded(noisy))
    strange = np.array([score for _, score in _scores(classifier, outside, embedded(outside))])
    own = np.array([score for _, score in plain])
    return {
        "right": mean(name == true for (name, _), true in zip(plain, truth, strict=True)),
        "mangled": mean(name == true for (name, _), true in zip(rough, truth, strict=True)),
        "refused": float((own < classifier.threshold).mean()),
        "caught": float((strange < classifier.threshold).mean()),
        "caught at 5%": float((strange < np.quantile(own, 0.05)).mean()),
    }


def timed(intents: Set, embedded: Embedded, examples: int) -> dict[str, float]:
    """Medians of wall and of processor time per utterance, in ms: the embedding, and everything else."""
    model = draw(intents, 0, examples, embedded)
    expectation = Expectation("intents", intents=tuple(intents.test))
    said = [sentence for sentences in intents.test.values() for sentence in sentences]
    spent: dict[str, list[float]] = {"embedding": [], "rest": []}
    for sentence in said:
        start = time.perf_counter()
        vector = embedded.embedder.embed([normalise(sentence)])[0]
        middle = time.perf_counter()
        understand(model, sentence, expectation, vector)
        spent["embedding"].append(1000 * (middle - start))
        spent["rest"].append(1000 * (time.perf_counter() - middle))
    start = time.perf_counter()
    draw(intents, 1, examples, embedded)
    return {f"ms {name}": median(times) for name, times in spent.items()} | {
        "ms training": 1000 * (time.perf_counter() - start)
    }


def run(nlu: Path, models: Path | None = None, *, examples: int = 5, draws: int = 5) -> dict[str, float]:
    """Every figure, by "SET FIGURE"; prints the table."""
    sets, outside = read_sets(nlu)
    folder = models or models_dir(os.environ.get("IVR_MODELS_DIR"), os.environ)
    files = open_model("minilm", folder, "embedder")
    embedded = Embedded(Embedder(files["minilm-int8.onnx"], files["tokenizer.json"]))
    facts: dict[str, float] = {}
    table = Table(
        f"{examples} examples each", "right", "goal", "mangled", "refused", "caught", "caught at 5%"
    )
    for name, goal in GOALS.items():
        chosen = [sets[name] if name in sets else drawn_anew(nlu, seed) for seed in range(draws)]
        found = [measure(chosen[seed], outside, seed, examples, embedded) for seed in range(draws)]
        means = {figure: mean(one[figure] for one in found) for figure in found[0]}
        facts |= {f"{name} {figure}": value for figure, value in means.items()}
        shown = [f"{100 * means[figure]:.1f} %" for figure in means]
        table.add_row(f"{len(chosen[0].test)} {name}", shown[0], f"{100 * goal:.0f} %", *shown[1:])
    facts |= timed(sets["unlike"], embedded, examples)
    Console().print(table)
    print(
        f"per utterance: embedding {facts['ms embedding']:.2f} ms, the rest {facts['ms rest']:.2f} ms;"
        f" learning from {len(UNLIKE) * examples} embedded examples {facts['ms training']:.0f} ms"
    )
    return facts


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
    run(chosen.nlu, chosen.models, examples=chosen.examples, draws=chosen.draws)


if __name__ == "__main__":
    main()
