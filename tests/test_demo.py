"""What the demonstration tells of a turn."""

import io

import pytest
from rich.console import Console

from ivr.demo import shown
from ivr.records_cli import print_record
from ivr.review.records import WholeCall
from tests.edges.console_rig import row


@pytest.mark.parametrize(
    ("understood", "told"), [("value True", "yes"), ("value False", "no"), ("intent book", "intent book")]
)
def test_a_yes_is_told_as_people_say_it(understood: str, told: str) -> None:
    assert shown(understood) == told


def test_a_record_counts_one_as_one() -> None:
    out = io.StringIO()
    call = WholeCall(row("CA1", outcome="completed", reprompts=1, failures=2), "")
    print_record(Console(file=out, width=200), call)
    assert "1 reprompt, 2 failures" in out.getvalue()
