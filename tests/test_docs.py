"""The documentation's files are in order, its tests pass, and its recipes load."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from ivr.flow_files import read_flow_file
from ivr.rehearse_cli import Options, run_tests

DOCS = Path(__file__).parents[1] / "docs"
_FILE = re.compile(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")
TUTORIAL = _FILE.findall((DOCS / "tutorial.md").read_text(encoding="utf-8"))
RECIPES = [
    (name, _FILE.findall(text))
    for name, text in re.findall(
        r"^## (.*?)\n(.*?)(?=^## |\Z)",
        (DOCS / "recipes.md").read_text(encoding="utf-8"),
        re.DOTALL | re.MULTILINE,
    )
]


def write(folder: Path, files: list[tuple[str, str]]) -> None:
    for name, text in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("number", [n for n, (name, _) in enumerate(TUTORIAL) if name == "pizza.yaml"])
def test_each_flow_of_the_tutorial_is_in_order(number, tmp_path):
    write(tmp_path, [TUTORIAL[number]])
    _, flow, problems = read_flow_file(tmp_path / "pizza.yaml", linted=True)
    assert flow is not None, problems
    told = [str(problem) for problem in problems if "asks for a person gets none" not in str(problem)]
    assert told == []


@pytest.mark.engines
def test_the_tutorials_tests_pass_and_use_every_step(models, tmp_path):
    write(tmp_path, TUTORIAL)
    out = io.StringIO()
    passed = run_tests(Console(file=out, width=200), [tmp_path / "pizza.yaml"], Options(least=100))
    assert passed, out.getvalue()


@pytest.mark.parametrize(("name", "files"), RECIPES, ids=[name for name, _ in RECIPES])
def test_each_recipe_is_in_order(name, files, tmp_path):
    assert files, f"the recipe '{name}' shows no file"
    write(tmp_path, files)
    for file, _ in files:
        if file.endswith(".yaml") and "/" not in file:
            _, flow, problems = read_flow_file(tmp_path / file, linted=True)
            assert flow is not None, problems
            assert [str(problem) for problem in problems] == []


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page):
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
