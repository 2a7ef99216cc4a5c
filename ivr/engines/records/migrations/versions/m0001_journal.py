"""The journal of the first weeks: calls, flows, events. Databases of that time have it already."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make what is not there."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute("CREATE TABLE IF NOT EXISTS flows (digest TEXT PRIMARY KEY, source TEXT NOT NULL)")
    op.execute(
        "CREATE TABLE IF NOT EXISTS calls (id INTEGER PRIMARY KEY, call_id TEXT NOT NULL, "
        "flow_name TEXT NOT NULL, flow_digest TEXT NOT NULL, began_wall_ms BIGINT NOT NULL, "
        "outcome TEXT NOT NULL DEFAULT '')"
    )
    op.execute(
        "CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, call_id TEXT NOT NULL, "
        "seq INTEGER NOT NULL, at_ms INTEGER NOT NULL, event TEXT NOT NULL)"
    )
