"""What is kept of what was: how stock moved, where addresses led, what was changed in bulk."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, EnumText, Id, enum_check


class StockReason(enum.StrEnum):
    """Why a stock moved."""

    CREATED = "created"
    IMPORTED = "imported"
    EDITED = "edited"
    BULK_EDITED = "bulk_edited"
    SOLD = "sold"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    RESTOCKED = "restocked"
    """Refunded or returned units that were put back on sale."""
    REMOVED = "removed"
    """The variant is gone; ``ref`` keeps what it was called."""


class StockMovement(Base):
    """One change of a counted stock, written in the change's own transaction.

    ``stock_after`` is what the change left (None: unlimited from here on). ``change`` is None where counting
    starts or ends, since there is no number to come from or to go to. So for each variant, in the order of ids:
    a ``stock_after`` is the one before plus ``change``, and the last one is the stock.
    """

    __tablename__ = "stock_movements"
    __table_args__ = (
        Index("ix_stock_movements_product_id", "product_id", "id"),
        Index("ix_stock_movements_variant_id", "variant_id", "id"),
        enum_check("reason", StockReason),
        CheckConstraint("stock_after >= 0", name="stock_after"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    variant_id: Mapped[int] = mapped_column(Id)
    """No foreign key: the history outlives the variant, whose number is never given out again."""
    at: Mapped[dt.datetime]
    change: Mapped[int | None]
    stock_after: Mapped[int | None]
    reason: Mapped[StockReason] = mapped_column(EnumText(StockReason))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    """The member of staff who did it; None when a buyer or the house did."""
    ref: Mapped[str | None] = mapped_column(Text)
    """What it belongs to, by reason: an order's number, an import's or a bulk edit's id."""


class AddressKind(enum.StrEnum):
    """What an address was of."""

    PRODUCT = "product"
    COLLECTION = "collection"


class SlugRedirect(Base):
    """An address that a product or collection had before; it leads to whatever address that has now.

    It points at the thing and not at its next address, so renaming often makes no chain. Whoever takes
    the address for itself ends it.
    """

    __tablename__ = "slug_redirects"
    __table_args__ = (
        UniqueConstraint("page_id", "kind", "slug"),
        Index("ix_slug_redirects_product_id", "product_id"),
        Index("ix_slug_redirects_collection_id", "collection_id"),
        enum_check("kind", AddressKind),
        CheckConstraint(
            "(kind = 'product' AND product_id IS NOT NULL AND collection_id IS NULL)"
            " OR (kind = 'collection' AND collection_id IS NOT NULL AND product_id IS NULL)",
            name="target",
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    kind: Mapped[AddressKind] = mapped_column(EnumText(AddressKind))
    slug: Mapped[str] = mapped_column(Text)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    collection_id: Mapped[int | None] = mapped_column(ForeignKey("collections.id", ondelete="CASCADE"))
    created_at: Mapped[dt.datetime]


class BulkKind(enum.StrEnum):
    """What a bulk edit changes."""

    PRICE = "price"
    STOCK = "stock"
    STATUS = "status"
    COLLECTION = "collection"
    TAGS = "tags"


class BulkState(enum.StrEnum):
    """How far a bulk edit has come; both runs go on where they were broken off."""

    PROPOSED = "proposed"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"


class BulkEdit(Base):
    """A change of many products: what was shown in the preview, and what became of each row."""

    __tablename__ = "bulk_edits"
    __table_args__ = (
        Index("ix_bulk_edits_page_id", "page_id", "id"),
        enum_check("kind", BulkKind),
        enum_check("state", BulkState),
        CheckConstraint("progress >= 0", name="progress"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    kind: Mapped[BulkKind] = mapped_column(EnumText(BulkKind))
    what: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What was asked for, as ``bulk_acts`` reads it."""
    rows: Mapped[list[Any]] = mapped_column(JSON)
    """[product id, variant id or None, value shown, value wanted, problem or ""] each, products together."""
    state: Mapped[BulkState] = mapped_column(EnumText(BulkState), default=BulkState.PROPOSED)
    progress: Mapped[int] = mapped_column(default=0)
    """How many rows the run in hand has dealt with."""
    skipped: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """Rows (by their place) that were left alone when it was applied, with the reason's msgid."""
    not_undone: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """The same of undoing."""
    created_at: Mapped[dt.datetime]
    applied_at: Mapped[dt.datetime | None]
    undone_at: Mapped[dt.datetime | None]
