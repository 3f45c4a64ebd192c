"""What the head of a page tells machines, as they read it."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class Head:
    """Links by what they are for, properties and names with their contents, JSON-LD blocks."""

    canonical: list[str] = field(default_factory=list)
    alternates: dict[str, str] = field(default_factory=dict)
    oembed: list[str] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    blocks: list[dict[str, Any]] = field(default_factory=list)

    def block(self, kind: str) -> dict[str, Any]:
        """Return the only block of a type."""
        found = [
            one
            for one in self.blocks
            if one["@type"] == kind or (isinstance(one["@type"], list) and kind in one["@type"])
        ]
        assert len(found) == 1, (kind, [one["@type"] for one in self.blocks])
        return found[0]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.head = Head()
        self._is_data = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        head = self.head
        if tag == "link" and given.get("rel") == "canonical":
            head.canonical.append(given["href"])
        elif tag == "link" and "hreflang" in given and given.get("rel") == "alternate":
            head.alternates[given["hreflang"]] = given["href"]
        elif tag == "link" and given.get("type") == "application/json+oembed":
            head.oembed.append(given["href"])
        elif tag == "meta" and "property" in given:
            head.properties[given["property"]] = given["content"]
        elif tag == "meta" and "name" in given:
            head.names[given["name"]] = given.get("content", "")
        self._is_data = tag == "script" and given.get("type") == "application/ld+json"

    def handle_endtag(self, tag: str) -> None:
        self._is_data = False

    def handle_data(self, data: str) -> None:
        if self._is_data:
            self.head.blocks.append(json.loads(data))


def read_head(text: str) -> Head:
    """Return what a page's head says."""
    reader = _Reader()
    reader.feed(text)
    return reader.head
