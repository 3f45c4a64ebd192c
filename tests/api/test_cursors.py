"""A cursor is opaque: what a caller makes up is refused, whatever it holds."""

import base64
import json

import pytest

from tests.api.support import ApiClient, Shelf

FORGED = [
    ("newest", ["newest", "2026-01-01T00:00:00+00:00", 10**30]),
    ("newest", ["newest", "2026-01-01T00:00:00", 1]),
    ("newest", ["newest", "9999-12-31T23:59:59-14:00", 1]),
    ("price", ["price", 10**30, 1]),
    ("price", ["price", "1", 1]),
    ("price", ["price", 1, -(10**30)]),
    ("popular", ["popular", True, 1]),
    ("title", ["title", "a\0b", 1]),
    ("title", ["title", "\ud800", 1]),
    ("title", ["title", [1], 1]),
    ("title", {"title": 1}),
    ("title", ["title"]),
]


def write(value: object) -> str:
    """Return a value as a cursor is written."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


class TestCursor:
    @pytest.mark.parametrize(("sort", "value"), FORGED)
    def test_is_refused_when_forged(self, api: ApiClient, shelf: Shelf, sort: str, value: object) -> None:
        answer = api("GET", f"/pages/lumen/products?sort={sort}&cursor={write(value)}")
        assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_cursor")
