"""What a report says in shares: how many likes look real and how sure that is, reach and engagement with and without. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shop.core.intervals import Interval, wilson

CHART_WIDTH, CHART_HEIGHT = 640, 160


@dataclass(frozen=True, slots=True)
class Rates:
    """Of some fans: their number, how a post of the page does among them on the mean; None where nothing can be said."""

    fans: int
    reached: float | None
    """Fans that a post reached."""
    reach_share: float | None
    """To the fans."""
    engagement: float | None
    """Fans who took part to those who were reached, as insights count it."""
    engaged_share: float | None
    """Fans who took part in a post to all fans."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A page's fans as its newest report has them."""

    fans: int
    real: int
    share: Interval
    posts: int
    everybody: Rates
    real_ones: Rates
    signs: Mapping[str, int]
    imported: int
    """Likes that came from files: of them little is known."""
    computed_at: dt.datetime

    @property
    def doubted(self) -> int:
        """Likes that do not look real."""
        return self.fans - self.real


def standing_of(*, fans: int, real: int, figures: Mapping[str, Any], computed_at: dt.datetime) -> Standing:
    """Return what a report's row says."""
    posts = int(figures.get("posts", 0))
    reach, engaged = int(figures.get("reach", 0)), int(figures.get("engaged", 0))
    reach_real = reach - int(figures.get("flagged_reach", 0))
    engaged_real = engaged - int(figures.get("flagged_engaged", 0))
    return Standing(
        fans=fans,
        real=real,
        share=wilson(real, fans),
        posts=posts,
        everybody=_rates(fans, posts, reach, engaged),
        real_ones=_rates(real, posts, reach_real, engaged_real),
        signs=figures.get("signs", {}),
        imported=int(figures.get("imported", 0)),
        computed_at=computed_at,
    )


def _rates(fans: int, posts: int, reach: int, engaged: int) -> Rates:
    is_told = bool(posts and fans)
    return Rates(
        fans=fans,
        reached=reach / posts if posts else None,
        reach_share=reach / posts / fans if is_told else None,
        engagement=engaged / reach if reach else None,
        engaged_share=engaged / posts / fans if is_told else None,
    )


def chart_points(days: Sequence[tuple[dt.date, float]]) -> str:
    """Return the points of a line of shares (0 to 1) over days, for a drawing of 640 by 160."""
    if not days:
        return ""
    first, last = days[0][0], days[-1][0]
    length = max((last - first).days, 1)
    return " ".join(
        f"{(day - first).days / length * CHART_WIDTH:.1f},{(1 - share) * CHART_HEIGHT:.1f}"
        for day, share in days
    )
