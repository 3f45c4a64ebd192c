"""What a buyer types on the hosted page: read, checked field by field, never lost except the card."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from shop.sandbox.collected import value_problem, wants_promotions, wants_terms
from shop.sandbox.errors import ApiError, Obj
from shop.sandbox.fields import checked_email
from shop.sandbox.form import Form, require
from shop.sandbox.page_methods import HOLDERS, check_method
from shop.sandbox.payments import Buyer
from shop.sandbox.sessions import details as blank_details
from shop.sandbox.texts import Words

_WITH_STATES = frozenset({"US", "CA", "AU", "MX", "BR", "IN", "JP", "CN"})
_WITHOUT_POSTAL = frozenset(
    {"AE", "AO", "BS", "BW", "BZ", "FJ", "GH", "HK", "IE", "JM", "KE", "MO", "NG", "PA", "QA", "UG"}
)
MAX_LENGTH = 300


def fresh(session: Obj, customer: Obj | None, words: Words) -> Form:
    """Return the form as a buyer first sees it, or as they left it before a 3-D Secure challenge."""
    known = session.get("_pending") or {}
    shipping = known.get("shipping") or (customer or {}).get("shipping") or {}
    address = shipping.get("address") or {}
    billing = known.get("address") or {}
    allowed = (session["shipping_address_collection"] or {}).get("allowed_countries", [])
    home = allowed[0] if allowed else {"fr": "FR"}.get(words.language, "US")
    country = address.get("country") if address.get("country") in allowed else home
    answers = known.get("answers") or {}
    holder = known.get("name") or ""
    values: dict[str, str] = {
        "email": known.get("email") or (session["customer_details"] or {}).get("email") or "",
        "phone": known.get("phone") or (customer or {}).get("phone") or "",
        "holder": holder,
        "sepa_holder": holder,
        "us_holder": holder,
        "business_name": answers.get("business") or "",
        "individual_name": answers.get("individual") or "",
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
    for one in session["custom_fields"]:
        default = one[one["type"]]["default_value"]
        values[f"field_{one['key']}"] = answers.get("fields", {}).get(one["key"]) or default or ""
    if (session["consent"] or {}).get("promotions") == "opt_in":
        values["promotions"] = "1"
    return Form(values)


def has_states(session: Obj) -> bool:
    """Say whether the page asks for a state or province."""
    allowed = (session["shipping_address_collection"] or {}).get("allowed_countries", [])
    return bool(_WITH_STATES & set(allowed))


def known_email(session: Obj) -> str | None:
    """Return the e-mail address that the session came with; the buyer cannot change it then."""
    email: str | None = session["customer_email"]
    if not email and not session.get("_typed_email"):
        email = (session["customer_details"] or {}).get("email")
    return email


def note(session: Obj, form: Form) -> bool:
    """Keep what a shop may learn of a buyer who does not finish: the e-mail address; say whether it changed.

    It stands in the session that expires (``customer_details``), for the mail that brings them back.
    """
    email = form.values.get("email", "")
    details = session["customer_details"]
    if known_email(session) or "email" in form.errors or not email or (details or {}).get("email") == email:
        return False
    try:
        checked_email(email, "email")
    except ApiError:
        return False
    session["customer_details"] = (details or blank_details()) | {"email": email}
    session["_typed_email"] = True
    return True


def read(session: Obj, given: MultiDict[str, str], words: Words) -> Form:
    """Return what was typed, with an error for each field that cannot be right.

    A form that does not say how it pays pays by the session's first kind of payment method.
    """
    form = Form({name: value.strip()[:MAX_LENGTH] for name, value in given.items()})
    form.values.setdefault("method", session["payment_method_types"][0])
    if not known_email(session):
        _check_email(form, words)
    if session["phone_number_collection"]["enabled"]:
        require(form, words, "phone")
    if session["shipping_address_collection"]:
        _check_shipping(form, session, words)
    _check_answers(form, session, words)
    if session["amount_total"] > 0:
        check_method(form, session, words)
    return form


def _check_answers(form: Form, session: Obj, words: Words) -> None:
    """Mark what is wrong with the shop's own fields, the names and the consent."""
    for one in session["custom_fields"]:
        name = f"field_{one['key']}"
        problem = value_problem(one, form.values.get(name, ""))
        if problem:
            form.errors[name] = words(problem[0], number=problem[1])
    for kind, rules in (session.get("name_collection") or {}).items():
        if not rules["optional"]:
            require(form, words, f"{kind}_name")
    if wants_terms(session) and not form.values.get("terms"):
        form.errors["terms"] = words("must_accept")


def _check_email(form: Form, words: Words) -> None:
    try:
        checked_email(form.values.get("email", ""), "email")
    except ApiError:
        form.errors["email"] = words("bad_email") if form.values.get("email") else words("required")


def _check_shipping(form: Form, session: Obj, words: Words) -> None:
    require(form, words, "shipping_name", "shipping_line1", "shipping_city")
    country = form.values.get("shipping_country")
    if country not in session["shipping_address_collection"]["allowed_countries"]:
        form.errors["shipping_country"] = words("bad_country")
    if country not in _WITHOUT_POSTAL:
        require(form, words, "shipping_postal")


def buyer_of(session: Obj, form: Form) -> Buyer:
    """Return the buyer whom the form describes."""
    values = form.values
    shipping: Obj | None = None
    if session["shipping_address_collection"]:
        names = ("country", "line1", "line2", "city", "state")
        address: Obj = {name: values.get(f"shipping_{name}") or None for name in names}
        address["postal_code"] = values.get("shipping_postal") or None
        shipping = {"name": values.get("shipping_name"), "address": address}
    address = {
        "country": values.get("country") or None,
        "postal_code": values.get("postal") or None,
        "line1": values.get("line1") or None,
        "city": values.get("city") or None,
    }
    # With a saved payment method come its own name and address.
    is_new = values.get("method") in HOLDERS
    holder = values.get(HOLDERS[values["method"]]) if is_new else None
    return Buyer(
        email=known_email(session) or values.get("email"),
        name=holder or values.get("individual_name") or (shipping or {}).get("name"),
        phone=values.get("phone") or None,
        address=address if is_new else None,
        shipping=shipping,
        shipping_rate=values.get("shipping_rate") or None,
        answers=_answers(session, values),
        saves=bool(values.get("save_method")) and is_new and may_save(session),
    )


def may_save(session: Obj) -> bool:
    """Say whether a buyer may have the payment method saved for the next time."""
    return (session["saved_payment_method_options"] or {}).get("payment_method_save") == "enabled"


def _answers(session: Obj, values: dict[str, str]) -> Obj:
    names = session.get("name_collection") or {}
    return {
        "fields": {one["key"]: values.get(f"field_{one['key']}") or None for one in session["custom_fields"]},
        "promotions": wants_promotions(session) and bool(values.get("promotions")),
        "terms": bool(values.get("terms")),
    } | {kind: values.get(f"{kind}_name") or None for kind in names}
