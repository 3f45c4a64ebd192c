"""What coupons brought: orders and their money, what was given for them, and likes."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, cast, func, select, text
from sqlalchemy.orm import Session

from shop.coupons.models import Coupon, CouponRedemption
from shop.insights.post_figures import Span
from shop.insights.post_queries import Scope
from shop.orders.models import Order
from shop.page.models import Follower, LikeEvent, LikeSource, PageDay

SHOWN_ORDERS = 20


@dataclass(frozen=True, slots=True)
class CouponFigures:
    """What a coupon brought; amounts in minor units of the page's currency."""

    orders: int = 0
    """Orders that were paid, or that cost nothing with it."""
    revenue_amount: int = 0
    """What they paid, less what was refunded."""
    discount_amount: int = 0
    """What it took off them, shipping included."""
    likes: int = 0
    """Likes that were given where the coupon was shown."""
    led: int = 0
    """How many of the orders its link or its card on another site led to, within 7 days."""

    @property
    def mean_amount(self) -> int | None:
        """What a paid order with it comes to on average; None without any."""
        return round(self.revenue_amount / self.orders) if self.orders else None


@dataclass(frozen=True, slots=True)
class CouponRow:
    """A coupon in the table of the insights, with what the orders of a time that used it brought."""

    coupon: Coupon
    orders: int
    revenue_amount: int
    discount_amount: int


@dataclass(frozen=True, slots=True)
class Sales:
    """Paid orders of a time, and what they came to before refunds, in minor units of the page's currency."""

    orders: int = 0
    amount: int = 0

    @property
    def mean_amount(self) -> int | None:
        """What one of them came to on average; None without any."""
        return round(self.amount / self.orders) if self.orders else None


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a coupon as the file of its uses tells it."""

    order: Order
    redemption: CouponRedemption


def map_figures(session: Session, scope: Scope, coupon_ids: Iterable[int]) -> Mapping[int, CouponFigures]:
    """Return what each of a page's coupons brought by their ids, in two statements."""
    ids = sorted(set(coupon_ids))
    if not ids:
        return {}
    sales = {row.coupon_id: row for row in session.execute(_sales(scope, Order.coupon_id.in_(ids)))}
    likes = _map_likes(session, scope.page_id, ids)
    return {
        one: CouponFigures(
            orders=sales[one].orders if one in sales else 0,
            revenue_amount=int(sales[one].revenue) if one in sales else 0,
            discount_amount=int(sales[one].given) if one in sales else 0,
            likes=likes.get(str(one), 0),
            led=int(sales[one].led) if one in sales else 0,
        )
        for one in ids
    }


def list_best(session: Session, scope: Scope, span: Span | None, *, limit: int) -> list[CouponRow]:
    """Return the coupons that brought the most in the orders paid in ``span`` (None: ever), in two statements."""
    sales = (
        _sales(scope, _has_coupon(scope), *_within(scope, span))
        .order_by(text("revenue DESC"), Order.coupon_id)
        .limit(limit)
    )
    rows = session.execute(sales).all()
    known = select(Coupon).where(
        Coupon.page_id == scope.page_id, Coupon.id.in_([row.coupon_id for row in rows])
    )
    coupons = {coupon.id: coupon for coupon in session.scalars(known)}
    return [
        CouponRow(coupons[row.coupon_id], row.orders, int(row.revenue), int(row.given))
        for row in rows
        if row.coupon_id in coupons
    ]


def compare_sales(session: Session, scope: Scope, span: Span | None) -> tuple[Sales, Sales]:
    """Return what orders paid in ``span`` brought before refunds with a coupon, and without one.

    All of them are read off the page's days, so that only those with a coupon are gone through.
    """
    having = session.execute(
        select(func.count().label("orders"), _total(Order.captured_amount).label("amount")).where(
            *_paid(scope), *_within(scope, span), _has_coupon(scope)
        )
    ).one()
    days = [] if span is None else [PageDay.day >= span.first, PageDay.day <= span.last]
    whole = session.execute(
        select(
            _total(PageDay.orders_paid).label("orders"), _total(PageDay.sales_amount).label("amount")
        ).where(PageDay.page_id == scope.page_id, PageDay.currency == scope.currency, *days)
    ).one()
    return (
        Sales(having.orders, int(having.amount)),
        Sales(max(0, int(whole.orders) - having.orders), max(0, int(whole.amount) - int(having.amount))),
    )


def _has_coupon(scope: Scope) -> ColumnElement[bool]:
    """Return whether an order used one of the page's coupons, said so that the index of coupons is asked."""
    return Order.coupon_id.in_(select(Coupon.id).where(Coupon.page_id == scope.page_id))


_REVENUE = Order.captured_amount - Order.refunded_amount


def _total(column: Any) -> Any:
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


def _paid(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    # The page is not asked for: a coupon is of one page, and with it SQLite would go through all the page's orders.
    return Order.paid_at.is_not(None), Order.currency == scope.currency


def _within(scope: Scope, span: Span | None) -> list[ColumnElement[bool]]:
    if span is None:
        return []
    start, end = scope.instants(span)
    return [Order.paid_at >= start, Order.paid_at < end]


def _sales(scope: Scope, *where: ColumnElement[bool]) -> Any:
    return (
        select(
            Order.coupon_id,
            func.count().label("orders"),
            _total(_REVENUE).label("revenue"),
            _total(Order.discount_amount + Order.waived_shipping_amount).label("given"),
            _total(case((Order.touch_coupon_id == Order.coupon_id, 1), else_=0)).label("led"),
        )
        .where(*_paid(scope), Order.coupon_id.is_not(None), *where)
        .group_by(Order.coupon_id)
    )


def _map_likes(session: Session, page_id: int, ids: list[int]) -> Mapping[str, int]:
    statement = (
        select(LikeEvent.source_ref, func.count())
        .where(
            LikeEvent.page_id == page_id,
            LikeEvent.source == LikeSource.COUPON,
            LikeEvent.source_ref.in_([str(one) for one in ids]),
            LikeEvent.is_gain,
        )
        .group_by(LikeEvent.source_ref)
    )
    return {ref: count for ref, count in session.execute(statement) if ref is not None}


def count_still_following(session: Session, page_id: int, coupon_id: int) -> int:
    """Return how many who liked the page where a coupon was shown like it now."""
    return session.execute(
        select(func.count()).where(
            Follower.page_id == page_id,
            Follower.source == LikeSource.COUPON,
            Follower.source_ref == str(coupon_id),
        )
    ).scalar_one()


def list_orders_of_coupon(session: Session, coupon_id: int) -> list[Order]:
    """Return the newest orders that used a coupon, paid or not, each once."""
    uses = list_uses(session, coupon_id, before=None, limit=SHOWN_ORDERS)
    return list({use.order.id: use.order for use in uses}.values())


def iterate_uses(session: Session, coupon_id: int, *, since: dt.datetime) -> Iterator[dt.datetime]:
    """Yield the instants since ``since`` of the uses that were not given back, the newest first.

    Uses get their ids as time passes, so that older ones are not looked at.
    """
    statement = (
        select(CouponRedemption.taken_at, CouponRedemption.returned_at)
        .where(CouponRedemption.coupon_id == coupon_id)
        .order_by(CouponRedemption.id.desc())
        .execution_options(yield_per=1000)
    )
    for taken_at, returned_at in session.execute(statement):
        if taken_at < since:
            return
        if returned_at is None:
            yield taken_at


def list_uses(session: Session, coupon_id: int, *, before: int | None, limit: int) -> list[Use]:
    """Return the uses of a coupon, given back or not, the newest first, those before the id ``before``."""
    statement = (
        select(CouponRedemption, Order)
        .join(Order, Order.id == CouponRedemption.order_id)
        .where(CouponRedemption.coupon_id == coupon_id)
    )
    if before is not None:
        statement = statement.where(CouponRedemption.id < before)
    found = session.execute(statement.order_by(CouponRedemption.id.desc()).limit(limit))
    return [Use(order, redemption) for redemption, order in found]
