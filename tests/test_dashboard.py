"""The dashboard in infra/ asks for metrics that there are, and metrics say their units."""

from __future__ import annotations

import json
import re
from pathlib import Path

from ivr.metrics import Metrics

DASHBOARD = Path(__file__).parent.parent / "infra" / "grafana.json"
UNITS = ("_total", "_seconds", "_active", "_length", "_rows", "_up", "_bytes")


def known() -> set[str]:
    text = Metrics(lambda: 0).exposition()[0].decode()
    return set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))


def test_every_metric_that_is_asked_for_is_there() -> None:
    expressions = [
        target["expr"] for panel in json.loads(DASHBOARD.read_text())["panels"] for target in panel["targets"]
    ]
    assert len(expressions) > 15
    for name in {name for expression in expressions for name in re.findall(r"ivr_\w+", expression)}:
        assert re.sub(r"_(bucket|count|sum)$", "", name) in known(), name


def test_names_carry_units() -> None:
    assert [name for name in known() if not name.endswith(UNITS)] == []
