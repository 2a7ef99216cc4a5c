"""Model files on disk: where they are, whether they are what they must be, and the door to them.

The models folder holds one folder per model, and:

    NAME/FILE            the files of the manifest, and those derived from them
    NAME/record.json     SHA-256 and size of what the manifest cannot know: derived files (with recipe and
                         source), and hub files that the manifest pins by commit only
    .verified.json       files whose digest was right, by size and modification time, so that a start
                         does not read 75 MB again; `verify` never trusts it
    manifest.yaml        models of the owner's own (optional)
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ivr.core.errors import ConfigError
from ivr.engines.models.manifest import DerivedEntry, FileEntry, Manifest, Model, Purpose, load_manifest
from ivr.engines.models.recipes import recipe_version

RECORD = "record.json"
STAMPS = ".verified.json"
State = Literal["good", "missing", "damaged", "outdated"]


def models_dir(setting: str | None, environ: Mapping[str, str]) -> Path:
    """The models folder: the setting, else `$XDG_CACHE_HOME/ivr/models`, else `~/.cache/ivr/models`."""
    if setting:
        return Path(setting).expanduser().absolute()
    cache = environ.get("XDG_CACHE_HOME", "")
    # The XDG rules say that a relative path is to be ignored.
    base = (
        Path(cache)
        if cache and Path(cache).is_absolute()
        else Path(environ.get("HOME") or Path.home()) / ".cache"
    )
    return base / "ivr" / "models"


@dataclass(frozen=True, slots=True)
class FileStatus:
    """What became of one file. Digests are SHA-256 in hex, "" where there is none; sizes are bytes.

    state  `good`; `missing`: not there; `damaged`: not the expected bytes; `outdated`: derived by an
           older recipe or from another source file
    """

    model: str
    file: str
    path: Path
    state: State
    expected: str = ""
    found: str = ""
    size: int | None = None
    expected_size: int | None = None

    @property
    def problem(self) -> str:
        """What is wrong and what to do, in full sentences; "" when the file is good."""
        again = f"ivr models pull {self.model}"
        match self.state:
            case "good":
                return ""
            case "missing":
                return f"Model file {self.path} is missing. Fetch it: {again}"
            case "outdated":
                return f"Model file {self.path} was made by another version of ivr. Make it again: {again}"
            case "damaged":
                sizes = (
                    f" ({self.size} bytes, expected {self.expected_size})"
                    if self.size != self.expected_size
                    else ""
                )
                return (
                    f"Model file {self.path} is damaged{sizes}, so it is not loaded: its SHA-256 is "
                    f"{self.found}, expected {self.expected}. Fetch it again: {again}"
                )


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model whose files were verified. `files["model.bin"]` is the path of a file."""

    name: str
    purpose: Purpose
    folder: Path
    files: Mapping[str, Path]

    def __getitem__(self, file: str) -> Path:
        """The path of one file, by its name in the manifest."""
        return self.files[file]

    def only(self, suffix: str) -> Path:
        """The one file whose name ends in `suffix` (for example ".onnx")."""
        fitting = [path for name, path in self.files.items() if name.endswith(suffix)]
        if len(fitting) != 1:
            raise ConfigError(
                f"Model {self.name!r} ({self.folder}) must have exactly one file that ends in {suffix!r}, "
                f"it has {len(fitting)}. Correct its entry in the manifest, or name another model."
            )
        return fitting[0]


@dataclass(slots=True)
class Record:
    """`record.json` of one model: facts about files that the manifest cannot know."""

    path: Path
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path, model: Model) -> Record:
        """What is recorded; nothing when the file is missing or unreadable (then the pull is repeated)."""
        path = folder / model.name / RECORD
        loaded = read_json(path)
        return cls(path, {name: row for name, row in loaded.items() if isinstance(row, dict)})

    def write(self) -> None:
        """Replace the file in one step."""
        replace_text(self.path, json.dumps(self.facts, indent=2, sort_keys=True) + "\n")


def inspect(model: Model, folder: Path, *, trust_stamps: bool, to_run: bool = False) -> list[FileStatus]:
    """Look at each file of a model (`to_run`: that running needs), hashing what no stamp vouches for."""
    record = Record.read(folder, model)
    entries: list[FileEntry | DerivedEntry] = [
        entry for entry in model.files if not (to_run and entry.only_to_derive)
    ]
    entries += model.derived
    stamps = Stamps(folder)
    statuses = [
        _inspect_file(model, folder, entry, record, stamps if trust_stamps else None) for entry in entries
    ]
    stamps.update(statuses)
    return statuses


def verify(names: Iterable[str], folder: Path, manifest: Manifest | None = None) -> list[FileStatus]:
    """Hash every file of the named models (none named: the default set), whatever was known before."""
    chosen = (manifest or load_manifest(folder)).choose(names)
    return [status for model in chosen for status in inspect(model, folder, trust_stamps=False)]


def open_model(
    name: str, folder: Path, purpose: Purpose | None = None, manifest: Manifest | None = None
) -> ModelFiles:
    """The files of a model, verified. Raises `ConfigError` that says what to do when one is not right.

    purpose  what the model is wanted for; a model made for something else is refused
    """
    model = (manifest or load_manifest(folder))[name]
    if purpose is not None and model.purpose != purpose:
        raise ConfigError(
            f"Model {name!r} is a {model.purpose}, not a {purpose}. Name another one in the settings."
        )
    statuses = inspect(model, folder, trust_stamps=True, to_run=True)
    for status in statuses:
        if status.problem:
            raise ConfigError(status.problem)
    paths = {status.file: status.path for status in statuses}
    return ModelFiles(model.name, model.purpose, folder / model.name, paths)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def expected_digest(model: Model, entry: FileEntry, record: Record) -> tuple[str, int | None]:
    """SHA-256 ("" when nothing is known yet) and size of a file of the manifest."""
    if entry.sha256 is not None:
        return entry.sha256, entry.size
    facts = record.facts.get(entry.file, {})
    if model.hub is None or facts.get("revision") != model.hub.revision:
        return "", entry.size
    return str(facts.get("sha256", "")), facts.get("size", entry.size)


def _inspect_file(
    model: Model, folder: Path, entry: FileEntry | DerivedEntry, record: Record, stamps: Stamps | None
) -> FileStatus:
    path = folder / model.name / entry.file
    expected, expected_size, current = "", None, True
    if isinstance(entry, DerivedEntry):
        facts = record.facts.get(entry.file, {})
        expected, expected_size = str(facts.get("sha256", "")), facts.get("size")
        current = _is_current(model, entry, facts, record)
    else:
        expected, expected_size = expected_digest(model, entry, record)
    try:
        size = path.stat().st_size
        stamped = stamps is not None and stamps.vouch(path, expected)
        found = expected if stamped else sha256_of(path)
    except OSError:
        return FileStatus(model.name, entry.file, path, "missing", expected, "", None, expected_size)
    state: State = "good" if current else "outdated"
    if not expected:
        state = "missing"
    elif found != expected:
        state = "damaged"
    return FileStatus(model.name, entry.file, path, state, expected, found, size, expected_size)


def _is_current(model: Model, entry: DerivedEntry, facts: Mapping[str, Any], record: Record) -> bool:
    source = next(file for file in model.files if file.file == entry.source)
    digest, _ = expected_digest(model, source, record)
    return (
        facts.get("source_sha256") == digest
        and facts.get("recipe") == entry.recipe
        and facts.get("recipe_version") == recipe_version(entry.recipe)
    )


class Stamps:
    """Which files had the right digest, by size and modification time (`.verified.json`)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known = read_json(folder / STAMPS)

    def vouch(self, path: Path, expected: str) -> bool:
        """Whether this very file is known to have this digest."""
        return bool(expected) and self._known.get(self._key(path)) == self._stamp(path, expected)

    def update(self, statuses: Iterable[FileStatus]) -> None:
        """Remember the good ones and forget the others. A folder that cannot be written stays as it is."""
        known = dict(self._known)
        for status in statuses:
            known.pop(self._key(status.path), None)
            if status.found and status.found == status.expected:
                with contextlib.suppress(OSError):
                    known[self._key(status.path)] = self._stamp(status.path, status.expected)
        if known != self._known:
            self._known = known
            with contextlib.suppress(OSError):
                replace_text(self._folder / STAMPS, json.dumps(known, indent=1, sort_keys=True) + "\n")

    def _key(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()

    @staticmethod
    def _stamp(path: Path, digest: str) -> list[Any]:
        facts = path.stat()
        return [facts.st_size, facts.st_mtime_ns, digest]


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file; empty when there is none, or it is not one."""
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def replace_text(path: Path, text: str) -> None:
    """Write a file in one step: readers see the old one or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
