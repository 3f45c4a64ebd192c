"""The body of a checkout session: a projection of the order, and nothing of its own.

Its fields are those of https://docs.stripe.com/api/checkout/sessions/create.
"""

import functools
import ipaddress
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from babel.support import NullTranslations, Translations

from shop.checkout.desk import ORDER_NUMBER, ORDER_TOKEN, ReturnUrls
from shop.orders.models import Order, OrderLine
from shop.payments.parsing import ORDER_NUMBER as ORDER_NUMBER_NAME
from shop.payments.parsing import PAYMENT_KEY
from shop.shipping.service import METHOD_NAMES

MAX_NAME = 250
MAX_BRAND = 127
IMAGE_WIDTH = 480
TRANSLATIONS = Path(__file__).resolve().parents[1] / "translations"


def session_body(
    order: Order, lines: Sequence[OrderLine], *, payment_key: str, customer_id: str | None, order_token: str,
    urls: ReturnUrls, public_url: str, brand: str,
) -> dict[str, Any]:  # fmt: skip
    """Return the whole body as plain JSON, to be kept so that a second try is identical to the first.

    One line item of quantity 1 a line with its final amount, one shipping option, the order's country.
    The payment page carries the name of the ``brand`` that is bought from.
    """
    currency = order.currency.lower()
    metadata = {ORDER_NUMBER_NAME: order.number, PAYMENT_KEY: payment_key}
    body: dict[str, Any] = {
        "mode": "payment",
        "line_items": [_line_item(line, currency, public_url) for line in lines],
        "shipping_options": [_shipping_option(order, currency)],
        "shipping_address_collection": {"allowed_countries": [order.country]},
        "adaptive_pricing": {"enabled": False},
        "branding_settings": {"display_name": brand[:MAX_BRAND]},
        "client_reference_id": order.number,
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
        "locale": order.language,
        "expires_at": int(order.expires_at.timestamp()),
        "success_url": _fill(urls.success_url, order, order_token),
        "cancel_url": _fill(urls.cancel_url, order, order_token),
    }
    if customer_id is not None:
        body["customer"] = customer_id
        body["customer_update"] = {"shipping": "auto"}
    elif order.email is not None:
        body["customer_email"] = order.email
    return body


def _fill(template: str, order: Order, order_token: str) -> str:
    return template.replace(ORDER_TOKEN, order_token).replace(ORDER_NUMBER, order.number)


def line_name(line: OrderLine) -> str:
    """Return a line as the payment page calls it: "3 × Mug — Blue"."""
    name = f"{line.title} — {line.variant_title}" if line.variant_title else line.title
    return (name if line.quantity == 1 else f"{line.quantity} × {name}")[:MAX_NAME]


def _line_item(line: OrderLine, currency: str, public_url: str) -> dict[str, Any]:
    product: dict[str, Any] = {"name": line_name(line)}
    if line.picture and is_public(public_url):
        product["images"] = [_image_url(line.picture, public_url)]
    return {
        "quantity": 1,
        "price_data": {"currency": currency, "unit_amount": line.total_amount, "product_data": product},
    }


def _image_url(picture: dict[str, Any], public_url: str) -> str:
    widths = sorted(picture["widths"])
    width = next((width for width in widths if width >= IMAGE_WIDTH), widths[-1])
    fallback = next((name for name in picture["formats"] if name in ("jpg", "png")), picture["formats"][-1])
    return f"{public_url}/media/{picture['key']}-{width}.{fallback}"


def is_public(public_url: str) -> bool:
    """Tell whether Stripe's servers could fetch from this origin: https, and not a machine's own address."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    if parts.scheme != "https" or "." not in host or host.endswith((".local", ".localhost", ".internal")):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return True


def _shipping_option(order: Order, currency: str) -> dict[str, Any]:
    return {
        "shipping_rate_data": {
            "type": "fixed_amount",
            "display_name": _translate(METHOD_NAMES[order.shipping_method], order.language),
            "fixed_amount": {"amount": order.shipping_amount, "currency": currency},
        }
    }


@functools.cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(TRANSLATIONS, [language])


def _translate(msgid: str, language: str) -> str:
    # A service speaks no language of its own; only what Stripe shows in our name must be put into one here.
    return _catalogue(language).ugettext(msgid)
