from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ivr.engines.kept_vectors import MOST, KeptEmbeddings
from ivr.understanding.classifier import Vectors


class Lengths:
    """Embeds a text as its length, and counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return np.array([[len(text), 1.0] for text in texts], dtype=np.float32).reshape(len(texts), 2)


def test_a_text_is_embedded_once_and_for_all(tmp_path: Path) -> None:
    path, inner = tmp_path / "new" / "v.npz", Lengths()
    first = KeptEmbeddings(inner, path)
    assert first.embed(["a", "bb", "a", "é\x00"]).tolist() == [[1, 1], [2, 1], [1, 1], [2, 1]]
    first.save()
    again = KeptEmbeddings(inner, path)
    assert again.embed(["bb", "ccc", "é\x00"]).tolist() == [[2, 1], [3, 1], [2, 1]]
    again.save()
    assert inner.asked == ["a", "bb", "é\x00", "ccc"]
    assert KeptEmbeddings(inner, path).embed(["ccc"]).dtype == np.float32
    assert [file.name for file in path.parent.iterdir()] == ["v.npz"]


def test_nothing_new_is_not_written(tmp_path: Path) -> None:
    kept = KeptEmbeddings(Lengths(), tmp_path / "v.npz")
    assert kept.embed([]).shape == (0, 2)
    kept.save()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("data", [b"", b"nonsense", b"PK\x03\x04 half a file", b"\x93NUMPY"])
def test_a_file_that_is_broken_is_made_anew(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "v.npz"
    path.write_bytes(data)
    kept = KeptEmbeddings(Lengths(), path)
    assert kept.embed(["a"]).tolist() == [[1, 1]]
    kept.save()
    inner = Lengths()
    KeptEmbeddings(inner, path).embed(["a"])
    assert inner.asked == []


def test_a_file_of_other_things_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "v.npz"
    np.savez(path, texts=np.frombuffer(b'["a"]', dtype=np.uint8), vectors=np.ones((2, 2), dtype=np.float32))
    inner = Lengths()
    KeptEmbeddings(inner, path).embed(["a"])
    assert inner.asked == ["a"]


def test_a_folder_that_cannot_be_written_is_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = KeptEmbeddings(Lengths(), tmp_path / "file" / "v.npz")
    kept.embed(["a"])
    kept.save()


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path) -> None:
    path, inner = tmp_path / "v.npz", Lengths()
    kept = KeptEmbeddings(inner, path)
    kept.embed([str(number) for number in range(MOST + 1)])
    kept.save()
    inner.asked.clear()
    KeptEmbeddings(inner, path).embed(["0", "1"])
    assert inner.asked == ["0"]
