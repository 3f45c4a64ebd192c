"""Walks all pages that a role can reach by links, and collects their forms."""

import re
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urlsplit

from tests.support.drill_house import OURS, THEIRS, House
from tests.support.html import Document, HtmlForm

STARTS = {
    "visitor": ("/en/", f"/en/p/{OURS}", f"/en/p/{OURS}/cart", "/en/sign-in", "/en/sign-up", "/en/password-reset",
                "/en/no-such-page", "/en/test-mode/mail"),
    "follower": ("/en/", "/en/account", "/en/orders", f"/en/p/{OURS}", f"/en/p/{OURS}/cart", "/en/pages/new", "/en/manage"),
    "admin": (f"/en/manage/{OURS}", "/en/manage", f"/en/manage/{OURS}/orders", f"/en/manage/{OURS}/products",
              f"/en/manage/{OURS}/products/new", f"/en/manage/{OURS}/collections", f"/en/manage/{OURS}/settings",
              f"/en/manage/{OURS}/staff", f"/en/manage/{OURS}/imports", "/en/account"),
}  # fmt: skip
HTML = "text/html"
KIND_LIMIT = 4
"""Pages of one kind (addresses alike but for their numbers and query) that are visited."""


@dataclass
class Walk:
    """What was found: the pages by address, and one form of each kind."""

    documents: dict[str, Document] = field(default_factory=dict)
    forms: dict[tuple[str, str, tuple[str, ...]], HtmlForm] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)


def walk(house: House, role: str, *, limit: int = 150) -> Walk:
    """Visit what ``role`` reaches from its first pages, up to ``limit`` pages; a 5xx fails at once."""
    client = house.client(role)
    found, kinds = Walk(), dict[str, int]()
    waiting = deque(STARTS[role])
    if role == "admin":
        numbers = house.ours.order_numbers
        rooms = f"/en/manage/{OURS}"
        waiting.extend(f"{rooms}/orders/{number}/refunds/new" for number in numbers[:1])
        waiting.append(f"{rooms}/shipments/new?" + "&".join(f"number={number}" for number in numbers))
    seen = set(waiting)
    while waiting and len(found.statuses) < limit:
        address = waiting.popleft()
        answer = client.get(address)
        found.statuses[address] = answer.status_code
        assert answer.status_code < 500, (role, address, answer.get_data(as_text=True)[:400])
        links = []
        if answer.status_code in (302, 303, 308):
            links = [answer.headers["Location"]]
        elif answer.mimetype == HTML:
            document = Document(address, answer.get_data(as_text=True))
            found.documents[address] = document
            links = document.links
            for form in document.forms:
                if _is_ours(form.action) and not _is_for_all(form.action):
                    found.forms.setdefault(form.shape, form)
        for link in links:
            place = urldefrag(link)[0]
            parts = urlsplit(place)
            place = parts.path + (f"?{parts.query}" if parts.query else "")
            if parts.netloc not in ("", "localhost") or place in seen or not _is_ours(place):
                continue
            kind = re.sub(r"\d+|(?<=mail-previews/)\w+", "#", parts.path + ("?" if parts.query else ""))
            kinds[kind] = kinds.get(kind, 0) + 1
            if kinds[kind] <= KIND_LIMIT:
                seen.add(place)
                waiting.append(place)
    return found


def _is_for_all(address: str) -> bool:
    """Tell whether a form may be sent by anybody: the rooms of test mode decide over every order (tests/test_mode)."""
    return "/test-mode/" in urlsplit(address).path


def _is_ours(address: str) -> bool:
    path = urlsplit(address).path
    if f"/{THEIRS}" in path or path.startswith(("/static/", "/media/", "/api/")) or "sign-out" in path:
        return False
    return path == "/en" or path.startswith(("/en/", "/language/"))
