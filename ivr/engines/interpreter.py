"""Words to meaning by a model, for one flow: what the rules and the classifier could not tell.

When no model can be had, the classifier's best guess is taken after all if it is not far from certain;
else the caller is asked again.
"""

from __future__ import annotations

from typing import Final, Protocol

from ivr.call.ports import Tab
from ivr.core.commands import Expectation, Understand
from ivr.core.errors import EngineError
from ivr.core.events import Meaning
from ivr.core.usage import Usage
from ivr.engines.asking import ModelRoom
from ivr.engines.heat import Job, Unfit
from ivr.understanding.classifier import Guess
from ivr.understanding.models import extraction
from ivr.understanding.models.prices import cost, estimated_tokens
from ivr.understanding.models.routing import Difficulty, wanted
from ivr.understanding.models.stand_in import by_lower_bar
from ivr.understanding.pipeline import NOTHING, FlowModel
from ivr.understanding.text import without_pauses, words

_ANSWER_TOKENS: Final = 12
"""Of a meaning as JSON: about what models write."""
_MOST_CHARS: Final = 600
"""Of an answer that is one small JSON object; more is prose."""
_PROSE: Final = "it wrote prose instead of a choice"


class Guesser(Protocol):
    """The flow's classifier, whatever it thinks."""

    model: FlowModel

    async def guess(self, text: str, expectation: Expectation) -> Guess | None:
        """The likeliest meaning, however unlikely it is. Raises `EngineError`."""
        ...


class ModelInterpreter:
    """Implements the port `Interpreter` for one flow."""

    def __init__(self, room: ModelRoom, guesser: Guesser) -> None:
        self._room = room
        self._guesser = guesser
        self._lengths: dict[tuple[object, ...], int] = {}

    async def interpret(self, order: Understand, tab: Tab) -> Meaning:
        """What the words mean, as far as the step allows."""
        spoken = without_pauses(words(order.text))
        if not spoken:
            return NOTHING
        guess = await self._guess(order)
        margin = guess.margin if guess else 0.0
        takers: list[_MeaningTaker] = []

        def fresh() -> _MeaningTaker:
            takers.append(_MeaningTaker(self._guesser.model, order))
            return takers[-1]

        done = await self._room.ask(
            Job(
                "intent",
                wanted("intent", Difficulty(len(spoken), margin)),
                extraction.ask(self._guesser.model.flow, order.expectation, order.text),
                fresh,
                order.spent,
            ),
            tab,
        )
        if done.outcome == "done" and takers[-1].meaning is not None:
            return takers[-1].meaning
        return by_lower_bar(self._guesser.model, order.text, order.expectation, guess)

    def spared(self, order: Understand) -> Usage | None:
        """The cost of this turn at the flagship, by the length of its prompt."""
        flagship = self._room.table.tier("flagship")
        if not flagship or not self._room.table.flagship.known:
            return None
        step = (order.expectation.kind, order.expectation.intents, order.expectation.slot)
        length = self._lengths.get(step)
        if length is None:
            asked = extraction.ask(self._guesser.model.flow, order.expectation, "")
            length = self._lengths[step] = asked.estimated_tokens
        tokens = length + estimated_tokens([order.text])
        price = cost(self._room.table.flagship, tokens, 0, _ANSWER_TOKENS)
        return Usage(
            "intent", "flagship", flagship[0], nano=0, flagship_nano=price, estimated=True, outcome="spared"
        )

    async def _guess(self, order: Understand) -> Guess | None:
        try:
            return await self._guesser.guess(order.text, order.expectation)
        except EngineError:
            return None


class _MeaningTaker:
    """Reads a meaning out of what a model writes, as soon as it is there."""

    committed = False

    def __init__(self, model: FlowModel, order: Understand) -> None:
        self.meaning: Meaning | None = None
        self._model = model
        self._order = order
        self._text = ""

    def take(self, text: str) -> bool:
        self._text += text
        if "}" in text:
            self._read()
        if self.meaning is None and len(self._text) > _MOST_CHARS:
            raise Unfit(_PROSE)
        return self.meaning is not None

    def end(self) -> None:
        self._read()
        if self.meaning is None:
            raise Unfit("it chose what the step does not allow" if "{" in self._text else _PROSE)

    def _read(self) -> None:
        self.meaning = extraction.read(self._text, self._model, self._order.expectation, self._order.text)
