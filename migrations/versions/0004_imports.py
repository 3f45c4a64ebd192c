"""Imports in the browser: runs, their faulty rows and planned products, whose job and picture is whose"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def _is_in(column: str, *members: str) -> str:
    return f"{column} IN ({', '.join(repr(member) for member in members)})"


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _create_runs() -> None:
    op.create_table(
        "import_runs",
        sa.Column("id", BIG, nullable=False),
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("file_key", sa.Text(), nullable=True),
        _count("file_bytes"),
        sa.Column("state", sa.String(40), nullable=False),
        _count("round"),
        sa.Column("format_name", sa.Text(), nullable=False),
        sa.Column("encoding", sa.Text(), nullable=False),
        sa.Column("sets_stock", sa.Boolean(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("fault", sa.JSON(), nullable=True),
        sa.Column("recognised", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        *map(_count, ("total", "place", "products", "variants", "pictures", "rejected", "rejections")),
        *map(_count, ("warnings", "planned_created", "planned_updated", "created", "updated")),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("started_at", AT, nullable=True),
        sa.Column("heartbeat_at", AT, nullable=True),
        sa.Column("finished_at", AT, nullable=True),
        sa.CheckConstraint("place >= 0 AND place <= total", name=op.f("ck_import_runs_place")),
        sa.CheckConstraint(_is_in("origin", "browser", "command"), name=op.f("ck_import_runs_origin")),
        sa.CheckConstraint(
            _is_in("state", "reading", "faulty", "read", "queued", "running", "done", "cancelled", "failed"),
            name=op.f("ck_import_runs_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_import_runs_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_import_runs_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_runs")),
    )
    op.create_index("ix_import_runs_page_id", "import_runs", ["page_id", "id"])
    op.create_index("ix_import_runs_file_key", "import_runs", ["file_key"])


def _create_details() -> None:
    op.create_table(
        "import_issues",
        sa.Column("id", BIG, nullable=False),
        sa.Column("run_id", BIG, nullable=False),
        sa.Column("is_rejection", sa.Boolean(), nullable=False),
        _count("row"),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_runs.id"], name=op.f("fk_import_issues_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_issues")),
    )
    op.create_index("ix_import_issues_run_id", "import_issues", ["run_id", "is_rejection", "row", "id"])
    op.create_table(
        "import_products",
        sa.Column("run_id", BIG, nullable=False),
        _count("row"),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        *map(_count, ("variants", "price_from_amount", "price_to_amount")),
        sa.CheckConstraint(
            _is_in("outcome", "created", "changed", "unchanged"), name=op.f("ck_import_products_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_runs.id"], name=op.f("fk_import_products_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "row", name=op.f("pk_import_products")),
    )
    op.create_index("ix_import_products_outcome", "import_products", ["run_id", "outcome", "row"])


def upgrade() -> None:
    """Apply this change."""
    with op.batch_alter_table("outbox_jobs") as batch:
        batch.add_column(sa.Column("page_id", BIG, nullable=True))
        batch.create_index("ix_outbox_jobs_page_id", ["page_id", "state"])
    _create_runs()
    _create_details()
    with op.batch_alter_table("picture_fetches") as batch:
        batch.add_column(sa.Column("run_id", BIG, nullable=True))
        batch.add_column(sa.Column("problem_params", sa.JSON(), nullable=False, server_default="{}"))
        batch.create_foreign_key(
            op.f("fk_picture_fetches_run_id"), "import_runs", ["run_id"], ["id"], ondelete="SET NULL"
        )
        batch.create_index("ix_picture_fetches_run_id", ["run_id", "state", "id"])
