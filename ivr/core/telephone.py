"""Telephone numbers: digits as they are dialled in a country to E.164."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import phonenumbers
from phonenumbers import PhoneNumberFormat, ValidationResult

REGIONS: Final = frozenset(phonenumbers.SUPPORTED_REGIONS)
_MOST_DIGITS: Final = 20
_MARGIN: Final = "0"


@dataclass(frozen=True, slots=True)
class Dialled:
    """What digits come to.

    number   E.164 (`+12125550123`); "" when they are no number
    assigned they belong to a range in use; else only their length is right
    reason   why they are no number: `too_few`, `too_many`
    """

    number: str = ""
    assigned: bool = False
    reason: Literal["", "too_few", "too_many"] = ""


def dialled(digits: str, region: str) -> Dialled:
    """Read digits as a caller in `region` dials them; a leading `+` makes them international."""
    if len(digits) > _MOST_DIGITS:
        return Dialled(reason="too_many")
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException as error:
        long = error.error_type == phonenumbers.NumberParseException.TOO_LONG
        return Dialled(reason="too_many" if long else "too_few")
    match phonenumbers.is_possible_number_with_reason(number):
        case ValidationResult.IS_POSSIBLE:
            text = phonenumbers.format_number(number, PhoneNumberFormat.E164)
            return Dialled(text, assigned=phonenumbers.is_valid_number(number))
        case ValidationResult.TOO_LONG:
            return Dialled(reason="too_many")
        case _:
            return Dialled(reason="too_few")


def complete(digits: str, region: str) -> bool:
    """Whether keyed digits are a number in use that one more digit would make too long."""
    return dialled(digits, region).assigned and dialled(digits + _MARGIN, region).reason == "too_many"


def is_e164(text: str) -> bool:
    """Whether `text` is a number in the form in which slots keep it."""
    return text.startswith("+") and dialled(text, "ZZ").number == text
