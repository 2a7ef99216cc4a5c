import dataclasses

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.flow.model import Answer, Intent
from ivr.understanding.classifier import Label
from ivr.understanding.examples import examples_of, flow_model, unshared
from ivr.understanding.text import Words, words
from ivr.understanding.training import train
from tests.understanding.front_desk import FLOW, flow_of, trained


def test_no_example_no_classifier() -> None:
    empty = dataclasses.replace(FLOW, intents={}, answers={})
    assert examples_of(empty) == ()
    assert train(empty, np.zeros((0, 384), np.float32)).classifier is None
    assert trained(flow_of(a=("...", ""))).classifier is None


def test_examples_are_kept_once_per_label() -> None:
    flow = dataclasses.replace(
        FLOW,
        intents={"a": Intent("a", ("Hello there", "hello, there!", "..."))},
        answers={"a": Answer("a", ("hello there",), "Hello.")},
    )
    assert examples_of(flow) == ((Label("intent", "a"), "Hello there"), (Label("answer", "a"), "hello there"))


def test_what_stands_under_two_labels_means_neither() -> None:
    spoken = [("hello",), ("bye",), ("hello",), ("good", "day")]
    assert unshared(spoken, [0, 0, 1, 1]) == {("bye",): 0, ("good", "day"): 1}


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(0, 2)), max_size=12))
def test_what_is_left_has_one_owner(said: list[tuple[str, int]]) -> None:
    spoken: list[Words] = [(word,) for word, _ in said]
    owners = [owner for _, owner in said]
    for one, owner in unshared(spoken, owners).items():
        assert spoken.count(one) == 1
        assert owners[spoken.index(one)] == owner


def test_a_flow_without_anything_to_learn_is_ready_too() -> None:
    flow = dataclasses.replace(FLOW, never_cache=("my account", "..."))
    model = flow_model(flow, None)
    assert model.flow is flow
    assert model.classifier is None
    assert set(model.choices) == {name for name, slot in flow.slots.items() if slot.type == "choice"}
    assert model.topics == (words("my account"),)
