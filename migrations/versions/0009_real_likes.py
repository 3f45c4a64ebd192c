"""Real likes: coupons, contests, the invitation to like a page, fan quality, imports of followers"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
KINDS = (
    "kind IN ('comment_reply', 'comment_like', 'friend_request', 'friend_accepted', 'share', 'order',"
    " 'page_comment', 'contest', 'moderation')"
)


def upgrade() -> None:
    """Apply this change."""
    _create_tables()
    _add_columns()
    for table in ("notifications", "notification_settings"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_kind"), type_="check")
            batch.create_check_constraint(op.f(f"ck_{table}_kind"), KINDS)


def _add_columns() -> None:
    op.add_column("accounts", sa.Column("email_confirmed_at", AT, nullable=True))
    with op.batch_alter_table("carts") as batch:
        batch.add_column(sa.Column("coupon_id", BIG, nullable=True))
        batch.add_column(sa.Column("declined_coupon_id", BIG, nullable=True))
        batch.create_foreign_key(
            op.f("fk_carts_coupon_id"), "coupons", ["coupon_id"], ["id"], ondelete="SET NULL"
        )
    op.add_column("orders", sa.Column("coupon_id", BIG, nullable=True))
    op.add_column("orders", sa.Column("coupon_code", sa.Text(), nullable=True))
    op.add_column("orders", sa.Column("touch_coupon_id", BIG, nullable=True))
    op.add_column(
        "orders", sa.Column("waived_shipping_amount", sa.Integer(), server_default="0", nullable=False)
    )
    for tab in ("has_coupons", "has_contests"):
        op.add_column("pages", sa.Column(tab, sa.Boolean(), server_default=sa.false(), nullable=False))
    for table in ("carts", "orders"):
        op.create_index(
            f"ix_{table}_coupon_id",
            table,
            ["coupon_id"],
            unique=False,
            sqlite_where=sa.text("coupon_id IS NOT NULL"),
            postgresql_where=sa.text("coupon_id IS NOT NULL"),
        )


def _create_tables() -> None:
    op.create_table(
        "coupons",
        sa.Column("id", BIG, nullable=False),
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("percent_bp", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("has_free_shipping", sa.Boolean(), nullable=False),
        sa.Column("minimum_amount", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("unit_limit", sa.Integer(), nullable=True),
        sa.Column("audience", sa.String(length=40), nullable=False),
        sa.Column("other_way", sa.String(length=40), nullable=False),
        sa.Column("starts_at", AT, nullable=True),
        sa.Column("ends_at", AT, nullable=True),
        sa.Column("max_uses", sa.Integer(), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("is_once", sa.Boolean(), nullable=False),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("is_embeddable", sa.Boolean(), nullable=False),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("contest_id", BIG, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("updated_at", AT, nullable=False),
        sa.Column("deleted_at", AT, nullable=True),
        sa.CheckConstraint(
            "audience IN ('everybody', 'members', 'holders')", name=op.f("ck_coupons_audience")
        ),
        sa.CheckConstraint("kind IN ('percent', 'amount', 'free_shipping')", name=op.f("ck_coupons_kind")),
        sa.CheckConstraint("other_way IN ('account', 'email')", name=op.f("ck_coupons_other_way")),
        sa.CheckConstraint("scope IN ('all', 'products', 'collections')", name=op.f("ck_coupons_scope")),
        sa.CheckConstraint("amount >= 0 AND minimum_amount >= 0", name=op.f("ck_coupons_amounts")),
        sa.CheckConstraint("percent_bp BETWEEN 0 AND 10000", name=op.f("ck_coupons_percent_bp")),
        sa.CheckConstraint(
            "starts_at IS NULL OR ends_at IS NULL OR starts_at < ends_at", name=op.f("ck_coupons_dates")
        ),
        sa.CheckConstraint("unit_limit IS NULL OR unit_limit > 0", name=op.f("ck_coupons_unit_limit")),
        sa.CheckConstraint(
            "uses >= 0 AND (max_uses IS NULL OR uses <= max_uses)", name=op.f("ck_coupons_uses")
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_coupons_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupons")),
        sa.UniqueConstraint("page_id", "code_key", name=op.f("uq_coupons_page_id_code_key")),
    )
    op.create_index(
        "ix_coupons_automatic",
        "coupons",
        ["page_id", "id"],
        unique=False,
        sqlite_where=sa.text("is_automatic AND NOT is_paused AND deleted_at IS NULL"),
        postgresql_where=sa.text("is_automatic AND NOT is_paused AND deleted_at IS NULL"),
    )
    op.create_index(
        "ix_coupons_listed",
        "coupons",
        ["page_id", "id"],
        unique=False,
        sqlite_where=sa.text("is_listed AND NOT is_paused AND deleted_at IS NULL"),
        postgresql_where=sa.text("is_listed AND NOT is_paused AND deleted_at IS NULL"),
    )
    op.create_index("ix_coupons_page_id", "coupons", ["page_id", "id"], unique=False)
    op.create_table(
        "fan_looks",
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("started_at", AT, nullable=True),
        sa.Column("finished_at", AT, nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_fan_looks_done")),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_fan_looks_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("page_id", name=op.f("pk_fan_looks")),
    )
    op.create_table(
        "fan_reports",
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fans", sa.Integer(), nullable=False),
        sa.Column("real", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("computed_at", AT, nullable=False),
        sa.CheckConstraint("real BETWEEN 0 AND fans", name=op.f("ck_fan_reports_real")),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_fan_reports_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("page_id", "day", name=op.f("pk_fan_reports")),
    )
    op.create_table(
        "fan_scores",
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("is_flagged", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("computed_at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_fan_scores_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_fan_scores_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("page_id", "account_id", name=op.f("pk_fan_scores")),
    )
    op.create_index("ix_fan_scores_account_id", "fan_scores", ["account_id"], unique=False)
    op.create_index(
        "ix_fan_scores_flagged",
        "fan_scores",
        ["page_id", "score", "account_id"],
        unique=False,
        sqlite_where=sa.text("is_flagged"),
        postgresql_where=sa.text("is_flagged"),
    )
    op.create_table(
        "fan_verdicts",
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("is_real", sa.Boolean(), nullable=False),
        sa.Column("by_account_id", BIG, nullable=True),
        sa.Column("at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_fan_verdicts_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["by_account_id"],
            ["accounts.id"],
            name=op.f("fk_fan_verdicts_by_account_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_fan_verdicts_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("page_id", "account_id", name=op.f("pk_fan_verdicts")),
    )
    op.create_index("ix_fan_verdicts_account_id", "fan_verdicts", ["account_id"], unique=False)
    op.create_table(
        "follower_imports",
        sa.Column("id", BIG, nullable=False),
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("file_key", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("is_day_first", sa.Boolean(), nullable=True),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("finished_at", AT, nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting', 'running', 'done', 'cancelled', 'failed')",
            name=op.f("ck_follower_imports_status"),
        ),
        sa.CheckConstraint("done BETWEEN 0 AND total", name=op.f("ck_follower_imports_done")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_follower_imports_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_follower_imports_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follower_imports")),
    )
    op.create_index("ix_follower_imports_page_id", "follower_imports", ["page_id", "id"], unique=False)
    op.create_table(
        "invited_visitors",
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("visitor_key", sa.Text(), nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("arm", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("first_at", AT, nullable=False),
        sa.Column("shown_at", AT, nullable=True),
        sa.Column("skipped_at", AT, nullable=True),
        sa.Column("ordered_at", AT, nullable=True),
        sa.Column("order_count", sa.Integer(), nullable=False),
        sa.Column("paid_amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("order_count >= 0 AND paid_amount >= 0", name=op.f("ck_invited_visitors_orders")),
        sa.CheckConstraint("arm IN ('invited', 'held_out')", name=op.f("ck_invited_visitors_arm")),
        sa.CheckConstraint(
            "place IN ('shop', 'coupons', 'contest', 'embed')", name=op.f("ck_invited_visitors_place")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_invited_visitors_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_invited_visitors_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("page_id", "visitor_key", name=op.f("pk_invited_visitors")),
    )
    op.create_index(
        "ix_invited_visitors_account_id",
        "invited_visitors",
        ["account_id"],
        unique=False,
        sqlite_where=sa.text("account_id IS NOT NULL"),
        postgresql_where=sa.text("account_id IS NOT NULL"),
    )
    op.create_index(
        "ix_invited_visitors_arm", "invited_visitors", ["page_id", "arm", "first_at"], unique=False
    )
    op.create_index("ix_invited_visitors_visitor_key", "invited_visitors", ["visitor_key"], unique=False)
    op.create_table(
        "like_invitations",
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("style", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("held_out_bp", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("started_at", AT, nullable=False),
        sa.CheckConstraint("style IN ('banner', 'dialog')", name=op.f("ck_like_invitations_style")),
        sa.CheckConstraint("held_out_bp BETWEEN 0 AND 5000", name=op.f("ck_like_invitations_held_out_bp")),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_like_invitations_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("page_id", name=op.f("pk_like_invitations")),
    )
    op.create_table(
        "contests",
        sa.Column("id", BIG, nullable=False),
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("prize", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("right_answer", sa.Integer(), nullable=True),
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("picture", sa.JSON(), nullable=True),
        sa.Column("picture_alt", sa.Text(), nullable=False),
        sa.Column("organiser", sa.Text(), nullable=False),
        sa.Column("minimum_age", sa.Integer(), nullable=False),
        sa.Column("countries", sa.JSON(), nullable=False),
        sa.Column("prize_product_id", BIG, nullable=True),
        sa.Column("prize_value_amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("prize_days", sa.Integer(), nullable=False),
        sa.Column("winner_count", sa.Integer(), nullable=False),
        sa.Column("is_embeddable", sa.Boolean(), nullable=False),
        sa.Column("starts_at", AT, nullable=False),
        sa.Column("ends_at", AT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=True),
        sa.Column("commitment", sa.Text(), nullable=True),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("entry_count", sa.Integer(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("published_at", AT, nullable=True),
        sa.Column("drawn_at", AT, nullable=True),
        sa.Column("cancelled_at", AT, nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("deleted_at", AT, nullable=True),
        sa.CheckConstraint("kind IN ('draw', 'quiz', 'photo')", name=op.f("ck_contests_kind")),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'drawn', 'cancelled')", name=op.f("ck_contests_status")
        ),
        sa.CheckConstraint("entry_count >= 0", name=op.f("ck_contests_entry_count")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_contests_dates")),
        sa.CheckConstraint("winner_count > 0", name=op.f("ck_contests_winner_count")),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_contests_page_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["prize_product_id"],
            ["products.id"],
            name=op.f("fk_contests_prize_product_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contests")),
        sa.UniqueConstraint("page_id", "slug", name=op.f("uq_contests_page_id_slug")),
    )
    op.create_index("ix_contests_page_id", "contests", ["page_id", "id"], unique=False)
    op.create_index(
        "ix_contests_public",
        "contests",
        ["page_id", "ends_at", "id"],
        unique=False,
        sqlite_where=sa.text("status <> 'draft' AND deleted_at IS NULL"),
        postgresql_where=sa.text("status <> 'draft' AND deleted_at IS NULL"),
    )
    op.create_table(
        "coupon_collections",
        sa.Column("coupon_id", BIG, nullable=False),
        sa.Column("collection_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collections.id"],
            name=op.f("fk_coupon_collections_collection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coupon_id"], ["coupons.id"], name=op.f("fk_coupon_collections_coupon_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("coupon_id", "collection_id", name=op.f("pk_coupon_collections")),
    )
    op.create_index(
        "ix_coupon_collections_collection_id", "coupon_collections", ["collection_id"], unique=False
    )
    op.create_table(
        "coupon_holdings",
        sa.Column("id", BIG, nullable=False),
        sa.Column("coupon_id", BIG, nullable=False),
        sa.Column("holder_key", sa.Text(), nullable=False),
        sa.Column("way", sa.String(length=40), nullable=False),
        sa.Column("taken_at", AT, nullable=False),
        sa.CheckConstraint(
            "way IN ('page', 'like', 'account', 'email', 'embed', 'prize')",
            name=op.f("ck_coupon_holdings_way"),
        ),
        sa.ForeignKeyConstraint(
            ["coupon_id"], ["coupons.id"], name=op.f("fk_coupon_holdings_coupon_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_holdings")),
        sa.UniqueConstraint("coupon_id", "holder_key", name=op.f("uq_coupon_holdings_coupon_id_holder_key")),
    )
    op.create_index("ix_coupon_holdings_holder_key", "coupon_holdings", ["holder_key", "id"], unique=False)
    op.create_table(
        "coupon_products",
        sa.Column("coupon_id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["coupon_id"], ["coupons.id"], name=op.f("fk_coupon_products_coupon_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_coupon_products_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("coupon_id", "product_id", name=op.f("pk_coupon_products")),
    )
    op.create_index("ix_coupon_products_product_id", "coupon_products", ["product_id"], unique=False)
    op.create_table(
        "coupon_redemptions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("coupon_id", BIG, nullable=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("customer_key", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("shipping_amount", sa.Integer(), nullable=False),
        sa.Column("taken_at", AT, nullable=False),
        sa.Column("returned_at", AT, nullable=True),
        sa.Column("returned_keys", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "amount >= 0 AND shipping_amount >= 0", name=op.f("ck_coupon_redemptions_amounts")
        ),
        sa.ForeignKeyConstraint(
            ["coupon_id"], ["coupons.id"], name=op.f("fk_coupon_redemptions_coupon_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_redemptions")),
    )
    op.create_index(
        "ix_coupon_redemptions_coupon_id", "coupon_redemptions", ["coupon_id", "id"], unique=False
    )
    op.create_index(
        "uq_coupon_redemptions_order",
        "coupon_redemptions",
        ["order_id"],
        unique=True,
        sqlite_where=sa.text("returned_at IS NULL"),
        postgresql_where=sa.text("returned_at IS NULL"),
    )
    op.create_table(
        "contest_entries",
        sa.Column("id", BIG, nullable=False),
        sa.Column("contest_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("answer", sa.Integer(), nullable=True),
        sa.Column("photo", sa.JSON(), nullable=True),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("photo_status", sa.String(length=40), nullable=False),
        sa.Column("refused_reason", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("is_new_follower", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=True),
        sa.Column("entered_at", AT, nullable=False),
        sa.Column("confirmed_at", AT, nullable=True),
        sa.Column("withdrawn_at", AT, nullable=True),
        sa.CheckConstraint(
            "photo_status IN ('none', 'waiting', 'approved', 'refused')",
            name=op.f("ck_contest_entries_photo_status"),
        ),
        sa.CheckConstraint("source IN ('page', 'post', 'embed')", name=op.f("ck_contest_entries_source")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_contest_entries_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contests.id"], name=op.f("fk_contest_entries_contest_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_entries")),
        sa.UniqueConstraint("contest_id", "number", name=op.f("uq_contest_entries_contest_id_number")),
        sa.UniqueConstraint(
            "contest_id", "person_key", name=op.f("uq_contest_entries_contest_id_person_key")
        ),
    )
    op.create_index("ix_contest_entries_account_id", "contest_entries", ["account_id"], unique=False)
    op.create_index("ix_contest_entries_contest_id", "contest_entries", ["contest_id", "id"], unique=False)
    op.create_index(
        "ix_contest_entries_photo_status",
        "contest_entries",
        ["contest_id", "photo_status", "id"],
        unique=False,
    )
    op.create_table(
        "coupon_use_keys",
        sa.Column("coupon_id", BIG, nullable=False),
        sa.Column("customer_key", sa.Text(), nullable=False),
        sa.Column("redemption_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["coupon_id"], ["coupons.id"], name=op.f("fk_coupon_use_keys_coupon_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["redemption_id"],
            ["coupon_redemptions.id"],
            name=op.f("fk_coupon_use_keys_redemption_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("coupon_id", "customer_key", name=op.f("pk_coupon_use_keys")),
    )
    op.create_index("ix_coupon_use_keys_redemption_id", "coupon_use_keys", ["redemption_id"], unique=False)
    op.create_table(
        "contest_winners",
        sa.Column("contest_id", BIG, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("entry_id", BIG, nullable=False),
        sa.Column("coupon_id", BIG, nullable=True),
        sa.Column("drawn_at", AT, nullable=False),
        sa.Column("replaced_at", AT, nullable=True),
        sa.Column("replaced_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contests.id"], name=op.f("fk_contest_winners_contest_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["coupon_id"], ["coupons.id"], name=op.f("fk_contest_winners_coupon_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["contest_entries.id"], name=op.f("fk_contest_winners_entry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contest_id", "rank", name=op.f("pk_contest_winners")),
        sa.UniqueConstraint("contest_id", "entry_id", name=op.f("uq_contest_winners_contest_id_entry_id")),
    )
