"""Coupons in a checkout: who uses one, its use taken with the order, given back with it, taken again when paid late."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from shop.cart.coupons import forget_used, forget_used_up
from shop.cart.queries import find_surviving_cart_id
from shop.checkout.basket import Basket
from shop.checkout.desk import Buyer
from shop.core.signing import Signer
from shop.coupons.customers import Customer, Shopper, customer_of
from shop.coupons.redeeming import CouponUsed, give_back, take_use, take_use_again
from shop.orders.models import Actor, Order
from shop.orders.queries import list_awaiting_ids
from shop.orders.service import record_event


def shopper_of(session: Session, signer: Signer, *, buyer: Buyer, page_id: int, now: dt.datetime) -> Shopper:
    """Return a buyer as coupons know them, with their orders on the page that wait for payment; one statement."""
    customer = customer_of(
        signer, account_id=buyer.account_id, email=buyer.email, visitor_key=buyer.visitor_key
    )
    return with_own_orders(session, Shopper(customer, now), visitor_key=buyer.visitor_key, page_id=page_id)


def with_own_orders(session: Session, shopper: Shopper, *, visitor_key: str, page_id: int) -> Shopper:
    """Return a shopper with their orders on the page that wait for payment: what these use is theirs to have."""
    waiting = list_awaiting_ids(session, visitor_key=visitor_key, page_id=page_id)
    return replace(shopper, customer=replace(shopper.customer, order_ids=tuple(waiting)))


def refuse_used(basket: Basket) -> None:
    """Raise CouponUsed when the address that a guest typed has used the coupon that their cart shows."""
    coupon = basket.coupon
    if coupon is not None and coupon.is_used_as_typed:
        raise CouponUsed(coupon.id, coupon.code)


def coupon_columns(basket: Basket) -> Mapping[str, Any]:
    """Return what an order keeps of its coupon."""
    coupon = basket.coupon
    return {
        "coupon_id": coupon.id if coupon else None,
        "coupon_code": coupon.code if coupon else None,
        "waived_shipping_amount": basket.quote.waived_shipping_amount,
    }


def take_coupon_use(
    session: Session, order_id: int, basket: Basket, *, customer: Customer, now: dt.datetime
) -> None:
    """Take the use of the coupon that an order was priced with, after its stock; raises what ``take_use`` raises."""
    coupon = basket.coupon
    if coupon is None:
        return
    take_use(
        session, coupon_id=coupon.id, order_id=order_id, keys=customer.all_keys, amount=coupon.amount,
        shipping_amount=coupon.shipping_amount, now=now,
    )  # fmt: skip


def give_back_use(session: Session, order: Order, *, now: dt.datetime) -> None:
    """Give back what an order that is given up had of its coupon, once."""
    if order.coupon_id is not None:
        give_back(session, order_id=order.id, now=now)


def take_again(session: Session, order: Order, *, now: dt.datetime) -> None:
    """Take the coupon's use again for an order that is paid after it was given up.

    Where it is gone meanwhile the buyer keeps the price that they paid, and the order's history says so.
    """
    if order.coupon_id is None:
        return
    if not take_use_again(session, order_id=order.id, keys=[order.visitor_key], now=now):
        record_event(
            session, order_id=order.id, kind="coupon_honoured", actor=Actor.SYSTEM, now=now,
            detail={"code": order.coupon_code},
        )  # fmt: skip


def forget_coupon(session: Session, order: Order, *, now: dt.datetime) -> None:
    """Take the coupon of an order that is paid off the cart that it came from, or that had it for one thing."""
    if order.coupon_id is None:
        return
    if order.cart_id is None:
        forget_used_up(
            session, page_id=order.page_id, account_id=order.account_id,
            token_hash=order.visitor_key.removeprefix("guest:"), coupon_id=order.coupon_id, now=now,
        )  # fmt: skip
        return
    surviving = find_surviving_cart_id(session, order.cart_id)
    if surviving is not None:
        forget_used(session, cart_id=surviving, coupon_id=order.coupon_id, now=now)
