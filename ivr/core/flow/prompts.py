"""The sentences of a flow that are always the same, as they are said: rendered before anybody calls."""

from __future__ import annotations

from collections.abc import Iterable

from ivr.core.flow import model as m
from ivr.core.phrases import DEFAULTS, built_in
from ivr.core.speaking import marks
from ivr.core.speaking.reading import reader


def prepared_words(flow: m.Flow) -> tuple[str, ...]:
    """What must be there before the first call: the entry's first words, and our own for bad times."""
    entry = flow.flows[flow.entry].steps
    first = [text for step in entry[:4] for text in _texts(flow, step)]
    return _sentences(
        flow, [*first, *(flow.phrases.get(key) or built_in(key, flow.language) for key in DEFAULTS)]
    )


def fixed_sentences(flow: m.Flow) -> tuple[str, ...]:
    """Every sentence without a slot in it, the entry's first, each once."""
    order = [flow.flows[flow.entry], *(sub for name, sub in flow.flows.items() if name != flow.entry)]
    texts = [text for sub in order for step in sub.steps for text in _texts(flow, step)]
    texts += [answer.say for answer in flow.answers.values()]
    texts += [contact.say for contact in flow.contacts.values() if contact.say]
    return tuple(dict.fromkeys([*prepared_words(flow), *_sentences(flow, texts)]))


def _texts(flow: m.Flow, step: m.Step) -> list[str]:
    prompts = [getattr(step, name, None) for name in ("prompt", "again", "help")]
    texts = [text for prompt in prompts if prompt is not None for text in (prompt.text, *prompt.later)]
    if isinstance(step, m.WorkStep) and step.patience.filler is not None:
        texts += [step.patience.filler.text, *step.patience.filler.later]
    if isinstance(step, m.CollectStep) and step.prompt is None:
        texts.append(flow.slots[step.slot].ask)
    return texts


def _sentences(flow: m.Flow, texts: Iterable[str]) -> tuple[str, ...]:
    """As they are said, which is what the voice is given."""
    aloud = reader(flow.language, flow.pronunciations)
    said = (part for text in texts for part in marks.parts(text) if not part.sound)
    parts = (part.text for part in said if "{" not in part.text)
    return tuple(dict.fromkeys(found.spoken for part in parts for found in aloud.sentences(part, keep=True)))
