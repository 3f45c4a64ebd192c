"""Taking back what cost nothing, such as a prize beside what was paid for: a refund without money, so without Stripe."""

import datetime as dt
from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from shop.catalog.history_models import StockReason
from shop.catalog.movements import Cause
from shop.catalog.stock import give_back_stock
from shop.checkout.acts import Act
from shop.checkout.refund_plans import RefundedMeanwhile, plan_refund
from shop.checkout.refunds import restockable
from shop.orders.models import OrderLine
from shop.orders.parcels import settle_fulfilment
from shop.orders.queries import list_order_lines, lock_order
from shop.orders.service import reserve_line_refund
from shop.page.service import raise_version


def refunded_units(lines: Iterable[OrderLine]) -> int:
    """Return how many units of an order's lines count as refunded."""
    return sum(line.refunded_quantity for line in lines)


def take_back_free_lines(
    session: Session, *, order_id: int, quantities: Mapping[int, int], now: dt.datetime, account_id: int,
    reason: str = "", restock: bool = False, expected_units: int | None = None,
) -> None:  # fmt: skip
    """Count units (by line id) that cost nothing as refunded; ``restock`` puts them back on sale.

    Those that had not left need not be shipped any more. ``expected_units`` is how many units of the order the asker
    saw as refunded before: so a form that is sent twice takes back once. Raises RefundedMeanwhile when it was another
    number, or when they come to money after all, and what ``plan_refund`` raises.
    """
    order = lock_order(session, order_id)
    lines = {line.id: line for line in list_order_lines(session, order_id)}
    if expected_units is not None and expected_units != refunded_units(lines.values()):
        raise RefundedMeanwhile
    before = order.fulfilment_status
    plan = plan_refund(order, lines.values(), quantities=quantities)
    if plan.amount:
        raise RefundedMeanwhile
    for part in plan.parts:
        reserve_line_refund(session, line_id=part["line_id"], quantity=part["quantity"])
    act = Act(session, order, account_id, now)
    act.record("refunded", amount=0)
    units: dict[int, int] = {}
    for part in restockable(session, order, plan.parts, lines) if restock and order.holds_stock else ():
        variant_id = lines[part["line_id"]].variant_id
        if variant_id is not None and part["restocked"]:
            units[variant_id] = units.get(variant_id, 0) + part["restocked"]
    if units:
        cause = Cause(StockReason.RESTOCKED, now, account_id=account_id, ref=order.number)
        give_back_stock(session, units, cause=cause)
        act.record("restocked", units=sum(units.values()))
    after = settle_fulfilment(session, order.id)
    act.audit(
        "order.refunded", {"refunded_amount": order.refunded_amount, "fulfilment_status": before}, {
            "refunded_amount": order.refunded_amount, "fulfilment_status": after, "reason": reason,
            "units": sum(part["quantity"] for part in plan.parts), "restocked": bool(units),
        },
    )  # fmt: skip
    raise_version(session, order.page_id)
