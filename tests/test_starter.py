"""A new flow is in order and passes its tests; nothing is ever written over."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from ivr.cli import app
from ivr.core.errors import ConfigError
from ivr.core.flow.model import KeepCallbackStep, KeepMessageStep, VoicemailStep
from ivr.flow_files import read_flow_file
from ivr.rehearse_cli import Options, run_tests
from ivr.starter import write


@pytest.mark.engines
def test_a_new_flow_passes_check_and_test_and_its_tests_use_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_CACHE_DIR", str(tmp_path / "cache"))
    path, tests = write(str(tmp_path / "my-own_line"))
    assert (path.name, tests.parent.name, tests.name) == ("my-own_line.yaml", "tests", "my-own_line.yaml")
    _, flow, problems = read_flow_file(path)
    assert flow is not None
    assert flow.name == "My Own Line"
    assert problems == ()
    kinds = {type(step) for sub in flow.flows.values() for step in sub.steps}
    assert {VoicemailStep, KeepMessageStep, KeepCallbackStep} <= kinds
    assert flow.slots["number"].type == "phone"
    out = Console(width=200, record=True)
    assert run_tests(out, [path], Options(least=100)), out.export_text()
    assert "never used" not in out.export_text()


def test_what_is_there_stays(tmp_path: Path) -> None:
    flow = tmp_path / "a.yaml"
    flow.write_text("mine")
    with pytest.raises(ConfigError, match=r"a\.yaml is there already"):
        write(str(flow))
    assert flow.read_text() == "mine"
    assert not (tmp_path / "tests").exists()
    flow.unlink()
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "a.yaml").write_text("mine")
    with pytest.raises(ConfigError, match=r"tests/a\.yaml is there already"):
        write(str(tmp_path / "a"))
    assert not flow.exists()


@pytest.mark.parametrize("name", ["", ".", "..", "a b", "../../etc/{x}", "-x", "a.txt/b c", "é"])
def test_names_that_are_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be the name"):
        write(str(tmp_path / "x") + "/" + name if name not in ("", ".", "..") else name)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written"):
        write(str(tmp_path / "file" / "line"))


def test_the_commands_of_authors_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke
    assert "ivr test line.yaml" in run(app, ["new", "line"]).output
    assert run(app, ["graph", "line.yaml"]).output.startswith("flowchart TD\n")
    assert '"A phone line"' in run(app, ["schema"]).output
    assert '"Tests of a phone line"' in run(app, ["schema", "--tests"]).output
    assert run(app, ["test", "line.yaml", "--exact", "-k", "person, at"]).exit_code == 0
    assert run(app, ["test", "line.yaml", "--exact", "-k", "no such test"]).exit_code == 1
    chat = run(app, ["chat", "line.yaml", "--exact"], input="#0\n")
    assert "The call is over: transferred to office." in chat.output
    assert run(app, ["graph", "none.yaml"]).exit_code == 1


def test_a_new_line_greets_and_parts_by_its_name_and_asks_one_thing_at_a_time(tmp_path: Path) -> None:
    path, _ = write(str(tmp_path / "corner-shop"))
    text = path.read_text()
    assert "say: Hello, this is Corner Shop." in text
    assert "hangup: Thank you for calling Corner Shop. Goodbye." in text
    run = CliRunner().invoke(app, ["chat", str(path), "--exact"], input="#1\nIt is late.\nyes\nno\n")
    assert "Is there anything else I can do for you?" in run.output
    assert run.output.count("Would you like to leave a message") == 1
    assert "Thank you for calling Corner Shop." in run.output
