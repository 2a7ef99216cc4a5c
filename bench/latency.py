"""How long callers wait, with the real engines, one call at a time.

    python -m bench latency [--speech ../shared/speech]
    python -m bench.latency [--speech FOLDER]

A server is started as `ivr serve` and rung by the simulated caller over the real webhooks and sockets;
all times are the caller's. Greeting: from the carrier's `start` to the first byte of audio. Interruption:
from the onset of recorded human speech over a prompt to `clear`; the onset is the first of four 10 ms
frames of which three are within 25 dB of the recording's loudest. Answer: from the last sound of a
question (spoken by the voice; its last 10 ms frame above -45 dBFS) to the first byte of a canonical answer.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np
import uvloop
from rich.console import Console
from rich.table import Table

from bench.child import HERE
from bench.figures import Figure, table
from bench.serving import serving
from bench.speech_set import DEFAULT_SPEECH, Recording, recordings
from ivr.caller import Caller, Utterance
from ivr.core.errors import CarrierError
from ivr.core.events import Understood
from ivr.core.flow.model import Flow
from ivr.core.flow.prompts import fixed_sentences
from ivr.core.journal import decode
from ivr.edges.carrier import CarrierSettings, Ears, SimulatedCarrier
from ivr.engines.models import models_dir, open_model
from ivr.engines.prompt_cache import PromptCache
from ivr.engines.records.database import Database
from ivr.engines.records.reading import StoredRecords
from ivr.engines.voice import PiperVoice
from ivr.flow_files import load_flow_file
from ivr.review.record import build
from ivr.wire import pcm

FLOW = HERE / "flows" / "latency.yaml"
GOAL_GREETING_MS = 60
GOAL_BARGE_IN_MS, GOAL_BARGE_IN_P95_MS = 180, 300
GOAL_RESPONSE_MS, GOAL_RESPONSE_P95_MS = 450, 800
MIN_GREETINGS = 20
PATIENCE_S = 10.0
LISTENED_MS = 1300
"""How much of the greeting a caller hears before interrupting it: its first second takes more to stop."""
CUT_MS = 900
"""How much of a recording is spoken from its onset on: enough to interrupt."""

QUESTIONS = (
    ("Which answer is this?", ""),  # warms up what the first turn of a server warms up
    ("What are your opening hours?", "opening_hours"),
    ("What is your address?", "address"),
    ("Where can I park my car?", "parking"),
    ("How much is a visit?", "fees"),
    ("Do you take my insurance?", "insurance"),
    ("Does anyone there speak Spanish?", "languages"),
    ("What should I bring with me?", "what_to_bring"),
    ("Is there wheelchair access?", "wheelchair"),
    ("What time do you close today?", "opening_hours"),
    ("How do I get to the clinic?", "address"),
    ("Is the parking free of charge?", "parking"),
    ("What do you charge for a visit?", "fees"),
    ("Which insurance do you accept?", "insurance"),
    ("Which languages do you speak?", "languages"),
    ("Which papers do I need to bring?", "what_to_bring"),
    ("Is the building accessible?", "wheelchair"),
    ("Are you open on Saturdays?", "opening_hours"),
    ("Which street are you on?", "address"),
    ("Do you have a car park?", "parking"),
    ("How much does it cost to see the doctor?", "fees"),
    ("Am I covered by my insurance?", "insurance"),
    ("Do you have an interpreter?", "languages"),
    ("Is there an elevator?", "wheelchair"),
)


@dataclass(slots=True)
class Times:
    """What callers measured, in ms. `expected` and `understood` are names of answers, in order."""

    greetings: list[float] = field(default_factory=list)
    barge_ins: list[float] = field(default_factory=list)
    not_obeyed: list[str] = field(default_factory=list)
    responses: list[float] = field(default_factory=list)
    answers: list[tuple[str, str, str]] = field(default_factory=list)  # question, expected, understood
    stages: dict[str, list[float]] = field(default_factory=dict)


def onset_ms(mulaw: bytes) -> int:
    """Where speech begins in a recording; the module says how it is told."""
    samples = pcm.mulaw_to_float(mulaw)
    frames = samples[: len(samples) // 80 * 80].reshape(-1, 80)
    level = 10 * np.log10(np.square(frames).mean(axis=1) + 1e-12)
    loud = level >= level.max() - 25
    for at in range(len(loud) - 3):
        if loud[at] and loud[at : at + 4].sum() >= 3:
            return at * 10
    return 0


async def interrupted_call(url: str, recording: Recording, times: Times) -> None:
    """Ring, hear the greeting begin, interrupt it, hang up."""
    begun: list[float] = []
    cleared: list[float] = []
    carrier = SimulatedCarrier(CarrierSettings(url), Ears(begun.append, cleared.append))
    onset = onset_ms(recording.audio)
    async with carrier:
        await carrier.ring()
        started = await carrier.agent_speaks()
        if started is None:
            raise SystemExit("the server ended a call before its greeting.")
        times.greetings.append(begun[0])
        await asyncio.sleep(max(0.0, started + LISTENED_MS - carrier.now_ms) / 1000)
        spoken = await carrier.speak(recording.audio[: (onset + CUT_MS) * 8])
        if cleared:
            times.barge_ins.append(cleared[0] - spoken.began_ms - onset)
        else:
            times.not_obeyed.append(recording.name)
        await carrier.hang_up()


async def asking_call(url: str, questions: list[tuple[Utterance, str]], times: Times) -> str:
    """Ask one question after the other in one call; gives the call's id."""
    async with SimulatedCarrier(CarrierSettings(url)) as carrier:
        caller = Caller(carrier, _Silent())
        await carrier.ring()
        for number, (spoken, _) in enumerate(questions):
            try:
                async with asyncio.timeout(PATIENCE_S + 10):
                    await caller.until_my_turn()
                    said = await caller.say(spoken)
                    answered = await carrier.agent_speaks(said.ended_ms)
            except (TimeoutError, CarrierError):
                break
            if answered is None:
                break
            if number:
                times.responses.append(answered - said.ended_ms)
        with suppress(CarrierError):
            await caller.hang_up()
        return carrier.call_id


class _Silent:
    """A voice for a caller whose words are rendered already."""

    def ready_audio(self, _text: str, _rate: float = 1.0) -> bytes | None:
        return None

    async def render(self, _text: str, *, keep: bool = True, rate: float = 1.0, ahead: bool = False) -> bytes:
        del keep, rate, ahead
        raise NotImplementedError


async def rendered(flow: Flow, cache: Path) -> list[tuple[Utterance, str]]:
    """The questions as the caller says them; the flow's sentences too, for the server to find."""
    folder = models_dir(os.environ.get("IVR_MODELS_DIR"), os.environ)
    voice = PiperVoice(open_model("joe", folder, "voice").only(".onnx"), PromptCache(cache / "prompts"))
    await voice.start()
    try:
        await voice.prepare(fixed_sentences(flow))
        caller = Caller(SimulatedCarrier(CarrierSettings("")), voice)
        return [(await caller.words(text), answer) for text, answer in QUESTIONS]
    finally:
        await voice.close()


async def judged(flow: Flow, folder: Path, call_id: str, times: Times) -> None:
    """Read in the journal what was understood, and how long each stage took."""
    database = Database("", folder)
    rows = await StoredRecords(database).events(call_id)
    await asyncio.to_thread(database.close)
    if not rows:
        raise SystemExit("the server's journal holds no record of the call.")
    events = [(row.at_ms, decode(row.event)) for row in rows]
    meanings = [event.meaning for _, event in events if isinstance(event, Understood)]
    names = [meaning.name if meaning.kind == "answer" else meaning.kind for meaning in meanings]
    for (text, expected), name in list(zip(QUESTIONS, names, strict=False))[1:]:
        times.answers.append((text, expected, name))
    for turn in build(flow, events).turns[1:]:
        for stage, begin, end in (
            ("speech ended, as the ears say -> words", turn.speech_end_ms, turn.heard_ms),
            ("understanding", turn.heard_ms, turn.understood_ms),
            ("speech ended, as the ears say -> turn closed", turn.speech_end_ms, turn.closed_ms),
            ("turn closed -> first audio", turn.closed_ms, turn.first_audio_ms),
        ):
            if begin >= 0 and end >= 0:
                times.stages.setdefault(stage, []).append(end - begin)


async def measure(speech: Path) -> Times:
    """Everything, in about two and a half minutes."""
    said = [r for r in recordings(speech) if len(r.audio) >= (onset_ms(r.audio) + CUT_MS) * 8]
    if len(said) < MIN_GREETINGS:
        raise SystemExit(
            f"only {len(said)} recordings in {speech} are long enough; {MIN_GREETINGS} are needed."
        )
    times = Times()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ivr" / "bench"
    flow, _ = load_flow_file(FLOW)
    questions = await rendered(flow, cache)
    with tempfile.TemporaryDirectory() as folder:
        async with serving(FLOW, Path(folder), cache) as server:
            await asyncio.sleep(2)  # the prompts that are not needed at once come from the disk
            for recording in said:
                await interrupted_call(server.url, recording, times)
            call_id = await asking_call(server.url, questions, times)
        await judged(flow, Path(folder), call_id, times)
    return times


def _p95(values: Iterable[float]) -> float:
    return float(np.percentile(list(values), 95))


def details(times: Times) -> Table:
    """Where an answer's time goes, by the server's clock, and what went wrong."""
    made = Table("by the server's clock", "median", "p95", title="Latency", title_justify="left")
    for stage, values in times.stages.items():
        made.add_row(stage, f"{median(values):.0f} ms", f"{_p95(values):.0f} ms")
    for text, expected, understood in times.answers:
        if expected != understood:
            made.add_row(f"'{text}' was understood as {understood}", "", "")
    for name in times.not_obeyed:
        made.add_row(f"recording {name} did not interrupt", "", "")
    return made


def run(speech: Path = DEFAULT_SPEECH) -> list[Figure]:
    """Every figure; prints a table of details."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        times = runner.run(measure(speech))
    Console().print(details(times))
    return list(figures(times))


def figures(times: Times) -> list[Figure]:
    """The figures with their goals."""
    right = sum(expected == understood for _, expected, understood in times.answers)
    made: list[Figure] = []
    rows: list[tuple[str, list[float], float, float | None, str]] = [
        ("greeting", times.greetings, GOAL_GREETING_MS, None, "calls"),
        (
            "interruption: onset to clear",
            times.barge_ins,
            GOAL_BARGE_IN_MS,
            GOAL_BARGE_IN_P95_MS,
            "recordings",
        ),
        (
            "canonical answer: end of speech to audio",
            times.responses,
            GOAL_RESPONSE_MS,
            GOAL_RESPONSE_P95_MS,
            "questions",
        ),
    ]
    for what, values, goal, goal_p95, kind in rows:
        if values:
            made.append(
                Figure(f"{what}, median of {len(values)} {kind}", median(values), "ms", goal, digits=0)
            )
            made.append(Figure(f"{what}, p95", _p95(values), "ms", goal_p95, digits=0))
    tried = len(times.barge_ins) + len(times.not_obeyed)
    made.append(Figure(f"interruptions obeyed, of {tried}", len(times.barge_ins), digits=0))
    made.append(Figure(f"questions answered rightly, of {len(QUESTIONS) - 1}", right, digits=0))
    return made


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--speech", type=Path, default=DEFAULT_SPEECH, help="folder of transcript.tsv, ulaw8k/"
    )
    Console().print(table("Latency", run(parser.parse_args().speech)))


if __name__ == "__main__":
    main()
