"""What the charts of the insights of posts show: one message each, as plain values for ``js/charts.js``."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from shop.core.money import to_decimal
from shop.insights import labels
from shop.insights.charts import Card
from shop.insights.post_figures import PostFigures, PostReport
from shop.web.templating import money

Reading = Callable[[PostFigures], float | None]
_COUNT, _SHARE = {"style": "decimal"}, {"style": "percent"}


def cards_of(report: PostReport) -> list[Card]:
    """Return the figures of a report in their order, each with its chart."""
    now, currency = report.now, report.currency
    price = {"style": "currency", "currency": currency}
    lost = _("%(number)s likes were taken back in posts", number=labels.count_text(now.likes_lost))
    parts = _(
        "%(reactions)s reactions, %(comments)s comments, %(shares)s shares",
        reactions=labels.count_text(now.reactions), comments=labels.count_text(now.comments),
        shares=labels.count_text(now.shares),
    )  # fmt: skip
    return [
        _count(report, "reach", _("People reached"), lambda one: one.reach),
        _count(report, "impressions", _("Impressions"), lambda one: one.impressions),
        Card(
            "rate", _("Engagement rate"), labels.conversion_text(now.engagement_rate),
            _points(report),
            _("%(number)s people engaged", number=labels.count_text(now.engaged)) if now.engaged else "",
            _chart(report, "line", _SHARE, lambda one: one.engagement_rate),
        ),
        _count(
            report, "interactions", _("Interactions"), lambda one: one.interactions,
            note=parts if now.interactions else "",
        ),
        _count(report, "clicks", _("Clicks"), lambda one: one.clicks),
        _count(
            report, "likes", _("Likes gained from posts"), lambda one: one.likes_gained,
            note=lost if now.likes_lost else "",
        ),
        _count(report, "orders", _("Orders from posts"), lambda one: one.orders),
        Card(
            "revenue", _("Revenue from posts"), money(now.revenue_amount, currency),
            _change(report, lambda one: one.revenue_amount), "",
            _chart(report, "bars", price, lambda one: float(to_decimal(one.revenue_amount, currency))),
        ),
    ]  # fmt: skip


def chart_of_days(days: Mapping[dt.date, PostFigures], read: Reading, *, unit: str = "day") -> dict[str, Any]:
    """Return a chart of bars over days, or over months with ``unit`` "month"."""
    return {
        "kind": "bars",
        "number": _COUNT,
        "unit": unit,
        "days": [day.isoformat() for day in days],
        "now": [read(figures) for figures in days.values()],
        "before": [],
        "accented": 0,
        "words": {"before": ""},
    }


def _count(report: PostReport, key: str, title: str, read: Callable[[PostFigures], int], *, note: str = "") -> Card:  # fmt: skip
    value = labels.count_text(read(report.now))
    return Card(key, title, value, _change(report, read), note, _chart(report, "bars", _COUNT, read))


def _change(report: PostReport, read: Callable[[PostFigures], int]) -> labels.Change:
    if report.before is None:
        return labels.Change("", "same")
    return labels.change_of(read(report.now), read(report.before), report.period)


def _points(report: PostReport) -> labels.Change:
    if report.before is None:
        return labels.Change("", "same")
    return labels.point_change_of(report.now.engagement_rate, report.before.engagement_rate, report.period)


def _chart(report: PostReport, kind: str, number: dict[str, str], read: Reading) -> dict[str, Any]:
    has_before = report.before is not None and not report.is_by_month
    return {
        "kind": kind,
        "number": number,
        "unit": "month" if report.is_by_month else "day",
        "days": [day.isoformat() for day in report.steps],
        "now": [read(figures) for figures in report.steps.values()],
        "before": [read(figures) for figures in report.days_before.values()] if has_before else [],
        "accented": 0,
        "words": {"before": labels.before_text(report.period) if has_before else ""},
    }
