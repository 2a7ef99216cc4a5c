"""Spanish, read aloud: as in Spain for `es-ES`, as in the Americas elsewhere."""

from __future__ import annotations

import re
from typing import Final

from ivr.core.speaking.rules import Language
from ivr.core.speaking.spanish import amounts, codes, times, words

_LETTER: Final = r"[^\W\d_\u00bc-\u00be\u2150-\u215e\u00aa\u00ba]"
_QUOTE: Final = r"\"'\u2018\u2019\u201c\u201d\u00ab\u00bb"
_TOKEN: Final = (
    rf"[\s,;:?!\u00bf\u00a1){_QUOTE}]++|\((?![0-9])|\.(?=[\s{_QUOTE})]|$)"
    rf"|(?P<word>{_LETTER}++(?:['\u2019-]{_LETTER}++)*+)(?=[\s,;:?!\u2026){_QUOTE}]|\.(?=[\s{_QUOTE})]|$)|$)"
)
_NOISE: Final = rf"[^\w\s,;:?!\u00bf\u00a1.{_QUOTE}]|[\d_\u00aa\u00ba\u00b2\u00b3\u00bc-\u00be]|\.(?!\s|$)"

SPANISH: Final = Language(
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
