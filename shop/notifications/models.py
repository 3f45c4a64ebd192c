"""What people are told of, and how they want to be told."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, EnumText, Id, enum_check


class NotificationKind(enum.StrEnum):
    """What a notification is about."""

    COMMENT_REPLY = "comment_reply"
    """Somebody answered a comment of mine, or commented where I did."""
    COMMENT_LIKE = "comment_like"
    FRIEND_REQUEST = "friend_request"
    FRIEND_ACCEPTED = "friend_accepted"
    SHARE = "share"
    """A friend shared a post or a product with me."""
    ORDER = "order"
    """News of an order of mine: paid, shipped, refunded."""
    PAGE_COMMENT = "page_comment"
    """A comment on a page that I work on."""
    CONTEST = "contest"
    """A contest that I entered: won, over, my photo refused."""
    MODERATION = "moderation"
    """Something waits in the queue of a page that I work on, or what I wrote was taken down."""


class MailPace(enum.StrEnum):
    """How soon a kind of notification comes by mail."""

    NEVER = "never"
    DAILY = "daily"
    WEEKLY = "weekly"


class Notification(Base):
    """Something that somebody is told; while it is unread, more of the same subject adds to it."""

    __tablename__ = "notifications"
    __table_args__ = (
        Index(
            "uq_notifications_unread",
            "account_id",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
        Index("ix_notifications_account_id", "account_id", "updated_at", "id"),
        Index("ix_notifications_path", "path"),
        CheckConstraint("count >= 1", name="count"),
        enum_check("kind", NotificationKind),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    kind: Mapped[NotificationKind] = mapped_column(EnumText(NotificationKind))
    subject: Mapped[str] = mapped_column(Text)
    """What it is about, as ``post:12`` or ``order:LUM-1042``: what is added together."""
    path: Mapped[str] = mapped_column(Text)
    """Where it leads: an address of ours without its language, such as ``/p/lumen/posts/12#comment-7``."""
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What its sentence needs: ``{"actors": ["Léa"], "page": "Atelier Lumen", "excerpt": "…"}``."""
    count: Mapped[int] = mapped_column(default=1)
    """How many events it adds together."""
    in_app: Mapped[bool] = mapped_column(default=True)
    """Whether it shows in the app; one that does not is there only for the digest by mail."""
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    read_at: Mapped[dt.datetime | None]
    mailed_at: Mapped[dt.datetime | None]


class NotificationSetting(Base):
    """How somebody wants to be told of a kind; without a row the defaults of ``settings.py`` count."""

    __tablename__ = "notification_settings"
    __table_args__ = (enum_check("kind", NotificationKind), enum_check("mail", MailPace))

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[NotificationKind] = mapped_column(EnumText(NotificationKind), primary_key=True)
    in_app: Mapped[bool] = mapped_column(default=True)
    mail: Mapped[MailPace] = mapped_column(EnumText(MailPace))
