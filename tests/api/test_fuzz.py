"""Whatever comes in, the answer is one that the document allows, and never a 500."""

import os
import urllib.parse
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.support import ApiClient, Shelf, resolve
from tests.api.test_document import operations

EXAMPLES = 2000 if os.environ.get("VITRINE_PROOF") else 120

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=40),
    st.sampled_from(["\0", "\ud800", "FR", "0", "-1", "9" * 30, "a@b.example", "https://[", "%00", "id:1"]),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def fitting(document: dict[str, Any], schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return values that mostly fit a schema of the requests: flat objects of strings and integers."""
    schema = resolve(document, schema)
    kind = schema.get("type")
    if kind == "object":
        fields = {
            name: st.one_of(fitting(document, inner), SCALARS) for name, inner in schema["properties"].items()
        }
        required = {name: fields[name] for name in schema.get("required", [])}
        optional = {name: strategy for name, strategy in fields.items() if name not in required}
        return st.fixed_dictionaries(required, optional=optional)
    if kind == "integer":
        return st.integers(schema.get("minimum", -10), min(schema.get("maximum", 200), 200))
    if kind == "boolean":
        return st.booleans()
    if schema.get("enum"):
        return st.sampled_from(schema["enum"])
    return st.one_of(
        st.text(max_size=schema.get("maxLength", 60)), st.sampled_from(["FR", "a@b.example", "lamp", "https://a.example/"])
    )  # fmt: skip


def requests(document: dict[str, Any], known: dict[str, list[str]]) -> st.SearchStrategy[tuple[Any, ...]]:
    """Return (method, path, query, body) of any operation, with true, odd and absurd values."""
    choices = []
    for method, path, operation in operations(document):
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        parts = {
            name: st.one_of(st.sampled_from(known[name]), st.sampled_from(known[name]), st.text(min_size=1, max_size=20))
            for name in names
        }  # fmt: skip
        query = {
            parameter["name"]: st.one_of(fitting(document, parameter["schema"]), SCALARS)
            for parameter in operation.get("parameters", [])
            if parameter.get("in") == "query"
        }
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        body = st.one_of(fitting(document, content["schema"]), ANYTHING) if content else st.none()
        choices.append(
            st.tuples(
                st.just(method.upper()),
                st.just(path),
                st.fixed_dictionaries(parts),
                st.fixed_dictionaries({}, optional=query),
                body,
            )
        )
    return st.one_of(choices)


def quoted(value: Any) -> str:
    """Return a value as a part of an address."""
    return urllib.parse.quote(str(value), safe="", errors="surrogatepass")


class TestAnything:
    def test_is_answered_as_the_document_says(self, app: Flask, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.filled_cart("lumen", shelf.small)
        cart_id = cart.rsplit("/", 1)[1]
        line_id = str(api("GET", cart, token=token).get_json()["lines"][0]["id"])
        known = {
            "page_slug": ["lumen", "brume"],
            "product_slug": ["lamp", "mug"],
            "cart_id": [cart_id, "0", str(2**63)],
            "line_id": [line_id, "1"],
            "number": ["P1-1001", "x"],
        }

        @settings(
            max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(request=requests(api.document, known))
        def check(request: tuple[Any, ...]) -> None:
            method, template, parts, query, body = request
            path = template.removeprefix("/api/v1")
            for name, value in parts.items():
                path = path.replace(f"{{{name}}}", quoted(value))
            if query:
                path += "?" + "&".join(f"{name}={quoted(value)}" for name, value in query.items())
            options = {} if body is None else {"json": body}
            answer = api(method, path, token=token, **options)
            assert answer.status_code < 500, (method, path, body, answer.get_json())

        check()
