"""Each module of the lower floors that does something has a test file of its own name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ("core", "wire", "understanding", "call", "review", "rehearsal")
TESTED_TOGETHER = {
    "core/flow/descriptions": (
        "core/test_flow_json_schema.py",
        "texts; the schema shows that no key lacks one",
    ),
    "core/flow/explain": (
        "core/test_flow_load.py",
        "an author sees its words only with the file they are about",
    ),
    "core/flow/known": (
        "core/test_flow_load.py",
        "the names of a flow are checked with the flow around them",
    ),
    "core/flow/schema": ("core/test_flow_load.py", "what a schema refuses is told by the loader"),
    "core/flow/schema_lists": ("core/test_flow_load.py", "as the schema"),
    "core/flow/schema_steps": ("core/test_flow_load.py", "as the schema"),
}
"""Modules whose tests stand in a file of another name: where, and why there."""


def modules() -> list[Path]:
    return sorted(
        path.relative_to(ROOT / "ivr").with_suffix("")
        for floor in FLOORS
        for path in (ROOT / "ivr" / floor).rglob("*.py")
        if path.name != "__init__.py"
    )


def does_something(module: Path) -> bool:
    """Whether there is a function that does more than to return a value of its own data."""
    tree = ast.parse((ROOT / "ivr" / module).with_suffix(".py").read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for function in functions:
        match [line for line in function.body if not isinstance(line, ast.Expr | ast.Pass)]:
            case [] | [ast.Return()]:
                pass
            case _:
                return True
    return False


def own_file(module: Path) -> Path:
    """`core/flow/check` -> `core/test_flow_check.py`; models of understanding have a folder.

    The rules by which a language is read aloud are tested together: which of them wins shows in sentences.
    """
    floor, *between, name = module.parts
    match floor, between:
        case "core", ["speaking", language]:
            return Path(floor, f"test_speaking_{language}.py")
        case "core", _:
            return Path(floor, f"test_{'_'.join([*between, name])}.py")
    return Path(floor, *between, f"test_{name}.py")


@pytest.mark.parametrize("module", [module for module in modules() if does_something(module)], ids=str)
def test_each_module_has_its_test_file(module: Path) -> None:
    together, _ = TESTED_TOGETHER.get(module.as_posix(), (own_file(module), ""))
    tests = ROOT / "tests" / together
    assert tests.is_file(), (
        f"write tests/{own_file(module)}, or say in TESTED_TOGETHER where ivr/{module}.py is tested"
    )
    assert "def test_" in tests.read_text()


@pytest.mark.parametrize("module", TESTED_TOGETHER)
def test_no_exception_outlives_its_module(module: str) -> None:
    assert (ROOT / "ivr" / module).with_suffix(".py").is_file()
    assert not (ROOT / "tests" / own_file(Path(module))).exists()
