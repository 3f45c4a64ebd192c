"""What a buyer may change of an open session before paying: code, quantities, optional items, shipping."""

from __future__ import annotations

from shop.sandbox.currency import check_amount
from shop.sandbox.discounts import apply_code, check_discount, find_code, forget_discount
from shop.sandbox.errors import ApiError, Obj, invalid
from shop.sandbox.lines import optional_line
from shop.sandbox.prices import get_price, times, unit_in
from shop.sandbox.store import Tx
from shop.sandbox.totals import recount

KIND = "checkout.session"


def _check_total(session: Obj, code: str) -> None:
    """Refuse a change that leaves an amount which cannot be charged."""
    try:
        check_amount(session["amount_total"], session["currency"], "line_items", "The total amount")
    except ApiError as error:
        raise invalid(error.message, "line_items", code) from error


def enter_code(tx: Tx, session: Obj, text: str) -> None:
    """Give a session the discount of a promotion code that its buyer typed.

    Raises:
        ApiError: 400; its code says why, and the session stays as it was.
    """
    if not session["allow_promotion_codes"]:
        raise invalid(
            "This Checkout Session takes no promotion codes.", "promotion_code", "promotion_code_invalid"
        )
    before = (session["_discount"], session["discounts"])
    try:
        apply_code(tx, session, find_code(tx, session, text), "promotion_code")
        recount(tx, session)
        _check_total(session, "promotion_code_too_much")
    except ApiError:
        session["_discount"], session["discounts"] = before
        recount(tx, session)
        raise
    tx.save(KIND, session)


def drop_code(tx: Tx, session: Obj) -> None:
    """Take the promotion code that a buyer typed off again; a discount of the shop's stays."""
    if session["allow_promotion_codes"]:
        forget_discount(session)
        recount(tx, session)
        tx.save(KIND, session)


def set_quantity(tx: Tx, session: Obj, item_id: str, quantity: int) -> None:
    """Set how many of a line are bought, within its bounds; 0 leaves it out.

    Raises:
        ApiError: 400 ``quantity_out_of_range``, ``nothing_left`` or ``amount_out_of_range``.
    """
    item = next((one for one in session["_line_items"] if one["id"] == item_id), None)
    bounds = item and item["adjustable_quantity"]
    if item is None or not bounds:
        raise invalid("The quantity of this line cannot be changed.", "line_items", "quantity_out_of_range")
    if not bounds["minimum"] <= quantity <= bounds["maximum"]:
        raise invalid("This quantity is out of range.", "line_items", "quantity_out_of_range")
    before = item["quantity"]
    _recount_line(tx, session, item, quantity)
    try:
        if not any(one["quantity"] for one in session["_line_items"]):
            raise invalid("Nothing would be left to buy.", "line_items", "nothing_left")
        _check_total(session, "amount_out_of_range")
    except ApiError:
        _recount_line(tx, session, item, before)
        raise
    tx.save(KIND, session)


def _recount_line(tx: Tx, session: Obj, item: Obj, quantity: int) -> None:
    price = get_price(tx, item["price"]["id"])
    item["quantity"] = quantity
    item["amount_subtotal"] = times(price, unit_in(price, session["currency"]) or price, quantity)
    recount(tx, session)


def add_optional(tx: Tx, session: Obj, price_id: str) -> None:
    """Add one of the items that a session offers beside what is bought."""
    offered = next((one for one in session.get("optional_items") or [] if one["price"] == price_id), None)
    if offered is None or any(one["price"]["id"] == price_id for one in session["_line_items"]):
        raise invalid("This item is not offered.", "optional_items", "quantity_out_of_range")
    item = optional_line(tx, offered, session["currency"])
    session["_pictures"][item["id"]] = [item.pop("_about"), item.pop("_image")]
    session["_line_items"].append(item)
    recount(tx, session)
    try:
        _check_total(session, "amount_out_of_range")
    except ApiError:
        session["_line_items"].pop()
        recount(tx, session)
        raise
    tx.save(KIND, session)


def remove_optional(tx: Tx, session: Obj, item_id: str) -> None:
    """Take an optional item that was added out again."""
    session["_line_items"] = [
        one for one in session["_line_items"] if one["id"] != item_id or not one.get("_is_optional")
    ]
    recount(tx, session)
    tx.save(KIND, session)


def drop_spent_code(tx: Tx, session: Obj) -> ApiError | None:
    """Take a discount off that does not hold any more, and return why; None when all is well.

    Only a code that the buyer typed goes: what the shop gave is the shop's affair, and the error stands.
    """
    try:
        check_discount(tx, session)
    except ApiError as error:
        drop_code(tx, session)
        return error
    return None
