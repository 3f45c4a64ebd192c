"""Every SELECT of carts, and the view that re-prices one."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from shop.cart.choosing import CouponView, QuoteLine
from shop.cart.models import Cart, CartLine
from shop.cart.quote import Quote, quote
from shop.catalog.models import Product, ProductStatus, Variant
from shop.catalog.queries import list_variants
from shop.core.db import Reader
from shop.core.errors import Conflict, DomainError, NotFound
from shop.core.i18n import N_
from shop.core.ids import hash_token
from shop.coupons.customers import Shopper
from shop.coupons.models import Coupon
from shop.coupons.offers import NO_OFFERS, Offers, list_offers
from shop.page.models import Page
from shop.pricing.totals import Totals
from shop.shipping.service import Method

MAX_MERGES = 10  # a guest's cart goes into an account's once; a chain of them has a person behind each link


class NotAvailable(Conflict):
    """Some line cannot be ordered in its quantity; its notes say which."""

    code = "out_of_stock"
    message = N_("Some things in your cart are no longer available in that quantity.")


class EmptyCart(Conflict):
    """There is nothing to check out."""

    code = "empty_cart"
    message = N_("Your cart is empty.")


@dataclass(frozen=True, slots=True)
class LineNote:
    """What changed about a line: ``kind`` is price_changed, less_stock, sold_out or gone.

    ``was_amount`` and ``now_amount`` are set for price_changed, ``left`` for less_stock.
    """

    kind: str
    was_amount: int = 0
    now_amount: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class CartLineView:
    """A line as it stands now. ``variant`` has its product and pictures loaded; None when it is gone."""

    line_id: int
    variant_id: int
    variant: Variant | None
    picture: dict[str, Any] | None
    alt: str
    quantity: int
    unit_amount: int
    line_amount: int
    stock_left: int | None
    """How many this visitor could have, None when unlimited."""
    notes: list[LineNote]
    discount_amount: int = 0
    """The line's share of what the coupon takes off."""

    @property
    def is_orderable(self) -> bool:
        """Whether the line can be ordered in its quantity."""
        return self.variant is not None and (self.stock_left is None or self.quantity <= self.stock_left)


@dataclass(frozen=True, slots=True)
class CartView:
    """A cart at today's prices; ``problems`` are DomainErrors that a checkout would raise."""

    cart_id: int
    lines: list[CartLineView]
    totals: Totals
    """Of the lines that are still sold."""
    shipping_methods: list[Method]
    shipping_method: Method | None
    country: str
    postal_code: str
    currency: str
    problems: list[DomainError]
    coupon: CouponView | None = None
    """The coupon that counts; else the one that the buyer chose, which says why it does not."""
    idle_coupon: CouponView | None = None
    """The one that the buyer chose, where it takes nothing off but another does."""
    declined_coupon: Coupon | None = None
    """One that would count by itself and was taken off; it can be brought back."""
    waived_shipping_amount: int = 0
    """What shipping would cost without the coupon; ``totals.shipping_amount`` is what is asked for."""
    asks_email: bool = False
    """Whether a guest has to give an e-mail address before the payment page: its coupon is for once a customer."""

    @property
    def item_count(self) -> int:
        """How many things are in it."""
        return sum(line.quantity for line in self.lines)


def find_cart(
    session: Session, *, page_id: int, account_id: int | None = None, visitor_id: str | None = None
) -> Cart | None:
    """Return an account's cart on a page, else a guest's, or None."""
    statement = select(Cart).where(Cart.page_id == page_id)
    if account_id is not None:
        return session.scalars(statement.where(Cart.account_id == account_id)).one_or_none()
    if visitor_id is None:
        return None
    statement = statement.where(Cart.token_hash == hash_token(visitor_id), Cart.account_id.is_(None))
    return session.scalars(statement).one_or_none()


def find_cart_by_token(session: Session, *, cart_id: int, token: str) -> Cart | None:
    """Return the cart that ``token`` opens, or None."""
    cart = session.get(Cart, cart_id)
    if cart is None or not hmac.compare_digest(cart.token_hash, hash_token(token)):
        return None
    return cart


def get_cart(session: Session, cart_id: int) -> Cart:
    """Return a cart by its id, or raise NotFound."""
    cart = session.get(Cart, cart_id)
    if cart is None:
        raise NotFound
    return cart


def find_surviving_cart_id(session: Session, cart_id: int) -> int | None:
    """Return the id of the cart that has ``cart_id``'s lines now, after any merging; None when it is gone."""
    for _ in range(MAX_MERGES):
        row = session.execute(select(Cart.id, Cart.merged_into_id).where(Cart.id == cart_id)).one_or_none()
        if row is None or row.merged_into_id is None:
            return None if row is None else row.id
        cart_id = row.merged_into_id
    return None


def list_lines(session: Session, cart_id: int) -> list[CartLine]:
    """Return a cart's lines in the order in which they were added."""
    return list(session.scalars(select(CartLine).where(CartLine.cart_id == cart_id).order_by(CartLine.id)))


def count_items(
    session: Reader, *, page_id: int, account_id: int | None = None, visitor_id: str | None = None
) -> int:
    """Return how many things are in a visitor's cart on a page, in one statement."""
    if account_id is not None:
        found = session.scalar(_ITEMS_OF_ACCOUNT, {"page_id": page_id, "account_id": account_id})
    elif visitor_id is not None:
        found = session.scalar(_ITEMS_OF_GUEST, {"page_id": page_id, "token_hash": hash_token(visitor_id)})
    else:
        return 0
    return int(found or 0)


# Built once, since the pages of everybody with a session or a cart ask it.
_ITEMS = (
    select(func.sum(CartLine.quantity))
    .join(Cart, Cart.id == CartLine.cart_id)
    .where(Cart.page_id == bindparam("page_id"))
)
_ITEMS_OF_ACCOUNT = _ITEMS.where(Cart.account_id == bindparam("account_id"))
_ITEMS_OF_GUEST = _ITEMS.where(Cart.token_hash == bindparam("token_hash"), Cart.account_id.is_(None))


def view_cart(
    session: Session,
    cart: Cart,
    page: Page,
    *,
    held: Mapping[int, int] | None = None,
    shopper: Shopper | None = None,
) -> CartView:
    """Return ``cart`` re-priced, in four statements and those of coupons' scopes; say what changed since it was seen.

    ``held`` maps variant ids to units that this visitor's own unpaid orders hold: those are theirs to have. Without a
    ``shopper`` no coupons are looked at.
    """
    lines = list_lines(session, cart.id)
    variants = (
        list_variants(session, page_id=page.id, variant_ids=[line.variant_id for line in lines])
        if lines
        else {}
    )
    views = [_view_line(line, variants.get(line.variant_id), held or {}) for line in lines]
    priced = [
        QuoteLine(view.variant.product_id, view.unit_amount, view.quantity) for view in views if view.variant
    ]
    offers = _list_offers(session, cart, page, priced, shopper) if lines else NO_OFFERS
    quoted = quote(page, priced, country=cart.country, postal_code=cart.postal_code, offers=offers)
    shares = iter(quoted.totals.lines)
    return CartView(
        cart_id=cart.id,
        lines=[
            replace(view, discount_amount=next(shares).discount_amount) if view.variant else view
            for view in views
        ],
        totals=quoted.totals,
        shipping_methods=quoted.methods,
        shipping_method=quoted.method,
        country=cart.country,
        postal_code=cart.postal_code,
        currency=page.currency,
        problems=_problems(views, quoted.problems),
        coupon=quoted.coupon,
        idle_coupon=quoted.idle_coupon,
        declined_coupon=offers.declined,
        waived_shipping_amount=quoted.waived_shipping_amount,
        asks_email=_asks_email(quoted, shopper),
    )


def _list_offers(
    session: Session, cart: Cart, page: Page, lines: Sequence[QuoteLine], shopper: Shopper | None
) -> Offers:
    if shopper is None:
        return NO_OFFERS
    return list_offers(
        session,
        page=page,
        shopper=shopper,
        product_ids={line.product_id for line in lines},
        typed_id=cart.coupon_id,
        declined_id=cart.declined_coupon_id,
    )


def _asks_email(quoted: Quote, shopper: Shopper | None) -> bool:
    if shopper is not None and shopper.customer.knows_email:
        return False
    coupon = quoted.coupon
    is_once = coupon is not None and coupon.counts and coupon.coupon.is_once
    # What costs nothing has a page of its own for where it goes, which asks for it too.
    return is_once and quoted.totals.total_amount > 0


def _problems(views: Sequence[CartLineView], quoted: list[DomainError]) -> list[DomainError]:
    if not views:
        return [EmptyCart()]
    if not all(view.is_orderable for view in views):
        return [NotAvailable(), *quoted]
    return quoted


def _view_line(line: CartLine, variant: Variant | None, held: Mapping[int, int]) -> CartLineView:
    if variant is None or variant.product.status is not ProductStatus.PUBLISHED:
        return CartLineView(
            line_id=line.id, variant_id=line.variant_id, variant=None, picture=None, alt="",
            quantity=line.quantity, unit_amount=line.seen_amount, line_amount=0, stock_left=0,
            notes=[LineNote("gone")],
        )  # fmt: skip
    left = None if variant.stock is None else variant.stock + held.get(variant.id, 0)
    picture, alt = pick_picture(variant.product, variant)
    return CartLineView(
        line_id=line.id,
        variant_id=variant.id,
        variant=variant,
        picture=picture,
        alt=alt,
        quantity=line.quantity,
        unit_amount=variant.price_amount,
        line_amount=variant.price_amount * line.quantity,
        stock_left=left,
        notes=_notes(line, variant.price_amount, left),
    )


def _notes(line: CartLine, unit_amount: int, left: int | None) -> list[LineNote]:
    notes = []
    if unit_amount != line.seen_amount:
        notes.append(LineNote("price_changed", was_amount=line.seen_amount, now_amount=unit_amount))
    if left == 0:
        notes.append(LineNote("sold_out"))
    elif left is not None and left < line.quantity:
        notes.append(LineNote("less_stock", left=left))
    return notes


def pick_picture(product: Product, variant: Variant) -> tuple[dict[str, Any] | None, str]:
    """Return the picture that shows ``variant`` (its own, else the product's first) and its alt text."""
    chosen = next((picture for picture in product.pictures if picture.id == variant.picture_id), None)
    chosen = chosen or next(iter(product.pictures), None)
    return (chosen.picture, chosen.alt) if chosen else (None, "")
