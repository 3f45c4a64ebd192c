"""A cart: one a page a visitor."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id

MAX_QUANTITY = 99
MAX_LINES = 100  # Stripe Checkout takes at most 100 line items (docs.stripe.com/api/checkout/sessions/create)


class Cart(Base):
    """A visitor's cart on one page. A guest's is found by ``token_hash``, an account's by its id."""

    __tablename__ = "carts"
    __table_args__ = (
        UniqueConstraint("page_id", "token_hash"),
        Index(
            "uq_carts_page_account",
            "page_id",
            "account_id",
            unique=True,
            sqlite_where=text("account_id IS NOT NULL"),
            postgresql_where=text("account_id IS NOT NULL"),
        ),
        Index("ix_carts_account_id", "account_id"),
        Index("ix_carts_token_hash", "token_hash"),
        Index("ix_carts_updated_at", "updated_at"),
        Index(
            "ix_carts_coupon_id",
            "coupon_id",
            sqlite_where=text("coupon_id IS NOT NULL"),
            postgresql_where=text("coupon_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(Text)
    """Hash of the visitor's id, or of an API cart's own token; of nothing known once it is an account's."""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("carts.id", ondelete="SET NULL"))
    """The account's cart that took over this guest's lines; an order placed before still points here."""
    country: Mapped[str] = mapped_column(Text)
    postal_code: Mapped[str] = mapped_column(Text, default="")
    coupon_id: Mapped[int | None] = mapped_column(ForeignKey("coupons.id", ondelete="SET NULL"))
    """The coupon that was typed or taken; None for whichever counts by itself. It stays when it ends, and says so."""
    declined_coupon_id: Mapped[int | None] = mapped_column(Id)
    """The one that counted by itself and was taken off."""
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]


class CartLine(Base):
    """How many of a variant; ``seen_amount`` is the unit price that the visitor was last told."""

    __tablename__ = "cart_lines"
    __table_args__ = (
        UniqueConstraint("cart_id", "variant_id"),
        Index("ix_cart_lines_variant_id", "variant_id"),
        CheckConstraint(f"quantity BETWEEN 1 AND {MAX_QUANTITY}", name="quantity"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cart_id: Mapped[int] = mapped_column(ForeignKey("carts.id", ondelete="CASCADE"))
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id", ondelete="CASCADE"))
    quantity: Mapped[int]
    seen_amount: Mapped[int]
    added_at: Mapped[dt.datetime]
