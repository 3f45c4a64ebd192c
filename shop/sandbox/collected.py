"""What a session asks of buyers beside the payment: fields of the shop's own, names, consent.

https://docs.stripe.com/payments/checkout/custom-fields and https://docs.stripe.com/api/checkout/sessions/create
"""

from __future__ import annotations

import re
from typing import Any

from shop.sandbox.errors import Obj, invalid, missing_param
from shop.sandbox.fields import checked_length

MAX_FIELDS, MAX_KEY, MAX_LABEL, MAX_OPTIONS, MAX_OPTION, MAX_TYPED = 3, 200, 100, 200, 100, 255
KINDS = ("text", "numeric", "dropdown")
_WORD = re.compile(r"[A-Za-z0-9]+")


def asked(params: Obj) -> Obj:
    """Return a new session's members that say what it asks, checked."""
    result: Obj = {"custom_fields": _fields(params.get("custom_fields") or [])}
    given = params.get("consent_collection")
    if given:
        reuse = given.get("payment_method_reuse_agreement")
        result["consent_collection"] = {
            "payment_method_reuse_agreement": reuse,
            "promotions": given.get("promotions"),
            "terms_of_service": given.get("terms_of_service"),
        }
        result["consent"] = {"promotions": None, "terms_of_service": None}
    names = {
        kind: {"enabled": True, "optional": one.get("optional", False)}
        for kind, one in (params.get("name_collection") or {}).items()
        if one and one["enabled"]
    }
    return result | ({"name_collection": names} if names else {})


def _fields(given: list[Obj]) -> list[Obj]:
    if len(given) > MAX_FIELDS:
        raise invalid(f"You may only specify up to {MAX_FIELDS} custom fields.", "custom_fields")
    result: list[Obj] = []
    for place, one in enumerate(given):
        path = f"custom_fields[{place}]"
        _check_word(one["key"], MAX_KEY, f"{path}[key]")
        if any(one["key"] == other["key"] for other in result):
            raise invalid(f"The key `{one['key']}` is used by two custom fields.", f"{path}[key]")
        checked_length(one["label"]["custom"], MAX_LABEL, f"{path}[label][custom]")
        kind = one["type"]
        for other_kind in KINDS:
            if other_kind != kind and other_kind in one:
                raise invalid(
                    f"`{other_kind}` is not for a field of the type `{kind}`.", f"{path}[{other_kind}]"
                )
        field = {name: one[name] for name in ("key", "label", "type")}
        field["optional"] = one.get("optional", False)
        rules, at = one.get(kind) or {}, f"{path}[{kind}]"
        field[kind] = _dropdown(rules, at) if kind == "dropdown" else _typed(rules, kind, at)
        result.append(field)
    return result


def _check_word(text: str, most: int, path: str) -> None:
    checked_length(text, most, path)
    if not _WORD.fullmatch(text):
        raise invalid("This value may hold letters and digits only.", path)


def _dropdown(given: Obj, path: str) -> Obj:
    options = given.get("options") or []
    if not options:
        raise missing_param(f"{path}[options]")
    if len(options) > MAX_OPTIONS:
        raise invalid(f"You may only specify up to {MAX_OPTIONS} options.", f"{path}[options]")
    for place, option in enumerate(options):
        checked_length(option["label"], MAX_OPTION, f"{path}[options][{place}][label]")
        _check_word(option["value"], MAX_OPTION, f"{path}[options][{place}][value]")
    values = [option["value"] for option in options]
    if len(set(values)) < len(values):
        raise invalid("Each option needs a value of its own.", f"{path}[options]")
    default = given.get("default_value")
    if default is not None and default not in values:
        raise invalid("`default_value` must be the value of an option.", f"{path}[default_value]")
    return {"default_value": default, "options": options, "value": None}


def _typed(given: Obj, kind: str, path: str) -> Obj:
    least, most = given.get("minimum_length"), given.get("maximum_length")
    for name, length in (("minimum_length", least), ("maximum_length", most)):
        if length is not None and not 1 <= length <= MAX_TYPED:
            raise invalid(f"This value must lie between 1 and {MAX_TYPED}.", f"{path}[{name}]")
    if least is not None and most is not None and least > most:
        raise invalid(
            "`minimum_length` must not be greater than `maximum_length`.", f"{path}[minimum_length]"
        )
    default = given.get("default_value")
    if default is not None:
        checked_length(default, most or MAX_TYPED, f"{path}[default_value]")
        if kind == "numeric" and not re.fullmatch(r"[0-9]+", default):
            raise invalid("The default of a numeric field may hold digits only.", f"{path}[default_value]")
    return {"default_value": default, "maximum_length": most, "minimum_length": least, "value": None}


def made_up(session: Obj) -> Obj:
    """Return answers for a payment without a browser: what is required, and the defaults."""
    fields = {}
    for field in session["custom_fields"]:
        rules = field[field["type"]]
        value = rules["default_value"]
        if value is None and not field["optional"]:
            length = rules.get("minimum_length") or 1
            value = rules["options"][0]["value"] if field["type"] == "dropdown" else "1" * length
        fields[field["key"]] = value
    names = session.get("name_collection") or {}
    made = {kind: "Test Buyer" for kind, one in names.items() if not one["optional"]}
    return {"fields": fields, "promotions": False, "terms": True} | made


def write_answers(session: Obj, answers: Obj) -> None:
    """Write a buyer's answers to a session that completes."""
    for field in session["custom_fields"]:
        field[field["type"]]["value"] = answers["fields"].get(field["key"]) or None
    write_consent(session, is_promoted=answers["promotions"])
    if wants_terms(session) and answers["terms"]:
        session["consent"]["terms_of_service"] = "accepted"


def write_consent(session: Obj, *, is_promoted: bool) -> None:
    """Write whether a buyer wants to be written to; it counts for a session that expires, too."""
    if wants_promotions(session):
        session["consent"]["promotions"] = "opt_in" if is_promoted else "opt_out"


def wants_terms(session: Obj) -> bool:
    """Say whether a buyer must accept the shop's terms."""
    return (session["consent_collection"] or {}).get("terms_of_service") == "required"


def wants_promotions(session: Obj) -> bool:
    """Say whether a buyer is asked for consent to be written to."""
    return (session["consent_collection"] or {}).get("promotions") == "auto"


def value_problem(field: Obj, value: str) -> tuple[str, Any] | None:
    """Return why a typed value does not fit a field, as the name of a text and the number in it; None if it fits."""
    if not value:
        return None if field["optional"] else ("required", None)
    rules = field[field["type"]]
    if field["type"] == "dropdown":
        is_known = any(option["value"] == value for option in rules["options"])
        return None if is_known else ("bad_choice", None)
    if field["type"] == "numeric" and not re.fullmatch(r"[0-9]+", value):
        return "digits_only", None
    if rules["minimum_length"] and len(value) < rules["minimum_length"]:
        return "too_short", rules["minimum_length"]
    most = rules["maximum_length"] or MAX_TYPED
    return ("too_long", most) if len(value) > most else None
