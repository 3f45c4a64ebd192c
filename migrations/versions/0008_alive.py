"""The page is alive: posts and talk, people and their ties, notifications, moderation, what led to an order"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

from shop.core.text_search import words_of

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
ROLES = "role IN ('owner', 'manager', 'editor', 'fulfilment', 'analyst')"
CHUNK = 1000

accounts = sa.table("accounts", sa.column("id"), sa.column("name"), sa.column("created_at", AT))
profiles = sa.table(
    "profiles", sa.column("account_id"), sa.column("handle"), sa.column("bio"), sa.column("visibility"),
    sa.column("likes_visibility"), sa.column("friends_visibility"), sa.column("asked_by"),
    sa.column("is_findable", sa.Boolean), sa.column("created_at", AT),
)  # fmt: skip


pages = sa.table(
    "pages", sa.column("id"), sa.column("name"), sa.column("tagline"), sa.column("translations", sa.JSON)
)
page_words = sa.table("page_words", sa.column("word"), sa.column("page_id"))


def upgrade() -> None:
    """Apply this change."""
    _create_tables()
    _add_columns()
    for table in ("page_staff", "page_invitations"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_role"), type_="check")
            batch.create_check_constraint(op.f(f"ck_{table}_role"), ROLES)
    _give_everybody_a_profile()
    _tell_the_likes()
    _tell_the_words_of_pages()


def _give_everybody_a_profile() -> None:
    connection, last = op.get_bind(), 0
    while True:
        rows = connection.execute(
            sa.select(accounts.c.id, accounts.c.name, accounts.c.created_at)
            .where(accounts.c.id > last)
            .order_by(accounts.c.id)
            .limit(CHUNK)
        ).all()
        if not rows:
            return
        last = rows[-1].id
        connection.execute(
            sa.insert(profiles),
            [
                {
                    # The number keeps two of one name apart.
                    "account_id": row.id, "handle": _handle(row.name, row.id), "bio": "", "visibility": "everybody",
                    "likes_visibility": "friends", "friends_visibility": "friends", "asked_by": "everybody",
                    "is_findable": True, "created_at": row.created_at,
                }
                for row in rows
            ],
        )  # fmt: skip


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "person"


def _handle(name: str, number: int) -> str:
    """Return the address of a profile, not longer than the form takes."""
    return f"{_slug(name)[: 39 - len(str(number))].strip('-')}-{number}"


def _tell_the_likes() -> None:
    """Write the likes that there are as gained, so that the history begins with the first."""
    op.execute(
        "INSERT INTO page_like_events (page_id, account_id, is_gain, source, source_ref, at)"
        " SELECT page_id, account_id, true, source, source_ref, followed_at FROM page_followers ORDER BY followed_at, id"
    )


def _tell_the_words_of_pages() -> None:
    rows = [
        {"word": word, "page_id": page.id}
        for page in op.get_bind().execute(sa.select(pages))
        for word in dict.fromkeys(
            word
            for text in (
                page.name,
                page.tagline,
                *(str((texts or {}).get("tagline") or "") for texts in (page.translations or {}).values()),
            )
            for word in words_of(text)
        )
    ]
    if rows:
        op.bulk_insert(page_words, rows)


def _create_tables() -> None:
    op.create_table(
        "page_words",
        sa.Column("word", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("page_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_page_words_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("word", "page_id", name=op.f("pk_page_words")),
    )
    op.create_index("ix_page_words_page_id", "page_words", ["page_id"], unique=False)
    op.create_table(
        "affinities",
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("level", sa.Double(), nullable=False),
        sa.Column("interactions", sa.Integer(), nullable=False),
        sa.Column("first_view_at", AT, nullable=True),
        sa.Column("last_view_at", AT, nullable=True),
        sa.Column("last_interaction_at", AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_affinities_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_affinities_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "page_id", name=op.f("pk_affinities")),
    )
    op.create_index("ix_affinities_level", "affinities", ["account_id", "level"], unique=False)
    op.create_index("ix_affinities_page_id", "affinities", ["page_id"], unique=False)
    op.create_table(
        "blocked_words",
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_blocked_words_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("page_id", "word", name=op.f("pk_blocked_words")),
    )
    op.create_table(
        "blocks",
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("blocked_id", BIG, nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.CheckConstraint("account_id <> blocked_id", name=op.f("ck_blocks_other")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_blocks_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["blocked_id"], ["accounts.id"], name=op.f("fk_blocks_blocked_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "blocked_id", name=op.f("pk_blocks")),
    )
    op.create_index("ix_blocks_blocked_id", "blocks", ["blocked_id"], unique=False)
    op.create_table(
        "feed_settings",
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("sorting", sa.String(length=40), nullable=False),
        sa.Column("sliders", sa.JSON(), nullable=False),
        sa.CheckConstraint("sorting IN ('ranked', 'chronological')", name=op.f("ck_feed_settings_sorting")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_feed_settings_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_feed_settings")),
    )
    op.create_table(
        "friend_requests",
        sa.Column("asker_id", BIG, nullable=False),
        sa.Column("asked_id", BIG, nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("declined_at", AT, nullable=True),
        sa.CheckConstraint("asker_id <> asked_id", name=op.f("ck_friend_requests_other")),
        sa.ForeignKeyConstraint(
            ["asked_id"], ["accounts.id"], name=op.f("fk_friend_requests_asked_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["asker_id"], ["accounts.id"], name=op.f("fk_friend_requests_asker_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("asker_id", "asked_id", name=op.f("pk_friend_requests")),
    )
    op.create_index("ix_friend_requests_asked_id", "friend_requests", ["asked_id", "asked_at"], unique=False)
    op.create_table(
        "friends",
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("friend_id", BIG, nullable=False),
        sa.Column("since", AT, nullable=False),
        sa.CheckConstraint("account_id <> friend_id", name=op.f("ck_friends_other")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_friends_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["friend_id"], ["accounts.id"], name=op.f("fk_friends_friend_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "friend_id", name=op.f("pk_friends")),
    )
    op.create_table(
        "kind_weights",
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("mean", sa.Double(), nullable=False),
        sa.Column("learned_at", AT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('text', 'photo', 'product', 'link', 'video')", name=op.f("ck_kind_weights_kind")
        ),
        sa.CheckConstraint("weight > 0", name=op.f("ck_kind_weights_weight")),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_kind_weights_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("page_id", "kind", name=op.f("pk_kind_weights")),
    )
    op.create_table(
        "moderation_cases",
        sa.Column("id", BIG, nullable=False),
        sa.Column("page_id", BIG, nullable=True),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", BIG, nullable=False),
        sa.Column("author_id", BIG, nullable=True),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("signs", sa.JSON(), nullable=False),
        sa.Column("report_count", sa.Integer(), nullable=False),
        sa.Column("opened_at", AT, nullable=False),
        sa.Column("decision", sa.String(length=40), nullable=True),
        sa.Column("decided_at", AT, nullable=True),
        sa.Column("decided_by_id", BIG, nullable=True),
        sa.Column("decision_reason", sa.String(length=40), nullable=True),
        sa.Column("status_before", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "decision IN ('kept', 'hidden', 'removed', 'banned')", name=op.f("ck_moderation_cases_decision")
        ),
        sa.CheckConstraint(
            "decision_reason IN ('spam', 'harassment', 'hate', 'violence', 'nudity', 'fraud', 'counterfeit', 'blocked_word', 'other')",
            name=op.f("ck_moderation_cases_decision_reason"),
        ),
        sa.CheckConstraint(
            "subject_kind IN ('post', 'comment', 'share', 'person', 'page')",
            name=op.f("ck_moderation_cases_subject_kind"),
        ),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_moderation_cases_decided")
        ),
        sa.CheckConstraint("report_count >= 0", name=op.f("ck_moderation_cases_report_count")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["accounts.id"], name=op.f("fk_moderation_cases_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["accounts.id"],
            name=op.f("fk_moderation_cases_decided_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_moderation_cases_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_cases")),
    )
    op.create_index(
        "ix_moderation_cases_subject_id", "moderation_cases", ["subject_id", "subject_kind"], unique=False
    )
    op.create_index(
        "ix_moderation_cases_author_id", "moderation_cases", ["author_id", "page_id"], unique=False
    )
    op.create_index(
        "ix_moderation_cases_page_id", "moderation_cases", ["page_id", "decided_at", "id"], unique=False
    )
    op.create_index(
        "uq_moderation_cases_open",
        "moderation_cases",
        ["subject_kind", "subject_id"],
        unique=True,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "notification_settings",
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("in_app", sa.Boolean(), nullable=False),
        sa.Column("mail", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "kind IN ('comment_reply', 'comment_like', 'friend_request', 'friend_accepted', 'share', 'order', 'page_comment', 'moderation')",
            name=op.f("ck_notification_settings_kind"),
        ),
        sa.CheckConstraint(
            "mail IN ('never', 'daily', 'weekly')", name=op.f("ck_notification_settings_mail")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_notification_settings_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "kind", name=op.f("pk_notification_settings")),
    )
    op.create_table(
        "notifications",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("in_app", sa.Boolean(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("updated_at", AT, nullable=False),
        sa.Column("read_at", AT, nullable=True),
        sa.Column("mailed_at", AT, nullable=True),
        sa.CheckConstraint(
            "kind IN ('comment_reply', 'comment_like', 'friend_request', 'friend_accepted', 'share', 'order', 'page_comment', 'moderation')",
            name=op.f("ck_notifications_kind"),
        ),
        sa.CheckConstraint("count >= 1", name=op.f("ck_notifications_count")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_notifications_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
    )
    op.create_index(
        "ix_notifications_account_id", "notifications", ["account_id", "updated_at", "id"], unique=False
    )
    op.create_index("ix_notifications_path", "notifications", ["path"], unique=False)
    op.create_index(
        "uq_notifications_unread",
        "notifications",
        ["account_id", "kind", "subject"],
        unique=True,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "open_feeds",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("sorting", sa.String(length=40), nullable=False),
        sa.Column("opened_at", AT, nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.CheckConstraint("sorting IN ('ranked', 'chronological')", name=op.f("ck_open_feeds_sorting")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_open_feeds_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_open_feeds")),
    )
    op.create_index("ix_open_feeds_account_id", "open_feeds", ["account_id", "opened_at"], unique=False)
    op.create_table(
        "page_bans",
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("by_id", BIG, nullable=True),
        sa.Column("at", AT, nullable=False),
        sa.CheckConstraint(
            "reason IN ('spam', 'harassment', 'hate', 'violence', 'nudity', 'fraud', 'counterfeit', 'blocked_word', 'other')",
            name=op.f("ck_page_bans_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_page_bans_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["accounts.id"], name=op.f("fk_page_bans_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_page_bans_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("page_id", "account_id", name=op.f("pk_page_bans")),
    )
    op.create_index("ix_page_bans_account_id", "page_bans", ["account_id"], unique=False)
    op.create_table(
        "page_like_events",
        sa.Column("id", BIG, nullable=False),
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("is_gain", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=True),
        sa.Column("at", AT, nullable=False),
        sa.CheckConstraint(
            "source IN ('organic', 'post', 'friend', 'contest', 'coupon', 'ad', 'embed', 'import')",
            name=op.f("ck_page_like_events_source"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_page_like_events_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_page_like_events_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_like_events")),
    )
    op.create_index("ix_page_like_events_account_id", "page_like_events", ["account_id"], unique=False)
    op.create_index("ix_page_like_events_page_id", "page_like_events", ["page_id", "at"], unique=False)
    op.create_index(
        "ix_page_like_events_source", "page_like_events", ["page_id", "source", "source_ref"], unique=False
    )
    op.create_table(
        "person_follows",
        sa.Column("follower_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("since", AT, nullable=False),
        sa.Column("level", sa.Double(), nullable=False),
        sa.CheckConstraint("follower_id <> person_id", name=op.f("ck_person_follows_other")),
        sa.ForeignKeyConstraint(
            ["follower_id"], ["accounts.id"], name=op.f("fk_person_follows_follower_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["accounts.id"], name=op.f("fk_person_follows_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("follower_id", "person_id", name=op.f("pk_person_follows")),
    )
    op.create_index("ix_person_follows_level", "person_follows", ["follower_id", "level"], unique=False)
    op.create_index("ix_person_follows_person_id", "person_follows", ["person_id"], unique=False)
    op.create_table(
        "posts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("link_url", sa.Text(), nullable=True),
        sa.Column("link_title", sa.Text(), nullable=False),
        sa.Column("link_description", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("created_by_id", BIG, nullable=True),
        sa.Column("scheduled_at", AT, nullable=True),
        sa.Column("published_at", AT, nullable=True),
        sa.Column("edited_at", AT, nullable=True),
        sa.Column("pinned_at", AT, nullable=True),
        sa.Column("deleted_at", AT, nullable=True),
        sa.Column("is_promoted", sa.Boolean(), nullable=True),
        sa.Column("import_ref", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('text', 'photo', 'product', 'link', 'video')", name=op.f("ck_posts_kind")
        ),
        sa.CheckConstraint(
            "status <> 'published' OR published_at IS NOT NULL", name=op.f("ck_posts_published_at")
        ),
        sa.CheckConstraint(
            "status <> 'scheduled' OR scheduled_at IS NOT NULL", name=op.f("ck_posts_scheduled_at")
        ),
        sa.CheckConstraint("status IN ('draft', 'scheduled', 'published')", name=op.f("ck_posts_status")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["accounts.id"], name=op.f("fk_posts_created_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_posts_page_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("page_id", "import_ref", name=op.f("uq_posts_page_id_import_ref")),
    )
    op.create_index(
        "ix_posts_deleted",
        "posts",
        ["page_id", "deleted_at", "id"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NOT NULL"),
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.create_index("ix_posts_page_id", "posts", ["page_id", "status", "id"], unique=False)
    op.create_index(
        "ix_posts_visible",
        "posts",
        ["page_id", "published_at", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'published' AND deleted_at IS NULL"),
        postgresql_where=sa.text("status = 'published' AND deleted_at IS NULL"),
    )
    op.create_index(
        "uq_posts_pinned",
        "posts",
        ["page_id"],
        unique=True,
        sqlite_where=sa.text("pinned_at IS NOT NULL"),
        postgresql_where=sa.text("pinned_at IS NOT NULL"),
    )
    op.create_table(
        "profiles",
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("bio", sa.Text(), nullable=False),
        sa.Column("avatar", sa.JSON(), nullable=True),
        sa.Column("visibility", sa.String(length=40), nullable=False),
        sa.Column("likes_visibility", sa.String(length=40), nullable=False),
        sa.Column("friends_visibility", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.String(length=40), nullable=False),
        sa.Column("is_findable", sa.Boolean(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.CheckConstraint(
            "asked_by IN ('everybody', 'friends_of_friends', 'nobody')", name=op.f("ck_profiles_asked_by")
        ),
        sa.CheckConstraint(
            "friends_visibility IN ('everybody', 'friends', 'nobody')",
            name=op.f("ck_profiles_friends_visibility"),
        ),
        sa.CheckConstraint(
            "likes_visibility IN ('everybody', 'friends', 'nobody')",
            name=op.f("ck_profiles_likes_visibility"),
        ),
        sa.CheckConstraint(
            "visibility IN ('everybody', 'friends', 'nobody')", name=op.f("ck_profiles_visibility")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_profiles_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_profiles")),
        sa.UniqueConstraint("handle", name=op.f("uq_profiles_handle")),
    )
    op.create_table(
        "comments",
        sa.Column("id", BIG, nullable=False),
        sa.Column("post_id", BIG, nullable=False),
        sa.Column("parent_id", BIG, nullable=True),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("is_page", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("edited_at", AT, nullable=True),
        sa.Column("deleted_at", AT, nullable=True),
        sa.Column("like_count", sa.Integer(), nullable=False),
        sa.Column("reply_count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('visible', 'held', 'hidden', 'removed')", name=op.f("ck_comments_status")
        ),
        sa.CheckConstraint("like_count >= 0 AND reply_count >= 0", name=op.f("ck_comments_counts")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_comments_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["comments.id"], name=op.f("fk_comments_parent_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_comments_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index("ix_comments_account_id", "comments", ["account_id", "at"], unique=False)
    op.create_index("ix_comments_post_id", "comments", ["post_id", "parent_id", "id"], unique=False)
    op.create_table(
        "hidden_posts",
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("post_id", BIG, nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_hidden_posts_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_hidden_posts_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "post_id", name=op.f("pk_hidden_posts")),
    )
    op.create_table(
        "moderation_reports",
        sa.Column("id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", BIG, nullable=False),
        sa.Column("reporter_id", BIG, nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.CheckConstraint(
            "reason IN ('spam', 'harassment', 'hate', 'violence', 'nudity', 'fraud', 'counterfeit', 'blocked_word', 'other')",
            name=op.f("ck_moderation_reports_reason"),
        ),
        sa.CheckConstraint(
            "subject_kind IN ('post', 'comment', 'share', 'person', 'page')",
            name=op.f("ck_moderation_reports_subject_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["moderation_cases.id"],
            name=op.f("fk_moderation_reports_case_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"],
            ["accounts.id"],
            name=op.f("fk_moderation_reports_reporter_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_reports")),
        sa.UniqueConstraint(
            "subject_kind",
            "subject_id",
            "reporter_id",
            name=op.f("uq_moderation_reports_subject_kind_subject_id_reporter_id"),
        ),
    )
    op.create_index("ix_moderation_reports_case_id", "moderation_reports", ["case_id"], unique=False)
    op.create_index("ix_moderation_reports_reporter_id", "moderation_reports", ["reporter_id"], unique=False)
    op.create_table(
        "post_counts",
        sa.Column("post_id", BIG, nullable=False),
        sa.Column("reactions", sa.Integer(), nullable=False),
        sa.Column("likes", sa.Integer(), nullable=False),
        sa.Column("loves", sa.Integer(), nullable=False),
        sa.Column("hahas", sa.Integer(), nullable=False),
        sa.Column("wows", sa.Integer(), nullable=False),
        sa.Column("sads", sa.Integer(), nullable=False),
        sa.Column("angries", sa.Integer(), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("shares", sa.Integer(), nullable=False),
        sa.Column("impressions", sa.Integer(), nullable=False),
        sa.Column("reach", sa.Integer(), nullable=False),
        sa.Column("engaged", sa.Integer(), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "impressions >= 0 AND reach >= 0 AND engaged >= 0 AND clicks >= 0",
            name=op.f("ck_post_counts_views"),
        ),
        sa.CheckConstraint(
            "likes >= 0 AND loves >= 0 AND hahas >= 0 AND wows >= 0 AND sads >= 0 AND angries >= 0",
            name=op.f("ck_post_counts_kinds"),
        ),
        sa.CheckConstraint(
            "reactions >= 0 AND comments >= 0 AND shares >= 0", name=op.f("ck_post_counts_interactions")
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_counts_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_post_counts")),
    )
    op.create_table(
        "post_days",
        sa.Column("post_id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("impressions", sa.Integer(), nullable=False),
        sa.Column("reach", sa.Integer(), nullable=False),
        sa.Column("engaged", sa.Integer(), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.Column("reactions", sa.Integer(), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("shares", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "impressions >= 0 AND reach >= 0 AND engaged >= 0 AND clicks >= 0",
            name=op.f("ck_post_days_views"),
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_post_days_page_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_days_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "day", name=op.f("pk_post_days")),
    )
    op.create_index("ix_post_days_page_id", "post_days", ["page_id", "day"], unique=False)
    op.create_table(
        "post_photos",
        sa.Column("id", BIG, nullable=False),
        sa.Column("post_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("picture", sa.JSON(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("is_decorative", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_photos_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_photos")),
    )
    op.create_index("ix_post_photos_post_id", "post_photos", ["post_id", "position"], unique=False)
    op.create_table(
        "post_revisions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("post_id", BIG, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_post_revisions_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_revisions_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_revisions")),
    )
    op.create_index("ix_post_revisions_post_id", "post_revisions", ["post_id", "id"], unique=False)
    op.create_table(
        "post_views",
        sa.Column("reader_key", sa.Text(), nullable=False),
        sa.Column("post_id", BIG, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", AT, nullable=False),
        sa.Column("last_at", AT, nullable=False),
        sa.Column("engaged_at", AT, nullable=True),
        sa.CheckConstraint("times >= 0", name=op.f("ck_post_views_times")),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_views_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("reader_key", "post_id", name=op.f("pk_post_views")),
    )
    op.create_index("ix_post_views_post_id", "post_views", ["post_id"], unique=False)
    op.create_table(
        "reactions",
        sa.Column("post_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('like', 'love', 'haha', 'wow', 'sad', 'angry')", name=op.f("ck_reactions_kind")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_reactions_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_reactions_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "account_id", name=op.f("pk_reactions")),
    )
    op.create_index("ix_reactions_account_id", "reactions", ["account_id", "at"], unique=False)
    op.create_table(
        "shares",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("post_id", BIG, nullable=True),
        sa.Column("product_id", BIG, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(length=40), nullable=False),
        sa.Column("recipient_id", BIG, nullable=True),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("deleted_at", AT, nullable=True),
        sa.CheckConstraint(
            "(audience = 'friend') = (recipient_id IS NOT NULL)", name=op.f("ck_shares_recipient")
        ),
        sa.CheckConstraint("audience IN ('followers', 'friend')", name=op.f("ck_shares_audience")),
        sa.CheckConstraint("(post_id IS NULL) <> (product_id IS NULL)", name=op.f("ck_shares_one_thing")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_shares_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_shares_page_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_shares_post_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_shares_product_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["accounts.id"], name=op.f("fk_shares_recipient_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shares")),
        sa.UniqueConstraint("token", name=op.f("uq_shares_token")),
    )
    op.create_index("ix_shares_account_id", "shares", ["account_id", "at"], unique=False)
    op.create_index("ix_shares_page_id", "shares", ["page_id", "at"], unique=False)
    op.create_index("ix_shares_post_id", "shares", ["post_id"], unique=False)
    op.create_index("ix_shares_recipient_id", "shares", ["recipient_id", "at"], unique=False)
    op.create_table(
        "comment_likes",
        sa.Column("comment_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_comment_likes_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_comment_likes_comment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", "account_id", name=op.f("pk_comment_likes")),
    )
    op.create_index("ix_comment_likes_account_id", "comment_likes", ["account_id"], unique=False)
    op.create_table(
        "post_tags",
        sa.Column("id", BIG, nullable=False),
        sa.Column("post_id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("photo_id", BIG, nullable=True),
        sa.Column("x", sa.Integer(), nullable=True),
        sa.Column("y", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(photo_id IS NULL) = (x IS NULL) AND (x IS NULL) = (y IS NULL)", name=op.f("ck_post_tags_point")
        ),
        sa.CheckConstraint("x BETWEEN 0 AND 1000 AND y BETWEEN 0 AND 1000", name=op.f("ck_post_tags_inside")),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["post_photos.id"], name=op.f("fk_post_tags_photo_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_tags_post_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_post_tags_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_tags")),
    )
    op.create_index("ix_post_tags_post_id", "post_tags", ["post_id"], unique=False)
    op.create_index("ix_post_tags_product_id", "post_tags", ["product_id"], unique=False)


def _add_columns() -> None:
    op.add_column("accounts", sa.Column("unread_count", sa.Integer(), server_default="0", nullable=False))
    op.add_column("orders", sa.Column("touch_kind", sa.Text(), nullable=True))
    op.add_column("orders", sa.Column("touch_post_id", BIG, nullable=True))
    op.add_column("orders", sa.Column("touch_share_id", BIG, nullable=True))
    op.add_column("orders", sa.Column("touch_at", AT, nullable=True))
    op.add_column("orders", sa.Column("campaign", sa.JSON(), nullable=True))
    op.create_index(
        "ix_orders_touch_post",
        "orders",
        ["page_id", "touch_post_id"],
        unique=False,
        sqlite_where=sa.text("touch_post_id IS NOT NULL"),
        postgresql_where=sa.text("touch_post_id IS NOT NULL"),
    )
    op.add_column("page_versions", sa.Column("last_post_at", AT, nullable=True))
    op.drop_index("ix_page_followers_account_id", "page_followers")
    for name, first in (
        ("account_id", ["account_id"]),
        ("followed_at", ["page_id"]),
        ("source", ["page_id", "source"]),
    ):
        op.create_index(
            f"ix_page_followers_{name}", "page_followers", [*first, "followed_at", "id"], unique=False
        )
