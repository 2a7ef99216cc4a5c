"""Steps that bring people in: transfers, messages, wishes to be called back, and recording the call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ivr.core import templates
from ivr.core.away import Result as TransferResult
from ivr.core.changing import changed
from ivr.core.dialogue_state import End, Keep, Recording, Result, Speak, Take, Wish
from ivr.core.flow import model as m
from ivr.core.speaking import marks
from ivr.core.speaking.formatters import Place
from ivr.core.telling import SILENT, Telling

TONE: Final = "tone"
"""The sound after which a message begins."""


def message_sound(number: int) -> str:
    """The name under which a message can be played in its call."""
    return f"message-{number}"


class Handing(Telling):
    """The part of a run that hands the caller over, and takes what they leave."""

    def transfer_failed(self, result: TransferResult) -> None:
        """The person was not reached: go to the branch for that, or say so and end the call."""
        step = self._step()
        branches = step.branches if isinstance(step, m.TransferStep) else {}
        target = branches.get(result, branches.get("failed"))
        if target is not None:
            self.jump(target)
            return
        self._phrase("not_reached", SILENT)
        self._end(End("hang_up", "not_reached"))

    def taken(self) -> None:
        """The message is over. If anything was said, it is the caller's draft by now."""
        step = self._step()
        assert isinstance(step, m.VoicemailStep)
        self.jump(step.taken if self._was.draft else step.empty)

    def back(self) -> Result:
        """The caller was cut off and is here again: say so, and the last thing once more."""
        settings = self._flow.settings
        self._phrase("line_back", settings)
        self._outs += self._said
        return self._result()

    def _transfer(self, step: m.TransferStep) -> None:
        contact = self._flow.contacts[step.contact]
        if step.prompt is not None:
            self._speak(self._text(step.id, step.prompt), SILENT)
        elif contact.say:
            self._speak(contact.say, SILENT)
        whisper = self._whisper(step.whisper or contact.whisper)
        self._end(
            End("transfer", "transferred", step.contact, whisper, step.timeout_ms or contact.timeout_ms)
        )

    def _whisper(self, text: str) -> str:
        """What the person hears, in one text: the carrier speaks it, so it has no marks."""
        if not text:
            return ""
        place = Place(self._flow.language, self._was.today)
        filled = templates.fill(marks.without(text), self._slots, self._flow.slots, place)
        return f"{filled} {marks.without(self._wording('whisper_keys'))}"

    def _voicemail(self, step: m.VoicemailStep) -> None:
        if step.prompt is None:
            self._phrase("voicemail", SILENT)
        else:
            self._speak(self._text(step.id, step.prompt), SILENT)
        self._outs.append(Speak("", SILENT, sound=TONE))
        self._outs.append(Take(step.limits))
        self._waiting = True

    def _play_message(self, step: m.PlayMessageStep) -> None:
        self._speak(self._text(step.id, step.prompt), step.settings)
        if self._was.draft is not None:
            sound = Speak("", step.settings, fixed=False, sound=message_sound(self._was.draft.number))
            self._outs.append(sound)
            self._said.append(sound)
        self.next()

    def _keep_message(self, _step: m.KeepMessageStep) -> None:
        if self._was.draft is not None:
            self._outs.append(Keep(self._was.draft))
            self._was = changed(self._was, draft=None)
        self.next()

    def _keep_callback(self, step: m.KeepCallbackStep) -> None:
        place = Place(self._flow.language, self._was.today)
        note = templates.fill(step.note, self._slots, self._flow.slots, place)
        number, time = (str(self._slots.get(slot, "")) for slot in (step.number, step.time))
        count = self._was.wishes + 1
        self._was = changed(self._was, wishes=count)
        self._outs.append(Wish(count, number, time, note))
        self.next()

    def _record(self, step: m.RecordStep) -> None:
        self._outs.append(Recording(step.on))
        self.next()

    steps: Final[Mapping[type, Callable[..., None]]] = {
        m.TransferStep: _transfer,
        m.VoicemailStep: _voicemail,
        m.PlayMessageStep: _play_message,
        m.KeepMessageStep: _keep_message,
        m.KeepCallbackStep: _keep_callback,
        m.RecordStep: _record,
    }
    """How these steps are run."""
