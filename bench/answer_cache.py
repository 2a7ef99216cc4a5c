"""The answer cache on public intent sets: how many turns it answers, how many of them wrongly, how fast.

    python -m bench.answer_cache [--nlu ../shared/nlu] [--models FOLDER] [--draws 10] [--set FILE.csv ...]

A domain is about 15 intents that one line would have: CLINC150's ten domains, and BANKING77 cut into five.
From each, flows are made whose intents stand for canonical answers, with 5 and with 20 examples drawn at
random (the same draws in every run). Every test sentence of the domain is then looked up, as it is and
with 15 % of its words dropped, replaced or added. Told, as means over draws:

    hits      share of turns that the cache answers
    wrong     share of turns that it answers with another intent's answer, mean and worst domain
    strange   share of out-of-scope sentences (CLINC's) that it answers
    lookup    p95 of looking one turn up among 10,000 entries, in ms

More sets: `--set` takes CSV files with the columns text, intent (or category) and split (train, test); each
is a domain of its own.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is imported

import numpy as np
from rich.console import Console

from bench.figures import Figure, table
from bench.understanding import DEFAULT_NLU, Embedded, Sentences, Set, mangled, read_parts
from ivr.engines.embedder import Embedder
from ivr.engines.models import models_dir, open_model
from ivr.understanding.answer_cache import look_up
from ivr.understanding.classifier import Classifier, Label, Linear, Vectors, WordModel
from ivr.understanding.text import words
from ivr.understanding.training import train_classifier

FEW, MANY = 5, 20
GOAL_HITS = {FEW: 40.0, MANY: 53.0}
GOAL_WRONG, GOAL_WORST, GOAL_LOOKUP_MS = 0.3, 0.8, 5.0
ENTRIES = 10_000

DOMAINS = {
    "banking": """freeze_account routing pin_change bill_due pay_bill account_blocked interest_rate
        min_payment bill_balance transfer order_checks balance spending_history transactions report_fraud""",
    "credit cards": """replacement_card_duration expiration_date damaged_card improve_credit_score apr
        report_lost_card card_declined credit_limit_change redeem_rewards credit_limit rewards_balance
        application_status credit_score new_card international_fees""",
    "kitchen": """food_last confirm_reservation how_busy ingredients_list calories nutrition_info recipe
        restaurant_reviews restaurant_reservation meal_suggestion restaurant_suggestion cancel_reservation
        ingredient_substitution cook_time accept_reservations""",
    "home": """what_song play_music todo_list_update reminder reminder_update calendar_update order_status
        update_playlist shopping_list calendar next_song order todo_list shopping_list_update smart_home""",
    "car": """current_location oil_change_when oil_change_how uber traffic tire_pressure schedule_maintenance
        gas mpg distance directions last_maintenance gas_type tire_change jump_start""",
    "travel": """plug_type travel_notification translate flight_status international_visa timezone vaccines
        exchange_rate travel_suggestion travel_alert lost_luggage book_flight book_hotel carry_on
        car_rental""",
    "utility": """weather alarm date find_phone share_location timer make_call calculator definition text
        measurement_conversion flip_coin spelling time roll_dice""",
    "work": """pto_request_status next_holiday insurance_change insurance meeting_schedule payday taxes income
        rollover_401k pto_balance pto_request w2 schedule_meeting direct_deposit pto_used""",
    "small talk": """who_made_you meaning_of_life who_do_you_work_for do_you_have_pets what_are_your_hobbies
        fun_fact what_is_your_name where_are_you_from goodbye thank_you greeting tell_joke are_you_a_bot
        how_old_are_you what_can_i_ask_you""",
    "meta": """change_speed user_name whisper_mode yes change_volume no change_language repeat change_accent
        cancel sync_device change_user_name change_ai_name reset_settings maybe""",
}
BANKS = 5


@dataclass(frozen=True)
class Tally:
    """What became of the turns of one draw, as shares."""

    hits: float
    wrong: float


def domains(nlu: Path, more: Sequence[Path]) -> tuple[dict[str, Set], list[str]]:
    """The domains by name, and sentences that belong to none."""
    clinc, banking, outside = read_parts(nlu)
    found = {name: _domain(clinc, intents.split()) for name, intents in DOMAINS.items()}
    names = sorted(banking["train"])
    random.Random(1).shuffle(names)
    size = len(names) // BANKS
    for part in range(BANKS):
        found[f"bank {part + 1}"] = _domain(banking, names[part * size : (part + 1) * size])
    for path in more:
        parts: dict[str, dict[str, list[str]]] = {part: defaultdict(list) for part in ("train", "test")}
        with path.open(newline="", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                parts[row["split"]][row.get("intent") or row["category"]].append(row["text"])
        found[path.stem] = Set(parts["train"], parts["test"])
    return found, outside


def _domain(parts: dict[str, Sentences], intents: Iterable[str]) -> Set:
    names = sorted(intents)
    return Set({i: parts["train"][i] for i in names}, {i: parts["test"][i] for i in names})


def learn(intents: Set, seed: int, examples: int, embedded: Embedded) -> Classifier:
    """What a flow with `examples` sentences of each intent knows."""
    chance = random.Random(seed)
    labels = {name: Label("answer", name) for name in sorted(intents.learn)}
    drawn = [
        (label, sentence)
        for name, label in labels.items()
        for sentence in chance.sample(intents.learn[name], min(examples, len(intents.learn[name])))
    ]
    classifier = train_classifier(drawn, embedded(sentence for _, sentence in drawn))
    if classifier is None:
        raise SystemExit("a domain without examples")
    return classifier


def looked_up(classifier: Classifier, sentences: Sequence[str], embedded: Embedded) -> list[str]:
    """The label that the cache answers each sentence with; "" for none."""
    found = []
    for sentence, vector in zip(sentences, embedded(sentences), strict=True):
        spoken = words(sentence)
        hit = look_up(classifier, spoken, classifier.likeness(spoken, vector), "en")
        found.append(hit.label.name if hit else "")
    return found


def measure(
    found: dict[str, Set], outside: list[str], examples: int, draws: int, embedded: Embedded
) -> dict[str, float]:
    """Hits, wrong and worst, in % of turns, of sentences as they are and mangled; and strange."""
    tallies: dict[tuple[str, str], list[Tally]] = defaultdict(list)
    strange: list[float] = []
    for name, intents in found.items():
        truth = [intent for intent, said in intents.test.items() for _ in said]
        said = [sentence for sentences in intents.test.values() for sentence in sentences]
        vocabulary = sorted({word for sentence in said for word in sentence.split()})
        noisy = [mangled(sentence, random.Random(f"0{sentence}"), vocabulary) for sentence in said]
        for seed in range(draws):
            classifier = learn(intents, seed, examples, embedded)
            for kind, sentences in (("plain", said), ("mangled", noisy)):
                answers = looked_up(classifier, sentences, embedded)
                hits = mean(bool(answer) for answer in answers)
                wrong = mean(bool(a) and a != t for a, t in zip(answers, truth, strict=True))
                tallies[name, kind].append(Tally(100 * hits, 100 * wrong))
            strange.append(100 * mean(map(bool, looked_up(classifier, outside, embedded))))
    facts: dict[str, float] = {"strange": mean(strange)}
    for kind in ("plain", "mangled"):
        by_name = {name: mean(t.wrong for t in tallies[name, kind]) for name in found}
        facts[f"{kind} hits"] = mean(mean(t.hits for t in tallies[name, kind]) for name in found)
        facts[f"{kind} wrong"] = mean(by_name.values())
        facts[f"{kind} worst"] = max(by_name.values())
        worst = max(by_name, key=lambda name: by_name[name])
        shown = ", ".join(f"{n} {mean(t.hits for t in tallies[n, kind]):.0f}/{by_name[n]:.2f}" for n in found)
        print(f"{examples} examples, {kind}: {shown}; worst {worst}")
    return facts


def lookup_ms(embedded: Embedded, sentences: list[str]) -> float:
    """p95 of a lookup among 10,000 entries of 500 labels, in ms. Their vectors are random."""
    chance = np.random.default_rng(1)
    vectors = chance.normal(size=(ENTRIES, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels = tuple(Label("answer", f"a{i}") for i in range(500))
    plain = [words(sentence) for sentence in sentences]
    columns: dict[tuple[str, ...], int] = {
        (word,): i for i, word in enumerate(sorted({w for said in plain for w in said}))
    }
    near = embedded(sentences)
    vectors[: len(near)] = near + 0.02 * vectors[: len(near)]
    classifier = Classifier(
        labels=labels,
        examples=vectors,
        owners=np.arange(ENTRIES) % len(labels),
        middles=vectors[: len(labels)],
        topic=vectors.mean(axis=0),
        spoken=tuple(plain[i % len(plain)] for i in range(ENTRIES)),
        phrases={},
        meaning=Linear(np.zeros((500, 384), np.float32), np.zeros(500, np.float32)),
        wording=Linear(np.zeros((500, len(columns)), np.float32), np.zeros(500, np.float32)),
        word_model=WordModel(columns, np.ones(len(columns), np.float32)),
        threshold=0.5,
        sharpness=3.0,
    )
    return float(np.percentile([_timed(classifier, s, v) for s, v in zip(plain, near, strict=True)], 95))


def _timed(classifier: Classifier, spoken: tuple[str, ...], vector: Vectors) -> float:
    start = time.perf_counter()
    look_up(classifier, spoken, classifier.likeness(spoken, vector), "en")
    return 1000 * (time.perf_counter() - start)


def run(nlu: Path, models: Path | None = None, *, draws: int = 10, more: Sequence[Path] = ()) -> list[Figure]:
    """Every figure with its goal."""
    files = open_model(
        "minilm", models or models_dir(os.environ.get("IVR_MODELS_DIR"), os.environ), "embedder"
    )
    embedded = Embedded(Embedder(files["minilm-int8.onnx"], files["tokenizer.json"]))
    found, outside = domains(nlu, more)
    made = []
    for examples in (FEW, MANY):
        facts = measure(found, outside, examples, draws, embedded)
        of = f"{examples} examples"
        made += [
            Figure(
                f"turns answered, {of}",
                facts["plain hits"],
                "%",
                GOAL_HITS[examples],
                at_least=True,
                digits=1,
            ),
            Figure(f"answered wrongly, {of}", facts["plain wrong"], "%", GOAL_WRONG),
            Figure(f"answered wrongly in the worst domain, {of}", facts["plain worst"], "%", GOAL_WORST),
            Figure(f"out-of-scope sentences answered, {of}", facts["strange"], "%"),
            Figure(f"with 15 % of words wrong: answered, {of}", facts["mangled hits"], "%", digits=1),
            Figure(f"with 15 % of words wrong: wrongly, {of}", facts["mangled wrong"], "%", GOAL_WRONG),
            Figure(f"with 15 % of words wrong: worst, {of}", facts["mangled worst"], "%", GOAL_WORST),
        ]
    said = [sentence for sentences in found["banking"].test.values() for sentence in sentences]
    made.append(Figure("lookup among 10,000 entries, p95", lookup_ms(embedded, said), "ms", GOAL_LOOKUP_MS))
    return made


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nlu", type=Path, default=DEFAULT_NLU, help="folder of clinc150/ and banking77/")
    parser.add_argument("--models", type=Path, help="folder of the models (where `ivr models pull` put them)")
    parser.add_argument("--draws", type=int, default=10, help="how often examples are drawn anew")
    parser.add_argument("--set", type=Path, action="append", default=[], help="a CSV of your own")
    chosen = parser.parse_args()
    figures = run(chosen.nlu, chosen.models, draws=chosen.draws, more=chosen.set)
    Console().print(table("Answer cache", figures))


if __name__ == "__main__":
    main()
