"""Units of an order's lines that leave in parcels.

Units that were refunded need not leave any more, and those that had not left are taken first; how many that
is follows from the order's refunds (``state.removed_units``). All of it changes under the order's lock, by one
conditional UPDATE a line in ascending order of their ids.
"""

from collections.abc import Mapping

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.core.errors import Conflict
from shop.core.i18n import N_
from shop.orders.models import FulfilmentStatus, Order, OrderLine, ReturnStatus
from shop.orders.queries import list_order_lines
from shop.orders.state import fulfilment_status_of, removed_units


class MoreThanIsLeft(Conflict):
    """More units of a line would be shipped than are still to be shipped."""

    code = "more_than_is_left"
    message = N_("Fewer units are left to ship than that.")


def ship_units(session: Session, quantities: Mapping[int, int]) -> None:
    """Count units (by line id) as shipped; MoreThanIsLeft when fewer of a line are left."""
    for line_id, units in sorted(quantities.items()):
        after = OrderLine.fulfilled_quantity + units
        changed = session.execute(
            update(OrderLine)
            .where(
                OrderLine.id == line_id, after >= 0, after + OrderLine.removed_quantity <= OrderLine.quantity
            )
            .values(fulfilled_quantity=after)
            .returning(OrderLine.id)
            .execution_options(synchronize_session=False)
        ).scalar_one_or_none()
        if changed is None:
            raise MoreThanIsLeft


def unship_units(session: Session, quantities: Mapping[int, int]) -> None:
    """Take units (by line id) back from those that were shipped: they are to be shipped again."""
    ship_units(session, {line_id: -units for line_id, units in quantities.items()})


def settle_fulfilment(session: Session, order_id: int) -> FulfilmentStatus:
    """Bring a locked order's removed units and fulfilment status up to date with its lines; return the status.

    To be called after each change of what was shipped or refunded.
    """
    returned = session.scalar(select(Order.return_status).where(Order.id == order_id))
    is_all_refunded = returned is ReturnStatus.REFUNDED
    lines = sorted(list_order_lines(session, order_id), key=lambda line: line.id)
    for line in lines:
        if line.removed_quantity != (removed := removed_units(line, is_all_refunded=is_all_refunded)):
            line.removed_quantity = removed
            session.flush()
    status = fulfilment_status_of(lines)
    session.execute(
        update(Order)
        .where(Order.id == order_id, Order.fulfilment_status != status)
        .values(fulfilment_status=status)
        .execution_options(synchronize_session=False)
    )
    return status
