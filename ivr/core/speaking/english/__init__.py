"""English, read aloud."""

from __future__ import annotations

import re
from typing import Final

from ivr.core.speaking.english import amounts, codes, times, words
from ivr.core.speaking.rules import Language

_LETTER: Final = r"[^\W\d_\u00bc-\u00be\u2150-\u215e]"
_QUOTE: Final = r"\"'\u2018\u2019\u201c\u201d"
_TOKEN: Final = (
    rf"[\s,;:?!){_QUOTE}]++|\((?![0-9])|\.(?=[\s{_QUOTE})]|$)"
    rf"|(?P<word>{_LETTER}++(?:['\u2019-]{_LETTER}++)*+)(?=[\s,;:?!\u2026){_QUOTE}]|\.(?=[\s{_QUOTE})]|$)|$)"
)
_NOISE: Final = rf"[^\w\s,;:?!.{_QUOTE}]|[\d_\u00b2-\u00be\u2070-\u215e]|\.(?!\s|$)"

ENGLISH: Final = Language(
    re.compile(_NOISE),
    re.compile(_TOKEN),
    words.SPECIAL | times.SPECIAL,
    times.LEADING,
    (
        amounts.ONE_BY_ONE,
        *words.RULES,
        *times.RULES,
        *codes.RULES,
        *amounts.MONEY,
        *amounts.MEASURES,
        times.DAY_AND_MONTH,
        *codes.CODES,
        *amounts.NUMBERS,
        *words.SYMBOLS,
    ),
)
