"""Words out of a recogniser's text: one plain form that every grammar reads.

Lower case, no punctuation, apostrophes dropped (`don't` -> `dont`), numerals kept as they were
written (`4,271` -> `4271`; `3.5`, `10:30` and `-2` stay one word). Whatever comes in, a bounded
number of words comes out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

Words = tuple[str, ...]

MAX_CHARS: Final = 2000
"""Characters of an utterance that are read; two minutes of speech are about as many."""
MAX_WORDS: Final = 100
"""Words of an utterance that are read: more than half a minute of speech."""

_APOSTROPHES: Final = re.compile(r"(?<=\w)['\u2018\u2019\u02bc\u0060\u00b4](?=\w)")
_THOUSANDS: Final = re.compile(r"(?<![\d,])\d{1,3}(?:,\d{3})+(?![\d,])")
_WORD: Final = re.compile(r"(?<![\w-])-\d+(?:\.\d+)?\b|\d+(?:[.:/]\d+)+|[^\W_]+")


def vocabulary(text: str) -> frozenset[str]:
    """The words of a list written out in a string."""
    return frozenset(text.split())


def phrases(text: str) -> frozenset[Words]:
    """The phrases of a list written out in a string, parted by bars or new lines."""
    return frozenset(tuple(phrase.split()) for phrase in text.replace("\n", "|").split("|") if phrase.strip())


PAUSES: Final = vocabulary(
    """
    ah basically er erm hm hmm just kindly mm mmm oh please uh uhm um umm
    """
)
"""Words that change nothing wherever they stand."""


_OPENINGS: Final = phrases(
    """
    ok | okay | so | well | yes | yeah | yep | no | right | all right | alright | oh | look | listen | and
    but | then | sorry | im sorry | hi | hello | hey | hi there | hello there | good morning
    good afternoon | good evening | excuse me | thanks | thank you | can i | could i | may i | can we
    could we | can you | could you | would you | will you | you can | you could | i want to | i wanna
    i would like to | id like to | id love to | i would love to | i need to | i wish to | we need to
    id rather | i would rather | id prefer to | i would prefer to | im trying to | i am trying to
    im looking to | i was hoping to | i was wondering if i could | id like you to | i want you to
    i need you to | help me | is it possible to | would it be possible to | is there any way to
    is there a way to | any way to | is it possible for me to | is there any way i can
    is there a way i can | do you think i could | how do i | how can i | how do i get to | let me | lemme
    i said | i think | do you mind | would you mind | try to | go ahead and | actually | really | sir
    maam | can you let me | could you let me | if i could | if you could | great | perfect | cool | lovely
    brilliant | awesome | got it | i see | thats great | thank you very much | thanks a lot
    thank you so much | wait | hang on | hold on
    """
)
_WANTS: Final = phrases(
    """
    i want | i would like | id like | i need | i prefer | i would prefer | id prefer | give me | i guess
    ill have | ill take | ill go for | i will have | i will take | lets say | lets do | lets go with
    make it | its | it is | thats | that is | for | on | in | the | a | an | my | with | at | it would be
    that would be | itd be | thatd be | im | i am | i have | maybe | probably | about | to
    """
)
_CLOSINGS: Final = phrases(
    """
    thanks | thank you | thank you very much | thanks very much | thanks a lot | thank you so much | now
    right now | then | instead | if i may | if you can | if you could | if possible | if thats possible
    if thats okay | if you dont mind | for me | sir | maam | okay | ok | actually | really | immediately
    straight away | right away | if i can | i think | i guess
    """
)
_LONGEST: Final = max(len(p) for p in _OPENINGS | _CLOSINGS | _WANTS)

_ASKS: Final = re.compile(
    r"^(?:(?:and|but|so|well|okay|ok|um|uh|oh|hi|hello|sorry|excuse me|no|yes|wait|hang on|hold on"
    r"|before that|actually|first|quick question|by the way|i have a question)\s+)*"
    r"(?:what|whats|when|whens|where|wheres|who|whos|whom|whose|which|why|how|hows"
    r"|(?:do|does|did|is|are|was|were|can|could|will|would|should|may|have|has) "
    r"(?:i|you|we|they|he|she|it|there|that|this|the|your|my|a|an|any)"
    r"|(?:can|could|would|will) you tell me|tell me|do you know|i want to know|id like to know"
    r"|i was wondering|im wondering|i wonder)\b"
)


def normalise(text: str) -> str:
    """The words of `text`, joined by single spaces."""
    return " ".join(words(text))


def words(text: str) -> Words:
    """The words of `text` in their plain form; at most `MAX_WORDS`."""
    plain = unicodedata.normalize("NFKC", text[:MAX_CHARS]).casefold()[:MAX_CHARS]
    plain = _APOSTROPHES.sub("", plain)
    plain = _THOUSANDS.sub(lambda match: match.group().replace(",", ""), plain)
    return tuple(_WORD.findall(plain)[:MAX_WORDS])


def without_pauses(spoken: Words) -> Words:
    """`spoken` without the words that only fill a pause or are polite."""
    return tuple(word for word in spoken if word not in PAUSES)


def bare(spoken: Words) -> Words:
    """What is left of a request when pauses, greetings, politeness and "can I", "I want to" are taken off.

    >>> bare(("um", "can", "i", "please", "talk", "to", "a", "person"))
    ('talk', 'to', 'a', 'person')
    """
    return _stripped(without_pauses(spoken), _OPENINGS, _CLOSINGS)


def wanted(spoken: Words) -> Words:
    """Like `bare`, and also without "I'd like", "it's", "for the": what is left is the thing itself."""
    return _stripped(without_pauses(spoken), _OPENINGS | _WANTS, _CLOSINGS)


def _stripped(rest: Words, openings: frozenset[Words], closings: frozenset[Words]) -> Words:
    while n := next((n for n in _sizes(rest) if rest[:n] in openings), 0):
        rest = rest[n:]
    while n := next((n for n in _sizes(rest) if rest[-n:] in closings), 0):
        rest = rest[:-n]
    return rest


def _sizes(rest: Words) -> range:
    """Lengths to try, longest first, always leaving a word."""
    return range(min(_LONGEST, len(rest) - 1), 0, -1)


def asks(text: str) -> bool:
    """Is `text` phrased as a question? By its first words, or a question mark of the recogniser's."""
    return text.rstrip().endswith("?") or _ASKS.match(normalise(text)) is not None


def find(spoken: Words, phrase: Words) -> Iterable[int]:
    """Every place where `phrase` stands in `spoken`, word for word."""
    size = len(phrase)
    return (i for i in range(len(spoken) - size + 1) if spoken[i : i + size] == phrase) if size else ()
