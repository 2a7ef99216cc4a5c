"""One event's work on a call, the middle: the caller's turn, from its first guess to its end.

    speech pauses -> Transcribe (speculative) -> Heard -> Understand -> Understood -> Prepare
                         the answer is ready … the silence that this utterance needs is over -> it is given
                         or the caller goes on, and all of it is dropped

How long that silence is, `ivr.core.endpointing` says; what is no turn at all, `ivr.core.interruptions`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ivr.core import dialogue as dlg
from ivr.core import endpointing as end
from ivr.core import interruptions as inter
from ivr.core import playout as out
from ivr.core import turns as trn
from ivr.core import unheard
from ivr.core.call_state import Guess
from ivr.core.cards import HIDDEN
from ivr.core.changing import changed
from ivr.core.commands import Count, Forget, Report, Transcribe, TurnClosed
from ivr.core.dialogue_state import Result, Speak
from ivr.core.endpointing import SoFar
from ivr.core.events import Heard, Meaning, Understood
from ivr.core.phrases import DEFAULTS
from ivr.core.pieces import Pieces
from ivr.core.turns import Act, Phase, Signal

_THINKABLE: Final = frozenset(
    [Phase.PAUSING, Phase.THINKING, Phase.STALLING, Phase.KEYING, Phase.SPEAKING, Phase.WAITING]
)
"""Where a result may come."""
AFTERTHOUGHT_MS: Final = 700
"""Speech that begins so soon after a turn still belongs to it ("yes … I have"), and takes more to stop us."""

_TAIL_WORDS: Final = 5
"""So many words of the sentence before may still be coming back as an echo."""

_OVER_US: Final = frozenset([Phase.SPEAKING, Phase.WAITING])
"""Where a result may come of what was overheard while we spoke."""
_ANSWERS: Final = frozenset([SoFar.OPEN, SoFar.COMPLETE])


class Listening(Pieces):
    """What the caller says and keys, and when it counts."""

    # Speech

    def _speech_began(self, at_ms: int) -> None:
        speaking = self.state.turns.phase is Phase.SPEAKING
        if self.state.turns.phase is Phase.KEYING:
            self._keys_then_speech()
        self._signal(Signal.SPEECH_BEGAN, at_ms)
        if speaking and 0 <= at_ms - self.state.heard_ms <= AFTERTHOUGHT_MS:
            self._set(turns=trn.hold_back(self.state.turns, at_ms + inter.GREETING_MS))
        self._set(ours=self._ours(at_ms) if speaking else "")
        if speaking and not self.state.transcript and self.state.playout.queue:
            began_ms = self.state.playout.queue[0].began_at_ms
            self._set(turns=trn.hold_back(self.state.turns, began_ms + inter.GREETING_MS))

    def _ours(self, at_ms: int) -> str:
        """Our words about that time, also those of a sentence that was just over, or cut by a noise."""
        now = out.words_between(self.state.playout, at_ms, self.now)
        playing = self.state.playout.queue[:1]
        before = [line.text for line in self.state.transcript[-1:] if line.who == "agent"]
        if not before or not playing or at_ms - playing[0].began_at_ms > out.ECHO_MS:
            return now
        return " ".join([*before[0].split()[-_TAIL_WORDS:], now])

    def _speech_ended(self, at_ms: int) -> None:
        row = end.awaited(self._expected())
        silence = end.silence_ms(self._settings(), row, SoFar.UNKNOWN)
        self._signal(Signal.SPEECH_ENDED, at_ms, silence)

    def _guess(self) -> None:
        """The caller pauses: find out what they have said, as if that was all."""
        self._transcribe(speculative=True)

    def _overhear(self) -> None:
        """A few words while we speak, too short to stop us: they may be an answer all the same."""
        turns, playing = self.state.turns, self.state.playout.settings
        short = turns.speech_to_ms - turns.speech_from_ms < inter.SHORTEST_SPEECH_MS
        if short or (playing and playing.interruptible not in ("speech", "any")):
            self._set(guess=None)
            return
        self._transcribe(speculative=True)

    def _transcribe(self, *, speculative: bool) -> None:
        turns = self.state.turns
        begin, until = trn.utterance(turns)
        expected = self._expected()
        self._set(guess=Guess(turns.turn, turns.speech_from_ms, turns.speech_to_ms))
        hints, language = (expected.hints, expected.language) if expected else ((), "")
        self.commands.append(Transcribe(turns.turn, begin, until, hints, language, speculative))

    def _drop_turn(self) -> None:
        """The turn's number has moved on, so its results are stale: count what they cost."""
        guess = self.state.guess
        if guess is None:
            return
        self.commands.append(Count("speculation_dropped", guess.to_ms - guess.from_ms))
        if all(piece.turn != guess.turn or piece.text is not None for piece in self.state.pieces):
            self.commands.append(Forget(guess.turn))
        if guess.told and guess.text:  # the whole of it will be heard again
            lines = self.state.transcript
            self._set(transcript=tuple(li for li in lines if (li.who, li.at_ms) != ("caller", guess.from_ms)))
        self._set(guess=None)

    # What comes back

    def _current(self, turn: int) -> bool:
        """Whether a result is that of the utterance that counts now."""
        guess = self.state.guess
        if guess is None or not guess.turn == turn == self.state.turns.turn:
            return False
        return self.state.turns.phase in _THINKABLE

    def _heard(self, event: Heard) -> None:
        if self._fills_a_piece(event) or not self._current(event.turn):
            return
        guess = self.state.guess
        assert guess
        kind = event.kind or inter.kind_of(event.text, self.state.ours)
        self._set(guess=changed(guess, text=event.text, confidence=event.confidence, kind=kind))
        if not event.text:
            self._heard_nothing(event)
            return
        listens = kind == "backchannel" or (not kind and self._says_hello(event.text))
        if kind == "echo" or (self._over_us() and listens and not self._asked()):
            self._no_turn()
            return
        if self._over_us() and self.state.turns.phase not in _OVER_US:
            self._cut_answer()
        if guess.closed:
            self._tell()
        expected = self._expected()
        if expected:
            self._understand(event.turn, self._whole(event.text), event.confidence, expected)
        self._judge()

    def _says_hello(self, text: str) -> bool:
        """Whether a caller greets us at the start of the call, instead of wanting something."""
        started = any(line.who != "agent" for line in self.state.transcript)
        return not started and inter.is_backchannel(text, greeting=True)

    def _heard_nothing(self, event: Heard) -> None:
        guess = self.state.guess
        assert guess
        if self._over_us() or inter.wordless(event, guess.to_ms - guess.from_ms):
            self._no_turn()
        elif guess.closed:
            self._act_upon_it()
        else:
            self._judge()

    def _understood(self, event: Understood) -> None:
        if not self._current(event.turn):
            return
        guess = self.state.guess
        assert guess
        guess = changed(guess, meaning=event.meaning)
        self._set(guess=guess)
        if self.state.turns.phase in _OVER_US:
            self._overheard(guess)
        elif self._over_us() and self._is_lost(guess, event.meaning):
            self._no_turn()
        elif guess.closed:
            self._act_upon_it()
        else:
            self._prepare(self._outcome(guess)[1])
            self._judge()

    def _nothing_came(self, turn: int) -> bool:
        """An engine failed at a turn. Gives whether somebody waits for it; else it is tried again later."""
        if self._fills_a_piece(Heard(turn, "")) or not self._current(turn):
            return False
        guess = self.state.guess
        assert guess
        if not guess.closed:
            self._set(guess=changed(guess, text=None, meaning=None))
        return guess.closed

    def _is_lost(self, guess: Guess, meaning: Meaning) -> bool:
        if meaning.kind != "nothing" or meaning.name:
            return False
        return guess.confidence < end.LEAST_HEARD or inter.are_few(guess.text or "", guess.kind)

    def _overheard(self, guess: Guess) -> None:
        """Words that did not stop us have been understood. If they are an answer, it counts."""
        if self._is_early(guess) and self.state.turns.phase is Phase.SPEAKING:
            self._set(guess=None)  # it goes on being said
        elif self._so_far(guess) in _ANSWERS:
            self.commands.append(Count("overheard", guess.to_ms - guess.from_ms))
            self._signal(Signal.OVERHEARD)
        else:
            self._set(guess=None)

    # The end of the turn

    def _judge(self) -> None:
        """See how long a silence this utterance needs, and whether it has been that long."""
        guess, phase = self.state.guess, self.state.turns.phase
        if guess is None:
            return
        so_far = self._so_far(guess)
        if phase is Phase.KEYING and so_far is SoFar.COMPLETE:
            self._signal(Signal.ASK)
            self._close_turn()
            return
        silence = end.silence_ms(self._settings(), end.awaited(self._expected()), so_far)
        self._set(turns=trn.expect(self.state.turns, silence))
        due = self.state.turns.deadline_ms
        if phase is Phase.PAUSING and due is not None and due <= self.now:
            self._signal(Signal.DEADLINE)

    def _so_far(self, guess: Guess) -> SoFar:
        if guess.text is None:
            return SoFar.UNKNOWN
        if guess.kind == "trailing":
            return SoFar.UNFINISHED
        text = self._whole(guess.text)
        return end.judge(self._expected(), self._slot(), text, guess.confidence, guess.meaning)

    def _close_turn(self) -> None:
        """The caller has finished: give the answer if it is known, else see that it comes."""
        guess = self.state.guess
        if guess is None:  # speech that was never guessed at: cannot be, but must not hang
            self._cut_turn()
            return
        so_far = self._so_far(guess)
        row = end.awaited(self._expected())
        self._closed(guess, row.value, "fixed" if self._settings().end_silence_ms else so_far.value)
        if guess.text is None:
            self._transcribe(speculative=False)
        self._set(guess=changed(self.state.guess or guess, closed=True))
        self._tell()
        if guess.meaning is not None or guess.text == "":
            self.commands.append(Count("speculation_used", guess.to_ms - guess.from_ms))
            self._act_upon_it()

    def _cut_turn(self) -> None:
        """The longest turn is over: take what there is."""
        self._transcribe(speculative=False)
        guess = self.state.guess
        assert guess
        self._closed(guess, end.awaited(self._expected()).value, "cut")
        self._set(guess=changed(guess, closed=True))

    def _closed(self, guess: Guess, row: str, so_far: str) -> None:
        stopped = guess.to_ms if guess.to_ms >= 0 else self.now
        self._set(stopped_ms=stopped, heard_ms=stopped)
        times = (guess.from_ms, stopped, self.now - stopped)
        self.commands.append(TurnClosed(guess.turn, *times, row, so_far))

    def _act_upon_it(self) -> None:
        """Let the turn have its effect."""
        guess = self.state.guess
        assert guess
        self._tell()
        if self._is_early(guess):
            self._note_cut()
        self._dialogue(self._outcome(guess))

    def _outcome(self, guess: Guess) -> Result:
        """What follows from the turn, should it be over now."""
        if self._is_early(guess):
            return unheard.ask_again(self.flow, self.state.dialogue)
        if not guess.text and not self.state.pieces:
            return dlg.on_nothing_heard(self.flow, self.state.dialogue)
        dialogue = changed(self.state.dialogue, heard=guess.confidence)
        if guess.meaning is None:
            return dlg.on_nothing_heard(self.flow, dialogue)
        return dlg.on_meaning(self.flow, dialogue, guess.meaning)

    # What is no turn

    def _no_turn(self) -> None:
        """Go back to where the caller seemed to begin; a prompt that they seemed to interrupt goes on."""
        guess = self.state.guess
        what = "false_interruption" if self.state.playout.rest else "not_speech"
        self.commands.append(Count(what, guess.to_ms - guess.from_ms if guess else 0))
        self._set(guess=None)
        self._signal(Signal.NO_TURN)

    def _resume(self) -> None:
        ledger, say = out.resume(self.state.playout, self.now)
        if say is not None:
            turns = changed(self.state.turns, noises=self.state.turns.noises + 1)
            self._set(playout=ledger, turns=turns)
            self.commands.append(say)
            self._signal(Signal.PROMPT)
        elif self.state.pieces:
            self._signal(Signal.KEY)

    def _silence(self) -> None:
        self._stop_prompt()

    def _hush(self) -> None:
        self._stop_prompt(keep=True)

    def _over_us(self) -> bool:
        """Whether the caller spoke while we did, and we may go on if it was nothing."""
        return bool(self.state.playout.rest) or self.state.turns.phase in _OVER_US

    def _asked(self) -> bool:
        """Whether the caller has heard some of the question, so that "yes" may be an answer to it."""
        now = self.state.playout.queue or self.state.playout.rest
        return not now or now[0].question

    def _keys_done(self) -> None:
        """No further key came in time."""
        if self.state.pieces:
            self._ask_for_pieces(closed=True)
            return
        keys = self.state.dialogue.keys
        self._line("keys", HIDDEN if self._hidden() else keys)
        self._set(stopped_ms=self.now)
        self._dialogue(dlg.on_keys_done(self.flow, self.state.dialogue))

    # Waiting for engines

    def _fill(self) -> None:
        """The answer takes longer than a caller bears silence."""
        if self.state.playout.speaking:
            return
        text = self.flow.phrases.get("working", DEFAULTS["working"])
        self.commands.append(Count("filler"))
        self._speak(Speak(text, self._settings()))

    def _give_up_thinking(self) -> None:
        self.commands.append(Report("engine", "recognition and understanding took too long"))
        self._dialogue(dlg.on_trouble(self.flow, self.state.dialogue))

    def _no_input(self) -> None:
        self._dialogue(dlg.on_no_input(self.flow, self.state.dialogue))

    # Small parts

    def _act(self, act: Act) -> None:
        self._acts[act](self)

    _acts: Final[dict[Act, Callable[[Listening], None]]] = {
        Act.STOP_PROMPT: _silence,
        Act.HUSH: _hush,
        Act.RESUME: _resume,
        Act.GUESS: _guess,
        Act.OVERHEAR: _overhear,
        Act.CLOSE_TURN: _close_turn,
        Act.CUT_TURN: _cut_turn,
        Act.DROP_TURN: _drop_turn,
        Act.FILL: _fill,
        Act.NO_INPUT: _no_input,
        Act.KEYS_DONE: _keys_done,
        Act.GIVE_UP_THINKING: _give_up_thinking,
    }
