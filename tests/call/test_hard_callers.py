"""Callers and carriers that do what they should not, for a whole call in virtual time."""

from __future__ import annotations

import asyncio
import random

import pytest

from ivr.core.heard import words_heard
from ivr.core.journal import decode, replay
from ivr.core.phrases import DEFAULTS
from ivr.core.playout import position
from tests.call.clock import run
from tests.call.fakes import SILENCE, SPEECH, FakeVoice
from tests.call.test_session import SOURCE, Call

GREETING = "How can I help you today, dear caller?"
PATIENT = SOURCE.replace(
    "name: Test line",
    "name: Test line\nno_input_timeout: 60s",
).replace("        keys:", "        on_no_match: [Once more?, Once more?, Once more?]\n        keys:")


def replays(call: Call) -> None:
    """The journal gives the same call, and small rows."""
    rows = [(at, decode(event)) for _, _, at, event in call.journal.rows]
    state, _ = replay(call.flow, rows)
    assert state.transcript == call.session.state.transcript
    assert state.outcome == call.session.state.outcome
    assert max(len(str(event)) for _, _, _, event in call.journal.rows) < 400


async def left_alone(call: Call, ms: int = 60_000) -> None:
    """Let the caller be silent until the call has ended; it may not stay open for ever."""
    await call.sound(SILENCE, ms)
    if not call.over:
        call.session.closed("caller")
    assert call.over
    replays(call)


def test_two_hundred_interruptions_in_one_call():
    async def scenario():
        call = Call(voice=FakeVoice(ready=(GREETING,), pace=60), source=PATIENT)
        for _ in range(200):
            await call.sound(SILENCE, 600)
            await call.sound(SPEECH, 400)
        state = call.session.state
        assert len(state.playout.queue) + len(state.playout.rest) < 5
        assert len(call.session._mouth._rendering._tasks) <= 12
        assert len(call.session._thinker._tasks) <= 2
        assert len(call.session._ears._buffer) < 60_000 * 8
        heard = " ".join(line.text for line in state.transcript if line.who == "agent")
        assert heard.startswith(GREETING)
        assert not [line for line in state.transcript if line.who == "caller"], "nobody said a word"
        await left_alone(call, 200_000)

    run(scenario())


def test_a_caller_who_never_stops_is_answered_all_the_same():
    async def scenario():
        call = Call("book")
        await call.sound(SILENCE, 1000)
        await call.sound(SPEECH, 45_000)
        assert "caller: book" in call.transcript
        await left_alone(call)

    run(scenario())


def test_a_caller_who_never_starts_comes_to_a_person():
    async def scenario():
        call = Call()
        await call.sound(SILENCE, 40_000)
        assert call.line.ended == ["transfer +15550101234"]
        call.session.closed("carrier")
        replays(call)

    run(scenario())


def test_a_carrier_that_returns_no_marks_still_has_a_conversation():
    async def scenario():
        call = Call("book", "1234")
        call.line.returns_marks = False
        await call.sound(SILENCE, 6000)
        await call.sound(SPEECH, 800)
        await call.sound(SILENCE, 8000)
        await call.sound(SPEECH, 800)
        await call.sound(SILENCE, 12_000)
        assert call.line.ended == ["hang up completed"]
        replays(call)

    run(scenario())


@pytest.mark.parametrize("seed", range(5))
def test_frames_in_bursts_twice_out_of_order_and_with_gaps(seed):
    async def scenario():
        dice = random.Random(seed)
        call = Call("book", "1234", *["book"] * 20)
        at = 0
        for kind, ms in ((SILENCE, 1500), (SPEECH, 900), (SILENCE, 3000), (SPEECH, 900), (SILENCE, 3000)):
            frames = list(range(at, at + ms, 20))
            at += ms
            for burst in [frames[n : n + 10] for n in range(0, len(frames), 10)]:
                await asyncio.sleep(0.02 * len(burst))
                kept = [t for t in burst if dice.random() > 0.1] + dice.sample(burst, 2)
                kept.sort(key=lambda t: t + dice.choice([0, 0, 0, 40]))
                for timestamp in kept:
                    call.session.audio(kind * 160, timestamp)
        assert "caller: book" in call.transcript
        await left_alone(call, 100_000)

    run(scenario())


def test_a_clock_that_jumps():
    async def scenario():
        call = Call("book", "1234")
        await call.sound(SILENCE, 1000)
        for jump in (3_600_000, -3_000_000, 2**31):
            call._timestamp = max(0, call._timestamp + jump)
            await call.sound(SILENCE, 200)
        await call.sound(SPEECH, 800)
        await call.sound(SILENCE, 2000)
        assert "caller: book" in call.transcript
        await left_alone(call)

    run(scenario())


def test_our_own_echo_loses_no_word_and_is_nobodys_answer():
    async def scenario():
        call = Call(voice=FakeVoice(ready=(GREETING,), pace=60), source=PATIENT)
        await call.sound(SILENCE, 1300)
        echoes = 0
        while call.session.state.playout.speaking:  # whatever we say comes back 300 ms later
            entry = call.session.state.playout.queue[0]
            now = call.session.now() - 300
            heard = [line.text for line in call.session.state.transcript]
            heard += [words_heard(entry.text, entry.duration_ms, position(entry, now), entry.weights)]
            call.recogniser.heard = [" ".join(" ".join(heard).split()[-2:])]
            await call.sound(SPEECH, 500)
            await call.sound(SILENCE, 700)
            echoes += 1
            assert echoes < 20, "the prompt comes to its end"
        assert echoes >= 2
        agent = " ".join(line.text for line in call.session.state.transcript if line.who == "agent")
        assert agent == GREETING
        assert not [line for line in call.session.state.transcript if line.who == "caller"]
        await left_alone(call, 200_000)

    run(scenario())


def test_a_recogniser_that_never_answers_leaves_no_silence():
    async def scenario():
        call = Call(voice=FakeVoice(ready=(GREETING, *DEFAULTS.values())))
        call.recogniser.delay = 1e6
        await call.sound(SILENCE, 1000)
        spoken = len(call.line.sent)
        await call.sound(SPEECH, 600)
        stopped = call.line.loop.time()
        await call.sound(SILENCE, 2000)
        first = next(at for at, _, _ in call.line.sent[spoken:])
        assert first - stopped <= 1.5
        await call.sound(SILENCE, 6000)
        assert f"agent: {DEFAULTS['trouble_keys']}" in call.transcript
        call.session.closed("caller")
        replays(call)

    run(scenario())
