"""The conversation with Stripe, as test mode's rooms show it"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply this change."""
    op.create_table(
        "recorded_calls",
        sa.Column("id", BIG, nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("began_at", AT, nullable=False),
        sa.Column("spent_ms", sa.Integer(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("response", sa.JSON(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("is_replay", sa.Boolean(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recorded_calls")),
    )
    op.create_index("ix_recorded_calls_order_id", "recorded_calls", ["order_id", "id"])
    op.create_table(
        "recorded_webhooks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("received_at", AT, nullable=False),
        sa.Column("spent_ms", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("signature", sa.String(40), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "signature IN ('valid', 'invalid', 'fetched')", name=op.f("ck_recorded_webhooks_signature")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recorded_webhooks")),
    )
    op.create_index("ix_recorded_webhooks_order_id", "recorded_webhooks", ["order_id", "id"])
