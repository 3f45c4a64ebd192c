"""A page that gives everything away with a coupon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from shop.cart.models import Cart
from shop.checkout.basket import cart_wish
from shop.checkout.buying import CheckoutStarted, buy_now
from shop.checkout.delivery import Delivery
from shop.checkout.desk import Buyer, ReturnUrls
from shop.coupons.models import Coupon
from shop.orders.models import Order
from tests.coupons.house import add_coupon

if TYPE_CHECKING:
    from tests.checkout.conftest import Shop

URLS = ReturnUrls(
    "http://localhost/en/checkout/return?order={ORDER_TOKEN}", "http://localhost/en/p/lamps/cart"
)
HOME = Delivery(
    name="Alix Martin", line1="12 rue du Four", line2="2e étage", postal_code="75006", city="Paris", country="FR",
    phone="+33 1 23 45 67 89",
)  # fmt: skip


class Gifts:
    """A page that gives everything away with a coupon, and a guest who has it in their cart."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.cart_id = shop.fill_cart("visitor-1", {0: 2})
        self.coupon_id = self.coupon("PRIZE")
        self.choose(self.cart_id)

    def coupon(self, code: str, **values: object) -> int:
        with self.shop.database.transaction() as session:
            wanted = {"percent_bp": 10_000, "has_free_shipping": True, "is_once": False} | values
            return add_coupon(session, self.shop.page, code, **wanted).id

    def choose(self, cart_id: int) -> None:
        with self.shop.database.transaction() as session:
            session.execute(update(Cart).where(Cart.id == cart_id).values(coupon_id=self.coupon_id))

    def state(self) -> str:
        with self.shop.database.reading() as session:
            return cart_wish(self.shop.page, session.get_one(Cart, self.cart_id)).attempt

    def orders(self) -> list[Order]:
        with self.shop.database.reading() as session:
            return list(session.scalars(select(Order).order_by(Order.id)))

    def uses(self) -> int:
        with self.shop.database.reading() as session:
            return session.get_one(Coupon, self.coupon_id).uses

    def buy(self, buyer: Buyer, **changes: object) -> CheckoutStarted:
        return buy_now(
            self.shop.desk, page=self.shop.page, variant_id=self.shop.variants[0].id, quantity=1, country="FR",
            buyer=buyer, language="en", urls=URLS, now=self.shop.clock.now(), coupon_id=self.coupon_id, **changes,
        )  # fmt: skip
