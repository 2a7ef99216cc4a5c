"""The race between a model and the one that stands in for it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.models import race as r
from ivr.understanding.models.race import GiveUp, Limits, Race, Start, Stop

LIMITS = Limits(hedge_ms=600, first_ms=1500, total_ms=4000)


def begun(*models: str) -> Race:
    race, acts = r.begin(models or ("a", "b"), LIMITS, 0)
    assert acts == (Start((models or "a")[0]),)
    return race


def test_a_quick_primary_is_the_only_one_asked() -> None:
    race, acts = r.first_token(begun(), "a")
    assert acts == ()
    assert race.winner == "a"
    assert r.deadline(race) == 4000
    assert r.deadline(r.done(race, "a")) is None


def test_a_silent_primary_gets_company_and_the_slower_one_is_stopped() -> None:
    race = begun()
    assert r.deadline(race) == 600
    assert r.time_passed(race, 599) == (race, ())
    race, acts = r.time_passed(race, 600)
    assert acts == (Start("b"),)
    assert r.deadline(race) == 1500
    assert r.first_token(race, "b")[1] == (Stop("a", "hedged"),)
    assert r.first_token(race, "a")[1] == (Stop("b", "hedged"),)


def test_a_failure_starts_the_next_at_once() -> None:
    race, acts = r.failed(begun(), "a", 50)
    assert acts == (Start("b"),)
    race, acts = r.failed(race, "b", 100)
    assert acts == (GiveUp("failed"),)
    assert race.over


def test_nobody_answers_in_time() -> None:
    race, _ = r.time_passed(begun(), 600)
    race, acts = r.time_passed(race, 1500)
    assert acts == (Stop("a", "late"), Stop("b", "late"), GiveUp("late"))
    assert r.deadline(race) is None


def test_an_answer_that_never_ends_is_stopped() -> None:
    race, _ = r.first_token(begun(), "a")
    assert r.time_passed(race, 4000)[1] == (Stop("a", "late"), GiveUp("late"))


def test_a_winner_whose_words_cannot_be_used_gives_way_while_there_is_time() -> None:
    race, _ = r.first_token(begun(), "a")
    assert r.failed(race, "a", 900)[1] == (Start("b"),)
    assert r.failed(race, "a", 1500)[1] == (GiveUp("late"),)


def test_there_may_be_nobody_to_ask() -> None:
    race, acts = r.begin((), LIMITS, 0)
    assert acts == (GiveUp("failed"),)
    assert race.over


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 1200), st.sampled_from(["time", "token", "failed", "done"]), st.sampled_from("abcd")
    ),
    max_size=30,
)


@given(st.integers(0, 4), EVENTS)
def test_the_rules_of_a_race_hold(count: int, events: list[tuple[int, str, str]]) -> None:
    models = tuple("abcd"[:count])
    race, acts = r.begin(models, LIMITS, 0)
    now, log = 0, list(acts)
    running: set[str] = set()
    for wait, kind, model in [*events, (5000, "time", "a"), (0, "time", "a")]:
        now += wait
        before = race
        match kind:
            case "time":
                race, acts = r.time_passed(race, now)
            case "token":
                race, acts = r.first_token(race, model)
            case "failed":
                race, acts = r.failed(race, model, now)
            case _:
                race, acts = r.done(race, model), ()
        log += acts
        assert len(race.running) <= r.TOGETHER
        assert not race.winner or race.over or race.winner in race.running
        assert not (before.over and acts), "nothing happens behind the end"
        due = r.deadline(race)
        assert (due is None) == race.over
        assert due is None or kind != "time" or due > now, "a deadline that stays would come for ever"
        running = set(race.running)
    started = [act.model for act in log if isinstance(act, Start)]
    assert started == list(models[: len(started)]), "in order, each once"
    assert sum(isinstance(act, GiveUp) for act in log) <= 1
    assert race.over, "a race is over by its last deadline"
    assert not running
