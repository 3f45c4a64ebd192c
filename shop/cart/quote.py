"""What a set of lines costs at a destination: the one sum behind the cart's preview and an order."""

from collections.abc import Sequence
from dataclasses import dataclass

from shop.core.errors import DomainError
from shop.page.models import Page
from shop.payments.limits import MAX_LINE_ITEMS, TooManyLines, find_charge_problem
from shop.pricing.totals import LineInput, Totals, compute_totals
from shop.shipping.service import CannotShip, Method, list_methods


@dataclass(frozen=True, slots=True)
class Quote:
    """Totals with the shipping method in them; ``problems`` say why it cannot be ordered as it is."""

    totals: Totals
    methods: list[Method]
    method: Method | None
    problems: list[DomainError]


def quote(page: Page, lines: Sequence[tuple[int, int]], *, country: str, postal_code: str = "") -> Quote:
    """Price ``lines`` (unit amount, quantity) of ``page`` for a destination.

    Where the page does not ship, the totals are without shipping and the problem is among ``problems``.
    """
    problems: list[DomainError] = []
    methods: list[Method] = []
    subtotal = sum(unit_amount * quantity for unit_amount, quantity in lines)
    try:
        methods = list_methods(page, country=country, postal_code=postal_code, subtotal_amount=subtotal)
    except CannotShip as problem:
        problems.append(problem)
    # Nothing is shipped of nothing: an empty cart costs nothing.
    method = methods[0] if methods and lines else None
    totals = compute_totals(
        [LineInput(unit_amount, quantity, page.tax_rate_bp) for unit_amount, quantity in lines],
        shipping_amount=method.amount if method else 0,
        shipping_tax_rate_bp=method.tax_rate_bp if method else 0,
    )
    if len(lines) > MAX_LINE_ITEMS:
        problems.append(TooManyLines())
    charge_problem = find_charge_problem(totals.total_amount, page.currency) if lines else None
    if charge_problem is not None:
        problems.append(charge_problem)
    return Quote(totals, methods, method, problems)
