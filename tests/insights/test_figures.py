"""Periods and their figures."""

import datetime as dt

import pytest

from shop.insights.figures import PERIODS, Figures, first_day, make_report
from shop.page.models import PageDay

TODAY = dt.date(2026, 11, 24)
NAMES = (
    "visits",
    "orders_placed",
    "orders_paid",
    "sales_amount",
    "refunded_amount",
    "new_followers",
    "lost_followers",
)


def row(days_ago: int, currency: str = "EUR", **figures: int) -> PageDay:
    day = TODAY - dt.timedelta(days=days_ago)
    return PageDay(page_id=1, day=day, currency=currency, **{**dict.fromkeys(NAMES, 0), **figures})


class TestFirstDay:
    @pytest.mark.parametrize(
        ("period", "day"), [("today", "2026-11-18"), ("7", "2026-11-11"), ("90", "2026-05-29")]
    )
    def test_reaches_back_over_both_periods_and_the_shortest_chart(self, period: str, day: str) -> None:
        assert first_day(period, TODAY) == dt.date.fromisoformat(day)


class TestMakeReport:
    def test_compares_a_period_with_the_one_before(self) -> None:
        rows = [
            row(0, orders_paid=1, sales_amount=900),
            row(6, orders_paid=2, sales_amount=1100),
            row(7, orders_paid=4),
        ]
        report = make_report(
            [*rows, row(13, orders_paid=1), row(14, orders_paid=50)], period="7", today=TODAY, currency="EUR"
        )
        assert (report.now.orders_paid, report.before.orders_paid) == (3, 5)
        assert report.now.average_amount == 666
        assert len(report.period_days) == len(report.days_before) == len(report.chart_days) == 7
        assert report.period_days[-1] == TODAY
        assert report.days_before[-1] == TODAY - dt.timedelta(days=7)

    def test_shows_a_week_around_a_single_day(self) -> None:
        report = make_report(
            [row(1, orders_paid=3), row(0, orders_paid=1)], period="today", today=TODAY, currency="EUR"
        )
        assert (report.now.orders_paid, report.before.orders_paid) == (1, 3)
        assert (len(report.period_days), len(report.chart_days)) == (1, 7)

    def test_fills_days_of_nothing(self) -> None:
        report = make_report([], period="90", today=TODAY, currency="EUR")
        assert len(report.days) == 180
        assert report.is_empty

    def test_never_adds_two_currencies(self) -> None:
        rows = [
            row(0, orders_paid=1, sales_amount=500), row(1, "USD", orders_paid=2, sales_amount=9900),
            row(1, "", visits=6, new_followers=2),
        ]  # fmt: skip
        report = make_report(rows, period="7", today=TODAY, currency="EUR")
        assert (report.now.orders_paid, report.now.sales_amount, report.now.visits) == (1, 500, 6)
        assert list(report.other_currencies) == ["USD"]
        assert report.other_currencies["USD"].sales_amount == 9900
        assert report.now.conversion == 0.5  # an order is an order, in whatever money
        assert not report.is_empty


class TestFigures:
    def test_have_no_average_without_orders_and_no_conversion_without_visits(self) -> None:
        assert (Figures().average_amount, Figures().conversion) == (None, None)
        assert Figures(visits=3).conversion == 0

    def test_periods_are_four(self) -> None:
        assert list(PERIODS) == ["today", "7", "30", "90"]
