"""Which coupons a cart could use: the one that was typed, and those that count by themselves."""

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Row
from sqlalchemy.orm import Session

from shop.coupons.customers import Shopper
from shop.coupons.discounting import CouponTerms
from shop.coupons.models import Coupon, CouponAudience, CouponScope
from shop.coupons.offer_queries import select_offers
from shop.coupons.queries import list_collections_of, list_terms
from shop.coupons.standing import Standing, standing_of
from shop.page.models import Page


class Refusal(enum.StrEnum):
    """Why a coupon takes nothing off a cart."""

    GONE = "gone"
    """The page has paused or deleted it."""
    NOT_STARTED = "not_started"
    ENDED = "ended"
    USED_UP = "used_up"
    USED = "used"
    """This customer has used it before."""
    MEMBERS_ONLY = "members_only"
    HOLDERS_ONLY = "holders_only"
    OTHER_CURRENCY = "other_currency"
    """The page sells in another currency now."""
    NO_SUCH_THING = "no_such_thing"
    """Nothing in the cart is what it is for."""
    BELOW_MINIMUM = "below_minimum"
    NOTHING_OFF = "nothing_off"
    """It would take nothing off: shipping is free already, or the amounts are too small."""


STANDINGS: Mapping[Standing, Refusal] = {
    Standing.DELETED: Refusal.GONE,
    Standing.PAUSED: Refusal.GONE,
    Standing.NOT_STARTED: Refusal.NOT_STARTED,
    Standing.ENDED: Refusal.ENDED,
    Standing.USED_UP: Refusal.USED_UP,
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A coupon for a customer: ``refusal`` says why it is none, whatever is in the cart."""

    coupon: Coupon
    terms: CouponTerms
    refusal: Refusal | None = None
    is_held: bool = False
    """Whether it is in the customer's wallet."""
    is_used_as_typed: bool = False
    """Whether it was used under the e-mail address that a guest typed at the checkout."""


@dataclass(frozen=True, slots=True)
class Offers:
    """The coupon that was chosen, if any, and those that count by themselves; ``collections`` of the products."""

    typed: Offer | None = None
    automatic: Sequence[Offer] = ()
    collections: Mapping[int, frozenset[int]] = field(default_factory=dict)
    declined: Coupon | None = None
    """The one that would count by itself and was taken off."""


NO_OFFERS = Offers()


def list_offers(
    session: Session, *, page: Page, shopper: Shopper, product_ids: Collection[int],
    typed_id: int | None = None, declined_id: int | None = None,
) -> Offers:  # fmt: skip
    """Return what a cart of ``product_ids`` could use, in one statement, and up to three more where scopes are asked.

    By themselves count the page's automatic coupons that are for this customer, and those in the wallet of who is
    proved to be them. None does while one that was taken off (``declined_id``) would: it is then ``declined``.
    """
    rows = select_offers(session, page_id=page.id, shopper=shopper, typed_id=typed_id)
    if not rows:
        return NO_OFFERS
    terms = list_terms(session, [row.Coupon for row in rows])
    offers = [_offer(row, terms[row.Coupon.id], page, shopper) for row in rows]
    has_shelves = any(offer.terms.scope is CouponScope.COLLECTIONS for offer in offers)
    by_themselves = [
        offer
        for offer, row in zip(offers, rows, strict=True)
        if offer.refusal is None
        and offer.coupon.id != typed_id
        and (offer.coupon.is_automatic or row.is_proved)
    ]
    declined = next((one.coupon for one in by_themselves if one.coupon.id == declined_id), None)
    return Offers(
        typed=next((offer for offer in offers if offer.coupon.id == typed_id), None),
        automatic=by_themselves if declined is None else (),
        collections=list_collections_of(session, product_ids) if has_shelves else {},
        declined=declined,
    )


def _offer(
    row: Row[Coupon, int, bool, bool, bool, bool, bool], terms: CouponTerms, page: Page, shopper: Shopper
) -> Offer:
    coupon: Coupon = row.Coupon
    refusal = _standing(coupon, row.own_uses, shopper) or _audience(coupon, row)
    if refusal is None and coupon.currency != page.currency:
        refusal = Refusal.OTHER_CURRENCY
    if refusal is None and coupon.is_once and row.is_used:
        refusal = Refusal.USED
    return Offer(coupon, terms, refusal, bool(row.is_held), bool(coupon.is_once and row.is_used_as_typed))


def _standing(coupon: Coupon, own_uses: int, shopper: Shopper) -> Refusal | None:
    standing = standing_of(coupon, shopper.now)
    if standing is Standing.USED_UP and own_uses:
        return None  # the last one is theirs: an order of theirs that waits for payment holds it
    return STANDINGS.get(standing)


def _audience(coupon: Coupon, row: Row[Coupon, int, bool, bool, bool, bool, bool]) -> Refusal | None:
    if coupon.audience is CouponAudience.MEMBERS and not (row.is_follower or row.is_held):
        return Refusal.MEMBERS_ONLY
    if coupon.audience is CouponAudience.HOLDERS and not row.is_held:
        return Refusal.HOLDERS_ONLY
    return None
