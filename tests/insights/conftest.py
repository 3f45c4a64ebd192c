"""The checkout's shop, and what it is held to here."""

from tests.checkout.conftest import Shop, guest, make_shop, shop

__all__ = ["Shop", "guest", "make_shop", "shop"]
