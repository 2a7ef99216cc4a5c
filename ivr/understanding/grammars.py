"""The grammar of each slot type that has one of its own."""

from __future__ import annotations

from ivr.core.errors import Bug
from ivr.core.events import Meaning
from ivr.core.flow.model import Slot, SlotType
from ivr.understanding.address import spoken_address
from ivr.understanding.date_times import spoken_date_time
from ivr.understanding.dates import spoken_date
from ivr.understanding.digits import digits
from ivr.understanding.email import spoken_email
from ivr.understanding.found import Found
from ivr.understanding.money import spoken_money
from ivr.understanding.names import spoken_name
from ivr.understanding.numbers import integer
from ivr.understanding.phone import spoken_phone
from ivr.understanding.spelling import spoken_spelling
from ivr.understanding.times import spoken_time


def spoken_value(kind: SlotType, text: str, slot: Slot, today: str) -> Meaning | None:
    """What `text` means as the value of a slot of type `kind`, or None."""
    match kind:
        case "digits":
            return digits(text, slot)
        case "integer":
            return integer(text, slot)
        case _:
            found = find_value(kind, text, slot, today)
            return found.meaning() if found else None


def find_value(kind: SlotType, text: str, slot: Slot, today: str) -> Found | None:
    """Value, confidence and what was left over, for the types that are more than a number or a word.

    today  ISO date where the line is, for days; "" when it is not known, and then no day is understood
    """
    match kind:
        case "money":
            return spoken_money(text, slot)
        case "date":
            return spoken_date(text, slot, today)
        case "time":
            return spoken_time(text, slot)
        case "date_time":
            return spoken_date_time(text, slot, today)
        case "phone":
            return spoken_phone(text, slot)
        case "email":
            return spoken_email(text)
        case "name":
            return spoken_name(text)
        case "spelling":
            return spoken_spelling(text, slot)
        case "address":
            return spoken_address(text)
        case _:
            raise Bug(f"slots of type {kind!r} have no grammar here: see `ivr.understanding.pipeline`")
