from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.call_state import CallState, Guess
from ivr.core.changing import changed
from ivr.core.commands import Expectation
from ivr.core.dialogue_state import Dialogue
from ivr.core.flow.model import Settings
from ivr.core.playout import Entry, Playout
from ivr.core.turns import Turns

STATES = [
    CallState("CA1", caller="+12125550123"),
    Guess(3, 100, 900),
    Expectation("intents", intents=("book",)),
    Dialogue(slots={"day": "monday"}),
    Entry(1, "Hello.", Settings(), 0),
    Playout(generation=2),
    Turns(turn=7),
]


@pytest.mark.parametrize("state", STATES, ids=lambda state: type(state).__name__)
@given(data=st.data())
def test_a_copy_is_what_replace_would_have_made(state: Any, data: st.DataObject) -> None:
    names = data.draw(st.sets(st.sampled_from(sorted(vars(state)))))
    changes = {name: data.draw(st.integers()) for name in sorted(names)}
    before = dict(vars(state))
    copy = changed(state, **changes)
    assert copy == replace(state, **changes)
    assert type(copy) is type(state)
    assert vars(state) == before


@pytest.mark.parametrize("state", STATES, ids=lambda state: type(state).__name__)
def test_a_copy_is_as_frozen_as_what_it_was_made_from(state: Any) -> None:
    copy = changed(state)
    with pytest.raises(FrozenInstanceError):
        setattr(copy, next(iter(vars(copy))), 0)


def test_a_field_that_there_is_not_is_refused_and_named() -> None:
    with pytest.raises(TypeError, match="Turns has no field fase"):
        changed(Turns(), fase="idle")  # type: ignore[call-arg] # as the type checker says too


def test_a_class_with_slots_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Slotted:
        number: int = 0

    with pytest.raises(AttributeError, match="__dict__"):
        changed(Slotted(), number=1)
