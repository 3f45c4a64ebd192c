"""How a buyer may pay on the hosted page: with what they saved before, or anew by card or bank account."""

from __future__ import annotations

import re

from shop.sandbox.banks import check_iban, check_us_account
from shop.sandbox.cards import DECEMBER, Entry, check_entry, full_year, year_month
from shop.sandbox.errors import ApiError, Obj
from shop.sandbox.events import changed, emit
from shop.sandbox.form import Form, require
from shop.sandbox.methods import new_card, new_sepa_debit, new_us_account
from shop.sandbox.store import Tx
from shop.sandbox.texts import BRANDS, Words

_EXPIRY = re.compile(r"^\s*(\d{1,2})\s*[/.\- ]?\s*(\d{4}|\d{2})\s*$")
_FIELD_OF = {"number": "number", "exp_month": "expiry", "exp_year": "expiry", "cvc": "cvc"}
# Which field of the page each kind's name of the holder is.
HOLDERS = {"card": "holder", "sepa_debit": "sepa_holder", "us_bank_account": "us_holder"}


def saved_methods(tx: Tx, session: Obj) -> list[Obj]:
    """Return what the session's customer saved and agreed to see again, newest first.

    https://docs.stripe.com/payments/checkout/save-during-payment; a card whose date has passed is left out.
    """
    options = session["saved_payment_method_options"]
    if not session["customer"] or not options:
        return []
    today = year_month(tx)
    wanted = options["allow_redisplay_filters"] or ["always"]
    return [
        one
        for one in reversed(tx.select("payment_method", customer=session["customer"]))
        if one["type"] in session["payment_method_types"]
        and one["allow_redisplay"] in wanted
        and (one["type"] != "card" or (one["card"]["exp_year"], one["card"]["exp_month"]) >= today)
    ]


def shown_methods(tx: Tx, session: Obj, words: Words) -> list[Obj]:
    """Return the choices of the page: ``value``, ``label`` and, of saved ones, ``note`` and ``is_removable``."""
    saved = saved_methods(tx, session)
    options = session["saved_payment_method_options"] or {}
    is_removable = options.get("payment_method_remove") == "enabled"
    result = [{
        "value": one["id"],
        "label": method_name(one, words),
        "note": f"{one['card']['exp_month']:02} / {one['card']['exp_year'] % 100:02}" if one["type"] == "card" else "",
        "is_removable": is_removable,
    } for one in saved]  # fmt: skip
    for kind in session["payment_method_types"]:
        is_other = kind == "card" and any(one["type"] == "card" for one in saved)
        result.append({"value": kind, "label": words("new_card" if is_other else kind), "note": ""})
    return result


def method_name(method: Obj, words: Words) -> str:
    """Return what a buyer knows a payment method by: ``Visa •••• 4242``."""
    details = method[method["type"]]
    brand = words(method["type"])
    if method["type"] == "card":
        brand = BRANDS.get(details["brand"], brand)
    return words("ends_in", brand=brand, last4=details["last4"])


def forget_method(tx: Tx, session: Obj, method_id: str) -> None:
    """Take a payment method from its customer, where the session lets the buyer do so."""
    options = session["saved_payment_method_options"] or {}
    method = next((one for one in saved_methods(tx, session) if one["id"] == method_id), None)
    if method and options.get("payment_method_remove") == "enabled":
        before = changed(method, {"customer": None})
        method["_is_spent"] = True
        tx.save("payment_method", method)
        emit(tx, "payment_method.detached", method, before)


def check_method(form: Form, session: Obj, words: Words) -> None:
    """Mark what is missing or wrong in the fields of the chosen kind; a card's own rules come with ``take_method``."""
    kind = form.values.get("method") or ""
    if kind == "card":
        require(form, words, "number", "expiry", "cvc", "holder")
    elif kind == "sepa_debit":
        require(form, words, "iban", "sepa_holder")
        _check_iban(form, words)
    elif kind == "us_bank_account":
        require(form, words, "routing_number", "account_number", "us_holder")
        _check_us(form, words)
    needs_address = session["billing_address_collection"] == "required"
    if kind not in HOLDERS or (kind != "card" and not needs_address):
        return
    if form.values.get("country") not in words.countries():
        form.errors["country"] = words("bad_country")
    if needs_address:
        require(form, words, "line1", "city")


def _check_iban(form: Form, words: Words) -> None:
    if "iban" in form.errors:
        return
    try:
        check_iban(form.values["iban"], "iban")
    except ApiError:
        form.errors["iban"] = words("bad_iban")


def _us_account(form: Form) -> Obj:
    values = form.values
    return {
        "account_number": re.sub(r"[\s-]", "", values.get("account_number", "")),
        "routing_number": re.sub(r"[\s-]", "", values.get("routing_number", "")),
        "account_holder_type": "company" if values.get("holder_type") == "company" else "individual",
        "account_type": "savings" if values.get("account_type") == "savings" else "checking",
    }


def _check_us(form: Form, words: Words) -> None:
    if {"routing_number", "account_number"} & set(form.errors):
        return
    try:
        check_us_account(_us_account(form))
    except ApiError as error:
        is_routing = error.code == "routing_number_invalid"
        name, text = ("routing_number", "bad_routing") if is_routing else ("account_number", "bad_account")
        form.errors[name] = words(text)


def take_method(tx: Tx, session: Obj, form: Form, billing: Obj, words: Words) -> Obj | None:
    """Return the payment method that the form describes, or None with the errors in the form."""
    kind = form.values.get("method") or ""
    if kind.startswith("pm_"):
        found = next((one for one in saved_methods(tx, session) if one["id"] == kind), None)
        if found is None:
            form.errors["method"] = words("bad_method")
        return None if form.errors else found
    if kind not in session["payment_method_types"]:
        form.errors["method"] = words("bad_method")
        return None
    entry = _card_entry(form, words, *year_month(tx)) if kind == "card" else None
    if form.errors:
        return None
    if entry:
        return new_card(tx, entry, billing)
    if kind == "sepa_debit":
        return new_sepa_debit(tx, form.values["iban"], billing)
    return new_us_account(tx, _us_account(form), billing)


def _card_entry(form: Form, words: Words, year: int, month: int) -> Entry | None:
    """Return the card as typed, or None with the errors in the form; year and month are today's."""
    found = _EXPIRY.match(form.values.get("expiry", ""))
    if not found and "expiry" not in form.errors:
        form.errors["expiry"] = words("bad_expiry")
    number = re.sub(r"[\s-]", "", form.values.get("number", ""))
    entry = Entry(
        number,
        int(found.group(1)) if found else 12,
        full_year(int(found.group(2))) if found else year + 1,
        form.values.get("cvc", ""),
    )
    try:
        check_entry(entry, year, month)
    except ApiError as error:
        name = _FIELD_OF[error.param or "number"]
        form.errors.setdefault(name, _entry_error(error, words, entry, (year, month)))
    return None if form.errors else entry


def _entry_error(error: ApiError, words: Words, entry: Entry, today: tuple[int, int]) -> str:
    if error.code in ("incorrect_number", "invalid_cvc"):
        return words(error.code)
    is_month = 1 <= entry.exp_month <= DECEMBER
    return words("past_expiry" if is_month and (entry.exp_year, entry.exp_month) < today else "bad_expiry")
