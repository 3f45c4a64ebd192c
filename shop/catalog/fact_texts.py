"""A product's facts in words: what a field is called and what its value says, in the visitor's language."""

import re
from typing import Any

from flask_babel import gettext, ngettext

from shop.catalog.facts import Difference
from shop.core.i18n import N_
from shop.web.templating import money

FIELDS = {
    "title": N_("Name"),
    "slug": N_("Address"),
    "status": N_("Status"),
    "description_html": N_("Description"),
    "vendor": N_("Brand"),
    "product_type": N_("Kind of product"),
    "tags": N_("Tags"),
    "option_names": N_("Options"),
    "translations": N_("Texts in the other language"),
    "swatches": N_("Colours"),
    "collections": N_("Collections"),
    "pictures": N_("Pictures"),
    "variant": N_("Variant"),
    "price_amount": N_("Price"),
    "compare_at_amount": N_("Compare-at price"),
    "stock": N_("Stock"),
    "sku": N_("SKU"),
    "barcode": N_("Barcode"),
    "weight_grams": N_("Weight (g)"),
    "picture": N_("Picture"),
}
STATUSES = {"published": N_("Published"), "draft": N_("Draft"), "archived": N_("Archived")}
SHOWN = 160
_TAG = re.compile(r"<[^>]+>")


def field_text(change: Difference) -> str:
    """Return what has changed: "Price of Blue / L"."""
    if change.variant and change.field == "title":
        return str(gettext("Name of variant “%(title)s”", title=change.variant))
    name = str(gettext(FIELDS.get(change.field, change.field)))
    if change.variant:
        return str(gettext("%(field)s of “%(title)s”", field=name, title=change.variant))
    return name


def value_text(field: str, value: Any, currency: str) -> str | None:
    """Return a value as a reader knows it; None where it is too large or too hidden to be told."""
    if field in ("translations", "swatches", "picture"):
        return None
    if field == "pictures":
        return str(ngettext("%(num)s picture", "%(num)s pictures", len(value or [])))
    if field == "status":
        text = str(gettext(STATUSES.get(value, value)))
    elif field == "stock" and value is None:
        text = str(gettext("unlimited"))
    elif field in ("price_amount", "compare_at_amount") and value is not None:
        text = money(value, currency)
    elif isinstance(value, list):
        text = ", ".join(str(one) for one in value)
    else:
        text = " ".join(_TAG.sub(" ", str("" if value is None else value)).split())
    return (text if len(text) <= SHOWN else f"{text[:SHOWN]}…") or "–"
