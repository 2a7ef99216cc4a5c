from __future__ import annotations

from bench.rig.judge import CallHeard
from bench.rig.scenes import crowd, dealt


def test_everything_is_dealt_once() -> None:
    hands = dealt(list(range(10)), 4)
    assert sorted(number for hand in hands for number in hand) == list(range(10))
    assert [len(hand) for hand in hands] == [3, 3, 2, 2]


def test_nobody_rings_with_nothing_to_say() -> None:
    assert dealt(["a"], 8) == [["a"]]


async def test_a_crowd_does_every_job_and_keeps_their_order() -> None:
    async def work(job: str) -> CallHeard:
        return CallHeard(call_id=job)

    assert [call.call_id for call in await crowd(1, ["a", "b", "c"], work)] == ["a", "b", "c"]
