"""What the ranked feed keeps: what somebody has seen and hidden, their sliders, their open feeds, learned weights."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, EnumText, enum_check
from shop.feed.models import PostKind


class FeedOrder(enum.StrEnum):
    """How a feed is sorted."""

    RANKED = "ranked"
    CHRONOLOGICAL = "chronological"


class PostView(Base):
    """That somebody saw a post. ``reader_key`` is ``a:<account id>``, or ``v:<hash>`` for one day of a guest."""

    __tablename__ = "post_views"
    __table_args__ = (Index("ix_post_views_post_id", "post_id"), CheckConstraint("times >= 0", name="times"))

    reader_key: Mapped[str] = mapped_column(Text, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    times: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[dt.datetime]
    last_at: Mapped[dt.datetime]
    engaged_at: Mapped[dt.datetime | None]
    """When they first clicked, reacted, commented or shared."""


class HiddenPost(Base):
    """A post that somebody does not want to see again."""

    __tablename__ = "hidden_posts"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[dt.datetime]


class FeedSettings(Base):
    """How somebody wants their feed sorted; without a row the defaults of ``feed/ranking.py`` count."""

    __tablename__ = "feed_settings"
    __table_args__ = (enum_check("sorting", FeedOrder),)

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    sorting: Mapped[FeedOrder] = mapped_column(EnumText(FeedOrder), default=FeedOrder.RANKED)
    sliders: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class OpenFeed(Base):
    """A feed as it was sorted when somebody opened it: what is shown page by page, and why it stands where it does."""

    __tablename__ = "open_feeds"
    __table_args__ = (
        Index("ix_open_feeds_account_id", "account_id", "opened_at"),
        enum_check("sorting", FeedOrder),
    )

    token: Mapped[str] = mapped_column(Text, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    sorting: Mapped[FeedOrder] = mapped_column(EnumText(FeedOrder))
    opened_at: Mapped[dt.datetime]
    items: Mapped[list[Any]] = mapped_column(JSON)
    """What was sorted so far, first first, with the factors of each; see ``feed/opening.py``."""
    state: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Where each source was left, so that what follows neither repeats nor skips."""


class KindWeight(Base):
    """What a kind of post is worth on a page, learned from the interactions that its posts had."""

    __tablename__ = "kind_weights"
    __table_args__ = (enum_check("kind", PostKind), CheckConstraint("weight > 0", name="weight"))

    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[PostKind] = mapped_column(EnumText(PostKind), primary_key=True)
    weight: Mapped[float]
    posts: Mapped[int]
    mean: Mapped[float]
    """The mean of interactions of the page's posts of this kind."""
    learned_at: Mapped[dt.datetime]
