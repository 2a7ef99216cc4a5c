"""The JSON Schema of test files says what their loader says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator  # type: ignore[import-untyped] # it ships no types

from ivr.core.flow import yaml_source
from ivr.core.flow.json_schema import describe
from ivr.core.flow.problems import Report
from ivr.rehearsal import schema as s
from ivr.rehearsal.json_schema import DESCRIPTIONS, cases_schema
from tests.rehearsal.test_script import case, load

HOME = Path(__file__).parents[2]
VALIDATOR = Draft7Validator(cases_schema())
MODELS = (s.CasesFile, s.CaseBody, s.StepBody, s.InterruptBody, s.AssertBody)


def valid(text: str) -> bool:
    node = yaml_source.parse(text, Report("t"))
    assert node is not None
    return bool(VALIDATOR.is_valid(json.loads(json.dumps(node.data()))))


def test_the_schema_itself_is_right() -> None:
    Draft7Validator.check_schema(cases_schema())


@pytest.mark.parametrize(
    "path", sorted((HOME / "flows" / "tests").glob("*.yaml")), ids=lambda path: path.name
)
def test_the_tests_that_come_with_ivr_are_valid(path: Path) -> None:
    assert valid(path.read_text("utf-8"))


@pytest.mark.parametrize(
    ("steps", "good"),
    [
        ("- caller: x\n  assert: {said: a, not_said: [b], slots: {ok: true, number: null}}", True),
        ("- assert: {said: [], step: main, transfer: desk, ended: false, understood: book}", True),
        ('- {keys: 1}\n- {keys: "1#"}', True),
        ("- {silence: true}\n- {silence: 2s}\n- {silence: 1.5}", True),
        ("- interrupts: wait\n- interrupts: {keys: 1, after: 300ms}", True),
        ("- assert: {voicemail: true, callback: 2, recording: false, ended: not_reached}", True),
        ("- assert: {voicemail: some}", False),
        ("- assert: {callback: -1}", False),
        ("- caler: x", False),
        ("- keys: abc", False),
        ("- silence: long", False),
        ("- caller: ''", False),
        ("- assert: {sayd: x}", False),
        ("- assert: {ended: perhaps}", False),
        ("- interrupts: {word: x}", False),
    ],
)
def test_schema_and_loader_agree(steps: str, good: bool) -> None:
    assert valid(case(steps)) is good
    assert bool(load(case(steps))[0]) is good


def test_every_key_has_a_description() -> None:
    for model in MODELS:
        assert {name for name in model.names() if describe(model, name, DESCRIPTIONS)} == set(model.names())
