"""A call: `advance(flow, state, event, now) -> state, commands`. What a call decides is decided here.

    SpeechBegan, KeyPressed, TimePassed … -> turn-taking -> dialogue -> playout -> Say, Transcribe …

`now` and all times are whole ms since the call began. `next_deadline(state)` says when to send
`TimePassed`. A result that carries an old turn number changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from ivr.core import answering
from ivr.core import away as aw
from ivr.core import dialogue as dlg
from ivr.core import messages as msg
from ivr.core import playout as out
from ivr.core import turns as trn
from ivr.core import working as wrk
from ivr.core.commands import (
    BeginMessage,
    CancelWork,
    Command,
    Expectation,
    HangUp,
    KeepCallback,
    Order,
    Record,
    Report,
    StartWork,
    Transcribe,
    TransferCall,
    Understand,
    WriteAnswer,
)
from ivr.core.dialogue_state import (
    Dialogue,
    Drop,
    End,
    Fault,
    Keep,
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
from ivr.core.events import (
    AnswerPart,
    CallStarted,
    EngineFailed,
    Event,
    Heard,
    HungUp,
    Kept,
    KeyPressed,
    LineLost,
    LineOpened,
    ModelsUsed,
    Played,
    PutThrough,
    SpeakingBegan,
    SpeechBegan,
    SpeechEnded,
    TimePassed,
    TransferAnswered,
    TransferEnded,
    Typed,
    Understood,
    WorkEnded,
)
from ivr.core.flow.model import Flow
from ivr.core.playout import Playout, Spoken
from ivr.core.speaking.reading import reader
from ivr.core.turns import Act, Phase, Signal, Turns

HIDDEN: Final = answering.HIDDEN
"""Stands in a transcript for what must not be shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the transcript. Of our own words: only those that were heard. `cut`: interrupted."""

    who: Literal["agent", "caller", "keys"]
    text: str
    at_ms: int
    cut: bool = False


@dataclass(frozen=True, slots=True)
class CallState:
    """All there is to know of a call. `outcome` is set once it is over.

    spent  what models have cost so far, in billionths of a dollar, as far as prices are known
    away       the caller is not with us just now
    message    the message that is being taken
    recording  both sides are being recorded
    kept       what was laid down of this call: (kind, file)
    """

    call_id: str = ""
    caller: str = ""
    called: str = ""
    turns: Turns = Turns()
    playout: Playout = Playout()
    dialogue: Dialogue = field(default_factory=Dialogue)
    transcript: tuple[Line, ...] = ()
    path: tuple[str, ...] = ()
    wall_ms: int = 0
    clocks: tuple[wrk.Clock, ...] = ()
    spent: int = 0
    ending: End | None = None
    away: aw.Away | None = None
    message: msg.Taking | None = None
    recording: bool = False
    kept: tuple[tuple[str, str], ...] = ()
    outcome: str = ""


def advance(flow: Flow, state: CallState, event: Event, now: int) -> tuple[CallState, tuple[Command, ...]]:
    """Take one event. An ended call takes none, but the word that something of it was kept."""
    if isinstance(event, Kept) and state.call_id:
        return replace(state, kept=(*state.kept, (event.kind, event.file))), ()
    if state.outcome or (not state.call_id and not isinstance(event, CallStarted)):
        return state, ()
    work = _Work(flow.speaking(state.dialogue.language), state, now)
    work.look_at_the_clock()
    work.take(event)
    if work.state.clocks or work.state.dialogue.working:
        work.see_to_work()
    return work.state, tuple(work.commands)


def next_deadline(state: CallState) -> int | None:
    """When the call wants to be woken by `TimePassed` (ms); `None`: only an event can move it."""
    if state.outcome:
        return None
    due = [
        state.turns.deadline_ms,
        out.deadline(state.playout),
        wrk.deadline(state.clocks),
        msg.deadline(state.message),
        state.away.deadline_ms if state.away else None,
    ]
    return min((at_ms for at_ms in due if at_ms is not None), default=None)


def sensitive(flow: Flow, state: CallState) -> bool:
    """Whether what the caller says or keys now must not be shown or kept."""
    return dlg.sensitive(flow, state.dialogue)


class _Work(Elsewhere):
    """One event's work: mutable inside, state and commands outside."""

    def __init__(self, flow: Flow, state: CallState, now: int) -> None:
        self.flow = flow
        self.state = state
        self.now = now
        self.commands: list[Command] = []

    def look_at_the_clock(self) -> None:
        """Let the conversation know which minute it is, once a minute."""
        if not self.state.wall_ms:
            return
        minute = (self.state.wall_ms + self.now) // 60_000
        if minute != self.state.dialogue.minute:
            self._set(dialogue=replace(self.state.dialogue, minute=minute))

    def take(self, event: Event) -> None:
        match event:
            case CallStarted():
                self._started(event)
            case SpeechBegan(at_ms):
                self._signal(Signal.SPEECH_BEGAN, at_ms)
            case SpeechEnded(at_ms):
                self._signal(Signal.SPEECH_ENDED, at_ms)
            case KeyPressed(key):
                self._key(key)
            case SpeakingBegan(segment, duration_ms):
                self._set(playout=out.began(self.state.playout, segment, duration_ms, self.now))
            case Played():
                self._played(event)
            case Heard():
                self._heard(event)
            case Typed(text):
                self._typed(text)
            case Understood(turn, meaning):
                if self._current(turn):
                    self._dialogue(dlg.on_meaning(self.flow, self.state.dialogue, meaning))
            case EngineFailed():
                self._engine_failed(event)
            case TimePassed():
                self._time_passed()
            case TransferAnswered() | TransferEnded() | LineLost() | LineOpened():
                self._elsewhere(event)
            case WorkEnded() | AnswerPart() | ModelsUsed():
                self._from_outside(event)
            case PutThrough() | HungUp():
                self._taken_away(event)

    # Events

    def _started(self, event: CallStarted) -> None:
        if self.state.call_id:
            return
        self._set(call_id=event.call_id, caller=event.caller, called=event.called, wall_ms=event.wall_ms)
        minute = (event.wall_ms + self.now) // 60_000 if event.wall_ms else 0
        self._dialogue(dlg.begin(self.flow, event.slots, event.today, event.step, minute))

    def _key(self, key: str) -> None:
        if self.state.message:
            self._message_key(key, self.state.message)
            return
        playing = self.state.playout.settings
        if self.state.ending or self.state.away or (playing and playing.interruptible not in ("keys", "any")):
            return
        self._signal(Signal.KEY)
        hidden = sensitive(self.flow, self.state)
        keys = self.state.dialogue.keys + key
        after, outs, more = dlg.on_key(self.flow, self.state.dialogue, key)
        if more:
            self._set(dialogue=after)
            return
        self._line("keys", HIDDEN if hidden else keys)
        self._dialogue((after, outs))

    def _played(self, event: Played) -> None:
        ledger, heard = out.played(
            self.state.playout, event.generation, event.segment, event.position_ms, self.now, last=event.last
        )
        if ledger is not self.state.playout:
            self._set(playout=ledger)
            self._spoken(heard)
            self._if_silent()

    def _heard(self, event: Heard) -> None:
        if not self._current(event.turn):
            return
        if not event.text:
            self._dialogue(dlg.on_nothing_heard(self.flow, self.state.dialogue))
            return
        hidden = sensitive(self.flow, self.state)
        self._line("caller", HIDDEN if hidden else event.text, self.state.turns.speech_from_ms)
        expected = dlg.expectation(self.flow, self.state.dialogue)
        if expected:
            self._set(dialogue=replace(self.state.dialogue, heard=event.confidence))
            self._understand(event.turn, event.text, event.confidence, expected)

    def _typed(self, text: str) -> None:
        """Typed words are a turn of their own. As with speech, a prompt may forbid to be interrupted."""
        playing = self.state.playout.settings
        held = playing is not None and playing.interruptible not in ("speech", "any")
        expected = dlg.expectation(self.flow, self.state.dialogue)
        if self.state.ending or self.state.away or held or expected is None or not text:
            return
        hidden = sensitive(self.flow, self.state)
        self._set(dialogue=replace(self.state.dialogue, heard=1.0))
        self._signal(Signal.TYPED)
        self._line("caller", HIDDEN if hidden else text)
        self._understand(self.state.turns.turn, text, 1.0, expected)

    def _understand(self, turn: int, text: str, confidence: float, expected: Expectation) -> None:
        self.commands.append(Understand(turn, text, confidence, expected, self.state.spent))

    def _engine_failed(self, event: EngineFailed) -> None:
        self.commands.append(Report("engine", f"{event.engine}: {event.reason}"))
        if event.segment >= 0:
            self._cannot_speak(event.segment)
        elif event.turn and self._current(event.turn):
            self._dialogue(dlg.on_trouble(self.flow, self.state.dialogue))

    def _cannot_speak(self, segment: int) -> None:
        """The voice failed. What else was queued would fail too: say the prepared sentence instead."""
        if not any(entry.id == segment for entry in self.state.playout.queue):
            return
        if self.state.ending:
            self._set(playout=out.drop(self.state.playout, segment))
            self._if_silent()
            return
        self._stop_prompt()
        self._dialogue(dlg.on_trouble(self.flow, self.state.dialogue))

    def _time_passed(self) -> None:
        stalled = out.deadline(self.state.playout)
        if stalled is not None and stalled <= self.now:
            segment = self.state.playout.queue[0].id
            ledger, heard, silent = out.expire(self.state.playout, self.now)
            if silent:
                self.commands.append(Report("engine", "voice: no audio came in time"))
                self._cannot_speak(segment)
            else:
                self._set(playout=ledger)
                self._spoken(heard)
                self._if_silent()
        ends = msg.deadline(self.state.message)
        if ends is not None and ends <= self.now:
            self._message_over()
        if self.state.away and self.state.away.deadline_ms <= self.now:
            self._gone(self.state.away.outcome)
        due = self.state.turns.deadline_ms
        if due is not None and due <= self.now:
            self._signal(Signal.DEADLINE)
        for work in wrk.given_up(self.state.clocks, self.now):
            if wrk.is_outside(self.state.clocks, work):
                self.commands += [CancelWork(work), Report("engine", f"work {work} did not end in time")]
            self._work_ended(WorkEnded(work, "timeout", reason="no answer in time"))
        clocks = wrk.told(self.state.clocks, self.now)
        if clocks is not self.state.clocks:
            self._set(clocks=clocks)
            self._dialogue(dlg.on_still_working(self.flow, self.state.dialogue))

    def _from_outside(self, event: WorkEnded | AnswerPart | ModelsUsed) -> None:
        match event:
            case WorkEnded():
                self._work_ended(event)
            case AnswerPart():
                self._set(dialogue=wrk.add_part(self.state.dialogue, event))
            case ModelsUsed(used):
                self._set(spent=self.state.spent + sum(usage.nano or 0 for usage in used))

    def _work_ended(self, event: WorkEnded) -> None:
        after = wrk.note(self.state.dialogue, event)
        if after is not self.state.dialogue:
            self._set(dialogue=after, clocks=wrk.without(self.state.clocks, event.work))

    def see_to_work(self) -> None:
        """Go on with work that has ended, once the caller's turn is over, or set its clocks."""
        if wrk.has_parts(self.state.dialogue) and (not self._busy or self._overlapping):
            self._dialogue(dlg.on_parts(self.flow, self.state.dialogue))
        while not self._busy and wrk.over(self.state.dialogue):
            self._dialogue(dlg.on_work_over(self.flow, self.state.dialogue))
        quiet = not self._busy and not self.state.playout.speaking and wrk.at_work(self.state.dialogue)
        self._set(clocks=wrk.heard(self.state.clocks, self.now, quiet=quiet))

    def _taken_away(self, event: PutThrough | HungUp) -> None:
        if isinstance(event, HungUp):
            self._hung_up(event.by)
        else:
            self._put_through(event.contact)

    def _put_through(self, contact: str) -> None:
        """What the caller is saying, and what we were, no longer matters."""
        if self.state.ending or self.state.away or contact not in self.flow.contacts:
            return
        self.leave_message()
        self._stop_prompt()
        self._dialogue(dlg.on_put_through(self.flow, self.state.dialogue, contact))

    def _hung_up(self, by: str) -> None:
        away = self.state.away
        self._gone(away.outcome if away and away.contact and not away.result else f"hung up by {by}")

    # Turn-taking

    def _signal(self, signal: Signal, at_ms: int = -1) -> None:
        if self.state.message:
            self._message_signal(signal, self.state.message, at_ms)
            return
        if self.state.away:
            return
        if self.state.ending and signal not in (Signal.PROMPT, Signal.PROMPT_DONE):
            return
        playing = self.state.playout.settings
        settings = playing or dlg.settings(self.flow, self.state.dialogue)
        turns, acts = trn.step(self.state.turns, signal, self.now, settings, at_ms)
        self._set(turns=turns)
        for act in acts:
            self._acts[act](self)

    def _stop_prompt(self) -> None:
        if not self.state.playout.speaking:
            return
        ledger, heard, stop = out.stop(self.state.playout, self.now)
        self._set(playout=ledger)
        self._spoken(heard)
        self.commands.append(stop)
        if work := wrk.answering(self.state.dialogue):
            self._cut_answer(work)

    def _cut_answer(self, work: int) -> None:
        """The caller interrupts an answer: call off the rest."""
        self.commands.append(CancelWork(work))
        self._work_ended(WorkEnded(work, "interrupted"))
        after, visited = answering.cut(self.flow, self.state.dialogue)
        self._set(dialogue=after, path=self.state.path + visited)

    def _close_turn(self) -> None:
        turns = self.state.turns
        begin, end = trn.utterance(turns)
        expected = dlg.expectation(self.flow, self.state.dialogue)
        hints, language = (expected.hints, expected.language) if expected else ((), "")
        self.commands.append(Transcribe(turns.turn, begin, end, hints, language))

    def _drop_turn(self) -> None:
        """Nothing to do: the turn's number has moved on, so its results are stale."""

    def _no_input(self) -> None:
        self._dialogue(dlg.on_no_input(self.flow, self.state.dialogue))

    def _keys_done(self) -> None:
        keys = self.state.dialogue.keys
        self._line("keys", HIDDEN if sensitive(self.flow, self.state) else keys)
        self._dialogue(dlg.on_keys_done(self.flow, self.state.dialogue))

    def _give_up_thinking(self) -> None:
        self.commands.append(Report("engine", "recognition and understanding took too long"))
        self._dialogue(dlg.on_trouble(self.flow, self.state.dialogue))

    _acts: Final[dict[Act, Callable[[_Work], None]]] = {
        Act.STOP_PROMPT: _stop_prompt,
        Act.CLOSE_TURN: _close_turn,
        Act.DROP_TURN: _drop_turn,
        Act.NO_INPUT: _no_input,
        Act.KEYS_DONE: _keys_done,
        Act.GIVE_UP_THINKING: _give_up_thinking,
    }

    # What the dialogue wants

    def _dialogue(self, result: Result) -> None:
        after, outs = result
        self._set(dialogue=after)
        spoke = False
        for item in outs:
            match item:
                case Speak():
                    spoke |= self._speak(item)
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
                        dialogue=replace(self.state.dialogue, messages=number),
                    )
                case Keep(draft):
                    self._keep(draft)
                case Wish(count, number, time, note):
                    self.commands.append(KeepCallback(count, number, time, note))
                case Recording(on):
                    self._set(recording=on)
                    self.commands.append(Record(on))
        if spoke:
            self._signal(Signal.PROMPT)
        elif self.state.ending or self.state.message:
            self._if_silent()
        elif after.waiting and not self.state.playout.speaking:
            self._signal(Signal.LISTEN)

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
                self.state.playout, speak.sound, speak.settings, self.now, pause_ms=speak.pause_ms
            )
            self._set(playout=ledger)
            self.commands.append(say)
            return True
        aloud = reader(self.flow.language, self.flow.pronunciations)
        sentences = aloud.sentences(speak.text, keep=speak.fixed)
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
            rate=self.state.dialogue.rate,
        )
        if self.flow.family:
            language = self.flow.language
            say = replace(say, segments=tuple(replace(s, language=language) for s in say.segments))
        self._set(playout=ledger)
        self.commands.append(say)
        return True

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
            self._signal(Signal.PROMPT_DONE)
        elif ending.kind == "transfer":
            self.commands.append(TransferCall(ending.contact, ending.whisper, ending.timeout_ms))
            warm = bool(ending.whisper)
            self._set(away=aw.transferring(ending.contact, self.now, warm=warm))
        else:
            self.commands.append(HangUp(ending.reason))
            self._set(outcome=ending.reason)

    # Small parts

    @property
    def _busy(self) -> bool:
        """Whether the call is ending, the caller is elsewhere, or they are at their turn."""
        state = self.state
        elsewhere = state.away is not None or state.message is not None
        return bool(state.ending or state.outcome) or elsewhere or state.turns.phase in trn.CALLERS_TURN

    @property
    def _overlapping(self) -> bool:
        """Whether the caller makes a sound over what we say, which may be nothing."""
        return not self.state.ending and self.state.turns.phase is Phase.OVERLAP

    def _current(self, turn: int) -> bool:
        return turn == self.state.turns.turn and self.state.turns.phase is Phase.THINKING

    def _spoken(self, heard: tuple[Spoken, ...]) -> None:
        lines = tuple(Line("agent", s.text, s.at_ms, s.cut) for s in heard if s.text)
        if lines:
            self._set(transcript=self.state.transcript + lines)

    def _line(self, who: Literal["agent", "caller", "keys"], text: str, at_ms: int = -1) -> None:
        line = Line(who, text, self.now if at_ms < 0 else at_ms)
        self._set(transcript=(*self.state.transcript, line))

    def _set(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type] # the fields' own types hold
