"""The other server of the comparison: pipecat, in an environment of its own that this installs once."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.child import Child

HERE = Path(__file__).resolve().parent
LOCK = HERE / "pipecat.txt"
NAME = "pipecat 1.14"


class NoRivalError(Exception):
    """The other server is not to be had here."""


def installed(cache: Path) -> Path:
    """The Python of an environment with what `pipecat.txt` locks; made on first use (about 420 MB)."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    folder = cache / f"pipecat-{digest}"
    python = folder / "bin" / "python"
    if not (folder / "whole").exists():
        shutil.rmtree(folder, ignore_errors=True)
        print(f"installing {NAME} into {folder}", file=sys.stderr)
        bare = subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=False)
        pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
        done = subprocess.run(
            [*pip, "install", "--quiet", "--no-input", "--require-hashes", "-r", str(LOCK)], check=False
        )
        if bare.returncode or done.returncode:
            raise NoRivalError(f"{NAME} could not be installed; see above why. It is left out.")
        (folder / "whole").touch()
    return python


@contextmanager
def running(cache: Path) -> Iterator[Child]:
    """The server as a child process."""
    with Child("rig/pipecat_server.py", python=installed(cache)) as child:
        yield child
