"""Yes or no, the way people say it.

The answer stands at the head of what is said: "yes", "no that's wrong", "I don't think so". Words that
are only a weak yes or no ("okay", "right", "fine") count only when they are all that was said, so that
"okay, what are your hours" is no answer. Both at once is no answer, unless the caller corrects
themselves ("yes, sorry, no").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ivr.core.events import Meaning
from ivr.understanding.text import Words, find, phrases, vocabulary, words


@dataclass(frozen=True, slots=True)
class _Way:
    """A way to answer. strength: 1 plain, 0.85 weak (alone only), 0.7 hedged, 0 unsure."""

    yes: bool
    strength: float


def _ways(text: str, *, yes: bool, strength: float) -> dict[Words, _Way]:
    return dict.fromkeys(phrases(text), _Way(yes, strength))


_WAYS: Final[dict[Words, _Way]] = {
    **_ways(
        """
        yes | yeah | yea | yep | yup | yah | ya | yass | aye | uh huh | uhhuh | mm hmm | mmhmm | mm hm
        mhm | mhmm | um hum | uh hum | correct | thats correct | that is correct | it is correct
        its correct | is correct | thats right | that is right | it is right | its right
        that sounds right | sounds right | looks right | thats it | that is it | thats the one
        that is the one | thats me | that is me | this is me | speaking | thats true | that is true | true
        affirmative | absolutely | definitely | certainly | of course | for sure | sure thing | exactly
        precisely | indeed | totally | you bet | you got it | you know it | go ahead | go for it | do it
        do that | please do | lets do it | lets do that | lets go | by all means | why not | id love to
        id love that | i would love to | i would love that | id like that | i would like that | i do
        i am | i have | i did | i would | i can | i will | it is | it does | it was | it has | we do
        we are | we have | we can | we would | we will | he is | she is | he does | she does | they are
        they do | there is | there are | no problem | not a problem | no worries | sounds good
        sounds great | sounds fine | sounds perfect | that sounds good | that sounds great
        that sounds fine | that would be great | that would be good | that works | that would be fine
        that would be lovely | that would be nice | that would be perfect | thatd be great | thatd be good
        thatd be fine | thatd be nice | thats perfect | works for me | that works for me | fine by me
        i agree | agreed | i confirm | confirmed | confirm | you are right | youre right | youre correct
        all correct | everything is correct | everything is right | thats all correct
        thats all right and correct | i guess yes | without a doubt | no doubt | yessir | yes indeed
        very much so | i am afraid so | im afraid so | i believe so | damn right | roger | okey dokey
        """,
        yes=True,
        strength=1.0,
    ),
    **_ways(
        """
        ok | okay | k | sure | right | all right | alright | fine | good | great | perfect | wonderful
        excellent | lovely | cool | thats fine | that is fine | thats good | that is good | thats okay
        thats ok | thats great | its fine | its okay | its good | its ok | i dont mind | please
        yes i think | happy to | with pleasure | gladly | very well | all good | very good
        """,
        yes=True,
        strength=0.85,
    ),
    **_ways(
        """
        i think so | i guess so | i guess | i suppose so | i suppose | probably | most likely | likely
        i hope so | kind of | sort of | more or less | pretty much | i reckon | i reckon so | i imagine so
        i would say so | id say so | mostly | i should think so | should be | it should be | i think yes
        i think it is | i think thats right | i think i do | i think i am | i think i have | could be
        i think that is right | as far as i know
        """,
        yes=True,
        strength=0.7,
    ),
    **_ways(
        """
        no | nope | nah | naw | na | noo | nay | uh uh | nuh uh | uhuh | nu uh | mm mm | no way | never
        negative | no thanks | no thank you | wrong | thats wrong | that is wrong | its wrong
        it is wrong | incorrect | thats incorrect | that is incorrect | its incorrect | not correct
        thats not correct | that is not correct | its not correct | it is not correct | not right
        thats not right | that is not right | its not right | it is not right | that isnt right
        that isnt correct | it isnt right | it isnt correct | not it | thats not it | that is not it
        that isnt it | thats not me | false | thats false | thats not true | that is not true | not true
        absolutely not | definitely not | certainly not | of course not | not at all | not yet | not now
        not at the moment | not at present | not right now | not just now
        not today | not me | not this time | not for me | not anymore | not any more | please dont
        please do not | dont | do not | dont do that | dont do it | i dont | i do not | im not | i am not
        i havent | i have not | i didnt | i did not | i wouldnt | i would not | i cant | i cannot
        i can not | i wont | i will not | it isnt | its not | it is not | it doesnt | it does not
        it wasnt | we dont | we do not | we arent | we havent | we cant | he isnt | she isnt | he doesnt
        she doesnt | they arent | they dont | there isnt | there arent | there is not | i disagree
        no sir | no maam | no indeed | none | neither | hell no | heck no | no good | id rather not
        i would rather not | i prefer not to | id prefer not to | i dont want to | i do not want to
        i dont want that | i dont want it | youre wrong | you are wrong | you got it wrong
        you got that wrong | not on your life | forget it | no no | nothing | im afraid not
        i am afraid not | afraid not | by no means | no chance | thats not what i said | not that
        """,
        yes=False,
        strength=1.0,
    ),
    **_ways("im good|i am good|im fine|im okay|im all right", yes=False, strength=0.7),
    **_ways(
        """
        not really | i dont think so | i do not think so | i dont believe so | probably not | i guess not
        not exactly | i suppose not | not quite | hardly | not necessarily | not so much
        not particularly | i think not | unlikely | i hope not | not that i know of | not that i know
        not as far as i know | i doubt it | i dont think i do | i dont think i am | i dont think i have
        i dont think it is | i dont think thats right | i dont think it does | not sure no | id say no
        i would say no | i think no | maybe not | not to my knowledge | i think thats wrong
        i think its wrong
        """,
        yes=False,
        strength=0.7,
    ),
    **_ways(
        """
        i dont know | i do not know | dont know | dunno | i dunno | no idea | i have no idea | no clue
        im not sure | i am not sure | not sure | im unsure | maybe | maybe not sure | perhaps | possibly
        it depends | that depends | depends | i cant remember | i dont remember | i dont recall
        i cant say | i couldnt say | hard to say | never mind | nevermind | i dont understand
        i dont follow | i dont get it | no one | no comment | yes and no | yes or no | yeah no | no yeah
        i have no clue | i cant tell | who knows | one moment | no question | i forget | i forgot
        i have a question | no wait
        """,
        yes=False,
        strength=0.0,
    ),
}
_LONGEST: Final = max(map(len, _WAYS))
_UNCERTAIN: Final = 0.0
_WEAK: Final = 0.85
_SKIPPED: Final = vocabulary(
    """
    um uh er erm hm hmm ah oh well so like actually thanks thank you sir maam very much and then just now
    please it really hi hello too quite dear honestly again there
    """
)
"""Words between and after answers that say nothing themselves."""
_LEADS: Final = phrases(
    """
    the answer is | my answer is | i said | i say | id say | i would say | its a | it is a | thats a
    that is a | that would be a | i mean | as i said | say | i think thats a | put me down for a
    ill say | i will say | a | a big | im saying | i am saying
    """
)
"""What may come before the answer."""
_PRONOUNS: Final = frozenset(
    ["i", "it", "we", "he", "she", "they", "there", "do", "please", "dont", "its", "im"]
)
"""A way that begins so is an answer only when nothing follows: "I have" is one, "I have a cold" is not."""
_CORRECTIONS: Final = (("sorry",), ("i", "mean"), ("i", "meant"), ("actually",), ("wait",), ("correction",))
_SIGNS_OF_NO: Final = phrases("no|nope|wrong|incorrect|not|isnt right|isnt correct")
_SIGNS_OF_YES: Final = phrases("yes|yeah|yep|correct|thats right|that is right|it is right|go ahead")
"""What takes an answer back when it comes after it."""
_STRESS: Final = vocabulary("absolutely quite totally completely perfectly exactly definitely entirely")
_JUDGED: Final = vocabulary("thats is its it")
_READ: Final = 24
"""So many words are read; an answer stands at the head."""
_DOUBT_PER_WORD: Final = 0.06
_LEAST: Final = 0.6


def yes_no(text: str) -> Meaning | None:
    """True or False for a yes or a no in `text`; None for neither, both, or not sure."""
    spoken = _plainly(words(text)[:_READ])
    said = _said(spoken)
    if said is None and (last := _after_correction(spoken)):
        said = _said(last)
        said = None if said is None else (said[0], min(said[1], 0.7), said[2])
    if said is None:
        return None
    return Meaning("value", "", said[0], said[1], "grammar", " ".join(said[2]))


def unsure(text: str) -> bool:
    """Whether `text` says that the caller cannot tell: "no idea", "I don't know"."""
    answers, rest = _head(_without_lead(words(text)[:_READ]))
    return not rest and any(way.strength == _UNCERTAIN for way in answers)


def leaning(text: str) -> bool | None:
    """Whether `text` begins with a yes or with a no that is more than "okay"; None for neither."""
    answers, _ = _head(_without_lead(words(text)[:_READ]))
    return next((way.yes for way in answers if way.strength not in {_WEAK, _UNCERTAIN}), None)


def _plainly(spoken: Words) -> Words:
    """Without the stress in "that's absolutely right", and without a "sorry" at the end."""
    kept = tuple(
        word
        for i, word in enumerate(spoken)
        if not (word in _STRESS and spoken[i - 1 : i] and spoken[i - 1] in _JUDGED and i + 1 < len(spoken))
    )
    return kept[:-1] if len(kept) > 1 and kept[-1] == "sorry" else kept


def _said(spoken: Words) -> tuple[bool, float, Words] | None:
    """Which of the two, how sure, and what is left over."""
    spoken = _without_lead(spoken)
    answers, rest = _head(spoken)
    if not answers or any(way.strength == _UNCERTAIN for way in answers):
        return None
    plain = [way for way in answers if way.strength != _WEAK] or answers
    if len({way.yes for way in plain}) > 1:
        return None
    strength = min(
        1.0, min(way.strength for way in plain) + 0.1 * (len(plain) > 1 and plain[0].strength == 1.0)
    )
    if rest and (all(way.strength == _WEAK for way in answers) or _opposed(rest, yes=plain[0].yes)):
        return None
    return plain[0].yes, round(max(_LEAST, strength - _DOUBT_PER_WORD * len(rest)), 2), rest


def _head(spoken: Words) -> tuple[list[_Way], Words]:
    """The answers that `spoken` begins with, and the words after them that mean something."""
    answers: list[_Way] = []
    place = 0
    while place < len(spoken):
        way, size = _way_at(spoken, place)
        if way is not None:
            answers.append(way)
            place += size
        elif spoken[place] in _SKIPPED:
            place += 1
        else:
            break
    return answers, tuple(word for word in spoken[place:] if word not in _SKIPPED)


def _way_at(spoken: Words, place: int) -> tuple[_Way | None, int]:
    """The longest way of answering that begins at `place`."""
    for size in range(min(_LONGEST, len(spoken) - place), 0, -1):
        said = spoken[place : place + size]
        way = _WAYS.get(said)
        if way is None:
            continue
        rest = spoken[place + size :]
        alone = all(word in _SKIPPED for word in rest) or _way_at(rest, 0)[0] is not None
        if alone or not (said[0] in _PRONOUNS or said == ("please",)) or way.strength == _UNCERTAIN:
            return way, size
    return None, 0


def _without_lead(spoken: Words) -> Words:
    fillers = 0
    while fillers < len(spoken) - 1 and spoken[fillers] in {"um", "uh", "er", "well", "so", "erm", "oh"}:
        if _way_at(spoken, fillers)[0] is not None:
            break
        fillers += 1
    spoken = spoken[fillers:]
    lead = max((len(lead) for lead in _LEADS if spoken[: len(lead)] == lead), default=0)
    follows = _way_at(spoken, lead)[0] if lead else None
    return spoken[lead:] if follows is not None and _way_at(spoken, 0)[0] is None else spoken


def _opposed(rest: Words, *, yes: bool) -> bool:
    """Do the words after the answer say the opposite? ("yes but the time is wrong")."""
    signs = _SIGNS_OF_NO if yes else _SIGNS_OF_YES
    negated = not yes and any(word in {"not", "isnt", "dont", "doesnt", "never"} for word in rest)
    return not negated and any(True for sign in signs for _ in find(rest, sign))


def _after_correction(spoken: Words) -> Words:
    """What follows the last word of self-correction, or ()."""
    ends = [place + len(mark) for mark in _CORRECTIONS for place in find(spoken, mark) if place > 0]
    return spoken[max(ends) :] if ends else ()
