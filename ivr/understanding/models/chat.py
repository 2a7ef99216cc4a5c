"""What a model is asked, and what comes back: the port that every kind of model implements."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from ivr.core.errors import EngineError
from ivr.understanding.models.prices import estimated_tokens

Why = Literal[
    "key", "model", "host", "certificate", "refused", "busy", "request", "server", "garbage", "broken"
]
"""What is wrong with an endpoint.

key          it does not accept the key
model        it does not know the model
host         its name is unknown
certificate  its certificate is expired or not to be trusted
refused      nobody answers there
busy         it is rate-limited or overloaded, or the account is empty
request      it does not accept what was asked (an ability that it has not got)
server       it failed
garbage      it does not speak the protocol
broken       it broke off
"""

LASTING: Final[frozenset[str]] = frozenset(("key", "model", "host", "certificate", "request"))
"""What does not go away by itself: somebody must act."""


class ModelFailed(EngineError):  # noqa: N818 -- what happened, like the other errors of this tree
    """A model could not be asked, or broke off. The message says who must do what."""

    def __init__(self, message: str, why: Why) -> None:
        super().__init__(message)
        self.why = why


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A request.

    schema      JSON Schema of the answer; `None`: plain text
    most_tokens of the answer; more is cut off
    """

    messages: tuple[Message, ...]
    most_tokens: int
    schema: Mapping[str, Any] | None = None

    @property
    def estimated_tokens(self) -> int:
        """About how long the prompt is."""
        return estimated_tokens(message.text for message in self.messages)


@dataclass(frozen=True, slots=True)
class Counts:
    """Tokens as the endpoint counted them. `cached`: of `tokens_in`, kept from before."""

    tokens_in: int
    tokens_out: int
    cached: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an answer: text, or the endpoint's counts at its end."""

    text: str = ""
    counts: Counts | None = None


class ChatModel(Protocol):
    """One model behind an endpoint."""

    def stream(self, ask: Ask) -> AsyncGenerator[Piece]:
        """The answer as it is written. Closing it stops the endpoint. Raises `ModelFailed`.

        Nothing bounds the time: that is for whoever asks, who knows how long a caller may wait.
        """
        ...
