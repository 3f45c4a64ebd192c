"""What the charts of Today show: one message each, as plain values for ``js/charts.js``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from shop.core.money import to_decimal
from shop.insights import labels
from shop.insights.figures import Figures, Report
from shop.web.templating import money

Reading = Callable[[Figures], float | None]


@dataclass(frozen=True, slots=True)
class Card:
    """One figure of the period: its name, value and change as text, a note, and its chart's data."""

    key: str
    title: str
    value: str
    change: labels.Change
    note: str
    chart: dict[str, Any]


def cards_of(report: Report) -> list[Card]:
    """Return the five figures of a report in their order."""
    now, before, period, currency = report.now, report.before, report.period, report.currency
    count, share = {"style": "decimal"}, {"style": "percent"}
    price = {"style": "currency", "currency": currency}

    def amount(value: int | None) -> str:
        return labels.NOTHING if value is None else money(value, currency)

    def major(value: int | None) -> float | None:
        return None if value is None else float(to_decimal(value, currency))

    refunds = _("%(amount)s of refunds in this time", amount=amount(now.refunded_amount))
    lost = _("%(number)s stopped following", number=labels.count_text(now.lost_followers))
    visits = _("%(number)s visits", number=labels.count_text(now.visits))
    return [
        Card(
            "sales", _("Sales"), amount(now.sales_amount),
            labels.change_of(now.sales_amount, before.sales_amount, period),
            refunds if now.refunded_amount else "",
            _chart(report, "bars", price, lambda day: major(day.sales_amount)),
        ),
        Card(
            "orders", _("Orders"), labels.count_text(now.orders_paid),
            labels.change_of(now.orders_paid, before.orders_paid, period), "",
            _chart(report, "bars", count, lambda day: day.orders_paid),
        ),
        Card(
            "average", _("Average order"), amount(now.average_amount),
            labels.change_of(now.average_amount, before.average_amount, period), "",
            _chart(report, "line", price, lambda day: major(day.average_amount)),
        ),
        Card(
            "conversion", _("Visits that became orders"), labels.conversion_text(now.conversion),
            labels.point_change_of(now.conversion, before.conversion, period), visits,
            _chart(report, "line", share, lambda day: day.conversion),
        ),
        Card(
            "followers", _("New followers"), labels.count_text(now.new_followers),
            labels.change_of(now.new_followers, before.new_followers, period),
            lost if now.lost_followers else "",
            _chart(report, "bars", count, lambda day: day.new_followers),
        ),
    ]  # fmt: skip


def _chart(report: Report, kind: str, number: dict[str, str], read: Reading) -> dict[str, Any]:
    is_longer = len(report.chart_days) > report.length
    before = [] if is_longer else [read(report.days[day]) for day in report.days_before]
    return {
        "kind": kind,
        "number": number,
        "days": [day.isoformat() for day in report.chart_days],
        "now": [read(report.days[day]) for day in report.chart_days],
        "before": before,
        "accented": report.length if is_longer else 0,
        "words": {"before": labels.before_text(report.period)},
    }
