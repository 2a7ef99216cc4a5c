"""The steps of a flow, compiled one by one; the lists that they stand in: `ivr.core.flow.compile_blocks`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final

from ivr.core.flow import languages
from ivr.core.flow import model as m
from ivr.core.flow import schema_steps as s
from ivr.core.flow.compile_action import compile_action
from ivr.core.flow.compile_blocks import EMPTY, MODES, BlockBuilder, Place, with_end
from ivr.core.flow.known import inherit
from ivr.core.flow.problems import nearest
from ivr.core.flow.schema_lists import Steps
from ivr.core.flow.yaml_source import Node

KEY: Final = re.compile(r"[0-9*#]")
"""A key of the telephone."""

COUNTED: Final = ("digits", "integer", "phone")
"""Slot types whose keys may be counted: all others have a number of keys of their own, or take no digits."""

ANSWER_LIMIT_MS: Final = 25_000
"""How long a model may take to write an answer; its first sentence has to come far sooner."""


class SubFlowBuilder(BlockBuilder):
    """Compiles one sub-flow, but for the steps that bring people in."""

    def _say(self, step: s.Say, place: Place) -> m.Step:
        settings = inherit(place.settings, step.say)
        prompt = self._known.prompt(step.say.text, place.node.at("say", "text"), settings)
        return m.SayStep(place.id, place.line, prompt)

    def _listen(self, step: s.Listen, place: Place) -> m.Step:
        body, node = step.listen, place.node.at("listen")
        if not body.intents and not body.keys:
            self._report.error(
                place.node.key("listen"),
                "This waits for nothing: 'listen' has neither intents nor keys",
                "List what the caller may want under 'intents', or use 'say'.",
            )
        own = replace(place, settings=inherit(place.settings, body))
        intents = {
            name: self._intent(name, steps, node.at("intents"), place) for name, steps in body.intents.items()
        }
        keys = {key: self._key(key, body, node.at("keys"), intents, place) for key in body.keys}
        repair = self._repair(body, node, own)
        end = self._close(place)
        return m.ListenStep(
            place.id,
            place.line,
            prompt=self._prompt(body.ask, node.at("ask"), own),
            again=self._prompt(body.ask_again, node.at("ask_again"), own),
            intents=with_end(intents, end),
            keys=with_end(keys, end),
            repair=repair,
            hints=tuple(body.hints),
            settings=own.settings,
            help=self._prompt(body.help, node.at("help"), own),
        )

    def _intent(self, name: str, steps: Steps, node: Node, place: Place) -> int:
        self._known.name("intent", name, self._known.intents, node.key(name))
        return self._branch(steps, node.at(name), name, place)

    def _key(self, key: str, body: s.ListenBody, node: Node, intents: Mapping[str, int], place: Place) -> int:
        """A key leads to steps of its own, or to those of an intent of the same `listen`."""
        if not KEY.fullmatch(key):
            message = f"The telephone has no key '{key[:40]}'"
            self._report.error(node.key(key), message, "Keys are 0-9, * and #.")
        branch = body.keys[key]
        if not isinstance(branch, str):
            return self._branch(branch, node.at(key), f"key-{key}", place)
        if branch not in intents:
            named = nearest(branch, intents, "intents of this step")
            hint = named if intents else "Name it under 'intents' of this step, or write steps here."
            self._report.error(node.at(key).spot, f"This step listens for no intent '{branch[:40]}'", hint)
        return intents.get(branch, EMPTY)

    def _collect(self, step: s.Collect, place: Place) -> m.Step:
        body, node = step.collect, place.node.at("collect")
        known = self._known
        known.name("slot", body.slot, known.slots, node.at("slot").spot)
        place = replace(place, settings=inherit(place.settings, body))
        if body.finish_on_key and not KEY.fullmatch(body.finish_on_key):
            self._report.error(
                node.at("finish_on_key").spot,
                f"The telephone has no key '{body.finish_on_key[:40]}'",
                'It is one of 0-9, * and #, or "" for none.',
            )
        slot = known.slots.get(body.slot)
        if slot and body.slot in known.sure and body.max_digits is not None:
            self._max_digits(body.max_digits, slot, node)
        if slot and body.slot in known.sure and not body.ask and not slot.ask:
            self._report.warn(place.node.spot, f"Nothing asks for '{body.slot}'", "Give it an 'ask'.")
        said_back = self._said_back(slot, place) if slot else False
        if body.on_no_input or body.on_no_match or body.on_low_confidence or said_back:
            # A filled slot goes on with the next step: over the rungs, which stand behind this one.
            place.ends.append(self._add(m.JumpStep(f"{place.id}/end", place.line, EMPTY), place.node))
        repair = self._repair(body, node, place)
        end = self._close(place)
        return m.CollectStep(
            place.id,
            place.line,
            slot=body.slot,
            prompt=self._prompt(body.ask, node.at("ask"), place),
            again=self._prompt(body.ask_again, node.at("ask_again"), place),
            repair=repair,
            hints=tuple(body.hints),
            finish_on_key=body.finish_on_key,
            settings=place.settings,
            help=self._prompt(body.help, node.at("help"), place),
            skip=end,
            ask_first=body.ask_before_filling or bool(slot and slot.ask_first),
            max_digits=body.max_digits,
        )

    def _max_digits(self, most: int, slot: m.Slot, node: Node) -> None:
        """The most keys of a value: for what has no number of keys of its own."""
        if slot.type not in COUNTED:
            message = (
                f"'max_digits' is for {', '.join(COUNTED)} slots, and '{slot.name}' is of type {slot.type}"
            )
            self._report.error(node.key("max_digits"), message, "Take it out.")
        elif slot.type == "digits" and slot.minimum is not None and most < slot.minimum:
            message = f"'{slot.name}' has at least {slot.minimum} digits, so {most} keys are never enough"
            self._report.error(node.key("max_digits"), message, f"Write {slot.maximum or slot.minimum}.")

    def _said_back(self, slot: m.Slot, place: Place) -> bool:
        """The steps that say a value back, if the slot wants it. What is true goes on behind them."""
        how = slot.confirm or m.Confirmation()
        if how.when == "never":
            return False
        words = m.Prompt(how.words or f"{{{slot.name}}}.", place.settings)
        if how.when == "implicit":
            self._add(m.SayStep(f"{place.id}/said-back", place.line, words), place.node)
            return True
        if how.when == "when_unsure":
            unsure = f"confidence({slot.name}) < {how.below}"
            at = len(self._steps)
            self._add(m.BranchStep(f"{place.id}/unsure", place.line, unsure, at + 3), place.node)
        at = len(self._steps)
        tail = "" if how.words else "is_right"
        asks = m.ConfirmStep(
            *(f"{place.id}/confirm", place.line, words, at + 2, at + 1, m.Repair(), place.settings),
            slot=slot.name,
            tail=tail,
        )
        self._add(asks, place.node)
        self._add(m.DeniedStep(f"{place.id}/denied", place.line, place.index, slot.name), place.node)
        return True

    def _confirm(self, step: s.Confirm, place: Place) -> m.Step:
        body, node = step.confirm, place.node.at("confirm")
        own = replace(place, settings=inherit(place.settings, body))
        answers = {
            "yes": self._branch(body.yes, node.at("yes"), "yes", place),
            "no": self._branch(body.no, node.at("no"), "no", place),
        }
        repair = self._repair(body, node, own)
        answers = with_end(answers, self._close(place))
        prompt = self._known.prompt(body.ask, node.at("ask"), own.settings)
        told = self._prompt(body.help, node.at("help"), own)
        return m.ConfirmStep(
            place.id, place.line, prompt, answers["yes"], answers["no"], repair, own.settings, told
        )

    def _set_slots(self, step: s.SetSlots, place: Place) -> m.Step:
        node = place.node.at("set_slots")
        known = self._known
        for slot in step.set_slots:
            known.name("slot", slot, known.slots, node.key(slot))
        values = {slot: known.value(slot, value, node.at(slot)) for slot, value in step.set_slots.items()}
        return m.SetSlotsStep(place.id, place.line, values)

    def _if(self, step: s.If, place: Place) -> m.Step:
        condition = self._known.expression(step.condition, place.node.at("if"), "yes_no")
        self._branch(step.then, place.node.at("then"), "then", place)
        if step.otherwise and not step.then:
            place.ends.append(self._add(m.JumpStep(f"{place.id}/then/end", place.line, EMPTY), place.node))
        otherwise = self._branch(step.otherwise, place.node.at("else"), "else", place)
        end = self._close(place)
        return m.BranchStep(place.id, place.line, condition, end if otherwise == EMPTY else otherwise)

    def _call(self, step: s.Call, place: Place) -> m.Step:
        self._known.name("flow", step.call, self._known.flows, place.node.at("call").spot)
        return m.CallStep(place.id, place.line, step.call)

    def _link(self, step: s.Link, place: Place) -> m.Step:
        self._known.name("flow", step.link, self._known.flows, place.node.at("link").spot)
        return m.LinkStep(place.id, place.line, step.link)

    def _answer(self, step: s.AnswerFrom, place: Place) -> m.Step:
        body, node, known = step.answer, place.node.at("answer"), self._known
        known.name("knowledge", body.knowledge, known.knowledge, node.at("knowledge").spot)
        if body.question is not None:
            self._question(body.question, node.at("question"))
        settings = inherit(place.settings, body)
        if body.on_unknown or body.on_error:
            # An answer goes on with the next step: over the branches, which stand behind this one.
            place.ends.append(self._add(m.JumpStep(f"{place.id}/end", place.line, EMPTY), place.node))
        unknown = self._branch(body.on_unknown or [], node.at("on_unknown"), "unknown", place)
        error = self._branch(body.on_error or [], node.at("on_error"), "error", place)
        self._close(place)
        filler = known.prompt(body.filler, node.at("filler"), settings) if body.filler else None
        return m.AnswerStep(
            place.id,
            place.line,
            knowledge=body.knowledge,
            question=body.question or "",
            tier=body.tier,
            manner=body.manner or "",
            sentences=body.sentences,
            on_unknown=None if unknown == EMPTY else unknown,
            on_error=None if error == EMPTY else error,
            settings=settings,
            patience=m.Patience(ANSWER_LIMIT_MS, filler),
        )

    def _question(self, slot: str, node: Node) -> None:
        known = self._known
        known.name("slot", slot, known.slots, node.spot)
        if slot in known.sure and known.slots[slot].sensitive:
            message = f"'{slot}' is sensitive: it must not be told to a model"
            self._report.error(node.spot, message, "Ask for the question in a slot that is not.")

    def _hold(self, step: s.Hold, place: Place) -> m.Step:
        body, node = step.hold, place.node.at("hold")
        for number, name in enumerate(body.until):
            self._known.name("intent", name, self._known.intents, node.at("until", number).spot)
        if body.on_timeout is not None and not body.until:
            hint = "Write what follows behind the hold, or name an intent under 'until'."
            self._report.error(node.key("on_timeout"), "Nothing ends this hold but the time", hint)
        settings = inherit(place.settings, body)
        if body.on_timeout:
            # Who ends it goes on with the next step: over the branch, which stands behind this one.
            place.ends.append(self._add(m.JumpStep(f"{place.id}/end", place.line, EMPTY), place.node))
        timeout = self._branch(body.on_timeout or [], node.at("on_timeout"), "timeout", place)
        self._close(place)
        again = self._known.prompt(body.again, node.at("again"), settings) if body.again else None
        return m.HoldStep(
            place.id,
            place.line,
            self._known.prompt(body.say, node.at("say"), settings) if body.say else None,
            tuple(body.until),
            None if timeout == EMPTY else timeout,
            m.Patience(body.time, again, body.every, body.every),
        )

    def _language(self, step: s.Language, place: Place) -> m.Step:
        found = languages.known(step.language, self._known.languages)
        if not found:
            hint = languages.hint(step.language, self._known.languages)
            message = f"The flow does not speak '{step.language[:40]}'"
            self._report.error(place.node.at("language").spot, message, hint)
        return m.LanguageStep(place.id, place.line, found)

    def _noop(self, step: s.Noop, place: Place) -> m.Step:  # noqa: ARG002 -- there is nothing in it
        return m.NoopStep(place.id, place.line)

    def _action(self, step: s.Action, place: Place) -> m.Step:
        node = place.node.at("action", "on_error")
        errors = step.action.on_error or {}
        if errors:
            # A good reply goes on with the next step: over the branches, which stand behind this one.
            place.ends.append(self._add(m.JumpStep(f"{place.id}/end", place.line, EMPTY), place.node))
        targets = {kind: self._branch(steps, node.at(kind), kind, place) for kind, steps in errors.items()}
        targets = with_end(targets, self._close(place))
        return compile_action(step.action, place.id, place.node, self._known, place.settings, targets)

    def _mode(self, step: s.Keys | s.Spell, place: Place) -> m.Step:
        """A rung that asks for another way of answering. The ladder sees to what follows."""
        mode = MODES[type(step)]
        text = step.keys if isinstance(step, s.Keys) else step.spell
        spot = place.node.key(mode)
        if not self._takes:
            self._report.error(spot, f"'{mode}' is for a rung of a ladder", "Use it under 'on_no_match'.")
        elif mode not in self._takes:
            what = "keys" if mode == "keys" else "a spelling"
            self._report.error(spot, f"The question here cannot be answered by {what}", "Use 'say'.")
        prompt = self._known.prompt(text, place.node.at(mode), place.settings)
        return m.SayStep(place.id, place.line, prompt)

    def _person(self, step: s.Person, place: Place) -> m.Step:
        if "agent" not in self._known.universals or self._name == "universal:agent":
            hint = "Write 'agent: {transfer: name}' under 'universals', or use 'transfer' here."
            if self._name == "universal:agent":
                hint = "Use 'transfer' here: this is how the caller gets to a person."
            self._report.error(place.node.key("person"), "There is no way to a person from here", hint)
        return m.PersonStep(place.id, place.line, self._prompt(step.person, place.node.at("person"), place))

    def _hang_up(self, step: s.HangUp, place: Place) -> m.Step:
        node = place.node.at("hangup", "say")
        return m.HangUpStep(place.id, place.line, self._prompt(step.hangup.say, node, place))

    _compile: ClassVar[dict[type, Callable[[Any, Any, Place], m.Step]]] = {
        s.Say: _say,
        s.Listen: _listen,
        s.Collect: _collect,
        s.Confirm: _confirm,
        s.SetSlots: _set_slots,
        s.If: _if,
        s.Call: _call,
        s.Link: _link,
        s.Action: _action,
        s.Hold: _hold,
        s.Noop: _noop,
        s.Language: _language,
        s.HangUp: _hang_up,
        s.Keys: _mode,
        s.Spell: _mode,
        s.Person: _person,
        s.AnswerFrom: _answer,
    }
