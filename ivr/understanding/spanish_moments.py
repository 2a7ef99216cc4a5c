"""Days, times, money and telephone numbers as Spanish speakers say them.

What is said is put into the English words for it, and the English grammars do the rest: they know limits,
the country's order of dates, and which of several readings is meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from ivr.core.events import Meaning
from ivr.core.flow.model import Slot, SlotType
from ivr.understanding.grammars import spoken_value
from ivr.understanding.spanish import numeral, plain
from ivr.understanding.text import Words, vocabulary

_MONTHS: Final = {
    "enero": "january",
    "febrero": "february",
    "marzo": "march",
    "abril": "april",
    "mayo": "may",
    "junio": "june",
    "julio": "july",
    "agosto": "august",
    "septiembre": "september",
    "setiembre": "september",
    "octubre": "october",
    "noviembre": "november",
    "diciembre": "december",
}
_WEEKDAYS: Final = {
    "lunes": "monday",
    "martes": "tuesday",
    "miercoles": "wednesday",
    "jueves": "thursday",
    "viernes": "friday",
    "sabado": "saturday",
    "domingo": "sunday",
}
_MONTH: Final = "|".join(_MONTHS)
_WEEKDAY: Final = "|".join(_WEEKDAYS)

_CLOCK: Final = (
    r"(?P<hour>[01]?\d|2[0-4])"
    r"(?::(?P<written>[0-5]\d)| (?P<sign>y|menos) (?P<few>cuarto|media|[1-5]?\d)| (?P<more>[1-5]\d))?"
    r"(?: (?:horas|h))?(?: en punto)?"
)
_PART: Final = (
    r"(?: (?:de|por|en) la (?P<part>manana|madrugada|tarde|noche)| (?:del|al) mediodia| (?P<half>[ap]) ?m)"
)
_AT: Final = r"(?:(?:a|sobre|hacia|como a) )?(?:eso de )?las? "
_TIMES: Final = (
    re.compile(rf"\b{_AT}{_CLOCK}{_PART}?\b"),
    re.compile(rf"\b{_CLOCK}{_PART}\b"),
)
_BARE_TIME: Final = re.compile(rf"^(?:{_AT})?{_CLOCK}$")
_NOONS: Final = re.compile(r"\b(?:a |al )?mediodia\b(?<!del mediodia)")
_MIDNIGHTS: Final = re.compile(r"\b(?:a )?(?:la )?medianoche\b")
_QUARTERS: Final = {"cuarto": 15, "media": 30}
_NOON: Final = 12

_SPANS: Final[Mapping[str, str]] = {"dia": "day", "semana": "week", "mes": "month"}
_DAYS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = (
    (re.compile(r"\bpasado manana\b"), lambda _: "the day after tomorrow"),
    (re.compile(r"\b(?:de|por) la (?:manana|tarde|noche|madrugada)\b"), lambda _: ""),
    (re.compile(r"\bmanana\b"), lambda _: "tomorrow"),
    (re.compile(r"\bantes de ayer\b|\banteayer\b"), lambda _: "the day before yesterday"),
    (re.compile(r"\bayer\b"), lambda _: "yesterday"),
    (re.compile(r"\b(?:hoy(?: mismo)?|esta (?:manana|tarde|noche))\b"), lambda _: "today"),
    (
        re.compile(r"\b(?:dentro de|en|de aqui a) (\d+) (dia|semana|mes)(?:e?s)?\b"),
        lambda m: f"in {m[1]} {_SPANS[m[2]]}{'' if m[1] == '1' else 's'}",
    ),
    (
        re.compile(rf"\b({_WEEKDAY}) (?:de )?la (?:semana que viene|proxima semana|semana proxima)\b"),
        lambda m: f"{_WEEKDAYS[m[1]]} next week",
    ),
    (re.compile(r"\b(?:la semana que viene|la proxima semana)\b"), lambda _: "next week"),
    (
        re.compile(rf"\b(?:el |este |del )?(?:proximo )?({_WEEKDAY})(?: que viene| proximo)?\b"),
        lambda m: _WEEKDAYS[m[1]],
    ),
    (
        re.compile(rf"\b(?:dia )?(\d{{1,2}})(?: de)? ({_MONTH})(?: (?:de|del) (?:ano )?(\d{{4}}))?\b"),
        lambda m: " ".join(filter(None, (_MONTHS[m[2]], m[1], m[3]))),
    ),
    (re.compile(r"\b(?:el dia|el|dia) (\d{1,2})\b(?! \d)"), lambda m: f"the {_ordinal(int(m[1]))}"),
)

_MONEY: Final = (
    (re.compile(r"\beuros?\b"), "euros"),
    (re.compile(r"\bdolar(?:es)?\b"), "dollars"),
    (re.compile(r"\bpesos?\b"), "pesos"),
    (re.compile(r"\blibras?\b"), "pounds"),
    (re.compile(r"\b(?:centimos?|centavos?)\b"), "cents"),
    (re.compile(r"\bpeniques?\b"), "pence"),
    (re.compile(r"\by medi[oa]\b"), "and a half"),
    (re.compile(r"\b(\d+) con (\d+)$"), r"\1 \2"),
    (re.compile(r"\b(?:con|y)\b"), "and"),
)
_AROUND: Final = vocabulary(
    """
    el la los las un una unos unas de del a al en con para por y o es son sea seria mi mis me nos que pues
    eh em este bueno favor gracias si ok vale mire creo quiero queria querria quisiera puede pueden ser
    podria puedo prefiero mejor dia fecha hora horas ano sobre hacia como eso tipo alrededor mas menos
    numero telefono movil celular tengo hay yo lo le digamos
    """
)


def spoken_in_spanish(kind: SlotType, text: str, slot: Slot, today: str) -> Meaning | None:
    """What `text` means as the value of a slot of type `kind`, one of `TYPES`; None when it is none."""
    english = TYPES[kind](_in_numerals(plain(text)))
    return spoken_value(kind, english, slot, today) if english else None


def _in_numerals(spoken: Words) -> str:
    """The words with their numbers as numerals."""
    said: list[str] = []
    at = 0
    while at < len(spoken):
        found, length = ("1", 1) if spoken[at] == "primero" else numeral(spoken[at:], whole=True)
        said.append(found or spoken[at])
        at += max(length, 1)
    return " ".join(said)


def _without(line: str, words: frozenset[str]) -> str:
    return " ".join(word for word in line.split() if word not in words)


def _time(line: str) -> str:
    """`las 3 y media de la tarde` -> `15:30`, or `at 3:30` where the half of the day is open."""
    line = _NOONS.sub("noon", line)
    line = _MIDNIGHTS.sub("midnight", line)
    for pattern in _TIMES:
        if pattern.search(line):
            return pattern.sub(_clock, line, count=1)
    bare = _without(line, _AROUND - {"y", "menos", "a", "la", "las"}).removeprefix("a ")
    return _BARE_TIME.sub(_clock, bare)


def _clock(found: re.Match[str]) -> str:
    named = found.groupdict()
    hour, minute = int(found["hour"]), int(found["written"] or found["more"] or 0)
    if few := found["few"]:
        minute = _QUARTERS.get(few) or int(few)
    if found["sign"] == "menos":
        hour, minute = (hour - 1) % 24, 60 - minute
    part, half = named.get("part"), named.get("half")
    if part in ("manana", "madrugada") or half == "a":
        return f" at {hour}:{minute:02} am "
    if part == "noche" and (hour == _NOON or hour < 5):  # noqa: PLR2004 -- the small hours
        return f" at {hour % _NOON or 12}:{minute:02} am "
    if part or half or found[0].endswith("mediodia"):
        return f" at {hour % _NOON or 12}:{minute:02} pm "
    return f" at {hour}:{minute:02} "


def _day(line: str) -> str:
    for pattern, words in _DAYS:
        line = pattern.sub(lambda found, words=words: f" {words(found)} ", line)  # type: ignore[misc]
    return _strangers_only(line)


def _day_and_time(line: str) -> str:
    return _day(_time(line))


def _strangers_only(line: str) -> str:
    """What is in English now, and the Spanish words that say something else."""
    return _without(line, _AROUND - {"a", "mas"})


def _money(line: str) -> str:
    for pattern, words in _MONEY:
        line = pattern.sub(words, line)
    return _without(line, _AROUND - {"a"})


def _phone(line: str) -> str:
    return _without(re.sub(r"\bmas\b", "plus", line), _AROUND)


def _ordinal(day: int) -> str:
    ending = "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")  # noqa: PLR2004 -- eleventh
    return f"{day}{ending}"


TYPES: Final[Mapping[SlotType, Callable[[str], str]]] = {
    "date": _day,
    "time": lambda line: _without(_time(line), _AROUND - {"a"}),
    "date_time": _day_and_time,
    "money": _money,
    "phone": _phone,
}
"""The types that are understood here, and how what is said for them is put into English."""
