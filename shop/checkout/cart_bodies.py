"""Carts as the JSON interface writes them."""

from typing import Any

from flask_babel import gettext

from shop.cart.choosing import CouponView
from shop.cart.queries import CartLineView, CartView, LineNote
from shop.catalog.texts import chosen_values
from shop.coupons.offers import Refusal
from shop.page.models import Page
from shop.web.locale import language
from shop.web.rest.schemas import absolute_url, picture_body
from shop.web.templating import localized


def cart_body(view: CartView, page: Page) -> dict[str, Any]:
    """Return a cart as ``CartSchema`` says."""
    chosen = view.shipping_method
    return {
        "id": view.cart_id,
        "page": page.slug,
        "currency": view.currency,
        "item_count": view.item_count,
        "lines": [_line_body(line, page) for line in view.lines],
        "coupon": None if view.coupon is None else _coupon_body(view.coupon),
        "idle_coupon": None if view.idle_coupon is None else _coupon_body(view.idle_coupon),
        "destination": {"country": view.country, "postal_code": view.postal_code},
        "shipping_methods": [
            {
                "code": method.code,
                "name": gettext(method.name_msgid),
                "price": method.amount,
                "is_chosen": chosen is not None and method.code == chosen.code,
            }
            for method in view.shipping_methods
        ],
        "totals": {
            "subtotal": view.totals.subtotal_amount,
            "discount": view.totals.discount_amount,
            "shipping": view.totals.shipping_amount,
            "waived_shipping": view.waived_shipping_amount,
            "tax": view.totals.tax_amount,
            "total": view.totals.total_amount,
        },
        "problems": [
            {"code": problem.code, "title": gettext(problem.msgid, **problem.params)}
            for problem in view.problems
        ],
    }


def _line_body(line: CartLineView, page: Page) -> dict[str, Any]:
    variant = line.variant
    product = None if variant is None else variant.product
    return {
        "id": line.line_id,
        "variant_id": line.variant_id,
        "product": None
        if product is None
        else {
            "slug": product.slug,
            "title": localized(product, "title"),
            "url": absolute_url(f"/{language()}/p/{page.slug}/shop/{product.slug}"),
        },
        "title": "" if variant is None else " / ".join(chosen_values(variant.product, variant, language())),
        "sku": None if variant is None else variant.sku,
        "quantity": line.quantity,
        "unit_price": line.unit_amount,
        "total": line.line_amount,
        "discount": line.discount_amount,
        "stock": line.stock_left,
        "picture": picture_body(line.picture, line.alt),
        "notes": [_note_body(note) for note in line.notes],
    }


def _coupon_body(coupon: CouponView) -> dict[str, Any]:
    is_short = coupon.refusal is Refusal.BELOW_MINIMUM
    return {
        "code": coupon.code,
        "title": localized(coupon.coupon, "title"),
        "is_chosen": coupon.is_typed,
        "discount": coupon.amount,
        "waived_shipping": coupon.shipping_amount,
        "refusal": coupon.refusal,
        "missing": coupon.missing_amount if is_short else None,
    }


def _note_body(note: LineNote) -> dict[str, Any]:
    has_price, has_left = note.kind == "price_changed", note.kind == "less_stock"
    return {
        "kind": note.kind,
        "was": note.was_amount if has_price else None,
        "now": note.now_amount if has_price else None,
        "left": note.left if has_left else None,
    }
