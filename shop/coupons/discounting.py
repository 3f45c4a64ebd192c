"""What a coupon takes off which lines. Pure; docs/algorithms/coupons.md tells it in words."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field

from shop.core.money import split_amount
from shop.coupons.models import CouponKind, CouponScope

BASIS_POINTS = 10_000


class WhyNot(enum.StrEnum):
    """Why a coupon takes nothing off the lines at hand."""

    EMPTY = "empty"
    """There is nothing in the cart."""
    NO_SUCH_THING = "no_such_thing"
    """None of the lines is one that it counts for."""
    BELOW_MINIMUM = "below_minimum"


@dataclass(frozen=True, slots=True)
class CouponTerms:
    """What a coupon takes off and where it counts; amounts in minor units, ``percent_bp`` in basis points.

    ``step`` is what every charged amount is a multiple of (``core.money.charge_step``).
    """

    kind: CouponKind
    percent_bp: int = 0
    amount: int = 0
    has_free_shipping: bool = False
    minimum_amount: int = 0
    scope: CouponScope = CouponScope.ALL
    product_ids: frozenset[int] = frozenset()
    collection_ids: frozenset[int] = frozenset()
    unit_limit: int | None = None
    step: int = 1


@dataclass(frozen=True, slots=True)
class DiscountLine:
    """A line as a coupon looks at it: its product, the collections that it stands in, its price and quantity."""

    product_id: int
    collection_ids: frozenset[int]
    unit_amount: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Discount:
    """An amount off each line, and whether shipping is free; ``why_not`` is set when nothing is taken off.

    ``missing_amount`` is what the counted lines lack to the minimum.
    """

    line_amounts: list[int] = field(default_factory=list)
    frees_shipping: bool = False
    why_not: WhyNot | None = None
    missing_amount: int = 0

    @property
    def amount(self) -> int:
        """What is off all lines together."""
        return sum(self.line_amounts)


def discount(terms: CouponTerms, lines: Sequence[DiscountLine]) -> Discount:
    """Return what ``terms`` take off ``lines``, never more than they cost, shared by what each of them costs."""
    nothing = [0] * len(lines)
    if not lines:
        return Discount(nothing, why_not=WhyNot.EMPTY)
    counted = [line if _counts(terms, line) else None for line in lines]
    if not any(counted):
        return Discount(nothing, why_not=WhyNot.NO_SUCH_THING)
    subtotal = sum(line.unit_amount * line.quantity for line in counted if line)
    if subtotal < terms.minimum_amount:
        missing = terms.minimum_amount - subtotal
        return Discount(nothing, why_not=WhyNot.BELOW_MINIMUM, missing_amount=missing)
    frees_shipping = terms.kind is CouponKind.FREE_SHIPPING or terms.has_free_shipping
    if terms.kind is CouponKind.FREE_SHIPPING:
        return Discount(nothing, frees_shipping=frees_shipping)
    bases = _bases(counted, terms.unit_limit)
    return Discount(_share(_off(terms, sum(bases)), bases, terms.step), frees_shipping=frees_shipping)


def _counts(terms: CouponTerms, line: DiscountLine) -> bool:
    if terms.scope is CouponScope.PRODUCTS:
        return line.product_id in terms.product_ids
    if terms.scope is CouponScope.COLLECTIONS:
        return not terms.collection_ids.isdisjoint(line.collection_ids)
    return True


def _bases(lines: Sequence[DiscountLine | None], unit_limit: int | None) -> list[int]:
    """Return what of each line is discounted: with a limit so many units in all, the dearest first."""
    if unit_limit is None:
        return [line.unit_amount * line.quantity if line else 0 for line in lines]
    bases, left = [0] * len(lines), unit_limit
    by_price = sorted((-line.unit_amount, place) for place, line in enumerate(lines) if line)
    for _, place in by_price:
        line = lines[place]
        if line is not None and left:
            units = min(left, line.quantity)
            bases[place], left = line.unit_amount * units, left - units
    return bases


def _off(terms: CouponTerms, base: int) -> int:
    """Return what is off ``base`` in all: a percentage rounded half up, in steps that can be charged."""
    if terms.kind is CouponKind.AMOUNT:
        off = terms.amount
    else:
        unit = BASIS_POINTS * terms.step
        off = (2 * base * terms.percent_bp + unit) // (2 * unit) * terms.step
    return min(off, base)


def _share(off: int, bases: Sequence[int], step: int) -> list[int]:
    if off == sum(bases):
        return list(bases)
    # Whole steps are shared, so that what is left of each line can be charged and refunded.
    return [part * step for part in split_amount(off // step, [base // step for base in bases])]
