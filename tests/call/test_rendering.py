"""The sound of a call's sentences: ordered ahead, kept for a while, cut where it is quiet."""

import asyncio

from ivr.call.rendering import MOST, Rendering, from_quiet_place
from ivr.core.commands import Words
from tests.call.clock import run
from tests.call.fakes import SILENCE, SPEECH, FakeVoice


def test_what_was_prepared_is_ready_and_made_once():
    async def scenario():
        voice = FakeVoice(delay=1)
        rendering = Rendering(voice, {})
        words = Words("Your number is 4271.", fixed=False)
        rendering.prepare((words,), urgent=True)
        assert rendering.ready(words) is None
        assert rendering.order(words) is rendering.order(words)
        await asyncio.sleep(2)
        assert rendering.ready(words)
        assert voice.rendered == [words.spoken]
        rendering.done_with(words)
        assert rendering.ready(words) is None

    run(scenario())


def test_a_sentence_that_failed_is_tried_again():
    async def scenario():
        voice = FakeVoice()
        voice.broken = True
        rendering = Rendering(voice, {})
        await asyncio.wait([rendering.order(Words("Hello."))])
        voice.broken = False
        assert await rendering.order(Words("Hello."))

    run(scenario())


def test_few_sentences_are_kept_and_an_interruption_keeps_those_that_were_prepared():
    async def scenario():
        rendering = Rendering(FakeVoice(delay=1), {})
        for n in range(3 * MOST):
            rendering.order(Words(f"Sentence {n}."))
        assert len(rendering._tasks) == MOST
        prepared = Words("Prepared.")
        rendering.prepare((prepared,), urgent=False)
        rendering.drop_unprepared()
        await asyncio.sleep(2)
        assert rendering.ready(prepared)
        assert len(rendering._tasks) == 1
        rendering.close()

    run(scenario())


def test_a_language_has_its_voice():
    async def scenario():
        spanish, other = FakeVoice(), FakeVoice()
        rendering = Rendering(other, {"es": spanish})
        await rendering.order(Words("Hola.", language="es-US"))
        await rendering.order(Words("Hello.", language="en-US"))
        assert (spanish.rendered, other.rendered) == (["Hola."], ["Hello."])

    run(scenario())


def test_sound_goes_on_from_the_quietest_place_nearby():
    audio = SPEECH * 8 * 400 + SILENCE * 8 * 50 + SPEECH * 8 * 400
    rest = from_quiet_place(audio, 500)
    assert rest.startswith(SILENCE)
    assert rest.endswith(SPEECH * 8 * 400)
    assert from_quiet_place(audio, 0) == audio
    assert from_quiet_place(b"", 300) == b""
