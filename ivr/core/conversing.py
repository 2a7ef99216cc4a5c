"""One event's work on a call, the lower half: what the dialogue wants said and done.

Mutable inside; a new `CallState` and the commands come out at the end.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Literal

from ivr.core import ahead, answering, cards, unheard
from ivr.core import away as aw
from ivr.core import dialogue as dlg
from ivr.core import messages as msg
from ivr.core import playout as out
from ivr.core import turns as trn
from ivr.core import working as wrk
from ivr.core.call_state import CallState, Line
from ivr.core.cards import HIDDEN
from ivr.core.changing import changed
from ivr.core.commands import (
    BeginMessage,
    CancelWork,
    Command,
    HangUp,
    KeepCallback,
    Order,
    Prepare,
    Record,
    Report,
    StartWork,
    TransferCall,
    Words,
    WriteAnswer,
)
from ivr.core.dialogue_state import (
    Drop,
    End,
    Fault,
    Keep,
    Out,
    Recording,
    Result,
    Speak,
    Start,
    Take,
    Tongue,
    Visit,
    Wish,
)
from ivr.core.elsewhere import Elsewhere
from ivr.core.events import WorkEnded
from ivr.core.flow.model import Flow
from ivr.core.playout import Spoken
from ivr.core.speaking.reading import Sentence, reader
from ivr.core.turns import Act, Signal


class Conversing(Elsewhere, ABC):
    """What a call says, and how it ends."""

    def __init__(self, flow: Flow, state: CallState, now: int) -> None:
        self.flow = flow
        self.state = state
        self.now = now
        self.commands: list[Command] = []

    @abstractmethod
    def _act(self, act: Act) -> None:
        """Do what the turn-taking demands."""

    def _signal(self, signal: Signal, at_ms: int = -1, silence_ms: int = 0) -> None:
        if self.state.message:
            self._message_signal(signal, self.state.message, at_ms)
            return
        if self.state.away:
            return
        if self.state.ending and signal not in (Signal.PROMPT, Signal.PROMPT_DONE):
            return
        playing = self.state.playout.settings
        settings = playing or dlg.settings(self.flow, self.state.dialogue)
        turns, acts = trn.step(self.state.turns, signal, self.now, settings, at_ms, silence_ms)
        self._set(turns=turns)
        for act in acts:
            self._act(act)

    def _dialogue(self, result: Result, *, turn: bool = True) -> None:
        """Say and do what follows. turn: from the caller's turn, which is over with that."""
        after, outs = result
        if unheard.is_new(self.state.dialogue, result):
            self._set(asked_ms=None)
        if turn:
            turns, playout = trn.forget_noises(self.state.turns), out.forget_rest(self.state.playout)
            self._set(dialogue=after, guess=None, pieces=(), turns=turns, playout=playout)
        else:
            self._set(dialogue=after)
        spoke = False
        for item in outs:
            if isinstance(item, Speak):
                spoke |= self._speak(item)
            else:
                self._do(item)
        if spoke or (self.state.playout.speaking and not self.state.ending):
            self._signal(Signal.PROMPT)
        elif self.state.ending or self.state.message:
            self._if_silent()
        elif after.waiting:
            self._signal(Signal.LISTEN)
        if turn and spoke and after.waiting and not self.state.ending:
            self._prepare(ahead.likely(self.flow, self.state.dialogue), urgent=False)

    def _do(self, item: Out) -> None:
        """Do one of the things that a run of the dialogue means besides speaking."""
        match item:
            case Visit(step):
                self._set(path=(*self.state.path, step))
            case Tongue(language):
                self.flow = self.flow.speaking(language)
            case Start():
                self._start_work(item)
            case Drop(work):
                self._drop_work(work)
            case End():
                self._set(ending=item, turns=trn.hold(self.state.turns))
            case Fault(message, blame):
                self.commands.append(Report(blame, message))
            case Take(limits):
                number = self.state.dialogue.messages + 1
                self._set(
                    message=msg.Taking(number, limits),
                    turns=trn.hold(self.state.turns),
                    dialogue=changed(self.state.dialogue, messages=number),
                )
            case Keep(draft):
                self._keep(draft)
            case Wish(count, number, time, note):
                self.commands.append(KeepCallback(count, number, time, cards.without(note)))
            case Recording(on):
                self._set(recording=on)
                self.commands.append(Record(on))
            case Speak():
                pass

    def _start_work(self, start: Start) -> None:
        outside = start.order is not None
        if start.order is not None:
            self.commands.append(StartWork(start.work, self._told(start.order)))
        clock = wrk.started(start.work, start.patience, self.now, outside=outside)
        self._set(clocks=(*self.state.clocks, clock))

    def _drop_work(self, work: int) -> None:
        if wrk.is_outside(self.state.clocks, work):
            self.commands.append(CancelWork(work))
        self._set(clocks=wrk.without(self.state.clocks, work))

    def _told(self, order: Order) -> Order:
        """An order with what only the call knows."""
        if not isinstance(order, WriteAnswer):
            return order
        said = [(line.who, line.text) for line in self.state.transcript]
        hidden = answering.secrets(self.flow, self.state.dialogue.slots)
        return answering.told(order, said, hidden, self.state.spent)

    def _speak(self, speak: Speak) -> bool:
        if speak.sound:
            ledger, say = out.enqueue_sound(
                self.state.playout,
                speak.sound,
                speak.settings,
                self.now,
                pause_ms=speak.pause_ms,
                text=speak.text,
                question=speak.question,
            )
            self._set(playout=ledger)
            self.commands.append(say)
            return True
        sentences = self._sentences(speak)
        if not sentences and not speak.pause_ms:
            return False
        ledger, say = out.enqueue(
            self.state.playout,
            sentences,
            speak.settings,
            self.now,
            fixed=speak.fixed,
            hidden=speak.hidden,
            pause_ms=speak.pause_ms,
            question=speak.question,
            language=self._language(),
            rate=self.state.dialogue.rate,
        )
        self._set(playout=ledger)
        self.commands.append(say)
        return True

    def _language(self) -> str:
        """What the call speaks, if the flow has several languages."""
        return self.flow.language if self.flow.family else ""

    def _sentences(self, speak: Speak) -> tuple[Sentence, ...]:
        """As they are written and as they are said."""
        aloud = reader(self.flow.language, self.flow.pronunciations)
        return aloud.sentences(speak.text, keep=speak.fixed)

    def _prepare(self, outs: Iterable[Out], *, urgent: bool = True) -> None:
        """Have ready what would be said if this came about."""
        spoken = tuple(
            Words(sentence.spoken, item.fixed, self.state.dialogue.rate, self._language())
            for item in outs
            if isinstance(item, Speak) and not item.sound
            for sentence in self._sentences(item)
        )
        if spoken:
            self.commands.append(Prepare(spoken, urgent))

    def _stop_prompt(self, *, keep: bool = False) -> None:
        """Silence. keep: what was not heard may be said later after all."""
        if not self.state.playout.speaking:
            return
        ledger, heard, stop = out.stop(self.state.playout, self.now, keep=keep)
        self._set(playout=ledger)
        self._question_cut()
        self._spoken(heard)
        self.commands.append(stop)
        if not keep:
            self._cut_answer()

    def _cut_answer(self) -> None:
        """The caller interrupts an answer that is being written: call off the rest."""
        work = wrk.answering(self.state.dialogue)
        if not work:
            return
        self.commands.append(CancelWork(work))
        self._work_ended(WorkEnded(work, "interrupted"))
        after, visited = answering.cut(self.flow, self.state.dialogue)
        self._set(dialogue=after, path=self.state.path + visited)

    def _work_ended(self, event: WorkEnded) -> None:
        after = wrk.note(self.state.dialogue, event)
        if after is not self.state.dialogue:
            self._set(dialogue=after, clocks=wrk.without(self.state.clocks, event.work))

    def _if_silent(self) -> None:
        """The last word has been heard: end the call, or it is the caller's turn."""
        if self.state.playout.speaking or self.state.away:
            return
        ending, message = self.state.ending, self.state.message
        if message is not None:
            if not message.open:
                self.commands.append(BeginMessage(message.number))
                self._set(message=msg.opened(message, self.now))
        elif ending is None:
            if self.state.asked_ms is None or self.state.asked_ms > self.now:
                self._set(asked_ms=self.now)
            self._signal(Signal.PROMPT_DONE)
        elif ending.kind == "transfer":
            self.commands.append(TransferCall(ending.contact, ending.whisper, ending.timeout_ms))
            warm = bool(ending.whisper)
            self._set(away=aw.transferring(ending.contact, self.now, warm=warm))
        else:
            self.commands.append(HangUp(ending.reason))
            self._set(outcome=ending.reason)

    # Small parts

    def _spoken(self, heard: tuple[Spoken, ...]) -> None:
        lines = tuple(Line("agent", self._shown(s.text), s.at_ms, s.cut) for s in heard if s.text)
        if lines:
            self._set(transcript=self.state.transcript + lines)

    def _shown(self, text: str) -> str:
        """What of our own words may be shown: a value may have come into them by another name."""
        secret = answering.secrets(self.flow, self.state.dialogue.slots)
        return HIDDEN if secret and answering.tells(text, secret) else text

    def _line(self, who: Literal["agent", "caller", "keys"], text: str, at_ms: int = -1) -> None:
        line = Line(who, cards.without(text), self.now if at_ms < 0 else at_ms)
        self._set(transcript=(*self.state.transcript, line))

    def _set(self, **changes: object) -> None:
        self.state = changed(self.state, **changes)  # type: ignore[arg-type] # the fields' own types hold
