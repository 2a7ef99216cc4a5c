"""Lists of steps to flat sub-flows with jumps.

Branches and rungs stand behind the step that chooses them; each ends with a jump behind the last of
them, or with an `AgainStep` back to the step that waits. A target one past the last step is the end
of the sub-flow, where it returns to its caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final

from ivr.core import keys
from ivr.core.flow import languages
from ivr.core.flow import model as m
from ivr.core.flow import schema_steps as s
from ivr.core.flow.compile_action import compile_action
from ivr.core.flow.known import Known, inherit
from ivr.core.flow.problems import Spot, nearest
from ivr.core.flow.schema_lists import Rung, Steps
from ivr.core.flow.yaml_source import Node

_STEP_NAME: Final = re.compile(r"[\w-]{1,80}")
KEY: Final = re.compile(r"[0-9*#]")
COUNTED: Final = ("digits", "integer", "phone")
"""Slot types whose keys may be counted: all others have a number of keys of their own, or take no digits."""
_MODES: Final[dict[type, m.Mode]] = {s.Keys: "keys", s.Spell: "spell"}
SPELLED: Final = frozenset(["name", "email", "spelling", "text", "address", "choice"])
"""Slot types whose values can be spelled."""
_LAST: Final = (s.Link, s.HangUp, s.Person)
EMPTY: Final = -1

ANSWER_LIMIT_MS: Final = 25_000
"""How long a model may take to write an answer; its first sentence has to come far sooner."""


@dataclass(frozen=True, slots=True)
class Place:
    """The step being compiled: its id, where it stands in file and sub-flow, what it inherits.

    ends  the jumps that lead behind all of its branches, gathered while these are compiled
    """

    id: str
    node: Node
    index: int
    settings: m.Settings
    ends: list[int] = field(default_factory=list)

    @property
    def line(self) -> int:
        return self.node.spot.line


class SubFlowBuilder:
    """Compiles one sub-flow. `spots`: where each of its steps stands in the file."""

    def __init__(self, name: str, known: Known) -> None:
        self._name = name
        self._known = known
        self._report = known.report
        self._steps: list[m.Step] = []
        self._takes: frozenset[m.Mode] = frozenset()
        self.spots: list[Spot] = []

    def build(self, steps: list[s.Step], node: Node, settings: m.Settings) -> m.SubFlow:
        """Compile the steps that stand at `node`."""
        self._block(steps, node, self._name, settings)
        return m.SubFlow(self._name, tuple(self._steps))

    # Blocks

    def _block(self, steps: list[s.Step], node: Node, prefix: str, settings: m.Settings) -> None:
        for number, step in enumerate(steps):
            child = node.at(number)
            name = self._step_id(step, child, f"{prefix}/{number + 1}")
            # The place is taken now and filled when the branches behind it are known.
            index = self._add(m.JumpStep(name, child.spot.line, EMPTY), child)
            place = Place(name, child, index, settings)
            self._steps[index] = self._compile[type(step)](self, step, place)

    def _branch(self, steps: list[s.Step], node: Node, name: str, place: Place) -> int:
        """Compile a branch and tell where it begins; `EMPTY` if there is nothing in it."""
        if not steps:
            return EMPTY
        start = len(self._steps)
        name = f"{place.id}/{name}"
        self._block(steps, node, name, place.settings)
        if not self._is_last(steps[-1]):
            place.ends.append(self._add(m.JumpStep(f"{name}/end", node.spot.line, EMPTY), node))
        return start

    def _is_last(self, step: s.Step) -> bool:
        """Whether nothing can come behind a step of this list: it ends the call or goes elsewhere."""
        if isinstance(step, s.Transfer):
            return not any(name.startswith("on_") for name in step.transfer.model_fields_set)
        return isinstance(step, _LAST)

    def _close(self, place: Place) -> int:
        """Let the branches of a step end here, behind them all."""
        end = len(self._steps)
        for index in place.ends:
            jump = self._steps[index]
            self._steps[index] = m.JumpStep(jump.id, jump.line, end)
        return end

    def _ladder(self, rungs: list[Rung], node: Node, name: str, place: Place) -> tuple[int, ...]:
        starts: list[int] = []
        for number, rung in enumerate(rungs):
            child = node.at(number)
            prefix = f"{place.id}/{name}-{number + 1}"
            starts.append(len(self._steps))
            self._block(rung, child, prefix, place.settings)
            if not rung or not self._is_last(rung[-1]):
                modes = [_MODES[type(step)] for step in rung if type(step) in _MODES]
                again = m.AgainStep(
                    f"{prefix}/again", child.spot.line, place.index, modes[-1] if modes else ""
                )
                self._add(again, child)
        return tuple(starts)

    def _repair(self, body: s.Asking, node: Node, place: Place) -> m.Repair:
        outer, self._takes = self._takes, self._modes(body)
        repair = m.Repair(
            self._ladder(body.on_no_input, node.at("on_no_input"), "no_input", place),
            self._ladder(body.on_no_match, node.at("on_no_match"), "no_match", place),
            self._ladder(body.on_low_confidence, node.at("on_low_confidence"), "low_confidence", place),
        )
        self._takes = outer
        return repair

    def _modes(self, body: s.Asking) -> frozenset[m.Mode]:
        """The ways in which the question of a ladder can be answered besides by words."""
        match body:
            case s.ListenBody(keys=pressed):
                return frozenset(["keys"] if pressed else [""])
            case s.CollectBody(slot=name) if name in self._known.sure:
                kind = self._known.slots[name].type
                modes: list[m.Mode] = ["keys"] if kind in keys.KEYED else []
                return frozenset([*modes, "spell"] if kind in SPELLED else [*modes, ""])
            case s.ConfirmBody():
                return frozenset(["keys"])
            case _:
                return frozenset(["keys", "spell"])

    # Steps

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
            intents=_with_end(intents, end),
            keys=_with_end(keys, end),
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
            hint = nearest(branch, intents, "intents of this step")
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
        answers = _with_end(answers, self._close(place))
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
        targets = _with_end(targets, self._close(place))
        return compile_action(step.action, place.id, place.node, self._known, place.settings, targets)

    def _mode(self, step: s.Keys | s.Spell, place: Place) -> m.Step:
        """A rung that asks for another way of answering. The ladder sees to what follows."""
        mode = _MODES[type(step)]
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

    _compile: ClassVar[dict[type, Callable[[SubFlowBuilder, Any, Place], m.Step]]] = {
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

    # Small parts

    def _prompt(self, text: str | list[str] | None, node: Node, place: Place) -> m.Prompt | None:
        return self._known.prompt(text, node, place.settings) if text else None

    def _step_id(self, step: s.Step, node: Node, name: str) -> str:
        if step.id is None:
            return name
        spot = node.at("id").spot
        names = self._known.step_names
        if not _STEP_NAME.fullmatch(step.id):
            self._report.error(spot, "The name of a step has letters, digits, '-' and '_' only")
        elif step.id in names:
            self._report.error(spot, f"The step name '{step.id}' is taken by line {names[step.id]}")
        names.setdefault(step.id, spot.line)
        return step.id

    def _add(self, step: m.Step, node: Node) -> int:
        self._steps.append(step)
        self.spots.append(node.spot)
        return len(self._steps) - 1


def _with_end(targets: Mapping[str, int], end: int) -> dict[str, int]:
    return {name: end if target == EMPTY else target for name, target in targets.items()}
