from __future__ import annotations

from bench.figures import Figure
from bench.rig.compose import Line
from bench.rig.findings import Findings, LoadRow, breaches, figures
from bench.rig.judge import CallHeard, Disturbance, Spoke
from ivr.edges.carrier_playout import Span


def answered(*responses_ms: float) -> CallHeard:
    """A call with a turn every ten seconds, answered so many ms after it ended."""
    call = CallHeard(length_ms=10_000 * (len(responses_ms) + 1))
    for number, response in enumerate(responses_ms):
        began = 10_000.0 * number
        call.spoke.append(Spoke(Line("x", "test", b"", ((0.0, 1000.0),)), began))
        call.spans.append(Span(began + 1000 + response, began + 3000 + response))
    return call


def named(found: Findings, what: str) -> Figure:
    [figure] = [figure for figure in figures(found) if figure.what.startswith(what)]
    return figure


def test_responses_stand_against_their_goals() -> None:
    found = Findings()
    found.talk("canonical answer", [answered(300, 400, 500)])
    found.talk("canonical answer, 10 calls", [answered(400, 600, 800)])
    assert named(found, "response, canonical answer: median of 3").value == 400
    assert named(found, "response, canonical answer: median of 3").mark == "✓"
    assert named(found, "response at 10 calls").value == 1.5
    assert named(found, "response at 10 calls").mark == "✗"


def test_a_wait_beyond_the_limit_is_a_breach() -> None:
    found = Findings()
    found.talk("canonical answer", [answered(1650, 1750)])
    assert named(found, "silence over 1.5 s, healthy, of 2 turns").value == 1
    assert breaches([1700, 1700.5]) == 1


def test_cut_ins_of_digits_have_a_goal_of_their_own() -> None:
    call = answered(400)
    call.spans.insert(0, Span(500, 800))
    found = Findings()
    found.talk("4 digits", [call])
    assert named(found, "cut-ins, of 1 turns").value == 100
    assert named(found, "cut-ins, 4 digits").goal == 1.0


def test_lost_prompts_are_counted() -> None:
    spoke = Spoke(Line("cough", "disturbance", b"", ((0.0, 300.0),)), 0)
    found = Findings(disturbances=[Disturbance(spoke, silenced=True, lost=False)] * 3)
    assert named(found, "noises that lost the prompt, of 3").mark == "✓"
    found.disturbances.append(Disturbance(spoke, silenced=True, lost=True))
    assert named(found, "noises that lost the prompt, of 4").mark == "✗"


def load(callers: int, response_ms: float, gap_ms: float = 0, broken: int = 0) -> LoadRow:
    return LoadRow(callers, (response_ms,) * 5, gap_ms, 0, broken, {"audio": 1.0})


def test_callers_are_held_without_gaps_and_in_time() -> None:
    found = Findings(loads=[load(10, 500), load(25, 1100), load(40, 1300), load(30, 900, gap_ms=61)])
    assert named(found, "talking callers held on one core, of 10/25/40/30").value == 25
    assert not load(5, 300, broken=1).held


def test_nothing_measured_is_nothing_told() -> None:
    assert [figure.what for figure in figures(Findings())] == ["calls that broke"]
