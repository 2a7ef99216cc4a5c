"""What a caller may say at any step: once more, more slowly, back, the menu, help, a person, goodbye."""

from __future__ import annotations

from typing import Final

from ivr.core.dialogue_state import Frame, Place, Result, WaitingStep
from ivr.core.errors import FlowError
from ivr.core.flow import model as m
from ivr.core.running import Running

RATES: Final = (1.0, 0.85, 0.72)
"""How fast we speak: the voice's own speed, then as often as the caller asks for it; the last stays."""


class Going(Running):
    """Moves about by the universals of a flow."""

    def universal(self, universal: m.Universal) -> Result:
        match universal.does:
            case "repeat":
                return self._once_more()
            case "slower":
                self._rate = next((rate for rate in RATES if rate < self._rate), RATES[-1])
                self._phrase("slower", self._flow.settings)
                return self._once_more()
            case "back":
                return self._back()
            case "menu":
                return self._menu()
            case _:
                return self._aside(universal)

    def _once_more(self) -> Result:
        step = self._step()
        if self._said:
            self._outs.extend(self._said)
        elif isinstance(step, WaitingStep):
            self._ask(step, again=False)
        return self._result()

    def _back(self) -> Result:
        """To the question before; its slot is cleared, since it is to be answered anew."""
        self.accept()
        if self._trail and self._trail[-1] == self.place():
            self._trail.pop()
        if not self._trail:
            self._phrase("no_back", self._flow.settings)
            self._asked()
            return self.go()
        return self._return_to(self._trail.pop(), asked=False)

    def _menu(self) -> Result:
        """To the question that offered the choice; before there was one, to the beginning."""
        self.accept()
        return self._return_to(self._home or (Frame(self._flow.entry, 0),), asked=bool(self._home))

    def _return_to(self, place: Place, *, asked: bool) -> Result:
        self._drop_work()
        self._ahead = {}
        self._stack = list(place)
        if asked:
            self._asked()
        step = self._step()
        if isinstance(step, m.CollectStep):
            self.set(step.slot, None)
        return self.go()

    def _aside(self, universal: m.Universal) -> Result:
        """Help, and whatever the author wrote steps for; then the open question again."""
        self.digress()
        step = self._step()
        self._asked()
        own = step.help if isinstance(step, WaitingStep) and universal.name == "help" else None
        if own:
            self._speak(own.text, own.settings)
        elif universal.does == "help":
            self._phrase("help", self._flow.settings)
            if "agent" in self._flow.universals:
                self._phrase("help_person", self._flow.settings)
        else:
            try:
                self._push(universal.flow)
            except FlowError as error:
                self._fault(str(error))
                return self._result()
        return self.go()
