"""Our server with stub engines, for the audio path bench: all that `ivr serve` runs in this process.

A child process of `audio_path.py`: webhooks, media streams, sessions, a flow, the journal on a disk,
metrics and JSON logs are the real ones. The voice has every sentence ready, the recogniser and the
understanding answer at once; the speech detector is the one that is asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import uvloop
from aiohttp import web

from bench import child
from ivr import logs
from ivr.call.equipment import Equipment, LoadedFlow
from ivr.call.lines import CallHandler, IncomingCall, Line
from ivr.call.ports import SpeechDetector, Transcript, Urgency
from ivr.call.registry import Registry
from ivr.call.session import Session
from ivr.core.commands import Expectation
from ivr.core.events import Meaning
from ivr.core.flow import load
from ivr.core.phrases import DEFAULTS
from ivr.edges import twilio
from ivr.edges.twilio_guard import TwilioPorts, TwilioSettings
from ivr.engines.energy import EnergyDetector
from ivr.engines.models import models_dir, open_model
from ivr.engines.records.store import RecordStore
from ivr.engines.silero import SileroDetector
from ivr.metrics import LoopLag, Metrics

FLOW = child.HERE / "flows" / "audio_path.yaml"
SENTENCE_MS = 2000
ROOM = 1000


class ReadyVoice:
    """Every sentence is two seconds of the same sound, and ready."""

    def __init__(self) -> None:
        self._sound = bytes(range(0x10, 0x90)) * (SENTENCE_MS * 8 // 128)

    def ready_audio(self, _text: str, _rate: float = 1.0) -> bytes | None:
        return self._sound

    async def render(self, _text: str, *, keep: bool = True, rate: float = 1.0, ahead: bool = False) -> bytes:
        del keep, rate, ahead
        return self._sound


class KnowingRecogniser:
    """Hears the same words in everything."""

    async def transcribe(
        self,
        audio: bytes,
        hints: tuple[str, ...] = (),
        language: str = "",
        urgency: Urgency | None = None,
    ) -> Transcript:
        del audio, hints, language, urgency
        return Transcript("tell me more", 0.9)


class KnowingReader:
    """Understands the same in everything."""

    async def understand(self, text: str, expectation: Expectation) -> Meaning:
        del text, expectation
        return Meaning("intent", "more", confidence=0.9, decided_by="classifier")


def detector(name: str) -> SpeechDetector:
    """`energy` or `silero`."""
    if name == "energy":
        return EnergyDetector()
    folder = models_dir(os.environ.get("IVR_MODELS_DIR"), os.environ)
    return SileroDetector(open_model("silero-vad", folder, "detector").only(".onnx"))


async def serve(detector_name: str, data: Path, source: str, name: str) -> None:
    """Listen, and answer the parent."""
    flow, problems = load.check_text(source, name)
    if flow is None:
        raise SystemExit(f"the bench's flow has mistakes: {problems}")
    registry = Registry(ROOM)
    metrics = Metrics(lambda: registry.active)
    store = RecordStore("", data, server="bench")
    equipment = Equipment(KnowingRecogniser(), ReadyVoice(), detector(detector_name), store.journal, metrics)
    loaded = LoadedFlow(flow, source, KnowingReader())
    sessions: set[Session] = set()

    def answer(call: IncomingCall, line: Line) -> CallHandler:
        session = Session(call, line, loaded, equipment, int(time.time() * 1000), sessions.discard)
        sessions.add(session)
        return session

    lags: list[float] = []

    def lagged(seconds: float) -> None:
        lags.append(seconds)
        metrics.loop_lag(seconds)

    lag = LoopLag(lagged)
    lag.start()
    app = web.Application()
    ports = TwilioPorts(registry, metrics, answer, DEFAULTS.__getitem__)
    twilio.setup(app, TwilioSettings(), ports)
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    child.tell({"url": f"http://127.0.0.1:{runner.addresses[0][1]}", "webhook": True})

    def report(_request: str) -> dict[str, Any]:
        worst, lags[:] = max(lags, default=0.0), []
        return {**child.usage(), "lag_s": worst, "calls": len(sessions)}

    await child.obey(report)
    lag.stop()
    await runner.cleanup()
    await asyncio.to_thread(store.close)


def main() -> None:
    """Run as a child of the bench."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--detector", choices=("energy", "silero"), required=True)
    parser.add_argument("--flow", type=Path, default=FLOW)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as data, open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 -- no path to speak of
        logs.configure(level="info", readable=False, stream=nowhere)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            source = chosen.flow.read_text(encoding="utf-8")
            runner.run(serve(chosen.detector, Path(data), source, str(chosen.flow)))


if __name__ == "__main__":
    main()
