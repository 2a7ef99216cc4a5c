"""Steps that bring people in, compiled: some of them become several that the core knows.

voicemail   take a message; let the caller hear it; keep it, or once more
callback    ask for the number and the time; read back; keep the wish, or once more
recording   with a question: record for a yes, and for anything else do not
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar, Final

from ivr.core.flow import model as m
from ivr.core.flow import schema_steps as s
from ivr.core.flow.compile_blocks import EMPTY, Place, with_end
from ivr.core.flow.compile_steps import KEY, SubFlowBuilder
from ivr.core.flow.known import inherit
from ivr.core.flow.yaml_source import Node

BRANCHES: Final = ("busy", "no_answer", "failed", "refused")
"""What may become of a transfer, besides that it succeeds."""

CONSENTED: Final = "/record"
"""How the name of a step ends that records because the caller agreed; no author's name has a slash."""

_TIMES: Final = ("date_time", "date", "time", "text", "choice")
_NUMBERS: Final = ("phone", "digits")


class FlowBuilder(SubFlowBuilder):
    """Compiles a sub-flow with every kind of step."""

    def _transfer(self, step: s.Transfer, place: Place) -> m.Step:
        body, node = step.transfer, place.node.at("transfer")
        self._known.name("contact", body.contact, self._known.contacts, node.at("contact").spot)
        targets = {
            name: self._branch(getattr(body, f"on_{name}"), node.at(f"on_{name}"), name, place)
            for name in BRANCHES
            if f"on_{name}" in body.model_fields_set
        }
        end = self._close(place)
        return m.TransferStep(
            place.id,
            place.line,
            contact=body.contact,
            prompt=self._prompt(body.say, node.at("say"), place),
            whisper=self._told(body.whisper, node.at("whisper"), place),
            timeout_ms=body.timeout or 0,
            branches=with_end(targets, end),
        )

    def _told(self, text: str | None, node: Node, place: Place) -> str:
        return self._known.prompt(text, node, place.settings).text if text else ""

    def _voicemail(self, step: s.Voicemail, place: Place) -> m.Step:
        body, node = step.voicemail, place.node.at("voicemail")
        self._check_key(body.finish_on_key, node)
        settings = place.settings
        empty = self._branch(body.on_empty, node.at("on_empty"), "empty", place)
        if "on_empty" not in body.model_fields_set:
            empty = self._said("empty", "voicemail_empty", place)
        taken = len(self._steps)
        if body.review:
            words = self._wording("voicemail_play")
            self._put(
                m.PlayMessageStep(f"{place.id}/play", place.line, m.Prompt(words, settings), settings), place
            )
            review = self._put_later("review", place)
            keep = len(self._steps)
            ask = self._prompt(body.ask, node.at("ask"), place) or m.Prompt(
                self._wording("voicemail_keep"), settings
            )
            # Whoever leaves a message and says no more has left it.
            repair = m.Repair(no_input=(keep,), no_match=(keep,))
            self._steps[review] = m.ConfirmStep(
                f"{place.id}/review", place.line, ask, keep, place.index, repair, settings
            )
        self._put(m.KeepMessageStep(f"{place.id}/keep", place.line), place)
        if body.review:
            thanks = m.Prompt(self._wording("voicemail_kept"), settings)
            self._put(m.SayStep(f"{place.id}/kept", place.line, thanks), place)
        end = self._close(place)
        limits = m.MessageLimits(
            body.max_length, body.end_silence, body.no_input_timeout, body.finish_on_key or ""
        )
        return m.VoicemailStep(
            place.id,
            place.line,
            prompt=self._prompt(body.say, node.at("say"), place),
            mailbox=body.mailbox,
            limits=limits,
            taken=taken,
            empty=end if empty == EMPTY else empty,
        )

    def _callback(self, step: s.Callback, place: Place) -> m.Step:
        body, node = step.callback, place.node.at("callback")
        self._typed(body.number, _NUMBERS, node.at("number"))
        if body.time:
            self._typed(body.time, _TIMES, node.at("time"))
            self._put(self._asked(body.time, f"{place.id}/time", place), place)
        if body.hours:
            self._within(body, node.at("hours"))
        confirm = self._put_later("confirm", place)
        keep = self._put(
            m.KeepCallbackStep(
                f"{place.id}/keep",
                place.line,
                body.number,
                body.time or "",
                self._told(body.note, node.at("note"), place),
                body.hours or "",
            ),
            place,
        )
        place.ends.append(self._put(m.JumpStep(f"{place.id}/keep/end", place.line, EMPTY), place))
        cleared = dict.fromkeys([body.number, *([body.time] if body.time else [])])
        again = self._put(m.SetSlotsStep(f"{place.id}/again", place.line, cleared), place)
        self._put(m.JumpStep(f"{place.id}/again/end", place.line, place.index), place)
        self._close(place)
        what = ", ".join(f"{{{slot}}}" for slot in (body.number, body.time) if slot)
        words = f"{self._wording('callback_at')} {what}. {self._wording('is_right')}"
        ask = self._prompt(body.ask, node.at("ask"), place) or m.Prompt(words, place.settings)
        self._steps[confirm] = m.ConfirmStep(
            f"{place.id}/confirm", place.line, ask, keep, again, m.Repair(), place.settings
        )
        return self._asked(body.number, place.id, place)

    def _asked(self, slot: str, name: str, place: Place) -> m.CollectStep:
        return m.CollectStep(name, place.line, slot, None, None, m.Repair(), (), "#", place.settings)

    def _typed(self, slot: str, types: tuple[str, ...], node: Node) -> None:
        """Check that a slot exists and is of a type that can hold what it is for."""
        self._known.name("slot", slot, self._known.slots, node.spot)
        known = self._known.slots.get(slot)
        if known and slot in self._known.sure and known.type not in types:
            hint = f"Give it the type {' or '.join(types[:2])}, or name another slot."
            self._report.error(node.spot, f"The slot '{slot}' is {known.type}, and cannot be this", hint)

    def _within(self, body: s.CallbackBody, node: Node) -> None:
        """Check the opening hours in which the time has to lie."""
        self._known.name("opening hours", body.hours or "", self._known.hours, node.spot)
        slot = self._known.slots.get(body.time or "")
        if slot is None or slot.type != "date_time":
            hint = "Give it a 'time' slot of the type date_time."
            self._report.error(node.spot, "Opening hours need a day and a time to call", hint)

    def _recording(self, step: s.Recording, place: Place) -> m.Step:
        body, node = step.recording, place.node.at("recording")
        written = sorted(body.model_fields_set - {"do"})
        if body.do is not None:
            if written:
                message = f"'{body.do}' records or stops without asking: '{written[0]}' has no meaning here"
                self._report.error(node.key(written[0]), message, "Leave out 'do' to ask for consent.")
            return m.RecordStep(place.id, place.line, body.do == "start")
        if not body.ask:
            hint = "Write 'recording: start', 'recording: stop', or 'ask' with a question."
            self._report.error(place.node.key("recording"), "It is not said what to record", hint)
        own = replace(place, settings=inherit(place.settings, body))
        yes = self._put(m.RecordStep(f"{place.id}{CONSENTED}", place.line, on=True), place)
        self._block(body.yes, node.at("yes"), f"{place.id}/yes", place.settings)
        if not body.yes or not self._is_last(body.yes[-1]):
            place.ends.append(self._put(m.JumpStep(f"{place.id}/yes/end", place.line, EMPTY), place))
        no = self._put(m.RecordStep(f"{place.id}/stop", place.line, on=False), place)
        self._block(body.no, node.at("no"), f"{place.id}/no", place.settings)
        if not body.no or not self._is_last(body.no[-1]):
            place.ends.append(self._put(m.JumpStep(f"{place.id}/no/end", place.line, EMPTY), place))
        repair = self._repair(body, node, own)
        # Consent is a yes. Without a ladder of the author's, silence and other words are none.
        repair = m.Repair(repair.no_input or (no,), repair.no_match or (no,))
        self._close(place)
        ask = self._known.prompt(body.ask or "?", node.at("ask"), own.settings)
        return m.ConfirmStep(place.id, place.line, ask, yes, no, repair, own.settings)

    # Small parts

    def _put(self, step: m.Step, place: Place) -> int:
        """A step that stands for the one at `place`, behind what is there."""
        return self._add(step, place.node)

    def _put_later(self, name: str, place: Place) -> int:
        """The place of a step that is made when those behind it are known."""
        return self._put(m.JumpStep(f"{place.id}/{name}", place.line, EMPTY), place)

    def _said(self, name: str, phrase: str, place: Place) -> int:
        """A branch that says one of our own phrases."""
        prompt = m.Prompt(self._wording(phrase), place.settings)
        start = self._put(m.SayStep(f"{place.id}/{name}", place.line, prompt), place)
        place.ends.append(self._put(m.JumpStep(f"{place.id}/{name}/end", place.line, EMPTY), place))
        return start

    def _wording(self, phrase: str) -> str:
        return self._known.wording(phrase)

    def _check_key(self, key: str | None, node: Node) -> None:
        if key is not None and not KEY.fullmatch(key):
            message = f"The telephone has no key '{key[:40]}'"
            self._report.error(node.at("finish_on_key").spot, message, "It is one of 0-9, * and #.")

    _compile: ClassVar[dict[type, Callable[[Any, Any, Place], m.Step]]] = {
        **SubFlowBuilder._compile,  # noqa: SLF001 -- the rest of the same table
        s.Transfer: _transfer,
        s.Voicemail: _voicemail,
        s.Callback: _callback,
        s.Recording: _recording,
    }
