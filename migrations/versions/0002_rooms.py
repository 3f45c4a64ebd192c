"""The merchant's rooms: parcels, audit log, invitations, what a mail is about"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FULFILMENT = ("unfulfilled", "partial", "fulfilled")


def _is_in(column: str, members: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(member) for member in members)})"


def upgrade() -> None:
    """Apply this change."""
    with op.batch_alter_table("orders") as batch:
        batch.drop_constraint(op.f("ck_orders_fulfilment_status"), type_="check")
        batch.create_check_constraint(
            op.f("ck_orders_fulfilment_status"), _is_in("fulfilment_status", (*FULFILMENT, "not_needed"))
        )
    with op.batch_alter_table("order_lines") as batch:
        batch.add_column(sa.Column("fulfilled_quantity", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("removed_quantity", sa.Integer(), nullable=False, server_default="0"))
        batch.create_check_constraint(
            op.f("ck_order_lines_fulfilled_quantity"),
            "fulfilled_quantity >= 0 AND removed_quantity >= 0"
            " AND fulfilled_quantity + removed_quantity <= quantity",
        )
    # Until now an order left as a whole, if the demo wrote it so, and what was refunded was still to be shipped.
    op.execute(
        "UPDATE order_lines SET fulfilled_quantity = quantity WHERE order_id IN"
        " (SELECT id FROM orders WHERE fulfilment_status = 'fulfilled')"
    )
    op.execute(
        "UPDATE order_lines SET removed_quantity = CASE WHEN order_id IN"
        " (SELECT id FROM orders WHERE return_status = 'refunded') THEN quantity ELSE refunded_quantity END"
        " WHERE fulfilled_quantity = 0"
    )
    op.execute(
        "UPDATE orders SET fulfilment_status = 'not_needed' WHERE fulfilment_status = 'unfulfilled' AND id NOT IN"
        " (SELECT order_id FROM order_lines WHERE removed_quantity < quantity) AND id IN (SELECT order_id FROM order_lines)"
    )
    with op.batch_alter_table("pages") as batch:
        batch.add_column(sa.Column("settings_version", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("setup_hidden_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("mails") as batch:
        batch.add_column(sa.Column("about", sa.Text(), nullable=True))
        batch.create_index(op.f("ix_mails_about"), ["about", "id"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    order_id = "json_extract(context, '$.order_id')" if is_sqlite else "context ->> 'order_id'"
    op.execute(
        f"UPDATE mails SET about = 'order:' || ({order_id}) WHERE ({order_id}) IS NOT NULL"  # noqa: S608
        " AND (kind LIKE 'order_%' OR kind IN ('refund_failed_notice', 'dispute_notice'))"
    )
    op.create_table(
        "fulfilments",
        sa.Column("id", BIG, nullable=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("tracking_number", sa.Text(), nullable=False),
        sa.Column("tracking_url", sa.Text(), nullable=True),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_fulfilments_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_fulfilments_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fulfilments")),
    )
    op.create_index("ix_fulfilments_order_id", "fulfilments", ["order_id", "id"])
    op.create_table(
        "fulfilment_lines",
        sa.Column("fulfilment_id", BIG, nullable=False),
        sa.Column("order_line_id", BIG, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_fulfilment_lines_quantity")),
        sa.ForeignKeyConstraint(
            ["fulfilment_id"],
            ["fulfilments.id"],
            name=op.f("fk_fulfilment_lines_fulfilment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_lines.id"],
            name=op.f("fk_fulfilment_lines_order_line_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("fulfilment_id", "order_line_id", name=op.f("pk_fulfilment_lines")),
    )
    op.create_index("ix_fulfilment_lines_order_line_id", "fulfilment_lines", ["order_line_id"])
    op.create_table(
        "audit_entries",
        sa.Column("id", BIG, nullable=False),
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_ref", sa.Text(), nullable=False),
        sa.Column("subject_title", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_audit_entries_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_audit_entries_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_page_id", "audit_entries", ["page_id", "id"])
    op.create_index("ix_audit_entries_account_id", "audit_entries", ["page_id", "account_id", "id"])
    op.create_index("ix_audit_entries_subject_kind", "audit_entries", ["page_id", "subject_kind", "id"])
    op.create_index("ix_audit_entries_at", "audit_entries", ["page_id", "at"])
    op.create_table(
        "page_invitations",
        sa.Column("id", BIG, nullable=False),
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("invited_by_id", BIG, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", BIG, nullable=True),
        sa.CheckConstraint(
            _is_in("role", ("owner", "manager", "fulfilment", "analyst")),
            name=op.f("ck_page_invitations_role"),
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"],
            ["accounts.id"],
            name=op.f("fk_page_invitations_accepted_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"],
            ["accounts.id"],
            name=op.f("fk_page_invitations_invited_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_page_invitations_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_invitations")),
    )
    op.create_index(
        "uq_page_invitations_open", "page_invitations", ["page_id", "email"], unique=True,
        sqlite_where=sa.text("settled_at IS NULL"), postgresql_where=sa.text("settled_at IS NULL"),
    )  # fmt: skip
