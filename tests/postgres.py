"""A real PostgreSQL server of our own: a fresh cluster in a folder, on a free port, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

REQUIRED: Final = "IVR_TEST_POSTGRES"
"""Set to `required` (as .ci/run does): without PostgreSQL the tests fail instead of being skipped."""
WHERE: Final = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
USER: Final = "ivr"


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest there is."""
    found = [
        path
        for pattern in WHERE
        for path in sorted(Path("/").glob(pattern[1:]))
        if (path / "initdb").exists()
    ]
    if found:
        return found[-1]
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class Cluster:
    """A running server. `url(name)` makes a database."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries = binaries
        self._data = folder / "data"
        self._log = folder / "log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        # Nothing has to survive the machine: to sync it all after a crash took over a minute on a busy one.
        self._options = f"-p {self._port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        # The server refuses to run as root, as containers have it.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self._run("initdb", "-D", str(self._data), "-A", "trust", "-U", USER, "--no-sync", "-E", "UTF8")
        self.start()

    def url(self, name: str) -> str:
        """The address of a new, empty database."""
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self._port), "-U", USER, name)
        return f"postgres://{USER}@127.0.0.1:{self._port}/{name}"

    def start(self) -> None:
        """Bring it up, and wait until it is."""
        self._control("start", "-o", self._options)

    def stop(self) -> None:
        """Take it down, whoever is connected."""
        self._control("stop", "-m", "immediate")

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-l", str(self._log), "-w", *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        # A server that pg_ctl starts would keep a pipe of ours open for ever.
        output = subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE
        done = subprocess.run(
            [self._binaries / program, *arguments],
            user=self._user,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            timeout=120,
            check=False,
        )
        if done.returncode:
            told = (done.stdout or b"").decode() or self._log.read_text()
            raise RuntimeError(f"{program} failed: {told}")


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A server for as long as the tests run. Raises `LookupError` where PostgreSQL is not installed."""
    binaries = programs()
    if binaries is None:
        raise LookupError("PostgreSQL is not installed (apt-get install postgresql)")
    with tempfile.TemporaryDirectory(prefix="ivr-pg-", ignore_cleanup_errors=True) as name:
        made = Cluster(binaries, Path(name))
        try:
            yield made
        finally:
            with suppress(RuntimeError):
                made.stop()
