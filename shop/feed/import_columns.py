"""Which column of a file of post metrics means what: told by its name, never by its place or the file's name."""

import re
from collections.abc import Mapping, Sequence

from shop.feed.models import PostKind

COUNTS = (
    "reactions", "likes", "loves", "hahas", "wows", "sads", "angries", "comments", "shares", "impressions",
    "reach", "engaged", "clicks",
)  # fmt: skip
"""Columns of ``PostCounts`` that a file may give."""
PARTS = ("likes", "loves", "hahas", "wows", "sads", "angries")
MAX_COUNT = 2_000_000_000

_NAMES: Mapping[str, str] = {
    "ref": "status id|post id|id|object id|story id",
    "kind": "status type|type|post type|media type|content type",
    "published": (
        "status published|published|published at|publish time|posted|posted at|created time|created at|post date"
        "|post created|post created date|date|timestamp"
    ),
    "time": "time|post time|status time|time published|post created time|published time",
    "year": "post year|year",
    "month": "post month|month",
    "weekday": "post weekday|weekday|day of week|post day of week",
    "hour": "post hour|hour",
    "promoted": "paid|is paid|promoted|is promoted|sponsored|is sponsored|boosted",
    "reactions": "num reactions|reactions|total reactions|reaction count|reactions count",
    "likes": "num likes|like|likes|like count|likes count",
    "loves": "num loves|love|loves|love count",
    "hahas": "num hahas|haha|hahas|num haha|haha count",
    "wows": "num wows|wow|wows|wow count",
    "sads": "num sads|sad|sads|sad count",
    "angries": "num angrys|angry|angrys|angries|num angries|num angry|angry count",
    "comments": "num comments|comment|comments|comment count|comments count",
    "shares": "num shares|share|shares|share count|shares count",
    "interactions": "total interactions|interactions",
    "impressions": "lifetime post total impressions|post total impressions|total impressions|impressions",
    "reach": "lifetime post total reach|post total reach|total reach|reach|people reached",
    "engaged": "lifetime engaged users|engaged users|engaged",
    "clicks": "lifetime post consumptions|post consumptions|post clicks|total clicks|clicks",
    "body": "status message|post message|message|text|caption|body",
    "link_url": "status link|link url|link",
    "link_title": "link name|link title",
}
FIELDS: Mapping[str, str] = {name: field for field, names in _NAMES.items() for name in names.split("|")}

_KINDS: Mapping[PostKind, str] = {
    PostKind.TEXT: "status|text|note|question|poll|event|statuses",
    PostKind.PHOTO: "photo|photos|image|picture|album|carousel|carousel album|shared photo|multi share",
    PostKind.VIDEO: "video|videos|live|live video|shared video|reel|reels|live video complete|video inline",
    PostKind.LINK: "link|links|share|shared link|shared story|article",
    PostKind.PRODUCT: "product|offer|shop",
}
KINDS: Mapping[str, PostKind] = {name: kind for kind, names in _KINDS.items() for name in names.split("|")}


def plain_name(name: str) -> str:
    """Return a name for comparison: small letters and digits, words apart by one blank."""
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


def read_header(header: Sequence[str]) -> dict[str, int]:
    """Return where each known field stands; of two columns for one the first counts."""
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        field = FIELDS.get(plain_name(name))
        if field is not None:
            places.setdefault(field, place)
    return places


def is_metrics(header: Sequence[str]) -> bool:
    """Tell whether a header is one of post metrics: it says when posts were published and counts something."""
    places = read_header(header)
    is_dated = "published" in places or {"month", "weekday", "hour"} <= set(places)
    return is_dated and any(field in places for field in COUNTS)
