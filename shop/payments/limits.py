"""What Stripe charges at least and at most, per currency."""

from shop.core.errors import DomainError
from shop.core.i18n import N_
from shop.core.money import MAX_AMOUNT, charge_step

MINIMUM_AMOUNTS: dict[str, int] = {
    "USD": 50, "EUR": 50, "GBP": 30, "JPY": 50, "CAD": 50, "AUD": 50, "CHF": 50,
    "SEK": 300, "DKK": 250, "NOK": 300, "PLN": 200,
}  # fmt: skip
"""In minor units: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts."""
MAX_LINE_ITEMS = 100
"""https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-line_items"""


class BelowMinimum(DomainError):
    """The total is less than the payment service takes."""

    code = "below_minimum"
    status = 422
    message = N_("The total is too small to be paid by card.")


class AboveMaximum(DomainError):
    """The total is more than the payment service takes in one payment."""

    code = "above_maximum"
    status = 422
    message = N_("The total is too large to be paid at once. Please make two orders of it.")


class UnchargeableAmount(DomainError):
    """In currencies of three decimals only multiples of ten minor units can be charged."""

    code = "unchargeable_amount"
    status = 422
    message = N_("This total cannot be paid by card in this currency.")


class TooManyLines(DomainError):
    """More lines than one payment may have."""

    code = "too_many_lines"
    status = 422
    message = N_("One order can hold at most 100 different things. Please make two orders of it.")


def find_charge_problem(amount: int, currency: str) -> DomainError | None:
    """Return why ``amount`` (minor units) cannot be charged, or None; 0 needs no charge."""
    if amount == 0:
        return None
    if amount < MINIMUM_AMOUNTS.get(currency, 1):
        return BelowMinimum()
    if amount > MAX_AMOUNT:
        return AboveMaximum()
    if amount % charge_step(currency):
        return UnchargeableAmount()
    return None
