"""What a set of lines costs at a destination: the one sum behind the cart's preview and an order."""

from collections.abc import Sequence
from dataclasses import dataclass

from shop.cart.choosing import CouponView, QuoteLine, choose
from shop.core.errors import DomainError
from shop.core.i18n import N_
from shop.coupons.offers import NO_OFFERS, Offers
from shop.page.models import Page
from shop.payments.limits import MAX_LINE_ITEMS, BelowMinimum, TooManyLines, find_charge_problem
from shop.pricing.totals import LineInput, Totals, compute_totals
from shop.shipping.service import CannotShip, Method, list_methods

TOO_SMALL_WITH_COUPON = N_(
    "With this coupon the total is too small to be paid by card. Add something, or take the coupon off."
)


@dataclass(frozen=True, slots=True)
class Quote:
    """Totals with the shipping method in them; ``problems`` say why it cannot be ordered as it is."""

    totals: Totals
    methods: list[Method]
    method: Method | None
    problems: list[DomainError]
    coupon: CouponView | None = None
    """The coupon that counts; else the one that the buyer chose, which says why it does not."""
    idle_coupon: CouponView | None = None
    """The one that the buyer chose, where it takes nothing off but another does."""
    waived_shipping_amount: int = 0
    """What shipping would cost without the coupon; ``totals.shipping_amount`` is what is asked for."""

    @property
    def discount(self) -> int:
        """What is off the lines, in minor units."""
        return self.totals.discount_amount


def quote(
    page: Page, lines: Sequence[QuoteLine], *, country: str, postal_code: str = "", offers: Offers = NO_OFFERS
) -> Quote:
    """Price ``lines`` of ``page`` for a destination, with whichever of ``offers`` counts.

    Where the page does not ship, the totals are without shipping and the problem is among ``problems``. Which
    shipping methods there are is decided before the discount, so that a coupon never makes shipping dearer.
    """
    problems: list[DomainError] = []
    methods: list[Method] = []
    subtotal = sum(line.unit_amount * line.quantity for line in lines)
    try:
        methods = list_methods(page, country=country, postal_code=postal_code, subtotal_amount=subtotal)
    except CannotShip as problem:
        problems.append(problem)
    # Nothing is shipped of nothing: an empty cart costs nothing.
    method = methods[0] if methods and lines else None
    shipping = method.amount if method else 0
    chosen = choose(lines, shipping_amount=shipping, currency=page.currency, offers=offers)
    totals = compute_totals(
        [LineInput(line.unit_amount, line.quantity, page.tax_rate_bp) for line in lines],
        shipping_amount=shipping - chosen.waived_amount,
        shipping_tax_rate_bp=method.tax_rate_bp if method else 0,
        line_discounts=chosen.line_amounts,
    )
    if len(lines) > MAX_LINE_ITEMS:
        problems.append(TooManyLines())
    charge_problem = find_charge_problem(totals.total_amount, page.currency) if lines else None
    if isinstance(charge_problem, BelowMinimum) and chosen.coupon and chosen.coupon.counts:
        charge_problem = BelowMinimum(TOO_SMALL_WITH_COUPON)
    if charge_problem is not None:
        problems.append(charge_problem)
    return Quote(totals, methods, method, problems, chosen.coupon, chosen.idle, chosen.waived_amount)
