"""The table of order statuses."""

import itertools

import pytest

from shop.orders.models import FulfilmentStatus, OrderLine, OrderStatus
from shop.orders.state import FOLLOWERS, fulfilment_status_of, may_follow, removed_units, sources_of

S = OrderStatus


class TestFollowers:
    def test_names_every_status(self) -> None:
        assert set(FOLLOWERS) == set(OrderStatus)

    def test_paid_is_the_end(self) -> None:
        assert FOLLOWERS[S.PAID] == {S.CANCELLED}

    @pytest.mark.parametrize(("before", "after"), list(itertools.product(OrderStatus, repeat=2)))
    def test_sources_are_its_mirror(self, before: OrderStatus, after: OrderStatus) -> None:
        assert may_follow(before, after) is (before in sources_of(after))
        assert not may_follow(before, S.AWAITING_PAYMENT)


class TestFulfilmentStatusOf:
    @pytest.mark.parametrize(
        ("lines", "status"),
        [
            ([(2, 0, 0)], FulfilmentStatus.UNFULFILLED),
            ([(2, 1, 0)], FulfilmentStatus.PARTIAL),
            ([(2, 2, 0), (1, 0, 0)], FulfilmentStatus.PARTIAL),
            ([(2, 1, 1)], FulfilmentStatus.FULFILLED),
            ([(2, 0, 2)], FulfilmentStatus.NOT_NEEDED),
            ([(2, 0, 1)], FulfilmentStatus.UNFULFILLED),
        ],
    )
    def test_follows_from_what_left_and_what_is_left(
        self, lines: list[tuple[int, int, int]], status: FulfilmentStatus
    ) -> None:
        made = [
            OrderLine(quantity=quantity, fulfilled_quantity=fulfilled, removed_quantity=removed)
            for quantity, fulfilled, removed in lines
        ]
        assert fulfilment_status_of(made) is status


class TestRemovedUnits:
    @pytest.mark.parametrize(
        ("quantity", "fulfilled", "refunded", "is_all_refunded", "removed"),
        [
            (3, 0, 0, False, 0),
            (3, 2, 2, False, 1),
            (3, 3, 2, False, 0),
            (3, 1, 0, True, 2),
            (3, 0, 2, False, 2),
        ],
    )
    def test_takes_those_that_have_not_left_first(
        self, quantity: int, fulfilled: int, refunded: int, removed: int, *, is_all_refunded: bool
    ) -> None:
        line = OrderLine(quantity=quantity, fulfilled_quantity=fulfilled, refunded_quantity=refunded)
        assert removed_units(line, is_all_refunded=is_all_refunded) == removed
