"""A counter at which people with coupons buy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from shop.cart.coupons import apply_code
from shop.cart.models import Cart
from shop.cart.queries import CartView, view_cart
from shop.checkout.couponing import shopper_of
from shop.checkout.delivery import Delivery
from shop.checkout.desk import Buyer, guest_buyer
from shop.coupons.models import Coupon
from tests.coupons.house import add_coupon

if TYPE_CHECKING:
    from tests.checkout.conftest import Shop

HOME = Delivery(name="Alix Martin", line1="12 rue du Four", postal_code="75006", city="Paris", country="FR")
BO = guest_buyer("visitor-2", "bo@example.com")
NAMELESS = guest_buyer("visitor-1")


class Counter:
    """A shop whose buyers have coupons."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.cart_id = shop.fill_cart("visitor-1", {0: 3, 1: 1})
        """3 × 12 + 15 + 4.90 shipping."""

    def coupon(self, code: str = "TENTH", **values: object) -> int:
        with self.shop.database.transaction() as session:
            return add_coupon(session, self.shop.page, code, **values).id

    def apply(self, code: str = "TENTH", *, cart_id: int | None = None, buyer: Buyer = NAMELESS) -> None:
        now = self.shop.clock.now()
        with self.shop.database.transaction() as session:
            cart = session.get_one(Cart, cart_id or self.cart_id)
            shopper = shopper_of(session, self.shop.desk.signer, buyer=buyer, page_id=cart.page_id, now=now)
            apply_code(session, cart=cart, page=self.shop.page, code=code, customer=shopper.customer, now=now)

    def view(self, *, cart_id: int | None = None, buyer: Buyer = NAMELESS) -> CartView:
        with self.shop.database.reading() as session:
            cart = session.get_one(Cart, cart_id or self.cart_id)
            shopper = shopper_of(
                session, self.shop.desk.signer, buyer=buyer, page_id=cart.page_id, now=self.shop.clock.now()
            )
            return view_cart(session, cart, self.shop.page, shopper=shopper)

    def uses(self, coupon_id: int) -> int:
        with self.shop.database.reading() as session:
            return session.get_one(Coupon, coupon_id).uses

    def change(self, **values: object) -> None:
        with self.shop.database.transaction() as session:
            session.execute(update(Coupon).values(**values))
