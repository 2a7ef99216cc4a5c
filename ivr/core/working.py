"""Work outside that a step waits for, instead of for the caller: a request, a person who is rung.

    step -> Start -> StartWork(work, order) … outside … WorkEnded(work, outcome, values) -> step goes on

While it lasts, the caller is told so after a set silence and again and again (`Patience`), universals
and canonical answers are heard, and other words and keys are answered with the filler. A universal may
run steps and come back; the work goes on meanwhile, unless they end the call or `link` elsewhere. An end
that comes in the middle of the caller's turn, or of a universal's steps, waits until these are over.
Each work has a number, and an end with a number that nobody waits for changes nothing. If the outside
never answers, the call's own clock ends the work as `timeout`.

One more kind of work takes:

1. an order, a frozen dataclass of plain values, among `Order` in `ivr.core.commands`;
2. a step with a `patience` in `ivr.core.flow.model`, among `WorkStep`, and in `Running._steps` a method
   that begins with

       ended = self.awaited(lambda: TheOrder(...), step.patience)
       if ended is None:
           return
       self.jump(...)  # by `ended.outcome`, with what is in `ended.values`

   The step is run again when the work has ended, and when a universal has returned to it. Values under
   the name of a sensitive slot are masked in the journal;
3. a way to do it: a `case` in `ivr.call.errands` that runs a coroutine behind a port, or in
   `Session._obey` for what only the line can do; whoever does it posts one `WorkEnded` with the number;
4. an answer in text: `ivr.core.text_caller` asks its `outside` what becomes of an order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from ivr.core.changing import changed
from ivr.core.commands import Order
from ivr.core.dialogue_state import Dialogue, Drop, Result, Speak, Start, Working
from ivr.core.errors import FlowError
from ivr.core.events import AnswerPart, WorkEnded
from ivr.core.flow import model as m
from ivr.core.telling import Telling

MAX_WORKS: Final = 200
"""Pieces of work in one call; more is a loop that asks the outside for ever."""


class Waiting(Telling):
    """The part of a run that waits for work outside."""

    def awaited(self, order: Callable[[], Order] | None, patience: m.Patience) -> WorkEnded | None:
        """How the work of the step that runs has ended; `None` while it goes on. Starts it first."""
        mine = _on_top(self._working, len(self._stack))
        if mine is None:
            if self._works >= MAX_WORKS:
                raise FlowError(f"a call has at most {MAX_WORKS} actions; this loop has no way out")
            self._works += 1
            self._working = (*self._working, Working(self._works, len(self._stack)))
            self._outs.append(Start(self._works, order() if order else None, patience))
            self._waiting = True
            return None
        if mine.ended is None:
            self._waiting = True
            return None
        self._working = tuple(work for work in self._working if work is not mine)
        return mine.ended

    def end_hold(self) -> Result:
        """The caller has said or pressed what a hold waits for."""
        mine = _on_top(self._working, len(self._stack))
        if mine is not None:
            done = replace(mine, ended=WorkEnded(mine.number, "done"))
            self._working = tuple(done if work is mine else work for work in self._working)
            self._outs.append(Drop(mine.number))
        return self.go()

    def go(self) -> Result:
        """Run steps; see `Running`."""
        raise NotImplementedError

    def speak_parts(self) -> Result:
        """Speak the sentences of an answer that have come. A model's words are no template: as they are."""
        mine = _on_top(self._working, len(self._stack))
        step = self._step()
        if mine is None:
            return self._result()
        # Sentences for a step that takes none are dropped: left there, they would keep the work from ending.
        parts, settings = (
            (mine.parts, step.settings) if isinstance(step, m.AnswerStep) else ((), m.Settings())
        )
        spoken = [Speak(part, settings, fixed=False) for part in parts]
        self._outs += spoken
        self._said += spoken
        done = replace(mine, parts=(), spoke=mine.spoke + len(spoken))
        self._working = tuple(done if work is mine else work for work in self._working)
        return self._result()

    def under_way(self) -> bool:
        """Whether the step on top has begun its work before."""
        return bool(self._working) and _on_top(self._working, len(self._stack)) is not None

    def at_work(self) -> bool:
        """Whether the step on top waits for work outside."""
        return self._waiting and self.under_way()

    def still_working(self) -> Result:
        """Tell the caller that it lasts a little longer."""
        step = self._step()
        filler = step.patience.filler if isinstance(step, m.WorkStep) else None
        settings = self._flow.settings
        if filler is None:
            self._phrase("holding" if isinstance(step, m.HoldStep) else "working", settings)
        else:
            said = len(self._said)
            self._speak(self._text(f"{step.id if step else ''}/filler", filler), filler.settings)
            del self._said[said:]  # `repeat` says what was said before
        return self._result()


def at_work(dialogue: Dialogue) -> bool:
    """Whether the conversation waits for work outside."""
    return dialogue.waiting and _on_top(dialogue.working, len(dialogue.stack)) is not None


def over(dialogue: Dialogue) -> bool:
    """Whether the conversation can go on, since what it waits for has ended."""
    mine = _on_top(dialogue.working, len(dialogue.stack)) if dialogue.waiting else None
    return mine is not None and mine.ended is not None and not mine.parts


def step_of(flow: m.Flow, dialogue: Dialogue, work: int) -> str:
    """The name of the step that waits for this work; "" if none does."""
    depth = next((w.depth for w in dialogue.working if w.number == work), 0)
    if not depth:
        return ""
    frame = dialogue.stack[depth - 1]
    return flow.flows[frame.flow].steps[frame.at].id


def note(dialogue: Dialogue, ended: WorkEnded) -> Dialogue:
    """Note the end of work. The same dialogue if nobody waits for it, or it is known to have ended."""
    if not any(work.number == ended.work and work.ended is None for work in dialogue.working):
        return dialogue
    working = tuple(replace(w, ended=ended) if w.number == ended.work else w for w in dialogue.working)
    return changed(dialogue, working=working)


def add_part(dialogue: Dialogue, part: AnswerPart) -> Dialogue:
    """Note a sentence of an answer. The same dialogue if nobody waits for it."""
    if not any(work.number == part.work and work.ended is None for work in dialogue.working):
        return dialogue
    working = tuple(
        replace(w, parts=(*w.parts, part.text)) if w.number == part.work else w for w in dialogue.working
    )
    return changed(dialogue, working=working)


def has_parts(dialogue: Dialogue) -> bool:
    """Whether sentences of an answer are to be spoken now."""
    mine = _on_top(dialogue.working, len(dialogue.stack)) if dialogue.waiting else None
    return mine is not None and bool(mine.parts)


def without_parts(dialogue: Dialogue) -> Dialogue:
    """Forget the sentences that have come and were not spoken."""
    return changed(dialogue, working=tuple(replace(work, parts=()) for work in dialogue.working))


def answering(dialogue: Dialogue) -> int:
    """The number of the work whose sentences the caller is hearing; 0: there is none."""
    mine = _on_top(dialogue.working, len(dialogue.stack)) if dialogue.waiting else None
    return mine.number if mine is not None and mine.spoke else 0


def _on_top(working: tuple[Working, ...], depth: int) -> Working | None:
    for work in working:
        if work.depth == depth:
            return work
    return None


# The clocks


@dataclass(frozen=True, slots=True)
class Clock:
    """The times of one work (ms since the call began).

    tell_at_ms  when the caller is told that it lasts; `None` while anybody speaks
    told        how often they were
    outside     somebody does it; else the step only waits for time to pass
    """

    work: int
    patience: m.Patience
    give_up_at_ms: int
    tell_at_ms: int | None = None
    told: int = 0
    outside: bool = True


def is_outside(clocks: tuple[Clock, ...], work: int) -> bool:
    """Whether somebody does this work."""
    return any(clock.work == work and clock.outside for clock in clocks)


def started(work: int, patience: m.Patience, now: int, *, outside: bool = True) -> Clock:
    """The clock of work that begins now."""
    return Clock(work, patience, now + patience.limit_ms, outside=outside)


def deadline(clocks: tuple[Clock, ...]) -> int | None:
    """When one of the clocks runs out."""
    times = [clock.give_up_at_ms for clock in clocks]
    return min([*times, *(c.tell_at_ms for c in clocks if c.tell_at_ms is not None)], default=None)


def given_up(clocks: tuple[Clock, ...], now: int) -> tuple[int, ...]:
    """The work that has lasted too long."""
    return tuple(clock.work for clock in clocks if clock.give_up_at_ms <= now)


def without(clocks: tuple[Clock, ...], work: int) -> tuple[Clock, ...]:
    """The clocks but that of this work."""
    return tuple(clock for clock in clocks if clock.work != work)


def told(clocks: tuple[Clock, ...], now: int) -> tuple[Clock, ...]:
    """The clocks when the caller is being told, if it was time to tell; else the same."""
    if not any(c.tell_at_ms is not None and c.tell_at_ms <= now for c in clocks):
        return clocks
    return tuple(
        replace(c, tell_at_ms=None, told=c.told + 1) if c.tell_at_ms is not None else c for c in clocks
    )


def heard(clocks: tuple[Clock, ...], now: int, *, quiet: bool) -> tuple[Clock, ...]:
    """The clocks after an event. `quiet`: the caller waits for the latest work, and nobody speaks."""
    if not clocks:
        return clocks
    *others, last = clocks
    if quiet and last.tell_at_ms is None:
        silence = last.patience.every_ms if last.told else last.patience.after_ms
        return (*(replace(c, tell_at_ms=None) for c in others), replace(last, tell_at_ms=now + silence))
    if not quiet and last.tell_at_ms is not None:
        return (*others, replace(last, tell_at_ms=None))
    return clocks
