"""Which coupon counts for a cart: what the buyer chose comes first, else the one that takes most off. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from shop.coupons.discounting import Discount, DiscountLine, WhyNot, discount
from shop.coupons.models import Coupon, CouponKind
from shop.coupons.offers import NO_OFFERS, Offer, Offers, Refusal
from shop.payments.limits import find_charge_problem

WHY = {
    WhyNot.EMPTY: Refusal.NO_SUCH_THING,
    WhyNot.NO_SUCH_THING: Refusal.NO_SUCH_THING,
    WhyNot.BELOW_MINIMUM: Refusal.BELOW_MINIMUM,
}


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """A line as it is priced: whose product, unit amount in minor units, quantity."""

    product_id: int
    unit_amount: int
    quantity: int


@dataclass(frozen=True, slots=True)
class CouponView:
    """A coupon in a cart: what it takes off, or ``refusal``, why it takes nothing off.

    ``missing_amount`` is what the things that it counts for lack to its minimum.
    """

    coupon: Coupon
    is_typed: bool
    """Whether the buyer chose it; else it counts by itself."""
    amount: int = 0
    """Off the lines."""
    shipping_amount: int = 0
    """Shipping that is not asked for."""
    refusal: Refusal | None = None
    missing_amount: int = 0
    is_used_as_typed: bool = False
    is_held: bool = False

    @property
    def id(self) -> int:
        """The coupon's id."""
        return self.coupon.id

    @property
    def code(self) -> str:
        """Its code as the page wrote it."""
        return self.coupon.code

    @property
    def title(self) -> str:
        """Its title in the page's language; ``localized(view.coupon, "title")`` gives the reader's."""
        return self.coupon.title

    @property
    def kind(self) -> CouponKind:
        """What it takes off."""
        return self.coupon.kind

    @property
    def worth(self) -> int:
        """All that it takes off, shipping included."""
        return self.amount + self.shipping_amount

    @property
    def counts(self) -> bool:
        """Whether it takes something off."""
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is off each line, the coupon that does it, and the chosen one that does not.

    ``coupon`` is the chosen one also when it takes nothing off and no other does; ``idle`` is set when another does.
    """

    line_amounts: Sequence[int] = ()
    coupon: CouponView | None = None
    idle: CouponView | None = None

    @property
    def waived_amount(self) -> int:
        """Shipping that is not asked for."""
        return self.coupon.shipping_amount if self.coupon else 0


def choose(
    lines: Sequence[QuoteLine], *, shipping_amount: int, currency: str, offers: Offers = NO_OFFERS
) -> Chosen:
    """Return which of ``offers`` counts for ``lines``, whose shipping would cost ``shipping_amount``."""
    seen = [
        DiscountLine(
            line.product_id,
            offers.collections.get(line.product_id, frozenset()),
            line.unit_amount,
            line.quantity,
        )
        for line in lines
    ]
    typed = _weigh(offers.typed, seen, shipping_amount, is_typed=True) if offers.typed else None
    if typed is not None and typed[0].counts:
        return Chosen(typed[1].line_amounts, typed[0])
    total = sum(line.unit_amount * line.quantity for line in lines) + shipping_amount
    best: tuple[CouponView, Discount] | None = None
    for offer in offers.automatic:
        found = _weigh(offer, seen, shipping_amount, is_typed=False)
        # One that nobody asked for must not leave a total that no card is charged for.
        if not found[0].counts or (
            find_charge_problem(total - found[0].worth, currency) and not find_charge_problem(total, currency)
        ):
            continue
        if best is None or found[0].worth > best[0].worth:
            best = found
    idle = typed[0] if typed is not None else None
    if best is None:
        return Chosen(coupon=idle)
    return Chosen(best[1].line_amounts, best[0], idle)


def _weigh(
    offer: Offer, lines: Sequence[DiscountLine], shipping_amount: int, *, is_typed: bool
) -> tuple[CouponView, Discount]:
    off = Discount([0] * len(lines))
    refusal, missing, waived = offer.refusal, 0, 0
    if refusal is None:
        off = discount(offer.terms, lines)
        missing = off.missing_amount
        waived = shipping_amount if off.frees_shipping else 0
        refusal = WHY.get(off.why_not) if off.why_not else None
        if refusal is None and off.amount + waived == 0:
            refusal = Refusal.NOTHING_OFF
    view = CouponView(
        coupon=offer.coupon,
        is_typed=is_typed,
        amount=off.amount,
        shipping_amount=waived,
        refusal=refusal,
        missing_amount=missing,
        is_used_as_typed=offer.is_used_as_typed,
        is_held=offer.is_held,
    )
    return view, off
