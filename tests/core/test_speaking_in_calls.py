"""What the voice is given, and what the record shows."""

from __future__ import annotations

import pytest

from ivr.core.commands import Say, Segment
from ivr.core.flow.load import check_text, load_flow
from ivr.core.flow.model import Flow
from ivr.core.flow.prompts import fixed_sentences, prepared_words
from tests.core.talk import Talk, value

HEAD = """
ivr: 1
pronunciations: {Siobhan: shi-vawn}
slots:
  number: {type: digits, length: 4, ask: What is your number?}
  age: {type: integer, ask: How old are you?}
contacts: {desk: "+15550101234"}
"""


def flow_of(steps: str, head: str = HEAD) -> Flow:
    body = "".join(f"    {line}\n" for line in steps.strip().splitlines())
    return load_flow(f"{head}flows:\n  main:\n{body}", "f.yaml")


def segments(talk: Talk) -> list[Segment]:
    return [segment for c in talk.commands if isinstance(c, Say) for segment in c.segments]


def test_the_voice_gets_spoken_words_and_the_record_written_ones() -> None:
    talk = Talk(flow_of("- say: Siobhan takes $90 on Main St. today.\n- collect: number"))
    talk.listen()
    first = segments(talk)[0]
    assert first.text == "Siobhan takes $90 on Main St. today."
    assert first.words == "shi-vawn takes ninety dollars on Main Street today."
    assert talk.state.transcript[0].text == first.text


def test_slots_are_read_aloud_and_leave_no_trace() -> None:
    talk = Talk(flow_of("- collect: age\n- say: 'You are {age}.'\n- collect: number"))
    talk.listen()
    talk.says("fifty two", value(52))
    said = next(segment for segment in segments(talk) if segment.text == "You are 52.")
    assert (said.words, said.fixed) == ("You are fifty-two.", False)


def test_a_pause_is_silence_behind_the_words() -> None:
    talk = Talk(flow_of("- say: 'One moment. [pause 700ms] Thank you. [pause 1s]'\n- collect: number"))
    talk.listen()
    assert [(s.text, s.pause_ms) for s in segments(talk)] == [
        ("One moment.", 700),
        ("Thank you.", 1000),
        ("What is your number?", 0),
    ]


def test_a_pause_alone_is_no_line_of_the_record() -> None:
    talk = Talk(flow_of("- say: '[pause 1s] Hello.'\n- collect: number"))
    talk.listen()
    assert [(s.text, s.pause_ms) for s in segments(talk)][:2] == [("", 1000), ("Hello.", 0)]
    assert talk.state.transcript[0].text == "Hello."


def test_marks_in_a_slot_are_words() -> None:
    flow = flow_of(
        "- say: 'So {name}.'\n- collect: number", HEAD.replace("slots:\n", "slots:\n  name: text\n")
    )
    talk = Talk(flow, name="[pause 5s] [[x]]")
    talk.listen()
    first = segments(talk)[0]
    assert (first.words, first.pause_ms) == ("So pause five s x.", 0)


def test_an_interruption_leaves_the_words_that_were_said() -> None:
    text = "It is $12,345.67 now and then some."
    talk = Talk(flow_of(f"- collect: {{slot: number, ask: '{text}'}}"))
    talk.hear_a_little(600)
    talk.speak()
    heard = talk.state.transcript[0]
    assert heard.cut
    assert heard.text in ("It is", "It is $12,345.67")  # as it is written, the amount would have been over


def test_prompts_are_prepared_as_they_are_said() -> None:
    flow = flow_of("- say: Siobhan is here. [pause 1s] It costs $5. Ask {age}.\n- collect: number")
    assert "shi-vawn is here." in prepared_words(flow)
    assert "It costs five dollars. Ask." not in fixed_sentences(flow)
    talk = Talk(flow)
    talk.listen()
    fixed = {segment.words for segment in segments(talk) if segment.fixed}
    assert fixed <= set(fixed_sentences(flow))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("pronunciations: {'!': bang}", "'!' is no word"),
        ("pronunciations: {SQL: '...'}", "'...' cannot be said"),
        ("phrases: {goodbye: 'Bye [pause].'}", "'[pause]' is no pause"),
        ("slots: {a: {type: text, ask: 'What [pause 300] now?'}}", "'[pause 300]' is no pause"),
    ],
)
def test_what_cannot_be_said_is_told(line: str, message: str) -> None:
    flow, problems = check_text(f"ivr: 1\n{line}\nflows: {{main: [{{hangup: Bye.}}]}}\n", "f.yaml")
    assert flow is None
    assert [problem.message for problem in problems] == [message]
