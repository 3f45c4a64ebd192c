"""What becomes of a guest's carts at sign-in."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.cart.models import MAX_LINES, MAX_QUANTITY, Cart, CartLine
from shop.cart.queries import list_lines
from shop.catalog.models import Product, Variant
from shop.core.ids import hash_token, new_token


@dataclass(frozen=True, slots=True)
class MergeNote:
    """A line that could not be taken over whole: ``wanted`` units met, ``kept`` are in the cart now."""

    page_id: int
    variant_id: int
    title: str
    wanted: int
    kept: int


def merge_guest_carts(
    session: Session, *, visitor_id: str, account_id: int, now: dt.datetime
) -> list[MergeNote]:
    """Hand a guest's carts, on all pages, to an account; return what did not fit.

    Quantities add, capped by stock and by MAX_QUANTITY. Where the account has no cart on a page the
    guest's becomes its own; else the guest's stays as an empty marker that points to the account's, so
    that an order placed from it still finds the lines to remove when it is paid.
    """
    # Two sign-ins of one person at once take turns here.
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update(key_share=True))
    notes: list[MergeNote] = []
    guests = session.scalars(
        select(Cart)
        .where(Cart.token_hash == hash_token(visitor_id), Cart.account_id.is_(None))
        .order_by(Cart.id)
    ).all()
    for guest in guests:
        own_id = session.execute(
            select(Cart.id).where(Cart.page_id == guest.page_id, Cart.account_id == account_id)
        ).scalar_one_or_none()
        values: dict[str, object] = {"token_hash": hash_token(new_token()), "updated_at": now}
        if own_id is None:
            values["account_id"] = account_id
        else:
            values["merged_into_id"] = own_id
            _hand_over_coupon(session, guest, own_id)
            notes += _move_lines(session, guest, own_id, now)
        session.execute(update(Cart).where(Cart.id == guest.id).values(**values))
    return notes


def _hand_over_coupon(session: Session, guest: Cart, own_id: int) -> None:
    """Let the account's cart have what the guest chose last: a coupon, or that one be off."""
    values = {"declined_coupon_id": guest.declined_coupon_id}
    if guest.coupon_id is not None:
        values["coupon_id"] = guest.coupon_id
    elif guest.declined_coupon_id is None:
        return
    session.execute(
        update(Cart).where(Cart.id == own_id).values(**values).execution_options(synchronize_session=False)
    )


def _move_lines(session: Session, guest: Cart, own_id: int, now: dt.datetime) -> list[MergeNote]:
    own = {line.variant_id: line for line in list_lines(session, own_id)}
    moving = list_lines(session, guest.id)
    about = {
        variant_id: (stock, title)
        for variant_id, stock, title in session.execute(
            select(Variant.id, Variant.stock, Product.title)
            .join(Product, Product.id == Variant.product_id)
            .where(Variant.id.in_([line.variant_id for line in moving]))
        )
    }
    notes: list[MergeNote] = []
    for line in moving:
        stock, title = about[line.variant_id]
        mine = own.get(line.variant_id)
        wanted = line.quantity + (mine.quantity if mine else 0)
        kept = min(wanted, MAX_QUANTITY, wanted if stock is None else stock)
        if mine is not None:
            kept = max(kept, mine.quantity)  # what they had put there themselves is not taken from them
            mine.quantity = kept
        elif kept and len(own) < MAX_LINES:
            taken = CartLine(
                cart_id=own_id,
                variant_id=line.variant_id,
                quantity=kept,
                seen_amount=line.seen_amount,
                added_at=now,
            )
            session.add(taken)
            own[line.variant_id] = taken
        else:
            kept = 0
        if kept < wanted:
            notes.append(MergeNote(guest.page_id, line.variant_id, title, wanted, kept))
    session.flush()
    session.execute(
        delete(CartLine).where(CartLine.cart_id == guest.id).execution_options(synchronize_session=False)
    )
    return notes
