"""The callers' words as sound: recordings of people where there are any, the voice for the rest.

Recordings come from a folder that users do not have; without it everything is composed with the voice,
and `Library.people` is false, which reports say.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final, TypeVar

from bench.rig import lines, sounds
from bench.rig.compose import (
    Line,
    composed,
    digit_pauses,
    loud,
    loudness,
    split_words,
    thinking_pauses,
    trimmed,
    with_pauses,
)
from bench.speech_set import Recording, recordings
from ivr.engines import audio
from ivr.engines.models import models_dir, open_model
from ivr.engines.prompt_cache import PromptCache
from ivr.engines.voice import PiperVoice
from ivr.wire import pcm

T = TypeVar("T")

NOISE_LEVELS_DBFS: Final = (-40.0, -30.0, -22.0, -15.0)
VOICE_LEVEL_DBFS: Final = -18.0
HIGHER_HZ: Final = 8640  # the callers' voice is 8 % above the agent's
TALKED_S: Final = (2.5, 3.9)
ENOUGH_MS: Final = 900  # of a recording, to interrupt with


@dataclass(slots=True)
class Library:
    """What callers can say. `chance` draws all that is drawn, so the same seed gives the same callers."""

    said: dict[str, bytes]  # by text: rendered words
    people: list[Recording]
    digits: list[dict[str, list[bytes]]]  # by speaker: words of digits
    chance: Random = field(default_factory=Random)

    def questions(self, count: int) -> list[Line]:
        """Canonical questions, said in one go."""
        chosen = self._drawn(lines.QUESTIONS, count)
        return [composed(text, "question", [self.said[text]], (), answer) for text, answer in chosen]

    def paused(self, count: int) -> list[Line]:
        """Questions and read sentences with pauses inside: two thirds people's, where there are any."""
        out: list[Line] = []
        read = [person for person in self.people if person.kind != "digits"]
        for number, (text, answer) in enumerate(self._drawn(lines.PAUSED, count)):
            if read and number % 3:
                person = read[self.chance.randrange(len(read))]
                wanted = thinking_pauses(self.chance.randint(0, 2), self.chance)
                out.append(with_pauses(person.text, "speech", person.audio, wanted))
            else:
                parts = [self.said[part.strip()] for part in text.split("|")]
                out.append(composed(text, "speech", parts, thinking_pauses(len(parts), self.chance), answer))
        return out

    def talk(self, count: int) -> list[Line]:
        """What talking callers say, about 3 s each: questions with a lead-in, every fourth a recording."""
        long = [person for person in self.people if TALKED_S[0] <= person.seconds <= TALKED_S[1]]
        out: list[Line] = []
        for number, (text, answer) in enumerate(self._drawn(lines.QUESTIONS, count)):
            if long and number % 4 == 3:
                person = long[self.chance.randrange(len(long))]
                out.append(with_pauses(person.text, "talk", person.audio, ()))
            else:
                parts = [self.said[self.chance.choice(lines.LEADS)], self.said[text]]
                out.append(composed(text, "talk", parts, thinking_pauses(1, self.chance), answer))
        return out

    def yes_no(self, count: int) -> list[Line]:
        """Yes and no in several words."""
        chosen = self._drawn(lines.YES_NO, count)
        return [composed(text, "yes/no", [self.said[text]]) for text in chosen]

    def digit_strings(self, count: int, length: int) -> list[Line]:
        """Strings of digits by one speaker each, with pauses up to 1.2 s between groups."""
        out: list[Line] = []
        for number in range(count):
            speaker = self.digits[number % len(self.digits)]
            chosen = [self.chance.choice(sorted(speaker)) for _ in range(length)]
            pieces = [loudness(self.chance.choice(speaker[word]), VOICE_LEVEL_DBFS) for word in chosen]
            value = "".join(str(lines.DIGITS.index(word)) for word in chosen)
            out.append(composed(" ".join(chosen), "digits", pieces, digit_pauses(length, self.chance), value))
        return out

    def barge_ins(self, count: int) -> list[Line]:
        """What people say when they interrupt: the beginnings of recordings, and a third by the voice."""
        own = [composed(text, "interruption", [self.said[text]]) for text in lines.BARGE_INS]
        heard = [self._cut(person) for person in self.people]
        theirs = self._drawn([line for line in heard if line.end_ms >= ENOUGH_MS] or own, count)
        return [own[number % len(own)] if number % 3 == 0 else theirs[number] for number in range(count)]

    def disturbances(self, count: int) -> list[Line]:
        """Coughs, noises and backchannels, each kind at each level in turn."""
        kinds = [*sounds.NOISES, *lines.BACKCHANNELS]
        out: list[Line] = []
        for number in range(count):
            kind = kinds[number % len(kinds)]
            level = NOISE_LEVELS_DBFS[number // len(kinds) % len(NOISE_LEVELS_DBFS)]
            if kind in sounds.NOISES:
                made = sounds.NOISES[kind](self.chance.uniform(0.4, 0.9), self.chance.randrange(1 << 30))
                sound = sounds.at_level(made, level)
            else:
                sound = loudness(trimmed(self.said[kind]), level)
            out.append(Line(f"{kind} at {level:.0f} dBFS", "disturbance", sound, _whole(sound)))
        return out

    def clips(self, count: int) -> list[Line]:
        """Clips in which nobody speaks: silence, noise, keys, ringback, music."""
        made = [Line(name, "clip", sound, _whole(sound)) for name, sound in sounds.clips()]
        self.chance.shuffle(made)
        return [made[number % len(made)] for number in range(count)]

    def _cut(self, person: Recording) -> Line:
        sound = trimmed(person.audio)[: 2000 * 8]
        return composed(person.text, "interruption", [sound])

    def _drawn(self, pool: Sequence[T], count: int) -> list[T]:
        """`count` of a pool, each as often as the others, in a drawn order."""
        out: list[T] = []
        while len(out) < count:
            out += self.chance.sample(list(pool), len(pool))
        return out[:count]


def _whole(sound: bytes) -> tuple[tuple[float, float], ...]:
    flags = loud(sound)
    return ((0.0, len(flags) * 10.0),)


async def render(speech: Path | None, cache: Path, seed: int, agents: Iterable[str] = ()) -> Library:
    """Everything that callers say, as sound; the agent's own fixed sentences are put into the same cache."""
    people = recordings(speech) if speech and (speech / "transcript.tsv").is_file() else []
    digits = _digits(people)
    folder = models_dir(os.environ.get("IVR_MODELS_DIR"), os.environ)
    voice = PiperVoice(open_model("joe", folder, "voice").only(".onnx"), PromptCache(cache / "prompts"))
    await voice.start()
    try:
        await voice.prepare(list(agents))
        said = {text: _higher(await voice.render(text)) for text in _texts()}
    finally:
        await voice.close()
    if not digits:
        digits = [{word: [said[word]] for word in lines.DIGITS}]
    return Library(said, people, digits, Random(seed))


def _texts() -> list[str]:
    whole = [text for text, _ in lines.QUESTIONS] + [*lines.LEADS, *lines.YES_NO, *lines.BACKCHANNELS]
    whole += lines.BARGE_INS
    parts = [part.strip() for text, _ in lines.PAUSED for part in text.split("|")]
    return [*dict.fromkeys([*whole, *parts, *lines.DIGITS])]


def _higher(mulaw: bytes) -> bytes:
    return audio.to_mulaw(pcm.mulaw_to_float(mulaw), HIGHER_HZ)


def _digits(people: Iterable[Recording]) -> list[dict[str, list[bytes]]]:
    """By speaker, the digits of the recordings that can be told apart."""
    found: dict[str, dict[str, list[bytes]]] = {}
    for person in people:
        said = person.text.split()
        if person.kind != "digits" or not set(said) <= set(lines.DIGITS):
            continue
        speaker = found.setdefault(person.name.rsplit("_", 1)[0], {})
        for word, sound in zip(said, split_words(person.audio, len(said)), strict=False):
            speaker.setdefault(word, []).append(sound)
    return [speaker for speaker in found.values() if len(speaker) >= 3]
