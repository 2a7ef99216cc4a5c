"""What the documentation names is there: commands with options, settings, metrics, files, make targets."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main

from ivr.cli import app
from ivr.config import SECRET, Config
from ivr.metrics import Metrics

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SET_UP = [
    *PAGES,
    ROOT / ".env.example",
    ROOT / "Makefile",
    ROOT / "Procfile",
    *sorted((ROOT / "infra").iterdir()),
]
FOR_DEVELOPERS = (SECRET, "IVR_TEST_", "IVR_BENCH_", "IVR_REQUIRE_CONSOLE")
"""Names, or beginnings of names, that are no settings of the server."""

_COMMAND = re.compile(r"(?:^(?: {4}|\$ |)|`)(?:\.venv/bin/)?(ivr [a-z][^`\n]*)", re.MULTILINE)
_CODE = re.compile(r"^```.*?^```|^ {4}\S[^\n]*$|`[^`]+`", re.DOTALL | re.MULTILINE)


def commands(page: Path) -> list[str]:
    """Every command in code, without what stands beside it in a table, behind a `#` or a pipe."""
    code = "\n".join(_CODE.findall(page.read_text(encoding="utf-8")))
    found = [match.strip() for match in _COMMAND.findall(code)]
    return list(dict.fromkeys(re.split(r" {2,}| [#|>&]|…|\.\.\.", line)[0].rstrip(".,;:") for line in found))


def unknown(line: str) -> str:
    """The first word of a command line that there is not; "" when all is well."""
    command: Any = typer.main.get_command(app)
    options = options_of(command)
    words = shlex.split(line)[1:]
    while words and (word := words[0]) in getattr(command, "commands", ()):
        command = command.commands[word]
        options |= options_of(command)
        words = words[1:]
    if command.name == "calls":  # the list of calls, or a call's id, may stand in place of a command
        options |= options_of(*command.commands.values())
    elif getattr(command, "commands", ()) and words and not words[0].startswith("-"):
        return words[0]
    named = [word.partition("=")[0] for word in words if word.startswith("--")]
    return next((word for word in named if word not in options), "")


def options_of(*commands: Any) -> set[str]:
    params = [param for command in commands for param in command.params]
    return {"--help"} | {option for param in params for option in (*param.opts, *param.secondary_opts)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_is_one_that_there_is(page: Path) -> None:
    assert [(line, word) for line in commands(page) if (word := unknown(line))] == []


def test_commands_are_found_and_mistakes_too() -> None:
    assert len({line for page in PAGES for line in commands(page)}) > 30
    assert unknown("ivr chek flow.yaml") == "chek"
    assert unknown("ivr check --strickt flow.yaml") == "--strickt"
    assert unknown("ivr models pul base") == "pul"


@pytest.mark.parametrize("page", SET_UP, ids=lambda page: page.name)
def test_every_setting_is_one_that_there_is(page: Path) -> None:
    known = {field.alias for field in Config.model_fields.values()}
    named = set(re.findall(r"\bIVR_[A-Z_]+", page.read_text(encoding="utf-8")))
    assert {name for name in named if not name.startswith(FOR_DEVELOPERS)} <= known


def test_every_setting_stands_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    shown = set(re.findall(r"^#([A-Z_]+)=", example, re.MULTILINE))
    assert {field.alias for field in Config.model_fields.values()} <= shown


@pytest.mark.parametrize("page", SET_UP, ids=lambda page: page.name)
def test_every_metric_is_one_that_there_is(page: Path) -> None:
    exposed = Metrics(lambda: 0).exposition()[0].decode()
    known = set(re.findall(r"^# TYPE (\S+)", exposed, re.MULTILINE))
    named = re.findall(
        r"\bivr_[a-z_]+_(?:total|seconds|active|length|rows|up|bytes)\b", page.read_text(encoding="utf-8")
    )
    assert set(named) <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`((?:ivr|flows|docs|tests|bench|infra|console|requirements|\.ci)/[^` <]*)`", text)
    made = ("ivr/edges/console_pages/", "tests/pizza")  # by a build, and by readers of the tutorial
    assert [name for name in named if not name.startswith(made) and not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_is_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    code = "\n".join(_CODE.findall(page.read_text(encoding="utf-8")))
    assert set(re.findall(r"(?:^|`| )make ([a-z-]+)", code, re.MULTILINE)) <= targets
