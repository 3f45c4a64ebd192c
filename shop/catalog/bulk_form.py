"""What is to be done to the ticked products, as it is typed."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from shop.catalog.bulk import BulkAct
from shop.catalog.history_models import BulkKind
from shop.catalog.models import Collection, ProductStatus
from shop.catalog.repricing import MAX_BASIS_POINTS, CompareAt, PriceChange, Rounding
from shop.catalog.rules import MAX_STOCK
from shop.catalog.typed_lists import split_values
from shop.core.errors import DomainError
from shop.core.i18n import N_
from shop.core.money import check_price, parse_amount
from shop.web.forms import Form
from shop.web.locale import language

MAX_PERCENT_LENGTH = 10
PERCENT_DECIMALS = 2

ACTS = {
    "price": N_("Change prices"),
    "stock": N_("Change stock"),
    "publish": N_("Publish"),
    "withdraw": N_("Take out of the shop"),
    "archive": N_("Archive"),
    "collection": N_("Put into or take out of a collection"),
    "tags": N_("Add or take away tags"),
}
STATUS_ACTS = {
    "publish": ProductStatus.PUBLISHED,
    "withdraw": ProductStatus.DRAFT,
    "archive": ProductStatus.ARCHIVED,
}
"""Acts that need nothing more: they are done at once and can be undone."""


class PriceActSchema(Schema):
    """A change of prices; ``value`` is read by its kind."""

    change = fields.String(required=True, validate=validate.OneOf(list(PriceChange)))
    value = fields.String(required=True)
    rounding = fields.String(load_default=Rounding.EXACT.value, validate=validate.OneOf(list(Rounding)))
    compare_at = fields.String(load_default=CompareAt.KEEP.value, validate=validate.OneOf(list(CompareAt)))


class StockActSchema(Schema):
    """A change of stocks."""

    how = fields.String(required=True, validate=validate.OneOf(["add", "set"]))
    value = fields.Integer(strict=True, required=True, validate=validate.Range(-MAX_STOCK, MAX_STOCK))


class CollectionActSchema(Schema):
    """A collection that products come into or leave."""

    how = fields.String(required=True, validate=validate.OneOf(["add", "remove"]))
    collection = fields.String(required=True)


class TagsActSchema(Schema):
    """Tags that products get or lose."""

    how = fields.String(required=True, validate=validate.OneOf(["add", "remove"]))
    tags = fields.String(required=True, validate=validate.Length(max=1000))


SCHEMAS: dict[str, type[Schema]] = {
    "price": PriceActSchema,
    "stock": StockActSchema,
    "collection": CollectionActSchema,
    "tags": TagsActSchema,
}


def read_act(name: str, currency: str, collections: Sequence[Collection]) -> tuple[Form, BulkAct | None]:
    """Return what was typed for the act ``name`` and, when it can be read, what it means."""
    form = Form.from_request(SCHEMAS[name]())
    if form.values is None:
        return form, None
    what = _what(name, form, form.values, currency, collections)
    return form, None if what is None or form.errors else BulkAct(BulkKind(name), what)


def _what(
    name: str, form: Form, values: Mapping[str, Any], currency: str, collections: Sequence[Collection]
) -> dict[str, Any] | None:
    if name == "price":
        value = _price_value(form, values, currency)
        return None if value is None else {**values, "value": value}
    if name == "stock":
        return _stock_what(form, values)
    if name == "tags":
        tags = [tag.strip() for tag in split_values(values["tags"])]
        if not tags:
            form.add_error("tags", N_("Enter at least one tag."))
        return {"tags": list(dict.fromkeys(tags)), "adds": values["how"] == "add"}
    chosen = next((one for one in collections if str(one.id) == values["collection"]), None)
    if chosen is None:
        form.add_error("collection", N_("Choose a collection."))
        return None
    return {"collection_id": chosen.id, "title": chosen.title, "adds": values["how"] == "add"}


def _stock_what(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    adds = values["how"] == "add"
    if not adds and values["value"] < 0:
        form.add_error("value", N_("Enter a stock of 0 or more."))
    if adds and values["value"] == 0:
        form.add_error("value", N_("Enter how many to add, or to take off with a minus."))
    return {"adds": adds, "value": values["value"]}


def _price_value(form: Form, values: Mapping[str, Any], currency: str) -> int | None:
    change = PriceChange(values["change"])
    if change in (PriceChange.UP_PERCENT, PriceChange.DOWN_PERCENT):
        value = _basis_points(values["value"])
        if value is None or not 0 < value <= MAX_BASIS_POINTS:
            form.add_error("value", N_("Enter a percentage such as 10 or 7.5."))
            return None
        return value
    try:
        return check_price(parse_amount(values["value"], currency, language()), currency)
    except DomainError as error:
        form.add_domain_error("value", error)
        return None


def _basis_points(text: str) -> int | None:
    """Return "7,5 %" as 750, or None when it cannot be read."""
    cleaned = (
        text.replace("%", "").replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace(",", ".")
    )
    whole, _, decimals = cleaned.partition(".")
    digits = whole + decimals
    if not digits.isascii() or not digits.isdigit() or len(cleaned) > MAX_PERCENT_LENGTH:
        return None
    if len(decimals) > PERCENT_DECIMALS:
        return None
    return int(whole or "0") * 100 + int(decimals.ljust(PERCENT_DECIMALS, "0"))
