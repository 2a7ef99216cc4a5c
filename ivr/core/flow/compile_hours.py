"""Opening hours as the author writes them to schedules, or to what is wrong with them."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from ivr.core import hours
from ivr.core.flow import schema as s
from ivr.core.flow.problems import Report, nearest
from ivr.core.flow.yaml_source import Node
from ivr.core.hours import DAY, Schedule, Spans

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
GROUPS: Final = {"every_day": range(7), "weekdays": range(5), "weekend": range(5, 7)}
TIMEZONE: Final = re.compile(r"UTC|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+\-]+){1,2}")

_SPAN: Final = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*[-\u2013]\s*(\d{1,2})(?::(\d{2}))?")
_LONGEST_CODE: Final = 3
"""Letters of a country's code; nothing longer is a slip of one."""
_WEEK: Final = re.compile(r"([a-z]+)(?:\s*[-\u2013]\s*([a-z]+))?\s+(closed|all day|\d.*)")
_DATE: Final = re.compile(r"(?:\d{4}-)?\d{2}-\d{2}")
_NEXT: Final = re.compile(r"[,;]\s*(?=[a-z])")


def compile_hours(file: s.FlowFile, root: Node, report: Report) -> dict[str, Schedule]:
    """All schedules of a file."""
    return {
        name: _Hours(name, body, root.at("hours", name), report, file.timezone).schedule()
        for name, body in file.hours.items()
    }


class _Hours:
    """Compiles one schedule."""

    def __init__(self, name: str, body: s.HoursBody, node: Node, report: Report, timezone: str) -> None:
        self._name = name
        self._body = body
        self._node = node
        self._report = report
        self._timezone = body.timezone or timezone

    def schedule(self) -> Schedule:
        week: list[Spans] = [()] * 7
        before = len(self._report.problems())
        if self._body.week:
            self._compact(self._body.week, week)
        for key, days in GROUPS.items():
            for day in days:
                self._day(key, day, week)
        for day, key in enumerate(DAYS):
            self._day(key, day, week)
        if not any(week) and len(self._report.problems()) == before:
            hint = "Write 'monday: 9:00-17:00', or 'mon-fri 9:00-17:00'."
            self._report.error(self._node.spot, f"'{self._name}' is never open", hint)
        zone = self._body.timezone
        if zone and not (TIMEZONE.fullmatch(zone) and hours.is_timezone(zone)):
            spot = self._node.at("timezone").spot
            message = f"'{zone[:40]}' is no time zone"
            self._report.error(spot, message, "One looks like Europe/Dublin.")
        country, region, holiday = self._holidays()
        return Schedule(self._name, self._timezone, tuple(week), self._dates(), country, region, holiday)

    def _day(self, key: str, day: int, week: list[Spans]) -> None:
        given = getattr(self._body, key)
        if given is not None:
            week[day] = self._spans(given, self._node.at(key))

    def _compact(self, text: str, week: list[Spans]) -> None:
        node = self._node.at("week")
        for part in _NEXT.split(text.lower()):
            found = _WEEK.fullmatch(part.strip())
            days = self._days(found[1], found[2]) if found else None
            if not found or days is None:
                hint = "Write days and times, as 'mon-fri 9:00-17:00, sat 10:00-13:00'."
                self._report.error(node.spot, f"'{part.strip()[:40]}' are no opening hours", hint)
                continue
            for day in days:
                week[day] = self._spans([found[3]], node)

    def _days(self, first: str, last: str | None) -> list[int] | None:
        whole = {"daily": "every_day"}.get(first, first)
        if last is None and whole in GROUPS:
            return list(GROUPS[whole])
        start, end = _day_of(first), _day_of(last or first)
        if start is None or end is None:
            return None
        return [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]

    def _spans(self, texts: list[str], node: Node) -> Spans:
        spans: list[tuple[int, int]] = []
        for number, text in enumerate(texts):
            for part in re.split(r"[,;]| and ", text.lower()):
                spans += self._span(part.strip(), node.at(number))
        return tuple(sorted(spans))

    def _span(self, text: str, node: Node) -> list[tuple[int, int]]:
        if text == "closed":
            return []
        if text == "all day":
            return [(0, DAY)]
        found = _SPAN.fullmatch(text)
        times = [int(found[h]) * 60 + int(found[m] or 0) for h, m in ((1, 2), (3, 4))] if found else []
        minutes = [int(found[m] or 0) for m in (2, 4)] if found else []
        if not times or max(times) > DAY or max(minutes) > 59:  # noqa: PLR2004 -- minutes of an hour
            hint = "Write 24 hours, as 9:00-17:30, or closed, or all day."
            self._report.error(node.spot, f"'{text[:40]}' is no time of opening", hint)
            return []
        start, end = times
        return [(start, end if end > start else end + DAY)]

    def _dates(self) -> dict[str, Spans]:
        dates: dict[str, Spans] = {}
        for day, given in self._body.dates.items():
            if not _DATE.fullmatch(day) or not _is_day(day):
                hint = "Write 2030-12-24, or 12-24 for every year."
                self._report.error(self._node.at("dates").key(day), f"'{day[:40]}' is no day", hint)
            dates[day] = self._spans(given, self._node.at("dates", day))
        return dates

    def _holidays(self) -> tuple[str, str, Spans]:
        body, node = self._body.holidays, self._node.at("holidays")
        if body is None:
            return "", "", ()
        country, _, region = body.country.partition("-")
        region = body.region or region
        known = hours.regions(country)
        if known is None:
            near = nearest(country, hours.countries()) if len(country) <= _LONGEST_CODE else ""
            hint = near or "Write a country, as US, IE or US-CA; a day by itself belongs under 'dates'."
            self._report.error(
                node.at("country").spot, f"The holidays of '{country[:40]}' are not known", hint
            )
            return "", "", ()
        if region and region not in known:
            spot = node.at("region").spot
            self._report.error(
                spot, f"'{country}' has no region '{region[:40]}'", nearest(region, known, "regions")
            )
            return "", "", ()
        return country, region, self._spans(body.hours, node.at("hours"))


def _day_of(word: str) -> int | None:
    """The day that a word of three letters or more begins."""
    found = [day for day, name in enumerate(DAYS) if len(word) >= 3 and name.startswith(word)]  # noqa: PLR2004
    if word in ("tues", "wednes", "thur", "thurs"):
        found = [day for day, name in enumerate(DAYS) if name.startswith(word)]
    return found[0] if len(found) == 1 else None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text if len(text) > len("12-24") else f"2000-{text}")
    except ValueError:
        return False
    return True
