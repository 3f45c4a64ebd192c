"""What led somebody to buy: the last thing of a page that they came from, and the marks of a campaign."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

LASTS = dt.timedelta(days=7)
"""A touch or a campaign older than this led to nothing."""
CAMPAIGN_MARKS = ("source", "medium", "campaign", "term", "content")
"""``utm_source`` and so on in an address, kept without their prefix."""


@dataclass(frozen=True, slots=True)
class Touch:
    """A click on a post, on a share, on a coupon's link or in an embedded card, and when it was."""

    kind: str
    """``post``, ``share``, ``coupon`` or ``embed``."""
    at: dt.datetime
    post_id: int | None = None
    share_id: int | None = None
    coupon_id: int | None = None
    """Of a coupon's link, and of a card that shows a coupon."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of how somebody came to a page; nothing of it is older than ``LASTS``."""

    touch: Touch | None = None
    campaign: Mapping[str, str] = field(default_factory=dict)


NOWHERE = Origin()
