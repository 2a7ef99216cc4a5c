"""The language models that the settings name: a part of the composition root."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from ivr.call.meters import ModelMeter
from ivr.config import Config, load, secret_values, variable
from ivr.core.errors import ConfigError, IvrError
from ivr.core.flow.problems import format_problem
from ivr.engines.asking import Bank, Budgets, ModelRoom
from ivr.understanding.models.prices import NANO
from ivr.understanding.models.table import Table, check_table, load_table

MOST_BYTES: Final = 1_000_000


def read_table(config: Config) -> Table | None:
    """The table in `IVR_MODELS`; `None` without one. Raises `ConfigError` that tells every mistake."""
    if not config.models:
        return None
    return load_table(_text(config), config.models)


def warnings(config: Config) -> list[str]:
    """What is not wrong with the table, but probably not as it was meant."""
    _, problems = check_table(_text(config), config.models)
    return [format_problem(problem) for problem in problems if problem.severity == "warning"]


def _text(config: Config) -> str:
    path = Path(config.models).expanduser()
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ConfigError(f"The model table {path} is larger than {MOST_BYTES:,} bytes.")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"The model table {path} cannot be read: {error}. Set IVR_MODELS to a YAML file such as "
            "infra/models.example.yaml, or unset it to do without language models."
        ) from error


def keys(table: Table, environ: Mapping[str, str]) -> dict[str, str]:
    """The key of each model's endpoint. Raises `ConfigError` naming the variables that are not set."""
    wanted = {name: model.key for name, model in table.models.items() if model.key}
    found = {name: variable(key, environ) for name, key in wanted.items()}
    if missing := sorted({wanted[name] for name, key in found.items() if not key}):
        raise ConfigError(
            f"The model table names keys that are not set: {', '.join(missing)}. Put them into the "
            "environment or .env, or take 'key' out of rows whose endpoints need none."
        )
    return found


def secrets_in_force(environ: Mapping[str, str] | None = None) -> list[str]:
    """Every secret that the settings and the model table name: what no log and no message may show."""
    found = secret_values(environ)
    with suppress(IvrError):  # what is wrong with settings or the table is told elsewhere
        table = read_table(load(environ).config)
        found += (
            [variable(model.key, environ) for model in table.models.values() if model.key] if table else []
        )
    return [value for value in found if value]


def budgets(config: Config, table: Table) -> Budgets:
    """The limits. Raises `ConfigError` if they cannot be kept, since a price is not known."""
    limits = Budgets(_nano(config.budget_call), _nano(config.budget_day))
    unpriced = [name for name, model in table.models.items() if not model.prices.known]
    if unpriced and limits != Budgets():
        raise ConfigError(
            f"A budget is set, and what {', '.join(unpriced)} costs is not known, so it could not be kept. "
            "Write 'prices' for input and output into the model table (0 where it costs nothing), or unset "
            "IVR_BUDGET_CALL and IVR_BUDGET_DAY."
        )
    return limits


def make_room(
    config: Config,
    environ: Mapping[str, str],
    meter: ModelMeter,
    bank: Bank,
    choose: Callable[[Table], Table] = lambda table: table,
) -> ModelRoom | None:
    """The models of the table, not yet started; `None` without a table. Raises `ConfigError`.

    choose  takes a part of the table
    """
    whole = read_table(config)
    if whole is None:
        return None
    table = choose(whole)
    from ivr.engines.chat import OpenAIChat  # noqa: PLC0415 -- a second to import, and only needed with a table

    found = keys(table, environ or os.environ)
    chats = {name: OpenAIChat(model, found.get(name, "")) for name, model in table.models.items()}
    return ModelRoom(table, chats, meter, bank, budgets(config, table))


def _nano(dollars: float | None) -> int | None:
    return None if dollars is None else round(dollars * NANO)
