"""Model files are opened only when they are what they must be."""

import os
from pathlib import Path

import pytest

from ivr.core.errors import ConfigError
from ivr.engines.models import Manifest, ModelFiles, models_dir, open_model, verify
from ivr.engines.models.manifest import Model
from ivr.engines.models.store import STAMPS, sha256_of

CONTENT = b"weights of a model"


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    (tmp_path / "small").mkdir()
    path = tmp_path / "small" / "model.bin"
    path.write_bytes(CONTENT)
    digest = sha256_of(path)
    return Manifest(
        [
            Model.model_validate(
                {
                    "name": "small",
                    "purpose": "recogniser",
                    "default": True,
                    "licence": "MIT",
                    "wheel": "small==1",
                    "wheel_sha256": "0" * 64,
                    "files": [
                        {"file": "model.bin", "inside": "model.bin", "sha256": digest, "size": len(CONTENT)}
                    ],
                }
            )
        ]
    )


def test_the_folder_is_the_setting_or_the_users_cache() -> None:
    assert models_dir("/srv/models", {"XDG_CACHE_HOME": "/cache"}) == Path("/srv/models")
    assert models_dir(None, {"XDG_CACHE_HOME": "/cache", "HOME": "/home/a"}) == Path("/cache/ivr/models")
    assert models_dir("", {"HOME": "/home/a"}) == Path("/home/a/.cache/ivr/models")
    assert models_dir(None, {"XDG_CACHE_HOME": "relative", "HOME": "/home/a"}) == Path(
        "/home/a/.cache/ivr/models"
    )


def test_a_good_model_opens(tmp_path: Path, manifest: Manifest) -> None:
    opened = open_model("small", tmp_path, "recogniser", manifest)
    assert opened["model.bin"].read_bytes() == CONTENT
    assert opened.folder == tmp_path / "small"
    assert opened.only(".bin") == opened["model.bin"]


def test_a_changed_byte_is_refused_with_both_digests_and_the_cure(tmp_path: Path, manifest: Manifest) -> None:
    path = tmp_path / "small" / "model.bin"
    expected = sha256_of(path)
    path.write_bytes(CONTENT.replace(b"m", b"n"))
    with pytest.raises(ConfigError) as caught:
        open_model("small", tmp_path, manifest=manifest)
    for part in (str(path), expected, sha256_of(path), "ivr models pull small"):
        assert part in str(caught.value)


def test_a_truncated_file_is_refused_with_its_size(tmp_path: Path, manifest: Manifest) -> None:
    (tmp_path / "small" / "model.bin").write_bytes(CONTENT[:5])
    with pytest.raises(ConfigError, match=rf"5 bytes, expected {len(CONTENT)}.*ivr models pull small"):
        open_model("small", tmp_path, manifest=manifest)


def test_a_missing_file_is_refused(tmp_path: Path, manifest: Manifest) -> None:
    (tmp_path / "small" / "model.bin").unlink()
    with pytest.raises(ConfigError, match=r"model\.bin is missing\. Fetch it: ivr models pull small"):
        open_model("small", tmp_path, manifest=manifest)


def test_a_file_changed_after_it_was_verified_is_noticed(tmp_path: Path, manifest: Manifest) -> None:
    open_model("small", tmp_path, manifest=manifest)
    path = tmp_path / "small" / "model.bin"
    facts = path.stat()
    path.write_bytes(bytes(len(CONTENT)))  # the same size
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns + 1))
    with pytest.raises(ConfigError, match="damaged"):
        open_model("small", tmp_path, manifest=manifest)


def test_verify_reads_every_byte_and_takes_the_stamp_back(tmp_path: Path, manifest: Manifest) -> None:
    open_model("small", tmp_path, manifest=manifest)
    path = tmp_path / "small" / "model.bin"
    facts = path.stat()
    path.write_bytes(bytes(len(CONTENT)))
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))  # decayed in place: same size, same time
    assert open_model("small", tmp_path, manifest=manifest)  # this much the stamp believes
    assert [status.state for status in verify([], tmp_path, manifest)] == ["damaged"]
    with pytest.raises(ConfigError, match="damaged"):
        open_model("small", tmp_path, manifest=manifest)


def test_a_stamp_that_is_not_json_is_no_stamp(tmp_path: Path, manifest: Manifest) -> None:
    (tmp_path / STAMPS).write_text("{", encoding="utf-8")
    assert open_model("small", tmp_path, manifest=manifest)


def test_a_model_for_something_else_is_refused(tmp_path: Path, manifest: Manifest) -> None:
    with pytest.raises(ConfigError, match="is a recogniser, not a voice"):
        open_model("small", tmp_path, "voice", manifest)


def test_a_suffix_that_fits_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="exactly one file"):
        ModelFiles("small", "voice", tmp_path, {}).only(".onnx")
