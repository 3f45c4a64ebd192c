"""The shop of the checkout's tests, with coupons: they are used where things are bought."""

import pytest

from tests.checkout.conftest import Shop, guest, make_shop, paid, shop
from tests.coupons.counter import Counter

__all__ = ["guest", "make_shop", "paid", "shop"]


@pytest.fixture
def counter(shop: Shop) -> Counter:
    return Counter(shop)
