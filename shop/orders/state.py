"""Which order status may follow which. Pure.

Money can arrive after an order was given up (a delayed method, a webhook that came late), which is
why ``cancelled`` and ``expired`` may still become ``paid`` or ``flagged``.
"""

from collections.abc import Mapping

from shop.orders.models import OrderStatus

S = OrderStatus

FOLLOWERS: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    S.AWAITING_PAYMENT: frozenset({S.AWAITING_FUNDS, S.PAID, S.FLAGGED, S.CANCELLED, S.EXPIRED}),
    S.AWAITING_FUNDS: frozenset({S.PAID, S.FLAGGED, S.CANCELLED}),
    S.FLAGGED: frozenset({S.PAID, S.CANCELLED}),
    S.CANCELLED: frozenset({S.PAID, S.FLAGGED}),
    S.EXPIRED: frozenset({S.PAID, S.FLAGGED}),
    S.PAID: frozenset(),
}
UNPAID = frozenset({S.AWAITING_PAYMENT, S.AWAITING_FUNDS})
GIVEN_UP = frozenset({S.CANCELLED, S.EXPIRED})


def may_follow(before: OrderStatus, after: OrderStatus) -> bool:
    """Tell whether an order in status ``before`` may become ``after``."""
    return after in FOLLOWERS[before]


def sources_of(after: OrderStatus) -> frozenset[OrderStatus]:
    """Return every status that may become ``after``."""
    return frozenset(before for before, followers in FOLLOWERS.items() if after in followers)
