from __future__ import annotations

from bench.rig.compose import Line
from bench.rig.journal import acted_on, as_expected
from bench.rig.judge import CallHeard, Spoke
from ivr.core.events import Meaning


def call(*expected: str) -> CallHeard:
    return CallHeard(spoke=[Spoke(Line("x", "test", b"", (), what), 0.0) for what in expected])


def answer(name: str) -> Meaning:
    return Meaning("answer", name)


def test_what_was_understood_in_order_is_right() -> None:
    understood = [answer("fees"), Meaning("nothing"), answer("address")]
    assert as_expected(call("fees", "", "address"), understood) == (2, 2)


def test_a_wrong_answer_does_not_shift_those_behind_it() -> None:
    understood = [answer("parking"), answer("address"), answer("fees")]
    assert as_expected(call("insurance", "address", "fees"), understood) == (2, 3)


def test_a_number_is_right_as_a_value() -> None:
    assert as_expected(call("4711"), [Meaning("value", value="4711")]) == (1, 1)
    assert as_expected(call("4711"), [Meaning("value", value="4717")]) == (0, 1)


def test_nothing_is_not_acted_on() -> None:
    assert acted_on([Meaning("nothing"), answer("fees")]) == [answer("fees")]
