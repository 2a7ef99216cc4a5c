"""What else the words of a turn may have meant, and how near the answer cache came."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Two columns; turns of before have nothing in them."""
    op.add_column("turns", sa.Column("candidates", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("turns", sa.Column("cache_score", sa.Float(), nullable=True))
