"""Asking models: failover, hedging, health, money. Real client, real servers that do what servers do."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from ivr.call.ports import Tab
from ivr.engines.asking import Budgets
from ivr.engines.heat import Done, Job, Unfit
from ivr.understanding.models import health as hlt
from ivr.understanding.models.chat import Ask, Message
from tests.engines import model_server as srv
from tests.engines.model_rig import Rig, models

ASK = Ask((Message("user", "When do you open?"),), 60)


class Words:
    """Takes everything; `wanted` must be in it. `speaks`: it is out as it comes."""

    def __init__(self, wanted: str = "", *, speaks: bool = False, most: int = 1000) -> None:
        self.text = ""
        self.committed = False
        self._wanted = wanted
        self._speaks = speaks
        self._most = most

    def take(self, text: str) -> bool:
        self.text += text
        self.committed = self._speaks
        return len(self.text) >= self._most

    def end(self) -> None:
        if self._wanted not in self.text:
            raise Unfit("not what was wanted")


async def ask(
    rig: Rig, taker: Words | None = None, spent: int = 0, tab: Tab | None = None
) -> tuple[Done, str]:
    takers: list[Words] = []

    def fresh() -> Words:
        takers.append(taker or Words("nine"))
        return takers[-1]

    done = await rig.room.ask(Job("answer", "economy", ASK, fresh, spent), tab or Tab())
    return done, takers[-1].text if takers else ""


NINE = srv.says("We open at nine.")


async def test_a_primary_that_answers_is_the_only_one_asked() -> None:
    async with models([("a", "economy", NINE), ("b", "economy", NINE), ("f", "flagship", NINE)]) as rig:
        tab = Tab()
        assert await ask(rig, tab=tab) == (Done("done", "a"), "We open at nine.")
        assert (rig.asked("a"), rig.asked("b"), rig.asked("f")) == (1, 0, 0)
        (usage,) = tab.used()
        assert (usage.tokens_in, usage.tokens_out, usage.estimated) == (srv.PROMPT_TOKENS, 4, False)
        assert usage.nano == 120 * 270 + 4 * 1100
        assert usage.flagship_nano == 120 * 2500 + 4 * 10_000
        assert rig.bank.spent == usage.nano
        assert usage.first_ms >= 0


async def test_a_stalled_primary_is_hedged_and_its_stream_closed() -> None:
    async with models([("a", "economy", srv.stalls), ("b", "economy", NINE)]) as rig:
        tab = Tab()
        done, text = await ask(rig, tab=tab)
        assert (done.outcome, done.model, text) == ("done", "b", "We open at nine.")
        await asyncio.wait_for(rig.servers["a"].requests[0].closed.wait(), 20)
        loser, winner = tab.used()
        assert (loser.outcome, loser.first_ms, loser.estimated) == ("hedged", -1, True)
        assert loser.nano == ASK.estimated_tokens * 270, (
            "what a stalled model has read is on the bill, estimated"
        )
        assert winner.note == "beside a, which was silent"


async def test_a_primary_that_stalls_again_and_again_is_not_asked_any_more() -> None:
    async with models([("a", "economy", srv.stalls), ("b", "economy", NINE)]) as rig:
        for _ in range(hlt.LEAST_BAD + 2):
            assert (await ask(rig))[0].model == "b"
        assert rig.asked("a") == hlt.LEAST_BAD
        assert rig.meter.up == {"a": False, "b": True}
        assert rig.room.states() == {"a": "open", "b": "closed"}


async def test_a_trial_beside_the_calls_brings_a_model_back() -> None:
    async with models([("a", "economy", srv.refuses(500)), ("b", "economy", NINE)]) as rig:
        for _ in range(hlt.LEAST_BAD):
            await ask(rig)
        assert rig.meter.up["a"] is False
        rig.servers["a"].reply = NINE
        rested = hlt.Health((), rested_at_ms=0, rest_ms=hlt.REST_MS)
        rig.room._healths["a"] = rested
        assert (await ask(rig))[0].model == "b", "no caller waits for a trial"
        await asyncio.gather(*rig.room._probes)
        assert rig.meter.up["a"] is True
        assert (await ask(rig))[0].model == "a"
        (trial,) = [usage for usage in rig.meter.used if usage.stage == "other"]
        assert trial.note == "trial"


async def test_a_failure_goes_to_the_next_at_once() -> None:
    for bad in (srv.refuses(500), srv.refuses(429), srv.sends(b"data: {nonsense\n\n"), srv.breaks_off("")):
        async with models([("a", "economy", bad), ("b", "economy", NINE)]) as rig:
            done, text = await ask(rig)
            assert (done.outcome, done.model, text) == ("done", "b", "We open at nine.")
            assert rig.outcomes == [("a", "failed"), ("b", "used")]
            assert rig.meter.used[1].note == "after a failure"


async def test_a_refused_request_costs_nothing_and_a_broken_one_what_was_written() -> None:
    async with models(
        [("a", "economy", srv.refuses(500)), ("b", "economy", srv.breaks_off("We open"))]
    ) as rig:
        done, _ = await ask(rig)
        assert done.outcome == "failed"
        refused, broken = rig.meter.used
        assert (refused.nano, refused.estimated) == (0, False)
        assert broken.estimated
        assert broken.nano == ASK.estimated_tokens * 270 + 2 * 1100


async def test_what_cannot_be_used_goes_to_the_next_model() -> None:
    async with models([("a", "economy", srv.says("I am a teapot.")), ("b", "economy", NINE)]) as rig:
        done, text = await ask(rig)
        assert (done.model, text) == ("b", "We open at nine.")
        assert rig.outcomes == [("a", "invalid"), ("b", "used")]


async def test_the_log_says_why_a_model_rests() -> None:
    async with models([("a", "economy", srv.refuses(401, "no such key"))]) as rig:
        with capture_logs() as logs:
            await ask(rig)
        (line,) = [entry for entry in logs if entry["event"] == "model breaker"]
        assert (line["model"], line["state"]) == ("a", "open")
        assert "wants a key: name the variable" in line["why"]


async def test_when_all_are_down_the_reasons_are_told() -> None:
    async with models([("a", "economy", srv.refuses(401)), ("f", "flagship", srv.refuses(500))]) as rig:
        done, _ = await ask(rig)
        assert done.outcome == "failed"
        assert "the model a at" in done.reason
        assert "wants a key" in done.reason
        assert "all models failed" in done.reason
        again, _ = await ask(rig)
        assert rig.asked("a") == 1, "a wrong key is not tried again for a while"
        assert again.outcome == "failed"


async def test_nobody_begins_in_time() -> None:
    async with models([("a", "economy", srv.stalls), ("b", "economy", srv.stalls)]) as rig:
        done, _ = await ask(rig)
        assert done == Done("late", reason="no model began to answer in time")
        assert rig.outcomes == [("a", "late"), ("b", "late")]


async def test_when_something_is_out_no_other_model_begins() -> None:
    async with models([("a", "economy", srv.breaks_off("We open")), ("b", "economy", NINE)]) as rig:
        done, text = await ask(rig, Words(speaks=True))
        assert (done.outcome, text) == ("cut", "We open")
        assert "broke off" in done.reason
        assert rig.asked("b") == 0


async def test_enough_closes_the_stream() -> None:
    async with models([("a", "economy", srv.never_stops)]) as rig:
        done, text = await ask(rig, Words(most=30))
        assert done == Done("done", "a")
        assert 30 <= len(text) < 60
        await asyncio.wait_for(rig.servers["a"].requests[0].closed.wait(), 20)


async def test_calling_it_off_stops_the_model_and_is_on_the_bill() -> None:
    async with models([("a", "economy", srv.never_stops)]) as rig:
        tab = Tab()
        task = asyncio.create_task(ask(rig, tab=tab))
        while not rig.servers["a"].requests or rig.servers["a"].requests[0].written < 3:  # noqa: ASYNC110 -- a real server
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(rig.servers["a"].requests[0].closed.wait(), 20)
        (usage,) = tab.used()
        assert (usage.outcome, usage.estimated) == ("stopped", True)
        assert usage.tokens_out > 0
        assert rig.bank.spent == usage.nano


async def test_budgets_end_the_use_of_models_and_say_so() -> None:
    async with models([("a", "economy", NINE)], Budgets(call=1000, day=10**12)) as rig:
        assert await ask(rig, spent=1000) == (Done("budget", reason="call budget used up"), "")
        assert rig.asked("a") == 0
    async with models([("a", "economy", NINE)], Budgets(day=500), spent_today=499) as rig:
        assert (await ask(rig))[0] == Done("done", "a", "")
        assert (await ask(rig))[0] == Done("budget", reason="day budget used up")


async def test_connections_are_opened_before_the_first_call() -> None:
    async with models([(name, "economy", NINE) for name in "abc"]) as rig:
        await rig.room.start()
        await ask(rig)
        assert rig.outcomes == [("a", "used")]
