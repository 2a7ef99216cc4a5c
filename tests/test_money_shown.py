"""Money on the terminal."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from ivr.money_shown import print_money
from tests.review.test_money import ALL


def test_the_table_says_what_is_not_known() -> None:
    text = StringIO()
    print_money(Console(file=text, width=80), ALL, "model")
    shown = text.getvalue()
    (secret,) = [line for line in shown.splitlines() if line.strip().startswith("secret")]
    assert "unknown" in secret
    assert "1 requests went to models whose price is not known" in shown
    assert "estimated" in shown
    assert "2 calls" in shown
