import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.engines.busyness import LONGEST_PAUSE_S, OVER_S, Busyness, pause_s


def test_workers_that_worked_all_the_time_are_wholly_busy_and_it_fades() -> None:
    busy = Busyness(2)
    for second in range(100):
        busy.worked(1.0, float(second))
        busy.worked(1.0, float(second))
    assert busy.share(99.0) > 0.95
    assert busy.share(99.0 + OVER_S) < 0.4
    assert busy.share(99.0 + 10 * OVER_S) < 0.001


def test_half_of_two_workers_is_half() -> None:
    busy = Busyness(2)
    for second in range(100):
        busy.worked(1.0, float(second))
    assert busy.share(99.0) == pytest.approx(0.5, abs=0.03)


@given(st.lists(st.tuples(st.floats(0, 60), st.floats(0, 60))))
def test_a_share_is_between_nothing_and_all(work: list[tuple[float, float]]) -> None:
    busy, now = Busyness(1), 0.0
    for seconds, later in work:
        now += later
        busy.worked(seconds, now)
        assert 0 <= busy.share(now) <= 1


def test_guesses_wait_for_nothing_while_there_is_time_and_never_long() -> None:
    assert pause_s(0.0) == pause_s(0.2) == 0.0
    assert 0 < pause_s(0.3) < pause_s(0.5) < LONGEST_PAUSE_S
    assert pause_s(0.7) == pause_s(1.0) == LONGEST_PAUSE_S
