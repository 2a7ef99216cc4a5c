"""`ivr console`: the users who may log in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ivr.config import load
from ivr.core.errors import ConfigError
from ivr.edges.console_users import make_user, refuse_user, with_user
from ivr.front_desk import users_file

app = typer.Typer(help="The console's users.", no_args_is_help=True)
out = Console()


def _role(role: str) -> str:
    """Refuse a role that there is not, before a password is asked for."""
    refuse_user("somebody", role)
    return role


@app.command("add-user")
def add_user(
    name: Annotated[str, typer.Argument(help="Who logs in.")],
    role: Annotated[str, typer.Option(callback=_role, help="viewer (looks) or operator (acts).")] = "viewer",
    password: Annotated[
        str,
        typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Else asked for."),
    ] = "",
) -> None:
    """Make a user, or give one a new password or role. The server reads it at its next start."""
    user = make_user(name, role, password)
    path = users_file(load().config, os.environ)
    write_private(path, with_user(path.read_text() if path.is_file() else "", user))
    out.print(f"{name} ({role}) may log in when the server has been restarted. The users stand in {path}.")


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all. Raises `ConfigError`."""
    draft = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        draft.replace(path)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror or error}.") from error
