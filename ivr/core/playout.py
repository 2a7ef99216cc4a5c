"""The playout ledger: what we have asked to be said, and how much of it was heard.

The carrier's marks say what has been played. Between marks the ledger lets time run on, but never
further than one chunk past the last mark, so it never claims words that were not sent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ivr.core import cards
from ivr.core.cards import HIDDEN
from ivr.core.changing import changed
from ivr.core.commands import Say, Segment, StopSpeaking
from ivr.core.flow.model import Settings
from ivr.core.heard import weights_of, words_heard
from ivr.core.speaking.reading import Sentence

CHUNK_MS = 200
"""Marks come back at least this often while a segment plays."""

BEGIN_LIMIT_MS = 300
"""A sentence whose audio is there is heard this soon after it was ordered."""

ECHO_MS = 800
"""How long after it was sent our own voice may come back, and then some for the word it began in."""

STALL_MS = 3000
"""How long after its computed end a segment without its last mark counts as played."""

RENDER_LIMIT_MS = 5000
"""How long a segment may wait for its first audio before it is given up."""

_SILENCE = Sentence("", "")


@dataclass(frozen=True)
class Entry:
    """A segment in the queue.

    weights      how long each word takes to say; empty: as long as it is written
    pause_ms     silence behind the words, part of the duration
    fixed, spoken, rate, sound, language, skip_ms  as in its `Segment`, to say the rest of it again
    question     it is part of what the step asks
    duration_ms  -1 until its first audio has been sent, at `began_at_ms`
    hidden       the words are not for the record
    played_ms    position of the last mark; since `marked_at_ms` the carrier has played on
    """

    id: int
    text: str
    settings: Settings
    queued_at_ms: int
    weights: tuple[int, ...] = ()
    pause_ms: int = 0
    fixed: bool = True
    spoken: str | None = None
    rate: float = 1.0
    sound: str = ""
    language: str = ""
    skip_ms: int = 0
    question: bool = False
    duration_ms: int = -1
    began_at_ms: int = 0
    played_ms: int = 0
    marked_at_ms: int = 0
    hidden: bool = False

    def heard(self, text: str = "", *, cut: bool = False) -> Spoken:
        """What was heard of it: all, or the words `text` before it was cut."""
        at_ms = self.began_at_ms if self.duration_ms >= 0 else self.queued_at_ms
        words = text or self.text
        return Spoken(HIDDEN if self.hidden and words else words, at_ms, cut)

    @property
    def segment(self) -> Segment:
        """What the mouth is told of it."""
        return Segment(
            self.id,
            self.text,
            self.fixed,
            self.spoken,
            self.pause_ms,
            self.rate,
            self.sound,
            self.hidden,
            self.language,
            self.skip_ms,
        )


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the caller heard of a segment, from `at_ms` on. `cut`: it was interrupted before its end."""

    text: str
    at_ms: int
    cut: bool


@dataclass(frozen=True)
class Playout:
    """The queue of this generation, oldest first.

    rest        what was cut off by the latest interruption, until it is known whether it was one
    stopgap_id  the segment for which the caller has been told to wait, since its audio is late (-1: none)
    """

    generation: int = 0
    next_id: int = 0
    queue: tuple[Entry, ...] = ()
    rest: tuple[Entry, ...] = ()
    stopgap_id: int = -1

    @property
    def speaking(self) -> bool:
        """Whether anything is left to be heard."""
        return bool(self.queue)

    @property
    def settings(self) -> Settings | None:
        """Settings of the segment that is being heard now."""
        return self.queue[0].settings if self.queue else None


def enqueue(  # noqa: PLR0913 - what is said, and how
    playout: Playout,
    sentences: tuple[Sentence, ...],
    settings: Settings,
    now: int,
    *,
    fixed: bool = True,
    hidden: bool = False,
    pause_ms: int = 0,
    rate: float = 1.0,
    question: bool = False,
    language: str = "",
) -> tuple[Playout, Say]:
    """Queue sentences behind the others, and silence behind them.

    fixed      nothing of the caller's is in them
    hidden     a sensitive slot is in them: the record does not show the words; nor those with a card's number
    pause_ms   without a sentence this is a segment of its own
    question   they are part of what the step asks
    language   that they are in, if the flow has several
    """
    first = playout.next_id
    pauses = [0] * (len(sentences) - 1) + [pause_ms]
    if pause_ms and not sentences:
        sentences = (_SILENCE,)
    entries = tuple(
        Entry(
            first + n,
            sentence.text,
            settings,
            now,
            sentence.weights,
            pause,
            fixed,
            None if sentence.spoken == sentence.text else sentence.spoken,
            rate=rate,
            hidden=hidden or (not fixed and cards.holds(sentence.text)),
            question=question,
            language=language,
        )
        for n, (sentence, pause) in enumerate(zip(sentences, pauses, strict=False))
    )
    return _queued(playout, entries)


def _queued(playout: Playout, entries: tuple[Entry, ...]) -> tuple[Playout, Say]:
    after = changed(playout, next_id=playout.next_id + len(entries), queue=playout.queue + entries)
    return after, Say(playout.generation, tuple(entry.segment for entry in entries))


def enqueue_sound(  # noqa: PLR0913 - what is played, and how
    playout: Playout,
    sound: str,
    settings: Settings,
    now: int,
    *,
    pause_ms: int = 0,
    text: str = "",
    question: bool = False,
) -> tuple[Playout, Say]:
    """Queue a sound by its name behind the others. text: the words in it, for the record."""
    entry = Entry(
        playout.next_id, text, settings, now, (), pause_ms, fixed=False, sound=sound, question=question
    )
    return _queued(playout, (entry,))


def began(playout: Playout, segment: int, duration_ms: int, now: int) -> Playout:
    """First audio of a segment was sent."""
    queue = tuple(
        changed(e, duration_ms=duration_ms, began_at_ms=now, marked_at_ms=now) if e.id == segment else e
        for e in playout.queue
    )
    return changed(
        playout, queue=queue, stopgap_id=-1 if segment == playout.stopgap_id else playout.stopgap_id
    )


def played(  # noqa: PLR0913 -- the fields of one mark
    playout: Playout, generation: int, segment: int, position_ms: int, now: int, *, last: bool
) -> tuple[Playout, tuple[Spoken, ...]]:
    """Take a returned mark. Gives the segments that are now fully heard; stale marks change nothing."""
    at = next((n for n, entry in enumerate(playout.queue) if entry.id == segment), -1)
    if generation != playout.generation or at < 0:
        return playout, ()
    heard = tuple(entry.heard() for entry in playout.queue[:at])
    queue = playout.queue[at:]
    if last:
        heard += (queue[0].heard(),)
        queue = _waits_from(queue[1:], now)
    else:
        queue = (changed(queue[0], played_ms=position_ms, marked_at_ms=now), *queue[1:])
    return changed(playout, queue=queue), heard


def drop(playout: Playout, segment: int) -> Playout:
    """Forget a segment that cannot be spoken."""
    return changed(playout, queue=tuple(e for e in playout.queue if e.id != segment))


def stop(
    playout: Playout, now: int, *, keep: bool = False
) -> tuple[Playout, tuple[Spoken, ...], StopSpeaking]:
    """Cut what is being said. Gives the words that were heard of the segment that was playing.

    keep   remember what was not heard, for `resume`
    """
    heard: tuple[Spoken, ...] = ()
    rest = playout.queue
    if playout.queue:
        entry = playout.queue[0]
        text = words_heard(
            entry.text, entry.duration_ms - entry.pause_ms, position(entry, now), entry.weights
        )
        if text:
            heard = (entry.heard(text, cut=True),)
            rest = (*_rest(entry, len(text.split())), *rest[1:])
    generation = playout.generation + 1
    cut = changed(playout, generation=generation, queue=(), rest=rest if keep else (), stopgap_id=-1)
    return cut, heard, StopSpeaking(generation)


def _rest(entry: Entry, heard: int) -> tuple[Entry, ...]:
    """What is left of a segment of which so many words were heard: nothing, or one segment."""
    words = entry.text.split()
    weights = weights_of(words, entry.weights)
    if heard >= len(words):
        return ()
    said_ms = (entry.duration_ms - entry.pause_ms) * sum(weights[:heard]) // max(1, sum(weights))
    return (
        changed(
            entry,
            text=" ".join(words[heard:]),
            weights=weights[heard:],
            spoken=entry.text if entry.spoken is None else entry.spoken,
            skip_ms=entry.skip_ms + said_ms,
        ),
    )


def resume(playout: Playout, now: int) -> tuple[Playout, Say | None]:
    """Say what was cut off, beginning with the word that was not heard to its end."""
    entries = tuple(
        changed(entry, id=playout.next_id + n, queued_at_ms=now, duration_ms=-1, played_ms=0, marked_at_ms=0)
        for n, entry in enumerate(playout.rest)
    )
    if not entries:
        return playout, None
    resumed, say = _queued(changed(playout, rest=()), entries)
    return resumed, replace(say, again=True)


def forget_rest(playout: Playout) -> Playout:
    """It was an interruption: what was cut off will not be said."""
    return changed(playout, rest=()) if playout.rest else playout


def stopgap(
    playout: Playout, sentences: tuple[Sentence, ...], settings: Settings, now: int
) -> tuple[Playout, Say]:
    """Say something before the first segment, whose audio does not come."""
    late = playout.queue[0]
    filled, say = enqueue(changed(playout, queue=()), sentences, settings, now)
    after = changed(filled, queue=filled.queue + playout.queue, stopgap_id=late.id)
    return after, replace(say, first=True)


def words_between(playout: Playout, from_ms: int, now: int) -> str:
    """The words that were heard about that time: what an echo of ours would be made of."""
    if not playout.queue or playout.queue[0].duration_ms < 0:
        return ""
    entry = playout.queue[0]
    spoken_ms = entry.duration_ms - entry.pause_ms
    at = position(entry, now)
    before = words_heard(entry.text, spoken_ms, at - (now - from_ms) - ECHO_MS, entry.weights).split()
    by_now = words_heard(entry.text, spoken_ms, at + CHUNK_MS, entry.weights).split()
    return " ".join(by_now[len(before) :])


def position(entry: Entry, now: int) -> int:
    """How far into a segment the caller is (ms), as far as the marks allow to say."""
    if entry.duration_ms < 0:
        return 0
    return min(entry.duration_ms, entry.played_ms + min(max(0, now - entry.marked_at_ms), CHUNK_MS))


def deadline(playout: Playout) -> int | None:
    """When to stop waiting for the carrier's mark or the voice's audio; `None`: nothing is awaited."""
    if not playout.queue:
        return None
    entry = playout.queue[0]
    if entry.duration_ms < 0:
        return max(entry.queued_at_ms, entry.marked_at_ms) + RENDER_LIMIT_MS
    return entry.marked_at_ms + (entry.duration_ms - entry.played_ms) + STALL_MS


def _waits_from(queue: tuple[Entry, ...], now: int) -> tuple[Entry, ...]:
    """The next segment is only now at the head of the queue: its own wait begins here."""
    if not queue:
        return queue
    return (changed(queue[0], queued_at_ms=now, marked_at_ms=now), *queue[1:])


def expire(playout: Playout, now: int) -> tuple[Playout, tuple[Spoken, ...], bool]:
    """Give up waiting for the first segment: (ledger, words heard, whether its audio never came)."""
    entry, rest = playout.queue[0], _waits_from(playout.queue[1:], now)
    if entry.duration_ms < 0:
        return changed(playout, queue=rest), (), True
    return changed(playout, queue=rest), (entry.heard(),), False


def late_at(playout: Playout, waits_since_ms: int, limit_ms: int) -> int | None:
    """When the caller has waited so long for audio; `None`: it plays, or they have been told.

    waits_since_ms   since when; -1: since the audio was ordered
    """
    if not playout.queue:
        return None
    entry = playout.queue[0]
    if entry.duration_ms >= 0 or playout.stopgap_id >= 0:
        return None
    ordered_ms = max(entry.queued_at_ms, entry.marked_at_ms)
    waits_since_ms = ordered_ms if waits_since_ms < 0 else waits_since_ms
    return max(waits_since_ms + limit_ms, ordered_ms + BEGIN_LIMIT_MS)
