"""Things for tests, named by what sets them apart; the rest is filled in."""

import datetime as dt
import itertools

from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.profiles import make_profile
from shop.accounts.service import write_words
from shop.catalog.history_models import StockReason
from shop.catalog.models import Product, ProductStatus, Variant
from shop.catalog.movements import Cause
from shop.page.models import Page, PageVersion, Role, StaffMember
from shop.page.service import write_page_words

_numbers = itertools.count(1)
START = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
SOLD = Cause(StockReason.SOLD, START, ref="P-1001")
"""Why a test takes stock that asks for no other reason."""

PICTURE = {
    "key": "pictures/aa/aa",
    "width": 160,
    "height": 160,
    "widths": [160],
    "formats": ["webp"],
    "color": "#fff",
}
"""A picture as the store of files describes one; its files are nowhere."""


def make_account(
    session: Session,
    *,
    name: str = "Alix Durand",
    email: str | None = None,
    is_confirmed: bool = True,
    now: dt.datetime = START,
) -> Account:
    """Add a person who cannot sign in (no usable password); their address is confirmed."""
    account = Account(
        email=email or f"person{next(_numbers)}@example.com",
        name=name,
        password_hash="!",
        language="en",
        created_at=now,
        email_confirmed_at=now if is_confirmed else None,
    )
    session.add(account)
    session.flush()
    write_words(session, account)
    make_profile(session, account=account, now=now)
    return account


def make_page(
    session: Session,
    *,
    slug: str | None = None,
    owner: Account | None = None,
    shipping_amount: int = 490,
    currency: str = "EUR",
    now: dt.datetime = START,
) -> Page:
    """Add a French page with a flat shipping rate."""
    number = next(_numbers)
    page = Page(
        slug=slug or f"page-{number}",
        name=f"Page {number}",
        language="en",
        country="FR",
        currency=currency,
        order_prefix=f"P{number}",
        accent_color="#7a4b2a",
        shipping_amount=shipping_amount,
        ships_to=["FR", "BE"],
        tax_rate_bp=2000,
        created_at=now,
    )
    session.add(page)
    session.flush()
    session.add(PageVersion(page_id=page.id, version=1))
    write_page_words(session, page)
    if owner is not None:
        make_staff(session, page, owner, Role.OWNER, now=now)
    session.flush()
    return page


def make_staff(
    session: Session, page: Page, account: Account, role: Role, *, now: dt.datetime = START
) -> StaffMember:
    """Give ``account`` a role on ``page``."""
    member = StaffMember(page_id=page.id, account_id=account.id, role=role, created_at=now)
    session.add(member)
    session.flush()
    return member


def make_product(
    session: Session,
    page: Page,
    *,
    title: str = "Mug",
    variants: list[tuple[int, int | None]] | None = None,
    status: ProductStatus = ProductStatus.PUBLISHED,
    slug: str | None = None,
    now: dt.datetime = START,
) -> Product:
    """Add a product; ``variants`` are (price in minor units, stock or None); several get the option Size."""
    wanted = variants or [(1200, 10)]
    product = Product(
        page_id=page.id,
        slug=slug or f"product-{next(_numbers)}",
        title=title,
        status=status,
        option_names=["Size"] if len(wanted) > 1 else [],
        price_from_amount=min(price for price, _ in wanted),
        price_to_amount=max(price for price, _ in wanted),
        published_at=now if status is ProductStatus.PUBLISHED else None,
        created_at=now,
        updated_at=now,
    )
    product.variants = [
        Variant(
            position=position,
            option1=f"Size {position}" if len(wanted) > 1 else "",
            sku=f"SKU-{next(_numbers)}",
            price_amount=price,
            stock=stock,
        )
        for position, (price, stock) in enumerate(wanted, start=1)
    ]
    session.add(product)
    session.flush()
    return product
