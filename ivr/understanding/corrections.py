"""What a caller changes about an earlier answer: "no, Thursday", "actually make it six", "change the day".

Three ways are understood:

    a word that takes something back, and a value:   no, Thursday; not Tuesday, Thursday; I meant at six
    the slot by its name, and a value:               change the day to Friday; the time should be six
    the slot by its name, without one:               change the day; the day is wrong; wrong day

A value must be the whole of what is left, and fit one slot only: that the question names, else the latest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ivr.core.commands import Expectation
from ivr.core.events import Meaning
from ivr.core.flow.ahead import TYPES
from ivr.core.flow.model import Slot
from ivr.understanding.choice import Forms, exactly
from ivr.understanding.found import CARRIERS
from ivr.understanding.several import several
from ivr.understanding.text import MAX_CHARS, asks, normalise, phrases, vocabulary, words
from ivr.understanding.yes_no import unsure

ValueOf = Callable[[str, Slot], Meaning | None]
"""The meaning of words as the value of a slot."""

FIRST: Final = frozenset(["confirm", "yes_no", "text", "name", "address", "spelling", "intents"])
"""Questions at which corrections are looked for before the answer: their grammars would swallow them."""

_NO: Final = vocabulary("no nope nah wrong")
_TAKES_BACK: Final = phrases(
    """
    sorry | im sorry | wait | hang on | hold on | actually | i meant | i meant to say | i mean | i said
    make it | make that | lets make it | lets make that | can you make it | could you make it | can we make it
    could we make it | can you make that | change it to | change that to | can i change it to | it should be
    can you change it to | could you change it to | can we change it to | id like to change it to
    i want to change it to | that should be | it should say | correction | rather | instead | thats wrong
    thats not right | that is not right | thats not it | thats incorrect | not that | my mistake | my bad
    i made a mistake | scratch that | i want | i would like | id like | id prefer | i prefer | id rather
    i need
    """
)
_SAYS_NOTHING: Final = phrases(
    """
    yes | yeah | yep | ok | okay | but | and | please | oh | well | um | uh | hm | its | it is | thats
    that is | that was | the | so | really | just | let me see
    """
)
_ENDS: Final = phrases("please | instead | thanks | thank you | sorry | rather | actually | i think | then")
_WORDS_FOR: Final[Mapping[str, frozenset[str]]] = {
    "date": vocabulary("day date"),
    "time": vocabulary("time hour"),
    "date_time": vocabulary("day date time"),
    "money": vocabulary("amount sum"),
    "email": frozenset(["email", "email address"]),
    "phone": frozenset(["number", "phone number", "telephone number"]),
    "name": vocabulary("name"),
    "address": vocabulary("address"),
}
_CHANGE: Final = (
    r"(?:.{0,24} )?(?:change|correct|fix|redo|alter|update) (?:my |the |that |this )?(?P<slot>{names})"
    r"(?: to| for)?(?P<value>(?: .+)?)"
)
_IS: Final = (
    r"(?:no |nope |sorry |wait |actually |but |the |my |that |this |it is |its |thats |i think )*"
    r"(?P<slot>{names}) (?:should be|should say|has to be|needs to be|must be|is|was|isnt|to)"
    r"(?P<value>(?: .+)?)"
)
_MAKE: Final = r"(?:.{0,24} )?make (?:my |the |that )?(?P<slot>{names})(?P<value> .+)"
_WRONG: Final = (
    r"(?:.{0,24} )?(?:wrong|different|another|other|not the right|not the correct|incorrect|new) "
    r"(?P<slot>{names})(?P<value>)"
)
_BAD: Final = vocabulary("wrong incorrect not right correct mistaken off please instead it that a mistake")
_LEAST: Final = 0.7
_LONGEST: Final = max(map(len, _TAKES_BACK | _SAYS_NOTHING))


@dataclass(frozen=True, slots=True)
class _Parted:
    """An utterance without the words at its head and end that take something back.

    no      it says no; back: it takes something back in more words than a no
    """

    left: str
    no: bool
    back: bool


def correction(
    text: str,
    expectation: Expectation,
    slots: Mapping[str, Slot],
    choices: Mapping[str, Forms],
    value_of: ValueOf,
) -> Meaning | None:
    """The correction that `text` makes, or None. slots, choices: of the flow; value_of: its grammars."""
    known = [slots[name] for name in expectation.known if name in slots]
    if not known or unsure(text) or (asks(text) and expectation.kind == "intents"):
        return None
    text = text[:MAX_CHARS]
    if expectation.kind != "intents" and (found := _by_name(text, known, expectation, value_of)) is not None:
        return found
    parted = _parted(text)
    takes_back = parted.back or (parted.no and expectation.kind != "yes_no")
    alone = _read_back(expectation) or _of_another(parted.left, known, expectation, choices)
    if not parted.left or not (takes_back or alone):
        return None
    found = _of_values(parted.left, _open(known, expectation), expectation, choices, value_of)
    return replace(found, rest="no" if parted.no else "") if found else None


def _read_back(expectation: Expectation) -> bool:
    """Whether a value alone is enough, since the question has just said what we took it for."""
    return expectation.kind == "confirm" and bool(expectation.about)


def _of_another(
    left: str, known: Sequence[Slot], expectation: Expectation, choices: Mapping[str, Forms]
) -> bool:
    """Whether a value alone is enough, since it is to the letter one of an earlier choice: "Wednesday"."""
    earlier = [slot.name for slot in known if slot.type == "choice" and slot.name != expectation.slot]
    return expectation.kind == "choice" and sum(bool(exactly(left, choices[name])) for name in earlier) == 1


def _open(known: Sequence[Slot], expectation: Expectation) -> list[Slot]:
    """The slots that may get a new value here: a sensitive one in its own read-back only."""
    return [slot for slot in known if not slot.sensitive or slot.name == expectation.slot]


def _parted(text: str) -> _Parted:
    spoken = words(text)
    no = back = False
    while size := next((n for n in range(min(_LONGEST, len(spoken)), 0, -1) if _is_lead(spoken[:n])), 0):
        no |= spoken[0] in _NO
        back |= spoken[:size] in _TAKES_BACK
        spoken = spoken[size:]
    while size := next((n for n in (2, 1) if len(spoken) > n and spoken[-n:] in _ENDS), 0):
        back |= spoken[-size:] in _TAKES_BACK
        spoken = spoken[:-size]
    back |= spoken[:1] == ("not",)
    return _Parted(" ".join(spoken), no, back)


def _is_lead(start: tuple[str, ...]) -> bool:
    return start in _TAKES_BACK or start in _SAYS_NOTHING or (len(start) == 1 and start[0] in _NO)


def _of_values(
    left: str,
    known: Sequence[Slot],
    expectation: Expectation,
    choices: Mapping[str, Forms],
    value_of: ValueOf,
) -> Meaning | None:
    """New values, when nothing else was said."""
    given = several(left, [slot for slot in known if slot.type in TYPES], choices, expectation.today)
    if given.values and not given.strange:
        name, *others = given.values
        sure = min(given.sure.values())
        fills = {other: given.values[other] for other in others}
        fill_sure = {other: given.sure[other] for other in others}
        return Meaning("correction", name, given.values[name], sure, "grammar", fills=fills, sure=fill_sure)
    about = [slot for slot in known if slot.name in expectation.about]
    for candidates in (about, known[:1] if about else known):
        found = [
            (slot, meaning) for slot in candidates if (meaning := _whole(left, slot, expectation, value_of))
        ]
        if len(found) > 1:
            found = [pair for pair in found if pair[0] is known[0]]
        if len(found) == 1:
            slot, meaning = found[0]
            return Meaning("correction", slot.name, meaning.value, meaning.confidence, "grammar")
    return None


def _whole(left: str, slot: Slot, expectation: Expectation, value_of: ValueOf) -> Meaning | None:
    """The value for a slot, when all of what is left is that value."""
    if slot.type in ("yes_no", "text", "address"):
        return None
    if slot.type in ("name", "spelling", "email") and slot.name not in expectation.about:
        return None
    meaning = value_of(left, slot)
    if meaning is None or meaning.kind != "value" or meaning.confidence < _LEAST:
        return None
    return meaning if all(word in CARRIERS or word == "not" for word in meaning.rest.split()) else None


def _by_name(text: str, known: Sequence[Slot], expectation: Expectation, value_of: ValueOf) -> Meaning | None:
    """A correction that names its slot."""
    owners = _names(known)
    owners = {name: slot for name, slot in owners.items() if slot.name != expectation.slot or slot in known}
    names = "|".join(sorted(map(re.escape, owners), key=len, reverse=True))
    line = normalise(text)
    for way in (_CHANGE, _MAKE, _WRONG, _IS):
        found = re.fullmatch(way.replace("{names}", names), line)
        if not found:
            continue
        slot, said = owners[found["slot"]], found["value"].strip()
        if not said or all(word in _BAD for word in said.split()):
            if way is _IS and (not said or ("not" not in line and "isnt" not in line and not _is_bad(said))):
                continue
            return Meaning("correction", slot.name, None, 0.9, "grammar")
        if slot in _open(known, expectation):
            meaning = value_of(said, slot)
            if meaning and meaning.kind == "value" and meaning.confidence >= _LEAST and slot.type != "text":
                return Meaning("correction", slot.name, meaning.value, meaning.confidence, "grammar")
    return None


def _is_bad(said: str) -> bool:
    return not {"wrong", "incorrect", "mistaken", "off", "mistake"}.isdisjoint(said.split())


def _names(known: Sequence[Slot]) -> dict[str, Slot]:
    """What the slots are called: by their names, and by what they are if only one is that."""
    owners: dict[str, Slot] = {}
    shared: set[str] = set()
    for slot in known:
        for name in _WORDS_FOR.get(slot.type, ()):
            if owners.setdefault(name, slot) is not slot:
                shared.add(name)
    owners = {name: slot for name, slot in owners.items() if name not in shared}
    return owners | {normalise(slot.name.replace("_", " ")): slot for slot in known}
