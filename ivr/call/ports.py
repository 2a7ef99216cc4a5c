"""What a call needs of engines and disks, as Protocols. Engines implement them.

Fakes live beside the tests.

Audio is G.711 mu-law, 8 kHz, mono: 8 bytes a millisecond.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ivr.core.commands import Expectation, HttpRequest, Understand, WriteAnswer
from ivr.core.events import Meaning
from ivr.core.flow.model import Flow
from ivr.core.passages import Passage
from ivr.core.usage import Usage


@dataclass(frozen=True, slots=True)
class Transcript:
    """What the recogniser heard: plain text ("" when nothing counts as words) and 0..1 confidence.

    `why_empty` says why words were thrown away, for the log: `no_speech`, `low_probability`,
    `repetition`, `punctuation`.
    """

    text: str
    confidence: float
    why_empty: str = ""


class Urgency:
    """How soon a piece of work is needed. It may rise while the work waits or is under way.

    speculative   nobody waits for it yet: it stands behind what callers wait for, and may be left undone
    """

    def __init__(self, *, speculative: bool = False) -> None:
        self.speculative = speculative
        self.on_rise: Callable[[], None] = _nothing

    def rise(self) -> None:
        """Somebody waits for it now."""
        if self.speculative:
            self.speculative = False
            self.on_rise()


def _nothing() -> None:
    pass


class Recogniser(Protocol):
    """Speech to text."""

    async def transcribe(
        self,
        audio: bytes,
        hints: tuple[str, ...] = (),
        language: str = "",
        urgency: Urgency | None = None,
    ) -> Transcript:
        """Recognise an utterance (mu-law). Raises `EngineError` when the engine fails or is too slow.

        language  that it is in (`es-US`); "" for the one that the engine was made for
        urgency   without one, somebody waits for it. Speculative work may be refused with `Shed`.
        """
        ...


class Voice(Protocol):
    """Text to speech, with whatever caching the engine has."""

    def ready_audio(self, text: str, rate: float = 1.0) -> bytes | None:
        """The mu-law of `text` if it needs no synthesis (kept in memory); never blocks."""
        ...

    async def render(self, text: str, *, keep: bool = True, rate: float = 1.0, ahead: bool = False) -> bytes:
        """The mu-law of one sentence. Raises `EngineError`.

        keep  False (sensitive text): cache nothing
        rate  1.0 is the voice's own speed; less is slower
        ahead nobody waits for it yet: it stands behind what callers wait for
        """
        ...


class DetectorStream(Protocol):
    """Speech detection for one call. Windows are 32 ms (256 bytes of mu-law)."""

    def feed(self, window: bytes) -> None:
        """Take one window; its judgement comes back through the callback, in order, soon."""
        ...

    def close(self) -> None: ...


class SpeechDetector(Protocol):
    """Speech detection, batched over all calls."""

    def open(self, on_window: WindowJudged) -> DetectorStream:
        """Detection for one more call. `on_window` hears of each window, in order."""
        ...


WindowJudged = Callable[[float, float], None]
"""What is told of a window: its speech probability (0..1) and its mean power (1 is a full square wave)."""


class Reader(Protocol):
    """Words to meaning, for one flow (trained when the flow was loaded)."""

    async def understand(self, text: str, expectation: Expectation) -> Meaning:
        """Raises `EngineError`."""
        ...


class Tab:
    """What one piece of work has used of models so far; it can be read at any moment, done or not."""

    def __init__(self) -> None:
        self.used: Callable[[], tuple[Usage, ...]] = tuple


class Interpreter(Protocol):
    """Words to meaning by a language model, for what the flow's reader does not understand."""

    async def interpret(self, order: Understand, tab: Tab) -> Meaning:
        """What the words mean, as far as the step allows; `nothing` when no model could tell.

        Never raises but for our own bugs: a model that cannot be had is no meaning.
        """
        ...

    def spared(self, order: Understand) -> Usage | None:
        """What was not spent on words that were understood without a model; `None`: prices are not known."""
        ...


class Writer(Protocol):
    """Answers by a language model from the flow's knowledge."""

    async def write(self, order: WriteAnswer, say: Callable[[str], None], tab: Tab) -> WorkResult:
        """Write an answer; `say` takes each sentence as soon as it is there. Cancelling stops the model.

        Everything that can go wrong is an outcome of `WriteAnswer`.
        """
        ...


class Library(Protocol):
    """The knowledge of one flow, ready to be searched (embedded when the flow was loaded)."""

    async def passages(self, knowledge: str, question: str, limit: int = 4) -> tuple[Passage, ...]:
        """What the flow's `knowledge` of that name has on a question, best first.

        Empty when nothing fits well enough to ground an answer in. Raises `EngineError`.
        """
        ...


@dataclass(frozen=True, slots=True)
class WorkResult:
    """How work outside ended: the fields of `ivr.core.events.WorkEnded`."""

    outcome: str
    values: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)
    reason: str = ""


class WebClient(Protocol):
    """Makes the requests of `action` steps."""

    async def request(self, order: HttpRequest, *, once: str) -> WorkResult:
        """Send a request and pick what is wanted from the reply. `once`: the value for `order.once_by`.

        Everything that can go wrong with it is an outcome. Cancelling it closes the connection.
        """
        ...


class Tape(Protocol):
    """The recording of one call. `name`: of its file in the data folder. No method blocks."""

    name: str

    def write(self, left: bytes, right: bytes) -> None:
        """Add sound of both sides, caller and agent: mu-law of one length."""
        ...

    def close(self) -> None: ...


class Recordings(Protocol):
    """Where sound of calls, and what callers leave behind, is kept. No method blocks; it is written soon."""

    def open(self, call_id: str) -> Tape: ...

    def keep_message(self, call_id: str, number: int, audio: bytes, about: dict[str, Any]) -> str:
        """Keep a message (mu-law) and what is known of it. Gives the name of its file."""
        ...

    def keep_callback(self, call_id: str, number: int, about: dict[str, Any]) -> str:
        """Keep a wish to be called back. Gives the name of its file."""
        ...


class Journal(Protocol):
    """Where the events of calls are kept, in order. Never blocks; writes soon."""

    def begin(  # noqa: PLR0913 -- what is known of a call when it begins
        self, call_id: str, *, flow: Flow, flow_source: str, caller: str, called: str, wall_ms: int
    ) -> None:
        """A call began. `wall_ms`: ms since 1970."""
        ...

    def append(self, call_id: str, seq: int, at_ms: int, event: dict[str, Any]) -> None:
        """An event, masked and encoded (`ivr.core.journal`), `at_ms` since the call began."""
        ...

    def leave(self, call_id: str) -> None:
        """We stop, and the call goes on without us: the server that starts next takes it up."""
        ...

    def end(self, call_id: str, outcome: str, path: tuple[str, ...], wall_ms: int) -> None:
        """A call ended. `path`: the steps it went through; `wall_ms`: when, since 1970."""
        ...
