"""`ivr models` as a person uses it, on a models folder with one small model of the owner's own."""

import hashlib
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.config import Config
from ivr.models_cli import app

CONTENT = b"weights"
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models folder named by the setting, whose own model is in place."""
    monkeypatch.chdir(tmp_path)  # away from any .env
    models = tmp_path / "models"
    (models / "mine").mkdir(parents=True)
    (models / "mine" / "voice.onnx").write_bytes(CONTENT)
    (models / "manifest.yaml").write_text(
        f"""
models:
  mine:
    purpose: voice
    licence: CC0
    note: Made at home.
    hub: {{repository: me/voices, revision: {"a" * 40}}}
    files:
      - {{file: voice.onnx, inside: voice.onnx, sha256: {hashlib.sha256(CONTENT).hexdigest()}, size: 7}}
""",
        encoding="utf-8",
    )
    monkeypatch.setenv("IVR_MODELS_DIR", str(models))
    monkeypatch.setenv("COLUMNS", "200")
    return models


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


def test_list_shows_each_model_with_licence_state_and_note(folder: Path) -> None:
    status, output = run("list")
    assert status == 0
    assert re.search(r"mine .* voice .* hub me/voices@aaaaaaa .* CC0 .* ready", output)
    assert re.search(r"tiny\.en .* MIT .* missing", output)
    assert "Made at home." in output
    assert "lessac" in output


def test_verify_of_a_good_model_is_0(folder: Path) -> None:
    status, output = run("verify", "mine")
    assert status == 0
    assert "All 1 files are what they must be." in output


def test_verify_of_a_damaged_model_is_1_and_says_the_cure(folder: Path) -> None:
    (folder / "mine" / "voice.onnx").write_bytes(b"wights!")
    status, output = run("verify", "mine")
    assert status == 1
    assert "damaged" in output
    assert "Fetch it again: ivr models pull mine" in output


def test_verify_without_names_looks_at_what_the_settings_use(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_VOICE_MODEL", "mine")
    status, output = run("verify")
    assert status == 1  # the other defaults are not here
    assert re.search(r"mine .* good", output)
    assert "joe" not in output


def test_pull_of_what_is_here_fetches_nothing(folder: Path) -> None:
    status, output = run("pull", "mine")
    assert status == 0
    assert "mine: already here" in output


def test_an_unknown_name_is_one_sentence_and_1(folder: Path) -> None:
    status, output = run("pull", "mime")
    assert status == 1
    assert "Did you mean 'mine'?" in output
    assert "Traceback" not in output


def test_the_folder_may_be_named_by_hand(folder: Path, tmp_path: Path) -> None:
    status, output = run("list", "--dir", str(tmp_path / "other"))
    assert status == 0
    assert "mine" not in output


def test_the_example_of_settings_names_every_setting_and_no_other() -> None:
    example = (REPOSITORY / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^#([A-Z][A-Z_]+)=", example, re.MULTILINE))
    assert named == {str(field.alias) for field in Config.model_fields.values()}
