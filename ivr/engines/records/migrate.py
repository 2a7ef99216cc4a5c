"""Bringing the tables to their present form."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr import __version__
from ivr.core.errors import ConfigError

_LOCK: Final = 7_048_301
"""PostgreSQL's name for "somebody is migrating": two servers that start together take turns."""


async def migrate(connection: AsyncConnection) -> None:
    """Run the steps that are missing. Raises `ConfigError` for a database from a newer version."""
    if connection.dialect.name == "postgresql":
        await connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    await connection.run_sync(_migrate)


def _migrate(connection: sa.Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "ivr.engines.records:migrations")
    config.attributes["connection"] = connection
    known = ScriptDirectory.from_config(config)
    revisions = {step.revision for step in known.walk_revisions()}
    there = MigrationContext.configure(connection).get_current_heads()
    newer = [revision for revision in there if revision not in revisions]
    if newer:
        raise ConfigError(
            f"The call records were written by a newer version of ivr (their form is {newer[0]}; "
            f"ivr {__version__} knows {known.get_current_head()} and older). Install that version again, "
            "or give this one a place of its own with IVR_DATA_DIR or DATABASE_URL."
        )
    if there != (known.get_current_head(),):
        command.upgrade(config, "head")
