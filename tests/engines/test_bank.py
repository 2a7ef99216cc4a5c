"""The money of the day: what the records know, what is spent here, and midnight."""

from __future__ import annotations

from ivr.core.errors import EngineError
from ivr.engines.bank import DayBank

DAY_S = 86_400


class Records:
    def __init__(self, known: int | None) -> None:
        self.known = known
        self.since: list[int] = []

    async def __call__(self, since_ms: int) -> int:
        self.since.append(since_ms)
        if self.known is None:
            raise EngineError("the database is away")
        return self.known


class Clock:
    def __init__(self) -> None:
        self.now_s = 20_000 * DAY_S + 3600.0

    def __call__(self) -> float:
        return self.now_s


async def test_a_restart_forgets_nothing() -> None:
    clock, records = Clock(), Records(700)
    bank = DayBank(records, clock)
    await bank.start()
    bank.spend(50)
    assert bank.spent_today() == 750
    assert records.since == [20_000 * DAY_S * 1000]
    await bank.close()


async def test_the_money_of_other_processes_counts_and_ones_own_is_not_counted_twice() -> None:
    clock, records = Clock(), Records(0)
    bank = DayBank(records, clock)
    bank.spend(50)
    await bank._read()
    assert bank.spent_today() == 50
    records.known = 120
    await bank._read()
    assert bank.spent_today() == 120


async def test_a_new_day_begins_with_nothing() -> None:
    clock, records = Clock(), Records(700)
    bank = DayBank(records, clock)
    await bank._read()
    clock.now_s += DAY_S
    assert bank.spent_today() == 0
    bank.spend(9)
    assert bank.spent_today() == 9


async def test_records_that_are_away_do_no_harm() -> None:
    bank = DayBank(Records(None), Clock())
    await bank.start()
    bank.spend(9)
    assert bank.spent_today() == 9
    await bank.close()
