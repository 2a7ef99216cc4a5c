from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from ivr.core.flow.schema_values import between, share
from tests.core.compiled import load

read = between(100, 60_000)


@pytest.mark.parametrize(
    ("written", "ms"), [("700ms", 700), ("1.5s", 1500), ("2", 2000), ("0.25", 250), ("3 s", 3000)]
)
def test_times(written: str, ms: int) -> None:
    assert load("- hangup:", f"ivr: 1\nend_silence: {written}\n").settings.end_silence_ms == ms


@pytest.mark.parametrize(
    ("written", "message", "hint"),
    [
        ("soon", "'soon' is not a time", "Write 700ms, 1.5s, or a number of seconds."),
        ("2 minutes", "'2 minutes' is not a time", "Write 120s."),
        ("1.5 secs", "'1.5 secs' is not a time", "Write 1.5s."),
        (True, "'true' is not a time", ""),
        (700, "700 s is not between 0.1 s and 60 s", "Did you mean '700ms'?"),
        ("50ms", "50 ms is not between 0.1 s and 60 s", ""),
        ("-1s", "'-1s' is not a time", ""),
    ],
)
def test_what_is_no_time_and_what_may_be_meant(written: Any, message: str, hint: str) -> None:
    with pytest.raises(PydanticCustomError) as refused:
        read(written)
    assert refused.value.context is not None
    assert refused.value.context["message"] == message
    assert hint in refused.value.context["hint"]


@given(st.integers(100, 60_000))
def test_every_time_within_the_limits_can_be_written(ms: int) -> None:
    assert read(f"{ms}ms") == read(f"{ms / 1000:.3f}s") == ms


@pytest.mark.parametrize("value", [True, "0.5", -0.1, 1.01, None, float("nan")])
def test_what_is_no_share(value: object) -> None:
    with pytest.raises(PydanticCustomError):
        share(value)


@given(st.floats(0, 1) | st.integers(0, 1))
def test_a_share_is_between_nothing_and_everything(value: float) -> None:
    assert share(value) == value
