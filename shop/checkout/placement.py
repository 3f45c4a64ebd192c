"""Placement: from a basket to an order that waits for payment, in one transaction.

Rows are taken in one order by everybody who changes an order: the order's row, variants by ascending
id, the coupon, then the page's counter and version. The order is therefore written first, under a provisional
number, and gets its real one last.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.cart.queries import pick_picture
from shop.cart.service import acknowledge_prices
from shop.catalog.history_models import StockReason
from shop.catalog.movements import Cause, Movement, record_movements
from shop.catalog.stock import OutOfStock, take_units
from shop.checkout.basket import Basket, SoldOut, TotalChanged, Wish, content_key, read_basket
from shop.checkout.couponing import coupon_columns, refuse_used, shopper_of, take_coupon_use
from shop.checkout.delivery import AddressNeeded, Delivery
from shop.checkout.desk import Buyer, Desk, ReturnUrls
from shop.checkout.outcomes import complete_free_order
from shop.checkout.session_body import session_body
from shop.core.errors import Conflict, Invalid
from shop.core.i18n import N_
from shop.core.ids import new_token
from shop.core.outbox import enqueue
from shop.core.touch import Origin
from shop.coupons.touch_queries import check_coupon_touch
from shop.feed.touch_queries import check_touch
from shop.orders.access import order_token
from shop.orders.models import Actor, FulfilmentStatus, Order, OrderLine, OrderStatus, ReturnStatus
from shop.orders.queries import find_order_row, find_placed, list_order_lines
from shop.orders.search_index import order_search_text
from shop.orders.service import next_number, record_event
from shop.page.days import raise_day
from shop.page.queries import is_follower
from shop.page.service import raise_version
from shop.payments.models import Payment, PaymentStatus
from shop.shipping.service import list_countries

LIFETIME = dt.timedelta(minutes=45)
"""Stripe wants a session to live at least 30 minutes from its creation: a quarter of an hour for retries."""
SETTLE_ORDER = "settle_order"
FIRST_LOOK = dt.timedelta(minutes=10)


class AlreadyPlaced(Conflict):
    """The same visitor has just placed the same content, in another request."""

    code = "already_placed"
    message = N_("This order is being placed already. Please try again in a moment.")


class EmailNeeded(Invalid):
    """The e-mail address has to be given before the payment page: a coupon for once a customer has to know who it is."""

    code = "email_needed"


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order as placed; ``total_amount`` in minor units of ``currency``."""

    order_id: int
    number: str
    status: OrderStatus
    total_amount: int
    currency: str
    expires_at: dt.datetime


def place_order(
    session: Session, *, desk: Desk, wish: Wish, buyer: Buyer, language: str, urls: ReturnUrls,
    customer_id: str | None, now: dt.datetime, expected_total_amount: int | None = None,
) -> PlacedOrder:  # fmt: skip
    """Re-read prices, take the stock and the coupon's use, write the order, its lines, history and payment.

    Raises SoldOut (naming the product), TotalChanged when the total is not ``expected_total_amount``,
    AlreadyPlaced when the same content of this visitor waits for payment already, EmailNeeded, AddressNeeded,
    CouponGone, CouponUsed, CouponEnded, and all that ``read_basket`` raises. An order of nothing is paid at once, and
    goes to the wish's ``delivery``.
    """
    if wish.delivery is not None:
        _queue_behind_same(session, wish, buyer)
    shopper = shopper_of(session, desk.signer, buyer=buyer, page_id=wish.page.id, now=now)
    basket = read_basket(session, wish, shopper=shopper, language=language)
    refuse_unready(basket, buyer, expected_total_amount)
    _refuse_sold_out(basket)
    order_id = _insert_order(session, basket, buyer, language=language, urls=urls, now=now)
    taken = _take(session, basket)
    _insert_lines(session, order_id, basket)
    take_coupon_use(session, order_id, basket, customer=shopper.customer, now=now)
    record_event(
        session, order_id=order_id, kind="placed", actor=Actor.BUYER, account_id=buyer.account_id, now=now
    )
    if wish.cart_id is not None:
        acknowledge_prices(session, cart_id=wish.cart_id)
    if basket.quote.totals.total_amount:
        enqueue(
            session, kind=SETTLE_ORDER, subject=str(order_id), payload={}, now=now, run_at=now + FIRST_LOOK,
            page_id=wish.page.id,
        )  # fmt: skip
    number = next_number(session, page_id=wish.page.id, prefix=wish.page.order_prefix)
    session.execute(
        update(Order)
        .where(Order.id == order_id)
        .values(number=number, search_text=_search_text(basket, number, buyer))
        .execution_options(synchronize_session=False)
    )
    # The stock's history names the order, whose number is only known now.
    record_movements(session, taken, Cause(StockReason.SOLD, now, ref=number))
    order = find_order_row(session, order_id)
    if order is None:  # pragma: no cover - written a moment ago in this transaction
        raise Conflict
    if order.total_amount == 0:
        complete_free_order(session, order, ship_to=(wish.delivery or Delivery()).ship_to, now=now)
    else:
        _insert_payment(
            session, order, desk, urls=urls, customer_id=customer_id, brand=wish.page.name, now=now
        )
        raise_version(session, order.page_id)
    raise_day(session, page_id=order.page_id, at=now, currency=order.currency, orders_placed=1)
    return PlacedOrder(order.id, number, order.status, order.total_amount, order.currency, order.expires_at)


def _queue_behind_same(session: Session, wish: Wish, buyer: Buyer) -> None:
    """Wait for another request that orders for the same intention; AlreadyPlaced when it has done so.

    An order of nothing never waits for payment, so no index keeps a second one out, and the cart is empty by then.
    SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        name = f"free order {buyer.visitor_key} {wish.free_key}"
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    if find_placed(session, visitor_key=buyer.visitor_key, content_key=wish.free_key) is not None:
        raise AlreadyPlaced


def refuse_unready(basket: Basket, buyer: Buyer, expected_total_amount: int | None) -> None:
    """Raise CouponUsed, TotalChanged, AddressNeeded or EmailNeeded: what the buyer has to look at or to give first."""
    total = basket.quote.totals.total_amount
    refuse_used(basket)
    if expected_total_amount is not None and total != expected_total_amount:
        raise TotalChanged(total)
    email = {} if buyer.email else {"email": [N_("Please enter your e-mail address.")]}
    if total == 0:
        wish = basket.wish
        wrong = email | (wish.delivery or Delivery()).problems(list_countries(wish.page))
        if wrong:
            raise AddressNeeded(wrong)
    elif email and basket.coupon is not None and basket.coupon.coupon.is_once:
        raise EmailNeeded(email)


def _refuse_sold_out(basket: Basket) -> None:
    # Spares the losers of a rush most of the work; what decides is the conditional update in take_units.
    for line in basket.lines:
        stock = line.variant.stock
        if stock is not None and stock < line.quantity:
            raise SoldOut(line.variant.id, stock, line.title)


def _insert_order(
    session: Session, basket: Basket, buyer: Buyer, *, language: str, urls: ReturnUrls, now: dt.datetime
) -> int:
    wish, totals, method = basket.wish, basket.quote.totals, basket.quote.method
    values: dict[str, Any] = {
        "page_id": wish.page.id,
        "number": f"new-{new_token()}",
        "account_id": buyer.account_id,
        "visitor_key": buyer.visitor_key,
        "content_key": content_key(basket, buyer, language=language, urls=urls),
        "email": buyer.email,
        "language": language,
        "currency": wish.page.currency,
        "status": OrderStatus.AWAITING_PAYMENT,
        "fulfilment_status": FulfilmentStatus.UNFULFILLED,
        "return_status": ReturnStatus.NONE,
        "holds_stock": True,
        "subtotal_amount": totals.subtotal_amount,
        "discount_amount": totals.discount_amount,
        "shipping_amount": totals.shipping_amount,
        "tax_amount": totals.tax_amount,
        "total_amount": totals.total_amount,
        "captured_amount": 0,
        "refunded_amount": 0,
        "country": wish.country,
        "postal_code": wish.postal_code,
        "shipping_method": method.code if method else "",
        "shipping_tax_rate_bp": method.tax_rate_bp if method else 0,
        "was_follower": is_follower(session, wish.page.id, buyer.account_id),
        "cart_id": wish.cart_id,
        "placed_at": now,
        "expires_at": now + LIFETIME,
        **coupon_columns(basket),
        **_origin_columns(session, wish.page.id, buyer.origin),
    }
    on_conflict_insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    order_id = session.execute(
        on_conflict_insert(Order).values(values).on_conflict_do_nothing().returning(Order.id)
    ).scalar_one_or_none()
    if order_id is None:
        raise AlreadyPlaced
    return order_id


def _origin_columns(session: Session, page_id: int, origin: Origin) -> dict[str, Any]:
    """Return what an order keeps of what led to it; a touch of another page's post, share or coupon is none."""
    touch = check_touch(session, page_id=page_id, touch=origin.touch) if origin.touch else None
    if touch is not None:
        touch = check_coupon_touch(session, page_id=page_id, touch=touch)
    return {
        "touch_kind": touch.kind if touch else None,
        "touch_post_id": touch.post_id if touch else None,
        "touch_share_id": touch.share_id if touch else None,
        "touch_coupon_id": touch.coupon_id if touch else None,
        "touch_at": touch.at if touch else None,
        "campaign": dict(origin.campaign) or None,
    }


def _take(session: Session, basket: Basket) -> list[Movement]:
    try:
        return take_units(session, basket.units)
    except OutOfStock as problem:
        titles = {line.variant.id: line.title for line in basket.lines}
        raise SoldOut(problem.variant_id, problem.left, titles[problem.variant_id]) from problem


def _insert_lines(session: Session, order_id: int, basket: Basket) -> None:
    rows = []
    for position, (line, totals) in enumerate(
        zip(basket.lines, basket.quote.totals.lines, strict=True), start=1
    ):
        product = line.variant.product
        rows.append(
            {
                "order_id": order_id,
                "position": position,
                "variant_id": line.variant.id,
                "product_id": product.id,
                "product_slug": product.slug,
                "title": line.title,
                "variant_title": line.variant_title,
                "sku": line.variant.sku,
                "picture": pick_picture(product, line.variant)[0],
                "quantity": line.quantity,
                "unit_amount": line.variant.price_amount,
                "discount_amount": totals.discount_amount,
                "tax_rate_bp": basket.wish.page.tax_rate_bp,
                "tax_amount": totals.tax_amount,
                "total_amount": totals.total_amount,
            }
        )
    session.execute(insert(OrderLine), rows)


def _search_text(basket: Basket, number: str, buyer: Buyer) -> str:
    parts: list[str | None] = [number, buyer.email]
    for line in basket.lines:
        parts += [line.title, line.variant_title, line.variant.sku]
    return order_search_text(basket.wish.page.id, parts)


def _insert_payment(
    session: Session,
    order: Order,
    desk: Desk,
    *,
    urls: ReturnUrls,
    customer_id: str | None,
    brand: str,
    now: dt.datetime,
) -> None:
    key = f"vitrine-{new_token()}"
    body = session_body(
        order,
        list_order_lines(session, order.id),
        payment_key=key,
        customer_id=customer_id,
        order_token=order_token(desk.signer, order),
        urls=urls,
        public_url=desk.public_url,
        brand=brand,
    )
    session.execute(
        insert(Payment).values(
            order_id=order.id,
            idempotency_key=key,
            request=body,
            status=PaymentStatus.NEW,
            amount=order.total_amount,
            currency=order.currency,
            expires_at=order.expires_at,
            created_at=now,
            updated_at=now,
        )
    )
