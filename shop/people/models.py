"""Ties between people. A friendship is two rows, one for each side, so that every question asks one index."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base


class Friend(Base):
    """One side of a friendship; the other side's row is written and deleted in the same transaction."""

    __tablename__ = "friends"
    __table_args__ = (CheckConstraint("account_id <> friend_id", name="other"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    friend_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[dt.datetime]


class FriendRequest(Base):
    """Somebody asks somebody to be friends; the row goes when it is accepted, declined or taken back."""

    __tablename__ = "friend_requests"
    __table_args__ = (
        CheckConstraint("asker_id <> asked_id", name="other"),
        Index("ix_friend_requests_asked_id", "asked_id", "asked_at"),
    )

    asker_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    asked_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    asked_at: Mapped[dt.datetime]
    declined_at: Mapped[dt.datetime | None]
    """When the asked one said no; it stays, so that the same asker cannot ask at once again."""


class PersonFollow(Base):
    """Whose shares somebody sees in the feed: friends follow each other unless they stop it."""

    __tablename__ = "person_follows"
    __table_args__ = (
        CheckConstraint("follower_id <> person_id", name="other"),
        Index("ix_person_follows_person_id", "person_id"),
        Index("ix_person_follows_level", "follower_id", "level"),
    )

    follower_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[dt.datetime]
    level: Mapped[float] = mapped_column(default=0.0)
    """The follower's affinity with the person, as ``page.affinity`` writes levels; 0 is none."""


class Block(Base):
    """Who wants to see nothing of whom: neither finds the other, nor reads what the other writes."""

    __tablename__ = "blocks"
    __table_args__ = (
        CheckConstraint("account_id <> blocked_id", name="other"),
        Index("ix_blocks_blocked_id", "blocked_id"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    blocked_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[dt.datetime]
