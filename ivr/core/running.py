"""Running a flow: the steps one after another, until one waits for the caller or the call ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from ivr.core import acting
from ivr.core.commands import WriteAnswer
from ivr.core.dialogue_state import End, Fault, Frame, Result, Tongue, Visit, WaitingStep
from ivr.core.errors import FlowError
from ivr.core.flow import model as m
from ivr.core.handing import Handing
from ivr.core.telling import SILENT, Ladder, fresh
from ivr.core.working import Waiting

MAX_STEPS: Final = 200
"""Steps that one event may run; more is a loop that never waits for the caller."""


DEFAULT_ATTEMPTS: Final = 2
"""Reprompts where the author wrote no ladder."""


_UNSEEN: Final = frozenset([m.JumpStep, m.DeniedStep, m.AgainStep])
"""Steps that no author wrote: they are no places on a call's path."""


class Running(Waiting, Handing):
    """Runs steps."""

    def go(self) -> Result:
        """Run steps until one waits or the call ends."""
        self._waiting = False
        visited: list[str] = []
        while not (self._waiting or self._ended):
            if not self._stack:
                self._phrase("goodbye", SILENT)
                self._end(End("hang_up", "completed"))
                break
            step = self._step()
            if step is None:
                self._stack.pop()
                continue
            visited.append(step.id)
            if len(visited) > MAX_STEPS:
                self._loop(visited)
                break
            self._visit(step)
        return self._result()

    def _visit(self, step: m.Step) -> None:
        if type(step) not in _UNSEEN and not self.under_way():
            self._outs.append(Visit(step.id))
        try:
            self._steps[type(step)](self, step)
        except FlowError as error:
            self._fault(f"{step.id} (line {step.line}): {error}")

    def _say(self, step: m.SayStep) -> None:
        self._speak(self._text(step.id, step.prompt), step.prompt.settings)
        self.next()

    def _wait(self, step: WaitingStep) -> None:
        if isinstance(step, m.CollectStep) and step.slot in self._slots:
            self.jump(step.passed(self._stack[-1].at))
            return
        if isinstance(step, m.CollectStep) and self._filled(step):
            return
        if isinstance(step, m.ListenStep):
            self._ahead = {}  # what was said for another matter
        self._ask(step, again=self._stack[-1].asked)
        self._waiting = True
        self._note(step)
        back = self._kept and self._kept[0] == self.place()
        self._attempts = self._kept[1] if self._kept and back else fresh()

    def _filled(self, step: m.CollectStep) -> bool:
        """Take the value that was said before, and say it back, unless that is never wanted."""
        value, confidence = self._ahead.get(step.slot, (None, 0.0))
        if value is None or step.ask_first:
            return False
        self._ahead = {name: kept for name, kept in self._ahead.items() if name != step.slot}
        if reason := self.why_not(step.slot, value):
            self.say_refusal(step.slot, value, reason)
            return False
        self._note(step)
        self.set(step.slot, value, confidence)
        how = self._flow.slots[step.slot].confirm or m.Confirmation("implicit")
        plain = self._flow.slots[step.slot].confirm is None
        if plain or (how.when == "when_unsure" and confidence >= how.below):
            self._speak(f"{{{step.slot}}}.", step.settings)
            self.jump(step.passed(self._stack[-1].at))
        else:
            self.next()
        return True

    def _note(self, step: WaitingStep) -> None:
        """Remember the question. One that is put again ends the way that led from it."""
        place = self.place()
        if place in self._trail:
            self._trail = self._trail[: self._trail.index(place)]
        self._trail.append(place)
        if isinstance(step, m.ListenStep) and step.intents and not self._home:
            self._home = place

    def _set_slots(self, step: m.SetSlotsStep) -> None:
        for slot, expression in step.values.items():
            value = None if expression is None else self.value(expression)
            self.set(slot, value)
        self.next()

    def _branch(self, step: m.BranchStep) -> None:
        if self.holds(step.condition):
            self.next()
        else:
            self.jump(step.otherwise)

    def _jump(self, step: m.JumpStep) -> None:
        self.jump(step.target)

    def _deny(self, step: m.DeniedStep) -> None:
        """Ask again, each time in the next other words of the ladder for misunderstanding."""
        before = self._denied.get(step.slot, 0)
        self._denied = {**self._denied, step.slot: before + 1}
        self.set(step.slot, None)
        self.jump(step.target)
        self._attempts = {**fresh(), "no_match": before}
        self.take_rung("no_match", "denied")

    def take_rung(self, ladder: Ladder, phrase: str) -> None:
        """Take the next rung: the author's, else the built-in one; past the last, a person or goodbye.

        phrase  what the built-in rung says first; "" when it has been said
        """
        step = self._step()
        if not isinstance(step, WaitingStep):
            return
        rungs = getattr(step.repair, ladder)
        attempt = self._attempts[ladder]
        self._attempts[ladder] += 1
        self._said = []  # `repeat` says the last thing again, not the whole ladder
        self._waiting = True
        if attempt < len(rungs):
            if phrase not in ("", *fresh()):
                self._phrase(phrase, step.settings)  # what was wrong, which no rung can know
            self.jump(rungs[attempt])
        elif not rungs and attempt < DEFAULT_ATTEMPTS:
            if phrase:
                self._phrase(phrase, step.settings)
            self._ask(step, again=self._stack[-1].asked)
        else:
            self._waiting = False
            self.give_up(ladder)

    def _again(self, step: m.AgainStep) -> None:
        self.jump(step.target)
        self._stack[-1] = self._stack[-1]._replace(asked=True, mode=step.mode)
        self._waiting = True

    def _person(self, step: m.PersonStep) -> None:
        if not self.to_person(step.prompt.text if step.prompt else ""):
            self._phrase("give_up", SILENT)
            self._end(End("hang_up", "no_match"))

    def _call(self, step: m.CallStep) -> None:
        self.next()
        self._push(step.flow)

    def _link(self, step: m.LinkStep) -> None:
        self._drop_work()
        self._stack = [Frame(step.flow, 0)]

    def _hang_up(self, step: m.HangUpStep) -> None:
        if step.prompt:
            self._speak(step.prompt.text, SILENT)
        self._end(End("hang_up", "completed"))

    def _hold(self, step: m.HoldStep) -> None:
        if step.prompt and not self.under_way():
            self._speak(self._text(step.id, step.prompt), step.prompt.settings)
        ended = self.awaited(None, step.patience)
        if ended is None:
            return
        if ended.outcome == "timeout" and step.on_timeout is not None:
            self.jump(step.on_timeout)
        else:
            self.next()

    def _tongue(self, step: m.LanguageStep) -> None:
        self._flow = self._flow.speaking(step.language)
        self._language = step.language
        self._outs.append(Tongue(step.language))
        self.next()

    def _noop(self, step: m.NoopStep) -> None:  # noqa: ARG002 -- there is nothing to do about it
        self.next()

    def _action(self, step: m.ActionStep) -> None:
        try:
            ended = self.awaited(lambda: acting.request(step, self._slots), step.patience)
        except acting.Unfit as error:
            self._action_failed(step, "refused", str(error))
            return
        if ended is None:
            return
        if ended.outcome != "done":
            self._action_failed(step, ended.outcome, ended.reason)
            return
        try:
            values = acting.values(step, ended, self._flow.slots)
        except acting.Unfit as error:
            self._action_failed(step, "reply", str(error))
            return
        for slot, value in values.items():
            self.set(slot, value)
        self.next()

    def _action_failed(self, step: m.ActionStep, outcome: str, reason: str) -> None:
        why = f"{outcome}: {reason}" if reason else outcome
        self._outs.append(Fault(f"{step.id} (line {step.line}): {why}", "engine"))
        target = acting.branch(step, outcome)
        if target is None:
            self.give_up("failed")
        else:
            self.jump(target)

    def _answer(self, step: m.AnswerStep) -> None:
        ended = self.awaited(lambda: self._question(step), step.patience)
        if ended is None:
            return
        match ended.outcome:
            case "done" | "interrupted":
                self.next()
            case "unknown":
                self._go(step.on_unknown, "unknown", step)
            case outcome:
                why = f"{outcome}: {ended.reason}" if ended.reason else outcome
                self._outs.append(Fault(f"{step.id} (line {step.line}): {why}", "engine"))
                self._go(step.on_error, "" if outcome == "cut" else "unanswered", step)

    def _question(self, step: m.AnswerStep) -> WriteAnswer:
        asked = str(self._slots.get(step.question, "")) if step.question else ""
        return WriteAnswer(step.knowledge, asked, step.tier, step.manner, step.sentences)

    def _go(self, target: int | None, phrase: str, step: m.AnswerStep) -> None:
        """To the author's branch; without one, say it in our own words and go on."""
        if target is not None:
            self.jump(target)
            return
        if phrase:
            self._phrase(phrase, step.settings)
        self.next()

    def give_up(self, reason: str) -> None:
        """To a person if the flow has one and we have not been there yet, else goodbye."""
        if not self.to_person():
            self._phrase("give_up", SILENT)
            self._end(End("hang_up", reason))

    def to_person(self, words: str = "") -> bool:
        """Go where `agent` leads, in these words. False: there is nobody, or we have been there."""
        agent = self._flow.universals.get("agent")
        if not agent or agent.does != "flow" or self._stack[0].flow == agent.flow:
            return False
        self._attempts = fresh()
        self._drop_work()
        self._stack = [Frame(agent.flow, 0)]
        self._waiting = False
        if words:
            self._speak(words, SILENT)
        step = self._step()
        if isinstance(step, m.TransferStep):
            # Its own words answer a wish ("Of course…"); here nobody wished for anything.
            if not words:
                self._phrase("to_person", SILENT)
            self._visit(replace(step, prompt=m.Prompt("")))
        return True

    _steps: Final[Mapping[type, Callable[..., None]]] = {
        m.SayStep: _say,
        m.ListenStep: _wait,
        m.CollectStep: _wait,
        m.ConfirmStep: _wait,
        m.SetSlotsStep: _set_slots,
        m.BranchStep: _branch,
        m.JumpStep: _jump,
        m.DeniedStep: _deny,
        m.AgainStep: _again,
        m.PersonStep: _person,
        m.CallStep: _call,
        m.LinkStep: _link,
        m.HangUpStep: _hang_up,
        m.ActionStep: _action,
        m.HoldStep: _hold,
        m.NoopStep: _noop,
        m.LanguageStep: _tongue,
        m.AnswerStep: _answer,
        **Handing.steps,
    }

    def _loop(self, visited: list[str]) -> None:
        last = visited[-1]
        first = len(visited) - 2 - visited[-2::-1].index(last)
        names = list(dict.fromkeys(visited[first:]))
        self._fault(
            f"{MAX_STEPS} steps ran without waiting for the caller: the loop is "
            f"{' -> '.join([*names[:10], names[0]])}. Put a listen or collect into it, or a way out.",
        )
