"""Every change of a cart. Merging at sign-in is in ``merging``."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.cart.merging import MergeNote, merge_guest_carts
from shop.cart.models import MAX_LINES, MAX_QUANTITY, Cart, CartLine
from shop.cart.queries import find_cart, find_surviving_cart_id, get_cart
from shop.catalog.models import Product, ProductStatus, Variant
from shop.catalog.queries import get_variant_for_sale
from shop.catalog.stock import OutOfStock
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.i18n import N_
from shop.core.ids import hash_token, new_token
from shop.page.models import Page
from shop.shipping.service import CannotShip, list_countries

__all__ = [
    "CartFull",
    "MergeNote",
    "acknowledge_prices",
    "add_line",
    "change_line",
    "delete_cart",
    "find_or_create_cart",
    "merge_guest_carts",
    "remove_bought",
    "remove_line",
    "set_destination",
]


class CartFull(Conflict):
    """A cart holds as many lines as one order may."""

    code = "cart_full"
    message = N_("A cart can hold at most 100 different things.")


def find_or_create_cart(
    session: Session,
    *,
    page_id: int,
    account_id: int | None,
    visitor_id: str | None,
    country: str,
    now: dt.datetime,
) -> tuple[Cart, str | None]:
    """Return the visitor's cart on a page, made when there is none.

    With neither an account nor a visitor's id it is a new API cart, and the second value is the token
    that opens it; the database keeps only the token's hash.
    """
    existing = find_cart(session, page_id=page_id, account_id=account_id, visitor_id=visitor_id)
    if existing is not None:
        return existing, None
    token = new_token() if account_id is None and visitor_id is None else None
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    cart_id = session.execute(
        insert(Cart)
        .values(
            page_id=page_id,
            account_id=account_id,
            # An account's cart is found by the account: its hash is of nothing that anybody knows.
            token_hash=hash_token(visitor_id if visitor_id and account_id is None else token or new_token()),
            country=country,
            postal_code="",
            created_at=now,
            updated_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Cart.id)
    ).scalar_one_or_none()
    if cart_id is not None:
        return get_cart(session, cart_id), token
    # Somebody (the same visitor, in another tab) was quicker.
    raced = find_cart(session, page_id=page_id, account_id=account_id, visitor_id=visitor_id)
    if raced is None:
        raise Conflict
    return raced, None


def add_line(
    session: Session,
    *,
    cart_id: int,
    variant_id: int,
    quantity: int,
    now: dt.datetime,
    held: Mapping[int, int] | None = None,
) -> CartLine:
    """Add ``quantity`` of a variant on sale; more of the same raises its line, up to MAX_QUANTITY.

    ``held`` are units that the visitor's own unpaid orders hold. Raises NotFound, OutOfStock, CartFull.
    """
    _check_quantity(quantity)
    cart = get_cart(session, cart_id)
    variant = get_variant_for_sale(session, page_id=cart.page_id, variant_id=variant_id)
    has = session.execute(
        select(CartLine.quantity).where(CartLine.cart_id == cart_id, CartLine.variant_id == variant_id)
    ).scalar_one_or_none()
    if has is None and _count_lines(session, cart_id) >= MAX_LINES:
        raise CartFull
    _check_stock(variant, min((has or 0) + quantity, MAX_QUANTITY), held or {})
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    statement = insert(CartLine).values(
        cart_id=cart_id,
        variant_id=variant_id,
        quantity=quantity,
        seen_amount=variant.price_amount,
        added_at=now,
    )
    total = CartLine.quantity + quantity
    line = session.scalars(
        statement.on_conflict_do_update(
            index_elements=["cart_id", "variant_id"],
            set_={
                "quantity": case((total > MAX_QUANTITY, MAX_QUANTITY), else_=total),
                "seen_amount": variant.price_amount,
            },
        ).returning(CartLine),
        execution_options={"populate_existing": True},
    ).one()
    _touch(session, cart_id, now)
    return line


def change_line(
    session: Session,
    *,
    cart_id: int,
    line_id: int,
    quantity: int,
    now: dt.datetime,
    held: Mapping[int, int] | None = None,
) -> None:
    """Set a line's quantity; 0 removes it. Raises NotFound and OutOfStock (asking for less is always fine)."""
    if quantity == 0:
        remove_line(session, cart_id=cart_id, line_id=line_id, now=now)
        return
    _check_quantity(quantity)
    row = session.execute(
        select(CartLine, Variant)
        .join(Variant, Variant.id == CartLine.variant_id)
        .where(CartLine.cart_id == cart_id, CartLine.id == line_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    line, variant = row
    if quantity > line.quantity:
        _check_on_sale(session, variant)
        _check_stock(variant, quantity, held or {})
    session.execute(
        update(CartLine)
        .where(CartLine.id == line_id)
        .values(quantity=quantity, seen_amount=variant.price_amount)
    )
    _touch(session, cart_id, now)


def remove_line(session: Session, *, cart_id: int, line_id: int, now: dt.datetime) -> None:
    """Take a line out; NotFound when it is not in this cart."""
    gone = session.execute(
        delete(CartLine)
        .where(CartLine.cart_id == cart_id, CartLine.id == line_id)
        .returning(CartLine.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if gone is None:
        raise NotFound
    _touch(session, cart_id, now)


def set_destination(
    session: Session, *, cart: Cart, page: Page, country: str, postal_code: str, now: dt.datetime
) -> None:
    """Set where the cart goes; CannotShip when the page does not ship there."""
    if country not in list_countries(page):
        raise CannotShip
    session.execute(
        update(Cart)
        .where(Cart.id == cart.id)
        .values(country=country, postal_code=postal_code, updated_at=now)
    )


def acknowledge_prices(session: Session, *, cart_id: int) -> None:
    """Note that the visitor has been told today's prices, so that they are not told again."""
    session.execute(
        update(CartLine)
        .where(CartLine.cart_id == cart_id)
        .values(
            seen_amount=select(Variant.price_amount)
            .where(Variant.id == CartLine.variant_id)
            .scalar_subquery()
        )
        .execution_options(synchronize_session=False)
    )


def delete_cart(session: Session, *, cart_id: int) -> None:
    """Forget a cart and its lines."""
    session.execute(delete(Cart).where(Cart.id == cart_id).execution_options(synchronize_session=False))


def remove_bought(session: Session, *, cart_id: int, bought: Mapping[int, int], now: dt.datetime) -> None:
    """Take what was paid for (variant id to units) out of a cart, or of the one it was merged into."""
    surviving = find_surviving_cart_id(session, cart_id)
    if surviving is None:
        return
    for variant_id, quantity in sorted(bought.items()):
        line = (CartLine.cart_id == surviving, CartLine.variant_id == variant_id)
        session.execute(
            delete(CartLine)
            .where(*line, CartLine.quantity <= quantity)
            .execution_options(synchronize_session=False)
        )
        session.execute(
            update(CartLine)
            .where(*line, CartLine.quantity > quantity)
            .values(quantity=CartLine.quantity - quantity)
            .execution_options(synchronize_session=False)
        )
    _touch(session, surviving, now)


def _check_quantity(quantity: int) -> None:
    if not 1 <= quantity <= MAX_QUANTITY:
        raise Invalid({"quantity": [N_("Choose a quantity between 1 and 99.")]})


def _check_stock(variant: Variant, wanted: int, held: Mapping[int, int]) -> None:
    # Only a courtesy: what is really left is decided when the order is placed.
    if variant.stock is not None and wanted > (left := variant.stock + held.get(variant.id, 0)):
        raise OutOfStock(variant.id, left)


def _check_on_sale(session: Session, variant: Variant) -> None:
    status = session.execute(select(Product.status).where(Product.id == variant.product_id)).scalar_one()
    if status is not ProductStatus.PUBLISHED:
        raise OutOfStock(variant.id, 0)


def _count_lines(session: Session, cart_id: int) -> int:
    return session.execute(select(func.count(CartLine.id)).where(CartLine.cart_id == cart_id)).scalar_one()


def _touch(session: Session, cart_id: int, now: dt.datetime) -> None:
    session.execute(
        update(Cart)
        .where(Cart.id == cart_id)
        .values(updated_at=now)
        .execution_options(synchronize_session=False)
    )
