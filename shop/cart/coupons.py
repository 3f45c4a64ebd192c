"""The coupon of a cart: chosen by its code or from a wallet, taken off, brought back."""

import datetime as dt

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.cart.models import Cart
from shop.core.errors import Invalid
from shop.core.i18n import N_
from shop.coupons.codes import normalise_code
from shop.coupons.customers import Customer, Shopper
from shop.coupons.models import Coupon
from shop.coupons.offers import Refusal, list_offers
from shop.coupons.queries import find_by_key, find_coupon
from shop.page.models import Page


class CouponUnknown(Invalid):
    """No coupon of the page has this code."""

    code = "coupon_unknown"
    message = N_("There is no such coupon.")


class CouponRefused(Invalid):
    """The coupon is there but counts for nothing, whatever is in the cart; ``refusal`` says why."""

    code = "coupon_refused"

    def __init__(self, refusal: Refusal, message: str) -> None:
        self.refusal = refusal
        super().__init__({"code": [message]}, message)


REFUSED = {
    Refusal.ENDED: N_("This coupon has ended."),
    Refusal.NOT_STARTED: N_("This coupon does not hold yet."),
    Refusal.USED_UP: N_("This coupon is used up."),
    Refusal.USED: N_("You have used this coupon before; it is for once."),
    Refusal.OTHER_CURRENCY: N_("This coupon is for another currency."),
}
"""What is refused where it is typed. What may still come to count stays in the cart and says what is missing."""
HIDDEN = frozenset({Refusal.GONE, Refusal.HOLDERS_ONLY})
"""Told like a code that there is not: a prize's code is nobody else's to know."""


def apply_code(
    session: Session, *, cart: Cart, page: Page, code: str, customer: Customer, now: dt.datetime
) -> Coupon:
    """Let a cart have the coupon with ``code``, as it was typed, in place of any other.

    Raises CouponUnknown, and CouponRefused when it counts for nothing whatever is in the cart. One that lacks
    something (its minimum, a thing that it is for, following the page) is kept: the cart says what.
    """
    coupon = find_by_key(session, page_id=page.id, code_key=normalise_code(code))
    if coupon is None:
        raise CouponUnknown({"code": [CouponUnknown.message]})
    return _choose(session, cart, page, coupon, Shopper(customer, now))


def apply_coupon(
    session: Session, *, cart: Cart, page: Page, coupon_id: int, customer: Customer, now: dt.datetime
) -> Coupon:
    """Let a cart have a coupon by its id, as from a wallet; raises what ``apply_code`` raises."""
    coupon = find_coupon(session, page_id=page.id, coupon_id=coupon_id)
    if coupon is None:
        raise CouponUnknown({"code": [CouponUnknown.message]})
    return _choose(session, cart, page, coupon, Shopper(customer, now))


def _choose(session: Session, cart: Cart, page: Page, coupon: Coupon, shopper: Shopper) -> Coupon:
    offers = list_offers(session, page=page, shopper=shopper, product_ids=(), typed_id=coupon.id)
    refusal = offers.typed.refusal if offers.typed else Refusal.GONE
    if refusal in HIDDEN:
        raise CouponUnknown({"code": [CouponUnknown.message]})
    if refusal in REFUSED:
        raise CouponRefused(refusal, REFUSED[refusal])
    _write(session, cart, shopper.now, coupon_id=coupon.id, declined_coupon_id=None)
    return coupon


def remove_coupon(session: Session, *, cart: Cart, now: dt.datetime, coupon_id: int | None = None) -> None:
    """Take the coupon off a cart: the chosen one, or ``coupon_id``, which may be one that counts by itself.

    While one that was taken off would count by itself none does, until it is brought back or another is chosen.
    """
    if coupon_id in (None, cart.coupon_id):
        declined = cart.coupon_id or cart.declined_coupon_id
        _write(session, cart, now, coupon_id=None, declined_coupon_id=declined)
    else:
        _write(session, cart, now, coupon_id=cart.coupon_id, declined_coupon_id=coupon_id)


def is_off(session: Session, *, cart: Cart, page: Page, shopper: Shopper) -> bool:
    """Tell whether no coupon counts for a cart by itself, since one was taken off and none was chosen after it."""
    if cart.coupon_id is not None or cart.declined_coupon_id is None:
        return False
    offers = list_offers(
        session, page=page, shopper=shopper, product_ids=(), declined_id=cart.declined_coupon_id
    )
    return offers.declined is not None


def bring_back(session: Session, *, cart: Cart, now: dt.datetime) -> None:
    """Let coupons count by themselves again, after one was taken off."""
    _write(session, cart, now, coupon_id=cart.coupon_id, declined_coupon_id=None)


def forget_used(session: Session, *, cart_id: int, coupon_id: int, now: dt.datetime) -> None:
    """Take a coupon off a cart whose order used it and is paid."""
    session.execute(
        update(Cart)
        .where(Cart.id == cart_id, Cart.coupon_id == coupon_id)
        .values(coupon_id=None, updated_at=now)
        .execution_options(synchronize_session=False)
    )


def forget_used_up(
    session: Session,
    *,
    page_id: int,
    account_id: int | None,
    token_hash: str,
    coupon_id: int,
    now: dt.datetime,
) -> None:
    """Take a coupon that is for once a customer off the cart of who used it for one thing bought at once.

    ``token_hash`` is a guest's. Any other coupon stays: it was chosen for what is in the cart, and counts on.
    """
    whose = (
        [Cart.token_hash == token_hash, Cart.account_id.is_(None)]
        if account_id is None
        else [Cart.account_id == account_id]
    )
    once = select(Coupon.id).where(Coupon.id == coupon_id, Coupon.is_once)
    session.execute(
        update(Cart)
        .where(Cart.page_id == page_id, Cart.coupon_id.in_(once), *whose)
        .values(coupon_id=None, updated_at=now)
        .execution_options(synchronize_session=False)
    )


def _write(session: Session, cart: Cart, now: dt.datetime, **values: int | None) -> None:
    session.execute(
        update(Cart)
        .where(Cart.id == cart.id)
        .values(**values, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    session.refresh(cart)
