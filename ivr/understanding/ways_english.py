"""English: how callers ask for a person, to hear it once more, more slowly, and the like."""

from __future__ import annotations

from typing import Final

BETWEEN: Final = "(?:and|okay|ok|thanks|thank you|very much|no|so)"
"""What may stand between two of them, and behind."""

PARTS: Final = {
    "person": "(?:<which> )?(?:<kind> )*<role>(?: agent| representative| rep| person| advis[eo]r)?",
    "which": "(?:a|an|the|any|some|another|one of your|your)",
    "kind": "(?:real|live|actual|human|other|proper)",
    "role": "(?:person|human|human being|agent|representative|rep|operator|receptionist|reception|front desk"
    "|advis[eo]r|assistant|attendant|staff member|member of staff|member of the team|customer service"
    "|customer support|customer care)",
    "whom": "(?:<person>|<somebody>(?: else| real| human| in person| there| in charge| <able>)?)",
    "somebody": "(?:someone|somebody|anyone|anybody)",
    "able": "(?:who|that) (?:knows|can help|can help me|works there|is in charge)",
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

WAYS: Final = {
    "agent": """
        <person>
        (?:<talk>|<connect>|i want|i need|we need) <whom>(?: on the (?:phone|line))?
        (?:can|could|may) i (?:have|get) <whom>
        (?:is|isnt) there <whom>(?: there| here| available| around)?
        (?:is|isnt) there <whom> (?:that )?(?:(?:i|we) can|to) <talk>
        <whom> (?:that )?(?:i|we) can <talk>
        (?:i )?(?:dont|do not) want to <talk> (?:a|this|the|an) <machine>
        transfer me|put me through|connect me
        (?:<talk>|<connect>) (?:(?:your|a|the) (?:manager|supervisor|boss|owner|person in charge))
        <somebody> (?:real|human|else|in charge)|a real (?:somebody|someone)
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
        (?:you )?(?:speak|talk|go) (?:way |much )?too fast
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
        (?:go|take me) back(?: to)? the (?:previous|last) (?:question|one|step)|one step back|step back
        i made a mistake|i (?:said|gave) (?:that|it) wrong|undo(?: that| it)?
        """,
    "help": """
        help|help me|i need(?: some)? help|what can i (?:say|do|ask)(?: here)?|what are my options
        (?:i )?(?:dont|do not) know what to (?:say|do)|what (?:do|should) i (?:say|do)(?: here| now)?|im lost
        """,
}
"""The built-in ways by universal, in the order in which they are tried; one pattern or more to a line."""

SOMEBODY: Final = (
    r"(?:(?:speak|speaking|talk|talking|chat) (?:to|with)|connect me (?:to|with)|put me through to"
    r"|transfer me to|get me) (?:a|an|the|your|my|our|one of your|one of the|somebody from|someone from"
    r"|somebody in|someone in) \w+(?: \w+){0,3}"
)
"""To speak to somebody whom no list knows: "the mechanic", "one of your nurses", "someone in billing"."""
