"""Currencies: which exist, how many decimals they have, what Stripe charges at least.

Sources: https://docs.stripe.com/currencies (decimals, minimum and maximum charge).
"""

from __future__ import annotations

from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency

from shop.sandbox.errors import invalid

ZERO_DECIMAL = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf".split())
THREE_DECIMAL = frozenset("bhd jod kwd omr tnd".split())
SUPPORTED = (
    frozenset(
        (
            "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf "
            "clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr "
            "ils inr isk jmd jpy kes kgs khr kmf krw kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk "
            "mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp "
            "sle sos srd std szl thb tjs top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw"
        ).split()
    )
    | THREE_DECIMAL
)
MINIMUM = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250,
    "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300,
    "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip
MAXIMUM = 99_999_999


def checked_currency(text: str, param: str) -> str:
    """Return a currency code in small letters, or raise the 400 that Stripe gives."""
    code = text.lower()
    if code not in SUPPORTED:
        listed = ", ".join(sorted(SUPPORTED))
        raise invalid(
            f"Invalid currency: {text[:20]}. Stripe currently supports these currencies: {listed}", param
        )
    return code


def decimals(currency: str) -> int:
    """Return how many decimals a currency has: 0, 2 or 3."""
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def formatted(amount: int, currency: str, locale: str = "en") -> str:
    """Return an amount of minor units as people of a locale write it: ``12,00 €``."""
    value = Decimal(amount).scaleb(-decimals(currency))
    try:
        place = Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        place = Locale.parse("en")
    return format_currency(value, currency.upper(), locale=place)


def check_amount(amount: int, currency: str, param: str, what: str) -> None:
    """Refuse what Stripe would not charge: too little, too much, or a tenth that the currency has not.

    Args:
        amount: minor units; 0 is the caller's affair.
        currency: its code in small letters.
        param: that the error names.
        what: how the message calls the amount.
    """
    if amount > MAXIMUM:
        most = formatted(MAXIMUM, currency)
        raise invalid(f"{what} must be no more than {most}", param, "amount_too_large")
    least = MINIMUM.get(currency, 1)
    if 0 < amount < least:
        raise invalid(f"{what} must be at least {formatted(least, currency)}", param, "amount_too_small")
    if currency in THREE_DECIMAL and amount % 10:
        raise invalid(
            f"{what} in {currency} must be evenly divisible by 10", param, "parameter_invalid_integer"
        )
