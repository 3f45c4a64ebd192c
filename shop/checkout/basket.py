"""What is about to be ordered, read at today's prices and checked."""

import hashlib
import json
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from shop.cart.choosing import CouponView, QuoteLine
from shop.cart.models import MAX_QUANTITY, Cart
from shop.cart.queries import EmptyCart, list_lines
from shop.cart.quote import Quote, quote
from shop.catalog.models import ProductStatus, Variant
from shop.catalog.queries import get_variant_for_sale, list_variants
from shop.catalog.stock import OutOfStock
from shop.checkout.delivery import Delivery
from shop.checkout.desk import Buyer, ReturnUrls
from shop.core.errors import Conflict, DomainError, Invalid
from shop.core.i18n import N_
from shop.core.ids import new_token
from shop.coupons.customers import Shopper
from shop.coupons.offers import Offers, list_offers
from shop.page.models import Page
from shop.shipping.service import list_countries


class SoldOut(OutOfStock):
    """Fewer than wanted are left of ``product``."""

    def __init__(self, variant_id: int, left: int, product: str) -> None:
        super().__init__(variant_id, left)
        self.product = product
        params: dict[str, object] = {"product": product}
        if left > 0:
            params["left"] = left
            message = N_("Only %(left)s of “%(product)s” left.")
        else:
            message = N_("“%(product)s” is sold out.")
        DomainError.__init__(self, message, **params)


class TotalChanged(Conflict):
    """The total is not the one that the buyer was shown; ``total_amount`` is today's."""

    code = "total_changed"
    message = N_("The total has changed since you opened this page. Please look at it again.")

    def __init__(self, total_amount: int) -> None:
        self.total_amount = total_amount
        super().__init__()


@dataclass(frozen=True, slots=True)
class Wish:
    """What a buyer asks for: a whole cart (``cart_id``), or one variant at once."""

    page: Page
    country: str
    postal_code: str = ""
    cart_id: int | None = None
    variant_id: int | None = None
    quantity: int = 1
    coupon_id: int | None = None
    """The coupon that was chosen in the cart, also where one thing is bought at once."""
    declined_coupon_id: int | None = None
    delivery: Delivery | None = None
    """Where it goes, if it costs nothing; else the payment page asks for that."""
    attempt: str = field(default_factory=new_token)
    """Names one intention to order: what costs nothing is ordered once for it, however often it is sent.

    A cart's is its state, so that it is the same in all tabs and another once something was ordered or changed.
    """

    @property
    def free_key(self) -> str:
        """The content key of what is ordered for nothing."""
        return f"free:{hashlib.sha256(f'{self.page.id}:{self.attempt}'.encode()).hexdigest()}"

    @property
    def is_from_cart(self) -> bool:
        """Whether a cart is checked out, rather than one thing bought at once."""
        return self.cart_id is not None


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A variant, with its product and pictures, and how many."""

    variant: Variant
    quantity: int
    title: str
    variant_title: str


@dataclass(frozen=True, slots=True)
class Basket:
    """Lines with what they cost at the destination."""

    wish: Wish
    lines: list[BasketLine]
    quote: Quote

    @property
    def coupon(self) -> CouponView | None:
        """The coupon that takes something off, or None."""
        coupon = self.quote.coupon
        return coupon if coupon is not None and coupon.counts else None

    @property
    def units(self) -> dict[int, int]:
        """Units by variant id."""
        return {line.variant.id: line.quantity for line in self.lines}


def cart_wish(page: Page, cart: Cart) -> Wish:
    """Return the wish for everything in a cart."""
    return Wish(
        page=page,
        cart_id=cart.id,
        country=cart.country,
        postal_code=cart.postal_code,
        coupon_id=cart.coupon_id,
        declined_coupon_id=cart.declined_coupon_id,
        attempt=f"{cart.id}-{cart.updated_at.timestamp():.6f}",
    )


def read_basket(session: Session, wish: Wish, *, shopper: Shopper, language: str) -> Basket:
    """Read what ``wish`` names at today's prices, with the coupon that counts for it.

    Raises EmptyCart, NotFound, SoldOut for what is not sold any more, and the quote's problems (too little for a
    card, too many lines, no shipping there). What is in stock, and whether the coupon's use is, is decided at placement.
    """
    pairs = _read_pairs(session, wish)
    lines = [
        BasketLine(variant, quantity, _title(variant, language), _variant_title(variant, language))
        for variant, quantity in pairs
    ]
    for line in lines:
        if line.variant.product.status is not ProductStatus.PUBLISHED:
            raise SoldOut(line.variant.id, 0, line.title)
    quoted = quote(
        wish.page,
        [QuoteLine(variant.product_id, variant.price_amount, quantity) for variant, quantity in pairs],
        country=wish.country,
        postal_code=wish.postal_code,
        offers=_offers(session, wish, shopper, {variant.product_id for variant, _ in pairs}),
    )
    if quoted.problems:
        raise quoted.problems[0]
    basket, given = Basket(wish, lines, quoted), wish.delivery
    if given is None or quoted.totals.total_amount or given.country == wish.country:
        return basket
    if given.country not in list_countries(wish.page):
        return basket  # the address is refused before anything is placed
    # It goes where the address says, which may be another country than the cart's.
    there = replace(wish, country=given.country, postal_code=given.postal_code)
    return read_basket(session, there, shopper=shopper, language=language)


def _offers(session: Session, wish: Wish, shopper: Shopper, product_ids: set[int]) -> Offers:
    """Return the coupons that may count.

    Of one thing bought at once by a guest who gave no address, those for once a customer don't count by themselves
    unless they took them: they would ask for an address, and Buy leads straight to the payment page.
    """
    offers = list_offers(
        session,
        page=wish.page,
        shopper=shopper,
        product_ids=product_ids,
        typed_id=wish.coupon_id,
        declined_id=wish.declined_coupon_id,
    )
    if wish.is_from_cart or shopper.customer.knows_email:
        return offers
    quiet = [one for one in offers.automatic if one.is_held or not one.coupon.is_once]
    return replace(offers, automatic=quiet)


def _read_pairs(session: Session, wish: Wish) -> list[tuple[Variant, int]]:
    if wish.cart_id is None:
        if not 1 <= wish.quantity <= MAX_QUANTITY:
            raise Invalid({"quantity": [N_("Choose a quantity between 1 and 99.")]})
        variant = get_variant_for_sale(session, page_id=wish.page.id, variant_id=wish.variant_id or 0)
        return [(variant, wish.quantity)]
    rows = list_lines(session, wish.cart_id)
    if not rows:
        raise EmptyCart
    variants = list_variants(session, page_id=wish.page.id, variant_ids=[row.variant_id for row in rows])
    return [(variants[row.variant_id], row.quantity) for row in rows if row.variant_id in variants]


def content_key(basket: Basket, buyer: Buyer, *, language: str, urls: ReturnUrls) -> str:
    """Return the hash of all that an order's payment page is made of: equal content is the same order.

    Where one goes back to without paying is left out: Buy on a card and on the product's page are the same. What costs
    nothing never waits for a payment, so it is the same for the same intention.
    """
    wish, totals, coupon = basket.wish, basket.quote.totals, basket.coupon
    if totals.total_amount == 0:
        return wish.free_key
    content = [
        wish.page.id,
        wish.cart_id or "express",
        sorted((line.variant.id, line.quantity, line.variant.price_amount) for line in basket.lines),
        [
            basket.quote.method.code if basket.quote.method else "",
            totals.shipping_amount,
            totals.total_amount,
        ],
        [coupon.id, coupon.amount] if coupon else [],
        [wish.country, wish.postal_code, wish.page.currency, wish.page.tax_rate_bp, language],
        [buyer.email, urls.success_url],
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _title(variant: Variant, language: str) -> str:
    translated = (variant.product.translations or {}).get(language) or {}
    return str(translated.get("title") or variant.product.title)


def _variant_title(variant: Variant, language: str) -> str:
    words = ((variant.product.translations or {}).get(language) or {}).get("options") or {}
    return " / ".join(str(words.get(value) or value) for value in variant.option_values)
