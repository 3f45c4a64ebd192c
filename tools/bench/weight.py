"""What a first visit loads besides pictures, as it goes over the wire."""

from dataclasses import dataclass
from html.parser import HTMLParser

from tools.bench.load import Connection, get


class _Assets(HTMLParser):
    """Collects what a page makes a browser load at once: style sheets, scripts, preloaded fonts, its icon."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        relations = {"stylesheet", "preload", "icon", "modulepreload"}
        if tag == "script" and given.get("src"):
            self.paths.append(given["src"] or "")
        if tag == "link" and given.get("rel") in relations and given.get("href"):
            self.paths.append(given["href"] or "")


@dataclass(frozen=True)
class Weight:
    """Bytes by address."""

    parts: dict[str, int]

    @property
    def total_kb(self) -> float:
        """All of it, in kB of 1,000 bytes."""
        return sum(self.parts.values()) / 1000


def weigh(port: int, path: str) -> Weight:
    """Return the compressed bytes of the page at ``path`` and of all that it loads, pictures apart."""
    connection = Connection(port)
    request = {"Accept-Encoding": "gzip, br"}
    page = connection.ask(get(path, {"Accept-Encoding": "identity"}))
    assets = _Assets()
    assets.feed(page.body.decode())
    parts = {
        address: len(connection.ask(get(address, request)).body)
        for address in dict.fromkeys([path, *assets.paths])
    }
    connection.close()
    return Weight(parts)
