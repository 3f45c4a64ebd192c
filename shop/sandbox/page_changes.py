"""The buttons of the payment page that change the order before it is paid: code, quantities, shipping, extras."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from shop.sandbox import changes
from shop.sandbox.collected import wants_promotions, write_consent
from shop.sandbox.currency import MINIMUM
from shop.sandbox.discounts import minimum_of
from shop.sandbox.errors import ApiError, Obj
from shop.sandbox.form import Form
from shop.sandbox.forms import note
from shop.sandbox.page_methods import forget_method
from shop.sandbox.page_view import Money
from shop.sandbox.sessions import KIND, choose_shipping
from shop.sandbox.store import Tx
from shop.sandbox.texts import Words


@dataclass
class Visit:
    """One form that was sent: the session, what was typed, and how the page speaks."""

    tx: Tx
    session: Obj
    form: Form
    words: Words
    money: Money


_NUMBER = re.compile(r"[0-9]{1,6}")


def is_code_waiting(tx: Tx, session: Obj, form: Form) -> bool:
    """Say whether a code stands in the field that is not the one on the session."""
    typed = form.values.get("promotion_code", "").strip()
    if not typed or not session["allow_promotion_codes"]:
        return False
    discount = session["_discount"]
    known = tx.find("promotion_code", discount["promotion_code"]) if discount else None
    return known is None or known["code"].upper() != typed.upper()


def act(visit: Visit) -> None:
    """Do what a button says (``code``, ``quantity:li_…:3``, …); what fails is told where it was typed.

    Errors of the fields that only paying needs are forgotten: nobody pays yet.
    """
    tx, session, form = visit.tx, visit.session, visit.form
    name, _, rest = form.values.get("action", "").partition(":")
    form.errors.clear()
    doing: dict[str, Callable[[], None]] = {
        "code": lambda: _code(visit),
        "drop_code": lambda: changes.drop_code(tx, session),
        "quantity": lambda: _quantity(visit, *rest.partition(":")[::2]),
        "quantities": lambda: take_quantities(visit),
        "add": lambda: _offer(visit, lambda: changes.add_optional(tx, session, rest)),
        "leave": lambda: _offer(visit, lambda: changes.remove_optional(tx, session, rest)),
        "forget": lambda: forget_method(tx, session, rest),
    }
    if name in doing:
        doing[name]()
    take_rate(tx, session, form)
    _tell_lost_code(visit)


def _code(visit: Visit) -> None:
    tx, session, form, words = visit.tx, visit.session, visit.form, visit.words
    text = form.values.get("promotion_code", "")
    if not text:
        form.errors["promotion_code"] = words("required")
        return
    try:
        changes.enter_code(tx, session, text)
        form.values.pop("promotion_code", None)
    except ApiError as error:
        form.errors["promotion_code"] = _code_error(visit, text, error)


def _code_error(visit: Visit, text: str, error: ApiError) -> str:
    currency = visit.session["currency"]
    least = MINIMUM.get(currency, 1)
    if error.code == "promotion_code_minimum_not_met":
        least = next(
            (
                minimum_of(one, currency) or 0
                for one in visit.tx.select("promotion_code", label=text.strip().upper())
            ),
            0,
        )
    name = error.code if error.code and error.code.startswith("promotion_code_") else "promotion_code_no_use"
    name = "promotion_code_expired" if error.code == "coupon_expired" else name
    return visit.words(name, least=visit.money(least))


def _quantity(visit: Visit, item_id: str, typed: str) -> None:
    tx, session, form, words = visit.tx, visit.session, visit.form, visit.words
    item = next((one for one in session["_line_items"] if one["id"] == item_id), None)
    bounds = (item or {}).get("adjustable_quantity")
    if item is None or not bounds:
        return
    form.values.pop(f"quantity_{item_id}", None)
    least, most = bounds["minimum"], bounds["maximum"]
    try:
        changes.set_quantity(tx, session, item_id, int(typed) if _NUMBER.fullmatch(typed) else -1)
    except ApiError as error:
        form.errors[f"quantity_{item_id}"] = words(
            error.code or "quantity_out_of_range", least=least, most=most
        )


def take_quantities(visit: Visit) -> None:
    """Set the quantities that stand in the fields, where they differ from the session's."""
    for item in list(visit.session["_line_items"]):
        typed = visit.form.values.get(f"quantity_{item['id']}")
        if typed is not None and typed != str(item["quantity"]):
            _quantity(visit, item["id"], typed)


def _offer(visit: Visit, change: Callable[[], None]) -> None:
    try:
        change()
    except ApiError:
        visit.form.errors["form"] = visit.words("amount_out_of_range")


def take_rate(tx: Tx, session: Obj, form: Form) -> None:
    """Choose the shipping option that the form names."""
    wanted = form.values.get("shipping_rate")
    chosen = (session["shipping_cost"] or {}).get("shipping_rate")
    if wanted != chosen and any(one["shipping_rate"] == wanted for one in session["shipping_options"]):
        choose_shipping(tx, session, wanted)
        tx.save(KIND, session)


def _tell_lost_code(visit: Visit) -> None:
    """Take a code off that no longer holds (a smaller order, the last redemption taken), and say so."""
    tx, session, form, words, money = visit.tx, visit.session, visit.form, visit.words, visit.money
    discount = session["_discount"]
    known = tx.find("promotion_code", discount["promotion_code"]) if discount else None
    error = changes.drop_spent_code(tx, session)
    if error is None:
        return
    if known and session["allow_promotion_codes"]:
        text = words("code_gone", code=known["code"], total=money(session["amount_total"]))
        form.errors["promotion_code"] = text
    else:
        form.errors["form"] = words("discount_gone")


def hold_back(visit: Visit) -> bool:
    """Bring the order up to what the form says, and say whether it must be looked at again before it is paid.

    So it is with a code or a quantity that was typed but not applied, a discount that was lost meanwhile, and a
    total that is not the one the buyer saw (another tab changed it).
    """
    tx, session, form = visit.tx, visit.session, visit.form
    if is_code_waiting(tx, session, form):
        form.values["action"] = "code"
        act(visit)
        return True
    found = Form(form.values)
    fresh = replace(visit, form=found)
    take_quantities(fresh)
    take_rate(tx, session, found)
    _tell_lost_code(fresh)
    seen = form.values.get("expected")
    if not found.errors and seen is not None and seen != str(session["amount_total"]):
        found.errors["form"] = visit.words("changed", total=visit.money(session["amount_total"]))
    if found.errors:
        # What else is wrong can wait until the buyer has seen the new total.
        form.errors = found.errors
    return bool(found.errors)


def keep_note(tx: Tx, session: Obj, form: Form) -> None:
    """Keep the e-mail address and the consent of a buyer who may not come to the end."""
    before = (session["consent"] or {}).get("promotions")
    if wants_promotions(session):
        write_consent(session, is_promoted=bool(form.values.get("promotions")))
    if note(session, form) or (session["consent"] or {}).get("promotions") != before:
        tx.save(KIND, session)
