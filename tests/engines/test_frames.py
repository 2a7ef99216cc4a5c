from __future__ import annotations

import io

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.engines import frames

TEXT = st.text('aé"\\\n日', max_size=20)
HEADERS = st.dictionaries(TEXT, TEXT | st.integers(-(2**53), 2**53) | st.booleans() | st.none())


@given(st.lists(st.tuples(HEADERS, st.binary(max_size=100)), max_size=5))
def test_frames_come_back_one_after_the_other(sent: list[frames.Frame]) -> None:
    pipe = io.BytesIO(b"".join(frames.pack(header, body) for header, body in sent))
    received = []
    while prefix := pipe.read(frames.PREFIX.size):
        head, body = frames.lengths(prefix)
        received.append((orjson.loads(pipe.read(head)), pipe.read(body)))
    assert received == sent


def test_a_length_that_cannot_be_true_is_refused() -> None:
    with pytest.raises(ValueError, match="no frame"):
        frames.lengths(b"Traceback"[:8])
