"""The tables of spoken forms, and how many of them are understood.

    python -m tests.understanding.spoken_form [-v]

prints the share understood of each type, and of the values that were found the share that is right, by how
sure the grammar was of them; `-v` also every form that was not understood.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast, get_args

from ivr.core.commands import Expectation
from ivr.core.events import Meaning, SlotValue
from ivr.core.flow.model import Flow, Slot, SlotType
from ivr.core.locales import currency_of, region_of
from ivr.understanding.choice import forms_of
from ivr.understanding.pipeline import FlowModel, by_rules
from ivr.understanding.universals import compile_universals

FOLDER = Path(__file__).parent / "spoken_forms"
TODAY = "2026-03-11"  # a Wednesday
DEPARTMENTS: dict[str, tuple[str, ...]] = {
    "sales": (),
    "support": ("technical support", "tech support"),
    "billing": ("accounts", "payments", "invoices", "invoice"),
    "returns": ("refunds", "send something back", "returns and refunds"),
}


@dataclass(frozen=True)
class Form:
    """A way to say a value. expected: as text, `-` for none."""

    kind: SlotType
    spoken: str
    expected: str
    language: str


def read(name: str) -> list[Form]:
    """The forms of a table."""
    forms = []
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, spoken, expected, *language = line.split("\t")
            assert kind in get_args(SlotType), line
            forms.append(Form(cast("SlotType", kind), spoken, expected, language[0] if language else "en-US"))
    return forms


@cache
def model_of(language: str) -> FlowModel:
    """A flow with a slot of each type and nothing else."""
    region = region_of(language)
    slots = {
        kind: Slot(
            kind,
            kind,
            choices=DEPARTMENTS if kind == "choice" else {},
            region=region,
            currency=currency_of(region),
        )
        for kind in get_args(SlotType)
    }
    flow = Flow("forms", "main", {}, language=language, slots=slots)
    return FlowModel(flow, compile_universals({}), {"choice": forms_of(slots["choice"])}, None)


def read_by_rules(form: Form) -> Meaning:
    """What the rules make of a form."""
    expectation = Expectation(form.kind, slot=form.kind, today=TODAY)
    return by_rules(model_of(form.language), form.spoken, expectation).meaning


def understood_as(form: Form) -> str:
    """The value that the rules make of a form, as text, `-` for none."""
    meaning = read_by_rules(form)
    return shown(meaning.value if meaning.kind == "value" else None)


def by_confidence(forms: list[Form]) -> dict[float, tuple[int, int]]:
    """Of the values that were found: those that are right and all, by confidence in tenths, rounded down."""
    counts: dict[float, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for form in forms:
        meaning = read_by_rules(form)
        if meaning.kind == "value":
            sure = int(meaning.confidence * 10 + 1e-6) / 10
            good, every = counts[sure]
            counts[sure] = (good + (shown(meaning.value) == form.expected), every + 1)
    return dict(sorted(counts.items()))


def shown(value: SlotValue | None) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def missed(forms: list[Form]) -> list[tuple[Form, str]]:
    """The forms that are not understood as expected, and as what instead."""
    return [(form, got) for form in forms if (got := understood_as(form)) != form.expected]


def shares(forms: list[Form]) -> dict[str, tuple[int, int]]:
    """Understood and all forms of each type."""
    wrong = [form for form, _ in missed(forms)]
    counts: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for form in forms:
        good, every = counts[form.kind]
        counts[form.kind] = (good + (form not in wrong), every + 1)
    return dict(counts)


def main(names: list[str], *, verbose: bool) -> None:
    for name in names:
        forms = read(name)
        counts = shares(forms)
        print(name)  # noqa: T201 - a script that prints a table
        for kind, (good, every) in counts.items():
            print(f"  {kind:10} {good:3} of {every:3}  {good / every:6.1%}")  # noqa: T201 - likewise
        good = sum(good for good, _ in counts.values())
        print(f"  {'all':10} {good:3} of {len(forms):3}  {good / len(forms):6.1%}")  # noqa: T201 - likewise
        for sure, (right, found) in by_confidence(forms).items():
            print(f"  sure {sure:.1f}   {right:3} of {found:3}  {right / found:6.1%}")  # noqa: T201 - likewise
        for form, got in missed(forms) if verbose else ():
            print(f"    {form.kind}: {form.spoken!r} -> {got}, not {form.expected}")  # noqa: T201 - likewise


if __name__ == "__main__":
    main(sorted(path.name for path in FOLDER.glob("*.tsv")), verbose="-v" in sys.argv)
