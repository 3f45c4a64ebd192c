"""The figures of a period beside those of the period before it. Pure; definitions in docs/algorithms/figures.md."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shop.page.days import NO_CURRENCY
from shop.page.models import PageDay

PERIODS: Mapping[str, int] = {"today": 1, "7": 7, "30": 30, "90": 90}
"""What may be chosen in the address, and how many days that is, today among them."""
DEFAULT_PERIOD = "7"
SHORTEST_CHART = 7
"""Days that a chart shows at least: one day alone is no chart."""


@dataclass(slots=True)
class Figures:
    """What was counted in one day or in several; amounts in minor units of the page's currency."""

    visits: int = 0
    orders_placed: int = 0
    orders_paid: int = 0
    sales_amount: int = 0
    refunded_amount: int = 0
    new_followers: int = 0
    lost_followers: int = 0
    paid_in_any: int = 0
    """Paid orders in whatever currency: visits have none."""

    @property
    def average_amount(self) -> int | None:
        """What a paid order was worth, rounded down to a minor unit; None without any."""
        return self.sales_amount // self.orders_paid if self.orders_paid else None

    @property
    def conversion(self) -> float | None:
        """Paid orders to visits, 0.02 for one in fifty; None without visits."""
        return self.paid_in_any / self.visits if self.visits else None

    def add(self, row: PageDay, currency: str) -> None:
        """Take in a day's row; the money of another currency stays out."""
        self.visits += row.visits
        self.new_followers += row.new_followers
        self.lost_followers += row.lost_followers
        self.paid_in_any += row.orders_paid
        if row.currency == currency:
            self.orders_placed += row.orders_placed
            self.orders_paid += row.orders_paid
            self.sales_amount += row.sales_amount
            self.refunded_amount += row.refunded_amount


@dataclass(frozen=True, slots=True)
class Report:
    """A period of ``length`` days that ends ``today``, the one before it, and each of their days."""

    period: str
    length: int
    today: dt.date
    currency: str
    days: dict[dt.date, Figures]
    """All days from the first of the period before (or of the shortest chart) to today, oldest first."""
    now: Figures
    before: Figures
    other_currencies: dict[str, Figures] = field(default_factory=dict)
    """Orders of the period in currencies that the page had before, each apart."""

    @property
    def period_days(self) -> list[dt.date]:
        """The period's days, oldest first."""
        return list(self.days)[-self.length :]

    @property
    def chart_days(self) -> list[dt.date]:
        """The days of the charts: the period's, but never fewer than ``SHORTEST_CHART``."""
        return list(self.days)[-max(self.length, SHORTEST_CHART) :]

    @property
    def days_before(self) -> list[dt.date]:
        """The days of the period before, oldest first."""
        return list(self.days)[-2 * self.length : -self.length]

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was counted in either period."""
        nothing = Figures()
        return self.now == nothing and self.before == nothing and not self.other_currencies


def first_day(period: str, today: dt.date) -> dt.date:
    """Return the oldest day that a report of ``period`` reads."""
    return today - dt.timedelta(days=max(2 * PERIODS[period], SHORTEST_CHART) - 1)


def make_report(rows: Iterable[PageDay], *, period: str, today: dt.date, currency: str) -> Report:
    """Return the report of the days from ``first_day`` on; days without a row count as nothing."""
    length, first = PERIODS[period], first_day(period, today)
    days = {first + dt.timedelta(days=number): Figures() for number in range((today - first).days + 1)}
    start, start_before = (today - dt.timedelta(days=many * length - 1) for many in (1, 2))
    report = Report(period, length, today, currency, days, Figures(), Figures())
    for row in rows:
        if row.day not in days:
            continue
        days[row.day].add(row, currency)
        if row.day >= start:
            report.now.add(row, currency)
            if row.currency not in (currency, NO_CURRENCY):
                report.other_currencies.setdefault(row.currency, Figures()).add(row, row.currency)
        elif row.day >= start_before:
            report.before.add(row, currency)
    return report
