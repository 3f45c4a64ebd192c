"""A form of a page as a browser would send it."""

from html.parser import HTMLParser
from typing import Any


class Fields(HTMLParser):
    """The fields of a page's product form as a browser would send them, and the texts of its errors."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self.described: dict[str, str] = {}
        self._select: str | None = None
        self._choice: str | None = None
        self._textarea: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if "aria-describedby" in given and name:
            self.described[name] = given["aria-describedby"]
        if tag == "input" and name and given.get("type") not in ("file", "search"):
            if given.get("type") in ("checkbox", "radio") and "checked" not in given:
                return
            self.pairs.append((name, given.get("value", "")))
        elif tag == "textarea":
            self._textarea = name
            self.pairs.append((name, ""))
        elif tag == "select":
            self._select, self._choice = name, None
        elif tag == "option" and (self._choice is None or "selected" in given):
            self._choice = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._textarea:
            name, text = self.pairs[-1]
            self.pairs[-1] = (name, (text + data).removeprefix("\n"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = None
        if tag == "select" and self._select:
            self.pairs.append((self._select, self._choice or ""))
            self._select = None

    def get(self, name: str) -> str:
        return next(value for key, value in self.pairs if key == name)

    def send(self, changes: dict[str, Any]) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for name, value in self.pairs:
            data.setdefault(name, []).append(value)
        return {name: value for name, value in {**data, **changes}.items() if value is not None}
