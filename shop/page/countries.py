"""The countries of forms, by name in the visitor's language."""

from babel import Locale

from shop.page.schemas import COUNTRIES
from shop.web.locale import language


def country_choices() -> list[tuple[str, str]]:
    """Return (code, name) pairs sorted by name."""
    names = Locale.parse(language()).territories
    return sorted(((code, names[code]) for code in COUNTRIES), key=lambda pair: pair[1])
