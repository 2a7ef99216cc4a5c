"""A caller in text: drives `advance` as a line with ears and a voice would, with time as a number.

Prompts take time to play, words take time to say, results of recognition and understanding come back
a little later; deadlines pass when they are due. Nothing sleeps and nothing is read from outside, so
the same moves always give the same call.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from operator import itemgetter
from typing import Final

from ivr.core.call import CallState, advance, next_deadline
from ivr.core.commands import (
    CancelWork,
    Command,
    Expectation,
    Order,
    Say,
    StartWork,
    StopSpeaking,
    Transcribe,
    TransferCall,
    Understand,
)
from ivr.core.errors import Bug
from ivr.core.events import (
    AnswerPart,
    CallStarted,
    Event,
    Heard,
    HungUp,
    KeyPressed,
    LineLost,
    LineOpened,
    Meaning,
    SpeechBegan,
    SpeechEnded,
    TimePassed,
    TransferAnswered,
    TransferEnded,
    Understood,
    WorkEnded,
)
from ivr.core.flow.model import Flow
from ivr.core.sentences import split_sentences
from ivr.core.text_playing import BEGIN_MS, MS_A_CHARACTER, TextPlaying
from ivr.core.turns import Phase

END_MS: Final = 90
"""From the end of the caller's speech to its being noticed (ms)."""
SHORTEST_MS: Final = 300
"""The least time that it takes to say anything (ms)."""
RECOGNISE_MS: Final = 100
UNDERSTAND_MS: Final = 10
KEY_MS: Final = 300
"""Between two keys (ms)."""
RING_MS: Final = 5000
"""How long a transfer rings, and how long somebody listens to who is calling (ms)."""
RETURN_MS: Final = 500
"""Until a caller is back with us when a transfer came to nothing (ms)."""

TOLD: Final[dict[str, str]] = {"no_answer": "no-answer", "refused": "no-answer"}
"""What a carrier says of an outcome of a transfer, where it has other words for it."""

SOON_MS: Final = 2000
"""A caller waits for work outside that takes no longer; else their move is over before it (ms)."""

_MOST_MOMENTS: Final = 10_000
_LISTENING: Final = (Phase.HEARING, Phase.PAUSING, Phase.THINKING, Phase.STALLING, Phase.KEYING)

Read = Callable[[str, Expectation], Meaning]
"""Finds what words mean at a step."""
Outside = Callable[[CallState, int, Order], tuple[int, WorkEnded] | None]
"""Does work outside: the call, number and order -> how long it takes (ms), how it ends; None: never.

What a model says stands in the end's value `said`: it comes before it, sentence by sentence.
"""
Observe = Callable[[CallState, Event, CallState], None]
"""Is shown every event with the state before and after it."""


def answered(ended: WorkEnded) -> tuple[AnswerPart, ...]:
    """The sentences of an answer that ended so."""
    return tuple(AnswerPart(ended.work, said) for said in split_sentences(str(ended.values.get("said", ""))))


class TextCaller:
    """A call and the one who makes it.

    read     gives the meaning of words; None: whoever drives the call sends `Heard` and `Understood`
    said     sentences of ours since `take_said`, whether or not they have been heard by now
    now      ms since the call began
    transfers  what becomes of a transfer, by contact, one time after another; without: completed
    outcomes   what has become of them: (contact, outcome)
    """

    def __init__(
        self,
        flow: Flow,
        started: CallStarted,
        read: Read | None = None,
        observe: Observe | None = None,
        outside: Outside | None = None,
    ) -> None:
        self.flow = flow
        self.state = CallState()
        self.now = 0
        self.events: list[tuple[int, Event]] = []
        self.commands: list[Command] = []
        self.said: list[str] = []
        self.transfers: dict[str, list[str]] = {}
        self.outcomes: list[tuple[str, str]] = []
        self._read = read
        self._observe = observe
        self._outside = outside
        self._works: list[tuple[int, WorkEnded | AnswerPart]] = []
        self._turns: set[int] = set()  # whose recognition has been ordered
        self._words = ""
        self._confidence = 1.0
        self._results: deque[tuple[int, Event]] = deque()
        self._playing = TextPlaying()
        self.send(started)
        if self._works:
            self._settle()

    @property
    def over(self) -> bool:
        """Whether the call has ended, for both sides."""
        return bool(self.state.outcome)

    def send(self, event: Event, after_ms: int = 0) -> list[Command]:
        """Let one event happen, `after_ms` from now; what is due before it is not looked at."""
        self.now += after_ms
        self.events.append((self.now, event))
        before = self.state
        self.state, commands = advance(self.flow, before, event, self.now)
        self.commands += commands
        for command in commands:
            self._obey(command)
        if self._observe is not None:
            self._observe(before, event, self.state)
        return list(commands)

    def take_said(self) -> list[str]:
        """The sentences that the line has set out to say since the last time."""
        said, self.said = self.said, []
        return said

    # What a caller does

    def hear_out(self) -> None:
        """Listen until the line has nothing more to say, or has handed the caller over for good."""
        self._playing.coarse = True
        while (self._playing or self.state.away) and not self.over:
            self._step()
        self._playing.coarse = False

    def say(self, words: str, confidence: float = 1.0) -> None:
        """Hear the line out, speak, and wait until the words have had their effect."""
        self.hear_out()
        self._speak(words, confidence)

    def interrupt(self, words: str, after_ms: int, confidence: float = 1.0) -> None:
        """Speak over what the line says, `after_ms` into it, or at its end if that comes first."""
        self._hear_a_while(after_ms)
        self._speak(words, confidence)

    def press(self, keys: str) -> None:
        """Hear the line out, press keys, and wait until they have had their effect."""
        self.hear_out()
        self._press(keys)

    def interrupt_with(self, keys: str, after_ms: int) -> None:
        """Press keys while the line speaks."""
        self._hear_a_while(after_ms)
        self._press(keys)

    def be_silent(self) -> None:
        """Hear the line out and say nothing until it does something by itself."""
        self.hear_out()
        said = len(self.said)
        while not self.over and len(self.said) == said and self._moment():
            self._step()

    def pass_time(self, ms: int) -> None:
        """Let time go by: sounds, results and deadlines come when they are due."""
        until = self.now + ms
        while not self.over and (moment := self._moment()) and moment[0] <= until:
            self._step()
        self.now = max(self.now, until)

    def follow_transfer(self) -> None:
        """If the line hands the caller over: be put through, or come back."""
        while not self.over and self._leaving():
            self._step()

    def lose_line(self) -> None:
        """The line breaks, and the carrier gives the call another."""
        self.send(LineLost())
        if self.state.away:
            self._results.append((self.now + RETURN_MS, LineOpened()))
            self._settle()

    def hang_up(self) -> None:
        """Leave the call."""
        self.send(HungUp("caller"))

    # How it comes about

    def _speak(self, words: str, confidence: float) -> None:
        self._words, self._confidence = words, confidence
        self.send(SpeechBegan(self.now), BEGIN_MS)
        self.pass_time(max(SHORTEST_MS, len(words) * MS_A_CHARACTER))
        self.send(SpeechEnded(self.now), END_MS)
        self._settle()

    def _press(self, keys: str) -> None:
        for key in keys:
            self.pass_time(KEY_MS)
            self.send(KeyPressed(key))
        self._settle()

    def _hear_a_while(self, ms: int) -> None:
        until = self.now + ms
        while self._playing and not self.over and self._playing.due_ms <= until:
            self._step()
        if self._playing:
            self.now = max(self.now, until)

    def _settle(self) -> None:
        """Let time go by until the line has done what it does about the caller's turn."""
        until = self.now + SOON_MS
        for _ in range(_MOST_MOMENTS):
            busy = self._results or self._listening()
            if self.over or not (busy or (self._works and self._works[0][0] <= until)):
                return
            self._step()
        raise Bug("A call came to no end of thinking about one turn; the turn-taking goes round in circles.")

    def _listening(self) -> bool:
        message = self.state.message
        return self.state.turns.phase in _LISTENING or (message is not None and message.spoken_ms > 0)

    def _obey(self, command: Command) -> None:
        match command:
            case Say(generation, segments, first, again):
                self._playing.say(generation, segments, self.now, first=first)
                self.said += [s.text for s in segments if not again and (s.text or not s.sound)]
            case StopSpeaking():
                self._playing.stop()
            case TransferCall(contact, whisper):
                self._transfer(contact, warm=bool(whisper))
            case Transcribe(turn) if self._read and turn not in self._turns:
                self._turns.add(turn)
                heard = Heard(turn, self._words, self._confidence)
                self._results.append((self.now + RECOGNISE_MS, heard))
            case Understand(turn, text, _, expectation) if self._read:
                meaning = self._read(text, expectation)
                self._results.append((self.now + UNDERSTAND_MS, Understood(turn, meaning)))
            case StartWork(work, order) if self._outside and (ends := self._outside(self.state, work, order)):
                self._works += [(self.now + ends[0], part) for part in answered(ends[1])]
                self._works.append((self.now + ends[0], ends[1]))
                self._works.sort(key=itemgetter(0))
            case CancelWork(work):
                self._works = [(at_ms, ended) for at_ms, ended in self._works if ended.work != work]
            case _:
                pass

    def _leaving(self) -> bool:
        ending = self.state.ending
        return self.state.away is not None or (ending is not None and ending.kind == "transfer")

    def _transfer(self, contact: str, *, warm: bool) -> None:
        """Ring somebody, who takes the call, or does not."""
        outcomes = self.transfers.get(contact, ["completed"])
        outcome = outcomes.pop(0) if len(outcomes) > 1 else outcomes[0]
        self.outcomes.append((contact, outcome))
        at_ms = self.now + RING_MS
        if warm and outcome in ("completed", "refused"):
            self._results.append((at_ms, TransferAnswered(outcome == "completed")))
            at_ms += RING_MS
        self._results.append((at_ms, TransferEnded(TOLD.get(outcome, outcome))))
        if outcome != "completed":
            self._results.append((at_ms + RETURN_MS, LineOpened()))

    def _moment(self) -> tuple[int, Callable[[], None]] | None:
        """When something happens next by itself, and what."""
        moments: list[tuple[int, Callable[[], None]]] = []
        if self._results:
            moments.append((self._results[0][0], self._deliver))
        if self._works:
            moments.append((self._works[0][0], self._end_work))
        if self._playing:
            moments.append((self._playing.due_ms, self._play))
        due = next_deadline(self.state)
        if due is not None:
            moments.append((due, self._wake))
        return min(moments, key=itemgetter(0), default=None)

    def _step(self) -> None:
        moment = self._moment()
        if moment is None:
            raise Bug("The call waits for nothing: it has no deadline, and nobody would ever wake it.")
        self.now = max(self.now, moment[0])
        moment[1]()

    def _deliver(self) -> None:
        self.send(self._results.popleft()[1])

    def _end_work(self) -> None:
        self.send(self._works.pop(0)[1])

    def _wake(self) -> None:
        before = self.state
        self.send(TimePassed())
        if self.state is before:
            raise Bug(f"A deadline at {next_deadline(before)} ms changed nothing and would come for ever.")

    def _play(self) -> None:
        self.send(self._playing.go_on(self.now))
