"""`ivr test`, and where it finds the tests of a flow."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from ivr.core.errors import ConfigError
from ivr.core.flow.problems import FlowProblems
from ivr.rehearse_cli import Options, run_tests
from ivr.rehearsing import case_files, open_flow

HOME = Path(__file__).parents[1]

FLOW = """
ivr: 1
name: Pizza line
intents:
  order: [I want to order, one pizza please]
  bye: [that is all, nothing else]
flows:
  main:
    - listen:
        ask: What can I do for you?
        intents:
          order: {say: One pizza.}
          bye: {say: Fine.}
    - hangup: Goodbye.
"""
GOOD = """
test_cases:
  - test_case: Ordering
    steps:
      - caller: one pizza please
        assert: {said: [One pizza., Goodbye.], ended: completed}
"""
BAD = """
test_cases:
  - test_case: Ordering two
    steps:
      - caller: one pizza please
        assert: {said: Two pizzas.}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pizza.yaml").write_text(FLOW)
    (tmp_path / "tests").mkdir()
    return tmp_path


def told(folder: Path, **options: object) -> tuple[bool, str]:
    out = Console(width=200, record=True, force_terminal=bool(options.pop("terminal", False)))
    good = run_tests(out, [folder / "pizza.yaml"], Options(exact=True, **options))  # type: ignore[arg-type] # a test's options
    return good, out.export_text(styles=out.is_terminal)


def test_tests_that_pass(folder: Path) -> None:
    (folder / "tests" / "pizza.yaml").write_text(GOOD)
    good, text = told(folder, verbose=True)
    assert good
    assert "passed  Ordering" in text
    assert "used: 3 of 4 steps (75%), 1 of 2 branches (50%)" in text
    assert f"{folder}/pizza.yaml:13: step main/1/bye/1" in text
    assert "1 of 1 tests passed" in text


def test_no_results_are_written_where_no_test_ran(folder: Path) -> None:
    good, _ = told(folder, junit=folder / "out" / "junit.xml")
    assert not good
    assert not (folder / "out").exists()


def test_a_test_that_fails(folder: Path) -> None:
    (folder / "tests" / "pizza.yaml").write_text(GOOD)
    (folder / "tests" / "pizza.more.yaml").write_text(BAD)
    good, text = told(folder, junit=folder / "out" / "junit.xml")
    assert not good
    assert f"{folder}/tests/pizza.more.yaml:6:24: The line says something else." in text
    assert "differs [-Two pizzas.-] {+One pizza.+}" in text
    assert "caller  one pizza please" in text
    assert "1 of 2 tests passed" in text
    assert b'failures="1"' in (folder / "out" / "junit.xml").read_bytes()


def test_differences_are_coloured_on_a_terminal(folder: Path) -> None:
    (folder / "tests" / "pizza.yaml").write_text(BAD)
    _, text = told(folder, terminal=True)
    assert "\x1b[9;31mTwo pizzas.\x1b[0m \x1b[32mOne pizza.\x1b[0m" in text


def test_some_tests_only(folder: Path) -> None:
    (folder / "tests" / "pizza.yaml").write_text(GOOD)
    (folder / "tests" / "pizza.more.yaml").write_text(BAD)
    assert not told(folder, only="two")[0]
    good, text = told(folder, only="xyz")
    assert not good
    assert "No test has 'xyz' in its name." in text


def test_too_little_coverage(folder: Path) -> None:
    (folder / "tests" / "pizza.yaml").write_text(GOOD)
    assert told(folder, least=75)[0]
    good, text = told(folder, least=76)
    assert not good
    assert "Fewer than 76 % of the steps were used." in text


def test_a_flow_without_tests(folder: Path) -> None:
    good, text = told(folder)
    assert not good
    assert f"There are no tests. They belong into {folder}/tests/pizza.yaml" in text


def test_a_test_file_that_is_wrong(folder: Path) -> None:
    (folder / "tests" / "pizza.yaml").write_text(GOOD.replace("ended", "endet"))
    good, text = told(folder)
    assert not good
    assert "pizza.yaml:6:48: There is no key 'endet' here. Did you mean 'ended'?" in text


def test_which_tests_are_a_flows(folder: Path) -> None:
    tests = folder / "tests"
    (tests / "pizza.yaml").write_text(GOOD)
    (tests / "pizza.late.yml").write_text(GOOD)
    (tests / "orders.yaml").write_text("flow: pizza.yaml\n" + GOOD)
    (tests / "piza.yaml").write_text(GOOD)
    (tests / "notes.txt").write_text("no test")
    (tests / "latin.yaml").write_bytes(b"test_cases: [\xe9]")
    (tests / "pasta.yaml").write_text(GOOD)
    (folder / "pasta.yaml").write_text(FLOW)
    files = case_files(folder / "pizza.yaml", open_flow(folder / "pizza.yaml"))
    assert [(f.path.name, len(f.cases)) for f in files] == [
        ("latin.yaml", 0),
        ("orders.yaml", 1),
        ("piza.yaml", 0),
        ("pizza.late.yml", 1),
        ("pizza.yaml", 1),
    ]
    assert "This is not UTF-8 text" in str(files[0].problems[0])
    assert "There is no flow 'piza.yaml'" in str(files[2].problems[0])
    assert "Did you mean 'pizza.yaml'?" in str(files[2].problems[0])


def test_what_cannot_be_rehearsed(folder: Path) -> None:
    (folder / "tests" / "pizza.yaml").write_text(GOOD)
    with pytest.raises(ConfigError, match="is a test file"):
        open_flow(folder / "tests" / "pizza.yaml")
    (folder / "pizza.yaml").write_text(FLOW.replace("main:", "man:"))
    with pytest.raises(FlowProblems, match="main"):
        open_flow(folder / "pizza.yaml")


def test_results_that_cannot_be_written(folder: Path) -> None:
    (folder / "tests" / "pizza.yaml").write_text(GOOD)
    with pytest.raises(ConfigError, match="cannot be written"):
        told(folder, junit=folder / "pizza.yaml" / "junit.xml")


@pytest.mark.engines
def test_the_clinic_passes_its_tests_and_uses_every_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_CACHE_DIR", str(tmp_path))
    out = Console(width=200, record=True)
    assert run_tests(out, [HOME / "flows" / "clinic.yaml"], Options(least=100)), out.export_text()


def test_the_tests_in_the_documentation_pass(folder: Path) -> None:
    blocks = (HOME / "docs" / "flows.md").read_text("utf-8").split("```yaml\n")[1:]
    examples = [block.split("```")[0] for block in blocks]
    (folder / "pizza.yaml").write_text(examples[0])
    (tests,) = (example for example in examples if example.startswith("test_cases:"))
    (folder / "tests" / "pizza.yaml").write_text(tests)
    good, text = told(folder, verbose=True)
    assert good, text
    assert "2 of 2 tests passed" in text


def test_the_last_line_tells_of_a_test_file_that_could_not_be_read(folder):
    (folder / "tests" / "pizza.yaml").write_text(GOOD)
    (folder / "tests" / "pizza.more.yaml").write_text(GOOD.replace("said", "understod"))
    good, text = told(folder)
    assert not good
    last = text.strip().splitlines()[-1]
    assert "1 of 1 tests passed" in last
    assert "A test file could not be read: see above." in last
