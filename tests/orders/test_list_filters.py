"""What the order list is filtered by, read and written."""

import datetime as dt

import pytest

from shop.orders.filters import (
    Follower,
    OrderFilter,
    Refunded,
    Shipping,
    day_bounds,
    read_filter,
    read_query,
    to_query,
)
from shop.orders.models import OrderStatus

FULL = OrderFilter(
    q="lamp & co",
    status=OrderStatus.PAID,
    shipping=Shipping.PARTIAL,
    refunded=Refunded.ANY,
    follower=Follower.NO,
    placed_from=dt.date(2026, 1, 2),
    placed_to=dt.date(2026, 3, 4),
    min_amount=1250,
    max_amount=9900,
    country="BE",
)


class TestReadFilter:
    def test_reads_amounts_as_the_visitor_writes_them(self) -> None:
        wanted, errors = read_filter({"min": "1 200,50", "max": "3000"}, currency="EUR", locale="fr")
        assert (wanted.min_amount, wanted.max_amount, errors) == (120_050, 300_000, {})

    @pytest.mark.parametrize(
        ("field", "text"),
        [
            ("status", "lost"), ("shipping", "x"), ("refunded", "?"), ("follower", "maybe"), ("from", "yesterday"),
            ("to", "0001-01-01"), ("to", "9999-12-31"), ("min", "a lot"), ("max", "-3"), ("country", "France"),
        ],
    )  # fmt: skip
    def test_leaves_out_what_it_cannot_read_and_says_where(self, field: str, text: str) -> None:
        wanted, errors = read_filter({field: text}, currency="EUR", locale="en")
        assert wanted.is_empty
        assert list(errors) == [field]

    def test_says_when_the_end_is_before_the_start(self) -> None:
        typed = {"from": "2026-02-02", "to": "2026-02-01", "min": "9", "max": "8.99"}
        wanted, errors = read_filter(typed, currency="EUR", locale="en")
        assert set(errors) == {"to", "max"}
        assert (wanted.placed_to, wanted.max_amount) == (None, None)

    def test_understands_the_older_address_of_what_is_to_ship(self) -> None:
        wanted, errors = read_filter({"status": "to_ship"}, currency="EUR", locale="en")
        assert (wanted, errors) == (OrderFilter(shipping=Shipping.TO_SHIP), {})

    def test_survives_nul_and_length(self) -> None:
        wanted, _errors = read_filter({"q": "a\x00b" + "c" * 500}, currency="EUR", locale="en")
        assert len(wanted.q) == 100


class TestToQuery:
    @pytest.mark.parametrize("currency", ["EUR", "JPY", "TND"])
    def test_is_read_back_as_it_was(self, currency: str) -> None:
        assert read_query(to_query(FULL, currency), currency) == (FULL, {})

    def test_has_no_empty_field(self) -> None:
        assert to_query(OrderFilter(), "EUR") == ""
        assert to_query(OrderFilter(min_amount=1250), "EUR") == "min=12.50"


class TestReadQuery:
    def test_says_when_a_field_is_not_known_any_more(self) -> None:
        wanted, errors = read_query("country=BE&warehouse=3", "EUR")
        assert wanted == OrderFilter(country="BE")
        assert list(errors) == [""]


class TestDayBounds:
    def test_are_the_days_of_the_pages_zone(self) -> None:
        wanted = OrderFilter(placed_from=dt.date(2026, 3, 29), placed_to=dt.date(2026, 3, 29))
        # The day on which Paris puts its clocks forward has 23 hours.
        assert day_bounds(wanted, "FR") == (
            dt.datetime(2026, 3, 28, 23, tzinfo=dt.UTC),
            dt.datetime(2026, 3, 29, 22, tzinfo=dt.UTC),
        )

    def test_are_open_without_days(self) -> None:
        assert day_bounds(OrderFilter(), "FR") == (None, None)


class TestWithout:
    def test_takes_one_condition_away(self) -> None:
        assert FULL.without("q").q == ""
        assert FULL.without("country").country is None
        assert FULL.without("country").q == FULL.q
