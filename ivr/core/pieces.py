"""One event's work on a call: an answer in several pieces, partly said and partly keyed.

    "four two", then the keys 1 and 9: understood as `four two 1 9`

Pieces stand in the order in which they came. Words whose recognition is still under way keep their place.
"""

from __future__ import annotations

from typing import Final

from ivr.core import dialogue as dlg
from ivr.core import keys as keyed
from ivr.core import unheard
from ivr.core.call_state import Guess, Line, Piece
from ivr.core.cards import HIDDEN
from ivr.core.changing import changed
from ivr.core.commands import Expectation, Understand
from ivr.core.conversing import Conversing
from ivr.core.dialogue_state import Dialogue
from ivr.core.events import Heard, Meaning
from ivr.core.flow.model import Flow, Settings, Slot
from ivr.core.repairing import takes_digits
from ivr.core.turns import Phase, Signal

BURST_MS: Final = 500
"""Keys that follow one another faster than this are one thing to who presses them."""


class Pieces(Conversing):
    """What is expected, and what came of it in keys and words together."""

    _known: tuple[Flow, Dialogue, Expectation | None] | None = None
    """What was expected last, and where the call stood then."""

    def _is_left_over(self) -> bool:
        """Whether a key comes so soon behind another that it belongs to what was just refused, or answered.

        Who keys a number where one key is asked for would answer the questions that follow with it.
        """
        step = dlg.waiting_step(self.flow, self.state.dialogue)
        one_key = step is not None and not takes_digits(self.flow, step)
        dropped = self.now - self.state.key_ms < BURST_MS and (self.state.burst or one_key)
        self._set(key_ms=self.now, burst=dropped)
        return dropped

    def _goes_on_in_keys(self, key: str) -> bool:
        """Whether a key belongs to an answer of which another part was said."""
        slot = self._slot()
        if slot is None or slot.type not in keyed.MANY:
            return False
        said = self.state.guess is not None and self.state.turns.phase in (Phase.PAUSING, Phase.THINKING)
        return (said or bool(self.state.pieces)) and (key.isdecimal() or key in (keyed.HIDDEN_KEY, "#"))

    def _key_also(self, key: str) -> None:
        """A key behind words that are a part of the same answer."""
        guess, phase = self.state.guess, self.state.turns.phase
        pieces = self.state.pieces
        if guess and phase in (Phase.PAUSING, Phase.THINKING):
            pieces = (*pieces, Piece(guess.text, guess.turn))
        if key != "#":
            keys = pieces[-1].text if pieces and not pieces[-1].turn else None
            pieces = (*pieces[:-1], Piece(keys + key)) if keys is not None else (*pieces, Piece(key))
        self._set(guess=None, pieces=pieces)
        self._signal(Signal.KEY if phase is Phase.HEARING else Signal.KEY_ALSO)
        self._ask_for_pieces(closed=key == "#")

    def _keys_then_speech(self) -> None:
        """The caller goes on in words: the keys so far are a piece of the answer."""
        keys = self.state.dialogue.keys
        if keys:
            pieces = (*self.state.pieces, Piece(keys))
            self._set(pieces=pieces, dialogue=changed(self.state.dialogue, keys=""))

    def _fills_a_piece(self, event: Heard) -> bool:
        """Take the words of a piece that came behind the keys that followed it."""
        pieces = self.state.pieces
        if not any(piece.turn == event.turn and piece.text is None for piece in pieces):
            return False
        filled = tuple(Piece(event.text, p.turn) if p.turn == event.turn else p for p in pieces)
        self._set(pieces=filled)
        closed = self.state.turns.phase is not Phase.KEYING
        self._ask_for_pieces(closed=closed)
        return True

    def _ask_for_pieces(self, *, closed: bool) -> None:
        """Understand the pieces, once all are there. closed: no more will come."""
        if closed:
            self._signal(Signal.ASK)
        expected = self._expected()
        guess = Guess(self.state.turns.turn, self.now, self.now, "", 1.0, closed=closed)
        self._set(guess=guess)
        if expected and all(piece.text is not None for piece in self.state.pieces):
            self._understand(guess.turn, self._whole(""), 1.0, expected)

    def _whole(self, text: str) -> str:
        """The whole answer: its pieces, keys as digits apart, and these words."""
        if not self.state.pieces:
            return text
        said = [piece.text or "" if piece.turn else " ".join(piece.text or "") for piece in self.state.pieces]
        return " ".join(part for part in (*said, text) if part)

    def _understand(self, turn: int, text: str, confidence: float, expected: Expectation) -> None:
        guess = self.state.guess
        speculative = guess is not None and not guess.closed
        order = Understand(turn, text, confidence, expected, self.state.spent, speculative)
        self.commands.append(order)

    def _tell(self) -> None:
        """Write into the transcript what the caller has said and keyed, once."""
        guess = self.state.guess
        if guess is None or guess.told or not (guess.text or self.state.pieces):
            return
        hidden = self._hidden()
        for piece in self.state.pieces:
            self._line("caller" if piece.turn else "keys", HIDDEN if hidden else piece.text or "")
        if guess.text:
            self._line("caller", HIDDEN if hidden else guess.text, guess.from_ms)
        self._set(guess=changed(guess, told=True))

    # What comes before its question

    def _is_early(self, guess: Guess) -> bool:
        """Whether an utterance answers a read-back that was not heard when it began."""
        return self._too_early(guess.from_ms, guess.meaning)

    def _too_early(self, from_ms: int, meaning: Meaning | None = None) -> bool:
        asked_ms = self.state.asked_ms
        heard = asked_ms is not None and asked_ms <= from_ms
        return not heard and unheard.answers(self.flow, self.state.dialogue, meaning)

    def _note_cut(self) -> None:
        """The record shows the question of which not a word was heard, too."""
        before = next((line for line in reversed(self.state.transcript) if line.who == "agent"), None)
        if self.state.asked_ms is None and not (before and before.cut):
            self._set(transcript=(*self.state.transcript, Line("agent", unheard.NOTHING, self.now, cut=True)))

    # Small parts

    def _expected(self) -> Expectation | None:
        """What the dialogue expects, worked out once for as long as this event does not change it."""
        flow, dialogue = self.flow, self.state.dialogue
        if self._known is None or self._known[0] is not flow or self._known[1] is not dialogue:
            self._known = (flow, dialogue, dlg.expectation(flow, dialogue))
        return self._known[2]

    def _settings(self) -> Settings:
        return dlg.settings(self.flow, self.state.dialogue)

    def _slot(self) -> Slot | None:
        expected = self._expected()
        return self.flow.slots.get(expected.slot) if expected else None

    def _hidden(self) -> bool:
        return dlg.sensitive(self.flow, self.state.dialogue)
