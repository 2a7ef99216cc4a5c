"""The languages that are read aloud by rules. Texts of any other go to the voice as they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ivr.core.speaking.english import ENGLISH
from ivr.core.speaking.rules import Language
from ivr.core.speaking.spanish import SPANISH

_NEVER: Final = re.compile(r"(?P<word>)(?!)")
AS_WRITTEN: Final = Language(_NEVER, _NEVER, frozenset(), frozenset(), ())

LANGUAGES: Final[Mapping[str, Language]] = {"en": ENGLISH, "es": SPANISH}
"""By the first part of a language's name."""


def rules_of(name: str) -> Language:
    """How `name` (`en`) is read aloud."""
    return LANGUAGES.get(name, AS_WRITTEN)
