"""The clinic's line is right, uses all of the language, and is written for the ear."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.core import templates
from ivr.core.flow import model as m
from ivr.core.flow.load import check_text

HOME = Path(__file__).parents[2]
TEXT = (HOME / "flows" / "clinic.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def flow() -> m.Flow:
    flow, problems = check_text(TEXT, "clinic.yaml")
    assert [str(problem) for problem in problems] == []
    assert flow is not None
    return flow


def all_steps(flow: m.Flow) -> list[m.Step]:
    return [step for sub_flow in flow.flows.values() for step in sub_flow.steps]


def prompts(flow: m.Flow) -> Iterator[str]:
    for step in all_steps(flow):
        for name in ("prompt", "again"):
            if prompt := getattr(step, name, None):
                yield prompt.text
    yield from (answer.say for answer in flow.answers.values())
    yield from (slot.ask for slot in flow.slots.values() if slot.ask)
    yield from flow.phrases.values()


def test_every_kind_of_step_and_slot_is_used(flow: m.Flow) -> None:
    elsewhere = {m.VoicemailStep, m.PlayMessageStep, m.KeepMessageStep, m.KeepCallbackStep, m.RecordStep}
    elsewhere |= {
        m.PersonStep,
        m.DeniedStep,
        m.ActionStep,
        m.AnswerStep,
        m.HoldStep,
        m.NoopStep,
        m.LanguageStep,
    }
    kinds = set(m.Step.__args__) - elsewhere
    assert {type(step) for step in all_steps(flow)} == kinds
    assert {"yes_no", "digits", "choice", "text"} <= {slot.type for slot in flow.slots.values()}
    assert {"agent", "repeat", "goodbye"} <= set(flow.universals)


def test_the_number_is_asked_for_once_a_call(flow: m.Flow) -> None:
    asking = flow.flows["identify"].steps
    assert [type(step) for step in asking[:2]] == [m.BranchStep, m.CallStep]


def test_the_example_of_the_reference_is_right() -> None:
    reference = (HOME / "docs" / "flows.md").read_text("utf-8")
    example = reference.split("```yaml\n")[1].split("```")[0]
    assert check_text(example, "flows.md")[1] == ()


def test_examples_are_many(flow: m.Flow) -> None:
    assert all(len(intent.examples) >= 10 for intent in flow.intents.values())
    assert all(6 <= len(answer.examples) <= 10 for answer in flow.answers.values())


def test_prompts_are_short_and_have_nothing_that_is_read_aloud_wrong(flow: m.Flow) -> None:
    for text in prompts(flow):
        assert len(text.split()) <= 36, text
        said = templates.fill(text, {}, flow.slots)
        assert not set(said) & set("0123456789/&@#*<>()[]"), text


def test_the_main_question_offers_every_intent_a_way_on_keys(flow: m.Flow) -> None:
    (desk,) = (step for step in all_steps(flow) if step.id == "desk")
    assert isinstance(desk, m.ListenStep)
    assert set(desk.intents) == set(flow.intents)
    assert set(desk.keys.values()) == {desk.intents[name] for name in flow.intents if name != "finished"}


def test_asked_for_again_means_asked_again(flow: m.Flow) -> None:
    """Whoever books twice in a call is asked twice: each flow clears the slots that it collects."""
    for name, sub_flow in flow.flows.items():
        first = sub_flow.steps[0]
        collected = {step.slot for step in sub_flow.steps if isinstance(step, m.CollectStep)}
        if collected:
            assert isinstance(first, m.SetSlotsStep), name
            assert collected <= {slot for slot, value in first.values.items() if value is None}, name
