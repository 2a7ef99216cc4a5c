"""Which jobs follow a call, and when they are tried again."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.review.after import GIVE_UP_AFTER, Job, Wishes, jobs_after, retry_after_s, sampled


def test_the_same_calls_are_chosen_each_time_and_about_as_many_as_asked_for() -> None:
    names = [f"CA{n:032x}" for n in range(20_000)]
    chosen = [name for name in names if sampled(name, 0.01)]
    assert 150 < len(chosen) < 250
    assert chosen == [name for name in names if sampled(name, 0.01)]
    assert set(chosen) < {name for name in names if sampled(name, 0.05)}


@given(st.text())
def test_all_or_none(name: str) -> None:
    assert sampled(name, 1.0)
    assert not sampled(name, 0.0)


def test_jobs() -> None:
    assert jobs_after("CA1", Wishes(share=1)) == (Job("summary", "CA1"), Job("quality", "CA1"))
    assert jobs_after("CA1", Wishes(share=0)) == (Job("summary", "CA1"),)
    assert jobs_after("CA1", Wishes(share=0, summaries=False)) == ()
    assert jobs_after("CA1", Wishes(share=0, summaries=False, send=True)) == (Job("summary", "CA1"),)


def test_a_failed_job_is_tried_through_hours_and_given_up_in_the_end() -> None:
    waits: list[int] = []
    while (wait := retry_after_s(len(waits) + 1)) is not None:
        waits.append(wait)
    assert waits == sorted(waits)
    assert len(waits) == GIVE_UP_AFTER - 1
    assert sum(waits) > 20 * 3600
    assert sum(waits[:10]) < 2 * 3600
