"""Products: https://docs.stripe.com/api/products."""

from __future__ import annotations

import re
from typing import Any

from shop.sandbox.call import Call, api, blank_to_none, pick
from shop.sandbox.errors import Obj, invalid, not_found, unsupported
from shop.sandbox.events import changed, emit
from shop.sandbox.fields import checked_length, checked_url, merged_metadata
from shop.sandbox.lists import list_page
from shop.sandbox.store import Tx

KIND = "product"
MAX_IMAGES, MAX_FEATURES, MAX_DESCRIPTION, MAX_DESCRIPTOR, MAX_UNIT = 8, 15, 40_000, 22, 12
_SIDES = ("height", "length", "weight", "width")
_DESCRIPTOR_SIGNS = re.compile(r"[<>\\\"']")


def product_values(params: Obj, old: Obj, path: str = "") -> Obj:
    """Return what a create or an update changes, checked.

    Args:
        params: as read by the request's types.
        old: the product as it is, ``{}`` for a new one.
        path: of ``params`` in the request, for the error's ``param`` (``price_data[product_data]``).
    """

    def at(name: str) -> str:
        return f"{path}[{name}]" if path else name

    new: Obj = {
        name: blank_to_none(value)
        for name, value in pick(
            params, "active", "description", "name", "shippable", "tax_code", "url"
        ).items()
    }
    checked_length(new.get("description") or "", MAX_DESCRIPTION, at("description"))
    if new.get("url"):
        checked_url(new["url"], at("url"))
    if "images" in params:
        new["images"] = _images(params["images"] or [], at("images"))
    if "marketing_features" in params:
        features = params["marketing_features"] or []
        if len(features) > MAX_FEATURES:
            raise invalid(
                f"You may only specify up to {MAX_FEATURES} marketing features.", at("marketing_features")
            )
        new["marketing_features"] = [{"name": one["name"]} for one in features]
    if "package_dimensions" in params:
        new["package_dimensions"] = _package(params["package_dimensions"], at("package_dimensions"))
    if "statement_descriptor" in params:
        new["statement_descriptor"] = _descriptor(params["statement_descriptor"], at("statement_descriptor"))
    if "unit_label" in params:
        label = blank_to_none(params["unit_label"])
        new["unit_label"] = label and checked_length(label, MAX_UNIT, at("unit_label"))
    new["metadata"] = merged_metadata(old.get("metadata", {}), params.get("metadata", {}), at("metadata"))
    return new


def _images(urls: list[str], path: str) -> list[str]:
    if len(urls) > MAX_IMAGES:
        raise invalid(f"You may only specify up to {MAX_IMAGES} images.", path)
    return [checked_url(url, f"{path}[{place}]") for place, url in enumerate(urls)]


def _package(given: Any, path: str) -> Obj | None:
    if not given:
        return None
    for side in _SIDES:
        if given[side] <= 0:
            raise invalid(
                "This value must be greater than 0.", f"{path}[{side}]", "parameter_invalid_integer"
            )
    return {side: given[side] for side in _SIDES}


def _descriptor(text: str, path: str) -> str:
    checked_length(text, MAX_DESCRIPTOR, path)
    if _DESCRIPTOR_SIGNS.search(text) or not re.search(r"[A-Za-z]", text):
        raise invalid(
            "The statement descriptor must contain a letter and none of the signs `<`, `>`, `\\`, `'`, `\"`.",
            path,
        )
    return text


def add_product(tx: Tx, new: Obj, product_id: str | None = None, *, is_told: bool = True) -> Obj:
    """Keep a new product with the given values, and tell it (``product.created``)."""
    product: Obj = {
        "id": product_id or tx.new_id("prod_"),
        "object": KIND,
        "active": True,
        "created": tx.seconds,
        "default_price": None,
        "description": None,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": {},
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "tax_details": None,
        "type": "service",
        "unit_label": None,
        "updated": tx.seconds,
        "url": None,
    } | new
    tx.add(KIND, product)
    if is_told:
        emit(tx, "product.created", product)
    return product


def live_product(tx: Tx, product_id: str, param: str = "id", status: int = 404) -> Obj:
    """Return a product that exists and was not deleted, or raise Stripe's ``resource_missing``."""
    product = tx.find(KIND, product_id)
    if product is None or product.get("deleted"):
        raise not_found(KIND, product_id, param, status)
    return product


def update_product_values(tx: Tx, product: Obj, new: Obj) -> Obj:
    """Write changed values of a product; tells it only when something differs."""
    before = changed(product, new)
    if before:
        before["updated"] = product["updated"]
        product["updated"] = tx.seconds
        tx.save(KIND, product)
        emit(tx, "product.updated", product, before)
    return product


def check_free_id(tx: Tx, object_id: str, kind: str) -> None:
    """Refuse an id of the caller's own that is taken; that of a deleted object of the kind is free again."""
    if not re.fullmatch(r"[A-Za-z0-9_.\-]{1,255}", object_id):
        raise invalid(f"Invalid id: {object_id[:50]}", "id", "parameter_invalid_string")
    row = tx.sql.execute("SELECT kind, is_deleted FROM objects WHERE id = ?", (object_id,)).fetchone()
    if row == (kind, 1):
        tx.sql.execute("DELETE FROM objects WHERE id = ?", (object_id,))
    elif row and row[0] == kind:
        raise invalid(f"{kind.capitalize()} already exists.", "id", "resource_already_exists")
    elif row:
        raise unsupported("id", f"one id for a {row[0]} and a {kind}")


@api.on("GET", "/v1/products/{id}", "ProductRetrieveParams")
def retrieve_product(call: Call) -> Obj:
    """Return a product; a deleted one is gone."""
    return live_product(call.tx, call.id)


@api.on("GET", "/v1/products", "ProductListParams")
def list_products(call: Call) -> Obj:
    """List products, newest first, by ids, activity, address, type or whether they are shipped."""
    params = call.params
    return list_page(
        call,
        KIND,
        {name: params.get(name) for name in ("active", "shippable", "type", "url")},
        id=params.get("ids"),
    )


@api.on("DELETE", "/v1/products/{id}", "ProductDeleteParams")
def delete_product(call: Call) -> Obj:
    """Delete a product that has no prices."""
    product = live_product(call.tx, call.id)
    if call.tx.select("price", parent=call.id):
        raise invalid(
            "This product cannot be deleted because it has one or more user-created prices. You can archive it "
            "instead: set `active` to false."
        )
    emit(call.tx, "product.deleted", product)
    gone = {"id": call.id, "object": KIND, "deleted": True}
    return call.tx.save(KIND, gone, is_deleted=True)
