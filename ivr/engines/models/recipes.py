"""How derived model files are made. A recipe's version changes whenever its output does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ivr.core.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Recipe:
    """`build(source, target)` reads one file and writes another, which does not exist yet."""

    version: int
    build: Callable[[Path, Path], None]


def _minilm_int8(source: Path, target: Path) -> None:
    from ivr.engines.minilm_int8 import build_int8  # noqa: PLC0415 -- slow to import, and only needed to build

    build_int8(source, target)


RECIPES = {"minilm-int8": Recipe(1, _minilm_int8)}


def recipe_version(name: str) -> int:
    """The version of a recipe that this program has."""
    return find_recipe(name).version


def find_recipe(name: str) -> Recipe:
    """A recipe by name. Raises `ConfigError` when there is none."""
    if name not in RECIPES:
        raise ConfigError(f"No recipe is named {name!r}; a manifest may use: {', '.join(RECIPES)}.")
    return RECIPES[name]
