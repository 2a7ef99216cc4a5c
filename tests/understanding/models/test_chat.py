"""What a model is asked: how long it is, and which failures do not go away by themselves."""

from typing import get_args

import pytest

from ivr.core.errors import EngineError
from ivr.understanding.models.chat import LASTING, Ask, Message, ModelFailed, Why
from ivr.understanding.models.prices import estimated_tokens


def test_a_prompt_is_as_long_as_its_messages() -> None:
    texts = ["You answer the telephone.", "What does it cost?", ""]
    ask = Ask(tuple(Message("user", text) for text in texts), most_tokens=10)
    assert ask.estimated_tokens == estimated_tokens(texts) > 0
    assert Ask((), 10).estimated_tokens == 0


def test_what_lasts_is_something_that_can_be_wrong() -> None:
    assert set(get_args(Why)) >= LASTING
    assert {"busy", "server", "broken"}.isdisjoint(LASTING)


@pytest.mark.parametrize("why", get_args(Why))
def test_a_failure_says_who_must_do_what_and_why(why: Why) -> None:
    error = ModelFailed("The endpoint refuses the key; set FAST_KEY.", why)
    assert isinstance(error, EngineError)
    assert (str(error), error.why) == ("The endpoint refuses the key; set FAST_KEY.", why)
