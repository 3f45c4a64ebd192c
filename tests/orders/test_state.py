"""The table of order statuses."""

import itertools

import pytest

from shop.orders.models import OrderStatus
from shop.orders.state import FOLLOWERS, may_follow, sources_of

S = OrderStatus


class TestFollowers:
    def test_names_every_status(self) -> None:
        assert set(FOLLOWERS) == set(OrderStatus)

    def test_paid_is_the_end(self) -> None:
        assert not FOLLOWERS[S.PAID]

    @pytest.mark.parametrize(("before", "after"), list(itertools.product(OrderStatus, repeat=2)))
    def test_sources_are_its_mirror(self, before: OrderStatus, after: OrderStatus) -> None:
        assert may_follow(before, after) is (before in sources_of(after))
        assert not may_follow(before, S.AWAITING_PAYMENT)
