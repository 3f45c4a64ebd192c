"""What every format is read into: products, their variants and pictures, and what was wrong.

Rows are numbered as a spreadsheet shows them: the first record of the file is 1 (as a rule the
header), each later CSV record adds one, whatever number of text lines its quoted cells span.
"""

import enum
from dataclasses import dataclass
from decimal import Decimal

from shop.catalog.importing.messages import text_of

MAX_SHOWN = 200


class RecordStatus(enum.StrEnum):
    """What a merchant's file says of a product's visibility."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class VariantRecord:
    """One buyable form. ``stock`` None means unlimited, ``weight_grams`` None unknown."""

    row: int
    option_values: tuple[str, ...]
    sku: str
    barcode: str
    """A checked GTIN of 8, 12, 13 or 14 digits, or empty."""
    price: Decimal
    compare_at: Decimal | None
    stock: int | None
    weight_grams: int | None
    picture_url: str
    requires_shipping: bool = True
    taxable: bool = True
    continue_selling: bool = False


@dataclass(frozen=True, slots=True)
class PictureRecord:
    """A picture named by its address, http or https; ``position`` starts at 1."""

    url: str
    alt: str
    position: int
    row: int


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """A product as its file describes it; money in major units, the description still raw HTML.

    ``slug`` is the address made of the handle, unique in the file. ``rows`` are all the rows that
    the product was read from, in their order.
    """

    handle: str
    slug: str
    title: str
    description_html: str
    vendor: str
    product_type: str
    tags: tuple[str, ...]
    status: RecordStatus
    options: tuple[str, ...]
    variants: tuple[VariantRecord, ...]
    pictures: tuple[PictureRecord, ...]
    collections: tuple[str, ...]
    seo_title: str
    seo_description: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Issue:
    """Something wrong in one cell: where, what stood there, and why it matters.

    ``code`` is stable; its sentence is in ``messages`` and is filled from ``params`` after an edge
    has translated it. ``reason`` is that sentence in English.
    """

    row: int
    field: str
    value: str
    code: str
    params: tuple[tuple[str, str | int], ...] = ()

    @property
    def reason(self) -> str:
        """The English sentence for a person."""
        return text_of(self.code, dict(self.params))


class Rejection(Issue):
    """A fault that keeps the whole product of its row out."""

    __slots__ = ()


class RowWarning(Issue):
    """Something dropped or changed on the way; the product is imported all the same."""

    __slots__ = ()
