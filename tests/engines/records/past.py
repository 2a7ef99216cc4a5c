"""Calls that happened, for tests of their records: a small flow, and a caller in text who rings it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ivr.core.call import CallState, advance, sensitive
from ivr.core.events import CallStarted, Event
from ivr.core.flow.load import load_flow
from ivr.core.flow.model import Flow
from ivr.core.journal import encode, masked
from ivr.core.text_caller import TextCaller
from ivr.engines.records.journal import DatabaseJournal
from ivr.rehearsal.reading import TextReader, exact_model

SOURCE: Final = """\
ivr: 1
name: Pizza line
intents:
  order: [one pizza please, I want a pizza]
answers:
  hours: {examples: [when are you open], say: We are open until ten.}
slots:
  size: {type: choice, ask: Small or large?, choices: [small, large]}
  card: {type: digits, ask: Your card number?, length: 16, sensitive: true}
contacts: {shop: "+15550100123"}
universals:
  agent: {transfer: shop}
flows:
  main:
    - id: desk
      listen:
        ask: What can I do for you?
        intents:
          order: {call: order}
    - hangup: Goodbye.
  order:
    - collect: size
    - collect: card
    - say: A {size} pizza is on its way.
"""
BEGAN_MS: Final = 1_764_000_000_000
CALLER: Final = "+15550100001"
CARD: Final = "4929123456781234"


def pizza() -> Flow:
    return load_flow(SOURCE, "pizza.yaml")


@dataclass(frozen=True)
class PastCall:
    """A call's journalled events, and the state it ended in."""

    call_id: str
    flow: Flow
    rows: list[tuple[int, Event]]
    state: CallState
    source: str = SOURCE

    def write(self, journal: DatabaseJournal, began_ms: int = BEGAN_MS, *, end: bool = True) -> None:
        """Give it to a journal as a session would."""
        started = self.rows[0][1]
        assert isinstance(started, CallStarted)
        journal.begin(
            self.call_id,
            flow=self.flow,
            flow_source=self.source,
            caller=started.caller,
            called=started.called,
            wall_ms=began_ms,
        )
        for seq, (at_ms, event) in enumerate(self.rows):
            journal.append(self.call_id, seq, at_ms, encode(event))
        if end:
            journal.end(self.call_id, self.state.outcome, self.state.path, began_ms + self.rows[-1][0])


def call(
    call_id: str, act: Callable[[TextCaller], None], caller: str = CALLER, *, source: str = SOURCE
) -> PastCall:
    """Ring the pizza line and do what `act` does; the caller hangs up where the line has not."""
    flow = load_flow(source, "pizza.yaml")
    talk = TextCaller(flow, CallStarted(call_id, caller, "+15550100002"), TextReader(exact_model(flow), None))
    act(talk)
    if not talk.over:
        talk.hear_out()
    if not talk.over:
        talk.hang_up()
    state, rows = CallState(), []
    for at_ms, event in talk.events:
        rows.append((at_ms, masked(event, sensitive=sensitive(flow, state))))
        state, _ = advance(flow, state, event, at_ms)
    return PastCall(call_id, flow, rows, state, source)


def orders(talk: TextCaller) -> None:
    """A whole order, with a misunderstanding, a question in between and a card number."""
    talk.say("mumble mumble")
    talk.say("one pizza please")
    talk.say("when are you open")
    talk.say("large")
    talk.press(CARD)


def leaves(talk: TextCaller) -> None:
    talk.hear_out()
