from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.flow.problems import (
    MOST_PROBLEMS,
    FlowProblems,
    Lint,
    Problem,
    Report,
    Spot,
    format_problem,
    nearest,
)


def test_problem_in_one_line() -> None:
    problem = Problem("a.yaml", 3, 7, "There is no slot 'x'", "Did you mean 'y'?")
    assert str(problem) == "a.yaml:3:7: There is no slot 'x'. Did you mean 'y'?"


def test_the_same_problem_is_told_once_and_in_file_order() -> None:
    report = Report("f")
    report.error(Spot(2, 1), "b")
    report.warn(Spot(1, 5), "a")
    report.error(Spot(2, 1), "b")
    assert [str(problem) for problem in report.problems()] == ["f:1:5: warning: a.", "f:2:1: b."]


def test_nearest_name_ignores_case_and_lists_the_few_there_are() -> None:
    assert nearest("NAME", ["name", "pin"]) == "Did you mean 'name'?"
    assert nearest("zzz", ["name", "pin"], "slots") == "The slots are 'name', 'pin'."
    assert nearest("zzz", [], "slots") == "This flow has no slots."


def test_only_errors_keep_a_flow_from_being_used() -> None:
    report = Report("f")
    report.warn(Spot(), "a")
    assert not report.has_errors
    report.error(Spot(), "b")
    assert report.has_errors


def test_problems_of_other_files_stand_behind_those_of_its_own() -> None:
    report, other = Report("b.yaml"), Report("a.yaml")
    report.error(Spot(9, 1), "own")
    other.error(Spot(1, 1), "included")
    report.take(other)
    report.warn(Spot(2, 1, "a.yaml"), "named")
    assert [str(problem) for problem in report.problems()] == [
        "b.yaml:9:1: own.",
        "a.yaml:1:1: included.",
        "a.yaml:2:1: warning: named.",
    ]


def test_what_is_left_out_is_counted() -> None:
    report = Report("f")
    for line in range(MOST_PROBLEMS + 5):
        report.error(Spot(line + 1), "x")
    found = report.problems()
    assert len(found) == MOST_PROBLEMS + 1
    assert "5 more problems are not shown" in str(found[-1])


@pytest.mark.parametrize(
    ("lint", "shown"),
    [("", ""), ("ear", " (for the ear)"), ("safety", " (for safety)")],
)
def test_a_warning_says_what_it_is_about(lint: Lint, shown: str) -> None:
    assert format_problem(Problem("f", 1, 2, "Hm", "", "warning", lint)) == f"f:1:2: warning{shown}: Hm."


def test_an_error_tells_all_problems_a_line_each() -> None:
    problems = (Problem("f", 1, 1, "Is this right?"), Problem("f", 2, 1, "No", "Write yes."))
    error = FlowProblems(problems)
    assert str(error).splitlines() == ["f:1:1: Is this right?", "f:2:1: No. Write yes."]
    assert error.problems == problems


def test_many_names_are_not_all_told() -> None:
    names = [f"name{letter}" for letter in "abcdefghij"]
    assert nearest("zzz", names, "slots").endswith("'nameh' and others.")
    assert nearest("zzz", names) == ""
    assert nearest("x1", [f"x{number}" for number in range(400)], "slots") == "Did you mean 'x1'?"
    assert nearest("zzz", [f"x{number}" for number in range(400)], "slots") == ""


@given(st.text(max_size=20), st.lists(st.text(max_size=10), max_size=12))
def test_a_name_that_is_meant_is_one_that_there_is(word: str, names: list[str]) -> None:
    hint = nearest(word, names, "slots")
    assert hint
    if hint.startswith("Did you mean"):
        assert hint.removeprefix("Did you mean '").removesuffix("'?") in names
