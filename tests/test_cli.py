"""The commands as people run them: what goes wrong is one sentence and status 1, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def ivr(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder of its own, with nothing set but what is named."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    kept |= {"IVR_DATA_DIR": str(folder / "data"), "PYTHONPATH": str(Path(__file__).parents[1])}
    return subprocess.run(
        [sys.executable, "-m", "ivr", *arguments],
        cwd=folder,
        env=kept | environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["calls", "--since", "99999999999d"], "is before all time"),
        (["calls", "--since", "9" * 5000 + "d"], "is before all time"),
        (["calls", "prune", "--days", "1e300"], "36500"),
        (["call", "http://127.0.0.1:1", "--say", "Hi", "--out", "nowhere/x.wav"], "cannot be written to"),
        (["call", "http://127.0.0.1:1", "--say", "Hi", "--out", "."], "cannot be written to"),
        (["call", "http://127.0.0.1:1", "--keys", "abc"], "cannot be pressed"),
        (["demo", "--out", "nowhere/x.wav"], "cannot be written to"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(tmp_path: Path, arguments: list[str], says: str) -> None:
    done = ivr(tmp_path, *arguments, COLUMNS="200")
    assert done.returncode in (1, 2), done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.glob("*.wav")) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize("arguments", [["schema"], ["config"], ["--version"]])
def test_an_output_that_is_full_is_told_in_a_sentence(tmp_path: Path, arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ivr", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
            cwd=Path(__file__).parents[1],
        )
    assert done.stderr == "The output cannot be written: No space left on device.\n"
    assert done.returncode == 1
