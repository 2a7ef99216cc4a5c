"""The playout ledger: what we have asked to be said, and how much of it was heard.

The carrier's marks say what has been played. Between marks the ledger lets time run on, but never
further than one chunk past the last mark, so it never claims words that were not sent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ivr.core.commands import Say, Segment, StopSpeaking
from ivr.core.flow.model import Settings
from ivr.core.speaking.reading import Sentence

CHUNK_MS = 200
"""Marks come back at least this often while a segment plays."""

STALL_MS = 3000
"""How long after its computed end a segment without its last mark counts as played."""

RENDER_LIMIT_MS = 8000
"""How long a segment may wait for its first audio before it is given up."""

HIDDEN = "•••"
"""Stands in a transcript for what must not be shown."""

_SILENCE = Sentence("", "")


@dataclass(frozen=True, slots=True)
class Entry:
    """A segment in the queue.

    weights      how long each word takes to say; empty: as long as it is written
    pause_ms     silence behind the words, part of the duration
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


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the caller heard of a segment, from `at_ms` on. `cut`: it was interrupted before its end."""

    text: str
    at_ms: int
    cut: bool


@dataclass(frozen=True, slots=True)
class Playout:
    """The queue of this generation, oldest first."""

    generation: int = 0
    next_id: int = 0
    queue: tuple[Entry, ...] = ()

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
) -> tuple[Playout, Say]:
    """Queue sentences behind the others, and silence behind them.

    fixed      nothing of the caller's is in them
    hidden     a sensitive slot is in them: the record does not show the words
    pause_ms   without a sentence this is a segment of its own
    """
    first = playout.next_id
    pauses = [0] * (len(sentences) - 1) + [pause_ms]
    if pause_ms and not sentences:
        sentences = (_SILENCE,)
    numbered = tuple(enumerate(zip(sentences, pauses, strict=False), first))
    entries = tuple(
        Entry(i, s.text, settings, now, s.weights, pause, hidden=hidden) for i, (s, pause) in numbered
    )
    segments = tuple(
        Segment(i, s.text, fixed, None if s.spoken == s.text else s.spoken, pause, rate, hidden=hidden)
        for i, (s, pause) in numbered
    )
    say = Say(playout.generation, segments)
    return replace(playout, next_id=first + len(entries), queue=playout.queue + entries), say


def enqueue_sound(
    playout: Playout, sound: str, settings: Settings, now: int, *, pause_ms: int = 0
) -> tuple[Playout, Say]:
    """Queue a sound by its name behind the others. It has no words, so the record shows none."""
    entry = Entry(playout.next_id, "", settings, now, pause_ms=pause_ms)
    say = Say(playout.generation, (Segment(entry.id, "", fixed=False, pause_ms=pause_ms, sound=sound),))
    return replace(playout, next_id=entry.id + 1, queue=(*playout.queue, entry)), say


def began(playout: Playout, segment: int, duration_ms: int, now: int) -> Playout:
    """First audio of a segment was sent."""
    queue = tuple(
        replace(e, duration_ms=duration_ms, began_at_ms=now, marked_at_ms=now) if e.id == segment else e
        for e in playout.queue
    )
    return replace(playout, queue=queue)


def played(  # noqa: PLR0913 -- the fields of one mark
    playout: Playout, generation: int, segment: int, position_ms: int, now: int, *, last: bool
) -> tuple[Playout, tuple[Spoken, ...]]:
    """Take a returned mark. Gives the segments that are now fully heard; stale marks change nothing."""
    if generation != playout.generation or not any(e.id == segment for e in playout.queue):
        return playout, ()
    heard = tuple(e.heard() for e in playout.queue if e.id < segment)
    queue = tuple(e for e in playout.queue if e.id >= segment)
    if last:
        heard += (queue[0].heard(),)
        queue = queue[1:]
    else:
        queue = (replace(queue[0], played_ms=position_ms, marked_at_ms=now), *queue[1:])
    return replace(playout, queue=queue), heard


def drop(playout: Playout, segment: int) -> Playout:
    """Forget a segment that cannot be spoken."""
    return replace(playout, queue=tuple(e for e in playout.queue if e.id != segment))


def stop(playout: Playout, now: int) -> tuple[Playout, tuple[Spoken, ...], StopSpeaking]:
    """Cut what is being said. Gives the words that were heard of the segment that was playing."""
    heard: tuple[Spoken, ...] = ()
    if playout.queue:
        entry = playout.queue[0]
        text = words_heard(
            entry.text, entry.duration_ms - entry.pause_ms, position(entry, now), entry.weights
        )
        if text:
            heard = (entry.heard(text, cut=True),)
    generation = playout.generation + 1
    return replace(playout, generation=generation, queue=()), heard, StopSpeaking(generation)


def position(entry: Entry, now: int) -> int:
    """How far into a segment the caller is (ms), as far as the marks allow to say."""
    if entry.duration_ms < 0:
        return 0
    return min(entry.duration_ms, entry.played_ms + min(max(0, now - entry.marked_at_ms), CHUNK_MS))


def words_heard(text: str, duration_ms: int, position_ms: int, weights: tuple[int, ...] = ()) -> str:
    """The words of `text` that ended before `position_ms`.

    A word takes time in proportion to its weight, or to its length where there are no weights.
    """
    if duration_ms <= 0 or position_ms <= 0:
        return ""
    words = text.split()
    weights = weights or tuple(len(word) + 1 for word in words)
    budget = sum(weights) * position_ms / duration_ms
    heard: list[str] = []
    for word, weight in zip(words, weights, strict=True):
        budget -= weight
        if budget < -weight * 0.05:
            break
        heard.append(word)
    return " ".join(heard)


def deadline(playout: Playout) -> int | None:
    """When to stop waiting for the carrier's mark or the voice's audio; `None`: nothing is awaited."""
    if not playout.queue:
        return None
    entry = playout.queue[0]
    if entry.duration_ms < 0:
        return max(entry.queued_at_ms, entry.marked_at_ms) + RENDER_LIMIT_MS
    return entry.marked_at_ms + (entry.duration_ms - entry.played_ms) + STALL_MS


def expire(playout: Playout, now: int) -> tuple[Playout, tuple[Spoken, ...], bool]:
    """Give up waiting for the first segment: (ledger, words heard, whether its audio never came)."""
    entry, rest = playout.queue[0], playout.queue[1:]
    if rest:
        # The next one is only now at the head of the queue: its own wait begins here.
        rest = (replace(rest[0], queued_at_ms=now, marked_at_ms=now), *rest[1:])
    if entry.duration_ms < 0:
        return replace(playout, queue=rest), (), True
    return replace(playout, queue=rest), (entry.heard(),), False
