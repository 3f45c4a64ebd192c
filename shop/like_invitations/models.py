"""How a page invites to like it, and what became of those who were invited and of those who were not."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, EnumText, enum_check


class Arm(enum.StrEnum):
    """The group of a visitor, drawn once and kept."""

    INVITED = "invited"
    HELD_OUT = "held_out"
    """Sees no invitation, so that its effect can be told from what would have happened anyway."""


class InvitationStyle(enum.StrEnum):
    """How the invitation appears."""

    BANNER = "banner"
    DIALOG = "dialog"


class InvitationPlace(enum.StrEnum):
    """Where a visitor was when they would have met it first."""

    SHOP = "shop"
    COUPONS = "coupons"
    CONTEST = "contest"
    EMBED = "embed"


class LikeInvitation(Base):
    """A page's invitation; a page without a row invites nobody."""

    __tablename__ = "like_invitations"
    __table_args__ = (
        enum_check("style", InvitationStyle),
        CheckConstraint("held_out_bp BETWEEN 0 AND 5000", name="held_out_bp"),
    )

    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), primary_key=True)
    is_on: Mapped[bool] = mapped_column(default=True)
    style: Mapped[InvitationStyle] = mapped_column(EnumText(InvitationStyle), default=InvitationStyle.BANNER)
    text: Mapped[str] = mapped_column(Text, default="")
    translations: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    held_out_bp: Mapped[int] = mapped_column(default=1000)
    """The share of visitors who see none, in basis points."""
    version: Mapped[int] = mapped_column(default=1)
    started_at: Mapped[dt.datetime]
    """Figures count visitors from here on; changing the held-out share starts anew."""


class InvitedVisitor(Base):
    """One visitor who follows nothing here and came where the invitation stands, whether they saw it or not."""

    __tablename__ = "invited_visitors"
    __table_args__ = (
        Index("ix_invited_visitors_arm", "page_id", "arm", "first_at"),
        Index("ix_invited_visitors_visitor_key", "visitor_key"),
        Index(
            "ix_invited_visitors_account_id", "account_id",
            sqlite_where=text("account_id IS NOT NULL"), postgresql_where=text("account_id IS NOT NULL"),
        ),
        enum_check("arm", Arm),
        enum_check("place", InvitationPlace),
        CheckConstraint("order_count >= 0 AND paid_amount >= 0", name="orders"),
    )  # fmt: skip

    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), primary_key=True)
    visitor_key: Mapped[str] = mapped_column(Text, primary_key=True)
    """``account:<id>`` or ``guest:<hash of the visitor's cookie>``."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    """The account, once a guest has signed in."""
    arm: Mapped[Arm] = mapped_column(EnumText(Arm))
    place: Mapped[InvitationPlace] = mapped_column(EnumText(InvitationPlace))
    first_at: Mapped[dt.datetime]
    shown_at: Mapped[dt.datetime | None]
    """When they last saw it."""
    skipped_at: Mapped[dt.datetime | None]
    ordered_at: Mapped[dt.datetime | None]
    """When they first paid an order here that they placed afterwards. Who came to like the page is in its like events."""
    order_count: Mapped[int] = mapped_column(default=0)
    paid_amount: Mapped[int] = mapped_column(BigInteger, default=0)
    """What those orders brought in the page's currency, before refunds, in minor units."""
