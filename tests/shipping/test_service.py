"""Which methods reach a destination."""

import pytest

from shop.page.models import Page
from shop.shipping.service import CannotShip, list_countries, list_methods

PAGE = Page(country="FR", ships_to=["BE", "FR"], shipping_amount=490, tax_rate_bp=2000)


class TestListMethods:
    def test_offers_the_flat_rate(self) -> None:
        (method,) = list_methods(PAGE, country="BE", postal_code="", subtotal_amount=100)
        assert (method.code, method.amount, method.tax_rate_bp) == ("standard", 490, 2000)

    def test_refuses_where_the_page_does_not_ship(self) -> None:
        with pytest.raises(CannotShip):
            list_methods(PAGE, country="US", postal_code="", subtotal_amount=100)


class TestListCountries:
    def test_has_the_pages_own_first_and_each_once(self) -> None:
        assert list_countries(PAGE) == ["FR", "BE"]
