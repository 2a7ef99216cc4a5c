"""Callers' words through the real voice and recogniser."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from ivr.hearing import hear
from ivr.rehearse_cli import Options, run_tests

pytestmark = [pytest.mark.engines, pytest.mark.timeout(300)]
CLINIC = Path(__file__).parents[1] / "flows" / "clinic.yaml"


def test_words_come_back_with_confidence(models):
    counts: list[int] = []
    heard = hear(["Where can I park my car?", "Where can I park my car?"], "en-US", counts.append)
    assert counts == [1]
    assert heard["Where can I park my car?"].text.lower().startswith("where can i park")
    assert 0.5 < heard["Where can I park my car?"].confidence <= 1


def test_a_flow_is_tested_by_sound(models):
    out = io.StringIO()
    options = Options(only="A new patient books a visit", audio=True)
    passed = run_tests(Console(file=out, width=200), [CLINIC], options)
    assert passed, out.getvalue()
    assert "sentences were heard word for word" in out.getvalue()
