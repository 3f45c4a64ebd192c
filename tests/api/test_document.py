"""The OpenAPI document is whole, and its examples are true to it."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask

from shop.api.docs import read_document, rich_text
from tests.api.support import ApiClient, resolve, validator

PUBLIC = {
    ("get", "/api/v1/pages"),
    ("get", "/api/v1/pages/{page_slug}"),
    ("get", "/api/v1/pages/{page_slug}/products"),
    ("get", "/api/v1/pages/{page_slug}/products/{product_slug}"),
    ("post", "/api/v1/pages/{page_slug}/carts"),
    ("get", "/api/v1/carts/{cart_id}"),
    ("delete", "/api/v1/carts/{cart_id}"),
    ("post", "/api/v1/carts/{cart_id}/lines"),
    ("patch", "/api/v1/carts/{cart_id}/lines/{line_id}"),
    ("delete", "/api/v1/carts/{cart_id}/lines/{line_id}"),
    ("put", "/api/v1/carts/{cart_id}/coupon"),
    ("delete", "/api/v1/carts/{cart_id}/coupon"),
    ("put", "/api/v1/carts/{cart_id}/destination"),
    ("post", "/api/v1/carts/{cart_id}/checkout"),
    ("get", "/api/v1/orders/{number}"),
}


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (method, path, operation)."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield method, path, operation


def references(thing: Any) -> Iterator[str]:
    """Yield every reference in the document."""
    if isinstance(thing, dict):
        if isinstance(thing.get("$ref"), str):
            yield thing["$ref"]
        for inner in thing.values():
            yield from references(inner)
    elif isinstance(thing, list):
        for inner in thing:
            yield from references(inner)


class TestDocument:
    def test_is_served_as_openapi_3_1(self, app: Flask, api: ApiClient) -> None:
        answer = app.test_client().get("/api/openapi.json")
        assert (answer.status_code, answer.content_type) == (200, "application/json")
        assert answer.get_json() == json.loads(json.dumps(api.document))
        assert answer.get_json()["openapi"].startswith("3.1.")

    def test_has_every_operation_and_every_route(self, app: Flask, api: ApiClient) -> None:
        documented = {(method, path) for method, path, _ in operations(api.document)}
        assert documented == PUBLIC
        routed = {
            (method.lower(), "/".join(part.split(":")[-1].join("{}").replace(">", "") if "<" in part else part
                                      for part in rule.rule.split("/")))
            for rule in app.url_map.iter_rules()
            if rule.rule.startswith("/api/v1/")
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        }  # fmt: skip
        assert routed == documented

    def test_explains_each_operation(self, api: ApiClient) -> None:
        tags = {tag["name"] for tag in api.document["tags"]}
        ids = [operation["operationId"] for _, _, operation in operations(api.document)]
        assert len(set(ids)) == len(ids)
        for method, path, operation in operations(api.document):
            assert operation["summary"], (method, path)
            assert operation["description"], (method, path)
            assert set(operation["tags"]) <= tags
            for parameter in operation.get("parameters", []):
                assert resolve(api.document, parameter)["description"], (method, path)

    def test_refers_only_to_what_is_there(self, api: ApiClient) -> None:
        for reference in set(references(api.document)):
            resolve(api.document, {"$ref": reference})
        for kind in ("schemas", "responses", "parameters", "headers"):
            named = {f"#/components/{kind}/{name}" for name in api.document["components"][kind]}
            assert named <= set(references(api.document)), kind

    def test_holds_only_valid_schemas(self, api: ApiClient) -> None:
        for name in api.document["components"]["schemas"]:
            jsonschema_rs.meta.validate(
                {"$schema": "https://json-schema.org/draft/2020-12/schema", **api.document["components"]["schemas"][name]}
            )  # fmt: skip

    def test_gives_examples_that_are_true_to_their_schemas(self, api: ApiClient) -> None:
        document = api.document
        for method, path, operation in operations(document):
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            contents = [body] if "example" in body else []
            for status, response in operation["responses"].items():
                content = resolve(document, response).get("content", {})
                if status.startswith("2") and content:
                    assert "example" in content["application/json"], (method, path)
                contents += content.values()
            for content in contents:
                examples = [each["value"] for each in content.get("examples", {}).values()]
                examples += [content["example"]] if "example" in content else []
                for example in examples:
                    validator(document, content["schema"]).validate(example)

    def test_promises_that_answers_hold_nothing_more(self, api: ApiClient) -> None:
        for name, schema in api.document["components"]["schemas"].items():
            if name not in ("Problem", "FieldError"):
                assert schema["additionalProperties"] is False, name


class TestDocsPage:
    @pytest.mark.parametrize("path", ["/api/docs", "/en/api/docs", "/fr/api/docs"])
    def test_shows_every_operation(self, app: Flask, api: ApiClient, path: str) -> None:
        answer = app.test_client().get(path)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200
        for _method, address, operation in operations(api.document):
            assert f'id="{operation["operationId"].replace("_", "-")}"' in page
            assert address in page

    def test_has_an_example_request_for_each(self, api: ApiClient) -> None:
        guide = read_document(api.document, "https://shop.example")
        requests = [operation.curl for group in guide.groups for operation in group.operations]
        assert len(requests) == len(PUBLIC)
        assert not any("{page_slug}" in request or "{cart_id}" in request for request in requests)
        lines = next(request for request in requests if "/lines'" in request and "POST" in request)
        assert "https://shop.example/api/v1/carts/31/lines" in lines
        assert '-H "Authorization: Bearer $TOKEN"' in lines
        assert '"variant_id": 1873' in lines


class TestRichText:
    def test_escapes_before_it_marks_up(self) -> None:
        assert (
            rich_text("**<b>** and `<i>`") == "<p><strong>&lt;b&gt;</strong> and <code>&lt;i&gt;</code></p>"
        )
