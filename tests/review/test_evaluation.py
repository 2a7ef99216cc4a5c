"""The same sentences for every candidate, and what comes of them."""

import dataclasses

from ivr.core.commands import Expectation
from ivr.engines.candidates import LocalCandidate
from ivr.engines.reader import train_flow
from ivr.review.evaluation import NOTHING, Labelled, Verdict, evaluate, held_back, score, to_add, weak
from ivr.understanding.pipeline import FlowModel
from tests.understanding.front_desk import ANSWERS, FLOW, INTENTS, BagOfWords


def test_every_example_is_held_back_once_from_its_own_flow() -> None:
    flows, labelled = held_back(FLOW, 3)
    assert len(flows) == 4
    assert {(one.label, one.text) for one in labelled} == {
        (name, text) for name, said in {**INTENTS, **ANSWERS}.items() for text in said
    }
    for one in labelled:
        flow = flows[one.fold]
        meaning = flow.intents.get(one.label) or flow.answers[one.label]
        assert one.text not in meaning.examples
        assert len(meaning.examples) == 2
    assert flows[0] is FLOW


def test_an_only_example_stays() -> None:
    one = dataclasses.replace(FLOW.intents["book"], examples=("book it",))
    flows, labelled = held_back(dataclasses.replace(FLOW, intents={"book": one}), 3)
    assert all(flow.intents["book"].examples == ("book it",) for flow in flows)
    assert all(labelled.label != "book" for labelled in labelled)


class Parrot:
    """A candidate that always says the same."""

    name = "parrot"

    def __init__(self, label: str) -> None:
        self.label = label
        self.asked: list[tuple[str, FlowModel]] = []

    async def judge(self, model: FlowModel, text: str, expectation: Expectation) -> Verdict:
        assert set(expectation.intents) == set(INTENTS)
        self.asked.append((text, model))
        return Verdict(self.label, 2.0, 5)


async def test_a_candidate_judges_each_sentence_in_its_own_flow() -> None:
    flows, labelled = held_back(FLOW, 3)
    models = [train_flow(flow, BagOfWords()) for flow in flows]
    labelled.append(Labelled("purple elephants", NOTHING, "strangers"))
    parrot = Parrot("book")
    found = await evaluate(parrot, models, labelled)
    assert [(text, models.index(model)) for text, model in parrot.asked] == [
        (o.text, o.fold) for o in labelled
    ]
    assert found.right == {"examples": 3 / 15, "strangers": 0.0}
    assert (found.refused, found.median_ms, found.nano) == (0.0, 2.0, 5 * len(labelled))
    assert ("hours", "book", 3) in found.confusions
    assert dict(weak(found)) == {"cancel": 3, "refill": 3, "hours": 3, "parking": 3}


async def test_the_local_candidate_understands_and_refuses() -> None:
    model = train_flow(FLOW, BagOfWords())
    labelled = [
        Labelled("please book an appointment", "book", "tests"),
        Labelled("where can I park please", "parking", "tests"),
        Labelled("purple elephants dance", NOTHING, "strangers"),
    ]
    found = await evaluate(LocalCandidate(BagOfWords()), [model], labelled)
    assert found.right == {"tests": 1.0, "strangers": 1.0}
    assert (found.refused, found.nano, found.failures, found.missed) == (1.0, 0, 0, ())


def test_what_to_add_comes_from_tests_and_turns() -> None:
    missed = [
        (Labelled("get me in", "book", "tests"), Verdict(NOTHING, 1.0)),
        (Labelled("get me in", "book", "saved turns"), Verdict("cancel", 1.0)),
        (Labelled("book it", "book", "examples"), Verdict(NOTHING, 1.0)),
        (Labelled("song", NOTHING, "strangers"), Verdict("book", 1.0, None)),
    ]
    found = score("x", missed)
    assert to_add(found) == (("book", "get me in"),)
    assert found.nano is None
    assert found.confusions == (("book", "cancel", 1), (NOTHING, "book", 1))
    assert score("x", []).right == {}
