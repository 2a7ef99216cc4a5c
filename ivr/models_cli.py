"""`ivr models`: which model files there are, fetching them, checking them."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ivr import logs
from ivr.config import load
from ivr.core.errors import ConfigError, IvrError
from ivr.engines.models import (
    FileStatus,
    Manifest,
    Model,
    PipWheels,
    Sources,
    load_manifest,
    models_dir,
    pull,
    verify,
)
from ivr.engines.models.store import inspect

if TYPE_CHECKING:
    from ivr.engines.model_check import Finding

app = typer.Typer(
    help="Models: the files for speech (list, pull, verify) and the language models (check).",
    no_args_is_help=True,
)

MEGABYTE = 1_000_000
STATE_STYLE = {"good": "green", "missing": "yellow", "damaged": "red", "outdated": "yellow"}

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NAME]...", help="Names of models; none: what the settings need."),
]
Folder = Annotated[
    str | None, typer.Option("--dir", help="The models folder; default: the setting IVR_MODELS_DIR.")
]


@app.command("list")
def list_models(directory: Folder = None) -> None:
    """List the models that are known, their licences, and whether they are here."""
    console = Console()
    with _errors_told():
        folder, manifest, _ = _open(directory, None)
        table = Table("name", "for", "source", "size", "licence", "state")
        for model in manifest.all():
            state = _state(inspect(model, folder, trust_stamps=True))
            table.add_row(*(escape(cell) for cell in _row(model)), state)
    console.print(table)
    console.print(f"Folder: {escape(str(folder))}", highlight=False, soft_wrap=True)
    for model in manifest.all():
        if model.note:
            console.print(f"Note on {escape(model.name)}: {escape(model.note)}", highlight=False)


@app.command("pull")
def pull_models(names: Names = None, directory: Folder = None) -> None:
    """Fetch the models that are missing or damaged, and make what is derived from them."""
    console = Console()

    def tell(line: str) -> None:
        console.print(escape(line), highlight=False, soft_wrap=True)

    sources = Sources(wheels=PipWheels(terminal=sys.stdout.isatty()))
    with _errors_told(), _stopped_in_order():
        folder, manifest, wanted = _open(directory, names)
        statuses = pull(wanted, folder, tell, sources=sources, manifest=manifest)
    tell(f"{len(statuses)} model files are ready in {folder}")


@app.command("verify")
def verify_models(names: Names = None, directory: Folder = None) -> None:
    """Read every byte of the models and compare SHA-256. Exit status 1 when anything is wrong."""
    console = Console()
    with _errors_told():
        folder, manifest, wanted = _open(directory, names)
        statuses = verify(wanted, folder, manifest)
    table = Table("model", "file", "state", "SHA-256")
    for status in statuses:
        state = f"[{STATE_STYLE[status.state]}]{status.state}[/]"
        table.add_row(
            escape(status.model), escape(status.file), state, (status.found or status.expected)[:16]
        )
    console.print(table)
    problems = [status.problem for status in statuses if status.problem]
    for problem in problems:
        _complain(problem)
    if problems:
        raise typer.Exit(1)
    console.print(f"All {len(statuses)} files are what they must be.", highlight=False)


@app.command("check")
def check_models() -> None:
    """Ask every language model of IVR_MODELS one small thing. Exit status 1 when one does not answer."""
    from ivr import language_models  # noqa: PLC0415 -- a second to import, needed here only
    from ivr.engines import model_check  # noqa: PLC0415

    console = Console()
    with _errors_told():
        config = load(os.environ).config
        models = language_models.read_table(config)
        if models is None:
            raise ConfigError(
                "There is no table of language models: set IVR_MODELS to one, such as a copy of "
                "infra/models.example.yaml. Without one, calls do without language models."
            )
        for warning in language_models.warnings(config):
            console.print(escape(warning), style="yellow", highlight=False, soft_wrap=True)
        keys = language_models.keys(models, os.environ)
        found = asyncio.run(model_check.check_models(models, keys))
    console.print(_findings(found))
    bad = [finding for finding in found if finding.error]
    for finding in bad:
        end = "" if finding.error.endswith((".", "?", "!")) else "."
        _complain(f"{finding.error[:1].upper()}{finding.error[1:]}{end}")
    for finding in found:
        for advice in finding.advice:
            console.print(f"{escape(finding.model.name)}: {escape(advice)}.", highlight=False, soft_wrap=True)
    if bad:
        raise typer.Exit(1)


def _findings(found: list[Finding]) -> Table:
    table = Table(
        "model", "tier", "answers", "first token", "JSON schema", "counts tokens", "price in / out", "as of"
    )
    for finding in found:
        prices = finding.model.prices
        price = f"{prices.input:g} / {prices.output:g}" if prices.known else "[yellow]unknown[/]"
        there = not finding.error
        table.add_row(
            escape(finding.model.name),
            finding.model.tier,
            "[green]yes[/]" if there else "[red]no[/]",
            f"{finding.first_ms} ms" if finding.first_ms >= 0 else "",
            ("kept" if finding.json_schema else "ignored") if there else "",
            ("yes" if finding.stream_usage else "no") if there else "",
            price,
            escape(prices.date),
        )
    return table


def _open(directory: str | None, names: list[str] | None) -> tuple[Path, Manifest, list[str]]:
    """The models folder, its manifest, and the models that are meant: the named ones, or those in use.

    In use are the recogniser and the voice of the settings, and the default models for everything else.
    """
    config = load(os.environ).config
    folder = models_dir(directory or config.models_dir, os.environ)
    manifest = load_manifest(folder)
    if names:
        return folder, manifest, names
    chosen = {"recogniser": config.recogniser_model, "voice": config.voice_model}
    return folder, manifest, [chosen.get(model.purpose, model.name) for model in manifest.defaults()]


def _row(model: Model) -> tuple[str, ...]:
    size = "?" if model.size is None else f"{model.size / MEGABYTE:.0f} MB"
    return model.name, model.purpose, model.source, size, model.licence


def _state(statuses: list[FileStatus]) -> str:
    """One word for the whole model: the worst of its files."""
    states = {status.state for status in statuses}
    worst = next(state for state in ("damaged", "missing", "outdated", "good") if state in states)
    return f"[{STATE_STYLE[worst]}]{'ready' if worst == 'good' else worst}[/]"


def _complain(message: str) -> None:
    from ivr.language_models import secrets_in_force  # noqa: PLC0415 -- loads numpy

    message = logs.Masker(secrets_in_force(os.environ)).plain(message)
    Console(stderr=True).print(escape(message), style="red", highlight=False, soft_wrap=True)


@contextmanager
def _errors_told() -> Iterator[None]:
    """Turn what we raise on purpose into a message and exit status 1."""
    try:
        yield
    except IvrError as error:
        _complain(str(error))
        raise typer.Exit(1) from error


@contextmanager
def _stopped_in_order() -> Iterator[None]:
    """Let a SIGTERM end us by an exception, so that pip is stopped and the staging folder removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


if __name__ == "__main__":
    app()
