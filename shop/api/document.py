"""The OpenAPI document: what flask-smorest collected, with what it cannot know."""

from collections.abc import Mapping, Sequence
from typing import Any

DESCRIPTION = """\
Everything a storefront needs of a brand's page: its products, a cart, a checkout, the order.

**Amounts** are whole numbers of the currency's minor unit (`1250` EUR is 12,50 €).
**Texts** are in the language of `Accept-Language` (`en`, `fr`).
**Tokens**: creating a cart and checking out answer with a token. Whoever has it may use the cart or
see the order; send it as `Authorization: Bearer …`. Cookies are never read.
**Errors** are problems (RFC 9457, `application/problem+json`): act on `code`, show `title`.
**Lists** answer `{"data": […], "next_cursor": …}`; pass `next_cursor` as `cursor` until it is null.
**Trying again**: send an `Idempotency-Key` (a UUID) with each POST. The same request under the same key
is done once, and its answer is repeated for 24 hours with `Idempotent-Replayed: true`. A request that
failed has changed nothing and may be sent again under its key.
"""

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A value that you choose for this request, best a UUID: sent twice, it is done once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "example": "0f8a6bd0-2f0c-4d3a-9f0a-5f5f1c1e7a55",
}
REPLAYED = {
    "description": "`true` when this repeats the answer to an earlier request with the same key.",
    "schema": {"type": "string", "enum": ["true"]},
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of the answer that you have; 304 says that it is still true.",
    "schema": {"type": "string"},
}
ETAG = {"description": "Send it back as `If-None-Match`.", "schema": {"type": "string"}}
SECURITY_SCHEMES = {
    "cartToken": {"type": "http", "scheme": "bearer", "description": "The `token` that came with the cart."},
    "orderToken": {"type": "http", "scheme": "bearer", "description": "The `order.token` of a checkout."},
}
METHODS = ("get", "post", "put", "patch", "delete")


def build_document(collected: Mapping[str, Any], tags: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return the document to publish; ``tags`` are in the order in which they are shown."""
    paths = {path: _finish_path(item) for path, item in collected.get("paths", {}).items()}
    components = dict(collected.get("components", {}))
    components["securitySchemes"] = SECURITY_SCHEMES
    components["parameters"] = {"IdempotencyKey": IDEMPOTENCY_KEY, "IfNoneMatch": IF_NONE_MATCH}
    components["headers"] = {"IdempotentReplayed": REPLAYED, "ETag": ETAG}
    return {
        "openapi": collected["openapi"],
        "info": {
            **collected["info"],
            "summary": "Products, carts, checkout and orders of brand pages.",
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/", "description": "This installation"}],
        "tags": list(tags),
        "paths": paths,
        "components": components,
    }


def _finish_path(item: Mapping[str, Any]) -> dict[str, Any]:
    finished = dict(item)
    for method in METHODS:
        if method in finished:
            finished[method] = _finish_operation(finished[method])
    return finished


def _finish_operation(operation: Mapping[str, Any]) -> dict[str, Any]:
    finished = dict(operation)
    parameters, headers = [*finished.get("parameters", [])], {}
    if finished.pop("x-idempotent", False):
        parameters.append({"$ref": "#/components/parameters/IdempotencyKey"})
        headers["Idempotent-Replayed"] = {"$ref": "#/components/headers/IdempotentReplayed"}
    if finished.pop("x-cached", False):
        parameters.append({"$ref": "#/components/parameters/IfNoneMatch"})
        headers["ETag"] = {"$ref": "#/components/headers/ETag"}
    if parameters:
        finished["parameters"] = parameters
    if headers:
        finished["responses"] = {
            status: {**answer, "headers": headers} if status.startswith("2") else answer
            for status, answer in finished["responses"].items()
        }
    return finished
