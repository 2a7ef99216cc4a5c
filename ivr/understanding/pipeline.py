"""Words to meaning, cheapest first; the first stage that is sure decides.

    1  a universal in the flow's own words
    2  the step's own words: an example or a value, to the letter; a plain yes or no
    3  a universal in one of the built-in ways
    4  the grammar of what was asked, or a correction of an earlier answer
    5  canonical answers that were written for just this question, by the answer cache
    6  canonical answers, and the intents that the step listens for, by the classifier
    7  a person, for who wants to speak to "the mechanic" or somebody else that nothing knows
    8  nothing

Stage 2 stands before 3 so that an author may give "that's it" or "the front desk" a meaning at one step.
While a slot is asked for, a canonical answer is a digression: it wins when the grammar finds no value and
the classifier is surer than at other steps, or when the caller asks a question that it is very sure of.

Everything here is pure. Rules and classifier are two calls, so that a caller whose words the rules have
settled does not wait for an embedding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from ivr.core.commands import Expectation
from ivr.core.events import Meaning
from ivr.core.flow.model import Flow, Slot
from ivr.understanding.answer_cache import BEST, Hit, closest
from ivr.understanding.asked import by_cue, by_grammar, said_yes_no, slot_asked
from ivr.understanding.choice import Forms, exactly
from ivr.understanding.classifier import Classifier, Guess, Label, Vectors
from ivr.understanding.corrections import FIRST, correction
from ivr.understanding.cues import Cue, Cued
from ivr.understanding.date_times import TAKEN
from ivr.understanding.several import Several, several
from ivr.understanding.text import Words, asks, find, without_pauses, words
from ivr.understanding.universals import Universals
from ivr.understanding.yes_no import leaning

NOTHING: Final = Meaning("nothing", confidence=0.0)
_ALIKE: Final[Mapping[str, frozenset[str]]] = {
    "date": frozenset(["date", "date_time"]),
    "time": frozenset(["time", "date_time"]),
    "date_time": frozenset(["date", "time", "date_time"]),
    "money": frozenset(["money"]),
    "integer": frozenset(["integer"]),
    "digits": frozenset(["phone"]),
    "phone": frozenset(["phone"]),
}
"""What is not looked for ahead while a slot of a type is asked for: all of it is meant for that one."""

_SURE: Final = 0.25
"""How far above the threshold a guess must score to overrule a value that the grammar found."""

_FEW: Final = 2
_STEM: Final = 5
"""Letters of a word that must agree: enough for "cancel" and "cancelled"."""

_LIKELY: Final = 0.2
"""How far above it, while a slot is asked for, an answer to a question: it takes the call off the rails."""

_LIKELIER: Final = 0.3
"""The same for words that are no question: most are a poor reply to what was asked.

On sets of intents it leaves three in four of the right guesses, of the strange ones one in ten.
"""

_RATHER_RIGHT: Final = 0.6
"""Least confidence of an answer, at any step: a wrong one is said word for word, and nobody asked for it.

And of an intent, where the words are a wish to speak to somebody.
"""


@dataclass(frozen=True, slots=True)
class FlowModel:
    """A flow, ready to be understood. `training.train` makes it.

    choices     slot -> the ways to say each of its values
    cues        slot -> the words that its author expects around its value
    classifier  None for a flow without a single example
    topics      what no canonical answer is given on, each in plain form
    others      the models of the same flow in its other languages, by language
    """

    flow: Flow
    universals: Universals
    choices: Mapping[str, Forms]
    classifier: Classifier | None
    topics: tuple[Words, ...] = ()
    cues: Mapping[str, tuple[Cue, ...]] = field(default_factory=dict)
    others: Mapping[str, FlowModel] = field(default_factory=dict)

    def hearing(self, expectation: Expectation) -> FlowModel:
        """The model for the language in which something is said."""
        return self.others.get(expectation.language, self)


def in_all_languages(flow: Flow, train: Callable[[Flow], FlowModel]) -> FlowModel:
    """The model of a flow with those of its other languages, made by `train` one after another."""
    others = {language: train(other) for language, other in flow.family.items() if language != flow.language}
    return replace(train(flow), others=others) if others else train(flow)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rules make of an utterance. `settled`: the classifier need not be asked."""

    meaning: Meaning
    settled: bool


def understand(model: FlowModel, text: str, expectation: Expectation, vector: Vectors | None) -> Meaning:
    """What `text` means at a step that waits for `expectation`.

    vector  the embedding of `text` [dimensions]; None leaves cache and classifier out
    For kind `nothing`, `name` may say why, as a key of `ivr.core.phrases`: `too_few`, `out_of_range`, …
    """
    reading = by_rules(model, text, expectation)
    if reading.settled or vector is None:
        return reading.meaning
    return by_classifier(model, text, expectation, vector, reading.meaning)


def by_rules(model: FlowModel, text: str, expectation: Expectation) -> Reading:
    """Stages 1 to 4."""
    model = model.hearing(expectation)
    spoken = words(text)
    if not spoken:
        return Reading(NOTHING, settled=True)
    if name := model.universals.own_words(spoken):
        return Reading(_universal(name), settled=True)
    if (meaning := _precisely(model, text, spoken, expectation)) is not None:
        return Reading(with_fills(model, text, expectation, meaning), settled=True)
    if name := model.universals.built_in_ways(spoken):
        return Reading(_universal(name), settled=True)
    if expectation.kind in FIRST and (changed := _correction(model, text, expectation)):
        return Reading(changed, settled=True)
    found = by_grammar(model, text, spoken, expectation)
    if (found is None or found.kind != "value") and (changed := _correction(model, text, expectation)):
        return Reading(changed, settled=True)
    found = _person_instead(model, spoken, _together(model, text, expectation, found))
    hopeless = model.classifier is None or not _allowed(model, expectation)
    if found is None or found.kind in ("nothing", "universal"):
        return Reading(found or NOTHING, settled=hopeless)
    return Reading(found, settled=hopeless or not asks(text))


def _person_instead(model: FlowModel, spoken: Words, found: Meaning | None) -> Meaning | None:
    """A wish to speak to somebody, where nothing was found or a "no" stands before the wish."""
    if found is not None and found.kind == "value" and found.value is not False:
        return found
    name = model.universals.somebody(spoken)
    return _universal(name) if name else found


def by_classifier(
    model: FlowModel, text: str, expectation: Expectation, vector: Vectors, ruled: Meaning
) -> Meaning:
    """Stages 5 and 6, for what the rules left open. Their finding, `ruled`, stays unless these are sure.

    Whoever decides, what the classifier thought of and the cache's score are told with the meaning.
    """
    model = model.hearing(expectation)
    if model.classifier is None:
        return ruled
    spoken = words(text)
    allowed = _allowed(model, expectation)
    near = model.classifier.likeness(spoken, vector)
    hit = closest(model.classifier, spoken, near, model.flow.language)
    hit = hit if hit is not None and hit.label.kind == "answer" else None
    meaning = _from_cache(model, text, spoken, expectation, hit)
    if meaning is None:
        guess = model.classifier.guess(spoken, vector, allowed, near)
        meaning = _from_guess(model, text, spoken, expectation, ruled, guess)
    return replace(
        meaning,
        candidates=model.classifier.candidates(near, allowed),
        cache_score=round(hit.score, 3) if hit is not None else None,
    )


def _from_cache(
    model: FlowModel, text: str, spoken: Words, expectation: Expectation, hit: Hit | None
) -> Meaning | None:
    """The canonical answer that was written for these words, or None."""
    if hit is None or not hit.accepted or _off(text, hit.entry):
        return None
    if not _holds(model, hit.label, spoken, expectation):
        return None
    return Meaning("answer", name=hit.label.name, confidence=hit.confidence, decided_by="cache")


def _from_guess(  # noqa: PLR0913 -- what a guess has to stand up to
    model: FlowModel,
    text: str,
    spoken: Words,
    expectation: Expectation,
    ruled: Meaning,
    guess: Guess | None,
) -> Meaning:
    """What the classifier guesses, where it is surer than the rules; else what they found."""
    if guess is None or model.classifier is None:
        return ruled
    if guess.score < model.classifier.threshold + _demanded(text, expectation, ruled):
        return ruled
    if _off(text, guess.nearest) or not _holds(model, guess.label, spoken, expectation):
        return ruled
    sure = model.classifier.confidence(guess)
    if (guess.label.kind == "answer" or ruled.kind == "universal") and sure < _RATHER_RIGHT:
        return ruled
    meaning = Meaning(guess.label.kind, name=guess.label.name, confidence=sure, decided_by="classifier")
    return with_fills(model, text, expectation, meaning)


def with_fills(model: FlowModel, text: str, expectation: Expectation, meaning: Meaning) -> Meaning:
    """An intent with the slots that `text` gives for it, whoever found the intent."""
    names = expectation.ahead.get(meaning.name, ()) if meaning.kind == "intent" else ()
    given = _given(model, text, names, expectation)
    return replace(meaning, fills=given.values, sure=given.sure) if given.values else meaning


def _together(model: FlowModel, text: str, expectation: Expectation, found: Meaning | None) -> Meaning | None:
    """The value that was asked for with those of later slots, when the words of each are apart."""
    alike = _ALIKE.get(expectation.kind, frozenset())
    names = [name for name in expectation.ahead.get("", ()) if model.flow.slots[name].type not in alike]
    given = _given(model, text, names, expectation)
    if not given.values:
        return found
    left = " ".join(word for word in given.left if word != TAKEN)
    alone = _precisely(model, left, words(left), expectation)
    alone = alone or by_grammar(model, left, words(left), expectation)
    if alone is None or alone.kind != "value":
        return found
    return replace(alone, fills=given.values, sure=given.sure)


def _given(model: FlowModel, text: str, names: Iterable[str], expectation: Expectation) -> Several:
    slots = [model.flow.slots[name] for name in names]

    def with_cue(said: str, slot: Slot) -> Cued | None:
        return by_cue(model, said, slot, expectation)

    return several(text, slots, model.choices, expectation.today, with_cue) if slots else Several()


def best_guess(model: FlowModel, text: str, expectation: Expectation, vector: Vectors) -> Guess | None:
    """The likeliest of what the step allows, however unlikely it is."""
    model = model.hearing(expectation)
    if model.classifier is None:
        return None
    return model.classifier.guess(words(text), vector, _allowed(model, expectation))


def may_give(model: FlowModel, answer: str, text: str, expectation: Expectation) -> bool:
    """Whether a canonical answer may be given to these words: it has not expired, and no topic forbids it."""
    return _holds(model, Label("answer", answer), words(text), expectation)


def may_mean(model: FlowModel, text: str, expectation: Expectation, guess: Guess) -> bool:
    """Whether a guess is among what the step allows and nothing in the words speaks against it."""
    model = model.hearing(expectation)
    fits = guess.label in _allowed(model, expectation) and not _off(text, guess.nearest)
    return fits and _holds(model, guess.label, words(text), expectation)


def _demanded(text: str, expectation: Expectation, ruled: Meaning) -> float:
    """How far above the threshold a guess must score."""
    if ruled.kind == "value":
        return _SURE
    if expectation.kind == "intents":
        return 0.0
    return _LIKELY if asks(text) else _LIKELIER


def _off(text: str, example: Words) -> bool:
    """Tell whether `text` can't mean the example, however near they are."""
    return _contradict(text, example) or _too_little(text, example)


def _contradict(text: str, example: Words) -> bool:
    """Tell whether one says yes and the other no: near to each other by embedding, and opposite."""
    return {leaning(text), leaning(" ".join(example))} == {True, False}


def _too_little(text: str, example: Words) -> bool:
    """Tell whether one or two words share none with the nearest example: "okay" is near to anything short."""
    spoken = without_pauses(words(text))
    if len(spoken) > _FEW:
        return False
    stems = {word[:_STEM] for word in example}
    return not any(word[:_STEM] in stems for word in spoken)


def _universal(name: str) -> Meaning:
    return Meaning("universal", name=name, decided_by="universal")


def _precisely(model: FlowModel, text: str, spoken: Words, expectation: Expectation) -> Meaning | None:
    """The step's own words, to the letter, or None."""
    match expectation.kind:
        case "intents":
            allowed = _allowed(model, expectation)
            label = model.classifier.exactly(spoken, allowed) if model.classifier else None
            if label is None or not _holds(model, label, spoken, expectation):
                return None
            if label.kind == "answer":
                return Meaning("answer", name=label.name, decided_by="cache", cache_score=BEST)
            return Meaning("intent", name=label.name, decided_by="classifier")
        case "choice":
            value = exactly(text, model.choices[slot_asked(model, expectation).name])
            return Meaning("value", value=value, decided_by="grammar") if value else None
        case "yes_no" | "confirm":
            said = said_yes_no(model, text)
            return said if said is not None and said.confidence == 1.0 else None
        case _:
            return None


def _correction(model: FlowModel, text: str, expectation: Expectation) -> Meaning | None:
    """A change of an earlier answer, or None."""
    if not expectation.known:
        return None

    def value_of(said: str, slot: Slot) -> Meaning | None:
        asked = Expectation(slot.type, slot=slot.name, today=expectation.today)
        return _precisely(model, said, words(said), asked) or by_grammar(model, said, words(said), asked)

    return correction(text, expectation, model.flow.slots, model.choices, value_of)


def _allowed(model: FlowModel, expectation: Expectation) -> frozenset[Label]:
    """What the classifier may choose: every canonical answer, and the intents that the step listens for."""
    answers = {Label("answer", answer.name) for answer in model.flow.answers.values()}
    return frozenset(answers | {Label("intent", name) for name in expectation.intents})


def _holds(model: FlowModel, label: Label, spoken: Words, expectation: Expectation) -> bool:
    """Whether what was chosen may be given.

    An answer may until it expires, and never for words on one of the flow's `never_cache` topics.
    """
    if label.kind == "intent":
        return True
    expires = model.flow.answers[label.name].expires
    if expires and expectation.today > expires:
        return False
    return not any(True for topic in model.topics for _ in find(spoken, topic))
