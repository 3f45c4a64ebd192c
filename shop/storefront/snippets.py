"""The lines of HTML that show a card of ours on another site (``embedding.py`` makes the cards)."""

from collections.abc import Mapping

from flask import current_app

from shop.storefront.schema_org import absolute
from shop.web.context import settings

THEMES = frozenset({"light", "dark"})
HEIGHTS: Mapping[str, int] = {"page": 320, "product": 520, "post": 620, "coupon": 420, "contest": 460}
"""Pixels that a frame is given until its script knows better, by what it shows."""
KINDS: Mapping[str, str] = {
    "/shop/": "product",
    "/posts/": "post",
    "/coupons/": "coupon",
    "/contests/": "contest",
}
"""What an address shows, by a part of it."""
WIDTH = 600


def embed_url(path: str, theme: str = "") -> str:
    """Return the absolute address of the card of ``path`` (``/p/lumen/shop/lamp``) in the current language."""
    return absolute(f"/embed{path}") + (f"?theme={theme}" if theme in THEMES else "")


def snippet(path: str, title: str, *, theme: str = "", width: int = WIDTH, height: int | None = None) -> str:
    """Return the HTML that shows the card of ``path`` on another site; the script in it may be left out."""
    kind = next((kind for part, kind in KINDS.items() if part in path), "page")
    frame = current_app.jinja_env.from_string(
        '<iframe data-vitrine src="{{ src }}" title="{{ title }}" width="100%" height="{{ height }}" loading="lazy"'
        ' style="border:0;max-width:{{ width }}px"></iframe>\n<script async src="{{ script }}"></script>'
    )
    return frame.render(
        src=embed_url(path, theme),
        title=title,
        width=width,
        height=height or HEIGHTS[kind],
        script=f"{settings().public_url}/embed.js",
    )
