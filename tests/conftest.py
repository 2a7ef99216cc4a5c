"""Fixtures that several floors share."""

from __future__ import annotations

import itertools
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from ivr.config import Config
from ivr.core.errors import ConfigError
from tests import postgres

# How fast a machine is must never decide a test. In CI the examples are the same in every run.
settings.register_profile(
    "ivr", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("ivr")


@pytest.fixture(scope="session", autouse=True)
def surroundings_of_nobody() -> Iterator[None]:
    """Neither a developer's settings nor the width and colours of their terminal decide a test."""
    theirs = {str(field.alias) for field in Config.model_fields.values()} - {"IVR_MODELS_DIR"}
    with pytest.MonkeyPatch.context() as patch:
        for name in (*theirs, "FORCE_COLOR", "TTY_COMPATIBLE"):
            patch.delenv(name, raising=False)
        patch.setenv("COLUMNS", "80")
        yield


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Undo what a test sets about logging, as commands run in this process do: tests run in any order."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    root.handlers[:] = handlers
    root.setLevel(level)


@dataclass(frozen=True)
class SpeechModels:
    """The real models: a recogniser's folder, a voice's `.onnx`, a detector's `.onnx`."""

    recogniser: Path
    voice: Path
    detector: Path


@pytest.fixture(scope="session")
def models() -> SpeechModels:
    """The default speech models, verified. Fails without them: a skipped test tests nothing."""
    from ivr.engines.models import models_dir, open_model  # noqa: PLC0415 - most test runs need no models

    folder = models_dir(os.environ.get("IVR_MODELS_DIR"), os.environ)
    try:
        return SpeechModels(
            recogniser=open_model("tiny.en", folder).folder,
            voice=open_model("joe", folder).only(".onnx"),
            detector=open_model("silero-vad", folder).only(".onnx"),
        )
    except ConfigError as wrong:
        pytest.fail(f"run `make setup`: {wrong}", pytrace=False)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Cluster]:
    """A real PostgreSQL. Where it is not installed tests are skipped, unless the environment requires it."""
    try:
        with postgres.cluster() as made:
            yield made
    except LookupError as missing:
        if os.environ.get(postgres.REQUIRED) == "required":
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))


_numbers = itertools.count(1)


@pytest.fixture
def new_postgres(postgres_server: postgres.Cluster) -> Callable[[], str]:
    """Gives addresses of new, empty databases."""
    return lambda: postgres_server.url(f"ivr_{next(_numbers)}")


@pytest.fixture(params=["sqlite", "postgres"])
def database_setting(request: pytest.FixtureRequest) -> str:
    """`DATABASE_URL` of an empty database: each test that asks for it runs with either kind."""
    if request.param == "sqlite":
        return ""
    make: Callable[[], str] = request.getfixturevalue("new_postgres")
    return make()
