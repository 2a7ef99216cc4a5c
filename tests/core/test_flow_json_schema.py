"""The JSON Schema says what the loader says, as far as a schema can: a real validator tells."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator  # type: ignore[import-untyped] # it ships no types

from ivr.core.flow import json_schema, schema, yaml_source
from ivr.core.flow.descriptions import DESCRIPTIONS
from ivr.core.flow.json_schema import describe, flow_schema
from ivr.core.flow.load import check_text
from ivr.core.flow.problems import Report
from ivr.core.flow.schema_values import Part
from ivr.core.flow.yaml_source import Node
from tests.core.talk import AGENT, HEAD

HOME = Path(__file__).parents[2]
VALIDATOR = Draft7Validator(flow_schema())

EVERY_KEY = """
ivr: 1
name: All
language: en-US
timezone: UTC
voice: joe
entry: main
interruptible: none
interrupt_after: 0.3
end_silence: 700ms
no_input_timeout: 6
inter_digit_timeout: 2.5 s
intents:
  one: {examples: [this is one, one of them]}
  two: [two of them, a pair]
answers:
  open: {examples: [are you open, open now], say: We are., owner: me, expires: 2030-01-31}
slots:
  ok: yes_no
  pin: {type: digits, length: 4, ask: Pin?, sensitive: true, examples: ["my pin is {pin}"]}
  code: {type: digits, min_length: 2, max_length: 4, ask: Code?}
  age: {type: integer, min: 1, max: 99, ask: Age?, initial: 3}
  part: {type: choice, choices: [a, b], ask: Which?}
  phone: {type: phone, ask: Your number?}
  reason: text
  size: {type: choice, choices: {small: little, large: [big, huge], none: }, ask: Size?}
universals:
  agent: {transfer: {contact: desk, say: Wait.}}
  repeat: true
  goodbye: {phrases: [so long], do: [{hangup: Bye.}]}
contacts:
  desk: "+15550100123"
  boss: {number: "sip:boss@example.org", say: Wait., whisper: A caller., timeout: 20s}
phrases: {goodbye: Bye.}
flows:
  main:
    end_silence: 1s
    steps:
      - id: hi
        say: Hello.
      - say: {text: Again., interruptible: keys, interrupt_after: 200ms}
      - id: menu
        listen:
          ask: What?
          ask_again: What else?
          help: Say one or two.
          intents: {one: , two: {call: other}}
          keys: {"1": one, "2": [{call: other}], "3": {link: other}}
          hints: [one, two]
          interruptible: any
          end_silence: 500ms
          no_input_timeout: 3s
          inter_digit_timeout: 1s
          on_no_input: Hello?
          on_no_match: [What?, [{say: No.}, {transfer: desk}]]
      - collect: ok
      - collect: {slot: pin, ask: Pin?, ask_again: Again?, hints: [x], finish_on_key: "", max_digits: 4}
      - confirm: {ask: Sure?, yes: , no: {hangup: }, on_no_match: }
      - set_slots: {age: "= age + 1", pin: null, ok: true, part: a}
      - if: ok
        then: []
        else: [{hangup: {say: Bye.}}]
      - recording: start
      - recording: {ask: May we?, yes: {say: Thanks.}, no: , on_no_input: Well?, no_input_timeout: 4s}
      - transfer:
          contact: boss
          say: [Wait., Once more.]
          whisper: "{age} years."
          timeout: 15
          on_busy: {say: Busy.}
          on_no_answer: [{say: Nobody.}]
          on_refused:
          on_failed: []
      - voicemail:
      - voicemail: Speak now.
      - voicemail:
          say: [Speak., Again.]
          mailbox: sales
          max_length: 60s
          end_silence: 2s
          no_input_timeout: 5s
          finish_on_key: "#"
          review: true
          ask: Keep it?
          on_empty: {say: Nothing.}
      - callback: {number: phone, time: reason, ask: "{phone}, {reason}?", note: "{age}"}
      - hangup:
  other:
    - recording: stop
    - collect: code
    - collect: size
"""


def tree(text: str) -> Node:
    node = yaml_source.parse(text, Report("t"))
    assert node is not None
    return node


def wrong(text: str) -> list[str]:
    data = json.loads(json.dumps(tree(text).data()))
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:80]}"
        for error in VALIDATOR.iter_errors(data)
    ]


def test_the_schema_itself_is_right() -> None:
    Draft7Validator.check_schema(flow_schema())
    json.dumps(flow_schema())


@pytest.mark.parametrize("path", sorted((HOME / "flows").glob("*.yaml")), ids=lambda path: path.name)
def test_the_lines_that_come_with_ivr_are_valid(path: Path) -> None:
    assert wrong(path.read_text("utf-8")) == []


def test_the_examples_of_the_documentation_are_valid() -> None:
    example = (HOME / "docs" / "flows.md").read_text("utf-8").split("```yaml\n")[1].split("```")[0]
    assert wrong(example) == []


def test_every_key_in_every_form_is_valid() -> None:
    flow, problems = check_text(EVERY_KEY, "t.yaml")
    assert [str(p) for p in problems if p.severity == "error"] == []
    assert flow is not None
    assert wrong(EVERY_KEY) == []


def keys(node: Node, part: type[Part] | None = None) -> Iterator[tuple[Node, str]]:
    """All keys of the language in a tree, with the mapping each stands in."""
    known = set(all_names())
    for child in node.walk():
        for key in child.entries:
            if key in known:
                yield child, key


def all_parts() -> list[type[Part]]:
    found: list[type[Part]] = []
    todo: list[type[Part]] = [Part]
    while todo:
        part = todo.pop()
        found += [part] if part.__module__.startswith(schema.__name__) else []
        todo += part.__subclasses__()
    return found


def all_names() -> set[str]:
    return {name for part in all_parts() for name in part.names()}


def test_misspelt_keys_are_invalid_wherever_the_loader_says_so() -> None:
    """Each key of the file in turn is misspelt: where the loader knows no such key, the schema does not."""
    lines = EVERY_KEY.splitlines(keepends=True)
    seen: set[str] = set()
    refused = 0
    for node, key in keys(tree(EVERY_KEY)):
        spot = node.keys[key].spot
        line = lines[spot.line - 1]
        at = spot.column - 1
        text = "".join(
            (*lines[: spot.line - 1], line[:at] + key + "xq" + line[at + len(key) :], *lines[spot.line :])
        )
        told = [str(problem) for problem in check_text(text, "t")[1] if problem.severity == "error"]
        if any(
            f"There is no key '{key}xq'" in problem or f"no step '{key}xq'" in problem for problem in told
        ):
            assert wrong(text), f"'{key}' in line {spot.line} may be misspelt"
            seen.add(key)
            refused += 1
    assert refused > 80
    assert {"ivr", "say", "text", "ask", "no", "on_no_match", "end_silence", "type", "examples", "do"} <= seen


@pytest.mark.parametrize(
    "steps",
    [
        "- 5",
        "- say:",
        "- say: {text: ''}",
        "- say: a\n  call: main",
        "- {}",
        "- say: {text: a, end_silence: 1s}",
        "- say: {text: a, interrupt_after: soon}",
        "- say: {text: a, interruptible: sometimes}",
        "- confirm: {ask: Sure?}",
        "- collect: [ok]",
        "- set_slots: {ok: [1]}",
        "- if: ok",
        "- transfer: {say: Hello.}",
        "- transfer:",
        "- transfer: {contact: desk, on_bussy: {say: No.}}",
        "- transfer: {contact: desk, timeout: soon}",
        "- voicemail: {mailbox: ''}",
        "- voicemail: {review: maybe}",
        "- callback: number",
        "- callback: {time: reason}",
        "- recording: begin",
        "- recording: {ask: [], yes: }",
    ],
)
def test_what_the_schema_refuses_the_loader_refuses(steps: str) -> None:
    body = "".join(f"    {line}\n" for line in steps.splitlines())
    text = HEAD + AGENT + "flows:\n  main:\n" + body
    assert wrong(text)
    assert any(p.severity == "error" for p in check_text(text, "t")[1])


@pytest.mark.parametrize("top", ["ivr: 2\nflows: {}", "ivr: 1", "flows: {}", "ivr: 1\nflows: {}\nextra: 1"])
def test_files_that_are_wrong_at_the_top(top: str) -> None:
    assert wrong(top)


def test_every_key_has_a_description_and_none_is_of_a_key_that_is_gone() -> None:
    described = flow_schema()
    for part in all_parts():
        for name in part.names():
            assert describe(part, name, DESCRIPTIONS), (
                f"Say in ivr/core/flow/descriptions.py what '{name}' of {part.__name__} is for"
            )
    names = {
        part.__name__: {n for p in (part, *part.__subclasses__()) for n in p.names()} for part in all_parts()
    }
    for model, texts in DESCRIPTIONS.items():
        assert set(texts) <= names[model], f"{model} has no such keys any more"
    assert described["properties"]["flows"]["description"] == "Named lists of steps."
    assert described["$defs"]["Say"]["properties"]["id"]["description"].startswith("A name of your own")


def validators(annotation: Any, seen: set[int]) -> Iterator[Any]:
    """The functions that look at a value before or after pydantic does."""
    if id(annotation) in seen:
        return
    seen.add(id(annotation))
    for extra in getattr(annotation, "__metadata__", ()):
        if function := getattr(extra, "func", None):
            yield function
    for inner in (getattr(annotation, "__origin__", None), *getattr(annotation, "__args__", ())):
        if inner is not None:
            yield from validators(inner, seen)


def test_every_validator_has_told_which_forms_it_opens() -> None:
    functions = set()
    for part in all_parts():
        for field in part.model_fields.values():
            functions |= {extra.func for extra in field.metadata if hasattr(extra, "func")}
            functions |= set(validators(field.annotation, set()))
    names = {function.__qualname__ for function in functions}
    assert {"_steps", "_not_empty", "between.<locals>.read"} <= names
    assert names <= set(json_schema._FORMS), (
        "Say in ivr/core/flow/json_schema.py what these let authors write"
    )
