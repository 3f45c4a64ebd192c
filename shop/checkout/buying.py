"""From Buy to the payment page's address: what the HTML edge and the API both call.

Steps between which a process may die, and what is then there: an older order given up (the cart is still
there); a Stripe customer (found again by its key); an order without a session (found again by pressing
Buy, or by its job); a session not yet written down (the same key gives it again).
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from shop.cart.coupons import remove_coupon
from shop.cart.models import Cart
from shop.cart.queries import get_cart
from shop.cart.service import MergeNote, merge_guest_carts
from shop.checkout.basket import Basket, SoldOut, TotalChanged, Wish, cart_wish, content_key, read_basket
from shop.checkout.couponing import shopper_of
from shop.checkout.customers import ensure_customer
from shop.checkout.delivery import Delivery
from shop.checkout.desk import Buyer, Desk, ReturnUrls, account_key, guest_key
from shop.checkout.expiry import AlreadyPaid, refresh_order, release_order
from shop.checkout.placement import AlreadyPlaced, place_order, refuse_unready
from shop.checkout.sessions import OrderClosed, may_create, open_session
from shop.core.errors import DomainError, NotFound
from shop.core.ids import new_token
from shop.core.kill_points import reach
from shop.core.tracing import current_flow, in_flow
from shop.coupons.holding import adopt_holdings
from shop.coupons.redeeming import CouponGone, CouponUsed
from shop.orders.access import order_token
from shop.orders.models import Actor, Order, OrderStatus
from shop.orders.queries import find_awaiting, find_order_row, find_placed, list_awaiting_ids
from shop.orders.service import adopt_orders
from shop.page.models import Page
from shop.payments.gateway import GatewayUnavailable
from shop.payments.models import PaymentStatus
from shop.payments.queries import find_payment_of_order

MAX_ROUNDS = 4
TOO_SHORT = dt.timedelta(minutes=3)
"""A payment page with less time than this left is not worth sending anybody back to."""


@dataclass(frozen=True, slots=True)
class CheckoutStarted:
    """The order, and the payment page's ``url``; None when there is nothing (more) to pay."""

    order_id: int
    order_number: str
    order_token: str
    url: str | None
    total_amount: int
    currency: str
    status: OrderStatus


def check_out_cart(
    desk: Desk, *, page: Page, cart_id: int, buyer: Buyer, language: str, urls: ReturnUrls, now: dt.datetime,
    expected_total_amount: int | None = None, delivery: Delivery | None = None, attempt: str | None = None,
) -> CheckoutStarted:  # fmt: skip
    """Order a cart, or find its open order again, and return where to pay.

    ``delivery`` is where it goes if it costs nothing; ``attempt`` the cart's state (``cart_wish``) that was shown then:
    what was ordered for it is found again, and a cart that was changed since raises TotalChanged. Raises EmptyCart, SoldOut (409, code out_of_stock, names the product), TotalChanged, AlreadyPaid,
    EmailNeeded, AddressNeeded, CannotShip, what Stripe's limits refuse, and the gateway's errors.
    """
    with desk.database.reading() as session:
        wish = replace(cart_wish(page, get_cart(session, cart_id)), delivery=delivery)
    if attempt is not None and attempt != wish.attempt:
        if (ordered := _find_ordered(desk, replace(wish, attempt=attempt), buyer)) is not None:
            return ordered
        raise TotalChanged(0)
    try:
        return _buy(desk, wish, buyer, language=language, urls=urls, now=now, expected=expected_total_amount)
    except CouponUsed as problem:
        # A guest's cart doesn't know the address that was typed, so it would go on showing the coupon.
        if buyer.account_id is None:
            with desk.database.transaction() as session:
                remove_coupon(session, cart=get_cart(session, cart_id), coupon_id=problem.coupon_id, now=now)
        raise


def buy_now(
    desk: Desk, *, page: Page, variant_id: int, quantity: int, country: str, buyer: Buyer, language: str,
    urls: ReturnUrls, now: dt.datetime, postal_code: str = "", coupon_id: int | None = None,
    declined_coupon_id: int | None = None, delivery: Delivery | None = None, attempt: str | None = None,
    expected_total_amount: int | None = None,
) -> CheckoutStarted:  # fmt: skip
    """Order one thing at once, or find its open order again, and return where to pay; the cart stays as it is.

    ``coupon_id`` is the coupon that was chosen in the cart: it is the buyer's here too. ``attempt`` is what the form
    for an order of nothing was given: it orders once. Raises what ``check_out_cart`` raises, and NotFound for what is
    not on sale.
    """
    wish = Wish(
        page=page, country=country, postal_code=postal_code, variant_id=variant_id, quantity=quantity,
        coupon_id=coupon_id, declined_coupon_id=declined_coupon_id, delivery=delivery,
        attempt=attempt or new_token(),
    )  # fmt: skip
    return _buy(desk, wish, buyer, language=language, urls=urls, now=now, expected=expected_total_amount)


@in_flow
def _buy(
    desk: Desk,
    wish: Wish,
    buyer: Buyer,
    *,
    language: str,
    urls: ReturnUrls,
    now: dt.datetime,
    expected: int | None,
) -> CheckoutStarted:
    for _ in range(MAX_ROUNDS):
        if (ordered := _find_ordered(desk, wish, buyer)) is not None:
            return ordered
        with desk.database.reading() as session:
            shopper = shopper_of(session, desk.signer, buyer=buyer, page_id=wish.page.id, now=now)
            basket = read_basket(session, wish, shopper=shopper, language=language)
            key = content_key(basket, buyer, language=language, urls=urls)
            same = find_awaiting(session, visitor_key=buyer.visitor_key, content_key=key)
            # Never one of the same content: another tab may place it at this very moment.
            older = [] if same else list_awaiting_ids(
                session, visitor_key=buyer.visitor_key, page_id=wish.page.id, but_not=key,
                is_from_cart=wish.is_from_cart,
            )  # fmt: skip
        if same is not None:
            if (started := _resume(desk, same, now)) is not None:
                return started
            continue
        customer_id = _make_ready(desk, basket, buyer, older=older, expected=expected, now=now)
        try:
            with desk.database.transaction() as session:
                placed = place_order(
                    session, desk=desk, wish=wish, buyer=buyer, language=language, urls=urls,
                    customer_id=customer_id, now=now, expected_total_amount=expected,
                )  # fmt: skip
                reach("placement.before_commit")
        except AlreadyPlaced:
            continue
        except (SoldOut, CouponGone, CouponUsed) as problem:
            if not _free_own(desk, basket, buyer, problem, key=key, now=now):
                raise
            continue
        reach("placement.committed")
        if (asked := current_flow()) is not None:
            asked.belongs_to(placed.order_id)
        return _open(desk, placed.order_id, now)
    raise AlreadyPlaced


def _make_ready(
    desk: Desk, basket: Basket, buyer: Buyer, *, older: Iterable[int], expected: int | None, now: dt.datetime
) -> str | None:
    """Give up the buyer's ``older`` orders and return their Stripe customer, None for guests and where nothing is paid.

    What can't be ordered yet, since the total is another than was shown or an address lacks, is refused before
    anything is given up: what waits for payment at the price that was shown can still be paid.
    """
    costs = basket.quote.totals.total_amount > 0
    refuse_unready(basket, buyer, expected)
    for order_id in older:
        _give_up(desk, order_id, now)
    if buyer.account_id is None or not costs:
        return None
    return ensure_customer(desk, account_id=buyer.account_id, now=now)


def _find_ordered(desk: Desk, wish: Wish, buyer: Buyer) -> CheckoutStarted | None:
    """Return what was ordered for nothing with the same intention, or None; it is looked for where an address is given."""
    if wish.delivery is None:
        return None
    with desk.database.reading() as session:
        order = find_placed(session, visitor_key=buyer.visitor_key, content_key=wish.free_key)
    return None if order is None else _started(desk, order.id, None)


def _free_own(
    desk: Desk, basket: Basket, buyer: Buyer, problem: DomainError, *, key: str, now: dt.datetime
) -> bool:
    """Give up the buyer's own unpaid orders that hold what is gone; return whether to try again.

    One of the same content (``key``), placed by another tab meanwhile, is not given up but found again.
    """
    variant_ids = [problem.variant_id] if isinstance(problem, SoldOut) else None
    coupon_id = basket.coupon.id if basket.coupon and variant_ids is None else None
    if variant_ids is None and coupon_id is None:
        return False
    with desk.database.reading() as session:
        if find_awaiting(session, visitor_key=buyer.visitor_key, content_key=key) is not None:
            return True
        holding = list_awaiting_ids(
            session, visitor_key=buyer.visitor_key, page_id=basket.wish.page.id, but_not=key,
            variant_ids=variant_ids, coupon_id=coupon_id,
        )  # fmt: skip
    for order_id in holding:
        _give_up(desk, order_id, now)
    return bool(holding)


def _give_up(desk: Desk, order_id: int, now: dt.datetime) -> None:
    status = release_order(
        desk, order_id, now=now, to=OrderStatus.CANCELLED, actor=Actor.BUYER, why="replaced by a newer order"
    )
    if status in (OrderStatus.PAID, OrderStatus.AWAITING_FUNDS, OrderStatus.FLAGGED):
        raise AlreadyPaid(_read(desk, order_id).number)


def _resume(desk: Desk, order: Order, now: dt.datetime) -> CheckoutStarted | None:
    """Go on with an open order of the same content; None when it had to be given up, for a new one."""
    with desk.database.reading() as session:
        payment = find_payment_of_order(session, order.id)
    if payment is not None and payment.status is PaymentStatus.NEW and may_create(payment, now):
        return _open(desk, order.id, now)
    if order.expires_at - now < TOO_SHORT or payment is None or payment.status is PaymentStatus.NEW:
        status = release_order(desk, order.id, now=now, why="not paid in time")
    else:
        try:
            status = refresh_order(desk, order.id, now=now, source="return")
        except GatewayUnavailable:
            status = order.status  # the address that we have may still work
    if status in (OrderStatus.EXPIRED, OrderStatus.CANCELLED):
        return None
    is_open = status is OrderStatus.AWAITING_PAYMENT
    return _started(desk, order.id, payment.url if payment and is_open else None)


def _open(desk: Desk, order_id: int, now: dt.datetime) -> CheckoutStarted:
    if _read(desk, order_id).status is OrderStatus.PAID:
        return _started(desk, order_id, None)
    try:
        url = open_session(desk, order_id, now=now)
    except OrderClosed:
        if _read(desk, order_id).status in (OrderStatus.PAID, OrderStatus.AWAITING_FUNDS):
            return _started(desk, order_id, None)
        raise
    return _started(desk, order_id, url)


def _read(desk: Desk, order_id: int) -> Order:
    with desk.database.reading() as session:
        order = find_order_row(session, order_id)
    if order is None:
        raise NotFound
    return order


def _started(desk: Desk, order_id: int, url: str | None) -> CheckoutStarted:
    order = _read(desk, order_id)
    return CheckoutStarted(
        order_id=order.id,
        order_number=order.number,
        order_token=order_token(desk.signer, order),
        url=url,
        total_amount=order.total_amount,
        currency=order.currency,
        status=order.status,
    )


def adopt_guest(session: Session, *, visitor_id: str, account_id: int, now: dt.datetime) -> list[MergeNote]:
    """Hand a guest's carts, unpaid orders and coupons to the account that they signed in to; return what did not fit.

    The orders go along so that nobody is sold out by what they held themselves as a guest.
    """
    adopt_orders(
        session, guest_key=guest_key(visitor_id), account_id=account_id, account_key=account_key(account_id)
    )
    adopt_holdings(session, guest_key=guest_key(visitor_id), account_key=account_key(account_id))
    return merge_guest_carts(session, visitor_id=visitor_id, account_id=account_id, now=now)


def cart_visitor_key(cart: Cart, account_id: int | None) -> str:
    """Return the visitor key under which a cart's orders are placed: the account's, else the cart's own."""
    return account_key(account_id) if account_id is not None else f"guest:{cart.token_hash}"
