"""Fills a database with one brand's shop of any size, by bulk inserts past the services."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, insert, text

from shop.accounts.service import sign_up
from shop.cart.service import add_line, find_or_create_cart
from shop.catalog.models import Collection, CollectionProduct, Product, ProductPicture, ProductStatus, Variant
from shop.catalog.search_index import search_text, sort_key
from shop.core.db import Database
from shop.core.signing import Signer
from shop.page.models import Follower, LikeSource, Page, PageVersion

SLUG = "bench"
CURRENCY = "EUR"
EMAIL = "follower@example.com"
PASSWORD = "a long pass phrase for a bench"
VARIANTS = 3
CHUNK = 5000
STOCK = 1_000_000
COLLECTIONS = 8
IN_COLLECTION = 60
START = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
SIZES = ("Small", "Medium", "Large")
ADJECTIVES = """amber ashen birch bold brass calm cedar chalk clay copper coral cotton deep dusk fern
    flint forest frost glazed golden hazel honey indigo ivory jade""".split()
NOUNS = """armchair basket bench blanket board bottle bowl box brush candle carafe chair clock cup curtain
    cushion desk dish frame hook jar jug kettle lamp ladle mirror mug napkin pan pitcher plate pot quilt
    rack rug shelf stool table towel tray vase""".split()[:40]
SENTENCE = (
    "Made by hand in small numbers, each piece a little different from the next, to be used every day. "
)


@dataclass(frozen=True)
class Seeded:
    """What a load needs to know of the shop that it visits."""

    products: int
    page_id: int
    account_id: int
    guest_cart_cookie: str
    """The signed cookie of a guest whose cart has three lines."""


def title_of(number: int) -> str:
    """Return the title of product ``number`` (from 1): adjective and noun repeat every 1,000 products."""
    adjective = ADJECTIVES[number % len(ADJECTIVES)]
    noun = NOUNS[number // len(ADJECTIVES) % len(NOUNS)]
    return f"{adjective.title()} {noun} {number}"


def slug_of(number: int) -> str:
    """Return the address of product ``number``."""
    return title_of(number).lower().replace(" ", "-")


def published_at(number: int) -> dt.datetime:
    """Return when product ``number`` was published, a minute after the one before."""
    return START - dt.timedelta(days=1000) + dt.timedelta(minutes=number)


def first_variant_id(number: int) -> int:
    """Return the id of the first of the three variants of product ``number``."""
    return (number - 1) * VARIANTS + 1


def seed(database: Database, products: int, *, secret_key: str) -> Seeded:
    """Fill an empty, migrated database with a page of ``products`` products of three variants each."""
    page_id, account_id = _make_page(database)
    with database.engine.begin() as connection:
        for first in range(1, products + 1, CHUNK):
            _insert_products(connection, page_id, range(first, min(first + CHUNK, products + 1)))
        _insert_collections(connection, page_id, products)
        if not database.is_sqlite:
            _move_sequences(connection)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    cookie = _fill_guest_cart(database, page_id, secret_key)
    return Seeded(products, page_id, account_id, cookie)


def make_carts(database: Database, page_id: int, count: int) -> list[tuple[int, str]]:
    """Make empty carts of the API and return each one's id and token."""
    with database.transaction() as session:
        made = [
            find_or_create_cart(
                session, page_id=page_id, account_id=None, visitor_id=None, country="FR", now=_now()
            )
            for _ in range(count)
        ]
    return [(cart.id, token or "") for cart, token in made]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _make_page(database: Database) -> tuple[int, int]:
    with database.transaction() as session:
        account = sign_up(
            session, email=EMAIL, name="Alix Durand", password=PASSWORD, language="en", now=START
        )
        page = Page(
            slug=SLUG,
            name="Bench",
            tagline="Things to sit and measure on",
            about="We make what others lean on.",
            language="en",
            country="FR",
            currency=CURRENCY,
            order_prefix="BE",
            accent_color="#7a4b2a",
            cover=_picture(0),
            avatar=_picture(0),
            shipping_amount=490,
            ships_to=["FR", "BE"],
            follower_count=1,
            created_at=START,
        )
        session.add(page)
        session.flush()
        session.add(PageVersion(page_id=page.id, version=1))
        session.add(
            Follower(
                page_id=page.id,
                account_id=account.id,
                source=LikeSource.ORGANIC,
                followed_at=START,
            )
        )
        session.flush()
        return page.id, account.id


def _picture(number: int) -> dict[str, Any]:
    """Return a picture as a real upload of 1,600 pixels has it; its files do not exist and nobody asks."""
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    return {
        "key": f"pictures/{digest[:2]}/{digest[:32]}",
        "width": 1600,
        "height": 1600,
        "widths": [160, 320, 480, 640, 960, 1280, 1600],
        "formats": ["avif", "webp", "jpg"],
        "color": "#7a4b2a",
    }


def _insert_products(connection: Connection, page_id: int, numbers: Sequence[int]) -> None:
    for model, rows in (
        (Product, _product_rows(page_id, numbers)),
        (ProductPicture, _picture_rows(numbers)),
        (Variant, _variant_rows(page_id, numbers)),
    ):
        table = model.__table__
        assert isinstance(table, Table)
        connection.execute(insert(table), list(rows))


def _product_rows(page_id: int, numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
    for number in numbers:
        title = title_of(number)
        html = f"<p>{title}. {SENTENCE * 3}</p><ul><li>Oak and brass</li><li>Wipe with a dry cloth</li></ul>"
        yield {
            "id": number,
            "page_id": page_id,
            "slug": slug_of(number),
            "title": title,
            "description_html": html,
            "vendor": "Bench",
            "product_type": "Goods",
            "tags": ["made by hand"],
            "status": ProductStatus.PUBLISHED,
            "option_names": ["Size"],
            "translations": {"fr": {"title": f"{title} en français"}},
            "swatches": {},
            "sort_title": sort_key(title),
            "search_text": search_text([title, *SIZES], html=[html]),
            "price_from_amount": _price(number),
            "price_to_amount": _price(number) + 1000,
            "compare_at_amount": _price(number) + 500 if number % 5 == 0 else None,
            "sold_count": number * 7919 % 1000,
            "version": 1,
            "published_at": published_at(number),
            "created_at": START,
            "updated_at": START,
        }


def _price(number: int) -> int:
    return 500 + number * 7919 % 20_000


def _picture_rows(numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
    for number in numbers:
        yield {
            "id": number,
            "product_id": number,
            "position": 1,
            "alt": f"{title_of(number)} on a table",
            "translations": {},
            "picture": _picture(number),
            "source_url": None,
            "created_at": START,
        }


def _variant_rows(page_id: int, numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
    for number in numbers:
        for place, size in enumerate(SIZES):
            yield {
                "id": first_variant_id(number) + place,
                "product_id": number,
                "page_id": page_id,
                "position": place + 1,
                "option1": size,
                "option2": "",
                "option3": "",
                "sku": f"B-{number}-{place}",
                "barcode": None,
                "price_amount": _price(number) + 500 * place,
                "compare_at_amount": None,
                "stock": STOCK,
                "weight_grams": 400,
                "picture_id": None,
            }


def _insert_collections(connection: Connection, page_id: int, products: int) -> None:
    shelves = range(1, COLLECTIONS + 1)
    shelf_rows = [
        {"id": shelf, "page_id": page_id, "slug": f"shelf-{shelf}", "title": f"Shelf {shelf}",
         "description": "", "translations": {}, "position": shelf, "created_at": START}
        for shelf in shelves
    ]  # fmt: skip
    places = [
        {
            "collection_id": shelf,
            "product_id": (shelf * IN_COLLECTION + place) % products + 1,
            "position": place,
        }
        for shelf in shelves
        for place in range(min(IN_COLLECTION, products))
    ]
    for model, rows in ((Collection, shelf_rows), (CollectionProduct, places)):
        table = model.__table__
        assert isinstance(table, Table)
        connection.execute(insert(table), rows)


def _move_sequences(connection: Connection) -> None:
    for table in ("products", "product_pictures", "variants", "collections"):
        connection.execute(
            text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        )


def _fill_guest_cart(database: Database, page_id: int, secret_key: str) -> str:
    visitor = "a-guest-of-the-bench-with-a-cart-of-three"
    with database.transaction() as session:
        cart, _ = find_or_create_cart(
            session, page_id=page_id, account_id=None, visitor_id=visitor, country="FR", now=_now()
        )
        for number in (1, 2, 3):
            add_line(
                session, cart_id=cart.id, variant_id=first_variant_id(number), quantity=1, now=_now(), held={}
            )
    return Signer(secret_key).sign("visitor", visitor)
