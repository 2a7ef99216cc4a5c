"""Intents and answers that are easily mixed up."""

import dataclasses

from ivr.core.flow.model import Intent
from ivr.understanding.classifier import Label
from ivr.understanding.confusable import Confusable, confusable
from ivr.understanding.examples import examples_of
from tests.understanding.front_desk import FLOW, BagOfWords

BOOK_OR_CHANGE = {
    "book": Intent("book", ("book an appointment now", "purple elephants")),
    "change": Intent("change", ("Change an appointment now!", "yellow tigers dance")),
    "pay": Intent("pay", ("settle my bill", "money")),
}


def pairs(intents: dict[str, Intent], near: float = 0.6, mixed: float = 0.5) -> tuple[Confusable, ...]:
    examples = examples_of(dataclasses.replace(FLOW, intents=intents, answers={}))
    vectors = BagOfWords().embed([sentence for _, sentence in examples])
    return confusable(examples, vectors, near, mixed)


def test_unlike_intents_are_not_mixed_up() -> None:
    assert pairs(dict(FLOW.intents), near=0.9) == ()


def test_the_pair_and_the_examples_that_are_near() -> None:
    (pair,) = pairs(BOOK_OR_CHANGE)
    assert pair.labels == (Label("intent", "book"), Label("intent", "change"))
    assert pair.examples == ("book an appointment now", "Change an appointment now!")
    assert pair.cosine > 0.6
    assert 0.0 <= pair.mixed <= 1.0


def test_many_examples_that_are_a_little_alike_are_mixed_up_too() -> None:
    intents = {
        "book": Intent("book", ("alpha beta", "gamma delta")),
        "change": Intent("change", ("alpha omega", "gamma epsilon")),
    }
    (pair,) = pairs(intents, near=0.9)
    assert pair.mixed == 1.0


def test_only_rivals_are_compared() -> None:
    examples = examples_of(dataclasses.replace(FLOW, intents=BOOK_OR_CHANGE, answers={}))
    vectors = BagOfWords().embed([sentence for _, sentence in examples])
    assert confusable(examples, vectors, 0.6, rivals=lambda one, _other: one.name == "pay") == ()


def test_one_label_is_mixed_up_with_nothing() -> None:
    assert pairs({"book": Intent("book", ("book an appointment",))}) == ()
