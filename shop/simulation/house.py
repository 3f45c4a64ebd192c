"""The house of a simulation: its own database with the shops in it, where coupons and contests take their real course."""

import datetime as dt
import importlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.catalog.models import Product, ProductStatus, Variant
from shop.core.db import Base, Database
from shop.core.signing import Signer
from shop.page.models import Page, PageVersion
from shop.simulation.people import instant

SIGNER = Signer("simulation-secret-that-protects-nobody")
CURRENCY, COUNTRY = "EUR", "FR"
SHIPPING = 490
TAX_BP = 2000
PRICES = (1900, 2900, 4900, 7900)
_MODELS = (
    "accounts.models", "accounts.profile_models", "catalog.history_models", "catalog.import_models",
    "catalog.models", "contests.models", "core.outbox", "core.mail", "coupons.models", "feed.models",
    "feed.ranking_models", "moderation.models", "notifications.models", "page.models", "people.models",
    "quality.models",
)  # fmt: skip
BATCH = 5000


@contextmanager
def open_house() -> Iterator[Database]:
    """Yield an empty database of this house's schema in a temporary folder, which goes with it."""
    for name in _MODELS:
        importlib.import_module(f"shop.{name}")
    with tempfile.TemporaryDirectory(prefix="vitrine-simulation-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'house.sqlite3'}")
        try:
            names = [f"shop.{name}" for name in _MODELS]
            tables = [
                mapper.local_table for mapper in Base.registry.mappers if mapper.class_.__module__ in names
            ]
            Base.metadata.create_all(database.engine, tables=tables)  # type: ignore[arg-type]
            yield database
        finally:
            database.dispose()


def open_page(session: Session, *, page_id: int, slug: str, since: dt.datetime) -> Page:
    """Add a page with its shop."""
    page = Page(
        id=page_id, slug=slug, name=slug.capitalize(), language="en", country=COUNTRY, currency=CURRENCY,
        order_prefix=f"S{page_id}", accent_color="#7a4b2a", shipping_amount=SHIPPING, ships_to=[COUNTRY],
        tax_rate_bp=TAX_BP, created_at=since,
    )  # fmt: skip
    session.add(page)
    session.flush()
    session.add(PageVersion(page_id=page.id, version=1))
    session.flush()
    return page


def list_goods(session: Session, page: Page, prices: Sequence[int], now: dt.datetime) -> list[Product]:
    """Put a product of each price into a page's shop, without end."""
    goods = [
        Product(
            page_id=page.id, slug=f"thing-{place}", title=f"Thing {place}", status=ProductStatus.PUBLISHED,
            option_names=[], price_from_amount=price, price_to_amount=price, published_at=now, created_at=now,
            updated_at=now, variants=[Variant(position=1, sku=f"T{place}", price_amount=price, stock=None)],
        )
        for place, price in enumerate(prices)
    ]  # fmt: skip
    session.add_all(goods)
    session.flush()
    return goods


def write_accounts(session: Session, ids: Iterable[int]) -> None:
    """Write accounts in bulk: signing each up would hash thousands of passwords."""
    rows = [
        {
            "id": number, "email": email_of(number), "name": f"Person {number}", "password_hash": "!",
            "language": "en", "created_at": instant(-1_000_000), "email_confirmed_at": instant(-1_000_000),
        }
        for number in sorted(set(ids))
    ]  # fmt: skip
    write(session, Account, rows)


def write(session: Session, model: type[Base], rows: Sequence[dict[str, object]]) -> None:
    """Write rows in bulk."""
    for start in range(0, len(rows), BATCH):
        session.execute(insert(model), rows[start : start + BATCH])


def email_of(person_id: int) -> str:
    """Return the address of somebody, which does not exist."""
    return f"person{person_id}@fans.example"
