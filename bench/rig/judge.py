"""What a call was like, judged from what went over the line: no word of the server's own is believed.

Times are ms of the carrier's clock. What the caller said, and when, comes from its composition; what
was heard of the agent, from the carrier's playout clock; when it was silenced, from `clear`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

from bench.rig.compose import BYTES_PER_MS, Line, trimmed
from ivr.edges.carrier_playout import Span
from ivr.wire import pcm

COLLISION_MS: Final = 250
"""Who begins so shortly after the caller began could not know: both began at once."""
NEW_PROMPT_MS: Final = 500
"""A silence as long as this inside the agent's speech is no hole but another prompt."""
MISSED_MS: Final = 1500
"""A prompt that still speaks so long after the caller began to has not been interrupted."""
SAME_SOUND: Final = 0.8
"""Correlation from which two stretches of sound are the same prompt."""


@dataclass(frozen=True, slots=True)
class Spoke:
    """A line on the line. `began_ms`: when its audio began."""

    line: Line
    began_ms: float

    @property
    def onset_ms(self) -> float:
        """When speech began."""
        return self.began_ms + self.line.onset_ms

    @property
    def end_ms(self) -> float:
        """When the last speech ended."""
        return self.began_ms + self.line.end_ms


@dataclass(slots=True)
class CallHeard:
    """One call, as the carrier knows it.

    spoke   what the caller said, in order; `pressed`: when keys were pressed
    spans   stretches of the agent's audio without a hole; `clears`: when the agent silenced itself
    agent   its audio from 0 to `length_ms`, mu-law, 8 bytes a ms
    broken  why the call ended before its caller wanted it to; "" for not
    """

    call_id: str = ""
    spoke: list[Spoke] = field(default_factory=list)
    pressed: list[float] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    clears: list[float] = field(default_factory=list)
    agent: bytes = b""
    length_ms: float = 0.0
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn: the caller spoke while the agent was silent, and was answered.

    response_ms  from the end of speech to the first audio; `None`: not before the caller's next turn
    cut_in       the agent began to speak before the caller had finished
    waited_ms    how long the caller waited in silence: the response, or until the next turn
    """

    spoke: Spoke
    response_ms: float | None
    cut_in: bool
    waited_ms: float


def turns(call: CallHeard) -> list[Turn]:
    """The turns of a call."""
    out: list[Turn] = []
    for number, spoke in enumerate(call.spoke):
        after = call.spoke[number + 1].onset_ms if number + 1 < len(call.spoke) else call.length_ms
        begins = [span.start_ms for span in call.spans]
        cut_in = any(spoke.onset_ms + COLLISION_MS < start < spoke.end_ms for start in begins)
        first = next((start for start in begins if spoke.end_ms <= start < after), None)
        response = None if first is None or cut_in else first - spoke.end_ms
        waited = 0.0 if cut_in else (after if first is None else first) - spoke.end_ms
        out.append(Turn(spoke, response, cut_in, waited))
    return out


@dataclass(frozen=True, slots=True)
class Interruption:
    """The caller spoke over a prompt. `clear_ms`: from the onset of speech to `clear`; `None`: missed."""

    spoke: Spoke
    clear_ms: float | None


def interruptions(call: CallHeard) -> list[Interruption]:
    """What became of each line that began while the agent was speaking; others are not told."""
    out: list[Interruption] = []
    for spoke in call.spoke:
        playing = next((s for s in call.spans if s.start_ms < spoke.onset_ms < s.end_ms), None)
        if playing is None:
            continue
        clear = next((c for c in call.clears if spoke.onset_ms <= c <= spoke.onset_ms + MISSED_MS), None)
        if clear is None and playing.end_ms < spoke.onset_ms + MISSED_MS:
            continue  # the prompt was over before it could have been silenced
        out.append(Interruption(spoke, None if clear is None else clear - spoke.onset_ms))
    return out


def gaps_ms(call: CallHeard) -> list[float]:
    """Holes in the agent's prompts: silences shorter than a new prompt's that nobody caused."""
    out: list[float] = []
    for before, after in pairwise(call.spans):
        hole = after.start_ms - before.end_ms
        silenced = any(before.start_ms <= clear <= after.start_ms for clear in call.clears)
        acts = [*(spoke.end_ms for spoke in call.spoke), *call.pressed]
        answered = any(before.start_ms <= act <= after.start_ms for act in acts)
        if 0 < hole < NEW_PROMPT_MS and not silenced and not answered:
            out.append(hole)
    return out


def spoken_ms(call: CallHeard) -> float:
    """How long the agent was heard."""
    return sum(span.end_ms - span.start_ms for span in call.spans)


@dataclass(frozen=True, slots=True)
class Disturbance:
    """A noise during a prompt. `silenced`: the prompt stopped; `lost`: its end was never heard."""

    spoke: Spoke
    silenced: bool
    lost: bool


def disturbance(call: CallHeard, noise: Spoke, tail: bytes, until_ms: float) -> Disturbance:
    """What a noise did to a prompt that ends with the sound `tail`, listened to until `until_ms`."""
    silenced = any(noise.onset_ms <= clear <= noise.end_ms + MISSED_MS for clear in call.clears)
    heard = call.agent[int(noise.onset_ms) * BYTES_PER_MS : int(until_ms) * BYTES_PER_MS]
    return Disturbance(noise, silenced, not holds(heard, tail))


def holds(audio: bytes, sound: bytes) -> bool:
    """Whether a sound occurs in audio, at any loudness (normalised correlation by FFT)."""
    if len(audio) < len(sound) or not sound:
        return False
    long, short = pcm.mulaw_to_float(audio).astype(np.float64), pcm.mulaw_to_float(sound).astype(np.float64)
    size = 1 << (len(long) + len(short) - 1).bit_length()
    product = np.fft.irfft(np.fft.rfft(long, size) * np.conj(np.fft.rfft(short, size)), size)
    at = len(long) - len(short) + 1
    summed = np.concatenate([[0.0], np.cumsum(np.square(long))])
    energy = np.maximum(summed[len(short) :] - summed[: -len(short)], 1e-9)[:at]
    best = np.max(product[:at] / np.sqrt(energy * max(float(np.square(short).sum()), 1e-9)))
    return bool(best >= SAME_SOUND)


def tail_of(audio: bytes, ms: float) -> bytes:
    """The last `ms` of the sound in a stretch of audio, silence behind it not counted."""
    return trimmed(audio)[-int(ms) * BYTES_PER_MS :]


def p95(values: Iterable[float]) -> float:
    """The 95th percentile; nan of nothing."""
    found = list(values)
    return float(np.percentile(found, 95)) if found else float("nan")


def share(some: Sequence[object] | int, total: Sequence[object] | int) -> float:
    """Percent; nan of nothing."""
    part = some if isinstance(some, int) else len(some)
    whole = total if isinstance(total, int) else len(total)
    return 100 * part / whole if whole else float("nan")
