"""One live call: the shell around `advance`.

Whatever happens is posted into the inbox; each event is journalled with its time, handed to
`advance`, and the commands that come back go to the workers: ears, mouth, thinker, line. Workers
know only how to post; the session never waits for one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog

from ivr.call.ears import Ears
from ivr.call.equipment import Equipment, LoadedFlow, Past
from ivr.call.errands import Errands
from ivr.call.lines import IncomingCall, Line, Transfer
from ivr.call.minutes import Minutes
from ivr.call.mouth import Mouth, read_mark
from ivr.call.outlet import Outlet
from ivr.call.recording import TappedLine
from ivr.call.thinker import Thinker
from ivr.core.call import CallState, advance, next_deadline, sensitive
from ivr.core.commands import (
    BeginMessage,
    CancelWork,
    Command,
    Count,
    EndMessage,
    Forget,
    HangUp,
    KeepCallback,
    KeepMessage,
    Prepare,
    Record,
    Report,
    Say,
    StartWork,
    StopSpeaking,
    Transcribe,
    TransferCall,
    TurnClosed,
    Understand,
)
from ivr.core.events import (
    CallStarted,
    Event,
    HungUp,
    KeyPressed,
    LineLost,
    LineOpened,
    PutThrough,
    TimePassed,
    TransferAnswered,
    TransferEnded,
    Typed,
)
from ivr.core.keepable import clean, plain
from ivr.core.resuming import may_go_on
from ivr.core.timing import Stopwatch, TurnTiming

INBOX_LIMIT: Final = 1000
"""Events that may wait. They are handled as they come, so more than a few means a fault of ours."""


class Session:
    """A call in progress; to the edge, a `CallHandler`. Must be made inside a running event loop."""

    def __init__(  # noqa: PLR0913 -- who, where, what, with what, when, and whom to tell
        self,
        call: IncomingCall,
        line: Line,
        loaded: LoadedFlow,
        equipment: Equipment,
        wall_ms: int,
        on_end: Callable[[Session], None],
        *,
        past: Past | None = None,
    ) -> None:
        self.call = call
        self.state = past.state if past else CallState()
        self._flow = loaded.flow
        self._equipment = equipment
        self._on_end = on_end
        self._log = structlog.get_logger().bind(call_id=call.call_id)
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time() - (past.now_ms / 1000 if past else 0)
        self._wall_ms = wall_ms
        self._last_ms = past.at_ms if past else 0
        self._inbox: deque[Event] = deque()
        self._draining = False
        self._timer: asyncio.TimerHandle | None = None
        self._timer_ms = 0  # when it goes off
        self._stopwatch = Stopwatch()
        self._hidden = False  # what the caller says now is sensitive
        self._line = TappedLine(line, self.now)
        sounds = {**loaded.sounds, **equipment.sounds}
        self._outlet = Outlet(call, self._line, equipment.recordings, sounds, wall_ms, self._handle)
        self._ears = Ears(equipment.detector, self.post, self.now, equipment.speech)
        self._mouth = Mouth(
            self._line,
            equipment.voice,
            self.post,
            equipment.meter.playout_gap,
            self._outlet.sound,
            equipment.voices,
        )
        self._thinker = Thinker(equipment.recogniser, loaded.reader, self.post, loaded.interpreter)
        self._errands = Errands(call.call_id, equipment.web, self.post, loaded.writer)
        secret = frozenset(slot.name for slot in self._flow.slots.values() if slot.sensitive)
        self._minutes = Minutes(equipment.journal, call.call_id, secret, past.events if past else 0)
        if past:
            self._log.info("call taken up", flow=self._flow.name, events=past.events)
            self._arm()
        else:
            self._begin(loaded.source)

    def _begin(self, source: str) -> None:
        call, wall_ms = self.call, self._wall_ms
        self._equipment.journal.begin(
            call.call_id,
            flow=self._flow,
            flow_source=source,
            caller=plain(call.caller),
            called=plain(call.called),
            wall_ms=wall_ms,
        )
        self._log.info("call began", flow=self._flow.name, called=call.called)
        today = datetime.fromtimestamp(wall_ms / 1000, ZoneInfo(self._flow.timezone)).date().isoformat()
        self.post(CallStarted(call.call_id, call.caller, call.called, today, call.slots, call.step, wall_ms))

    def now(self) -> int:
        """Whole ms since the call began; never runs back."""
        self._last_ms = max(self._last_ms, int((self._loop.time() - self._began) * 1000))
        return self._last_ms

    @property
    def over(self) -> bool:
        """Whether the call has an outcome."""
        return bool(self.state.outcome)

    @property
    def here(self) -> bool:
        """Whether the caller is with us, and not being handed over or cut off."""
        return not self.over and self.state.away is None

    # CallHandler

    def audio(self, mulaw: bytes, timestamp_ms: int) -> None:
        """Take an inbound frame. When the call is over its ears are closed, and take none."""
        try:
            self._ears.frame(mulaw, timestamp_ms)
            if self._line.recorder:
                self._line.recorder.caller(mulaw, timestamp_ms, self.now(), hidden=self._hidden)
        except Exception:  # noqa: BLE001 -- as in `post`
            self._log.exception("call failed: this is a bug in ivr")
            self._fail()
            self._end()

    def key(self, digit: str) -> None:
        """Take a key."""
        self.post(KeyPressed(digit))

    def mark(self, name: str) -> None:
        """Take a mark that came back."""
        if self._line.recorder:
            self._line.recorder.returned(name, self.now())
        played = read_mark(name)
        if played is not None:
            self.post(played)

    def closed(self, by: str) -> None:
        """The line is gone. One that broke may be replaced, if the carrier does that: see `reopen`."""
        if self.state.away is not None:
            if self.state.away.contact and not self.call.resumes:
                self.post(TransferEnded("completed"))  # nobody will tell us
        elif by == "carrier" and self.call.resumes:
            self._ears.close()
            self.post(LineLost())
        else:
            self.post(HungUp(by))

    # A call that outlives its line

    def closed_for_good(self, by: str) -> None:
        """The carrier says that the call itself is over."""
        self.post(HungUp(by))

    @property
    def returns(self) -> bool:
        """Whether the call waits for another line: a transfer came to nothing, or the line broke."""
        return not self.over and self.state.away is not None and self.state.away.returning

    def cut_off(self) -> None:
        """The carrier says that the line is closed, before we have noticed."""
        if not self.over and self.state.away is None:
            self._line.hang_up("cut off")
            self._ears.close()
            self.post(LineLost())

    def transfer_answered(self, *, accepted: bool) -> None:
        """Whoever was rung takes the call or refuses it."""
        self.post(TransferAnswered(accepted))

    def transfer_ended(self, outcome: str) -> None:
        """The carrier tells what became of a transfer."""
        self.post(TransferEnded(outcome))

    def reopen(self, line: Line) -> None:
        """Go on with a new line."""
        self._line.line = line
        self._outlet.new_stream(self.now())
        self._ears = Ears(self._equipment.detector, self.post, self.now, self._equipment.speech)
        self._log.info("call goes on", after=self.state.away.contact if self.state.away else "")
        self.post(LineOpened())

    def hang_up(self, by: str = "operator") -> None:
        """End the call from outside."""
        if not self.over:
            self._line.hang_up(by)
            self.post(HungUp(by))

    def leave(self) -> bool:
        """Leave a caller who is with somebody else to the server that starts next, since ours stops.

        False when the call cannot go on without us.
        """
        if not may_go_on(self._flow, self.state) or not self.call.resumes:
            return False
        self._put_away()
        self._outlet.close(self.now())
        self._equipment.journal.leave(self.call.call_id)
        self._log.info("call left to the next server")
        self._on_end(self)
        return True

    def type_text(self, text: str) -> bool:
        """Take words that were typed instead of said. False when they cannot be taken now."""
        turn = self.state.turns.turn
        self.post(Typed(text))
        return self.state.turns.turn != turn

    def put_through(self, contact: str) -> bool:
        """An operator hands the caller to a contact of the flow. False when there is none of that name."""
        self.post(PutThrough(contact))
        return self.over or (self.state.ending is not None and self.state.ending.contact == contact)

    # Events in, commands out

    def post(self, event: Event) -> None:
        """Take an event. Those that come while one is handled wait their turn."""
        if self.over:
            return
        if len(self._inbox) >= INBOX_LIMIT:
            self._log.error("inbox full: event dropped", event_type=type(event).__name__)
            return
        self._inbox.append(clean(event))
        if self._draining:
            return
        self._draining = True
        try:
            while self._inbox and not self.over:
                self._handle(self._inbox.popleft())
        except Exception:  # noqa: BLE001 -- whatever we got wrong, the caller must not hang in silence
            self._log.exception("call failed: this is a bug in ivr")
            self._fail()
        finally:
            self._draining = False
        if self.over:
            self._end()
        else:
            self._arm()

    def _handle(self, event: Event) -> None:
        now = self.now()
        hidden, ours = sensitive(self._flow, self.state), self.state.ours
        state, commands = advance(self._flow, self.state, event, now)
        self.state = state
        self._hidden = sensitive(self._flow, state)
        self._minutes.take(event, now, state, hidden=hidden, ours=ours)
        self._measure(event, commands, now)
        for command in commands:
            self._obey(command)
        if self._equipment.observer:
            self._equipment.observer.event(self.call.call_id, now, event, commands, state)

    def _obey(self, command: Command) -> None:
        match command:
            case Say(generation, segments, first):
                self._line.hidden.update(str(segment.id) for segment in segments if segment.hidden)
                self._mouth.say(segments, generation, first=first)
            case StopSpeaking(generation):
                self._mouth.stop(generation)
            case Prepare(words, urgent):
                self._mouth.prepare(words, urgent=urgent)
            case Transcribe(turn, from_ms, to_ms, hints, language, speculative):
                audio = self._ears.cut(from_ms, to_ms)
                self._thinker.transcribe(turn, audio, hints, language, speculative=speculative)
            case Forget(turn):
                self._thinker.forget(turn)
            case Understand():
                self._thinker.understand(command)
            case StartWork(work, order):
                self._errands.start(work, order)
            case CancelWork(work):
                self._errands.cancel(work)
            case TransferCall(contact, whisper, timeout_ms):
                known = self._flow.contacts[contact]
                self._ears.close()
                spoken = self._flow.speaking(self.state.dialogue.language).language
                self._line.transfer(Transfer(known, whisper, timeout_ms, spoken))
            case BeginMessage() | EndMessage() | KeepMessage() | KeepCallback() | Record():
                self._outlet.obey(command, self._ears, self.now())
            case HangUp(reason):
                self._line.hang_up(reason)
            case Count(what, ms):
                self._equipment.meter.counted(what, ms / 1000)
            case TurnClosed():
                pass
            case Report(blame, message):
                self._log.warning("flow fault" if blame == "flow" else "engine fault", message=message)

    def _measure(self, event: Event, commands: tuple[Command, ...], now: int) -> None:
        timing, barge_in_ms = self._stopwatch.take(event, commands, now)
        meter = self._equipment.meter
        if barge_in_ms >= 0:
            meter.barged_in(barge_in_ms / 1000)
        if timing is None:
            return
        meter.turn(timing.decided_by)
        meter.responded(timing.response_ms / 1000)
        self._log.info("turn", **_turn_fields(timing))
        if self._equipment.observer:
            self._equipment.observer.turn(self.call.call_id, timing)

    def _arm(self) -> None:
        """See that the call is woken in time. A timer that goes off too early is cheaper than a new one."""
        due = next_deadline(self.state)
        if due is None or (self._timer and self._timer_ms <= due):
            return
        if self._timer:
            self._timer.cancel()
        self._timer_ms = due
        self._timer = self._loop.call_at(self._began + (due + 1) / 1000, self._wake)

    def _wake(self) -> None:
        self._timer = None
        due = next_deadline(self.state)
        if due is None or due > self.now():
            self._arm()
        else:
            self.post(TimePassed())

    def _fail(self) -> None:
        """Our own bug: the caller must not hang in silence."""
        self._inbox.clear()
        self._line.hang_up("failed")
        now, end = self.now(), HungUp("us")
        self.state, _ = advance(self._flow, self.state, end, now)
        self._minutes.take(end, now, self.state, hidden=False)

    def _put_away(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._inbox.clear()
        self._minutes.write()
        for bill in (*self._thinker.close(), *self._errands.close()):
            self._minutes.add(bill, self.now())
        self._mouth.close()
        self._ears.close()

    def _end(self) -> None:
        self._put_away()
        now = self.now()
        self._outlet.close(now)
        seconds = now / 1000
        self._equipment.journal.end(
            self.call.call_id, self.state.outcome, self.state.path, self._wall_ms + now
        )
        self._equipment.meter.call_ended(self.state.outcome, seconds)
        self._log.info("call ended", outcome=self.state.outcome, seconds=round(seconds, 1))
        self._on_end(self)


def _turn_fields(timing: TurnTiming) -> dict[str, Any]:
    return {"turn": timing.turn, "decided_by": timing.decided_by, "response_ms": timing.response_ms}
