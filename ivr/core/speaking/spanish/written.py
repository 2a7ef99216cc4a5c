"""A slot's value as it is written in a Spanish prompt: the rules of the language then read it aloud."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from ivr.core.speaking.spanish.numerals import point
from ivr.core.speaking.spanish.times import MONTHS, WEEKDAYS

YES, NO = "sí", "no"
SYMBOLS: Final = {".": "punto", "-": "guion", "_": "guion bajo", "@": "arroba", "'": "apóstrofo", "+": "más"}


def written_date(day: date, *, near: bool) -> str:
    """`lunes, 23 de noviembre`; far from today `23 de noviembre de 1980`."""
    words = f"{day.day} de {MONTHS[day.month - 1]}"
    return f"{WEEKDAYS[day.weekday()]}, {words}" if near else f"{words} de {day.year}"


def written_time(hour: int, minute: str) -> str:
    """`14:30 h`: of 24 hours, so that it is read with its part of the day."""
    return f"{hour}:{minute} h"


def written_date_time(day: str, time: str) -> str:
    """`lunes, 23 de noviembre a las 14:30 h`; `a la 1:00 h`."""
    article = "la" if time.partition(":")[0] in ("1", "13") else "las"
    return f"{day} a {article} {time}"


def written_number(amount: Decimal, decimals: int, region: str) -> str:
    """`4.271`, in the Americas `4,271`."""
    text = f"{amount:,.{decimals}f}"
    return text if point(region) else text.translate(str.maketrans(",.", ".,"))


def written_money(amount: Decimal, sign: str, region: str) -> str:
    """`12,50 €`, in the Americas `$12.50`."""
    text = written_number(amount, 0 if amount == amount.to_integral() else 2, region)
    return f"{sign}{text}" if sign == "$" and point(region) else f"{text} {sign}"
