"""Steps that bring people in, from an author's words to what the core runs; and what is wrong with them."""
# ruff: noqa: E501 - a mistake and what is told about it stand in one line

from __future__ import annotations

from textwrap import dedent

import pytest

from ivr.core.flow import model as m
from ivr.core.flow.load import check_text, load_flow
from ivr.core.flow.mermaid import mermaid
from ivr.core.phrases import DEFAULTS
from ivr.core.phrases_spanish import SPANISH

HEAD = """\
ivr: 1
slots:
  number: {type: phone, ask: Your number?}
  when: {type: date_time, ask: When?}
  age: {type: integer, ask: How old?}
  pin: {type: digits, length: 4, ask: PIN?, sensitive: true}
contacts:
  desk: "+15550100123"
  boss: {number: "sip:boss@example.org", say: One moment., whisper: "About {age}.", timeout: 45s}
universals: {agent: {transfer: desk}}
flows:
  main:
"""


def text_of(steps: str) -> str:
    return HEAD + "".join(f"    {line}\n" for line in dedent(steps).strip().splitlines())


def steps_of(steps: str) -> tuple[m.Step, ...]:
    return load_flow(text_of(steps), "f.yaml").flows["main"].steps


def errors(steps: str) -> list[str]:
    return [str(p) for p in check_text(text_of(steps), "f.yaml")[1] if "warning" not in str(p)]


def after(steps: tuple[m.Step, ...], index: int) -> m.Step | None:
    """The step that a target comes to, jumps followed; `None`: the end."""
    while index < len(steps):
        step = steps[index]
        if not isinstance(step, m.JumpStep):
            return step
        index = step.target
    return None


def test_a_contact_is_a_number_or_more():
    flow = load_flow(text_of("- transfer: desk"), "f.yaml")
    assert flow.contacts["desk"] == m.Contact("desk", "+15550100123")
    assert flow.contacts["boss"] == m.Contact(
        "boss", "sip:boss@example.org", "One moment.", "About {age}.", 45_000
    )


def test_a_transfer_has_its_branches_and_goes_on_behind_them():
    steps = steps_of("""
        - transfer:
            contact: desk
            say: [Hold on., Once more.]
            whisper: "{age} years."
            timeout: 15s
            on_busy: {say: Busy.}
            on_failed: {hangup: Sorry.}
            on_refused:
        - hangup: Bye.
    """)
    transfer = steps[0]
    assert isinstance(transfer, m.TransferStep)
    assert (transfer.whisper, transfer.timeout_ms) == ("{age} years.", 15_000)
    assert transfer.prompt
    assert (transfer.prompt.text, transfer.prompt.later) == ("Hold on.", ("Once more.",))
    found = {name: after(steps, target) for name, target in transfer.branches.items()}
    assert {name: type(step).__name__ for name, step in found.items()} == {
        "busy": "SayStep",
        "failed": "HangUpStep",
        "refused": "HangUpStep",
    }
    assert found["refused"] is steps[-1]


def test_a_transfer_without_branches_is_the_last_step():
    assert "No call ever comes to this step" in errors("- transfer: desk\n- say: Never.")[0]
    assert errors("- transfer: {contact: desk, on_busy: {say: Busy.}}\n- hangup: Bye.") == []


def test_a_message_is_played_back_asked_about_and_kept():
    steps = steps_of(
        '- voicemail: {say: Speak., mailbox: sales, max_length: 60s, finish_on_key: "#"}\n- hangup: Bye.'
    )
    take = steps[0]
    assert isinstance(take, m.VoicemailStep)
    assert (take.mailbox, take.limits) == ("sales", m.MessageLimits(60_000, 3_000, 6_000, "#"))
    play = after(steps, take.taken)
    assert isinstance(play, m.PlayMessageStep)
    review = steps[take.taken + 1]
    assert isinstance(review, m.ConfirmStep)
    keep = after(steps, review.yes)
    assert isinstance(keep, m.KeepMessageStep)
    assert after(steps, review.no) is take
    assert after(steps, review.repair.no_input[0]) is keep
    empty = after(steps, take.empty)
    assert isinstance(empty, m.SayStep)
    assert empty.prompt.text == DEFAULTS["voicemail_empty"]


def test_a_message_need_not_be_played_back():
    steps = steps_of("- voicemail: {review: false, on_empty: {hangup: No.}}\n- hangup: Bye.")
    take = steps[0]
    assert isinstance(take, m.VoicemailStep)
    assert isinstance(after(steps, take.taken), m.KeepMessageStep)
    assert isinstance(after(steps, take.empty), m.HangUpStep)
    assert take.prompt is None


def test_a_line_may_have_its_own_words_for_messages():
    text = text_of("- voicemail:\n- hangup: Bye.").replace(
        "flows:\n", "phrases: {voicemail_keep: Keep it?, voicemail_empty: Nothing.}\nflows:\n"
    )
    steps = load_flow(text, "f.yaml").flows["main"].steps
    assert [s.prompt.text for s in steps if isinstance(s, m.ConfirmStep)] == ["Keep it?"]


def test_a_callback_asks_reads_back_and_begins_again():
    steps = steps_of("- callback: {number: number, time: when, note: '{age}'}\n- hangup: Bye.")
    number, time, confirm = steps[0], steps[1], steps[2]
    assert isinstance(number, m.CollectStep)
    assert isinstance(time, m.CollectStep)
    assert isinstance(confirm, m.ConfirmStep)
    assert (number.slot, time.slot) == ("number", "when")
    assert confirm.prompt.text == "We will call you at {number}, {when}. Is that right?"
    keep = after(steps, confirm.yes)
    assert isinstance(keep, m.KeepCallbackStep)
    assert (keep.number, keep.time, keep.note) == ("number", "when", "{age}")
    again = after(steps, confirm.no)
    assert isinstance(again, m.SetSlotsStep)
    assert again.values == {"number": None, "when": None}
    assert after(steps, confirm.no + 1) is number
    (no_time,) = [
        s for s in steps_of("- callback: {number: number}\n- hangup: Bye.") if isinstance(s, m.ConfirmStep)
    ]
    assert no_time.prompt.text == "We will call you at {number}. Is that right?"


def test_consent_records_after_a_yes_and_nothing_else():
    steps = steps_of("- recording: {ask: May we?, yes: {say: Thanks.}, no: {say: Fine.}}\n- hangup: Bye.")
    ask = steps[0]
    assert isinstance(ask, m.ConfirmStep)
    yes, no = after(steps, ask.yes), after(steps, ask.no)
    assert isinstance(yes, m.RecordStep)
    assert isinstance(no, m.RecordStep)
    assert (yes.on, no.on) == (True, False)
    assert ask.repair == m.Repair((ask.no,), (ask.no,))
    ladder = steps_of("- recording: {ask: May we?, on_no_input: [Please say yes or no.]}\n- hangup: Bye.")[0]
    assert isinstance(ladder, m.ConfirmStep)
    assert ladder.repair.no_input != (ladder.no,)
    assert ladder.repair.no_match == (ladder.no,)


@pytest.mark.parametrize(("word", "on"), [("start", True), ("stop", False)])
def test_recording_may_just_start_and_stop(word: str, on: bool):
    step = steps_of(f"- recording: {word}\n- hangup: Bye.")[0]
    assert isinstance(step, m.RecordStep)
    assert step.on is on


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (
            "- transfer: {contact: dest, on_busy: {say: Busy.}}\n- hangup:",
            "f.yaml:13:27: There is no contact 'dest'. Did you mean 'desk'?",
        ),
        (
            "- transfer: {contact: desk, on_bussy: {say: Busy.}}",
            "f.yaml:13:33: There is no key 'on_bussy' here. Did you mean 'on_busy'?",
        ),
        (
            "- transfer: {contact: desk, timeout: 300s}",
            "f.yaml:13:42: 300 s is not between 5 s and 120 s.",
        ),
        (
            "- transfer: {contact: desk, whisper: 'About {agee}.'}",
            "f.yaml:13:50: There is no slot 'agee'. Did you mean 'age'?",
        ),
        (
            "- voicemail: {finish_on_key: x}\n- hangup:",
            "f.yaml:13:34: The telephone has no key 'x'. It is one of 0-9, * and #.",
        ),
        ("- voicemail: {max_length: 1s}\n- hangup:", "f.yaml:13:31: 1 s is not between 5 s and 600 s."),
        (
            "- callback: {number: age, time: when}\n- hangup:",
            "f.yaml:13:26: The slot 'age' is integer, and cannot be this. Give it the type phone or digits, or name another slot.",
        ),
        (
            "- callback: {number: numbr}\n- hangup:",
            "f.yaml:13:26: There is no slot 'numbr'. Did you mean 'number'?",
        ),
        ("- callback: {time: when}\n- hangup:", "f.yaml:13:17: The key 'number' is missing here."),
        (
            "- recording: begin\n- hangup:",
            "f.yaml:13:18: 'recording' cannot be 'begin'. The choices are 'start', 'stop'.",
        ),
        (
            "- recording: {do: start, ask: May we?}\n- hangup:",
            "f.yaml:13:30: 'start' records or stops without asking: 'ask' has no meaning here. Leave out 'do' to ask for consent.",
        ),
        (
            "- recording: {yes: {say: Thanks.}}\n- hangup:",
            "f.yaml:13:7: It is not said what to record. Write 'recording: start', 'recording: stop', or 'ask' with a question.",
        ),
    ],
)
def test_mistakes_are_told_with_their_place(steps: str, told: str):
    assert told in errors(steps), errors(steps)


def test_a_contact_without_a_number_to_call_is_refused():
    text = text_of("- transfer: boss").replace("sip:boss@example.org", "555 0100")
    (problem,) = [str(p) for p in check_text(text, "f.yaml")[1] if "warning" not in str(p)]
    assert problem.startswith("f.yaml:9:18: '555 0100' is not a number to call")


def test_a_whisper_that_says_a_sensitive_slot_is_warned_of():
    problems = [
        str(p) for p in check_text(text_of("- transfer: {contact: desk, whisper: '{pin}'}"), "f.yaml")[1]
    ]
    assert any("sensitive slot 'pin'" in problem for problem in problems)


def test_every_way_is_drawn():
    chart = mermaid(
        load_flow(
            text_of("""
                - recording: {ask: May we?}
                - transfer: {contact: desk, on_busy: {say: Busy.}}
                - voicemail:
                - callback: {number: number}
                - hangup: Bye.
            """),
            "f.yaml",
        )
    )
    for label in ('"busy"', '"message"', '"nothing said"', '"yes"', '"no"'):
        assert f"-- {label} -->" in chart
    for node in ("take a message", "keep the message", "call back number", "record from here"):
        assert node in chart


def test_recording_that_asks_nobody_is_warned_of():
    def warned(steps: str) -> bool:
        problems = check_text(text_of(steps + "\n- hangup: Bye."), "f.yaml", linted=True)[1]
        return any("records the call and asks nobody" in str(p) for p in problems)

    assert warned("- recording: start")
    assert not warned("- recording: {ask: May we?}")
    assert not warned("- recording: stop")


def test_what_is_built_in_is_in_the_lines_language():
    text = text_of("- callback: {number: number}\n- voicemail:\n- hangup: Adiós.")
    steps = load_flow(text.replace("ivr: 1", "ivr: 1\nlanguage: es-ES"), "f.yaml").flows["main"].steps
    asked = [step.prompt.text for step in steps if isinstance(step, m.ConfirmStep)]
    assert asked == ["Le llamaremos al {number}. ¿Es correcto?", SPANISH["voicemail_keep"]]
