"""Products with options and variants, their pictures, and collections made by hand."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from shop.catalog.import_models import ImportRun
from shop.catalog.search_index import attach_search_index, default_search_text, default_sort_title
from shop.core.db import Base, EnumText, Id, enum_check

MAX_OPTIONS = 3
MAX_VARIANTS = 250
LOW_STOCK = 3
"""From here down a card and a product page say how many are left."""
MAX_LOW_STOCK = 20
"""The highest stock that a list of what runs low can be asked for: so far reaches its index."""


class ProductStatus(enum.StrEnum):
    """Only a published product is seen and sold."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Product(Base):
    """Something a page sells; it always has at least one variant.

    ``price_from_amount`` and ``price_to_amount`` repeat the variants' extremes so that a listing
    sorts and filters on an index; the service keeps them when variants change.
    """

    __tablename__ = "products"
    __table_args__ = (
        UniqueConstraint("page_id", "slug"),
        Index("ix_products_newest", "page_id", "status", "published_at", "id"),
        Index("ix_products_price", "page_id", "status", "price_from_amount", "id"),
        Index("ix_products_sold", "page_id", "status", "sold_count", "id"),
        Index("ix_products_title", "page_id", "status", "sort_title", "id"),
        Index("ix_products_updated", "page_id", "updated_at", "id"),
        enum_check("status", ProductStatus),
        CheckConstraint("archived_from IN ('draft', 'published')", name="archived_from"),
        CheckConstraint(
            "price_from_amount >= 0 AND price_to_amount >= price_from_amount", name="price_range"
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    description_html: Mapped[str] = mapped_column(Text, default="")
    """Sanitised with nh3 when it is written."""
    vendor: Mapped[str] = mapped_column(Text, default="")
    product_type: Mapped[str] = mapped_column(Text, default="")
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    status: Mapped[ProductStatus] = mapped_column(EnumText(ProductStatus), default=ProductStatus.DRAFT)
    archived_from: Mapped[ProductStatus | None] = mapped_column(EnumText(ProductStatus))
    """What an archived product was before, so that it can be brought back as that."""
    option_names: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Zero to three names; a variant's ``option1`` … ``option3`` are their values."""
    translations: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """{"en": {"title": …, "description_html": …, "options": {"Couleur": "Colour", "Bleu": "Blue"}}}."""
    swatches: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """The colours that stand for option values: {"Bleu": "#274c77"}; the other values are shown as text."""
    sort_title: Mapped[str] = mapped_column(Text, default=default_sort_title)
    """The title without case and accents, so that both databases sort "Étagère" before "Fauteuil"."""
    search_text: Mapped[str] = mapped_column(Text, default=default_search_text)
    """Plain words of all that one may search for, titles first; the service keeps it."""
    price_from_amount: Mapped[int]
    price_to_amount: Mapped[int]
    compare_at_amount: Mapped[int | None]
    """The compare-at price of the cheapest variant, for the card."""
    sold_count: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    """Raised by each edit; a form brings the one it was opened with."""
    published_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]

    variants: Mapped[list["Variant"]] = relationship(
        order_by="Variant.position", lazy="raise", cascade="all, delete-orphan", passive_deletes=True
    )
    pictures: Mapped[list["ProductPicture"]] = relationship(
        order_by="ProductPicture.position", lazy="raise", cascade="all, delete-orphan", passive_deletes=True
    )

    @validates("variants")
    def _tell_page(self, _name: str, variant: "Variant") -> "Variant":
        variant.page_id = self.page_id
        return variant


class ProductPicture(Base):
    """A picture of a product; the files are in the store under ``picture["key"]``."""

    __tablename__ = "product_pictures"
    __table_args__ = (Index("ix_product_pictures_product_id", "product_id", "position"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    position: Mapped[int]
    alt: Mapped[str] = mapped_column(Text, default="")
    translations: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """{"en": {"alt": …}}."""
    picture: Mapped[dict[str, Any]] = mapped_column(JSON)
    """A ``core.pictures.Picture`` as JSON."""
    source_url: Mapped[str | None] = mapped_column(Text)
    """Where an import found it; the same address is not fetched twice for a product."""
    created_at: Mapped[dt.datetime]


class Variant(Base):
    """One buyable form of a product. ``stock`` None means unlimited; it never goes below zero."""

    __tablename__ = "variants"
    __table_args__ = (
        UniqueConstraint("product_id", "option1", "option2", "option3"),
        Index("ix_variants_sku", "sku"),
        Index("ix_variants_picture_id", "picture_id"),
        Index(
            "ix_variants_available",
            "product_id",
            postgresql_where=text("stock IS NULL OR stock > 0"),
            sqlite_where=text("stock IS NULL OR stock > 0"),
        ),
        Index(
            "ix_variants_low_stock",
            "page_id",
            "stock",
            "id",
            postgresql_where=text(f"stock <= {MAX_LOW_STOCK}"),
            sqlite_where=text(f"stock <= {MAX_LOW_STOCK}"),
        ),
        CheckConstraint("stock >= 0", name="stock"),
        CheckConstraint("price_amount >= 0", name="price_amount"),
        CheckConstraint("compare_at_amount > price_amount", name="compare_at_amount"),
        CheckConstraint("weight_grams >= 0", name="weight_grams"),
        # SQLite gives a deleted row's number out again; a form still open would then buy another variant.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    """The product's page, once more, so that an index finds what runs low on it; the product sets it."""
    position: Mapped[int]
    option1: Mapped[str] = mapped_column(Text, default="")
    option2: Mapped[str] = mapped_column(Text, default="")
    option3: Mapped[str] = mapped_column(Text, default="")
    sku: Mapped[str | None] = mapped_column(Text)
    barcode: Mapped[str | None] = mapped_column(Text)
    price_amount: Mapped[int]
    compare_at_amount: Mapped[int | None]
    stock: Mapped[int | None]
    weight_grams: Mapped[int] = mapped_column(default=0)
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("product_pictures.id", ondelete="SET NULL"))

    product: Mapped[Product] = relationship(lazy="raise", viewonly=True)

    @property
    def option_values(self) -> list[str]:
        """The values of the product's options, in their order, without the empty ones."""
        return [value for value in (self.option1, self.option2, self.option3) if value]

    @property
    def is_available(self) -> bool:
        """Whether at least one can be bought."""
        return self.stock is None or self.stock > 0


class Collection(Base):
    """A shelf: products put together by hand, in an order."""

    __tablename__ = "collections"
    __table_args__ = (UniqueConstraint("page_id", "slug"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="")
    translations: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime]


class CollectionProduct(Base):
    """A product's place in a collection."""

    __tablename__ = "collection_products"
    __table_args__ = (Index("ix_collection_products_product_id", "product_id"),)

    collection_id: Mapped[int] = mapped_column(
        ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True
    )
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int]


class FetchState(enum.StrEnum):
    """How far a picture named by its address has come."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class PictureFetch(Base):
    """A picture that an import named by its address: asked for, fetched, or failed and why.

    The row stays, so that importing again fetches nothing twice, a picture that was taken off the
    product does not come back, and a failed one can be told and tried again.
    """

    __tablename__ = "picture_fetches"
    __table_args__ = (
        UniqueConstraint("product_id", "url"),
        Index("ix_picture_fetches_run_id", "run_id", "state", "id"),
        enum_check("state", FetchState),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(Text)
    alt: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int]
    variant_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    """The variants that this picture shows."""
    state: Mapped[FetchState] = mapped_column(EnumText(FetchState), default=FetchState.WAITING)
    problem: Mapped[str | None] = mapped_column(Text)
    """Why it failed: a msgid, filled from ``problem_params``."""
    problem_params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    run_id: Mapped[int | None] = mapped_column(ForeignKey(ImportRun.id, ondelete="SET NULL"))
    """The import that last asked for it."""
    round: Mapped[int] = mapped_column(default=1)
    """Raised each time an import asks again after a failure."""
    requested_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]


attach_search_index(Product.__table__)
