"""Learning from examples with bag-of-words vectors; on real ones: `tests/engines/test_reader.py`."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.core.errors import Bug
from ivr.understanding.classifier import Label
from ivr.understanding.examples import examples_of
from ivr.understanding.training import train, train_classifier
from tests.understanding.front_desk import FLOW, BagOfWords, classifier_of, flow_of, guess


@pytest.mark.parametrize(
    "intents",
    [
        {"only": ("one example",)},
        {"only": ("one example", "another one", "and a third")},
        {"a": ("first words",), "b": ("other things",)},
        {"a": ("first words", "more first"), "b": ("other things",), "c": ()},
    ],
)
def test_few_labels_and_few_examples(intents: dict[str, tuple[str, ...]]) -> None:
    classifier = classifier_of(flow_of(**intents))
    first = next(iter(intents))
    guessed = guess(classifier, f"well {intents[first][0]}", frozenset(classifier.labels))
    assert guessed is not None
    assert guessed.label == Label("intent", first)
    assert 0.4 <= classifier.threshold <= 1.0


def test_two_labels_agree_with_scikit_learn() -> None:
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]  # noqa: PLC0415 - only here

    flow = flow_of(a=("red apple", "green apple", "ripe apple"), b=("fast car", "blue car", "old car"))
    classifier = classifier_of(flow)
    model = LogisticRegression(C=10.0, max_iter=300).fit(classifier.examples, classifier.owners)
    vector = BagOfWords().embed(["fast apple car"])
    scores = classifier.meaning.weights @ vector[0] + classifier.meaning.bias
    ours = np.exp(scores) / np.exp(scores).sum()
    np.testing.assert_allclose(ours, model.predict_proba(vector)[0], atol=1e-5)


def test_vectors_of_other_examples_are_refused() -> None:
    with pytest.raises(Bug, match="15 examples and 3 vectors"):
        train(FLOW, np.zeros((3, 384), np.float32))


def test_the_same_examples_teach_the_same() -> None:
    examples = examples_of(FLOW)
    vectors = BagOfWords().embed([sentence for _, sentence in examples])
    first, second = train_classifier(examples, vectors), train_classifier(examples, vectors)
    assert first is not None
    assert second is not None
    assert first.threshold == second.threshold
    np.testing.assert_array_equal(first.meaning.weights, second.meaning.weights)


def test_a_label_whose_examples_are_alone_is_learnt_all_the_same() -> None:
    classifier = classifier_of(flow_of(a=("first words",), b=("other things", "more of them")))
    assert classifier.labels == (Label("intent", "a"), Label("intent", "b"))
    assert classifier.exactly(("first", "words"), frozenset(classifier.labels)) == Label("intent", "a")


@settings(max_examples=20, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from("abcd"),
        st.lists(st.text("aeiou xyz", min_size=1, max_size=12), min_size=1, max_size=6).map(tuple),
        min_size=1,
        max_size=4,
    )
)
def test_any_examples_can_be_learnt_from(intents: dict[str, tuple[str, ...]]) -> None:
    flow = flow_of(**intents)
    examples = examples_of(flow)
    classifier = train_classifier(examples, BagOfWords().embed([sentence for _, sentence in examples]))
    if not examples:
        assert classifier is None
        return
    assert classifier is not None
    assert set(classifier.labels) == {label for label, _ in examples}
    assert 0.4 <= classifier.threshold <= 1.0
    assert 1 <= classifier.sharpness <= 5
    assert np.isfinite(classifier.meaning.weights).all()
