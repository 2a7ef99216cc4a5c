"""Finding passages: whether the right one comes first, and whether nothing is found where nothing stands.

    python -m bench.retrieval [--models FOLDER]

Three files about a clinic (`bench/knowledge`, ours), questions that they answer, each with words of the right
passage, and questions that they do not answer: near ones, about a clinic, and far ones. The questions were
written before anything was tuned. Told:

    first    share of answerable questions whose best passage is the right one
    found    share of them that get the right one among those handed to the model
    refused  share of unanswerable questions for which nothing is found
    words    what a question puts before the model, in words, against the words of all files
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from statistics import mean

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is imported

from rich.console import Console

from bench.figures import Figure, table
from ivr.engines.embedder import Embedder
from ivr.engines.models import models_dir, open_model
from ivr.understanding.markdown import pieces
from ivr.understanding.retrieval import Shelf, Source, parts, shelved
from ivr.understanding.text import normalise

FOLDER = Path(__file__).parent / "knowledge"
GOAL_FIRST, GOAL_FOUND, GOAL_REFUSED = 85.0, 90.0, 95.0

ANSWERED = {
    "which bus goes to you": "Bus lines 12",
    "can I leave my car somewhere": "parking places",
    "is there a ramp for my wheelchair": "wheelchair",
    "may I bring my dog": "Guide dogs",
    "what do I need to bring for my first appointment": "insurance card",
    "do I have to fill in any forms": "form about your health",
    "I'm stuck in traffic, what happens if I come late": "ten minutes late",
    "can my son come alone, he is fourteen": "Children under sixteen",
    "do you see newborn babies": "six weeks",
    "I only speak Portuguese, can somebody translate": "interpreters",
    "do you have somebody who knows sign language": "sign",
    "how much is a visit if I'm not insured": "90 dollars",
    "what does it cost to talk to a doctor by video": "video, 60",
    "how much is a flu shot": "flu, 35",
    "do you take Aetna": "Aetna",
    "my insurance isn't on your list, what now": "money back",
    "what do I pay when I miss my appointment": "40 dollars",
    "how long before do I have to cancel": "24 hours",
    "can I pay with a credit card": "by card",
    "can I pay in instalments": "monthly payments",
    "I can't afford a doctor": "social worker",
    "how long does a repeat prescription take": "two working days",
    "can I get sleeping pills without seeing anybody": "sleeping tablets",
    "when do I get my blood results": "three working days",
    "can you tell my wife my results": "family members",
    "how long do x-ray pictures take": "one week",
    "do I need an appointment to have blood drawn": "Blood is drawn",
    "may I have breakfast before the blood sugar test": "eight hours",
    "when can I get the flu vaccine": "October",
    "do you vaccinate against yellow fever": "yellow fever",
    "I'm flying to Kenya, when should I get my shots": "six weeks before",
    "are you open on Sunday": "closed at night and on Sundays",
    "who do I call in the middle of the night": "nurse line",
    "I have chest pain": "911",
    "I need a note for my boss": "employer",
    "can you write me off sick for last week": "days before you came",
    "I don't get along with my doctor, can I have another one": "change to another doctor",
}
NEAR = """
can I have my tooth pulled
do you do laser eye surgery
how much does a hip replacement cost
is doctor Miller married
do you have a swimming pool
what should I take against a headache
how many nurses work for you
do you deliver babies
can I rent crutches
do you do acupuncture
which shampoo is good for dandruff
can you recommend a plastic surgeon
do you have jobs for students
is the coffee in the waiting room free
do you treat horses
""".strip().splitlines()
FAR = """
what is the capital of France
who won the game last night
tell me a joke
how do I bake bread
what's the weather tomorrow
can you book me a flight to Rome
how old is the universe
my computer does not start
what is the meaning of life
play some music please
how tall is the Eiffel Tower
can I order a pizza
who is the president
where can I buy a bicycle
translate good morning into Greek
""".strip().splitlines()


def shelf(embedder: Embedder) -> tuple[Shelf, int]:
    """The shelf of the three files, and how many words they have."""
    files = [(path.name, path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.md"))]
    sources = [
        Source(piece, f"{name}#{piece.heading}" if piece.heading else name)
        for name, text in files
        for piece in pieces(text)
    ]
    texts, owners = parts(sources)
    vectors = embedder.embed([normalise(text) for text in texts])
    return shelved(sources, owners, vectors), sum(len(text.split()) for _, text in files)


def run(models: Path | None = None) -> list[Figure]:
    """Every figure with its goal."""
    files = open_model(
        "minilm", models or models_dir(os.environ.get("IVR_MODELS_DIR"), os.environ), "embedder"
    )
    embedder = Embedder(files["minilm-int8.onnx"], files["tokenizer.json"])
    library, whole = shelf(embedder)
    first, found, handed = [], [], []
    for question, wanted in ANSWERED.items():
        passages = library.find(question, embedder.embed([normalise(question)])[0])
        right = [wanted in passage.text for passage in passages]
        first.append(bool(right) and right[0])
        found.append(any(right))
        handed.append(sum(len(passage.text.split()) for passage in passages))
        if not any(right):
            print(f"missed: {question} -> {[(p.source, p.score) for p in passages]}")
    refused = {}
    for kind, questions in (("near", NEAR), ("far", FAR)):
        answers = [library.find(q, embedder.embed([normalise(q)])[0]) for q in questions]
        refused[kind] = 100 * mean(not passages for passages in answers)
        for question, passages in zip(questions, answers, strict=True):
            if passages:
                print(f"answered: {question} -> {passages[0].source} {passages[0].score}")
    return [
        Figure("right passage first", 100 * mean(first), "%", GOAL_FIRST, at_least=True, digits=1),
        Figure("right passage handed over", 100 * mean(found), "%", GOAL_FOUND, at_least=True, digits=1),
        Figure("far questions refused", refused["far"], "%", GOAL_REFUSED, at_least=True, digits=1),
        Figure("near questions refused", refused["near"], "%", digits=1),
        Figure(f"words handed over, of {whole}", mean(handed), digits=0),
    ]


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", type=Path, help="folder of the models (where `ivr models pull` put them)")
    Console().print(table("Retrieval", run(parser.parse_args().models)))


if __name__ == "__main__":
    main()
