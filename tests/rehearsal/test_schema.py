"""The pieces of a test file: short forms, and what is refused in the author's words."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from ivr.rehearsal.schema import CasesFile, a_status, how_ended, how_long, keys_pressed


@pytest.mark.parametrize(("written", "keys"), [(12, "12"), ("0 1 #", "01#"), ("*", "*"), (0, "0")])
def test_keys_stand_with_or_without_quotes(written: Any, keys: str) -> None:
    assert keys_pressed(written) == keys


@pytest.mark.parametrize("written", [True, "", "abc", "1" * 65, 1.5, None, -1])
def test_what_is_no_key(written: Any) -> None:
    with pytest.raises(PydanticCustomError, match="are no keys"):
        keys_pressed(written)


def test_a_silence_has_a_length_or_lasts_until_the_line_does_something() -> None:
    assert how_long(True) is True
    assert how_long("1.5s") == 1500
    with pytest.raises(PydanticCustomError, match="says nothing"):
        how_long(False)


def test_a_call_has_ended_or_not_or_in_some_way() -> None:
    assert [how_ended(written) for written in (True, False, "completed")] == ["yes", "no", "completed"]


@pytest.mark.parametrize("status", [True, "200", 99, 600, None])
def test_what_is_no_status(status: Any) -> None:
    with pytest.raises(PydanticCustomError, match="is no status"):
        a_status(status)


def test_short_forms_are_opened() -> None:
    file = CasesFile.model_validate(
        {
            "test_cases": [
                {
                    "test_case": "one",
                    "replies": {"a": 404, "b": "timeout", "c": [{"json": {"x": 1}}, 500]},
                    "transfers": {"desk": "busy"},
                    "steps": [{"interrupts": "wait"}, {"assert": {"said": "Hello", "ended": True}}],
                }
            ]
        }
    )
    (one,) = file.test_cases
    assert [reply.status for reply in one.replies["a"]] == [404]
    assert [reply.fails for reply in one.replies["b"]] == ["timeout"]
    assert [reply.status for reply in one.replies["c"]] == [200, 500]
    assert one.transfers == {"desk": ["busy"]}
    assert one.steps[0].interrupts is not None
    assert (one.steps[0].interrupts.caller, one.steps[0].interrupts.after) == ("wait", 1000)
    assert one.steps[1].expect is not None
    assert (one.steps[1].expect.said, one.steps[1].expect.ended) == (["Hello"], "yes")


NAMES = "test_cases test_case steps caller keys silence assert said replies x"
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES.split()), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(TREES)
def test_no_tree_raises_anything_but_a_refusal(tree: Any) -> None:
    with suppress(ValidationError):
        assert CasesFile.model_validate(tree).test_cases is not None
