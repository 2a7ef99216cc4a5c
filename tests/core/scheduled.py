"""Lines with opening hours."""

from __future__ import annotations

from ivr.core.flow.load import check_text, load_flow
from ivr.core.hours import Schedule, moment

HEAD = "ivr: 1\ntimezone: Europe/Dublin\nhours:\n"
FLOWS = """
flows:
  main:
    - if: open(office)
      then: {hangup: We are open.}
    - hangup: "We open {office | opens}."
"""
WEEK = "{weekdays: 9:00-17:30, wednesday: [9:00-12:00, 13:00-17:30], saturday: 10-13}"


def schedule(text: str) -> Schedule:
    flow = load_flow(f"{HEAD}  office: {text}\n{FLOWS}", "h.yaml")
    return flow.hours["office"]


def told(text: str, flows: str = FLOWS) -> str:
    _, problems = check_text(f"{HEAD}  office: {text}\n{flows}", "h.yaml")
    return "\n".join(str(problem) for problem in problems)


def at(local: str, zone: str = "Europe/Dublin") -> int:
    return moment(local, zone)
