"""Totals: lines, discounts and shipping to what is paid and the tax that is in it. Pure.

All amounts are minor units of one currency and include tax. Tax is worked out once a rate over all
that carries it and then shared out, so that the parts always sum to the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shop.core.money import split_amount

BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True)
class LineInput:
    """``quantity`` units at ``unit_amount``; ``tax_rate_bp`` in basis points (2000 is 20 %)."""

    unit_amount: int
    quantity: int
    tax_rate_bp: int


@dataclass(frozen=True, slots=True)
class LineTotals:
    """What a line costs: ``total_amount`` is ``subtotal_amount`` less its share of the discounts."""

    subtotal_amount: int
    discount_amount: int
    tax_amount: int
    """The tax included in ``total_amount``."""
    total_amount: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What is paid: ``total = subtotal - discount + shipping``; ``tax_amount`` is included in it."""

    subtotal_amount: int
    discount_amount: int
    shipping_amount: int
    tax_amount: int
    total_amount: int
    lines: list[LineTotals]


def included_tax(gross_amount: int, rate_bp: int) -> int:
    """Return the tax in an amount that includes it, rounded half up: 1200 at 2000 gives 200."""
    divisor = BASIS_POINTS + rate_bp
    return (2 * gross_amount * rate_bp + divisor) // (2 * divisor)


def compute_totals(
    lines: Sequence[LineInput],
    *,
    shipping_amount: int = 0,
    shipping_tax_rate_bp: int = 0,
    line_discounts: Sequence[int] = (),
) -> Totals:
    """Add up ``lines`` and shipping, less ``line_discounts``: an amount off each line, or none at all.

    ValueError on a negative amount, a quantity below one, or a discount that is more than its line.
    """
    if shipping_amount < 0 or any(line.unit_amount < 0 or line.quantity < 1 for line in lines):
        raise ValueError("amounts are at least 0 and quantities at least 1")
    subtotals = [line.unit_amount * line.quantity for line in lines]
    shares = list(line_discounts) or [0] * len(lines)
    if len(shares) != len(lines) or any(
        not 0 <= share <= amount for share, amount in zip(shares, subtotals, strict=False)
    ):
        raise ValueError("a discount is at least 0 and at most its line")
    subtotal, discount = sum(subtotals), sum(shares)
    grosses = [amount - share for amount, share in zip(subtotals, shares, strict=True)]
    rates = [line.tax_rate_bp for line in lines]
    # Shipping shares in the tax like a line of its own.
    taxes = _share_tax([*grosses, shipping_amount], [*rates, shipping_tax_rate_bp])
    return Totals(
        subtotal_amount=subtotal,
        discount_amount=discount,
        shipping_amount=shipping_amount,
        tax_amount=sum(taxes),
        total_amount=subtotal - discount + shipping_amount,
        lines=[
            LineTotals(amount, share, tax, gross)
            for amount, share, tax, gross in zip(subtotals, shares, taxes[:-1], grosses, strict=True)
        ],
    )


def _share_tax(grosses: Sequence[int], rates: Sequence[int]) -> list[int]:
    taxes = [0] * len(grosses)
    for rate in set(rates):
        places = [place for place, its_rate in enumerate(rates) if its_rate == rate]
        tax = included_tax(sum(grosses[place] for place in places), rate)
        if tax:
            parts = split_amount(tax, [grosses[place] for place in places])
            for place, part in zip(places, parts, strict=True):
                taxes[place] = part
    return taxes
