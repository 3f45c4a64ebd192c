"""Addresses and order prefixes that suit a page's name and are still free."""

import re
from collections.abc import Callable, Iterator

from sqlalchemy.orm import Session

from shop.core.ids import slugify
from shop.page.queries import list_order_prefixes, list_slugs
from shop.page.schemas import MAX_PREFIX, MAX_SLUG, MIN_PREFIX, MIN_SLUG, RESERVED_SLUGS

ENOUGH = 1000


def suggest_slug(session: Session, name: str) -> str:
    """Return a free address for a page called ``name``, or "" when no letter of it can stand in one."""
    base = slugify(name, max_length=MAX_SLUG - 5)
    if not base:
        return ""
    if len(base) < MIN_SLUG or base in RESERVED_SLUGS:
        base = f"{base}-shop"
    taken = set(list_slugs(session, beginning=base))
    return _first_free(base, lambda number: f"{base}-{number}", taken)


def suggest_order_prefix(session: Session, name: str) -> str:
    """Return a free beginning for order numbers: "LUM" for Atelier Lumen; "" when no letter can stand in one."""
    words = [re.sub(r"^\d+", "", word) for word in slugify(name).upper().split("-")]
    words = [word for word in words if len(word) >= MIN_PREFIX] or ["".join(words)[:MAX_PREFIX]]
    base = words[-1][:3]
    if len(base) < MIN_PREFIX:
        return ""
    taken = set(list_order_prefixes(session))
    for candidate in _prefixes(words):
        if candidate not in taken:
            return candidate
    return _first_free(base, lambda number: f"{base[:2]}{number}", taken)


def _prefixes(words: list[str]) -> Iterator[str]:
    for length in range(3, MAX_PREFIX + 1):
        for word in reversed(words):
            yield word[:length]


def _first_free(base: str, numbered: Callable[[int], str], taken: set[str]) -> str:
    if base not in taken:
        return base
    candidates = (numbered(number) for number in range(2, ENOUGH))
    return next((candidate for candidate in candidates if candidate not in taken), "")
