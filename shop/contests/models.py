"""Contests, their entries and winners."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, EnumText, Id, enum_check


class ContestKind(enum.StrEnum):
    """What one does to enter."""

    DRAW = "draw"
    QUIZ = "quiz"
    PHOTO = "photo"


class ContestStatus(enum.StrEnum):
    """Where a contest stands; whether it has begun is read off its dates."""

    DRAFT = "draft"
    PUBLISHED = "published"
    DRAWN = "drawn"
    CANCELLED = "cancelled"


class PhotoStatus(enum.StrEnum):
    """What the page's staff said of an entry's photo."""

    NONE = "none"
    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


class EntrySource(enum.StrEnum):
    """Where somebody entered."""

    PAGE = "page"
    POST = "post"
    EMBED = "embed"


PUBLIC_SQL = "status <> 'draft' AND deleted_at IS NULL"
OPEN_SQL = "status = 'published' AND deleted_at IS NULL"


class Contest(Base):
    """A contest. Texts are in the page's language, the other's in ``translations``; instants are aware UTC."""

    __tablename__ = "contests"
    __table_args__ = (
        UniqueConstraint("page_id", "slug"),
        Index(
            "ix_contests_public", "page_id", "ends_at", "id",
            sqlite_where=text(PUBLIC_SQL), postgresql_where=text(PUBLIC_SQL),
        ),
        Index("ix_contests_page_id", "page_id", "id"),
        enum_check("kind", ContestKind),
        enum_check("status", ContestStatus),
        CheckConstraint("starts_at < ends_at", name="dates"),
        CheckConstraint("winner_count > 0", name="winner_count"),
        CheckConstraint("entry_count >= 0", name="entry_count"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(Text)
    kind: Mapped[ContestKind] = mapped_column(EnumText(ContestKind))
    status: Mapped[ContestStatus] = mapped_column(EnumText(ContestStatus), default=ContestStatus.DRAFT)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text, default="")
    prize: Mapped[str] = mapped_column(Text)
    """What is won, in words."""
    rules: Mapped[str] = mapped_column(Text, default="")
    """What the page adds to the rules that the house writes for its country."""
    question: Mapped[str] = mapped_column(Text, default="")
    answers: Mapped[list[str]] = mapped_column(JSON, default=list)
    right_answer: Mapped[int | None]
    """The place in ``answers``, from 0; never shown before the end."""
    translations: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """``{"fr": {"title", "body", "prize", "rules", "question", "answers"}}``"""
    picture: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    picture_alt: Mapped[str] = mapped_column(Text, default="")
    organiser: Mapped[str] = mapped_column(Text, default="")
    """Legal name and address of who runs it: the rules must name them."""
    minimum_age: Mapped[int] = mapped_column(default=18)
    countries: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Where one must live to enter, ISO alpha-2; empty for wherever the page ships to."""
    prize_product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id", ondelete="SET NULL"))
    """What the winners' coupon is for; None for a prize outside the shop."""
    prize_value_amount: Mapped[int] = mapped_column(default=0)
    """What the prize is worth, in minor units of ``currency``: rules have to say it."""
    currency: Mapped[str] = mapped_column(Text)
    prize_days: Mapped[int] = mapped_column(default=90)
    """So long winners can use their coupon."""
    winner_count: Mapped[int] = mapped_column(default=1)
    is_embeddable: Mapped[bool] = mapped_column(default=True)
    starts_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    version: Mapped[int] = mapped_column(default=1)
    """Raised by each edit; a form brings the one it was opened with."""
    seed: Mapped[str | None] = mapped_column(Text)
    """32 secret bytes in hex, made when it is published; shown after the draw and never before."""
    commitment: Mapped[str | None] = mapped_column(Text)
    """SHA-256 of the seed, shown from publication on."""
    chain: Mapped[str] = mapped_column(Text, default="")
    """Hash over all entries so far, each upon the last; every entrant's receipt holds theirs."""
    entry_count: Mapped[int] = mapped_column(default=0)
    """Entries that have a number."""
    created_at: Mapped[dt.datetime]
    published_at: Mapped[dt.datetime | None]
    drawn_at: Mapped[dt.datetime | None]
    cancelled_at: Mapped[dt.datetime | None]
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    deleted_at: Mapped[dt.datetime | None]


class ContestEntry(Base):
    """One person's entry. It has a ``number`` once it counts: at once with an account whose address is confirmed, else when its mail is answered."""

    __tablename__ = "contest_entries"
    __table_args__ = (
        UniqueConstraint("contest_id", "person_key"),
        UniqueConstraint("contest_id", "number"),
        Index("ix_contest_entries_contest_id", "contest_id", "id"),
        Index("ix_contest_entries_account_id", "account_id"),
        Index("ix_contest_entries_photo_status", "contest_id", "photo_status", "id"),
        enum_check("photo_status", PhotoStatus),
        enum_check("source", EntrySource),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    person_key: Mapped[str] = mapped_column(Text)
    """Keyed hash of the e-mail address, an account's too: one entry a person."""
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    country: Mapped[str] = mapped_column(Text)
    answer: Mapped[int | None]
    photo: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """The stored picture; with ``is_hidden`` when it was taken off the public pages after the draw."""
    caption: Mapped[str] = mapped_column(Text, default="")
    photo_status: Mapped[PhotoStatus] = mapped_column(EnumText(PhotoStatus), default=PhotoStatus.NONE)
    refused_reason: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[EntrySource] = mapped_column(EnumText(EntrySource), default=EntrySource.PAGE)
    is_new_follower: Mapped[bool] = mapped_column(default=False)
    """Whether they came to like the page with the entry."""
    number: Mapped[int | None]
    receipt: Mapped[str | None] = mapped_column(Text)
    """SHA-256 of what the entry says with a random salt: it stands on the public check and names nobody."""
    salt: Mapped[str] = mapped_column(Text)
    chain: Mapped[str | None] = mapped_column(Text)
    """The contest's chain when this entry had been added: the receipt that its owner was sent."""
    entered_at: Mapped[dt.datetime]
    confirmed_at: Mapped[dt.datetime | None]
    withdrawn_at: Mapped[dt.datetime | None]
    """When its owner took it back: its receipt stays in the chain, it cannot win."""


class ContestWinner(Base):
    """Who was drawn, in the draw's order; a place that was given up went to the next in that order."""

    __tablename__ = "contest_winners"
    __table_args__ = (UniqueConstraint("contest_id", "entry_id"),)

    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id", ondelete="CASCADE"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    """The place in the draw's order, from 1."""
    entry_id: Mapped[int] = mapped_column(ForeignKey("contest_entries.id", ondelete="CASCADE"))
    coupon_id: Mapped[int | None] = mapped_column(ForeignKey("coupons.id", ondelete="SET NULL"))
    drawn_at: Mapped[dt.datetime]
    replaced_at: Mapped[dt.datetime | None]
    replaced_reason: Mapped[str] = mapped_column(Text, default="")
