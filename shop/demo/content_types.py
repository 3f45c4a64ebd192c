"""The shapes in which the demo brands are written down: plain values, no input or output.

Whoever reads the content needs only this module's names and `shop.demo.content`.
"""

import re
from dataclasses import dataclass
from typing import Literal

Language = Literal["fr", "en"]
ProductStatus = Literal["draft", "published", "archived"]
StaffRole = Literal["owner", "manager", "fulfilment", "analyst"]
OrderState = Literal["paid", "fulfilled", "refunded", "expired", "cancelled"]

_NO_BREAK = "\N{NO-BREAK SPACE}"
_THIN_NO_BREAK = "\N{NARROW NO-BREAK SPACE}"
_UNITS = "cm|mm|ml|cl|kg|g|W|lm|K|V|h|°C|%|€"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in the two languages of the demo."""

    fr: str
    en: str

    def into(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: `file` is relative to `shop/demo/pictures`, `alt` says what a sighted reader sees."""

    file: str
    alt: Text


@dataclass(frozen=True, slots=True)
class Option:
    """A choice that a product offers; `swatches` are `#rrggbb`, one a value, or empty for pills."""

    name: Text
    values: tuple[Text, ...]
    swatches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """One thing that can be bought.

    `values` holds, for each option of the product in turn, the index of the chosen value. Prices are in
    cents of the page's currency, tax included. `stock` is what is left *after* the past orders; None means
    unlimited. `barcode` is an EAN-13; `picture` is the file of one of the product's pictures.
    """

    values: tuple[int, ...]
    sku: str
    price_amount: int
    stock: int | None
    weight_grams: int
    compare_at_amount: int | None = None
    barcode: str | None = None
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A product; `description` is HTML made of `<p>` only; the first picture is the main one."""

    slug: str
    title: Text
    description: Text
    pictures: tuple[Picture, ...]
    variants: tuple[Variant, ...]
    options: tuple[Option, ...] = ()
    status: ProductStatus = "published"
    listed_days_ago: int = 60


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection by hand: `product_slugs` in the order in which they are shown."""

    slug: str
    title: Text
    description: Text
    product_slugs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who works for a page."""

    name: str
    email: str
    role: StaffRole
    language: Language = "fr"


@dataclass(frozen=True, slots=True)
class Page:
    """A brand's page. `about` is plain text, paragraphs parted by an empty line; the accent is `#rrggbb`."""

    slug: str
    name: str
    order_prefix: str
    accent: str
    tagline: Text
    about: Text
    logo: Picture
    cover: Picture
    shipping_amount: int
    collections: tuple[Collection, ...]
    products: tuple[Product, ...]
    staff: tuple[Staff, ...]
    country: str = "FR"
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class PostPhoto:
    """A photo of a post: `file` is that of a picture of one of the page's products, which says its words."""

    file: str


@dataclass(frozen=True, slots=True)
class PostTag:
    """A product in a post, or at a point (thousandths from the top left) of its photo with index `photo`."""

    product_slug: str
    photo: int | None = None
    x: int | None = None
    y: int | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment by the follower with this address, or by the page (None), in its author's language."""

    email: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Post:
    """Something that a page told `days_ago`, or will tell (below zero: scheduled); `ref` names it for ever.

    `text` is light markdown; both languages stand in the post, the other one as a quotation. `reactions` is how
    many followers react, as far as there are so many.
    """

    ref: str
    page_slug: str
    days_ago: int
    text: Text
    photos: tuple[PostPhoto, ...] = ()
    tags: tuple[PostTag, ...] = ()
    link_url: str | None = None
    link_title: str = ""
    link_description: str = ""
    is_draft: bool = False
    is_pinned: bool = False
    reactions: int = 0
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon of a page: a share in basis points, cents off, or free shipping where both are 0."""

    page_slug: str
    code: str
    title: Text
    description: Text
    percent_bp: int = 0
    amount: int = 0
    minimum_amount: int = 0
    collection_slug: str | None = None
    max_uses: int | None = None
    is_once: bool = True
    is_for_members: bool = False
    is_embeddable: bool = False


@dataclass(frozen=True, slots=True)
class Contest:
    """A contest with so many `entries` of the page's followers; one that is over was drawn. A question makes it a quiz.

    `product_slug` is the prize, its cheapest variant what it is worth.
    """

    page_slug: str
    title: Text
    body: Text
    prize: Text
    product_slug: str
    photo: PostPhoto
    organiser: str
    began_days_ago: int
    ends_in_days: int
    entries: int
    question: Text | None = None
    answers: tuple[Text, ...] = ()
    right_answer: int | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where an order goes; `country` is ISO 3166-1 alpha-2, `phone` E.164 or None."""

    name: str
    line1: str
    postal_code: str
    city: str
    country: str
    line2: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Follower:
    """Somebody with an account who likes pages: (page slug, days ago) pairs."""

    name: str
    email: str
    language: Language
    address: Address
    likes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """So many units of one SKU."""

    sku: str
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class PastOrder:
    """An order of the past, of the page whose SKUs it names.

    Either `buyer` is an index into the followers or `guest_email` is set, never both. The goods go to
    `address`, whose name is the buyer's name.
    """

    page_slug: str
    lines: tuple[Line, ...]
    days_ago: int
    state: OrderState
    address: Address
    buyer: int | None = None
    guest_email: str | None = None


def typeset_french(text: str) -> str:
    """Return `text` with the spaces and apostrophes that French print wants.

    No-break space before a colon and inside guillemets, narrow no-break space before ; ! ?, as the
    Imprimerie nationale's rules have it.
    """
    text = text.replace("« ", f"«{_NO_BREAK}").replace(" »", f"{_NO_BREAK}»").replace(" :", f"{_NO_BREAK}:")
    return re.sub(r" ([;!?])", rf"{_THIN_NO_BREAK}\1", text)


def _typeset(text: str) -> str:
    text = text.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
    text = re.sub(r"(?<=\d) x (?=\d)", f"{_NO_BREAK}\N{MULTIPLICATION SIGN}{_NO_BREAK}", text)
    return re.sub(rf"(?<=\d) (?=(?:{_UNITS})(?!\w))", _NO_BREAK, text)


def say(fr: str, en: str) -> Text:
    """Return both languages, typeset: curly apostrophes, `40 x 60 cm` with a real sign and fixed spaces."""
    return Text(fr=typeset_french(_typeset(fr)), en=_typeset(en))


def tell(fr: tuple[str, ...], en: tuple[str, ...]) -> Text:
    """Return both languages as HTML, one `<p>` a string; the strings are plain text without markup."""
    text = say("</p><p>".join(fr), "</p><p>".join(en))
    return Text(fr=f"<p>{text.fr}</p>", en=f"<p>{text.en}</p>")


def ean13(serial: int) -> str:
    """Return the EAN-13 of `serial` (0 to 999,999,999) under 952, the prefix GS1 keeps for examples."""
    body = f"952{serial:09d}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-weighted % 10}"
