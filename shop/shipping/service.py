"""Which shipping methods reach a destination: one flat rate a page today."""

from dataclasses import dataclass

from shop.core.errors import DomainError
from shop.core.i18n import N_
from shop.page.models import Page

STANDARD = "standard"


class CannotShip(DomainError):
    """The page does not ship to ``country``."""

    code = "cannot_ship"
    status = 422
    message = N_("This shop does not ship to the country you chose.")


@dataclass(frozen=True, slots=True)
class Method:
    """A way of shipping; ``name_msgid`` is English for an edge to translate, ``amount`` includes tax."""

    code: str
    name_msgid: str
    amount: int
    tax_rate_bp: int


METHOD_NAMES = {STANDARD: N_("Standard shipping")}


def list_countries(page: Page) -> list[str]:
    """Return the ISO 3166-1 countries that the page ships to, its own first."""
    return list(dict.fromkeys([page.country, *page.ships_to]))


def list_methods(page: Page, *, country: str, postal_code: str, subtotal_amount: int) -> list[Method]:
    """Return the methods that reach a destination, the usual one first; CannotShip when there is none.

    ``postal_code`` and ``subtotal_amount`` decide nothing yet: a flat rate is the same for all.
    """
    del postal_code, subtotal_amount
    if country not in list_countries(page):
        raise CannotShip
    return [Method(STANDARD, METHOD_NAMES[STANDARD], page.shipping_amount, page.tax_rate_bp)]
