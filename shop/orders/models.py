"""Orders: a snapshot of what was bought, its state and its history."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.core.db import Base, EnumText, Id, enum_check
from shop.orders.search_index import attach_search_index, default_search_text


class OrderStatus(enum.StrEnum):
    """Where the money stands; ``orders/state.py`` says which may follow which."""

    AWAITING_PAYMENT = "awaiting_payment"
    AWAITING_FUNDS = "awaiting_funds"
    PAID = "paid"
    FLAGGED = "flagged"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class FulfilmentStatus(enum.StrEnum):
    """Where the goods stand."""

    UNFULFILLED = "unfulfilled"
    PARTIAL = "partial"
    FULFILLED = "fulfilled"
    NOT_NEEDED = "not_needed"
    """Every unit was refunded before it was shipped."""


class ReturnStatus(enum.StrEnum):
    """What came back of the money."""

    NONE = "none"
    PARTIAL = "partial"
    REFUNDED = "refunded"


class Actor(enum.StrEnum):
    """Who caused a line of history."""

    BUYER = "buyer"
    STAFF = "staff"
    STRIPE = "stripe"
    SYSTEM = "system"


LIST_FACTS = (
    "status",
    "fulfilment_status",
    "return_status",
    "was_follower",
    "country",
    "currency",
    "total_amount",
)
TO_SHIP_SQL = "(status = 'paid') IS TRUE AND fulfilment_status IN ('unfulfilled', 'partial') AND return_status <> 'refunded'"
"""What is to be shipped: paid, with something left to ship, not refunded whole.

SQLite uses a partial index only for a query that says the same words, so this is an SQL text; and it would
rather go through all paid orders by their status, were that not put as a question of truth.
"""
RETURNED_SQL = "return_status <> 'none'"


def _partial_index(name: str, where: str) -> Index:
    """Return an index over only those orders of a page that ``where`` holds for."""
    columns = ("page_id", "placed_at", "id", *LIST_FACTS)
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class OrderCounter(Base):
    """The last order number of a page; raised last in a placement's transaction."""

    __tablename__ = "order_counters"

    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), primary_key=True)
    value: Mapped[int] = mapped_column(default=1000)


class Order(Base):
    """One purchase on one page. Amounts are minor units of ``currency``; prices include tax."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("number"),
        Index(
            "uq_orders_awaiting_content",
            "visitor_key",
            "content_key",
            unique=True,
            sqlite_where=text("status = 'awaiting_payment'"),
            postgresql_where=text("status = 'awaiting_payment'"),
        ),
        # These hold all that the list filters by, so that it steps over orders without reading their rows.
        Index("ix_orders_list", "page_id", "placed_at", "id", *LIST_FACTS),
        Index("ix_orders_page_status", "page_id", "status", "placed_at", "id", *LIST_FACTS[1:]),
        _partial_index("ix_orders_to_ship", TO_SHIP_SQL),
        _partial_index("ix_orders_returned", RETURNED_SQL),
        Index(
            "ix_orders_touch_post",
            "page_id",
            "touch_post_id",
            sqlite_where=text("touch_post_id IS NOT NULL"),
            postgresql_where=text("touch_post_id IS NOT NULL"),
        ),
        Index(
            "ix_orders_coupon_id",
            "coupon_id",
            sqlite_where=text("coupon_id IS NOT NULL"),
            postgresql_where=text("coupon_id IS NOT NULL"),
        ),
        Index("ix_orders_account", "account_id", "placed_at"),
        Index("ix_orders_visitor", "visitor_key", "status"),
        Index("ix_orders_expiry", "status", "expires_at"),
        enum_check("status", OrderStatus),
        enum_check("fulfilment_status", FulfilmentStatus),
        enum_check("return_status", ReturnStatus),
        CheckConstraint(
            "total_amount = subtotal_amount - discount_amount + shipping_amount", name="total_amount"
        ),
        CheckConstraint("refunded_amount BETWEEN 0 AND captured_amount", name="refunded_amount"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id"))
    number: Mapped[str] = mapped_column(Text)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    visitor_key: Mapped[str] = mapped_column(Text)
    """``account:<id>`` or ``guest:<hash of the visitor's cookie or cart token>``."""
    content_key: Mapped[str] = mapped_column(Text)
    """Hash of page, lines, prices and destination: the same content again is the same order."""
    email: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    status: Mapped[OrderStatus] = mapped_column(EnumText(OrderStatus))
    fulfilment_status: Mapped[FulfilmentStatus] = mapped_column(
        EnumText(FulfilmentStatus), default=FulfilmentStatus.UNFULFILLED
    )
    return_status: Mapped[ReturnStatus] = mapped_column(EnumText(ReturnStatus), default=ReturnStatus.NONE)
    holds_stock: Mapped[bool] = mapped_column(default=True)
    """Whether the stock of its lines is taken; giving it back flips this in the same UPDATE."""
    subtotal_amount: Mapped[int]
    discount_amount: Mapped[int] = mapped_column(default=0)
    shipping_amount: Mapped[int]
    tax_amount: Mapped[int]
    """The tax included in the total."""
    total_amount: Mapped[int]
    captured_amount: Mapped[int] = mapped_column(default=0)
    refunded_amount: Mapped[int] = mapped_column(default=0)
    country: Mapped[str] = mapped_column(Text)
    postal_code: Mapped[str] = mapped_column(Text, default="")
    shipping_method: Mapped[str] = mapped_column(Text)
    shipping_tax_rate_bp: Mapped[int] = mapped_column(default=0)
    ship_to: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """{"name", "line1", "line2", "city", "postal_code", "state", "country", "phone"} as Stripe collected it."""
    was_follower: Mapped[bool] = mapped_column(default=False)
    """Whether the buyer followed the page when the order was placed."""
    cart_id: Mapped[int | None]
    """The cart it came from, emptied of these lines when paid; None for an express checkout."""
    touch_kind: Mapped[str | None] = mapped_column(Text)
    """What led the buyer here last, within 7 days: ``post``, ``share``, ``coupon`` or ``embed`` (``core/touch.py``)."""
    touch_post_id: Mapped[int | None] = mapped_column(Id)
    """The post of that touch; insights joins, nothing cascades."""
    touch_share_id: Mapped[int | None] = mapped_column(Id)
    touch_coupon_id: Mapped[int | None] = mapped_column(Id)
    """The coupon whose link, or whose card on another site, that touch was; ``coupon_id`` is what was used."""
    touch_at: Mapped[dt.datetime | None]
    coupon_id: Mapped[int | None] = mapped_column(Id)
    """The coupon that it used, plain; ``discount_amount`` and the lines' say what it took off."""
    coupon_code: Mapped[str | None] = mapped_column(Text)
    waived_shipping_amount: Mapped[int] = mapped_column(default=0, server_default="0")
    """Shipping that the coupon took off; ``shipping_amount`` is what was asked for."""
    campaign: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The last campaign marks within 7 days: ``{"source": "newsletter", "medium": …, "campaign": …}``."""
    flagged_reason: Mapped[str | None] = mapped_column(Text)
    placed_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    paid_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]
    search_text: Mapped[str] = mapped_column(Text, default=default_search_text)
    """The words that it is found by, each with its page (``search_index.py``)."""

    lines: Mapped[list["OrderLine"]] = relationship(
        order_by="OrderLine.position", lazy="raise", cascade="all, delete-orphan"
    )
    history: Mapped[list["OrderEvent"]] = relationship(
        order_by="OrderEvent.id", lazy="raise", cascade="all, delete-orphan"
    )

    @property
    def was_free(self) -> bool:
        """Whether it is paid and cost nothing, so that there is nothing to refund and it may be cancelled."""
        return self.status is OrderStatus.PAID and self.total_amount == 0 and self.captured_amount == 0

    @property
    def may_be_accepted(self) -> bool:
        """Whether something of a payment that does not match is still here; another currency's has no amount here."""
        return self.paid_at is not None and (
            self.captured_amount == 0 or self.refunded_amount < self.captured_amount
        )

    @property
    def delivery_postal_code(self) -> str:
        """The postal code that its parcels go to: as Stripe collected it, else as the buyer gave it before."""
        return str((self.ship_to or {}).get("postal_code") or self.postal_code)


class OrderLine(Base):
    """What was bought, as it was called and priced then."""

    __tablename__ = "order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        Index("ix_order_lines_variant_id", "variant_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("total_amount = unit_amount * quantity - discount_amount", name="total_amount"),
        CheckConstraint(
            "fulfilled_quantity >= 0 AND removed_quantity >= 0"
            " AND fulfilled_quantity + removed_quantity <= quantity",
            name="fulfilled_quantity",
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    position: Mapped[int]
    variant_id: Mapped[int | None] = mapped_column(ForeignKey("variants.id", ondelete="SET NULL"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id", ondelete="SET NULL"))
    product_slug: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    variant_title: Mapped[str] = mapped_column(Text, default="")
    sku: Mapped[str | None] = mapped_column(Text)
    picture: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    quantity: Mapped[int]
    unit_amount: Mapped[int]
    discount_amount: Mapped[int] = mapped_column(default=0)
    tax_rate_bp: Mapped[int]
    tax_amount: Mapped[int]
    total_amount: Mapped[int]
    refunded_quantity: Mapped[int] = mapped_column(default=0)
    fulfilled_quantity: Mapped[int] = mapped_column(default=0)
    removed_quantity: Mapped[int] = mapped_column(default=0)
    """Units that were refunded before they were shipped and so are not to be shipped any more."""

    @property
    def to_ship_quantity(self) -> int:
        """Units that are still to be shipped."""
        return self.quantity - self.fulfilled_quantity - self.removed_quantity


class Fulfilment(Base):
    """One parcel of an order: what left when, with whom, under which number."""

    __tablename__ = "fulfilments"
    __table_args__ = (Index("ix_fulfilments_order_id", "order_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    carrier: Mapped[str] = mapped_column(Text, default="")
    """A key of the known carriers (``orders/carriers.py``), or a name as it was typed; "" when unsaid."""
    tracking_number: Mapped[str] = mapped_column(Text, default="")
    tracking_url: Mapped[str | None] = mapped_column(Text)
    """Where the buyer follows the parcel: made from a known carrier's number, or typed; https only."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    shipped_at: Mapped[dt.datetime]
    cancelled_at: Mapped[dt.datetime | None]
    """Set when it was taken back: its units are to be shipped again."""

    lines: Mapped[list["FulfilmentLine"]] = relationship(
        order_by="FulfilmentLine.order_line_id", lazy="raise", cascade="all, delete-orphan"
    )


class FulfilmentLine(Base):
    """How many units of an order's line are in a parcel."""

    __tablename__ = "fulfilment_lines"
    __table_args__ = (
        Index("ix_fulfilment_lines_order_line_id", "order_line_id"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    fulfilment_id: Mapped[int] = mapped_column(
        ForeignKey("fulfilments.id", ondelete="CASCADE"), primary_key=True
    )
    order_line_id: Mapped[int] = mapped_column(
        ForeignKey("order_lines.id", ondelete="CASCADE"), primary_key=True
    )
    quantity: Mapped[int]


INTERNAL_KINDS = frozenset({"note", "mail_resent", "restock_undone", "restock_kept", "cancel_asked"})
"""Kinds of history that are for the page's staff alone: never shown to a buyer, in no form."""


class OrderEvent(Base):
    """A line of an order's history: who, when, what, why."""

    __tablename__ = "order_events"
    __table_args__ = (Index("ix_order_events_order_id", "order_id", "id"), enum_check("actor", Actor))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    at: Mapped[dt.datetime]
    actor: Mapped[Actor] = mapped_column(EnumText(Actor))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(Text)
    """``placed``, ``paid``, ``payment_failed``, ``expired``, ``flagged``, ``refunded`` …"""
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    @property
    def is_internal(self) -> bool:
        """Whether it is for the page's staff alone."""
        return self.kind in INTERNAL_KINDS


class SavedFilter(Base):
    """A named filter of a page's order list."""

    __tablename__ = "saved_filters"
    __table_args__ = (Index("ix_saved_filters_page_id", "page_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    """Whose it is; None when all the page's staff see it."""
    name: Mapped[str] = mapped_column(Text)
    query: Mapped[str] = mapped_column(Text)
    """The filter as it stands in the list's address, normalised: ``shipping=to_ship&country=BE``."""
    created_at: Mapped[dt.datetime]
    deleted_at: Mapped[dt.datetime | None]
    """Set when it was deleted: until then it can be brought back."""


attach_search_index(Order.__table__)
