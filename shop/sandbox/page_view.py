"""The payment page of an open session, as its template needs it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response

from shop.sandbox import forms
from shop.sandbox.cards import CARDS, grouped
from shop.sandbox.collected import wants_promotions, wants_terms
from shop.sandbox.currency import formatted
from shop.sandbox.errors import Obj
from shop.sandbox.form import Form
from shop.sandbox.page_base import page, shop_of
from shop.sandbox.page_methods import shown_methods
from shop.sandbox.store import Tx
from shop.sandbox.texts import ACCOUNTS, FEATURED, Words

Money = Callable[[int], str]


def money_of(session: Obj, words: Words) -> Money:
    """Return what writes amounts in the session's currency as its language does."""
    return lambda amount: formatted(amount, session["currency"], words.locale)


def form_page(tx: Tx, session: Obj, form: Form, words: Words) -> Response:
    """Render the form with what was typed and what is wrong with it; card data never goes back to a browser."""
    form.forget_card()
    money = money_of(session, words)
    names = words.countries()
    allowed = (session["shipping_address_collection"] or {}).get("allowed_countries", [])
    methods = shown_methods(tx, session, words)
    if form.values.get("method") not in {one["value"] for one in methods}:
        form.values["method"] = methods[0]["value"]
    session["_offered"] = _offered(tx, session)
    return page(
        "pay.html",
        session,
        t=words,
        form=form,
        money=money,
        shop=shop_of(session, words),
        pictures=session["_pictures"],
        items=session["_line_items"],
        offered=session["_offered"],
        code=_code(tx, session),
        discount=_discount(session, words),
        taxes=_taxes(session, words),
        rates=_rates(tx, session, money),
        methods=methods,
        may_save=forms.may_save(session),
        asks_address=session["billing_address_collection"] == "required",
        is_reused=_is_reused(session),
        countries=names,
        destinations={
            code: names.get(code, code) for code in sorted(allowed, key=lambda code: names.get(code, code))
        },
        has_states=forms.has_states(session),
        known_email=forms.known_email(session),
        **_consent(session),
        cards=CARDS,
        grouped=grouped,
        featured=FEATURED,
        accounts=ACCOUNTS,
    )


def _consent(session: Obj) -> Obj:
    """Return what the buyer may agree to, and whether that and the address are kept as soon as they are typed."""
    return {
        "wants_terms": wants_terms(session),
        "wants_promotions": wants_promotions(session),
        "is_noted": bool(session["after_expiration"] or wants_promotions(session)),
    }


def _is_reused(session: Obj) -> bool:
    """Say whether the page tells that the payment method is kept for later charges."""
    agreement = (session["consent_collection"] or {}).get("payment_method_reuse_agreement") or {}
    return bool(session["_intent_data"].get("setup_future_usage")) and agreement.get("position") != "hidden"


def _code(tx: Tx, session: Obj) -> str | None:
    """Return the promotion code that stands on a session, as its shop spelt it."""
    discount = session["_discount"]
    found = tx.find("promotion_code", discount["promotion_code"]) if discount else None
    return found["code"] if found else None


def _discount(session: Obj, words: Words) -> Obj | None:
    """Return a discount's name and amount."""
    if not session["_discount"]:
        return None
    coupon = session["_coupon"]
    percent = coupon["percent_off"]
    gap = "\xa0" if words.language == "fr" else ""
    note = f"−{percent:g}{gap}%" if percent else ""
    return {
        "name": coupon["name"] or words("discount"),
        "note": note,
        "amount": session["total_details"]["amount_discount"],
    }


def _taxes(session: Obj, words: Words) -> list[Obj]:
    return [
        {
            "name": words(
                "tax_inside" if row["rate"]["inclusive"] else "tax_on_top",
                tax=row["rate"]["display_name"],
                percentage=f"{row['rate']['percentage']:g}",
            ),
            "amount": row["amount"],
        }
        for row in session["_breakdown"]["taxes"]
    ]


def _offered(tx: Tx, session: Obj) -> list[Obj]:
    """Return the optional items that are not among the lines, with what they cost."""
    added = {item["price"]["id"] for item in session["_line_items"]}
    result = []
    for one in session.get("optional_items") or []:
        price = tx.find("price", one["price"])
        if price is None or one["price"] in added:
            continue
        product = tx.find("product", price["product"]) or {}
        unit = price["_options"].get(session["currency"], price) if price["_options"] else price
        result.append({
            "price": one["price"],
            "name": product.get("name") or "",
            "image": next(iter(product.get("images") or []), None),
            "quantity": one["quantity"],
            "amount": unit["unit_amount"],
        })  # fmt: skip
    return result


def _rates(tx: Tx, session: Obj, money: Money) -> list[Obj]:
    """Return the shipping options with the name, price and total that the page shows of each."""
    result = []
    for one in session["shipping_options"]:
        rate = tx.find("shipping_rate", one["shipping_rate"]) or {}
        without = session["amount_total"] - session["total_details"]["amount_shipping"]
        result.append({
            "id": one["shipping_rate"],
            "name": rate.get("display_name"),
            "amount": one["shipping_amount"],
            "total": money(without + one["shipping_amount"]),
            "sum": without + one["shipping_amount"],
        })  # fmt: skip
    return result
