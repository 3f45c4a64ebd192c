"""A client that holds every answer against the published OpenAPI document."""

import functools
import json
import re
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PREFIX = "/api/v1"


@dataclass(frozen=True)
class Shelf:
    """What is for sale in a test, by slug and id."""

    page: str
    other_page: str
    small: int
    large: int
    foreign: int
    lamp: int


class ApiClient:
    """Sends requests; an answer that the document does not allow fails the test."""

    def __init__(self, app: Flask) -> None:
        self._client: FlaskClient = app.test_client(use_cookies=False)
        self.document: dict[str, Any] = app.extensions["vitrine.openapi"]

    def __call__(self, method: str, path: str, *, token: str | None = None, **options: Any) -> TestResponse:
        """Send a request to ``path`` under /api/v1 with an optional bearer token."""
        headers = dict(options.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        response = self._client.open(f"{PREFIX}{path}", method=method, headers=headers, **options)
        check_answer(self.document, method, f"{PREFIX}{path}".partition("?")[0], response)
        return response

    def new_cart(self, page: str) -> tuple[str, str]:
        """Create a cart; return its path and token."""
        made = self("POST", f"/pages/{page}/carts").get_json()
        return f"/carts/{made['id']}", made["token"]

    def filled_cart(self, page: str, *variant_ids: int) -> tuple[str, str]:
        """Create a cart with one of each variant."""
        path, token = self.new_cart(page)
        for variant_id in variant_ids:
            answer = self("POST", f"{path}/lines", token=token, json={"variant_id": variant_id})
            assert answer.status_code == 201, answer.get_json()
        return path, token


def check_answer(document: dict[str, Any], method: str, path: str, response: TestResponse) -> None:
    """Fail unless ``document`` allows this answer at this address."""
    if response.status_code >= 400:
        assert response.content_type == "application/problem+json", response.content_type
        body = response.get_json()
        assert body["status"] == response.status_code
        validator(document, {"$ref": "#/components/schemas/Problem"}).validate(body)
    operation = find_operation(document, method, path)
    if operation is None:
        assert response.status_code in (404, 405), response.status_code
        return
    declared = operation["responses"]
    assert str(response.status_code) in declared or response.status_code >= 500, (
        method,
        path,
        response.status_code,
    )
    if response.status_code >= 400:
        return
    content = resolve(document, declared[str(response.status_code)]).get("content")
    if content is None:
        assert response.get_data() == b""
        return
    assert response.content_type == "application/json"
    validator(document, content["application/json"]["schema"]).validate(response.get_json())


def find_operation(document: dict[str, Any], method: str, path: str) -> dict[str, Any] | None:
    """Return the operation at an address, or None."""
    for template, item in document["paths"].items():
        pattern = re.sub(r"{[^}]*_id}", r"[0-9]+", template)
        pattern = re.sub(r"{[^}]+}", "[^/]+", pattern)
        if re.fullmatch(pattern, path) and method.lower() in item:
            found: dict[str, Any] = item[method.lower()]
            return found
    return None


def resolve(document: dict[str, Any], thing: dict[str, Any]) -> dict[str, Any]:
    """Follow references."""
    while "$ref" in thing:
        found: Any = document
        for step in thing["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        thing = found
    return thing


def validator(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    """Return a JSON Schema validator of a part of the document."""
    return _validator(json.dumps({**schema, "components": {"schemas": document["components"]["schemas"]}}))


@functools.cache
def _validator(schema: str) -> Any:
    return jsonschema_rs.Draft202012Validator(json.loads(schema), validate_formats=True)
