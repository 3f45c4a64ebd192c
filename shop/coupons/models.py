"""Coupons, who holds one, and their uses."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, EnumText, Id, enum_check

MAX_PERCENT_BP = 10_000


class CouponKind(enum.StrEnum):
    """What a coupon takes off."""

    PERCENT = "percent"
    AMOUNT = "amount"
    FREE_SHIPPING = "free_shipping"


class CouponScope(enum.StrEnum):
    """Which lines a coupon counts for."""

    ALL = "all"
    PRODUCTS = "products"
    COLLECTIONS = "collections"


class CouponAudience(enum.StrEnum):
    """Who may use a coupon."""

    EVERYBODY = "everybody"
    MEMBERS = "members"
    """Followers, and whoever came by the other free way: a like is never the price of it."""
    HOLDERS = "holders"
    """Those alone who were given it: a prize."""


class OtherWay(enum.StrEnum):
    """How a members' coupon is had without liking the page; it costs nothing either."""

    ACCOUNT = "account"
    """By having an account here."""
    EMAIL = "email"
    """By confirming an e-mail address, which is used for nothing else."""


class HoldingWay(enum.StrEnum):
    """How somebody came by a coupon in their wallet."""

    PAGE = "page"
    LIKE = "like"
    ACCOUNT = "account"
    EMAIL = "email"
    EMBED = "embed"
    PRIZE = "prize"


LISTED_SQL = "is_listed AND NOT is_paused AND deleted_at IS NULL"
"""What may stand on the page's Coupons tab while its dates hold; indexes say the same words."""
AUTOMATIC_SQL = "is_automatic AND NOT is_paused AND deleted_at IS NULL"


class Coupon(Base):
    """Something off an order. ``code`` is as the admin wrote it, ``code_key`` as it is compared: capitals, no spaces."""

    __tablename__ = "coupons"
    __table_args__ = (
        UniqueConstraint("page_id", "code_key"),
        Index("ix_coupons_page_id", "page_id", "id"),
        Index(
            "ix_coupons_listed", "page_id", "id",
            sqlite_where=text(LISTED_SQL), postgresql_where=text(LISTED_SQL),
        ),
        Index(
            "ix_coupons_automatic", "page_id", "id",
            sqlite_where=text(AUTOMATIC_SQL), postgresql_where=text(AUTOMATIC_SQL),
        ),
        enum_check("kind", CouponKind),
        enum_check("scope", CouponScope),
        enum_check("audience", CouponAudience),
        enum_check("other_way", OtherWay),
        CheckConstraint(f"percent_bp BETWEEN 0 AND {MAX_PERCENT_BP}", name="percent_bp"),
        CheckConstraint("amount >= 0 AND minimum_amount >= 0", name="amounts"),
        CheckConstraint("unit_limit IS NULL OR unit_limit > 0", name="unit_limit"),
        CheckConstraint("uses >= 0 AND (max_uses IS NULL OR uses <= max_uses)", name="uses"),
        CheckConstraint("starts_at IS NULL OR ends_at IS NULL OR starts_at < ends_at", name="dates"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(Text)
    code_key: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    """What buyers read: in the page's language; the other is in ``translations``."""
    description: Mapped[str] = mapped_column(Text, default="")
    translations: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """``{"fr": {"title": …, "description": …}}``"""
    kind: Mapped[CouponKind] = mapped_column(EnumText(CouponKind))
    percent_bp: Mapped[int] = mapped_column(default=0)
    """Basis points off (2000 is 20 %) where ``kind`` is percent."""
    amount: Mapped[int] = mapped_column(default=0)
    """Minor units off the order where ``kind`` is amount."""
    currency: Mapped[str] = mapped_column(Text)
    """Of ``amount`` and ``minimum_amount``: the page's when it was made."""
    has_free_shipping: Mapped[bool] = mapped_column(default=False)
    """Whether shipping is free too, beside a percentage or an amount."""
    minimum_amount: Mapped[int] = mapped_column(default=0)
    """What the lines that it counts for must come to, before anything is taken off."""
    scope: Mapped[CouponScope] = mapped_column(EnumText(CouponScope), default=CouponScope.ALL)
    unit_limit: Mapped[int | None]
    """So many units of an order at most get it, the dearest first; a prize is for one."""
    audience: Mapped[CouponAudience] = mapped_column(
        EnumText(CouponAudience), default=CouponAudience.EVERYBODY
    )
    other_way: Mapped[OtherWay] = mapped_column(EnumText(OtherWay), default=OtherWay.EMAIL)
    """The free way beside liking, where ``audience`` is members."""
    starts_at: Mapped[dt.datetime | None]
    ends_at: Mapped[dt.datetime | None]
    max_uses: Mapped[int | None]
    uses: Mapped[int] = mapped_column(default=0)
    """Uses that are taken: by orders that are paid or wait for payment."""
    is_once: Mapped[bool] = mapped_column(default=True)
    """Whether one customer can use it once only."""
    is_listed: Mapped[bool] = mapped_column(default=False)
    """Whether it stands on the page's Coupons tab."""
    is_automatic: Mapped[bool] = mapped_column(default=False)
    """Whether a cart gets it by itself."""
    is_embeddable: Mapped[bool] = mapped_column(default=False)
    """Whether other sites may show it."""
    is_paused: Mapped[bool] = mapped_column(default=False)
    contest_id: Mapped[int | None] = mapped_column(Id)
    """The contest whose prize it is, plain: contests are above."""
    version: Mapped[int] = mapped_column(default=1)
    """Raised by each edit; a form brings the one it was opened with."""
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    deleted_at: Mapped[dt.datetime | None]
    """Set when it was deleted: until the page's undo is over it can be brought back; its uses stay."""


class CouponProduct(Base):
    """A product that a coupon counts for."""

    __tablename__ = "coupon_products"
    __table_args__ = (Index("ix_coupon_products_product_id", "product_id"),)

    coupon_id: Mapped[int] = mapped_column(ForeignKey("coupons.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), primary_key=True)


class CouponCollection(Base):
    """A collection that a coupon counts for."""

    __tablename__ = "coupon_collections"
    __table_args__ = (Index("ix_coupon_collections_collection_id", "collection_id"),)

    coupon_id: Mapped[int] = mapped_column(ForeignKey("coupons.id", ondelete="CASCADE"), primary_key=True)
    collection_id: Mapped[int] = mapped_column(
        ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True
    )


class CouponHolding(Base):
    """A coupon in somebody's wallet; ``holder_key`` is one of a customer's keys (``coupons/customers.py``)."""

    __tablename__ = "coupon_holdings"
    __table_args__ = (
        UniqueConstraint("coupon_id", "holder_key"),
        Index("ix_coupon_holdings_holder_key", "holder_key", "id"),
        enum_check("way", HoldingWay),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    coupon_id: Mapped[int] = mapped_column(ForeignKey("coupons.id", ondelete="CASCADE"))
    holder_key: Mapped[str] = mapped_column(Text)
    """``account:<id>``, ``email:<keyed hash>`` or ``guest:<hash of the visitor's cookie>``."""
    way: Mapped[HoldingWay] = mapped_column(EnumText(HoldingWay))
    taken_at: Mapped[dt.datetime]


class CouponRedemption(Base):
    """One use of a coupon by one order, from placement on; given back when the order is given up."""

    __tablename__ = "coupon_redemptions"
    __table_args__ = (
        Index(
            "uq_coupon_redemptions_order", "order_id", unique=True,
            sqlite_where=text("returned_at IS NULL"), postgresql_where=text("returned_at IS NULL"),
        ),
        Index("ix_coupon_redemptions_coupon_id", "coupon_id", "id"),
        CheckConstraint("amount >= 0 AND shipping_amount >= 0", name="amounts"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    coupon_id: Mapped[int] = mapped_column(ForeignKey("coupons.id", ondelete="CASCADE"))
    order_id: Mapped[int] = mapped_column(Id)
    """The order, plain: orders are above."""
    customer_key: Mapped[str] = mapped_column(Text)
    """The first of the customer's keys, for figures."""
    amount: Mapped[int]
    """Off the lines, in minor units of the order's currency."""
    shipping_amount: Mapped[int] = mapped_column(default=0)
    """Shipping that was not asked for because of it."""
    taken_at: Mapped[dt.datetime]
    returned_at: Mapped[dt.datetime | None]
    returned_keys: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """The customer's keys that were freed with it: should its order be paid after all, it has them all again."""


class CouponUseKey(Base):
    """Who has used a once-a-customer coupon: a row for each of the customer's keys while the use is taken."""

    __tablename__ = "coupon_use_keys"
    __table_args__ = (Index("ix_coupon_use_keys_redemption_id", "redemption_id"),)

    coupon_id: Mapped[int] = mapped_column(ForeignKey("coupons.id", ondelete="CASCADE"), primary_key=True)
    customer_key: Mapped[str] = mapped_column(Text, primary_key=True)
    redemption_id: Mapped[int] = mapped_column(ForeignKey("coupon_redemptions.id", ondelete="CASCADE"))
