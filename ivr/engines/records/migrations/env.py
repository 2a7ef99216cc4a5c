"""Alembic's entry: run the missing steps on the connection that `database.migrate` hands over."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
