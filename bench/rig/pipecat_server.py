"""A pipecat server as its own examples set it up for Twilio, with stub engines; runs in its own environment.

FastAPI's WebSocket transport, TwilioFrameSerializer, Silero and the default turn strategies. The
recogniser hears the same words in everything, the model answers with the same two sentences, the voice
has two seconds of sound for each at once. The first line of standard output is JSON: url, webhook.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import AsyncGenerator

import uvicorn
from fastapi import FastAPI, Response, WebSocket
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import (
    Frame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.runner.utils import parse_telephony_websocket
from pipecat.serializers.twilio import TwilioFrameSerializer
from pipecat.services.settings import STTSettings, TTSSettings
from pipecat.services.stt_service import SegmentedSTTService
from pipecat.services.tts_service import TTSService
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.utils.time import time_now_iso8601
from pipecat.workers.runner import WorkerRunner

RATE = 8000
SENTENCE = (b"\x00\x10" * 20 + b"\x00\xf0" * 20) * (RATE * 2 // 40)  # two seconds of a 200 Hz tone
CHUNK = RATE * 2 // 5

app = FastAPI()
address = {"host": ""}


class KnowingSTT(SegmentedSTTService):
    """Hears the same words in everything."""

    def __init__(self) -> None:
        super().__init__(settings=STTSettings(model=None, language=None))

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        del audio
        yield TranscriptionFrame("tell me more", "", time_now_iso8601())


class KnowingLLM(FrameProcessor):
    """Answers everything with the same two sentences."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMContextFrame):
            await self.push_frame(LLMFullResponseStartFrame())
            await self.push_frame(LLMTextFrame("This is the first sentence of an answer. "))
            await self.push_frame(LLMTextFrame("And this is the second."))
            await self.push_frame(LLMFullResponseEndFrame())
        else:
            await self.push_frame(frame, direction)


class ReadyTTS(TTSService):
    """Has two seconds of sound for every sentence, at once."""

    def __init__(self) -> None:
        super().__init__(
            sample_rate=RATE,
            push_start_frame=True,
            push_stop_frames=True,
            settings=TTSSettings(model=None, voice=None, language=None),
        )

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        del text
        for at in range(0, len(SENTENCE), CHUNK):
            yield TTSAudioRawFrame(SENTENCE[at : at + CHUNK], RATE, 1, context_id=context_id)


@app.post("/twilio/voice")
async def voice() -> Response:
    """Connect the call to the stream."""
    connect = f'<Connect><Stream url="ws://{address["host"]}/ws" /></Connect>'
    return Response(f"<Response>{connect}</Response>", media_type="application/xml")


@app.post("/twilio/status")
async def status() -> Response:
    """The call is over."""
    return Response(status_code=204)


@app.websocket("/ws")
async def stream(websocket: WebSocket) -> None:
    """One call."""
    await websocket.accept()
    _, call = await parse_telephony_websocket(websocket)
    serializer = TwilioFrameSerializer(
        stream_sid=call["stream_id"],
        call_sid=call["call_id"],
        params=TwilioFrameSerializer.InputParams(auto_hang_up=False),
    )
    transport = FastAPIWebsocketTransport(
        websocket=websocket,
        params=FastAPIWebsocketParams(
            audio_in_enabled=True, audio_out_enabled=True, add_wav_header=False, serializer=serializer
        ),
    )
    aggregators = LLMContextAggregatorPair(
        LLMContext(), user_params=LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer())
    )
    parts = [
        transport.input(),
        KnowingSTT(),
        aggregators.user(),
        KnowingLLM(),
        ReadyTTS(),
        transport.output(),
        aggregators.assistant(),
    ]
    params = PipelineParams(audio_in_sample_rate=RATE, audio_out_sample_rate=RATE)
    worker = PipelineWorker(Pipeline(parts), params=params)

    @transport.event_handler("on_client_connected")
    async def greet(_transport: object, _client: object) -> None:
        await worker.queue_frames([TTSSpeakFrame("This is the greeting.")])

    @transport.event_handler("on_client_disconnected")
    async def leave(_transport: object, _client: object) -> None:
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()


async def main() -> None:
    """Serve until the parent closes the pipe."""
    logger.remove()
    logger.add(sys.stderr, level="ERROR")
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    address["host"] = f"127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    print(json.dumps({"url": f"http://{address['host']}", "webhook": True}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.should_exit = True
    await serving


if __name__ == "__main__":
    asyncio.run(main())
