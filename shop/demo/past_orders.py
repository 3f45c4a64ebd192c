"""The orders that the demo brands had: written as they stand today, since no payment can be made in the past."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, selectinload

from shop.accounts.models import Account
from shop.accounts.queries import find_account_by_email
from shop.catalog.models import Product, Variant
from shop.catalog.stock import raise_sold_count
from shop.core.ids import hash_token
from shop.demo import content_types as demo
from shop.demo.brands import LANGUAGE, OTHER_LANGUAGE
from shop.demo.ties import find_post_that_led
from shop.orders.carriers import tracking_address
from shop.orders.models import (
    Actor,
    Fulfilment,
    FulfilmentLine,
    FulfilmentStatus,
    Order,
    OrderEvent,
    OrderLine,
    OrderStatus,
    ReturnStatus,
)
from shop.orders.service import next_number
from shop.page.days import raise_day
from shop.page.models import Follower, Page
from shop.page.service import raise_version
from shop.pricing.totals import LineInput, Totals, compute_totals
from shop.shipping.service import Method, list_methods

PAY_MINUTES = 4
LIFETIME = dt.timedelta(minutes=45)
FRENCH_SPEAKING = frozenset({"FR", "BE", "LU", "MC"})
SENT_AFTER = dt.timedelta(days=1, hours=3)
CARRIER = "laposte"
SENT_STATES: frozenset[demo.OrderState] = frozenset({"fulfilled", "refunded"})
PAID_STATES: frozenset[demo.OrderState] = frozenset({"paid", "fulfilled", "refunded"})


@dataclass(frozen=True)
class _Sale:
    """All that a past order is written from."""

    wanted: demo.PastOrder
    page: Page
    variants: Sequence[Variant]
    account: Account | None
    method: Method
    totals: Totals
    placed_at: dt.datetime

    @property
    def language(self) -> str:
        if self.account is not None:
            return self.account.language
        return LANGUAGE if self.wanted.address.country in FRENCH_SPEAKING else OTHER_LANGUAGE

    @property
    def is_paid(self) -> bool:
        return self.wanted.state in PAID_STATES

    @property
    def is_sent(self) -> bool:
        return self.wanted.state in SENT_STATES


def content_key(place: int) -> str:
    """Return the key by which the past order at ``place`` in the content is known again."""
    return f"demo:{place}"


def find_missing_orders(
    session: Session, orders: Iterable[demo.PastOrder]
) -> list[tuple[int, demo.PastOrder]]:
    """Return the past orders that were not written yet, each with its place in the content."""
    known = set(session.scalars(select(Order.content_key).where(Order.content_key.like("demo:%"))))
    return [(place, order) for place, order in enumerate(orders) if content_key(place) not in known]


def add_past_order(
    session: Session,
    *,
    place: int,
    wanted: demo.PastOrder,
    page: Page,
    buyer_email: str | None,
    now: dt.datetime,
) -> Order | None:
    """Write a past order with its lines and history; None when its goods or its buyer are no longer there.

    ``buyer_email`` is the account's that bought, or None for a guest.
    """
    variants = _find_variants(session, page, [line.sku for line in wanted.lines])
    account = find_account_by_email(session, buyer_email) if buyer_email else None
    if variants is None or (account is None and wanted.guest_email is None):
        return None
    sale = _work_out(wanted, page, variants, account, _instant(place, wanted, now))
    order = _order_row(sale, place)
    order.was_follower = _followed_then(session, sale)
    order.lines = _line_rows(sale)
    order.history = _history(sale)
    _came_from(session, order, sale)
    if sale.is_paid:
        sold: dict[int, int] = {}
        for variant, line in zip(variants, wanted.lines, strict=True):
            sold[variant.product_id] = sold.get(variant.product_id, 0) + line.quantity
        raise_sold_count(session, sold)
    order.number = next_number(session, page_id=page.id, prefix=page.order_prefix)
    session.add(order)
    session.flush()
    if sale.is_sent:
        _add_parcel(session, sale, order, place)
    raise_version(session, page.id)
    _count(session, order)
    return order


def _came_from(session: Session, order: Order, sale: _Sale) -> None:
    """Let a post of the goods, if there was one shortly before, have led to the order."""
    product_ids = [variant.product_id for variant in sale.variants]
    post = find_post_that_led(session, page_id=sale.page.id, product_ids=product_ids, at=sale.placed_at)
    if post is not None:
        order.touch_kind, order.touch_post_id = "post", post.id
        order.touch_at = sale.placed_at - dt.timedelta(minutes=PAY_MINUTES)


def _add_parcel(session: Session, sale: _Sale, order: Order, place: int) -> None:
    """Write the parcel that all of the order left in, as its history tells."""
    number = f"6A{place:011d}"
    parcel = Fulfilment(
        order_id=order.id, carrier=CARRIER, tracking_number=number, tracking_url=tracking_address(CARRIER, number),
        shipped_at=sale.placed_at + SENT_AFTER,
    )  # fmt: skip
    parcel.lines = [FulfilmentLine(order_line_id=line.id, quantity=line.quantity) for line in order.lines]
    session.add(parcel)
    session.flush()


def _count(session: Session, order: Order) -> None:
    """Put the order into the figures of the days on which it was placed and paid."""
    currency = order.currency
    raise_day(session, page_id=order.page_id, at=order.placed_at, currency=currency, orders_placed=1)
    if order.paid_at is not None:
        raise_day(
            session, page_id=order.page_id, at=order.paid_at, currency=currency, orders_paid=1,
            sales_amount=order.captured_amount,
        )  # fmt: skip


def _instant(place: int, wanted: demo.PastOrder, now: dt.datetime) -> dt.datetime:
    """Return when the order was placed: 2 to 11 hours before the hour of ``now``, at all times of the day.

    Less than the 12 hours of the likes of the same day.
    """
    return now - dt.timedelta(days=wanted.days_ago, hours=2 + place * 5 % 9, minutes=place * 17 % 60)


def _find_variants(session: Session, page: Page, skus: list[str]) -> list[Variant] | None:
    statement = (
        select(Variant)
        .join(Variant.product)
        .where(Product.page_id == page.id, Variant.sku.in_(skus))
        .options(contains_eager(Variant.product).options(selectinload(Product.pictures)))
    )
    found = {variant.sku: variant for variant in session.scalars(statement)}
    return [found[sku] for sku in skus] if all(sku in found for sku in skus) else None


def _work_out(
    wanted: demo.PastOrder, page: Page, variants: Sequence[Variant], account: Account | None, at: dt.datetime
) -> _Sale:
    inputs = [
        LineInput(variant.price_amount, line.quantity, page.tax_rate_bp)
        for variant, line in zip(variants, wanted.lines, strict=True)
    ]
    subtotal = sum(line.unit_amount * line.quantity for line in inputs)
    to = wanted.address
    method = list_methods(page, country=to.country, postal_code=to.postal_code, subtotal_amount=subtotal)[0]
    totals = compute_totals(inputs, shipping_amount=method.amount, shipping_tax_rate_bp=method.tax_rate_bp)
    return _Sale(wanted, page, variants, account, method, totals, at)


def _order_row(sale: _Sale, place: int) -> Order:
    wanted, totals = sale.wanted, sale.totals
    captured = totals.total_amount if sale.is_paid else 0
    refunded = captured if wanted.state == "refunded" else 0
    status = OrderStatus.PAID if sale.is_paid else OrderStatus(wanted.state)
    return Order(
        page_id=sale.page.id,
        account_id=sale.account.id if sale.account else None,
        visitor_key=f"account:{sale.account.id}"
        if sale.account
        else f"guest:{hash_token(content_key(place))}",
        content_key=content_key(place),
        email=sale.account.email if sale.account else wanted.guest_email,
        language=sale.language,
        currency=sale.page.currency,
        status=status,
        fulfilment_status=FulfilmentStatus.FULFILLED if sale.is_sent else FulfilmentStatus.UNFULFILLED,
        return_status=ReturnStatus.REFUNDED if refunded else ReturnStatus.NONE,
        holds_stock=sale.is_paid,
        subtotal_amount=totals.subtotal_amount,
        discount_amount=totals.discount_amount,
        shipping_amount=totals.shipping_amount,
        tax_amount=totals.tax_amount,
        total_amount=totals.total_amount,
        captured_amount=captured,
        refunded_amount=refunded,
        country=wanted.address.country,
        postal_code=wanted.address.postal_code,
        shipping_method=sale.method.code,
        shipping_tax_rate_bp=sale.method.tax_rate_bp,
        ship_to=_ship_to(wanted.address) if sale.is_paid else None,
        placed_at=sale.placed_at,
        expires_at=sale.placed_at + LIFETIME,
        paid_at=sale.placed_at + dt.timedelta(minutes=PAY_MINUTES) if sale.is_paid else None,
        closed_at=None if sale.is_paid else _history(sale)[-1].at,
    )


def _ship_to(address: demo.Address) -> dict[str, str | None]:
    return {
        "name": address.name,
        "line1": address.line1,
        "line2": address.line2,
        "city": address.city,
        "postal_code": address.postal_code,
        "state": None,
        "country": address.country,
        "phone": address.phone,
    }


def _followed_then(session: Session, sale: _Sale) -> bool:
    if sale.account is None:
        return False
    statement = select(Follower.id).where(
        Follower.page_id == sale.page.id,
        Follower.account_id == sale.account.id,
        Follower.followed_at <= sale.placed_at,
    )
    return session.scalar(statement) is not None


def _line_rows(sale: _Sale) -> list[OrderLine]:
    rows = []
    goods = zip(sale.variants, sale.wanted.lines, sale.totals.lines, strict=True)
    for position, (variant, line, totals) in enumerate(goods, start=1):
        product = variant.product
        words = product.translations.get(sale.language, {})
        options = words.get("options", {})
        shown = {picture.id: picture.picture for picture in product.pictures}
        rows.append(
            OrderLine(
                position=position,
                variant_id=variant.id,
                product_id=product.id,
                product_slug=product.slug,
                title=words.get("title") or product.title,
                variant_title=" / ".join(options.get(value) or value for value in variant.option_values),
                sku=variant.sku,
                picture=shown.get(variant.picture_id or 0) or next(iter(shown.values()), None),
                quantity=line.quantity,
                unit_amount=variant.price_amount,
                discount_amount=totals.discount_amount,
                tax_rate_bp=sale.page.tax_rate_bp,
                tax_amount=totals.tax_amount,
                total_amount=totals.total_amount,
                refunded_quantity=line.quantity if sale.wanted.state == "refunded" else 0,
                fulfilled_quantity=line.quantity if sale.is_sent else 0,
            )
        )
    return rows


def _history(sale: _Sale) -> list[OrderEvent]:
    after: dict[demo.OrderState, list[tuple[str, Actor, dt.timedelta]]] = {
        "paid": [],
        "fulfilled": [("fulfilled", Actor.STAFF, SENT_AFTER)],
        "refunded": [
            ("fulfilled", Actor.STAFF, SENT_AFTER),
            ("refunded", Actor.STAFF, dt.timedelta(days=9)),
        ],
        "expired": [("expired", Actor.STRIPE, LIFETIME)],
        "cancelled": [("cancelled", Actor.BUYER, dt.timedelta(minutes=11))],
    }
    paid = [("paid", Actor.STRIPE, dt.timedelta(minutes=PAY_MINUTES))] if sale.is_paid else []
    steps = [("placed", Actor.BUYER, dt.timedelta(0)), *paid, *after[sale.wanted.state]]
    buyer_id = sale.account.id if sale.account else None
    return [
        OrderEvent(
            at=sale.placed_at + delay,
            actor=actor,
            account_id=buyer_id if actor is Actor.BUYER else None,
            kind=kind,
            detail={"amount": sale.totals.total_amount} if kind == "refunded" else {},
        )
        for kind, actor, delay in steps
    ]
