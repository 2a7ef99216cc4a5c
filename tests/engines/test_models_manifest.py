"""The manifest: the built-in set, models of the owner's own, and mistakes in it."""

from pathlib import Path

import pytest

from ivr.core.errors import ConfigError
from ivr.engines.models.manifest import load_manifest
from ivr.engines.models.recipes import RECIPES

DIGEST = "ab" * 32
FILES = "files: [{file: a, inside: a}]"
OWN = f"""
models:
  mine:
    purpose: recogniser
    licence: MIT
    hub: {{repository: someone/whisper, revision: {"0" * 40}}}
    files:
      - {{file: model.bin, inside: model.bin}}
"""


def write(folder: Path, text: str) -> Path:
    (folder / "manifest.yaml").write_text(text, encoding="utf-8")
    return folder


def test_the_default_set_has_one_model_for_each_purpose() -> None:
    defaults = load_manifest().defaults()
    assert sorted(model.purpose for model in defaults) == ["detector", "embedder", "recogniser", "voice"]


def test_every_built_in_file_is_pinned_and_every_recipe_exists() -> None:
    for model in load_manifest().all():
        assert model.wheel is None or model.wheel_sha256
        assert all(entry.sha256 and entry.size for entry in model.files)
        assert {entry.recipe for entry in model.derived} <= set(RECIPES)
        assert model.licence


def test_the_voice_says_what_is_unsettled_about_its_licence() -> None:
    assert "lessac" in load_manifest()["joe"].note


def test_an_unknown_name_gets_the_nearest_right_one() -> None:
    with pytest.raises(ConfigError, match=r"no model named 'tiny\.em'.*Did you mean 'tiny\.en'"):
        load_manifest()["tiny.em"]


def test_choosing_none_is_the_default_set_and_a_name_twice_is_one_model() -> None:
    manifest = load_manifest()
    assert manifest.choose([]) == manifest.defaults()
    assert [model.name for model in manifest.choose(["joe", "joe"])] == ["joe"]


def test_the_owner_adds_a_model_from_a_hub(tmp_path: Path) -> None:
    manifest = load_manifest(write(tmp_path, OWN))
    assert manifest["mine"].source == "hub someone/whisper@0000000"
    assert manifest["mine"].size is None
    assert manifest["tiny.en"].purpose == "recogniser"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (OWN.replace("mine", "joe"), "joe is a built-in name"),
        (OWN.replace("file: model.bin,", "file: ../model.bin,"), r"mine.*without '\.\.'"),
        (OWN.replace("file: model.bin,", "file: /etc/model.bin,"), "mine.*relative path"),
        (OWN.replace("0" * 40, "main"), "mine.*hub.revision"),
        (OWN.replace("purpose: recogniser", "purpose: ears"), "mine.*purpose"),
        (OWN.replace("licence: MIT", "license: MIT"), "mine.*licen"),
        (OWN.replace("licence: MIT", "licence: MIT\n    wheel: a==1"), "exactly one source"),
        (OWN.replace("  mine:", "  ../mine:"), "mine.*name"),
        ("models: [", "not valid YAML"),
        ("- a list", "needs a mapping `models`"),
        ("models: {mine: 3}", "must be a mapping"),
        (
            f"models: {{w: {{purpose: voice, licence: x, wheel: a==1, wheel_sha256: {DIGEST}, {FILES}}}}}",
            "needs `sha256` and `size`",
        ),
    ],
)
def test_a_wrong_entry_is_named_with_its_place(tmp_path: Path, wrong: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        load_manifest(write(tmp_path, wrong))
    assert "manifest.yaml" in str(caught.value)
