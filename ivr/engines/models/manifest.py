"""The manifest: which models there are, where their files come from, and what they must be.

The built-in manifest is `manifest.yaml` beside this module. A file of the same format and name in the
models folder adds models of the owner's own (from a wheel, or from a hub by repository and commit).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from io import StringIO
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from ivr.core.errors import ConfigError

MANIFEST = "manifest.yaml"
Purpose = Literal["recogniser", "voice", "detector", "embedder", "language"]


def _plain_path(path: str) -> str:
    """Refuse what could lead out of the model's own folder."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or "\\" in path or ".." in parts:
        raise ValueError(f"{path!r} must be a relative path with '/' and without '..'")
    return path


Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
FilePath = Annotated[str, AfterValidator(_plain_path)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=80)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WheelEntry(_Entry):
    """A wheel that holds a part of the files; `size` in bytes."""

    wheel: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+==[A-Za-z0-9._!+-]+$")]
    sha256: Digest
    size: int = Field(ge=0)


class PartEntry(_Entry):
    """A further part of a file: its path in one of the model's `more_wheels`."""

    wheel: str
    inside: FilePath


class FileEntry(_Entry):
    """One file of a model.

    file           its name in the model's folder
    inside         its path in the wheel or hub repository
    sha256, size   what it must be (size in bytes); a hub file may leave them out: then what the pinned
                   commit delivered at the first pull is recorded and held to from there on
    rest           what follows the first part, for a file that is too large for one wheel
    only_to_derive needed to make a derived file, not to run
    """

    file: FilePath
    inside: FilePath
    sha256: Digest | None = None
    size: int | None = Field(default=None, ge=0)
    rest: tuple[PartEntry, ...] = ()
    only_to_derive: bool = False


class DerivedEntry(_Entry):
    """A file made on this machine from a file of the model, by a recipe of `ivr.engines.models.derive`."""

    file: FilePath
    source: FilePath = Field(alias="from")
    recipe: str


class HubSource(_Entry):
    """A repository of a model hub, at one commit."""

    repository: Annotated[str, StringConstraints(pattern=r"^[\w.-]+/[\w.-]+$")]
    revision: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]


class Model(_Entry):
    """One model: what it is for, where its files come from, under which licence."""

    name: Name
    purpose: Purpose
    about: str = ""
    default: bool = False
    licence: str
    note: str = ""
    wheel: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+==[A-Za-z0-9._!+-]+$")] | None = None
    wheel_sha256: Digest | None = None
    wheel_size: int | None = Field(default=None, ge=0)
    more_wheels: tuple[WheelEntry, ...] = ()
    hub: HubSource | None = None
    files: tuple[FileEntry, ...] = Field(min_length=1)
    derived: tuple[DerivedEntry, ...] = ()

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if (self.wheel is None) == (self.hub is None):
            raise ValueError(
                "name exactly one source: `wheel` (name==version) or `hub` (repository, revision)"
            )
        if self.wheel is not None and self.wheel_sha256 is None:
            raise ValueError("a wheel needs `wheel_sha256`")
        if self.wheel is not None and any(entry.sha256 is None or entry.size is None for entry in self.files):
            raise ValueError("every file of a wheel needs `sha256` and `size`")
        wheels = {entry.wheel for entry in self.more_wheels}
        if unknown := {part.wheel for entry in self.files for part in entry.rest} - wheels:
            raise ValueError(f"`rest` names no wheel of `more_wheels`: {', '.join(sorted(unknown))}")
        names = [entry.file for entry in self.files] + [entry.file for entry in self.derived]
        if len(set(names)) != len(names):
            raise ValueError("two files have the same name")
        if unknown := {entry.source for entry in self.derived} - {entry.file for entry in self.files}:
            raise ValueError(f"`from` names no file of this model: {', '.join(sorted(unknown))}")
        return self

    @property
    def source(self) -> str:
        """Where it comes from, for people."""
        if self.hub is not None:
            return f"hub {self.hub.repository}@{self.hub.revision[:7]}"
        return f"wheel {self.wheel}"

    @property
    def size(self) -> int | None:
        """Bytes on disk without derived files; None when the manifest does not say."""
        sizes = [entry.size for entry in self.files]
        return sum(size for size in sizes if size is not None) if None not in sizes else None


class Manifest:
    """The models by name, in the order of the files that name them."""

    def __init__(self, models: Iterable[Model]) -> None:
        self._models = {model.name: model for model in models}

    def __getitem__(self, name: str) -> Model:
        """Raise `ConfigError` with the nearest right name when there is no such model."""
        if name in self._models:
            return self._models[name]
        near = difflib.get_close_matches(name, self._models, n=1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise ConfigError(
            f"There is no model named {name!r}. {hint}Known models: {', '.join(self._models)}. "
            f"Add your own in {MANIFEST} in the models folder."
        )

    def all(self) -> tuple[Model, ...]:
        """Every model."""
        return tuple(self._models.values())

    def defaults(self) -> tuple[Model, ...]:
        """The models that a fresh set-up needs."""
        return tuple(model for model in self._models.values() if model.default)

    def choose(self, names: Iterable[str]) -> tuple[Model, ...]:
        """The named models, or the default set when no name is given."""
        return tuple(self[name] for name in dict.fromkeys(names)) or self.defaults()


def read_manifest(path: Path) -> tuple[Model, ...]:
    """Read one manifest file. Raises `ConfigError` with the place of what is wrong."""
    try:
        # "base": every scalar stays text, so a digest that looks like a number stays a digest.
        loaded = YAML(typ="base", pure=True).load(StringIO(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The model manifest {path} cannot be read: {error}.") from error
    except YAMLError as error:
        raise ConfigError(f"The model manifest {path} is not valid YAML: {error}") from error
    rows = loaded.get("models") if isinstance(loaded, dict) else None
    if not isinstance(rows, dict):
        raise ConfigError(f"The model manifest {path} needs a mapping `models` from names to models.")
    return tuple(_read_row(path, name, row) for name, row in rows.items())


def _read_row(path: Path, name: object, row: object) -> Model:
    if not isinstance(row, dict):
        raise ConfigError(
            f"{path}: model {name!r} must be a mapping (purpose, licence, wheel or hub, files)."
        )
    try:
        return Model.model_validate({**row, "name": str(name)})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError(
            f"{path}: model {name!r}: {where + ': ' if where else ''}{first['msg']}."
        ) from error


def load_manifest(folder: Path | None = None) -> Manifest:
    """The built-in manifest, with what `manifest.yaml` in the models folder adds.

    A name of the built-in set keeps its meaning: redefining one is a `ConfigError`.
    """
    models = read_manifest(Path(__file__).with_name(MANIFEST))
    own_path = None if folder is None else folder / MANIFEST
    if own_path is None or not own_path.is_file():
        return Manifest(models)
    own = read_manifest(own_path)
    if taken := {model.name for model in models} & {model.name for model in own}:
        raise ConfigError(
            f"{own_path}: {', '.join(sorted(taken))} is a built-in name. Give your model a name of its own, "
            f"and put that name in the settings."
        )
    return Manifest((*models, *own))
