"""`ivr console add-user`, as an operator types it."""

import os

from typer.testing import CliRunner

from ivr.cli import app
from ivr.edges.console_users import matches, read_users

PASSWORD = "a long enough one"


def run(tmp_path, *words, typed=f"{PASSWORD}\n{PASSWORD}\n"):
    environ = {**os.environ, "IVR_DATA_DIR": str(tmp_path), "COLUMNS": "200"}
    return CliRunner().invoke(app, ["console", "add-user", *words], input=typed, env=environ)


def test_a_user_is_made_and_only_its_owner_can_read_the_file(tmp_path):
    done = run(tmp_path, "anna", "--role", "operator")
    assert done.exit_code == 0, done.output
    path = tmp_path / "console-users"
    assert path.stat().st_mode & 0o077 == 0
    user = read_users(path.read_text(), str(path))["anna"]
    assert user.role == "operator"
    assert matches(PASSWORD, user.secret)
    assert PASSWORD not in done.output


def test_a_second_user_leaves_the_first(tmp_path):
    run(tmp_path, "anna")
    run(tmp_path, "ben")
    assert set(read_users((tmp_path / "console-users").read_text(), "users")) == {"anna", "ben"}


def test_a_short_password_is_refused(tmp_path):
    done = run(tmp_path, "anna", typed="short\nshort\n")
    assert done.exit_code != 0
    assert "too short" in str(done.exception)
    assert not (tmp_path / "console-users").exists()


def test_a_role_that_there_is_not_is_told_before_a_password_is_asked_for(tmp_path):
    done = run(tmp_path, "anna", "--role", "boss")
    assert "There is no role 'boss'" in str(done.exception)
    assert "Password" not in done.output
