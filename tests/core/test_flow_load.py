"""What an author gets wrong, and what they are told: every case is a file and the lines of `ivr check`."""
# ruff: noqa: E501 - a mistake and what is told about it stand in one line

from __future__ import annotations

import hashlib
import json
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.core.errors import FlowError
from ivr.core.flow.load import check_text, decode, load_flow
from ivr.core.flow.problems import FlowProblems, format_problem

GOOD = """\
ivr: 1
intents: {book: [book me in, an appointment], cancel: [cancel it, call it off]}
slots:
  name: {type: text, ask: Who is calling?}
  new: {type: yes_no, ask: Are you new?}
  pin: {type: digits, length: 4, ask: Your PIN?, sensitive: true}
  sort: {type: choice, ask: Which sort?, choices: [small, large]}
  count: {type: integer, min: 1, max: 9, ask: How many?}
contacts: {desk: "+15550100123"}
universals: {agent: {transfer: desk}, repeat: true, goodbye: {hangup: Bye.}}
flows:
  main:
    - say: Hello.
    - listen: {ask: What can I do?, intents: {book: {call: book}, cancel: }}
    - hangup: Goodbye.
  book:
    - collect: name
"""


def lines(text: str) -> list[str]:
    return [str(problem) for problem in check_text(dedent(text), "f.yaml")[1]]


def main(steps: str) -> str:
    """The good file with other steps in `main`, which begin in line 13."""
    body = "".join(f"    {line}\n" for line in dedent(steps).strip().splitlines())
    return GOOD.split("    - say: Hello.", maxsplit=1)[0] + body + "  book:\n    - collect: name\n"


def told(text: str) -> list[str]:
    """Problems but for those of parts that the test's steps do not use."""
    return [line for line in lines(text) if "No step listens" not in line and "never used" not in line]


def test_good_file_has_no_problems() -> None:
    assert lines(GOOD) == []
    assert load_flow(GOOD, "f.yaml").digest == hashlib.sha256(GOOD.encode()).hexdigest()


def test_wrong_file_raises_all_its_problems() -> None:
    with pytest.raises(FlowProblems) as raised:
        load_flow(GOOD.replace("say: Hello", "sy: Hello").replace("call: book", "call: bok"), "f.yaml")
    assert isinstance(raised.value, FlowError)
    assert [(p.line, p.column) for p in raised.value.problems] == [(13, 7), (14, 60)]
    assert str(raised.value).splitlines() == [format_problem(p) for p in raised.value.problems]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "f.yaml:1:1: The file is empty. A flow begins with 'ivr: 1'."),
        (" \n\n", "f.yaml:1:1: The file is empty. A flow begins with 'ivr: 1'."),
        ("# nothing\n", "f.yaml:1:1: The file holds only comments. A flow begins with 'ivr: 1'."),
        ("- a\n", "f.yaml:1:1: A flow is a mapping: names and values. It begins with 'ivr: 1'."),
        ("hello", "f.yaml:1:1: A flow is a mapping: names and values. It begins with 'ivr: 1'."),
        (
            "ivr: 1\nname: \0\n",
            "f.yaml:2:7: This is not a text file: it holds the character U+0000. Save it as UTF-8.",
        ),
        (
            "ivr: 1\nflows:\n\tmain: []",
            "f.yaml:3:1: A tab stands where YAML wants spaces. Indent with spaces only.",
        ),
        ("ivr: 1\nname: @x", "f.yaml:2:7: A text cannot begin with '@'. Put the whole text in quotes."),
        (
            "ivr: 1\nname: a: b",
            (
                "f.yaml:2:8: A ':' is not expected here. If it belongs to a text, put the text in quotes; "
                "else check the indentation."
            ),
        ),
        ("a: [1, 2", "f.yaml:1:4: This '[' is never closed. Add ']' at its end."),
        (
            "- a\nb: c",
            (
                "f.yaml:2:1: This line does not line up with those before it. "
                "Give lines of the same list or mapping the same indentation."
            ),
        ),
        ('a: "\\U99999999"', "f.yaml:1:1: What comes after this is not valid YAML."),
        ("a: 1\n---\nb: 1", "f.yaml:2:1: A second document begins here. Keep one flow to a file."),
        ("a: " + "[" * 45, "f.yaml:1:43: This is nested too deeply: more than 40 levels."),
        ("x" * 1_000_001, "f.yaml:1:1: The file is too large: 1,000,001 characters of 1,000,000."),
    ],
)
def test_what_is_no_flow_at_all_is_one_problem(text: str, line: str) -> None:
    assert check_text(text, "f.yaml") == (None, check_text(text, "f.yaml")[1])
    assert lines(text) == [line]


def test_too_many_values_are_refused_without_building_them() -> None:
    assert lines("a: [" + "1," * 60_000 + "]")[-1].endswith("more than 50,000 values.")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name: a\nname: b", "f.yaml:2:1: 'name' is there twice: first in line 1."),
        ("name: &x a", "f.yaml:1:7: '&x' is an anchor, and a flow has none."),
        ("name: *x", "f.yaml:1:7: '*x' is an alias, and a flow has none."),
        (
            "name: !!python/object a",
            "f.yaml:1:7: 'tag:yaml.org,2002:python/object' is a tag, and a flow has none.",
        ),
        ("? [a]\n: b", "f.yaml:1:3: A key must be a word, not a list or mapping."),
        ('name: "a\\0b"', "f.yaml:1:7: This text holds the character U+0000, which nobody can say."),
    ],
)
def test_yaml_that_a_flow_does_not_need_is_refused(text: str, line: str) -> None:
    assert any(found.startswith(line) for found in lines(text))


def test_keys_offered_twice() -> None:
    text = main('- listen: {ask: Hi, keys: {1: {say: a}, "1": {say: b}}}\n- hangup: Bye.')
    assert told(text) == ["f.yaml:13:45: '1' is there twice: first in line 13."]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("ivr: 1", "ivr: 2", "1:6: This is written in version 2 of the language. This program reads 'ivr: 1'."),
        ("ivr: 1\n", "\n", "2:1: The key 'ivr' is missing here. A flow file begins with 'ivr: 1'."),
        ("ivr: 1", "ivr: 1\nentry: mian", "2:8: There is no flow 'mian' for a call to begin with. Did you mean 'main'?"),
        ("ivr: 1", "ivr: 1\nvoise: joe", "2:1: There is no key 'voise' here. Did you mean 'voice'?"),
        ("ivr: 1", "ivr: 1\nlanguage: English", "2:11: 'English' is no language. One looks like en-US."),
        ("ivr: 1", "ivr: 1\ntimezone: here", "2:11: 'here' is no time zone. One looks like Europe/Dublin."),
        ("ivr: 1", "ivr: 1\nend_silence: 700", "2:14: 700 s is not between 0.1 s and 10 s. Did you mean '700ms'?"),
        (
            "ivr: 1",
            "ivr: 1\nend_silence: soon",
            "2:14: 'soon' is not a time. Write 700ms, 1.5s, or a number of seconds.",
        ),
        (
            "ivr: 1",
            "ivr: 1\ninterruptible: never",
            "2:16: 'interruptible' cannot be 'never'. The choices are 'any', 'keys', 'none', 'speech'.",
        ),
        (
            "ivr: 1",
            "ivr: 1\nphrases: {goodby: Bye}",
            "2:11: There is no phrase 'goodby'. Did you mean 'goodbye'?",
        ),
        (
            "ivr: 1",
            'ivr: 1\nphrases: {goodbye: "Bye {name}"}',
            "2:25: A phrase is said word for word: it has no slots or braces.",
        ),
        ("type: integer", "type: number", "8:17: 'type' cannot be 'number'. "),
        ("type: integer", "tipe: integer", "8:11: There is no key 'tipe' here. Did you mean 'type'?"),
        ("min: 1", "min: one", "8:31: 'min' must be a whole number."),
        ("min: 1", "length: 1", "8:26: 'length' is for digits and spelling slots, and this one is of type integer."),
        ("min: 1", "min: 10", "8:10: The limits are the wrong way round: 10 is more than 9."),
        ("min: 1", "initial: 10", "8:35: 10 is outside the limits of 'count'."),
        ("ask: How many?", "examples: ['{count} people', 'some {name}']", "8:71: The example 'some {name}' does not show once where the value of 'count' stands. Write what callers say with it, and {count} in its place."),
        ("ask: How many?", "examples: [some people]", "8:53: The example 'some people' does not show once where"),
        ("ask: How many?", "examples: ['{count} or {count}']", "8:53: The example '{count} or {count}' does not show once"),
        ("ask: How many?", "examples: ['{count}!']", "8:53: There are no words around {count} in this example."),
        ("ask: Are you new?", "examples: ['yes {new}']", "5:23: A yes_no slot has no examples."),
        ("length: 4", "initial: 1234", "6:32: 'pin' is a digits slot, and 1234 is a number. Put it in quotes:"),
        ("type: integer, min: 1, max: 9", "type: date, min: soon", "8:28: 'soon' is not a day. A day is today,"),
        ("type: integer, min: 1, max: 9", "type: money, min: 5.5, max: 5", "8:10: The limits are the wrong way round: 5.5 is more than 5."),
        ("type: integer, min: 1, max: 9", "type: date, min: today, max: yesterday", "8:10: The limits are the wrong way round"),
        ("type: integer, min: 1, max: 9", "type: time, min: true", "8:28: This is no limit. Write a number,"),
        ("type: integer, min: 1, max: 9", "type: money, currency: EURO", "8:34: 'EURO' is no currency here. Did you mean 'EUR'?"),
        ("type: integer, min: 1, max: 9", "type: phone, region: Mars", "8:32: 'Mars' is no country. Write two letters, as US."),
        ("type: integer, min: 1, max: 9", "type: phone, initial: 5550123", "8:33: 'count' is a phone slot and cannot be 5550123."),
        ("type: integer, min: 1, max: 9", "type: date, initial: May 4th", "8:32: 'count' is a date slot and cannot be 'May 4th'. Write year-month-day"),
        ("min: 1", "validate: size(count)", "8:36: 'size(count)' puts together what does not fit"),
        ("min: 1, max: 9", "reject: No., validate: coun > 3", "8:49: There is no slot 'coun'. Did you mean 'count'?"),
        ("min: 1, max: 9", "reject: No.", "8:26: Nothing is ever rejected here. Write 'min', 'max' or 'validate'."),
        ("[small, large]", "[]", "7:9: A choice slot needs choices."),
        ("[small, large]", "{small: [big], large: [big]}", "7:74: 'big' stands for both 'small' and 'large'."),
        ("  new: {", "  in: {", "5:3: 'in' cannot be the name of a slot."),
        ('"+15550100123"', '"+1 (555) 010-0123"', "9:18: '+1 (555) 010-0123' is not a number to call. Write \"+15550100123\"."),
        ('"+15550100123"', "sales", "9:18: 'sales' is not a number to call. Write +, the country code"),
        ("agent: {transfer: desk}", "agent: true", "10:14: It is not said what 'agent' does."),
        ("agent: {transfer: desk}", "agnt: {transfer: desk}", "10:14: Nobody knows how callers say 'agnt'. Did you mean 'agent'?"),
        ("repeat: true", "repeat: {say: a}", "10:39: 'repeat' says the last prompt again and takes no steps."),
        ("[cancel it, call it off]", "[]", "2:47: 'cancel' has no examples."),
        ("[cancel it, call it off]", "cancel it", "2:55: 'cancel' must be a list."),
        ("[cancel it, call it off]", "[cancel it]", "2:47: warning: 'cancel' has only one example."),
        ("call it off", "Book me in!", "2:47: warning: 'Book me in!' is an example of both 'book' and 'cancel'."),
        (" cancel: }", " }", "2:47: warning: No step listens for 'cancel'."),
        ("slots:", "answers: {hours: {examples: [a b, c d], say: x, expires: soon}}\nslots:", "3:58: 'soon' is no date."),
    ],
)  # fmt: skip
def test_mistake_outside_of_steps(old: str, new: str, line: str) -> None:
    assert old in GOOD
    found = lines(GOOD.replace(old, new, 1))
    assert any(problem.startswith(f"f.yaml:{line}") for problem in found), found


@pytest.mark.parametrize(
    ("steps", "line"),
    [
        ("- sya: Hello", "13:7: There is no step 'sya'. Did you mean 'say'?"),
        ("- Hello", "13:7: This is not a step. A step has a key, as in 'say: Hello'."),
        ("- {say: a, hangup: b}", "13:16: 'say' and 'hangup' stand in one step. Give each step a '- ' of its own."),
        ("- say: 5", "13:12: 'say' must be text. Put it in quotes: \"5\"."),
        ("- say:", "13:7: 'say' must be text."),
        ("- say: ''", "13:12: There is no text here."),
        ("- say: {txt: a}", "13:13: There is no key 'txt' here. Did you mean 'text'?"),
        ("- say: Hello {nam}", "13:19: There is no slot 'nam'. Did you mean 'name'?"),
        ("- say: >-\n    Hello there,\n    dear {nam}", "15:15: There is no slot 'nam'. Did you mean 'name'?"),
        ("- say: Hello {name | digit}", "13:26: There is no formatter 'digit'. Did you mean 'digits'?"),
        ("- say: Hello {pin}", "13:12: warning (for safety): This says the sensitive slot 'pin' aloud. Others near the caller may hear it."),
        ("- listen: {ask: Hi}", "13:7: This waits for nothing: 'listen' has neither intents nor keys."),
        ("- listen: {intents: {bok: }}", "13:26: There is no intent 'bok'. Did you mean 'book'?"),
        ("- listen: {intents: [book]}", "13:25: 'intents' must be a mapping."),
        ("- listen: {intents: {book: nonsense}}", "13:32: 'nonsense' is not a step."),
        ("- listen: {keys: {12: }}", "13:23: The telephone has no key '12'. Keys are 0-9, * and #."),
        ("- listen: {intents: {book: }, keys: {1: boo}}", "13:45: This step listens for no intent 'boo'. Did you mean 'book'?"),
        ("- listen: {keys: {1: }, on_no_input: [[{sya: a}]]}", "13:44: There is no step 'sya'. Did you mean 'say'?"),
        ("- listen: {keys: {1: }, no_input_timeout: true}", "13:47: 'true' is not a time."),
        ("- collect: nmae", "13:16: There is no slot 'nmae'. Did you mean 'name'?"),
        ("- collect: {slot: name, finish_on_key: x}", "13:44: The telephone has no key 'x'."),
        ("- collect: {slot: name, max_digits: 3}", "13:29: 'max_digits' is for digits, integer, phone slots, and 'name' is of type text."),
        ("- collect: {slot: pin, max_digits: 3}", "13:28: 'pin' has at least 4 digits, so 3 keys are never enough. Write 4."),
        ("- collect: {slot: pin, max_digits: none}", "13:40: 'max_digits' must be a whole number."),
        ("- confirm: {ask: Right?}", "13:16: The key 'no' is missing here. Say what happens when the caller says no."),
        ("- set_slots: {nmae: x}", "13:19: There is no slot 'nmae'. Did you mean 'name'?"),
        ("- set_slots: {new: maybe}", "13:24: 'new' is a yes_no slot and cannot be 'maybe'. Write true or false."),
        ("- set_slots: {sort: huge}", "13:25: 'huge' is not a choice of 'sort'. The choices are 'large', 'small'."),
        ("- set_slots: {name: 1.5}", "13:25: A slot holds text, a whole number, true or false."),
        ("- set_slots: {count: '= count + nme'}", "13:37: There is no slot 'nme'. Did you mean 'name'?"),
        ("- set_slots: {count: '= name'}", "13:29: 'name' gives text where a whole number is needed."),
        ("- {if: count = 1, then: {say: a}}", "13:18: This is not an expression. To compare, write '=='."),
        ("- {if: new}", "13:7: The key 'then' is missing here."),
        ("- {if: new, then: {say: a}, els: {say: b}}", "13:33: There is no key 'els' here. Did you mean 'else'?"),
        ("- call: bok", "13:13: There is no flow 'bok'. Did you mean 'book'?"),
        ("- link: bok", "13:13: There is no flow 'bok'. Did you mean 'book'?"),
        ("- transfer: dsk", "13:17: There is no contact 'dsk'. Did you mean 'desk'?"),
        ("- transfer: {say: a}", "13:17: The key 'contact' is missing here."),
        ("- {id: a b, say: x}", "13:12: The name of a step has letters, digits, '-' and '_' only."),
        ("- {id: a, say: x}\n- {id: a, say: x}", "14:12: The step name 'a' is taken by line 13."),
    ],
)  # fmt: skip
def test_mistake_in_a_step(steps: str, line: str) -> None:
    found = lines(main(steps + "\n- hangup: Bye."))
    assert any(problem.startswith(f"f.yaml:{line}") for problem in found), found


def test_wrong_part_does_not_hide_or_invent_problems_elsewhere() -> None:
    text = main("- sya: Hello\n- say: Hi {count} {nam}\n- hangup: Bye.").replace(
        "type: integer", "type: nummer"
    )
    assert [line.split(": ", 1)[0] for line in lines(text)] == ["f.yaml:8:17", "f.yaml:13:7", "f.yaml:14:24"]


def test_no_problem_speaks_of_the_library() -> None:
    text = "ivr: x\nflows: {main: [1, [2], {say: [3]}, {listen: 4}, {set_slots: [5]}, {if: {}, then: 6}]}\nslots: 7"
    found = " ".join(lines(text)).lower()
    assert found
    assert not any(word in found for word in ("pydantic", "input", "dict", "none", "validation", "traceback"))


def test_report_stops_at_a_hundred() -> None:
    found = lines("ivr: 1\n" + "".join(f"k{n}: 1\n" for n in range(150)))
    assert len(found) == 101
    assert "more problems are not shown" in found[-1]


def test_bytes_that_are_not_utf8() -> None:
    with pytest.raises(FlowProblems, match=r"f\.yaml:2:3: This is not UTF-8 text: byte 0xFF\."):
        decode(b"ok\nab\xff", "f.yaml")
    assert decode(b"\xef\xbb\xbfivr: 1", "f.yaml") == "ivr: 1"


PIECES = st.sampled_from(
    [
        "ivr",
        "flows",
        "main",
        "say",
        "listen",
        "ask",
        "intents",
        "keys",
        "on_no_input",
        "slots",
        "type",
        "text",
        "if",
        "then",
        "else",
        "set_slots",
        "confirm",
        "yes",
        "no",
        "call",
        "link",
        "universals",
        "agent",
        "do",
        "contacts",
        "answers",
        "examples",
        "phrases",
        "choices",
        "1",
        "= a",
        "{a}",
        "steps",
        "id",
        "collect",
    ]
)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-9, 99), st.floats(0, 2), PIECES)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(PIECES, inner, max_size=4)),
    max_leaves=20,
)


def only_problems(text: str) -> None:
    flow, problems = check_text(text, "f.yaml")
    assert flow is not None or problems
    count = text.count("\n") + text.count("\r") + 2
    assert all(problem.column >= 1 and 1 <= problem.line <= count for problem in problems)


@given(st.text())
def test_any_text_gives_a_flow_or_problems(text: str) -> None:
    only_problems(text)


@given(st.text(st.sampled_from("ivr: 1\n-[]{}&*!%#|>'\"\\\t?,@xU0"), max_size=40))
def test_any_yaml_like_text_gives_a_flow_or_problems(text: str) -> None:
    only_problems(text)


@settings(max_examples=150)
@given(st.dictionaries(PIECES, TREES, max_size=6))
def test_any_tree_gives_a_flow_or_problems(tree: dict[str, object]) -> None:
    only_problems(json.dumps({"ivr": 1, **tree}))


@settings(max_examples=150)
@given(st.lists(st.dictionaries(PIECES, TREES, min_size=1, max_size=2), max_size=4))
def test_any_steps_give_a_flow_or_problems(steps: list[dict[str, object]]) -> None:
    only_problems(GOOD + f"  other: {json.dumps(steps)}\n")


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("fees: ../secret.md", "'../secret.md' is no knowledge file"),
        ("fees: /etc/passwd.md", "'/etc/passwd.md' is no knowledge file"),
        ("fees: a/../../b.md", "'a/../../b.md' is no knowledge file"),
        ("fees: fees.pdf", "'fees.pdf' is no knowledge file"),
        ("fees: []", "'fees' has no files"),
        ('"1fees": fees.md', "'1fees' is no name"),
    ],
)
def test_knowledge_stays_inside_the_folder_of_its_flow(written: str, why: str) -> None:
    found = told(GOOD.replace("flows:\n", f"knowledge: {{{written}}}\nflows:\n"))
    assert [line for line in found if why in line], found


def test_knowledge_has_names_and_files() -> None:
    flow = load_flow(
        GOOD.replace("flows:\n", "knowledge: {fees: fees.md, all: [a.md, b/c..d.md]}\nflows:\n"), "f.yaml"
    )
    assert flow.knowledge["fees"].files == ("fees.md",)
    assert flow.knowledge["all"].files == ("a.md", "b/c..d.md")
