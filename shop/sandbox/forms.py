"""What a buyer types on the hosted page: read, checked field by field, never lost except the card."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from shop.sandbox.cards import DECEMBER, Entry, check_entry, full_year
from shop.sandbox.errors import ApiError, Obj
from shop.sandbox.fields import checked_email
from shop.sandbox.payments import Buyer
from shop.sandbox.texts import Words

CARD_FIELDS = ("number", "expiry", "cvc")
_EXPIRY = re.compile(r"^\s*(\d{1,2})\s*[/.\- ]?\s*(\d{4}|\d{2})\s*$")
_WITH_STATES = frozenset({"US", "CA", "AU", "MX", "BR", "IN", "JP", "CN"})
_WITHOUT_POSTAL = frozenset(
    {"AE", "AO", "BS", "BW", "BZ", "FJ", "GH", "HK", "IE", "JM", "KE", "MO", "NG", "PA", "QA", "UG"}
)
_FIELD_OF = {"number": "number", "exp_month": "expiry", "exp_year": "expiry", "cvc": "cvc"}
MAX_LENGTH = 200


@dataclass
class Form:
    """The page's fields with what is wrong with them, by field name."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def forget_card(self) -> None:
        """Drop what must not be sent back to a browser."""
        for name in CARD_FIELDS:
            self.values.pop(name, None)


def fresh(session: Obj, customer: Obj | None, words: Words) -> Form:
    """Return the form as a buyer first sees it, or as they left it before a 3-D Secure challenge."""
    known = session.get("_pending") or {}
    shipping = known.get("shipping") or (customer or {}).get("shipping") or {}
    address = shipping.get("address") or {}
    billing = known.get("address") or {}
    allowed = (session["shipping_address_collection"] or {}).get("allowed_countries", [])
    home = allowed[0] if allowed else {"fr": "FR"}.get(words.language, "US")
    country = address.get("country") if address.get("country") in allowed else home
    values: dict[str, str] = {
        "email": known.get("email") or "",
        "phone": known.get("phone") or (customer or {}).get("phone") or "",
        "holder": known.get("name") or "",
        "country": str(billing.get("country") or country),
        "postal": billing.get("postal_code") or "",
        "line1": billing.get("line1") or "",
        "city": billing.get("city") or "",
        "shipping_name": shipping.get("name") or (customer or {}).get("name") or "",
        "shipping_country": str(country),
        "shipping_line1": address.get("line1") or "",
        "shipping_line2": address.get("line2") or "",
        "shipping_postal": address.get("postal_code") or "",
        "shipping_city": address.get("city") or "",
        "shipping_state": address.get("state") or "",
        "shipping_rate": (session["shipping_cost"] or {}).get("shipping_rate") or "",
    }
    return Form(values)


def has_states(session: Obj) -> bool:
    """Say whether the page asks for a state or province."""
    allowed = (session["shipping_address_collection"] or {}).get("allowed_countries", [])
    return bool(_WITH_STATES & set(allowed))


def known_email(session: Obj) -> str | None:
    """Return the e-mail address that the session came with; the buyer cannot change it then."""
    email: str | None = session["customer_email"] or (session["customer_details"] or {}).get("email")
    return email


def read(session: Obj, given: MultiDict[str, str], words: Words) -> Form:
    """Return what was typed, with an error for each field that cannot be right."""
    form = Form({name: value.strip()[:MAX_LENGTH] for name, value in given.items()})
    if not known_email(session):
        _check_email(form, words)
    if session["phone_number_collection"]["enabled"]:
        _require(form, words, "phone")
    if session["shipping_address_collection"]:
        _check_shipping(form, session, words)
    if session["amount_total"] > 0:
        _require(form, words, "number", "expiry", "cvc", "holder")
        if form.values.get("country") not in words.countries():
            form.errors["country"] = words("bad_country")
        if session["billing_address_collection"] == "required":
            _require(form, words, "line1", "city")
    return form


def _require(form: Form, words: Words, *names: str) -> None:
    for name in names:
        if not form.values.get(name):
            form.errors[name] = words("required")


def _check_email(form: Form, words: Words) -> None:
    try:
        checked_email(form.values.get("email", ""), "email")
    except ApiError:
        form.errors["email"] = words("bad_email") if form.values.get("email") else words("required")


def _check_shipping(form: Form, session: Obj, words: Words) -> None:
    _require(form, words, "shipping_name", "shipping_line1", "shipping_city")
    country = form.values.get("shipping_country")
    if country not in session["shipping_address_collection"]["allowed_countries"]:
        form.errors["shipping_country"] = words("bad_country")
    if country not in _WITHOUT_POSTAL:
        _require(form, words, "shipping_postal")


def card_entry(form: Form, words: Words, year: int, month: int) -> Entry | None:
    """Return the card as typed, or None with the errors in the form.

    Args:
        form: whose fields ``number``, ``expiry`` and ``cvc`` are read.
        words: in whose language the errors are.
        year: of today.
        month: of today.
    """
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


def buyer_of(session: Obj, form: Form) -> Buyer:
    """Return the buyer whom the form describes."""
    values = form.values
    shipping: Obj | None = None
    if session["shipping_address_collection"]:
        names = ("country", "line1", "line2", "city", "state")
        address: Obj = {name: values.get(f"shipping_{name}") or None for name in names}
        address["postal_code"] = values.get("shipping_postal") or None
        shipping = {"name": values.get("shipping_name"), "address": address}
    return Buyer(
        email=known_email(session) or values.get("email"),
        name=values.get("holder") or (shipping or {}).get("name"),
        phone=values.get("phone") or None,
        address={
            "country": values.get("country") or None,
            "postal_code": values.get("postal") or None,
            "line1": values.get("line1") or None,
            "city": values.get("city") or None,
        },
        shipping=shipping,
        shipping_rate=values.get("shipping_rate") or None,
    )
