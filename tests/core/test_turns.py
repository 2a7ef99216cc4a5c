"""Turn-taking, cell by cell and as a property."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.flow.model import Settings
from ivr.core.turns import (
    GUARD_MS,
    MAX_TURN_MS,
    ONCE_MORE_MS,
    SOUND_MS,
    TABLE,
    Act,
    Phase,
    Signal,
    Turns,
    expect,
    hold,
    hold_back,
    mermaid,
    step,
    utterance,
)

SETTINGS = Settings()


def walk(
    *signals: tuple[Signal, int], settings: Settings = SETTINGS, begin: Turns | None = None
) -> tuple[Turns, tuple[Act, ...]]:
    turns, done = begin or Turns(), list[Act]()
    for signal, now in signals:
        turns, acts = step(turns, signal, now, settings, silence_ms=700)
        done.extend(acts)
    return turns, tuple(done)


def test_a_turn_runs_from_prompt_to_recognition():
    turns, acts = walk(
        (Signal.PROMPT, 0),
        (Signal.PROMPT_DONE, 1000),
        (Signal.SPEECH_BEGAN, 1500),
        (Signal.SPEECH_ENDED, 2400),
    )
    assert (turns.phase, turns.deadline_ms, acts) == (Phase.PAUSING, 2400 + 700, (Act.GUESS,))
    assert expect(turns, 250).deadline_ms == 2400 + 250
    turns, acts = step(turns, Signal.DEADLINE, 3100, SETTINGS)
    assert (turns.phase, turns.turn, acts) == (Phase.THINKING, 1, (Act.CLOSE_TURN,))
    assert turns.deadline_ms == 2400 + SETTINGS.dead_air_ms - SOUND_MS
    assert utterance(turns) == (1200, 2600)


def test_a_pause_shorter_than_the_end_silence_belongs_to_the_turn():
    turns, _ = walk(
        (Signal.LISTEN, 0),
        (Signal.SPEECH_BEGAN, 100),
        (Signal.SPEECH_ENDED, 500),
        (Signal.SPEECH_BEGAN, 1000),
    )
    assert (turns.phase, turns.speech_from_ms) == (Phase.HEARING, 100)


def test_going_on_while_we_think_makes_the_result_stale_and_keeps_the_beginning():
    turns, _ = walk(
        (Signal.LISTEN, 0), (Signal.SPEECH_BEGAN, 100), (Signal.SPEECH_ENDED, 500), (Signal.DEADLINE, 1200)
    )
    again, acts = step(turns, Signal.SPEECH_BEGAN, 1300, SETTINGS)
    assert (again.turn, again.speech_from_ms, acts) == (turns.turn + 1, 100, (Act.DROP_TURN,))


def test_speech_interrupts_a_prompt_only_after_the_onset_time():
    turns, acts = walk((Signal.PROMPT, 0), (Signal.SPEECH_BEGAN, 400))
    assert (turns.phase, turns.deadline_ms, acts) == (Phase.OVERLAP, 550, ())
    assert hold_back(turns, 900).deadline_ms == 900
    turns, acts = step(turns, Signal.DEADLINE, 550, SETTINGS)
    assert (turns.phase, turns.speech_from_ms, acts) == (Phase.HEARING, 400, (Act.HUSH,))


def test_a_cough_does_not_stop_a_prompt():
    turns, acts = walk((Signal.PROMPT, 0), (Signal.SPEECH_BEGAN, 400), (Signal.SPEECH_ENDED, 500))
    assert (turns.phase, acts) == (Phase.SPEAKING, (Act.OVERHEAR,))


def test_each_noise_that_stopped_a_prompt_makes_it_harder_to_stop():
    waits = []
    for noises in range(5):
        turns, _ = walk((Signal.PROMPT, 0), (Signal.SPEECH_BEGAN, 400), begin=Turns(noises=noises))
        assert turns.deadline_ms
        waits.append(turns.deadline_ms - 400)
    assert waits == [150, 450, 1350, GUARD_MS, GUARD_MS]


def test_after_a_noise_the_caller_has_the_rest_of_the_time_for_a_first_word():
    begin = ((Signal.PROMPT, 0), (Signal.PROMPT_DONE, 1000), (Signal.SPEECH_BEGAN, 2000))
    turns, _ = walk(*begin, (Signal.SPEECH_ENDED, 2200), (Signal.NO_TURN, 2500))
    assert (turns.phase, turns.deadline_ms) == (Phase.WAITING, 6000)
    late, _ = walk(*begin, (Signal.SPEECH_ENDED, 5600), (Signal.NO_TURN, 5900))
    assert late.deadline_ms == 5900 + ONCE_MORE_MS


def test_words_overheard_while_we_speak_take_the_turn_when_they_are_an_answer():
    turns, acts = walk(
        (Signal.PROMPT, 0), (Signal.SPEECH_BEGAN, 400), (Signal.SPEECH_ENDED, 500), (Signal.OVERHEARD, 800)
    )
    assert (turns.phase, acts[1:]) == (Phase.THINKING, (Act.STOP_PROMPT, Act.CLOSE_TURN))


def test_a_key_behind_words_may_go_on_with_them_and_makes_older_results_stale():
    spoken, _ = walk((Signal.LISTEN, 0), (Signal.SPEECH_BEGAN, 100), (Signal.SPEECH_ENDED, 500))
    turns, acts = step(spoken, Signal.KEY_ALSO, 900, SETTINGS)
    assert (turns.phase, turns.turn, acts) == (Phase.KEYING, spoken.turn + 1, ())
    turns, _ = step(turns, Signal.ASK, 1500, SETTINGS)
    assert turns.phase is Phase.THINKING


@pytest.mark.parametrize("interruptible", ["none", "keys"])
def test_a_prompt_that_speech_may_not_stop_lets_the_caller_talk_on(interruptible):
    settings = replace(SETTINGS, interruptible=interruptible)
    turns, acts = walk(
        (Signal.PROMPT, 0), (Signal.SPEECH_BEGAN, 400), (Signal.PROMPT_DONE, 900), settings=settings
    )
    assert (turns.phase, turns.speech_from_ms, acts) == (Phase.HEARING, 400, ())


def test_silence_after_the_prompt_is_no_input():
    turns, acts = walk((Signal.PROMPT, 0), (Signal.PROMPT_DONE, 1000), (Signal.DEADLINE, 6000))
    assert (turns.phase, acts) == (Phase.IDLE, (Act.NO_INPUT,))


def test_an_endless_talker_is_cut_off_at_the_longest_turn():
    turns, _ = walk((Signal.LISTEN, 0), (Signal.SPEECH_BEGAN, 100))
    assert turns.deadline_ms == 100 + MAX_TURN_MS
    turns, acts = step(turns, Signal.DEADLINE, 100 + MAX_TURN_MS, SETTINGS)
    assert (turns.phase, acts) == (Phase.THINKING, (Act.CUT_TURN,))
    assert utterance(turns)[1] > utterance(turns)[0]


def test_a_key_drops_what_was_being_said():
    turns, acts = walk((Signal.LISTEN, 0), (Signal.SPEECH_BEGAN, 100), (Signal.KEY, 300))
    assert (turns.phase, turns.deadline_ms, acts) == (Phase.KEYING, 2800, (Act.DROP_TURN,))


def test_engines_that_never_answer_are_given_up():
    turns, acts = walk(
        (Signal.LISTEN, 0),
        (Signal.SPEECH_BEGAN, 0),
        (Signal.SPEECH_ENDED, 500),
        (Signal.DEADLINE, 1200),
        (Signal.DEADLINE, 1900),
        (Signal.DEADLINE, 99_000),
    )
    assert (turns.phase, acts[-3:]) == (Phase.IDLE, (Act.FILL, Act.DROP_TURN, Act.GIVE_UP_THINKING))


def test_hold_waits_for_nothing():
    assert hold(Turns(Phase.HEARING, 3, 10, 20, 99)) == Turns(Phase.IDLE, 3)


@given(st.lists(st.tuples(st.sampled_from(Signal), st.integers(0, 3000)), max_size=60))
def test_any_signals_keep_the_machine_whole(moves):
    turns, now = Turns(), 0
    for signal, passed in moves:
        now += passed
        before = turns
        turns, acts = step(turns, signal, now, SETTINGS)
        assert turns.turn >= before.turn
        assert ((before.phase, signal) in TABLE) or (turns == before and acts == ())
        if {Act.GUESS, Act.CUT_TURN, Act.OVERHEAR} & set(acts):
            begin, end = utterance(turns)
            assert 0 <= begin < end
        if turns.phase in (
            Phase.WAITING,
            Phase.HEARING,
            Phase.PAUSING,
            Phase.THINKING,
            Phase.STALLING,
            Phase.KEYING,
        ):
            assert turns.deadline_ms is not None, "a phase that waits for the caller or an engine has a clock"


def test_the_drawing_holds_every_cell():
    drawn = mermaid()
    assert drawn.count("-->") == len(TABLE)
