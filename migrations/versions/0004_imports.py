"""Imports in the browser: runs, their faulty rows and planned products, whose job and picture is whose"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply this change."""
    with op.batch_alter_table("outbox_jobs") as batch:
        batch.add_column(sa.Column("page_id", BIG, nullable=True))
        batch.create_index("ix_outbox_jobs_page_id", ["page_id", "state"])
