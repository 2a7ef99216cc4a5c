"""Rubrics from YAML, each mistake with its place."""

from pathlib import Path

import pytest

from ivr.core.errors import ConfigError
from ivr.core.flow.problems import FlowProblems
from ivr.review.rubric import load_rubric, read_rubric


def test_the_one_that_comes_with_ivr() -> None:
    rubric = read_rubric(None)
    assert list(rubric.questions) == ["understood", "answered", "natural"]
    assert len(rubric.digest) == 12


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rubric: 1\nquestion:\n  a: b?\n", r"r\.yaml:2:1: There is no key 'question' here.*'questions'"),
        ("rubric: 2\nquestions:\n  a: b?\n", r"r\.yaml:1:1: This is no rubric of version 1"),
        ("rubric: 1\n", r"There are no questions"),
        ("rubric: 1\nquestions: [a, b]\n", r"r\.yaml:2:1: There are no questions"),
        ("rubric: 1\nquestions:\n  Not So: b?\n", r"r\.yaml:3:3: 'Not So' is no name"),
        ("rubric: 1\nquestions:\n  a: [b]\n", r"r\.yaml:3:6: The question 'a' is no text"),
        ("rubric: 1\nquestions:\n  a: b?\n  a: c?\n", r"r\.yaml:4:3: 'a' is there twice"),
        ("", "empty"),
        ("rubric: 1\nquestions:\n" + "".join(f"  q{n}: b?\n" for n in range(13)), "at most 12"),
    ],
)
def test_mistakes(text: str, told: str) -> None:
    with pytest.raises(FlowProblems, match=told):
        load_rubric(text, "r.yaml")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_rubric(tmp_path / "none.yaml")


def test_another_wording_is_another_rubric() -> None:
    one, other = (load_rubric(f"rubric: 1\nquestions:\n  a: {q}?\n", "r").digest for q in "bc")
    assert one != other
