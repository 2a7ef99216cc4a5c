"""When a message begins, and what ends it."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.core import messages as msg
from ivr.core.flow.model import MessageLimits

LIMITS = MessageLimits(longest_ms=30_000, end_silence_ms=3_000, no_input_ms=6_000)


def taking() -> msg.Taking:
    return msg.opened(msg.Taking(2, LIMITS), 1_000)


def test_nothing_counts_before_the_tone():
    before = msg.Taking(1, LIMITS)
    assert msg.speech_began(before, 500) == before
    assert msg.deadline(before) is None
    assert msg.taken(before, 900) == msg.Taken(0, 900, 900)


def test_somebody_who_says_nothing_is_waited_for():
    assert msg.deadline(taking()) == 7_000
    assert msg.taken(taking(), 7_000).number == 0


def test_a_silence_behind_words_ends_a_message_without_its_silence():
    said = msg.speech_ended(msg.speech_began(taking(), 1_500), 5_000)
    assert msg.deadline(said) == 8_000
    assert msg.taken(said, 8_000) == msg.Taken(2, 1_000, 5_000 + msg.TAIL_MS)


def test_a_pause_does_not_end_it_and_all_speech_counts():
    said = msg.speech_ended(msg.speech_began(taking(), 1_500), 1_900)
    said = msg.speech_began(said, 3_000)
    assert msg.deadline(said) == 31_000
    said = msg.speech_ended(said, 3_400)
    assert said.spoken_ms == 800
    assert msg.taken(said, 3_500) == msg.Taken(2, 1_000, 3_500)


def test_a_cough_is_no_message():
    said = msg.speech_ended(msg.speech_began(taking(), 2_000), 2_000 + msg.LEAST_MS - 1)
    assert msg.taken(said, 9_000).number == 0


def test_somebody_who_speaks_for_ever_is_cut_off_and_heard_so_far():
    said = msg.speech_began(taking(), 1_200)
    assert msg.deadline(said) == 31_000
    assert msg.taken(said, 31_000) == msg.Taken(2, 1_000, 31_000)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5_000)), max_size=40))
def test_a_message_always_ends_within_its_length(moves):
    now, state = 1_000, taking()
    for begins, passed in moves:
        now += passed
        state = msg.speech_began(state, now) if begins else msg.speech_ended(state, now)
        due = msg.deadline(state)
        assert due is not None
        assert due <= 31_000
        taken = msg.taken(state, now)
        assert 0 <= taken.length_ms <= now
