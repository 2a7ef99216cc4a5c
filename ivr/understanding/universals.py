"""What a caller may say at any step: a person, once more, goodbye.

A built-in way is heard only when it is the whole of what was said, politeness apart: "um, can I please
talk to a real person" is one, "I want to see a person about my knee" is not. The ways of the three
common ones (and a few more names of the field) are built in; a flow adds its own phrases, and only
universals that the flow declares are heard.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ivr.core.flow.model import Universal
from ivr.understanding.text import Words, bare, vocabulary, without_pauses, words

_MAX_WORDS: Final = 16
"""Longer utterances are never a universal; also what bounds the matching."""

_TELLING_WORDS: Final = 3
_MORE_WORDS: Final = 6
_DENIALS: Final = vocabulary("not no never dont doesnt didnt isnt wasnt if whether without is was")

_PARTS: Final = {
    "person": "(?:<which> )?(?:<kind> )*<role>(?: agent| representative| rep| person| advis[eo]r)?",
    "which": "(?:a|an|the|any|some|another|one of your|your)",
    "kind": "(?:real|live|actual|human|other|proper)",
    "role": "(?:person|human|human being|agent|representative|rep|operator|receptionist|reception|front desk"
    "|advis[eo]r|assistant|attendant|staff member|member of staff|member of the team|customer service"
    "|customer support|customer care)",
    "whom": "(?:<person>|(?:someone|somebody|anyone|anybody)(?: else| real| human| in person| there)?)",
    "talk": "(?:(?:speak|speaking|talk|talking|chat) (?:to|with))",
    "connect": "(?:<hand> (?:me|us|my call|this call)(?: through| over| on| across)?(?: to| with)?"
    "|get me(?: to| through to)?|give me|find me|get|reach)",
    "hand": "(?:connect|transfer|put|pass|switch|direct|forward|send|patch)(?:ing)?",
    "machine": "(?:machine|robot|bot|computer|recording|automated \\w+|ai|voice)",
    "that": "(?:that|it|this|what you said|what you just said|yourself|the question|the options|the menu"
    "|the last (?:part|bit|one|thing)|everything|the choices|those|them)",
    "again": "(?:again|once more|one more time|once again|another time|slowly|more slowly)",
    "options": "(?:that|it|the question|the options|my options|the choices|my choices)",
    "missed": "(?:hear|catch|get|follow|understand|make out)",
    "for_now": "(?: for (?:now|today))?",
    "i_wanted": "(?: (?:i|we) (?:need|needed|want|wanted))?",
    "nice": "(?:good|nice|great|lovely|wonderful)",
}
"""Parts of the patterns below, written there as <part>."""

_WAYS: Final = {
    "agent": """
        <person>
        (?:<talk>|<connect>|i want|i need|we need) <whom>(?: on the (?:phone|line))?
        (?:can|could|may) i (?:have|get) <whom>
        (?:is|isnt) there <whom>(?: there| here| available| around)?
        (?:is|isnt) there <whom> (?:that )?(?:(?:i|we) can|to) <talk>
        <whom> (?:that )?(?:i|we) can <talk>
        (?:i )?(?:dont|do not) want to <talk> (?:a|this|the|an) <machine>
        transfer me|put me through|connect me
        <talk> (?:your|a|the) (?:manager|supervisor)
        human assistance|human help|real help|live help
        """,
    "goodbye": """
        bye|goodbye|good bye|bye now|bye for now|farewell|see you(?: later| soon| then)?|see ya|so long
        (?:that|this) (?:is|was|will be|would be) (?:all|it|everything)<i_wanted><for_now>
        (?:thats|thatll be|thatd be) (?:all|it|everything)<i_wanted><for_now>
        (?:theres )?nothing (?:else|more)<for_now>|i dont need anything(?: else| more)?
        hang up|(?:end|finish|close|stop) (?:the|this) (?:call|conversation)
        (?:im|i am|we are|were) (?:all )?(?:done|finished|all set|good to go|hanging up)(?: here)?<for_now>
        (?:(?:i|we) )?(?:have to|had to|gotta|got to|must|need to|should) (?:go|run|hang up)
        have a <nice> (?:day|one|night|evening|weekend|afternoon|time)|good night|take care
        (?:talk|speak) to you (?:later|soon)|you too|(?:thanks|thank you) for your help
        """,
    "slower": """
        slower|more slowly|slow down|(?:youre|you are|thats|that was) (?:(?:going|talking|speaking) )?too fast
        (?:speak|talk|say it|say that|go|repeat) (?:a (?:bit|little) )?(?:more )?(?:slower|slowly)|too fast
        """,
    "repeat": """
        (?:repeat|repeating|say|saying|play|read|tell me|run) <that>(?: <again>)+
        (?:repeat|repeating)(?: <that>)?
        (?:say|run|play|read|come|tell me|ask|ask me) <again>|<again>
        go over <that>(?: <again>)?|run <that> by me(?: again)?
        pardon|pardon me|(?:i )?beg your pardon|beg pardon|sorry|im sorry|excuse me|what|huh|eh
        what (?:was|is|were|are) <options>(?: again)?|whats that(?: again)?|whats the question|what question
        what (?:did|do) you (?:just )?(?:say|ask)(?: me| to me)?(?: again)?
        what (?:was|were|are) you (?:just )?(?:saying|asking)(?: me| to me)?(?: again)?
        what you said|you said what
        i (?:didnt|did not|couldnt|could not|cant|cannot|dont) (?:(?:really|quite) )?<missed>(?: you| <that>)?
        (?:didnt|couldnt) (?:quite )?<missed>(?: you| <that>)?
        (?:i )?missed <that>|i wasnt listening
        hello|hi|hey|(?:hello|hi|hey) there|hiya|good (?:morning|afternoon|evening)
        (?:are you|is (?:anybody|anyone|somebody|someone)) (?:still )?there|anybody there
        who (?:is|are) (?:this|you|there|that)|whos (?:this|there|that)
        you (?:broke|cut) (?:up|out)|(?:you|youre|you are|you were) (?:breaking|cutting) (?:up|out)
        """,
    "menu": """
        (?:the )?(?:main )?menu|(?:(?:go|take me|get me) )?(?:back )?to the (?:main menu|menu|start|beginning)
        start (?:over|again)|start from the beginning|restart|back to (?:main menu|menu|start)|from the top
        """,
    "back": """
        back|go back|go back (?:one|a) step|previous|(?:the )?previous (?:question|menu|step)|back up
        """,
    "help": """
        help|help me|i need(?: some)? help|what can i (?:say|do|ask)(?: here)?|what are my options
        """,
}
"""The built-in ways by universal, in the order in which they are tried; one pattern or more to a line."""


def _pattern(ways: str) -> re.Pattern[str]:
    """One pattern for a whole utterance: one of `ways`, or a few in a row ("bye, have a nice day")."""
    one = "|".join(line.strip() for line in ways.strip().splitlines())
    while parts := set(re.findall(r"<(\w+)>", one)):
        for part in parts:
            one = one.replace(f"<{part}>", _PARTS[part])
    between = "(?:and|okay|ok|thanks|thank you|very much|no|so)"
    return re.compile(rf"(?:(?:{one})(?: |$)(?:{between}(?: |$))*){{1,4}}")


_BUILT_IN: Final = {name: _pattern(ways) for name, ways in _WAYS.items()}


@dataclass(frozen=True, slots=True)
class Universals:
    """The universals of one flow, ready to be heard.

    An author's phrase of three words or more is also heard at the beginning or the end of a few more
    words ("help, I have chest pain"), unless they deny it.

    own       the flow's own phrases, in plain form -> universal
    built_in  names whose built-in ways are heard, in order
    """

    own: Mapping[Words, str]
    built_in: tuple[str, ...]

    def own_words(self, spoken: Words) -> str:
        """The universal that the flow's own phrases name, or ""."""
        for form in (spoken, without_pauses(spoken), bare(spoken)):
            if form and form in self.own:
                return self.own[form]
        return next((name for phrase, name in self.own.items() if _at_an_end(phrase, spoken)), "")

    def built_in_ways(self, spoken: Words) -> str:
        """The universal that is a built-in way of saying it, or ""."""
        if not spoken or len(spoken) > _MAX_WORDS:
            return ""
        forms = {" ".join(_once(form)) for form in (without_pauses(spoken), bare(spoken))}
        for name in self.built_in:
            if any(_BUILT_IN[name].fullmatch(form) for form in forms if form):
                return name
        return ""


def compile_universals(declared: Mapping[str, Universal]) -> Universals:
    """Make the universals that a flow declares ready to be heard."""
    own: dict[Words, str] = {}
    for name, universal in declared.items():
        for phrase in map(words, universal.phrases):
            own.setdefault(phrase, name)
            if len(bare(phrase)) > 1:
                own.setdefault(bare(phrase), name)
    return Universals(own, tuple(name for name in _BUILT_IN if name in declared))


def _at_an_end(phrase: Words, spoken: Words) -> bool:
    """Tell whether `spoken` is an author's `phrase` with a few more words before or after it."""
    more = len(spoken) - len(phrase)
    if len(phrase) < _TELLING_WORDS or not 0 < more <= _MORE_WORDS:
        return False
    if spoken[: len(phrase)] == phrase:
        return _DENIALS.isdisjoint(spoken[len(phrase) :])
    return spoken[more:] == phrase and _DENIALS.isdisjoint(spoken[:more])


def _once(spoken: Words) -> Words:
    """`spoken` without words said twice in a row: "agent agent" -> "agent"."""
    return tuple(word for i, word in enumerate(spoken) if i == 0 or word != spoken[i - 1])
