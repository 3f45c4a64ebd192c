"""Posts with their pictures, tags and counts; reactions, comments and shares."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.core.db import Base, EnumText, Id, enum_check
from shop.core.text_search import join_words, words_of


class PostKind(enum.StrEnum):
    """What a post mainly is; the feed learns a weight for each on each page."""

    TEXT = "text"
    PHOTO = "photo"
    PRODUCT = "product"
    LINK = "link"
    VIDEO = "video"


class PostStatus(enum.StrEnum):
    """Where a post stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"


class ReactionKind(enum.StrEnum):
    """How somebody feels about a post."""

    LIKE = "like"
    LOVE = "love"
    HAHA = "haha"
    WOW = "wow"
    SAD = "sad"
    ANGRY = "angry"


class CommentStatus(enum.StrEnum):
    """Who sees a comment."""

    VISIBLE = "visible"
    HELD = "held"
    """By a word filter or as likely spam: its author and the page's staff see it."""
    HIDDEN = "hidden"
    """By the page: its author and the author's friends still see it, as everybody else does not."""
    REMOVED = "removed"
    """By the page: nobody sees it."""


class ShareAudience(enum.StrEnum):
    """Whom a share is for."""

    FOLLOWERS = "followers"
    FRIEND = "friend"


VISIBLE_SQL = "status = 'published' AND deleted_at IS NULL"
"""What everybody may see; SQLite uses the partial indexes only for a query that says the same words."""
DELETED_SQL = "deleted_at IS NOT NULL"
DEMO_REF = "demo:"
"""How the reference of a post begins that the demo wrote here; it came from no file."""


MAX_SEARCH_TEXT = 4000


def words_to_search(*texts: str | None) -> str:
    """Return the words of a post's text and of its link, as the staff's search compares them."""
    return join_words((word for text in texts for word in words_of(text or "")), limit=MAX_SEARCH_TEXT)


def _words_of_row(context: DefaultExecutionContext) -> str:
    values = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return words_to_search(*(values.get(name) for name in ("body", "link_title", "link_description")))


class Post(Base):
    """Something that a page tells, in light markdown (``feed/marking.py``)."""

    __tablename__ = "posts"
    __table_args__ = (
        UniqueConstraint("page_id", "import_ref"),
        Index(
            "ix_posts_visible",
            "page_id",
            "published_at",
            "id",
            sqlite_where=text(VISIBLE_SQL),
            postgresql_where=text(VISIBLE_SQL),
        ),
        Index("ix_posts_page_id", "page_id", "status", "id"),
        Index(
            "uq_posts_pinned",
            "page_id",
            unique=True,
            sqlite_where=text("pinned_at IS NOT NULL"),
            postgresql_where=text("pinned_at IS NOT NULL"),
        ),
        Index(
            "ix_posts_deleted",
            "page_id",
            "deleted_at",
            "id",
            sqlite_where=text(DELETED_SQL),
            postgresql_where=text(DELETED_SQL),
        ),
        CheckConstraint("status <> 'published' OR published_at IS NOT NULL", name="published_at"),
        CheckConstraint("status <> 'scheduled' OR scheduled_at IS NOT NULL", name="scheduled_at"),
        enum_check("kind", PostKind),
        enum_check("status", PostStatus),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    kind: Mapped[PostKind] = mapped_column(EnumText(PostKind))
    status: Mapped[PostStatus] = mapped_column(EnumText(PostStatus))
    body: Mapped[str] = mapped_column(Text, default="")
    search_text: Mapped[str] = mapped_column(Text, default=_words_of_row)
    """Its words without accents and capitals, in which the page's staff search."""
    link_url: Mapped[str | None] = mapped_column(Text)
    link_title: Mapped[str] = mapped_column(Text, default="")
    link_description: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    """Raised by each edit; a form brings the one it was opened with."""
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    scheduled_at: Mapped[dt.datetime | None]
    published_at: Mapped[dt.datetime | None]
    edited_at: Mapped[dt.datetime | None]
    """When it was last edited after it was published."""
    pinned_at: Mapped[dt.datetime | None]
    deleted_at: Mapped[dt.datetime | None]
    """When it was deleted; it can be brought back."""
    is_promoted: Mapped[bool | None]
    """Whether its reach was paid for; None when a file that it came from does not say."""
    import_ref: Mapped[str | None] = mapped_column(Text)
    """What names it in the file that it came from: the same file again adds nothing."""

    photos: Mapped[list["PostPhoto"]] = relationship(
        lazy="raise", order_by="PostPhoto.position", viewonly=True
    )
    tags: Mapped[list["PostTag"]] = relationship(lazy="raise", order_by="PostTag.id", viewonly=True)
    counts: Mapped["PostCounts"] = relationship(lazy="raise", viewonly=True)

    @property
    def is_imported(self) -> bool:
        """Whether it came from a file."""
        return self.import_ref is not None and not self.import_ref.startswith(DEMO_REF)


class PostCounts(Base):
    """How a post does; raised in the transaction of what is counted, or as a file gave it."""

    __tablename__ = "post_counts"
    __table_args__ = (
        CheckConstraint(
            "likes >= 0 AND loves >= 0 AND hahas >= 0 AND wows >= 0 AND sads >= 0 AND angries >= 0",
            name="kinds",
        ),
        CheckConstraint("reactions >= 0 AND comments >= 0 AND shares >= 0", name="interactions"),
        CheckConstraint("impressions >= 0 AND reach >= 0 AND engaged >= 0 AND clicks >= 0", name="views"),
    )

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    reactions: Mapped[int] = mapped_column(default=0)
    likes: Mapped[int] = mapped_column(default=0)
    loves: Mapped[int] = mapped_column(default=0)
    hahas: Mapped[int] = mapped_column(default=0)
    wows: Mapped[int] = mapped_column(default=0)
    sads: Mapped[int] = mapped_column(default=0)
    angries: Mapped[int] = mapped_column(default=0)
    comments: Mapped[int] = mapped_column(default=0)
    """Comments and replies that everybody sees."""
    shares: Mapped[int] = mapped_column(default=0)
    impressions: Mapped[int] = mapped_column(default=0)
    """How often it was seen."""
    reach: Mapped[int] = mapped_column(default=0)
    """How many people saw it."""
    engaged: Mapped[int] = mapped_column(default=0)
    """How many people reacted, commented, shared or clicked."""
    clicks: Mapped[int] = mapped_column(default=0)


class PostDay(Base):
    """What was counted of a post on a calendar day of its page; what a file told of it, on the day of publication."""

    __tablename__ = "post_days"
    __table_args__ = (
        Index("ix_post_days_page_id", "page_id", "day"),
        CheckConstraint("impressions >= 0 AND reach >= 0 AND engaged >= 0 AND clicks >= 0", name="views"),
    )

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    impressions: Mapped[int] = mapped_column(default=0)
    reach: Mapped[int] = mapped_column(default=0)
    """People who saw it that day for the first time."""
    engaged: Mapped[int] = mapped_column(default=0)
    """People who reacted, commented, shared or clicked that day for the first time."""
    clicks: Mapped[int] = mapped_column(default=0)
    reactions: Mapped[int] = mapped_column(default=0)
    """Given that day minus taken back that day; may be below zero, as the next two."""
    comments: Mapped[int] = mapped_column(default=0)
    shares: Mapped[int] = mapped_column(default=0)


class PostPhoto(Base):
    """A picture of a post's album, with the words for who does not see it."""

    __tablename__ = "post_photos"
    __table_args__ = (Index("ix_post_photos_post_id", "post_id", "position"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    position: Mapped[int]
    picture: Mapped[dict[str, Any]] = mapped_column(JSON)
    """A ``core.pictures.Picture`` as JSON."""
    alt: Mapped[str] = mapped_column(Text, default="")
    is_decorative: Mapped[bool] = mapped_column(default=False)
    """Whether somebody said that it needs no words."""


class PostTag(Base):
    """A product in a post; on a photo at a point, in thousandths of its width and height from the top left."""

    __tablename__ = "post_tags"
    __table_args__ = (
        Index("ix_post_tags_post_id", "post_id"),
        Index("ix_post_tags_product_id", "product_id"),
        CheckConstraint("(photo_id IS NULL) = (x IS NULL) AND (x IS NULL) = (y IS NULL)", name="point"),
        CheckConstraint("x BETWEEN 0 AND 1000 AND y BETWEEN 0 AND 1000", name="inside"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("post_photos.id", ondelete="CASCADE"))
    x: Mapped[int | None]
    y: Mapped[int | None]


class PostRevision(Base):
    """What a published post said before an edit."""

    __tablename__ = "post_revisions"
    __table_args__ = (Index("ix_post_revisions_post_id", "post_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    body: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Its link, photos' words and tags: ``{"link_url": …, "photos": [{"key": …, "alt": …}], "tags": […]}``."""
    at: Mapped[dt.datetime]
    """When it stopped saying so."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))


class Reaction(Base):
    """How somebody reacted to a post; one each."""

    __tablename__ = "reactions"
    __table_args__ = (Index("ix_reactions_account_id", "account_id", "at"), enum_check("kind", ReactionKind))

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[ReactionKind] = mapped_column(EnumText(ReactionKind))
    at: Mapped[dt.datetime]


class Comment(Base):
    """What somebody, or the page itself, wrote under a post; ``parent_id`` of a reply is a comment, never a reply."""

    __tablename__ = "comments"
    __table_args__ = (
        Index("ix_comments_post_id", "post_id", "parent_id", "id"),
        Index("ix_comments_account_id", "account_id", "at"),
        CheckConstraint("like_count >= 0 AND reply_count >= 0", name="counts"),
        enum_check("status", CommentStatus),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    """Who wrote it, also for the page."""
    is_page: Mapped[bool] = mapped_column(default=False)
    """Whether a member of staff wrote it in the page's name."""
    body: Mapped[str] = mapped_column(Text)
    """Plain text; addresses in it become links."""
    status: Mapped[CommentStatus] = mapped_column(EnumText(CommentStatus), default=CommentStatus.VISIBLE)
    at: Mapped[dt.datetime]
    edited_at: Mapped[dt.datetime | None]
    deleted_at: Mapped[dt.datetime | None]
    """When its author deleted it."""
    like_count: Mapped[int] = mapped_column(default=0)
    reply_count: Mapped[int] = mapped_column(default=0)
    """Replies that everybody sees."""


class CommentLike(Base):
    """Somebody likes a comment."""

    __tablename__ = "comment_likes"
    __table_args__ = (Index("ix_comment_likes_account_id", "account_id"),)

    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[dt.datetime]


class Share(Base):
    """A post or a product of a page that somebody passes on, to all who follow them or to one friend."""

    __tablename__ = "shares"
    __table_args__ = (
        Index("ix_shares_account_id", "account_id", "at"),
        Index("ix_shares_recipient_id", "recipient_id", "at"),
        Index("ix_shares_post_id", "post_id"),
        Index("ix_shares_page_id", "page_id", "at"),
        CheckConstraint("(post_id IS NULL) <> (product_id IS NULL)", name="one_thing"),
        CheckConstraint("(audience = 'friend') = (recipient_id IS NOT NULL)", name="recipient"),
        enum_check("audience", ShareAudience),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text, default="")
    audience: Mapped[ShareAudience] = mapped_column(EnumText(ShareAudience))
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    token: Mapped[str] = mapped_column(Text, unique=True)
    """What stands in the link that a friend gets (``/s/<token>``); who has it sees what was shared, and buys."""
    at: Mapped[dt.datetime]
    deleted_at: Mapped[dt.datetime | None]
