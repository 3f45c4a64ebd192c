"""What a refund would be: so much money for so many units of which lines. Pure: it reads, nothing is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.i18n import N_
from shop.core.money import charge_step
from shop.orders.models import Order, OrderLine
from shop.orders.service import TooMuchRefunded
from shop.payments.models import Dispute


class NothingToRefund(Conflict):
    """The order was never paid, or all of it went back already."""

    code = "nothing_to_refund"
    message = N_("There is nothing left to refund.")


class PaymentDisputed(Conflict):
    """The buyer's bank holds or keeps the money, so it cannot be sent back a second time."""

    code = "payment_disputed"
    message = N_(
        "The buyer’s bank has taken this payment back for a dispute, so it cannot be refunded."
        " Answer the dispute instead; if you win it, you can refund."
    )


class RefundedMeanwhile(Conflict):
    """More was refunded than the asker had seen."""

    code = "refunded_meanwhile"
    message = N_(
        "Somebody refunded a part of this order meanwhile. Nothing was refunded now; look at it again."
    )


ODD_AMOUNT = N_("In this currency an amount must end in 0: cards are not charged more exactly.")


@dataclass(frozen=True, slots=True)
class RefundPlan:
    """So much goes back, for these parts: [{"line_id", "quantity", "amount"}] in ascending order of ids."""

    amount: int
    parts: Sequence[Mapping[str, Any]]


def plan_refund(
    order: Order, lines: Iterable[OrderLine], *, amount: int | None = None,
    quantities: Mapping[int, int] | None = None,
) -> RefundPlan:  # fmt: skip
    """Work a refund out: by line (``quantities``: line id to units), by ``amount``, or, with neither, all of it.

    An amount that is all that is left is all of it, units too. Lines that cost nothing come to 0: ``free_lines`` takes
    them back without Stripe. Raises NothingToRefund, TooMuchRefunded, NotFound and
    Invalid.
    """
    left = order.captured_amount - order.refunded_amount
    if left <= 0:
        raise NothingToRefund
    if amount is not None:
        if quantities is not None or amount <= 0:
            raise Invalid({"amount": [N_("Enter the amount to refund.")]})
        if amount % charge_step(order.currency):
            raise Invalid({"amount": [ODD_AMOUNT]})
        if amount != left:
            return RefundPlan(_checked(amount, left), ())
    by_id = {line.id: line for line in lines}
    wanted = dict(quantities) if quantities is not None else _all_left(by_id)
    if quantities is not None:
        _check_quantities(wanted, by_id)
    step = charge_step(order.currency)
    parts = [
        {"line_id": line_id, "quantity": units, "amount": _share(by_id[line_id], units, step)}
        for line_id, units in sorted(wanted.items())
    ]
    total = left if quantities is None else _checked(sum(int(part["amount"]) for part in parts), left)
    if total <= 0 and quantities is None:
        raise NothingToRefund
    return RefundPlan(total, parts)


def check_disputes(disputes: Iterable[Dispute]) -> None:
    """Raise PaymentDisputed when one of a payment's disputes keeps it from being refunded."""
    if any(dispute.keeps_money for dispute in disputes):
        raise PaymentDisputed


def _checked(amount: int, left: int) -> int:
    if amount > left:
        raise TooMuchRefunded
    return amount


def _all_left(lines: Mapping[int, OrderLine]) -> dict[int, int]:
    left = {line_id: line.quantity - line.refunded_quantity for line_id, line in lines.items()}
    return {line_id: units for line_id, units in left.items() if units > 0}


def _check_quantities(wanted: Mapping[int, int], lines: Mapping[int, OrderLine]) -> None:
    if not set(wanted) <= set(lines):
        raise NotFound
    if not wanted or any(units < 1 for units in wanted.values()):
        raise Invalid({"lines": [N_("Choose what to refund.")]})
    if any(
        units > lines[line_id].quantity - lines[line_id].refunded_quantity
        for line_id, units in wanted.items()
    ):
        raise TooMuchRefunded


def _share(line: OrderLine, units: int, step: int) -> int:
    """Return what ``units`` more of a line are worth after its discount, in steps that can be charged.

    All of its units sum to its total.
    """
    total, before, after = line.total_amount // step, line.refunded_quantity, line.refunded_quantity + units
    return (total * after // line.quantity - total * before // line.quantity) * step
