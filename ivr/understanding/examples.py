"""What a flow's understanding is learnt from, and the flow model that learning leaves.

Apart from `ivr.understanding.training`, so that what was learnt before is read back without importing it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ivr.core.flow.model import Flow
from ivr.understanding.choice import forms_of
from ivr.understanding.classifier import Classifier, Label
from ivr.understanding.cues import all_cues
from ivr.understanding.pipeline import FlowModel
from ivr.understanding.text import Words, words
from ivr.understanding.universals import compile_universals


def examples_of(flow: Flow) -> tuple[tuple[Label, str], ...]:
    """Every example sentence of the flow's intents and answers with its label, in the order of training.

    The author's example is kept once per label; one without a word is left out.
    """
    named = [(Label("intent", i.name), i.examples) for i in flow.intents.values()]
    named += [(Label("answer", a.name), a.examples) for a in flow.answers.values()]
    kept: dict[tuple[Label, Words], str] = {}
    for label, sentences in named:
        for sentence in sentences:
            if spoken := words(sentence):
                kept.setdefault((label, spoken), sentence)
    return tuple((label, sentence) for (label, _), sentence in kept.items())


def unshared(spoken: Sequence[Words], owners: Sequence[int]) -> dict[Words, int]:
    """Examples in plain form with their labels (indices); what stands under two labels means neither."""
    shared = Counter(spoken)
    return {said: owner for said, owner in zip(spoken, owners, strict=True) if shared[said] == 1}


def flow_model(flow: Flow, classifier: Classifier | None) -> FlowModel:
    """The flow, ready to be understood with what was learnt from its examples."""
    return FlowModel(
        flow=flow,
        universals=compile_universals(flow.universals),
        choices={name: forms_of(slot) for name, slot in flow.slots.items() if slot.type == "choice"},
        classifier=classifier,
        cues=all_cues(flow.slots),
        topics=tuple(topic for written in flow.never_cache if (topic := words(written))),
    )
