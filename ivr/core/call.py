"""A call: `advance(flow, state, event, now) -> state, commands`. What a call decides is decided here.

    SpeechBegan, KeyPressed, TimePassed … -> turn-taking -> dialogue -> playout -> Say, Transcribe …

`now` and all times are whole ms since the call began. `next_deadline(state)` says when to send
`TimePassed`. A result that carries an old turn number changes nothing.
"""

from __future__ import annotations

from typing import Final

from ivr.core import dialogue as dlg
from ivr.core import messages as msg
from ivr.core import playout as out
from ivr.core import turns as trn
from ivr.core import unheard
from ivr.core import working as wrk
from ivr.core.call_state import CallState, Guess, Line
from ivr.core.cards import HIDDEN
from ivr.core.changing import changed
from ivr.core.commands import CancelWork, Command, Count, Report
from ivr.core.dialogue_state import Speak
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
from ivr.core.listening import Listening
from ivr.core.phrases import DEFAULTS
from ivr.core.turns import SOUND_MS, Phase, Signal

__all__ = ["HIDDEN", "LATE_KEY_MS", "CallState", "Line", "advance", "next_deadline", "sensitive"]

LATE_KEY_MS: Final = 2_000
"""How long after a value's last digit the key that would have ended it counts for nothing."""


def advance(flow: Flow, state: CallState, event: Event, now: int) -> tuple[CallState, tuple[Command, ...]]:
    """Take one event. An ended call takes none, but the word that something of it was kept."""
    if isinstance(event, Kept) and state.call_id:
        return changed(state, kept=(*state.kept, (event.kind, event.file))), ()
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
        _voice_late_at(state),
        state.turns.deadline_ms,
        out.deadline(state.playout),
        wrk.deadline(state.clocks),
        msg.deadline(state.message),
        state.away.deadline_ms if state.away else None,
    ]
    return min((at_ms for at_ms in due if at_ms is not None), default=None)


def _voice_late_at(state: CallState) -> int | None:
    """When the caller is told to wait, since the sound of what we want to say does not come."""
    playing = state.playout.settings
    if playing is None:
        return None
    return out.late_at(state.playout, state.stopped_ms, playing.dead_air_ms - SOUND_MS)


def sensitive(flow: Flow, state: CallState) -> bool:
    """Whether what the caller says or keys now must not be shown or kept."""
    return dlg.sensitive(flow, state.dialogue)


class _Work(Listening):
    """One event's work: mutable inside, state and commands outside."""

    def look_at_the_clock(self) -> None:
        """Let the conversation know which minute it is, once a minute."""
        if not self.state.wall_ms:
            return
        minute = (self.state.wall_ms + self.now) // 60_000
        if minute != self.state.dialogue.minute:
            self._set(dialogue=changed(self.state.dialogue, minute=minute))

    def take(self, event: Event) -> None:
        match event:
            case CallStarted():
                self._started(event)
            case SpeechBegan(at_ms):
                self._speech_began(at_ms)
            case SpeechEnded(at_ms):
                self._speech_ended(at_ms)
            case KeyPressed(key):
                self._key(key)
            case SpeakingBegan():
                self._speaking_began(event)
            case Played():
                self._played(event)
            case Heard():
                self._heard(event)
            case Typed(text):
                self._typed(text)
            case Understood():
                self._understood(event)
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
        late, until_ms = self.state.late_key
        if late:
            self._set(late_key=("", 0))
            if key == late and self.now <= until_ms:
                return
        if self._is_left_over():
            return
        if self._goes_on_in_keys(key):
            self._key_also(key)
            return
        early = key in "12" and self._too_early(self.now)
        self._signal(Signal.KEY)
        if early:
            self._note_cut()
            self._line("keys", key)
            self._dialogue(unheard.ask_again(self.flow, self.state.dialogue))
            return
        hidden = sensitive(self.flow, self.state)
        ends = dlg.finish_key(self.flow, self.state.dialogue)
        keys = self.state.dialogue.keys + key
        after, outs, more = dlg.on_key(self.flow, self.state.dialogue, key)
        if more:
            self._set(dialogue=after)
            return
        self._set(burst=after.no_match > self.state.dialogue.no_match)
        self._line("keys", HIDDEN if hidden else keys)
        self._set(stopped_ms=self.now)
        if ends and key != ends:
            self._set(late_key=(ends, self.now + LATE_KEY_MS))
        self._dialogue((after, outs))

    def _speaking_began(self, event: SpeakingBegan) -> None:
        self._set(playout=out.began(self.state.playout, event.segment, event.duration_ms, self.now))
        asks = any(entry.question and entry.id == event.segment for entry in self.state.playout.queue)
        if asks and self.state.asked_ms is None:
            self._set(asked_ms=self.now + unheard.HEARD_MS)
        if self.state.stopped_ms >= 0:
            silence = self.now - self.state.stopped_ms
            if silence > dlg.settings(self.flow, self.state.dialogue).dead_air_ms:
                self.commands.append(Count("dead_air", silence))
            self._set(stopped_ms=-1)

    def _played(self, event: Played) -> None:
        ledger, heard = out.played(
            self.state.playout, event.generation, event.segment, event.position_ms, self.now, last=event.last
        )
        if ledger is not self.state.playout:
            self._set(playout=ledger)
            self._spoken(heard)
            self._if_silent()

    def _typed(self, text: str) -> None:
        """Typed words are a turn of their own. As with speech, a prompt may forbid to be interrupted."""
        playing = self.state.playout.settings
        held = playing is not None and playing.interruptible not in ("speech", "any")
        expected = self._expected()
        if self.state.ending or self.state.away or held or expected is None or not text:
            return
        self._set(dialogue=changed(self.state.dialogue, heard=1.0), asked_ms=self.now)  # they have read it
        self._signal(Signal.TYPED)
        turn = self.state.turns.turn
        self._set(guess=Guess(turn, self.now, self.now, text, 1.0, closed=True), pieces=())
        self._tell()
        self._understand(turn, text, 1.0, expected)

    def _engine_failed(self, event: EngineFailed) -> None:
        self.commands.append(Report("engine", f"{event.engine}: {event.reason}"))
        if event.segment >= 0:
            self._cannot_speak(event.segment)
        elif event.turn and self._nothing_came(event.turn):
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
        self._see_to_sound()
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

    def _see_to_sound(self) -> None:
        """Sound that is late, or whose end the carrier never told."""
        late = _voice_late_at(self.state)
        if late is not None and late <= self.now:
            self._stopgap()
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

    def _from_outside(self, event: WorkEnded | AnswerPart | ModelsUsed) -> None:
        match event:
            case WorkEnded():
                self._work_ended(event)
            case AnswerPart():
                self._set(dialogue=wrk.add_part(self.state.dialogue, event))
            case ModelsUsed(used):
                self._set(spent=self.state.spent + sum(usage.nano or 0 for usage in used))

    def see_to_work(self) -> None:
        """Go on with work that has ended, once the caller's turn is over, or set its clocks."""
        if wrk.has_parts(self.state.dialogue) and (not self._busy or self._overlapping):
            self._dialogue(dlg.on_parts(self.flow, self.state.dialogue), turn=False)
        while not self._busy and wrk.over(self.state.dialogue):
            self._dialogue(dlg.on_work_over(self.flow, self.state.dialogue))
        quiet = not self._busy and not self.state.playout.speaking and wrk.at_work(self.state.dialogue)
        self._set(clocks=wrk.heard(self.state.clocks, self.now, quiet=quiet))

    def _stopgap(self) -> None:
        """The voice is late: say something that is ready."""
        text = self.flow.phrases.get("working", DEFAULTS["working"])
        settings = dlg.settings(self.flow, self.state.dialogue)
        sentences = self._sentences(Speak(text, settings))
        ledger, say = out.stopgap(self.state.playout, sentences, settings, self.now)
        self._set(playout=ledger)
        self.commands += [Count("filler"), say]

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
