"""The mouth: chunks, marks, look-ahead, silence at once."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.call.mouth import Mouth, mark_name, read_mark
from ivr.core.commands import Segment
from ivr.core.events import EngineFailed, Played, SpeakingBegan
from tests.call.clock import run
from tests.call.fakes import FakeLine, FakeVoice


def make(
    voice: FakeVoice, gaps: list[float] | None = None
) -> tuple[Mouth, FakeLine, list[SpeakingBegan | EngineFailed]]:
    line, posted = FakeLine(), list[SpeakingBegan | EngineFailed]()
    return Mouth(line, voice, posted.append, (gaps if gaps is not None else []).append), line, posted


def segments(*texts: str, first: int = 0) -> tuple[Segment, ...]:
    return tuple(Segment(first + i, text) for i, text in enumerate(texts))


def test_chunks_of_200_ms_go_out_one_ahead():
    async def scenario():
        mouth, line, posted = make(FakeVoice(ready=("x" * 100,)))
        mouth.say(segments("x" * 100), 0)
        await asyncio.sleep(3)
        mouth.close()
        assert [len(audio) for _, audio, _ in line.sent] == [1600] * 5
        assert [round(at, 3) for at, _, _ in line.sent] == [0, 0, 0.2, 0.4, 0.6]
        assert [name for _, _, name in line.sent] == [
            "0.0.200",
            "0.0.400",
            "0.0.600",
            "0.0.800",
            "0.0.1000.end",
        ]
        assert posted == [SpeakingBegan(0, 1000)]

    run(scenario())


def test_a_ready_prompt_leaves_at_once():
    async def scenario():
        mouth, line, _ = make(FakeVoice(delay=9, ready=("hello",)))
        mouth.say(segments("hello"), 0)
        assert line.sent, "no await between say and the first chunk"
        mouth.close()

    run(scenario())


def test_a_segment_says_how_fast_it_is_spoken():
    async def scenario():
        voice = FakeVoice(ready=("hello",))
        mouth, _, _ = make(voice)
        mouth.say((Segment(0, "hello", rate=0.85), Segment(1, "bye")), 0)
        await asyncio.sleep(1)
        mouth.close()
        assert voice.rates == [0.85, 1.0]

    run(scenario())


def test_the_voice_says_the_spoken_words_and_a_pause_follows():
    async def scenario():
        voice = FakeVoice()
        mouth, line, posted = make(voice)
        mouth.say((Segment(0, "$5", spoken="five", pause_ms=300), Segment(1, "", pause_ms=100)), 0)
        await asyncio.sleep(2)
        mouth.close()
        assert voice.rendered == ["five"]
        assert len(line.audio) == (40 + 300 + 100) * 8
        assert line.audio[40 * 8 :] == b"\xff" * (400 * 8)
        assert posted == [SpeakingBegan(0, 340), SpeakingBegan(1, 100)]

    run(scenario())


def test_sentences_follow_without_a_gap_while_the_next_is_rendered():
    async def scenario():
        gaps: list[float] = []
        mouth, line, _ = make(FakeVoice(delay=0.3), gaps)
        mouth.say(segments("x" * 90, "y" * 90, "z" * 90), 0)
        await asyncio.sleep(5)
        mouth.close()
        start = line.sent[0][0]
        assert start == pytest.approx(0.3)
        assert len(line.audio) == 3 * 90 * 80
        played = start
        for at, audio, _ in line.sent:
            assert at <= played + 0.001, "each chunk is there before the one ahead of it has played"
            played += len(audio) / 8000
        assert gaps == []

    run(scenario())


def test_stop_silences_and_forgets():
    async def scenario():
        mouth, line, _ = make(FakeVoice())
        mouth.say(segments("x" * 300, "y" * 300), 0)
        await asyncio.sleep(0.5)
        mouth.stop(1)
        sent = len(line.sent)
        assert line.clears == [0.5]
        await asyncio.sleep(5)
        assert len(line.sent) == sent
        mouth.say(segments("late", first=7), 0)
        await asyncio.sleep(1)
        assert len(line.sent) == sent, "a sentence of the old generation is not spoken"
        mouth.say(segments("new", first=8), 1)
        await asyncio.sleep(1)
        assert line.sent[-1][2].startswith("1.8.")
        mouth.close()

    run(scenario())


def test_a_sentence_that_cannot_be_rendered_is_reported_and_the_next_is_spoken():
    async def scenario():
        voice = FakeVoice(ready=("prepared",))
        voice.broken = True
        mouth, line, posted = make(voice)
        mouth.say(segments("broken", "prepared"), 0)
        await asyncio.sleep(1)
        mouth.close()
        assert posted == [EngineFailed("voice", "the voice is broken", segment=0), SpeakingBegan(1, 80)]
        assert len(line.audio) == 640

    run(scenario())


def test_close_leaves_nothing_running():
    async def scenario():
        mouth, line, _ = make(FakeVoice(delay=5))
        mouth.say(segments("a", "b"), 0)
        await asyncio.sleep(0.1)
        mouth.close()
        mouth.say(segments("c", first=2), 0)
        await asyncio.sleep(0)
        assert line.sent == []

    run(scenario())


@given(st.integers(0, 99), st.integers(0, 9999), st.integers(0, 10**6), st.booleans())
def test_marks_read_back(generation, segment, position, last):
    name = mark_name(generation, segment, position, last=last)
    assert read_mark(name) == Played(generation, segment, position, last)


@given(st.text(max_size=40))
def test_any_other_mark_is_nobody_s(name):
    mark = read_mark(name)
    assert (
        mark is None
        or mark_name(mark.generation, mark.segment, mark.position_ms, last=mark.last).count(".") >= 2
    )


SOUND = {"tone": b"\x21" * 1600, "message-1": b"\x22" * 4000}


def test_a_sound_is_played_between_words_with_marks_and_may_be_cut():
    async def scenario():
        line, posted = FakeLine(), list[SpeakingBegan | EngineFailed]()
        voice = FakeVoice(ready=("hello",))
        mouth = Mouth(line, voice, posted.append, sound=SOUND.get)
        mouth.say((Segment(0, "hello"), Segment(1, "", sound="tone"), Segment(2, "", sound="message-1")), 0)
        await asyncio.sleep(0.42)
        assert [name for _, _, name in line.sent] == ["0.0.50.end", "0.1.200.end", "0.2.200", "0.2.400"]
        assert line.sent[1][1] == SOUND["tone"]
        assert posted[:3] == [SpeakingBegan(0, 50), SpeakingBegan(1, 200), SpeakingBegan(2, 500)]
        mouth.stop(1)
        await asyncio.sleep(1)
        assert len(line.clears) == 1
        assert [name for _, _, name in line.sent][-1] == "0.2.400"
        assert not voice.rendered, "a sound is never spoken"
        mouth.close()

    run(scenario())


def test_a_sound_that_is_not_there_is_told_and_the_rest_is_said():
    async def scenario():
        line, posted = FakeLine(), list[SpeakingBegan | EngineFailed]()
        mouth = Mouth(line, FakeVoice(ready=("bye",)), posted.append)
        mouth.say((Segment(0, "", sound="music"), Segment(1, "bye")), 0)
        await asyncio.sleep(1)
        assert posted == [
            EngineFailed("voice", "there is no sound 'music'", segment=0),
            SpeakingBegan(1, 30),
        ]
        mouth.close()

    run(scenario())


def test_each_language_has_a_voice_of_its_own():
    async def scenario():
        line, posted = FakeLine(), list[SpeakingBegan | EngineFailed]()
        english, spanish = FakeVoice(), FakeVoice()
        mouth = Mouth(line, english, posted.append, voices={"es": spanish})
        mouth.say(
            (
                Segment(0, "hello", language="en-US"),
                Segment(1, "hola", language="es-US"),
                Segment(2, "salut", language="fr-FR"),
                Segment(3, "bye"),
            ),
            0,
        )
        await asyncio.sleep(2)
        assert (english.rendered, spanish.rendered) == (["hello", "salut", "bye"], ["hola"])
        mouth.close()

    run(scenario())
