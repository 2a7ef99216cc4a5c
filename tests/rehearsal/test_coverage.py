"""Coverage counts what calls used, and names what they never did."""

from __future__ import annotations

from ivr.core.flow.model import Flow
from ivr.rehearsal.coverage import Coverage
from ivr.rehearsal.runner import run
from ivr.rehearsal.script import load_cases
from tests.core.talk import AGENT, flow_of
from tests.rehearsal.line import read

LINE = flow_of(
    """
- id: menu
  listen:
    ask: What can I do?
    intents: {book: {collect: part}, cancel: }
    keys: {"1": book, "2": cancel}
    on_no_match: [Please say book or cancel., [{transfer: desk}]]
- id: early
  if: part == "morning"
  then: {say: Early.}
- id: known
  if: has(part)
  then:
  else: {say: Unknown.}
- id: sure
  confirm: {ask: Sure?, no: {link: main}}
- hangup:
""",
    AGENT,
)


def covered(*calls: str, flow: Flow = LINE) -> Coverage:
    coverage = Coverage(flow)
    for steps in calls:
        text = f"test_cases: [{{test_case: a, steps: [{steps}]}}]"
        cases, problems = load_cases(text, "t.yaml", flow)
        assert problems == ()
        result, state = run(flow, cases[0], read, coverage.observe)
        assert result.passed
        coverage.call(state.path)
    return coverage


def missing(coverage: Coverage) -> list[str]:
    return [f"{part.kind} {part.name}" for part in coverage.missing()]


def test_nothing_is_covered_by_no_call() -> None:
    coverage = covered()
    assert [coverage.used(kind) for kind in ("step", "branch", "answer")] == [0, 0, 0]
    assert [coverage.total(kind) for kind in ("step", "branch", "answer")] == [12, 12, 1]
    # Branches out of a step that was missed, and into one, are told by the step.
    assert all(part.kind != "branch" for part in coverage.missing())


def test_a_call_covers_its_way() -> None:
    coverage = covered('{caller: cancel}, {keys: "2"}, {keys: "1"}')
    assert "step menu" not in missing(coverage)
    assert {"branch menu: intent cancel"}.isdisjoint(missing(coverage))
    assert "branch menu: key 1" not in missing(coverage)
    assert "branch menu: key 2" in missing(coverage)


def test_a_condition_without_else_is_covered_both_ways_only_by_both_ways() -> None:
    other = "{caller: book}, {keys: 2}, {keys: 1}"
    early = "{caller: book}, {keys: 1}, {keys: 1}"
    assert {p.name for p in covered(other).missing()} >= {"early/then/1", "known/else/1"}
    assert {p.name for p in covered(early).missing()} >= {"early: else", "known/else/1"}
    both = {p.name for p in covered(other, early).missing()}
    assert not {"early: then", "early: else"} & both
    assert "known: then" not in both


def test_everything_is_covered() -> None:
    coverage = covered(
        "{caller: cancel}, {keys: 1}",
        "{caller: nonsense}, {caller: nonsense}",
        "{caller: book}, {keys: 1}, {keys: 2}, {keys: 1}, {keys: 1}",
        "{keys: 2}, {keys: 1}",
        "{keys: 0}",
    )
    assert missing(coverage) == ["answer hours"]
    assert coverage.share("step") == coverage.share("branch") == 1.0


def test_answers_are_covered_when_they_are_given() -> None:
    coverage = Coverage(LINE)
    coverage.call(("menu", "answer:hours"))
    assert coverage.used("answer") == 1


def test_a_flow_without_branches_is_wholly_covered() -> None:
    assert Coverage(flow_of("- say: Hello.\n- hangup:")).share("branch") == 1.0


def test_lines_are_those_of_the_file() -> None:
    source = {part.name: part.line for part in covered().missing()}
    assert source["menu"] < source["early"] < source["early/then/1"] < source["sure"]
