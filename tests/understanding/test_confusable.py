"""Intents and answers that are easily mixed up."""

import dataclasses

from ivr.core.flow.model import Intent
from ivr.understanding.classifier import Label
from ivr.understanding.confusable import confusable
from tests.understanding.front_desk import FLOW, trained


def test_unlike_intents_are_not_mixed_up() -> None:
    classifier = trained(dataclasses.replace(FLOW, answers={})).classifier
    assert classifier is not None
    assert confusable(classifier, near=0.9, mixed=0.5) == ()


def test_the_pair_and_the_examples_that_are_near() -> None:
    intents = {
        "book": Intent("book", ("book an appointment now", "purple elephants")),
        "change": Intent("change", ("change an appointment now", "yellow tigers dance")),
        "pay": Intent("pay", ("settle my bill", "money")),
    }
    classifier = trained(dataclasses.replace(FLOW, intents=intents, answers={})).classifier
    assert classifier is not None
    (pair,) = confusable(classifier, near=0.6)
    assert pair.labels == (Label("intent", "book"), Label("intent", "change"))
    assert pair.examples == ("book an appointment now", "change an appointment now")
    assert pair.cosine > 0.6
    assert 0.0 <= pair.mixed <= 1.0


def test_one_label_is_mixed_up_with_nothing() -> None:
    only = {"book": Intent("book", ("book an appointment",))}
    classifier = trained(dataclasses.replace(FLOW, intents=only, answers={})).classifier
    assert classifier is not None
    assert confusable(classifier) == ()
