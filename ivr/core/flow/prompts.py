"""The sentences of a flow that are always the same: rendered to audio before anybody calls."""

from __future__ import annotations

from collections.abc import Iterable

from ivr.core.flow import model as m
from ivr.core.phrases import DEFAULTS
from ivr.core.sentences import split_sentences


def prepared_words(flow: m.Flow) -> tuple[str, ...]:
    """What must be there before the first call: the entry's first words, and our own for bad times."""
    entry = flow.flows[flow.entry].steps
    first = [text for step in entry[:4] for text in _texts(flow, step)]
    return _sentences([*first, *(flow.phrases.get(key, text) for key, text in DEFAULTS.items())])


def fixed_sentences(flow: m.Flow) -> tuple[str, ...]:
    """Every sentence without a slot in it, the entry's first, each once."""
    order = [flow.flows[flow.entry], *(sub for name, sub in flow.flows.items() if name != flow.entry)]
    texts = [text for sub in order for step in sub.steps for text in _texts(flow, step)]
    texts += [answer.say for answer in flow.answers.values()]
    return tuple(dict.fromkeys([*prepared_words(flow), *_sentences(texts)]))


def _texts(flow: m.Flow, step: m.Step) -> list[str]:
    prompts = [getattr(step, name, None) for name in ("prompt", "again")]
    texts = [prompt.text for prompt in prompts if prompt is not None]
    if isinstance(step, m.CollectStep) and step.prompt is None:
        texts.append(flow.slots[step.slot].ask)
    return texts


def _sentences(texts: Iterable[str]) -> tuple[str, ...]:
    found = (sentence for text in texts if "{" not in text for sentence in split_sentences(text))
    return tuple(dict.fromkeys(found))
