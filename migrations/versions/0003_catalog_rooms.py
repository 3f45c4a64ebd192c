"""The catalogue's rooms: stock history, old addresses, bulk edits, what runs low"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LOW_STOCK = sa.text("stock <= 20")


def _is_in(column: str, members: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(member) for member in members)})"


def upgrade() -> None:
    """Apply this change."""
    # Not as a batch: the search index hangs on this table by triggers, which a copied table would lose.
    op.execute(
        "ALTER TABLE products ADD COLUMN archived_from VARCHAR(40)"
        " CONSTRAINT ck_products_archived_from CHECK (archived_from IN ('draft', 'published'))"
    )
    _give_variants_their_page()
    _create_stock_movements()
    _create_slug_redirects()
    _create_bulk_edits()


def _give_variants_their_page() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.add_column("variants", sa.Column("page_id", BIG, nullable=True))
    op.execute("UPDATE variants SET page_id = (SELECT page_id FROM products WHERE id = variants.product_id)")
    last_id = None
    if is_sqlite:
        last_id = op.get_bind().scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'variants'"))
    with op.batch_alter_table("variants", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.alter_column("page_id", existing_type=BIG, nullable=False)
        batch.create_foreign_key(
            op.f("fk_variants_page_id"), "pages", ["page_id"], ["id"], ondelete="CASCADE"
        )
    op.create_index(
        "ix_variants_low_stock", "variants", ["page_id", "stock", "id"],
        sqlite_where=LOW_STOCK, postgresql_where=LOW_STOCK,
    )  # fmt: skip
    if last_id is not None:
        # The copy would give the number of a deleted variant out again.
        op.execute(f"UPDATE sqlite_sequence SET seq = {int(last_id)} WHERE name = 'variants'")  # noqa: S608 - a number


def _create_stock_movements() -> None:
    op.create_table(
        "stock_movements",
        sa.Column("id", BIG, nullable=False),
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("variant_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("change", sa.Integer(), nullable=True),
        sa.Column("stock_after", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.CheckConstraint(
            _is_in(
                "reason",
                (
                    "created",
                    "imported",
                    "edited",
                    "bulk_edited",
                    "sold",
                    "expired",
                    "cancelled",
                    "restocked",
                    "removed",
                ),
            ),
            name=op.f("ck_stock_movements_reason"),
        ),
        sa.CheckConstraint("stock_after >= 0", name=op.f("ck_stock_movements_stock_after")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_stock_movements_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_stock_movements_page_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_stock_movements_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movements")),
    )
    op.create_index("ix_stock_movements_product_id", "stock_movements", ["product_id", "id"])
    op.create_index("ix_stock_movements_variant_id", "stock_movements", ["variant_id", "id"])


def _create_slug_redirects() -> None:
    op.create_table(
        "slug_redirects",
        sa.Column("id", BIG, nullable=False),
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("product_id", BIG, nullable=True),
        sa.Column("collection_id", BIG, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_is_in("kind", ("product", "collection")), name=op.f("ck_slug_redirects_kind")),
        sa.CheckConstraint(
            "(kind = 'product' AND product_id IS NOT NULL AND collection_id IS NULL)"
            " OR (kind = 'collection' AND collection_id IS NOT NULL AND product_id IS NULL)",
            name=op.f("ck_slug_redirects_target"),
        ),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collections.id"],
            name=op.f("fk_slug_redirects_collection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_slug_redirects_page_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_slug_redirects_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slug_redirects")),
        sa.UniqueConstraint("page_id", "kind", "slug", name=op.f("uq_slug_redirects_page_id_kind_slug")),
    )
    op.create_index("ix_slug_redirects_product_id", "slug_redirects", ["product_id"])
    op.create_index("ix_slug_redirects_collection_id", "slug_redirects", ["collection_id"])


def _create_bulk_edits() -> None:
    op.create_table(
        "bulk_edits",
        sa.Column("id", BIG, nullable=False),
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("what", sa.JSON(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.JSON(), nullable=False),
        sa.Column("not_undone", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            _is_in("kind", ("price", "stock", "status", "collection", "tags")),
            name=op.f("ck_bulk_edits_kind"),
        ),
        sa.CheckConstraint(
            _is_in("state", ("proposed", "applying", "applied", "undoing", "undone")),
            name=op.f("ck_bulk_edits_state"),
        ),
        sa.CheckConstraint("progress >= 0", name=op.f("ck_bulk_edits_progress")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_bulk_edits_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_bulk_edits_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_edits")),
    )
    op.create_index("ix_bulk_edits_page_id", "bulk_edits", ["page_id", "id"])
