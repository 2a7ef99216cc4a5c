"""Learning once: what a second start reads back is what the first one learnt."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ivr.core.commands import Expectation
from ivr.engines import kept_classifiers
from ivr.engines.kept_classifiers import KeptClassifiers
from ivr.engines.reader import train_flow
from ivr.understanding.classifier import Vectors
from ivr.understanding.examples import examples_of
from ivr.understanding.pipeline import understand
from tests.understanding.front_desk import FLOW, INTENTS, BagOfWords

LISTEN = Expectation("intents", intents=tuple(INTENTS))
EXAMPLES = examples_of(FLOW)


class Counted(BagOfWords):
    def __init__(self) -> None:
        self.embedded = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        return super().embed(texts)


def test_a_second_start_embeds_nothing_and_understands_the_same(tmp_path: Path) -> None:
    embeddings = Counted()
    first = train_flow(FLOW, embeddings, KeptClassifiers(tmp_path, "bag"))
    assert embeddings.embedded == len(EXAMPLES)
    second = train_flow(FLOW, embeddings, KeptClassifiers(tmp_path, "bag"))
    assert embeddings.embedded == len(EXAMPLES)
    for text in (
        "book a visit",
        "what are your opening hours please",
        "purple elephants",
        "where can I park",
    ):
        vector = BagOfWords().embed([text])[0]
        assert understand(first, text, LISTEN, vector) == understand(second, text, LISTEN, vector)


def test_other_examples_and_other_embedders_are_learnt_anew(tmp_path: Path) -> None:
    train_flow(FLOW, BagOfWords(), KeptClassifiers(tmp_path, "bag"))
    kept = KeptClassifiers(tmp_path, "bag")
    assert kept.get(EXAMPLES) is not None
    assert kept.get(EXAMPLES[1:]) is None
    assert KeptClassifiers(tmp_path, "other").get(EXAMPLES) is None


@pytest.mark.parametrize("damage", ["cut", "other", "shape", "words"])
def test_a_damaged_file_is_learnt_again(tmp_path: Path, damage: str) -> None:
    kept = KeptClassifiers(tmp_path, "bag")
    train_flow(FLOW, BagOfWords(), kept)
    (file,) = tmp_path.glob("*.npz")
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:300])
    elif damage == "words":
        file.write_text("not an archive")
    else:
        with np.load(file) as arrays:
            inside = dict(arrays)
        inside["meaning"] = inside["meaning"][:-1]
        if damage == "other":
            inside.pop("facts")
        np.savez(file, **inside)
    assert kept.get(EXAMPLES) is None
    embeddings = Counted()
    assert train_flow(FLOW, embeddings, kept).classifier is not None
    assert embeddings.embedded == len(EXAMPLES)
    assert kept.get(EXAMPLES) is not None


def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    kept = KeptClassifiers(in_the_way / "folder", "bag")
    assert train_flow(FLOW, BagOfWords(), kept).classifier is not None
    assert kept.get(EXAMPLES) is None


def test_the_longest_unused_go(tmp_path: Path) -> None:
    kept = KeptClassifiers(tmp_path, "bag")
    train_flow(FLOW, BagOfWords(), kept)
    (own,) = tmp_path.glob("*.npz")
    os.utime(own, (1, 1))
    for number in range(kept_classifiers.MOST):
        (tmp_path / f"{number}.npz").write_bytes(b"")
        os.utime(tmp_path / f"{number}.npz", (100 + number, 100 + number))
    assert kept.get(EXAMPLES) is not None  # and is the latest used again
    classifier = kept.get(EXAMPLES)
    assert classifier is not None
    kept.put(EXAMPLES, classifier)
    assert own.exists()
    assert not (tmp_path / "0.npz").exists()
    assert len(list(tmp_path.glob("*"))) == kept_classifiers.MOST
