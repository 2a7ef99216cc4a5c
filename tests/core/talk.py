"""A conversation with the core alone: the caller's side is played by the test, time is a number."""

from __future__ import annotations

from ivr.core.call import next_deadline
from ivr.core.commands import Command, HangUp, Report, Transcribe, TransferCall, Understand
from ivr.core.events import (
    CallStarted,
    Heard,
    KeyPressed,
    Meaning,
    SpeechBegan,
    SpeechEnded,
    TimePassed,
    Understood,
)
from ivr.core.flow.load import load_flow
from ivr.core.flow.model import Flow
from ivr.core.text_caller import TextCaller
from ivr.core.text_playing import BEGIN_MS, CHUNK_MS


def flow_of(steps: str, more: str = "") -> Flow:
    """A flow from the steps of `main`, with the usual slots, intents and contacts around it."""
    return load_flow(HEAD + more + "flows:\n  main:\n" + indent(steps), "test.yaml")


def indent(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.strip("\n").splitlines())


HEAD = """
ivr: 1
name: Test line
intents:
  book: [book an appointment, I want to book]
  cancel: [cancel my appointment, please cancel it]
answers:
  hours:
    examples: [when are you open, what are your hours]
    say: We are open from eight to five.
slots:
  ok: {type: yes_no, ask: Is that right?}
  number: {type: digits, length: 4, ask: What is your number?}
  pin: {type: digits, length: 4, ask: Your secret number?, sensitive: true}
  age: {type: integer, min: 1, max: 120, ask: How old are you?}
  part: {type: choice, choices: [morning, afternoon], ask: Morning or afternoon?}
  reason: {type: text, ask: What is it about?}
contacts:
  desk: "+15550101234"
"""

AGENT = """
universals:
  agent: {transfer: {contact: desk, say: Putting you through.}}
  repeat: true
"""


class Talk(TextCaller):
    """A text caller whose test says what the recogniser hears and what it means."""

    def __init__(self, flow: Flow, **slots: str | int | bool) -> None:
        super().__init__(flow, CallStarted("CA1", "+15550100001", "+15550100002", "2026-11-23", slots))

    def listen(self) -> list[str]:
        """Hear every prompt out. Gives what was said since the last time."""
        self.hear_out()
        return self.take_said()

    def hear_a_little(self, ms: int) -> None:
        """Hear the first `ms` of the prompt that comes now."""
        self.pass_time(BEGIN_MS + ms // CHUNK_MS * CHUNK_MS)

    def sound(self, ms: int = 800) -> int:
        """The caller makes a sound and pauses. Gives the turn's number."""
        self.send(SpeechBegan(self.now), 50)
        self.pass_deadline_within(ms)
        self.send(SpeechEnded(self.now), 90)
        return self.state.turns.turn

    def speak(self, ms: int = 800) -> None:
        """The caller makes a sound and is silent again until the turn closes."""
        self.sound(ms)
        self.pass_deadline()

    def says(self, text: str, meaning: Meaning | None = None) -> list[str]:
        """A whole turn of the caller; the recogniser hears `text`, which means `meaning`."""
        self.speak()
        turn = self.state.turns.turn
        assert any(isinstance(c, Transcribe) and c.turn == turn for c in self.commands), (
            "nothing was recognised"
        )
        given = self.send(Heard(turn, text, 0.9), 100)
        if any(isinstance(c, Understand) for c in given):
            self.send(Understood(turn, meaning or Meaning("nothing")), 10)
        return self.said

    def keys(self, keys: str) -> list[str]:
        for key in keys:
            self.send(KeyPressed(key), 300)
        return self.said

    def pass_deadline(self) -> None:
        """Let time pass until the call wakes up by itself."""
        due = next_deadline(self.state)
        assert due is not None, "the call waits for nothing"
        self.now = max(self.now, due)
        self.send(TimePassed())

    def pass_deadline_within(self, ms: int) -> None:
        until = self.now + ms
        due = next_deadline(self.state)
        if due is not None and due < until:
            self.pass_deadline()
        self.now = until

    def silence(self) -> list[str]:
        """The caller says nothing until we speak again, or the call ends."""
        self.pass_deadline()
        return self.said

    @property
    def ended(self) -> list[Command]:
        return [c for c in self.commands if isinstance(c, HangUp | TransferCall)]

    @property
    def reports(self) -> list[str]:
        return [c.message for c in self.commands if isinstance(c, Report)]


def value(v: str | int | bool) -> Meaning:
    return Meaning("value", value=v, decided_by="grammar")


def intent(name: str) -> Meaning:
    return Meaning("intent", name=name, decided_by="classifier")


def answer(name: str) -> Meaning:
    return Meaning("answer", name=name, decided_by="classifier")


def universal(name: str) -> Meaning:
    return Meaning("universal", name=name, decided_by="universal")
