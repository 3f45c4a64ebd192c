"""Nothing but the shop of the checkout's tests: coupons are used where things are bought."""

from tests.checkout.conftest import guest, make_shop, paid, shop

__all__ = ["guest", "make_shop", "paid", "shop"]
