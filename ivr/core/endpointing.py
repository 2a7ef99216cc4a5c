"""When the caller's turn is over: how long a silence ends it, by what is awaited and what was heard so far.

One pure table. `judge` says how far an utterance has come; `TABLE` gives the silence (ms since the last
sound of speech) that then ends the turn. A flow's `end_silence` overrides it: one time for everything, or
times of its own for some of the columns. The answer is being prepared while we wait, so a short silence
costs nothing but the risk to cut somebody off; that risk is what the table weighs.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from ivr.core.commands import Expectation
from ivr.core.events import Meaning
from ivr.core.flow.model import Settings, Slot


class SoFar(StrEnum):
    """What an utterance is, as far as it has been heard."""

    UNKNOWN = "unknown"
    """Not recognised yet, and at the latest it ends then."""
    NOTHING = "nothing"
    """No words."""
    UNFINISHED = "unfinished"
    """Too few digits, half a date, or a last word after which more must come: "and", "um"."""
    UNCLEAR = "unclear"
    """Words that mean nothing here, or of which the recogniser is not sure."""
    OPEN = "open"
    """An answer to which more may belong: digits of any number, "no"."""
    COMPLETE = "complete"
    """All that was asked for."""


class Awaited(StrEnum):
    """What a step waits for, as far as the end of a turn is concerned."""

    YES_NO = "yes or no"
    CHOICE = "one of a few"
    INTENT = "a wish or a question"
    DIGITS = "digits"
    AMOUNT = "a number or amount"
    MOMENT = "a day or time"
    SPELLED = "spelling or e-mail"
    WORDS = "free words"


_S = SoFar
_COLUMNS: Final = (_S.UNKNOWN, _S.NOTHING, _S.UNFINISHED, _S.UNCLEAR, _S.OPEN, _S.COMPLETE)
_ROWS: Final[dict[Awaited, tuple[int, ...]]] = {
    Awaited.YES_NO: (700, 500, 1000, 700, 450, 300),
    Awaited.CHOICE: (700, 500, 1000, 800, 600, 400),
    Awaited.INTENT: (800, 600, 1300, 900, 600, 400),
    Awaited.DIGITS: (1400, 1400, 1400, 1400, 1400, 300),
    Awaited.AMOUNT: (900, 600, 1300, 1000, 700, 450),
    Awaited.MOMENT: (1000, 600, 1300, 1000, 800, 500),
    Awaited.SPELLED: (1400, 1400, 1400, 1400, 1400, 600),
    Awaited.WORDS: (1000, 600, 1400, 1000, 1000, 1000),
}

# A voice pauses 320 to 390 ms at a comma ("yes, I have"). What is complete waits for that, but for a yes:
# what follows it changes nothing.

TABLE: Final[dict[tuple[Awaited, SoFar], int]] = {
    (row, column): ms for row, times in _ROWS.items() for column, ms in zip(_COLUMNS, times, strict=True)
}
"""The whole policy. No silence in it is longer than `LONGEST_MS`."""

LONGEST_MS: Final = 1400
"""The longest silence that ends a turn where the author has not said otherwise: the answer is still heard
within the 1.5 s after which a caller begins to wonder."""

LEAST_HEARD: Final = 0.55
"""Confidence of the recogniser (0..1) below which the end may have been misheard."""
LEAST_MEANT: Final = 0.6
"""Confidence of understanding below which an utterance is unclear."""

_KINDS: Final[dict[str, Awaited]] = {
    "confirm": Awaited.YES_NO,
    "yes_no": Awaited.YES_NO,
    "choice": Awaited.CHOICE,
    "intents": Awaited.INTENT,
    "digits": Awaited.DIGITS,
    "phone": Awaited.DIGITS,
    "integer": Awaited.AMOUNT,
    "money": Awaited.AMOUNT,
    "date": Awaited.MOMENT,
    "time": Awaited.MOMENT,
    "date_time": Awaited.MOMENT,
    "spelling": Awaited.SPELLED,
    "email": Awaited.SPELLED,
}
_COUNTED: Final = frozenset(["digits", "spelling"])
_HALF: Final = frozenset(["too_few", "no_time", "no_day"])
"""Reasons of understanding that say: the beginning of an answer."""


def word_list(text: str) -> frozenset[str]:
    """Words that stand apart in a text."""
    return frozenset(text.split())


TRAILING: Final = word_list(
    """
    and or but because cause when plus with for to from the a an my our your is its im i'm it's
    um uh uhm er erm hm hmm ah eh dot underscore dash hyphen double triple
    """
)
"""Words that end no utterance. English; in other languages they hardly occur as words."""
_CUT: Final = ("...", "…", "-", ",")
"""What a recogniser writes behind words that were going on."""


def awaited(expectation: Expectation | None) -> Awaited:
    """The table's row for what a step expects."""
    return _KINDS.get(expectation.kind, Awaited.WORDS) if expectation else Awaited.INTENT


def trails_off(text: str) -> bool:
    """Whether more must come behind these words."""
    said = text.strip()
    return said.endswith(_CUT) or last_word(said) in TRAILING


def last_word(text: str) -> str:
    """The last word, in small letters and without punctuation; "" without words."""
    words = text.casefold().replace("\u2019", "'").split()
    return words[-1].strip(".,;:!?…-\"'") if words else ""


def judge(
    expectation: Expectation | None, slot: Slot | None, text: str, confidence: float, meaning: Meaning | None
) -> SoFar:
    """How far an utterance has come.

    slot        the slot that is asked for, if one is
    text        what the recogniser heard, as sure as `confidence` (0..1)
    meaning     what it means; `None`: not known yet
    """
    if not text:
        return SoFar.NOTHING
    if trails_off(text):
        return SoFar.UNFINISHED
    if meaning is None:
        return SoFar.UNKNOWN
    if meaning.kind == "nothing":
        return SoFar.UNFINISHED if meaning.name in _HALF else SoFar.UNCLEAR
    if confidence < LEAST_HEARD or meaning.confidence < LEAST_MEANT:
        return SoFar.UNCLEAR
    if meaning.kind == "value":
        return SoFar.OPEN if _may_go_on(expectation, slot, meaning) else SoFar.COMPLETE
    return SoFar.COMPLETE


def _may_go_on(expectation: Expectation | None, slot: Slot | None, meaning: Meaning) -> bool:
    kind = expectation.kind if expectation else ""
    if _KINDS.get(kind) is Awaited.YES_NO:
        return meaning.value is False  # "no" is often followed by what is right instead
    if slot is None or kind not in _COUNTED:
        return False
    return slot.maximum is None or len(str(meaning.value)) < slot.maximum


def silence_ms(settings: Settings, waits_for: Awaited, so_far: SoFar) -> int:
    """How long a silence ends the turn (ms)."""
    own = dict(settings.end_silences)
    if so_far.value in own:
        return own[so_far.value]
    return TABLE[waits_for, so_far] if settings.end_silence_ms is None else settings.end_silence_ms


def rows(settings: Settings | None = None) -> Iterator[tuple[Awaited, tuple[int, ...]]]:
    """The policy row by row, columns in the order of `SoFar`; with the settings of a flow or step."""
    for row in Awaited:
        yield row, tuple(silence_ms(settings or Settings(), row, column) for column in SoFar)
