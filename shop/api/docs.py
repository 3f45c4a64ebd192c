"""The OpenAPI document as a page for people."""

from collections.abc import Mapping
from typing import Any


def read_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the documentation page shows."""
    return {"title": document["info"]["title"]}
