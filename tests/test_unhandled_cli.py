"""`ivr unhandled add`: shown, checked, asked, then written; never by itself."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from ivr.core.errors import ConfigError, FlowError
from ivr.core.flow.load import load_flow
from ivr.flow_files import load_flow_file
from ivr.review.unhandled import Heap
from ivr.understanding.classifier import Label
from ivr.unhandled_cli import Addition, Review, add, proposed
from tests.test_flow_editing import FLOW

REVIEW = Review("Anna", date(2026, 11, 23))


class Desk:
    """A flow in a folder, a terminal, and somebody who answers."""

    def __init__(self, folder: Path, *, yes: bool = True) -> None:
        self.path = folder / "line.yaml"
        self.path.write_text(FLOW)
        self.shown = StringIO()
        self.questions: list[str] = []
        self.yes = yes

    def sure(self, question: str) -> bool:
        self.questions.append(question)
        return self.yes

    def add(self, name: str, *examples: str, review: Review | None = None) -> bool:
        out = Console(file=self.shown, width=100)
        return add(out, self.path, Addition(name, examples, review), self.sure)


def test_the_difference_is_shown_and_written_after_a_yes(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.add("book", "squeeze me in")
    assert "+    - squeeze me in" in desk.shown.getvalue()
    assert desk.questions == [f"Write {desk.path}?"]
    assert "squeeze me in" in load_flow_file(desk.path)[0].intents["book"].examples
    assert [file.name for file in tmp_path.iterdir()] == ["line.yaml"]


def test_after_a_no_nothing_is_written(tmp_path: Path) -> None:
    desk = Desk(tmp_path, yes=False)
    assert not desk.add("book", "squeeze me in")
    assert desk.path.read_text() == FLOW


def test_a_reviewer_writes_beside_the_flow(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.add("hours", "open yet", review=REVIEW)
    assert "by: Anna" in (tmp_path / "line.answers.yaml").read_text()
    assert load_flow_file(desk.path)[0].answers["hours"].examples == ("when do you open", "open yet")
    assert desk.add("hours", "still open", review=REVIEW)
    assert load_flow_file(desk.path)[0].answers["hours"].examples[-1] == "still open"


def test_a_change_that_breaks_the_flow_is_refused_before_it_is_asked(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with pytest.raises(FlowError, match="nothing is written"):
        desk.add("nowhere", "open yet", review=REVIEW)
    assert desk.questions == []
    assert [file.name for file in tmp_path.iterdir()] == ["line.yaml"]


@pytest.mark.parametrize("example", ["my number is ###", "?!", ""])
def test_masks_and_no_words_are_refused(tmp_path: Path, example: str) -> None:
    with pytest.raises(ConfigError):
        Desk(tmp_path).add("book", example)


def test_what_is_there_already_is_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert not desk.add("book", "book a visit")
    assert "already" in desk.shown.getvalue()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.path.unlink()
    with pytest.raises(ConfigError, match="cannot be read"):
        desk.add("book", "squeeze me in")


def test_the_flow_that_the_tests_use_is_in_order() -> None:
    assert load_flow(FLOW, "line.yaml").name


def heap(said: str, score: float = 0.6) -> Heap:
    return Heap((said,), 1, (), (), Label("intent", "finished"), score, 0.8)


@pytest.mark.parametrize("said", ["Yes, please.", "no", "okay", "mhm", "Nope, thanks.", "squeeze me in ###"])
def test_what_answers_questions_is_never_proposed(said: str) -> None:
    assert not proposed(heap(said, 0.9))


def test_only_what_is_near_is_proposed() -> None:
    assert proposed(heap("squeeze me in", 0.6))
    assert not proposed(heap("squeeze me in", 0.5))
    assert not proposed(Heap(("squeeze me in",), 1, (), (), None, 0.9, 0.0))
