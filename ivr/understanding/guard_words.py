"""The words that the guard of the answer cache watches, by language.

A moment is written with all its names, the first of which stands for it; opposites are written
`one side : the other side`. Words are in the plain form of `ivr.understanding.text`: lower case, without
apostrophes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ivr.understanding.text import vocabulary

Pole = tuple[int, bool]
"""A pair of opposites, by number, and which side of it."""


@dataclass(frozen=True, slots=True)
class GuardWords:
    """The words of one language.

    denials  words that turn a sentence round
    numbers  number words that are not folded into numerals (English ones are)
    moments  a word for a time -> the first of its names
    poles    a word -> the sides of opposites that it stands on
    """

    denials: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    moments: Mapping[str, str] = field(default_factory=dict)
    poles: Mapping[str, tuple[Pole, ...]] = field(default_factory=dict)


def _moments(text: str) -> dict[str, str]:
    lines = [line.split() for line in text.splitlines()]
    return {word: names[0] for names in lines for word in names}


def _poles(text: str) -> dict[str, tuple[Pole, ...]]:
    found: dict[str, list[Pole]] = defaultdict(list)
    for pair, line in enumerate(line for line in text.splitlines() if line.strip()):
        first, second = line.split(":")
        for side, words in ((True, first), (False, second)):
            for word in words.split():
                found[word].append((pair, side))
    return {word: tuple(poles) for word, poles in found.items()}


_ENGLISH: Final = GuardWords(
    denials=vocabulary(
        """
        not no never none nothing nobody nowhere neither nor without cannot cant dont doesnt didnt isnt arent
        wasnt werent wont wouldnt couldnt shouldnt mustnt havent hasnt hadnt aint except unless instead
        """
    ),
    moments=_moments(
        """
        monday mon mondays
        tuesday tue tues tuesdays
        wednesday wed weds wednesdays
        thursday thu thur thurs thursdays
        friday fri fridays
        saturday sat saturdays
        sunday sun sundays
        january jan
        february feb
        march
        april apr
        june jun
        july jul
        august aug
        september sept sep
        october oct
        november nov
        december dec
        today
        tonight
        tomorrow tomorrows
        yesterday yesterdays
        weekend weekends
        weekday weekdays
        morning mornings am
        afternoon afternoons
        evening evenings
        night nights
        noon midday
        midnight
        spring
        summer
        autumn fall
        winter
        christmas xmas
        easter
        thanksgiving
        holiday holidays
        daily everyday
        weekly
        monthly
        yearly annual annually
        """
    ),
    poles=_poles(
        """
        open opens opened opening : close closes closed closing shut shuts
        start starts started starting begin begins : stop stops stopped stopping end ends ended ending finish
        on : off
        up : down
        in inside indoor indoors : out outside outdoor outdoors
        increase increases raise raised higher more up louder faster : decrease decreases reduce lower less down quieter slower
        maximum max most highest longest biggest : minimum min least lowest shortest smallest
        add adds adding added : remove removes removing removed delete drop subtract
        buy buys buying bought purchase : sell sells selling sold
        send sends sending sent : receive receives receiving received get
        deposit deposits depositing : withdraw withdraws withdrawing withdrawal
        activate activating enable unlock unblock unfreeze : deactivate deactivating disable lock block blocked freeze frozen cancel
        accept accepted approve approved : refuse refused reject rejected decline declined
        lost lose missing : found find
        before earlier early sooner : after later late
        arrive arrives arrival arriving : leave leaves departure depart departing
        import importing : export exporting
        upload : download
        incoming inbound : outgoing outbound
        borrow borrowing : lend lending loan
        credit : debit
        domestic local : international foreign abroad overseas
        first : last final
        new newest : old oldest existing current
        cheap cheapest cheaper : expensive pricey
        hot warm : cold cool
        push : pull
        win : lose
        remember : forget forgot forgotten
        connect connected : disconnect disconnected
        with : without
        include included including : exclude excluded excluding
        allowed permitted : forbidden prohibited banned
        safe : dangerous unsafe
        possible : impossible
        free : paid
        public : private
        business commercial : personal
        adult adults : child children kid kids
        man men male husband father : woman women female wife mother
        my mine me : your yours
        true right correct : false wrong incorrect
        join joining : quit quitting
        save saving : spend spending
        next upcoming : previous past
        single : married double
        full : empty
        minimum : maximum
        """
    ),
)
GUARD_WORDS: Final[Mapping[str, GuardWords]] = {"en": _ENGLISH}
"""By two-letter code. A language that is not here is not guarded: only an example's very words count."""
