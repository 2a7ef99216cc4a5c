from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from ivr.call.registry import KEEP_ENDINGS_S, Admission, Ending, Registry, RequestMemory


def admission(call_id: str) -> Admission:
    return Admission(call_id, "+15550100001", "+15550100002")


def registry(limit: int = 2) -> Registry:
    tokens = itertools.count()
    return Registry(limit, new_token=lambda: f"t{next(tokens)}")


def test_a_token_opens_one_stream_of_its_call():
    calls = registry()
    token = calls.admit(admission("CA1"), 0.0)
    assert token == "t0"
    assert calls.redeem(token, "CA2", 1.0) == ("other_call", None)
    assert calls.redeem(token, "CA1", 1.0) == ("ok", admission("CA1"))
    assert calls.is_live("CA1")
    assert calls.redeem(token, "CA1", 1.0) == ("used", None)


@pytest.mark.parametrize(("after", "verdict"), [(59.9, "ok"), (60.0, "expired")])
def test_a_token_is_short_lived(after: float, verdict: str):
    calls = registry()
    token = calls.admit(admission("CA1"), 100.0) or ""
    assert calls.redeem(token, "CA1", 100.0 + after)[0] == verdict


def test_long_after_its_time_a_token_is_not_known_at_all():
    calls = registry()
    token = calls.admit(admission("CA1"), 0.0) or ""
    assert calls.room(61.0) == 2
    assert calls.redeem(token, "CA1", 61.0)[0] == "unknown"


def test_a_call_has_one_stream_at_a_time():
    calls = registry()
    first, second = (calls.admit(admission("CA1"), 0.0) or "" for _ in range(2))
    assert calls.redeem(first, "CA1", 0.0)[0] == "ok"
    assert calls.redeem(second, "CA1", 0.0)[0] == "live"
    calls.finish("CA1", Ending("broken"), 1.0)
    assert calls.redeem(second, "CA1", 1.0)[0] == "ok"


def test_pending_calls_take_room_until_they_expire_or_are_released():
    calls = registry(limit=2)
    assert calls.admit(admission("CA1"), 0.0)
    assert calls.admit(admission("CA2"), 30.0)
    assert calls.admit(admission("CA3"), 59.0) is None
    assert calls.admit(admission("CA3"), 60.0)
    calls.release("CA2")
    assert (calls.pending(61.0), calls.room(61.0)) == (1, 1)


def test_draining_leaves_no_room():
    calls = registry()
    calls.draining = True
    assert calls.room(0.0) == 0
    assert calls.admit(admission("CA1"), 0.0) is None


def test_the_first_word_about_an_ending_counts_and_is_kept_a_while():
    calls = registry()
    calls.redeem(calls.admit(admission("CA1"), 0.0) or "", "CA1", 0.0)
    assert calls.ending("CA1", 0.0) is None
    calls.note_ending("CA1", Ending("hang_up"), 5.0)
    calls.finish("CA1", Ending("broken"), 6.0)
    assert calls.ending("CA1", 6.0) == Ending("hang_up")
    assert calls.ending("CA1", 5.0 + KEEP_ENDINGS_S) is None
    assert calls.active == 0


class Calls(RuleBasedStateMachine):
    """Whatever happens: never more calls than the limit, and every token opens at most one stream."""

    tokens = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.calls = registry(limit=3)
        self.now = 0.0
        self.opened: set[str] = set()

    @rule(target=tokens, number=st.integers(0, 5))
    def admit(self, number: int) -> tuple[str, str]:
        call_id = f"CA{number}"
        room = self.calls.room(self.now)
        token = self.calls.admit(admission(call_id), self.now)
        assert (token is not None) == (room > 0)
        return token or "none", call_id

    @rule(ticket=tokens, right=st.booleans())
    def redeem(self, ticket: tuple[str, str], right: bool) -> None:
        token, call_id = ticket
        verdict, found = self.calls.redeem(token, call_id if right else "CA other", self.now)
        assert (found is not None) == (verdict == "ok")
        if verdict == "ok":
            assert right
            assert token not in self.opened
            self.opened.add(token)

    @rule(number=st.integers(0, 5))
    def release(self, number: int) -> None:
        self.calls.release(f"CA{number}")

    @rule(number=st.integers(0, 5))
    def finish(self, number: int) -> None:
        self.calls.finish(f"CA{number}", Ending("caller"), self.now)
        assert not self.calls.is_live(f"CA{number}")

    @rule(seconds=st.floats(0, 100))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @invariant()
    def within_the_limit(self) -> None:
        assert self.calls.active + self.calls.pending(self.now) <= self.calls.limit


TestCalls: Any = Calls.TestCase
TestCalls.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)


def test_a_copy_soon_after_is_a_retry_and_later_a_replay():
    memory = RequestMemory()
    assert memory.judge(b"a", 0.0) == ("fresh", "")
    memory.answered(b"a", "<Response/>")
    assert memory.judge(b"a", 14.9) == ("retry", "<Response/>")
    assert memory.judge(b"a", 15.0) == ("replay", "")
    assert memory.judge(b"b", 15.0) == ("fresh", "")


def test_a_request_that_was_never_answered_is_not_answered_again():
    memory = RequestMemory()
    memory.judge(b"a", 0.0)
    assert memory.judge(b"a", 1.0) == ("replay", "")


def test_an_empty_answer_is_an_answer():
    memory = RequestMemory()
    memory.judge(b"a", 0.0)
    memory.answered(b"a", "")
    assert memory.judge(b"a", 1.0) == ("retry", "")


def test_requests_are_forgotten_by_age_and_by_number():
    memory = RequestMemory(keep_s=100.0, capacity=3)
    for number, name in enumerate((b"a", b"b", b"c", b"d")):
        assert memory.judge(name, float(number))[0] == "fresh"
    assert len(memory._seen) <= 3
    assert memory.judge(b"d", 50.0)[0] == "replay"
    assert memory.judge(b"d", 103.0)[0] == "fresh"


def test_a_call_that_goes_on_is_let_in_again_whatever_room_there_is():
    calls = registry(limit=1)
    token = calls.admit(admission("CA1"), 0.0)
    assert token
    assert calls.redeem(token, "CA1", 0.0)[0] == "ok"
    calls.finish("CA1", Ending("broken"), 1.0)
    other = calls.admit(admission("CA2"), 1.0)
    assert other
    assert calls.redeem(other, "CA2", 1.0)[0] == "ok"
    calls.draining = True
    again = calls.readmit(admission("CA1"), 2.0)
    assert calls.redeem(again, "CA2", 2.0) == ("other_call", None)
    assert calls.redeem(again, "CA1", 2.0) == ("ok", admission("CA1"))
    assert calls.ending("CA1", 2.0) is None
    assert calls.redeem(token, "CA1", 2.0)[0] == "used"


def test_a_token_for_another_stream_expires_too():
    calls = registry()
    again = calls.readmit(admission("CA1"), 0.0)
    assert calls.redeem(again, "CA1", 60.0)[0] == "expired"


def test_nobody_new_comes_in_while_those_who_are_in_wait_too_long():
    calls = registry(limit=5)
    calls.strained = lambda: True
    token = calls.admit(admission("CA1"), 0.0)
    assert token, "an empty house lets everybody in"
    calls.redeem(token, "CA1", 1.0)
    assert (calls.room(2.0), calls.admit(admission("CA2"), 2.0)) == (0, None)
    calls.strained = lambda: False
    assert calls.room(3.0) == 4
