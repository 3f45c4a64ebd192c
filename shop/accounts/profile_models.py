"""What a person shows of themselves, and to whom."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, EnumText, enum_check


class Audience(enum.StrEnum):
    """Who may see something of a person."""

    EVERYBODY = "everybody"
    FRIENDS = "friends"
    NOBODY = "nobody"


class AskedBy(enum.StrEnum):
    """Who may ask a person to be friends."""

    EVERYBODY = "everybody"
    FRIENDS_OF_FRIENDS = "friends_of_friends"
    NOBODY = "nobody"


class Profile(Base):
    """A person's public side; each account has one from its sign-up on."""

    __tablename__ = "profiles"
    __table_args__ = (
        UniqueConstraint("handle"),
        enum_check("visibility", Audience),
        enum_check("likes_visibility", Audience),
        enum_check("friends_visibility", Audience),
        enum_check("asked_by", AskedBy),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    handle: Mapped[str] = mapped_column(Text)
    """What stands in the profile's address, ``/people/<handle>``: a-z, 0-9 and hyphens."""
    bio: Mapped[str] = mapped_column(Text, default="")
    avatar: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """A ``core.pictures.Picture`` as JSON."""
    visibility: Mapped[Audience] = mapped_column(EnumText(Audience), default=Audience.EVERYBODY)
    """Who sees more of the profile than name and picture, and the shares made for followers."""
    likes_visibility: Mapped[Audience] = mapped_column(EnumText(Audience), default=Audience.FRIENDS)
    """Who sees which pages they like, "Camille and 2 friends like this" included."""
    friends_visibility: Mapped[Audience] = mapped_column(EnumText(Audience), default=Audience.FRIENDS)
    asked_by: Mapped[AskedBy] = mapped_column(EnumText(AskedBy), default=AskedBy.EVERYBODY)
    is_findable: Mapped[bool] = mapped_column(default=True)
    """Whether the search for people and its suggestions show them."""
    created_at: Mapped[dt.datetime]
