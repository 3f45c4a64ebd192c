"""A page that gives coupons out, as the tests of what the public sees of them set it up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask.testing import FlaskClient
from sqlalchemy import select

from shop.cart.models import Cart
from shop.core.db import Database
from shop.coupons.models import Coupon, CouponHolding, CouponKind, HoldingWay
from shop.page.models import Page
from shop.page.service import raise_version
from tests.factories import START

if TYPE_CHECKING:
    from tests.storefront.conftest import Brand

TAB = "/en/p/lumen/coupons"
CART = "/en/p/lumen/cart"


def give(database: Database, brand: Brand, code: str = "WELCOME", **values: object) -> Coupon:
    """Add a listed coupon of ten percent, and show the tab."""
    facts: dict[str, object] = {
        "title": f"Title of {code}", "kind": CouponKind.PERCENT, "percent_bp": 1000, "currency": "EUR",
        "is_listed": True, "is_embeddable": True, "is_once": False,
    }  # fmt: skip
    with database.transaction() as session:
        coupon = Coupon(
            page_id=brand.page.id,
            code=code,
            code_key=code,
            created_at=START,
            updated_at=START,
            **facts | values,
        )
        session.add(coupon)
        session.get_one(Page, brand.page.id).has_coupons = True
        session.flush()
        raise_version(session, brand.page.id)
        return coupon


@dataclass
class Offered:
    """A page with a coupon of each audience."""

    everybody: Coupon
    by_email: Coupon
    by_account: Coupon
    prize: Coupon


def held(database: Database) -> list[tuple[int, str, HoldingWay]]:
    """Return what is in all wallets."""
    with database.reading() as session:
        rows = session.scalars(select(CouponHolding).order_by(CouponHolding.id))
        return [(row.coupon_id, row.holder_key.partition(":")[0], row.way) for row in rows]


def cart_coupon(database: Database) -> int | None:
    """Return the coupon that was chosen for the only cart."""
    with database.reading() as session:
        return session.scalars(select(Cart.coupon_id)).one_or_none()


def fill(client: FlaskClient, brand: Brand, quantity: int = 1) -> None:
    """Put lamps of 129 € into the cart."""
    data = {"variant_id": brand.lamp.variants[0].id, "quantity": quantity}
    assert client.post("/en/p/lumen/cart/lines", data=data).status_code == 303
