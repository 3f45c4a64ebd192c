"""Money: whole numbers of minor units beside an ISO 4217 currency, never a float."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel.numbers import NumberFormatError, format_currency, get_currency_precision, parse_decimal

from shop.core.errors import DomainError
from shop.core.i18n import N_

CURRENCIES: tuple[str, ...] = (
    "EUR",
    "USD",
    "GBP",
    "CHF",
    "CAD",
    "AUD",
    "JPY",
    "SEK",
    "DKK",
    "NOK",
    "PLN",
    "TND",
)
MAX_AMOUNT = 99_999_999  # Stripe takes at most eight digits of minor units (docs.stripe.com/currencies)


ODD_PRICE = N_("In %(currency)s a price must end in 0, such as 12.340: cards are not charged more exactly.")


class BadAmount(DomainError):
    """The typed text is not an amount of money that can be kept."""

    code = "bad_amount"
    status = 422
    message = N_("Enter a price such as 12.50.")


def exponent(currency: str) -> int:
    """Return how many decimals ``currency`` has: 2 for EUR, 0 for JPY, 3 for TND."""
    return int(get_currency_precision(currency))


def charge_step(currency: str) -> int:
    """Return what chargeable amounts are multiples of, in minor units: 10 with three decimals, else 1.

    https://docs.stripe.com/currencies#three-decimal
    """
    return 10 if exponent(currency) > 2 else 1  # noqa: PLR2004 - cards are charged in hundredths


def check_price(amount: int, currency: str) -> int:
    """Return ``amount`` (minor units) if it can be charged as a price, else raise BadAmount."""
    if amount % charge_step(currency):
        raise BadAmount(ODD_PRICE, currency=currency)
    return amount


def to_decimal(amount: int, currency: str) -> Decimal:
    """Return minor units as a decimal of the major unit: 1250 EUR gives 12.50."""
    return Decimal(amount).scaleb(-exponent(currency))


def from_decimal(value: Decimal, currency: str) -> int:
    """Return minor units; BadAmount when negative, too large or finer than the currency."""
    minor = value.scaleb(exponent(currency))
    if minor != minor.to_integral_value():
        raise BadAmount(N_("This price has more decimals than %(currency)s allows."), currency=currency)
    if not 0 <= minor <= MAX_AMOUNT:
        raise BadAmount(N_("This price is out of range."))
    return int(minor)


def parse_amount(text: str, currency: str, locale: str) -> int:
    """Return minor units of what a person typed in their language: "12,00" (fr), "1,200.5" (en).

    A lone comma or point followed by at most the currency's decimals is a decimal mark in any
    language, since people mix them; everything else is read strictly. Raises BadAmount.
    """
    cleaned = text.strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace("'", "")
    cleaned = cleaned.strip("€$£¥").removesuffix(currency).removeprefix(currency)
    if not re.fullmatch(r"[0-9.,]+", cleaned):
        raise BadAmount
    decimals = exponent(currency)
    for mark in (",", "."):
        head, found, tail = cleaned.partition(mark)
        if (
            found
            and head.isascii()
            and head.isdigit()
            and tail.isascii()
            and tail.isdigit()
            and len(tail) <= max(decimals, 1)
        ):
            return from_decimal(Decimal(f"{head}.{tail}"), currency)
    try:
        value = parse_decimal(cleaned, locale=locale, strict=True)
    except (NumberFormatError, InvalidOperation):
        raise BadAmount from None
    if not value.is_finite():
        raise BadAmount
    return from_decimal(value, currency)


@lru_cache(maxsize=10_000)  # Babel takes longer over one price than the database over a page of them
def format_amount(amount: int, currency: str, locale: str) -> str:
    """Return an amount as a reader of ``locale`` expects: 1250 EUR gives "€12.50" or "12,50 €"."""
    return str(format_currency(to_decimal(amount, currency), currency, locale=locale))


def split_amount(amount: int, weights: Sequence[int]) -> list[int]:
    """Split ``amount`` in proportion to ``weights`` so that the parts sum to it (largest remainder).

    All-zero weights share equally; ties go to the earlier part. An empty list gives [].
    """
    if not weights:
        return []
    shares = list(weights) if sum(weights) else [1] * len(weights)
    total = sum(shares)
    parts = [amount * share // total for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda i: (-(amount * shares[i] % total), i))
    for i in by_remainder[: amount - sum(parts)]:
        parts[i] += 1
    return parts
