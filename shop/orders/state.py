"""Which order status may follow which, and where the goods stand. Pure.

Money can arrive after an order was given up (a delayed method, a webhook that came late), which is
why ``cancelled`` and ``expired`` may still become ``paid`` or ``flagged``; and for one that was flagged before it was
paid, which is then flagged anew with what came. What is paid is refunded, never cancelled, but for an order that cost
nothing: there is nothing to refund.
"""

from collections.abc import Iterable, Mapping

from shop.orders.models import FulfilmentStatus, OrderLine, OrderStatus

S = OrderStatus

FOLLOWERS: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    S.AWAITING_PAYMENT: frozenset({S.AWAITING_FUNDS, S.PAID, S.FLAGGED, S.CANCELLED, S.EXPIRED}),
    S.AWAITING_FUNDS: frozenset({S.PAID, S.FLAGGED, S.CANCELLED}),
    S.FLAGGED: frozenset({S.FLAGGED, S.PAID, S.CANCELLED}),
    S.CANCELLED: frozenset({S.PAID, S.FLAGGED}),
    S.EXPIRED: frozenset({S.PAID, S.FLAGGED}),
    S.PAID: frozenset({S.CANCELLED}),
}
UNPAID = frozenset({S.AWAITING_PAYMENT, S.AWAITING_FUNDS})
GIVEN_UP = frozenset({S.CANCELLED, S.EXPIRED})


def may_follow(before: OrderStatus, after: OrderStatus) -> bool:
    """Tell whether an order in status ``before`` may become ``after``."""
    return after in FOLLOWERS[before]


def sources_of(after: OrderStatus) -> frozenset[OrderStatus]:
    """Return every status that may become ``after``."""
    return frozenset(before for before, followers in FOLLOWERS.items() if after in followers)


def removed_units(line: OrderLine, *, is_all_refunded: bool) -> int:
    """Return how many units of a line need not be shipped any more: the refunded ones that have not left.

    When all the money of its order went back, that is every unit that has not left.
    """
    unshipped = line.quantity - line.fulfilled_quantity
    return unshipped if is_all_refunded else min(line.refunded_quantity, unshipped)


def fulfilment_status_of(lines: Iterable[OrderLine]) -> FulfilmentStatus:
    """Return where the goods of an order stand, from how many units were shipped and are still to be.

    Units that were refunded before they left count as neither: an order of which one lamp was shipped
    and the other refunded is shipped; one that was refunded whole before anything left needs nothing.
    """
    shipped = left = 0
    for line in lines:
        shipped += line.fulfilled_quantity
        left += line.to_ship_quantity
    if left:
        return FulfilmentStatus.PARTIAL if shipped else FulfilmentStatus.UNFULFILLED
    return FulfilmentStatus.FULFILLED if shipped else FulfilmentStatus.NOT_NEEDED
