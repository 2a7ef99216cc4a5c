"""The steps of a compiled flow. Where a step names another, it is by its index in the same sub-flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ivr.core.flow.model.settings import Mode, Patience, Prompt, Repair, Settings
from ivr.core.usage import Tier


@dataclass(frozen=True, slots=True)
class _Step:
    id: str
    line: int


@dataclass(frozen=True, slots=True)
class SayStep(_Step):
    """Speak, and go on at once: prompts queue until a step waits for the caller."""

    prompt: Prompt


@dataclass(frozen=True, slots=True)
class ListenStep(_Step):
    """Ask, then branch on an intent or a key. After the branch, the step behind the `listen`.

    ahead   intent -> the slots that a caller may fill together with it (`ivr.core.flow.ahead`)
    """

    prompt: Prompt | None
    again: Prompt | None
    intents: Mapping[str, int]
    keys: Mapping[str, int]
    repair: Repair
    hints: tuple[str, ...]
    settings: Settings
    help: Prompt | None = None
    ahead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CollectStep(_Step):
    """Ask for a slot until it has a value. `again`: the shorter question after a digression.

    A value that is given goes on with the next step, where it may be said back; `passed` is where a slot
    that has a value already goes on: behind all that belongs to this step.

    ask_first: its question is put even if the caller has given the value before. ahead: the slots that a
    caller may fill together with this one (`ivr.core.flow.ahead`).

    finish_on_key ends keyed input early ("" for none), and so does the last of max_digits; keys count for
    digits, integer, yes_no (1 yes, 2 no) and choice (by position).
    """

    slot: str
    prompt: Prompt | None
    again: Prompt | None
    repair: Repair
    hints: tuple[str, ...]
    finish_on_key: str
    settings: Settings
    help: Prompt | None = None
    skip: int = -1
    ask_first: bool = False
    ahead: tuple[str, ...] = ()
    max_digits: int | None = None

    def passed(self, index: int) -> int:
        """Where a slot that has a value goes on, when this step stands at `index`."""
        return index + 1 if self.skip < 0 else self.skip


@dataclass(frozen=True, slots=True)
class ConfirmStep(_Step):
    """Read back and branch on yes (`yes`) or no (`no`): step indices. Keys 1 and 2 do the same.

    slot   the slot whose value is confirmed as a part of collecting it; "" for a step of the author's
    tail   phrase that is said behind the prompt; "" for none
    """

    prompt: Prompt
    yes: int
    no: int
    repair: Repair
    settings: Settings
    help: Prompt | None = None
    slot: str = ""
    tail: str = ""


@dataclass(frozen=True, slots=True)
class SetSlotsStep(_Step):
    """Set slots to the values of expressions (`None` clears)."""

    values: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class BranchStep(_Step):
    """If the condition is false, jump to `otherwise`."""

    condition: str
    otherwise: int


@dataclass(frozen=True, slots=True)
class JumpStep(_Step):
    """Go on at `target`."""

    target: int


@dataclass(frozen=True, slots=True)
class DeniedStep(JumpStep):
    """A value was said to be wrong: clear the slot and ask again at `target`, in the next other words."""

    slot: str


@dataclass(frozen=True, slots=True)
class AgainStep(_Step):
    """Wait again at the step `target` without asking its question again (the end of a repair rung).

    mode   how the answer is awaited from now on: "", `keys` or `spell`
    """

    target: int
    mode: Mode = ""


@dataclass(frozen=True, slots=True)
class PersonStep(_Step):
    """Go to a person by the universal `agent`, in these words."""

    prompt: Prompt | None


@dataclass(frozen=True, slots=True)
class CallStep(_Step):
    """Run another flow, then come back."""

    flow: str


@dataclass(frozen=True, slots=True)
class LinkStep(_Step):
    """Go on in another flow and do not come back."""

    flow: str


@dataclass(frozen=True, slots=True)
class TransferStep(_Step):
    """Hand the caller to a contact, and go on at a branch if that comes to nothing.

    prompt      what the caller hears before
    whisper     what the person hears first, and takes or refuses by key; "": the contact's own, if any
    timeout_ms  how long it may ring; 0: the contact's own
    branches    step indices by `busy`, `no_answer`, `failed`, `refused`; what has none takes `failed`,
                and without that the line says that nobody could be reached, and ends the call
    """

    contact: str
    prompt: Prompt | None
    whisper: str = ""
    timeout_ms: int = 0
    branches: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MessageLimits:
    """When a message that a caller leaves is over. All times in ms.

    longest_ms      however much they say
    end_silence_ms  the silence behind their words that ends it
    no_input_ms     how long we wait for a first word
    finish_on_key   the key that ends it; "": any key
    """

    longest_ms: int = 120_000
    end_silence_ms: int = 3_000
    no_input_ms: int = 6_000
    finish_on_key: str = ""


@dataclass(frozen=True, slots=True)
class VoicemailStep(_Step):
    """Ask for a message, sound the tone, and keep what is said until it is over.

    mailbox       whose the message is
    taken, empty  step indices: a message was left, or nothing was said
    """

    prompt: Prompt | None
    mailbox: str
    limits: MessageLimits
    taken: int
    empty: int


@dataclass(frozen=True, slots=True)
class PlayMessageStep(_Step):
    """Let the caller hear the message that they left."""

    prompt: Prompt
    settings: Settings


@dataclass(frozen=True, slots=True)
class KeepMessageStep(_Step):
    """Keep the message for the owner of its mailbox."""


@dataclass(frozen=True, slots=True)
class KeepCallbackStep(_Step):
    """Keep for the operator whom to call back: slots for the number and the time, and a note.

    hours   the opening hours in which the time has to lie; "" for any time
    """

    number: str
    time: str
    note: str
    hours: str = ""


@dataclass(frozen=True, slots=True)
class RecordStep(_Step):
    """Record the call from here on, or no longer."""

    on: bool


@dataclass(frozen=True, slots=True)
class LanguageStep(_Step):
    """Go on in another language of the flow (`es-US`)."""

    language: str


@dataclass(frozen=True, slots=True)
class HoldStep(_Step):
    """Keep the caller for a time, or until they say one of the intents `until`, or press a key.

    on_timeout   where to go when the time is over and nobody said so; `None`: the next step
    patience     its limit is the time; its filler is said again and again
    """

    prompt: Prompt | None
    until: tuple[str, ...]
    on_timeout: int | None
    patience: Patience


@dataclass(frozen=True, slots=True)
class NoopStep(_Step):
    """Do nothing: a place with a name."""


@dataclass(frozen=True, slots=True)
class ActionStep(_Step):
    """Ask a web service, keep what it replies in slots, and go on at the next step or by `on_error`.

    url        with `{slot}` in its path or query, filled in percent-encoded
    query      more of the query; a slot without a value is left out
    headers    names and values as they stand
    secrets    header -> what stands before the secret, and the environment's variable that holds it
    body       what is sent: JSON with slots filled in, or the fields of a form; `None` for nothing
    save       slot -> path into the JSON of the reply
    attempts   how often it may be sent
    once_by    a header that carries the same number in every attempt, so that it is done once; ""
    on_error   kind of error, or status -> step index; `other` for the rest
    """

    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    secrets: Mapping[str, tuple[str, str]]
    body: Any
    encoding: Literal["json", "form"]
    save: Mapping[str, str]
    timeout_ms: int
    attempts: int
    once_by: str
    on_error: Mapping[str, int]
    patience: Patience


@dataclass(frozen=True, slots=True)
class HangUpStep(_Step):
    """Say goodbye (optional), wait until it has been heard, end the call."""

    prompt: Prompt | None


@dataclass(frozen=True, slots=True)
class AnswerStep(_Step):
    """Let a model answer from the flow's knowledge, sentence by sentence, and go on.

    question    slot that holds the question; "": what the caller said last
    manner      how to answer, in the author's words; ""
    sentences   at most
    on_unknown  where to go when the knowledge says nothing about it; `None`: say so and go on
    on_error    where to go when no model could be had; `None`: say so and go on
    """

    knowledge: str
    question: str
    tier: Tier | None
    manner: str
    sentences: int
    on_unknown: int | None
    on_error: int | None
    settings: Settings
    patience: Patience


Step = (
    SayStep
    | ListenStep
    | CollectStep
    | ConfirmStep
    | SetSlotsStep
    | BranchStep
    | JumpStep
    | DeniedStep
    | AgainStep
    | PersonStep
    | CallStep
    | LinkStep
    | TransferStep
    | VoicemailStep
    | PlayMessageStep
    | KeepMessageStep
    | KeepCallbackStep
    | RecordStep
    | HangUpStep
    | ActionStep
    | HoldStep
    | LanguageStep
    | NoopStep
    | AnswerStep
)
WorkStep = ActionStep | AnswerStep | HoldStep
"""The steps that wait for work outside."""
