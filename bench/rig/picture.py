"""One picture of a run: every waiting time as a dot, goals as lines, servers side by side. SVG, by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from statistics import median
from typing import Final

from bench.rig.findings import GOALS, Compared, Findings
from bench.rig.judge import p95

WIDTH: Final = 960
LEFT: Final = 300
RIGHT: Final = 130
ROW: Final = 34
HEAD: Final = 46
LONGEST_MS: Final = 2000.0
"""Where the axis ends; what took longer is drawn at its edge."""
COLOURS: Final = ("#2563a8", "#c2571a", "#4d7f2c", "#7a4fa3", "#8a8a8a", "#b3862d")
STYLE: Final = (
    "text{font:13px system-ui,sans-serif;fill:#222}.h{font-size:16px;font-weight:600}"
    ".s{font-size:11px;fill:#666}.g{stroke:#ccc}.goal{stroke:#b3261e;stroke-width:2}"
    ".m{stroke:#222;stroke-width:2}"
)


def picture(found: Findings, compared: Sequence[Compared]) -> str:
    """The whole picture, as SVG text."""
    body: list[str] = []
    y = 12
    rows = {
        f"response, {kind}": (values, GOALS.get(kind, (None, None))[0])
        for kind, values in found.responses.items()
    }
    rows["interruption to clear"] = (found.clears, GOALS["interruption"][0])
    rows = {name: row for name, row in rows.items() if row[0]}
    if rows:
        y = _dots(body, y, "How long callers wait", rows)
    if found.cpu_s:
        y = _bars(body, y, "CPU seconds per call-minute, 10 calls, by stage", {"ivr": found.cpu_s})
    if compared:
        waits = {row.name: (list(row.responses_ms), None) for row in compared if row.responses_ms}
        y = _dots(body, y, "The same callers elsewhere: response", waits)
        clears = {row.name: (list(row.clears_ms), None) for row in compared if row.clears_ms}
        y = _dots(body, y, "The same callers elsewhere: interruption to clear", clears)
        costs = {row.name: {"CPU": row.cpu_s} for row in compared if row.cpu_s is not None}
        y = _bars(body, y, "CPU seconds per call-minute, the same callers", costs)
    size = f'width="{WIDTH}" height="{y + 8}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 8}" {size}>'
        f'<style>{STYLE}</style><rect {size} fill="#fff"/>{"".join(body)}</svg>\n'
    )


def _dots(
    body: list[str], y: int, title: str, rows: Mapping[str, tuple[Sequence[float], float | None]]
) -> int:
    """Strips of dots on an axis of ms; gives where the next panel may begin."""
    body.append(_text(12, y + 18, title, "h"))
    top, bottom = y + HEAD, y + HEAD + ROW * len(rows)
    for ms in range(0, int(LONGEST_MS) + 1, 250):
        x = _x(ms)
        body.append(f'<line class="g" x1="{x:.1f}" x2="{x:.1f}" y1="{top - 6}" y2="{bottom}"/>')
        body.append(_text(x, top - 10, f"{ms}", "s", "middle"))
    for number, (name, (values, goal)) in enumerate(rows.items()):
        middle = top + ROW * number + ROW // 2
        body.append(_text(12, middle + 4, name))
        colour = COLOURS[number % len(COLOURS)]
        for at, value in enumerate(values):
            lift = (at * 7 % 11 - 5) * 1.6  # so that like values can be told apart
            place = f'cx="{_x(value):.1f}" cy="{middle + lift:.1f}"'
            body.append(f'<circle {place} r="2.6" fill="{colour}" fill-opacity="0.45"/>')
        body.append(_tick(_x(median(values)), middle, "m"))
        if goal is not None:
            body.append(_tick(_x(goal), middle, "goal"))
        told = f"{median(values):.0f} / {p95(values):.0f} ms"
        body.append(_text(WIDTH - 8, middle + 4, told, "", "end"))
    body.append(
        _text(
            12, bottom + 14, "ms; black: median, red: its goal; at the right: median / 95th percentile", "s"
        )
    )
    return bottom + 34


def _bars(body: list[str], y: int, title: str, rows: Mapping[str, Mapping[str, float]]) -> int:
    """Stacked bars; gives where the next panel may begin."""
    body.append(_text(12, y + 18, title, "h"))
    stages = list(dict.fromkeys(stage for row in rows.values() for stage in row))
    longest = max((sum(row.values()) for row in rows.values()), default=0.0) or 1.0
    top = y + HEAD - 10
    for number, (name, row) in enumerate(rows.items()):
        at = top + ROW * number
        body.append(_text(12, at + 18, name))
        x = float(LEFT)
        for stage, value in row.items():
            width = value / longest * (WIDTH - LEFT - RIGHT)
            colour = COLOURS[stages.index(stage) % len(COLOURS)]
            body.append(f'<rect x="{x:.1f}" y="{at + 4}" width="{width:.1f}" height="20" fill="{colour}"/>')
            x += width
        body.append(_text(x + 6, at + 18, f"{sum(row.values()):.2f} s"))
    bottom = top + ROW * len(rows)
    if len(stages) > 1:
        x = float(LEFT)
        for number, stage in enumerate(stages):
            colour = COLOURS[number % len(COLOURS)]
            body.append(f'<rect x="{x:.1f}" y="{bottom + 2}" width="10" height="10" fill="{colour}"/>')
            body.append(_text(x + 14, bottom + 11, stage, "s"))
            x += 26 + 6.2 * len(stage)
        bottom += 18
    return bottom + 16


def _x(ms: float) -> float:
    return LEFT + min(max(ms, 0.0), LONGEST_MS) / LONGEST_MS * (WIDTH - LEFT - RIGHT)


def _tick(x: float, middle: int, name: str) -> str:
    return f'<line class="{name}" x1="{x:.1f}" x2="{x:.1f}" y1="{middle - 12}" y2="{middle + 12}"/>'


def _text(x: float, y: float, text: str, name: str = "", anchor: str = "start") -> str:
    style = f' class="{name}"' if name else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{style} text-anchor="{anchor}">{escape(text)}</text>'
