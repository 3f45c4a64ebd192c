"""Brand pages, who works on them and who follows them."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, EnumText, Id, enum_check


class Role(enum.StrEnum):
    """What a member of staff is to a page; rights are in ``page/authorization.py``."""

    OWNER = "owner"
    MANAGER = "manager"
    EDITOR = "editor"
    FULFILMENT = "fulfilment"
    ANALYST = "analyst"


class LikeSource(enum.StrEnum):
    """Where a like came from."""

    ORGANIC = "organic"
    POST = "post"
    FRIEND = "friend"
    CONTEST = "contest"
    COUPON = "coupon"
    AD = "ad"
    EMBED = "embed"
    IMPORT = "import"


class Page(Base):
    """A brand's page and its shop's settings. Texts are in ``language``; the other is in ``translations``."""

    __tablename__ = "pages"
    __table_args__ = (
        UniqueConstraint("slug"),
        UniqueConstraint("order_prefix"),
        CheckConstraint("shipping_amount >= 0", name="shipping_amount"),
        CheckConstraint("tax_rate_bp BETWEEN 0 AND 10000", name="tax_rate_bp"),
        CheckConstraint("follower_count >= 0", name="follower_count"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    slug: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    tagline: Mapped[str] = mapped_column(Text, default="")
    about: Mapped[str] = mapped_column(Text, default="")
    """Plain text, paragraphs separated by blank lines."""
    language: Mapped[str] = mapped_column(Text)
    translations: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """{"fr": {"tagline": …, "about": …}} for the language that is not the page's own."""
    country: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    order_prefix: Mapped[str] = mapped_column(Text)
    accent_color: Mapped[str] = mapped_column(Text)
    """``#rrggbb``, checked for contrast against white when it is set."""
    cover: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    avatar: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """A ``core.pictures.Picture`` as JSON."""
    shipping_amount: Mapped[int] = mapped_column(default=0)
    ships_to: Mapped[list[str]] = mapped_column(JSON, default=list)
    """ISO 3166-1 alpha-2 countries that the page ships to; its own is always among them."""
    tax_rate_bp: Mapped[int] = mapped_column(default=2000)
    """The tax that prices include, in basis points (2000 is 20 %)."""
    contact_email: Mapped[str] = mapped_column(Text, default="")
    follower_count: Mapped[int] = mapped_column(default=0)
    has_coupons: Mapped[bool] = mapped_column(default=False)
    has_contests: Mapped[bool] = mapped_column(default=False)
    """Whether the page shows the tab: it lists a coupon, it has published a contest (``page/tabs.py``)."""
    settings_version: Mapped[int] = mapped_column(default=1)
    """Raised by each change of the settings; a form brings the one it was opened with."""
    setup_hidden_at: Mapped[dt.datetime | None]
    """When somebody put the first-run checklist away."""
    created_at: Mapped[dt.datetime]


class PageVersion(Base):
    """A number that every visible write of a page raises, last in its transaction; caches live under it."""

    __tablename__ = "page_versions"

    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    last_post_at: Mapped[dt.datetime | None]
    """When its newest visible post was published: the feed asks the liveliest of the followed pages first."""


class PageDay(Base):
    """What was counted on one calendar day of a page: one row for money of each ``currency``, one without any.

    ``page/days.py`` says how days are cut, docs/algorithms/figures.md what each figure means.
    """

    __tablename__ = "page_days"
    __table_args__ = (
        # Only what never goes down is held above zero: a figure must not stand in the way of a refund.
        CheckConstraint("visits >= 0 AND orders_placed >= 0 AND orders_paid >= 0", name="counts"),
        CheckConstraint("sales_amount >= 0", name="sales_amount"),
    )

    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(Text, primary_key=True)
    """ISO code of the orders that the row counts; "" on the row of visits and likes."""
    visits: Mapped[int] = mapped_column(default=0)
    orders_placed: Mapped[int] = mapped_column(default=0)
    orders_paid: Mapped[int] = mapped_column(default=0)
    """Orders whose money came that day, or that cost nothing."""
    sales_amount: Mapped[int] = mapped_column(BigInteger, default=0)
    """What was captured, before refunds, in minor units."""
    refunded_amount: Mapped[int] = mapped_column(BigInteger, default=0)
    """Refunds that were asked for that day and did not fail, whenever their orders were paid."""
    new_followers: Mapped[int] = mapped_column(default=0)
    lost_followers: Mapped[int] = mapped_column(default=0)


class PageWord(Base):
    """A word of a page's name or taglines, without accents and capitals: pages are found by beginnings."""

    __tablename__ = "page_words"
    __table_args__ = (Index("ix_page_words_page_id", "page_id"),)

    # Compared by its bytes everywhere, so that the words with one beginning stand together in the index.
    word: Mapped[str] = mapped_column(
        Text().with_variant(Text(collation="C"), "postgresql"), primary_key=True
    )
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), primary_key=True)


class StaffMember(Base):
    """An account's role on a page; one role each."""

    __tablename__ = "page_staff"
    __table_args__ = (
        UniqueConstraint("page_id", "account_id"),
        Index("ix_page_staff_account_id", "account_id"),
        enum_check("role", Role),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(EnumText(Role))
    created_at: Mapped[dt.datetime]


class Follower(Base):
    """One like: who follows which page, since when and from where."""

    __tablename__ = "page_followers"
    __table_args__ = (
        UniqueConstraint("page_id", "account_id"),
        Index("ix_page_followers_account_id", "account_id", "followed_at", "id"),
        Index("ix_page_followers_followed_at", "page_id", "followed_at", "id"),
        Index("ix_page_followers_source", "page_id", "source", "followed_at", "id"),
        enum_check("source", LikeSource),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    source: Mapped[LikeSource] = mapped_column(EnumText(LikeSource))
    source_ref: Mapped[str | None] = mapped_column(Text)
    followed_at: Mapped[dt.datetime]


class LikeEvent(Base):
    """A like gained or lost; the followers' rows say who likes now, these how it came to be."""

    __tablename__ = "page_like_events"
    __table_args__ = (
        Index("ix_page_like_events_page_id", "page_id", "at"),
        Index("ix_page_like_events_source", "page_id", "source", "source_ref"),
        Index("ix_page_like_events_account_id", "account_id"),
        enum_check("source", LikeSource),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    is_gain: Mapped[bool]
    source: Mapped[LikeSource] = mapped_column(EnumText(LikeSource))
    """Where a like came from, or from where it was taken back."""
    source_ref: Mapped[str | None] = mapped_column(Text)
    """The id of the post, of the friend's account …"""
    at: Mapped[dt.datetime]


class Affinity(Base):
    """How close an account is to a page: what they did there, each act halved every 14 days.

    ``level`` is log2 of that sum, counted in half-lives of absolute time, so that it never has to be
    written anew as time passes and sorts pages at any instant; ``page/affinity.py`` reads and raises it.
    """

    __tablename__ = "affinities"
    __table_args__ = (
        Index("ix_affinities_level", "account_id", "level"),
        Index("ix_affinities_page_id", "page_id"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), primary_key=True)
    level: Mapped[float]
    interactions: Mapped[int] = mapped_column(default=0)
    """Acts other than looking."""
    first_view_at: Mapped[dt.datetime | None]
    last_view_at: Mapped[dt.datetime | None]
    last_interaction_at: Mapped[dt.datetime | None]


class AuditEntry(Base):
    """One act of a member of staff: who did what to what, with what it was before and is after."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_page_id", "page_id", "id"),
        Index("ix_audit_entries_account_id", "page_id", "account_id", "id"),
        Index("ix_audit_entries_subject_kind", "page_id", "subject_kind", "id"),
        Index("ix_audit_entries_at", "page_id", "at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    at: Mapped[dt.datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    act: Mapped[str] = mapped_column(Text)
    """A noun of a thing and what was done to it: ``product.edited``, ``order.refunded``, ``staff.removed`` …"""
    subject_kind: Mapped[str] = mapped_column(Text)
    """``product``, ``collection``, ``order``, ``staff``, ``page``, ``import`` …"""
    subject_ref: Mapped[str] = mapped_column(Text)
    """What finds it again in the admin: an id, an order's number, an e-mail address."""
    subject_title: Mapped[str] = mapped_column(Text)
    """What it was called then, for a reader who comes after it is gone."""
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Invitation(Base):
    """A role on a page offered by mail; it is taken up by whoever signs in with that address."""

    __tablename__ = "page_invitations"
    __table_args__ = (
        Index(
            "uq_page_invitations_open",
            "page_id",
            "email",
            unique=True,
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
        enum_check("role", Role),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(Text)
    role: Mapped[Role] = mapped_column(EnumText(Role))
    language: Mapped[str] = mapped_column(Text)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    settled_at: Mapped[dt.datetime | None]
    """When it was accepted or withdrawn; None while it is open."""
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
