"""What the world is made of: every number that may differ between runs.

Nothing here was chosen by looking at what is flagged. ``sources.py`` tells docs/simulation.md the same in words.
"""

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass

WORLD_VERSION = 2
"""Raised whenever a run of the same seed would give other figures."""
START = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
"""Day 0, a Monday; the burn-in lies before it."""
MOTHER_SEED = 2026


@dataclass(frozen=True, slots=True)
class World:
    """One run's world; amounts in minor units, times in hours or days as named."""

    fans: int = 2000
    days: int = 90
    burn_in_days: int = 42
    """Before day 0: closeness, feeds and the tests' usual result settle."""
    measure_day: int = 10
    """When each page does what it does."""
    network_pages: int = 1500
    readers: int = 48
    """Feeds that fans have, several fans each."""

    # People
    page_likes_median: float = 34.0
    page_likes_sigma: float = 0.57
    grouped_share: float = 0.3
    group_low: int = 4
    group_high: int = 12
    group_evenings: int = 6
    """Other pages that a group of friends liked on one evening each."""
    active_share: float = 0.75
    """Chance that somebody opens the network on a day; half of these open it twice."""
    lurker_share: float = 0.35

    # Feed
    feed_depth: int = 7
    """Posts that a visit gets to in the mean."""
    other_posts_a_day: float = 0.7
    people_acts_a_day: float = 11.0
    has_test: bool = True
    test_share: float = 0.1
    test_hours: int = 3
    bots_are_served: bool = True
    """Whether a farm's account in the test counts as somebody who did not answer, although nobody looked."""

    # Acts, each per post seen
    react_share: float = 0.05
    click_share: float = 0.07
    loyalty_sigma: float = 1.0
    appeal_sigma: float = 0.3
    product_post_share: float = 0.35
    buy_share: float = 0.065
    """Of clicks on a post with a product."""
    direct_orders_a_day: float = 0.00012
    """A fan's orders that no post led to."""
    organic_likes_a_day: float = 1.5
    share_brings: float = 0.2
    answer_brings: float = 0.004

    # What the five pages do; numbers for 2,000 fans, scaled with them
    burst_likes: int = 4000
    burst_hours: float = 6.0
    burst_price: int = 1499
    """For 1,000 likes."""
    stealth_likes: int = 1000
    stealth_days: int = 40
    stealth_price: int = 19000
    stealth_cell: int = 40
    contest_days: int = 14
    contest_prize: int = 18000
    hunters_a_day: float = 10.0
    """People who enter contests for the prize, from lists of contests."""
    coupon_days: int = 28
    coupon_percent_bp: int = 1500
    embed_visits_a_day: float = 12.0
    newspaper_likes: int = 150
    """Likes of one evening on every page, after an article; nothing in the data explains them."""

    def scaled(self, number: float) -> int:
        """Return a number that is given for 2,000 fans, for as many as this world's pages have."""
        return max(1, round(number * self.fans / 2000))


DEFAULT = World()
SMALL = World(
    fans=240, days=45, burn_in_days=21, measure_day=6, network_pages=300, readers=16, stealth_days=25, stealth_cell=20,
    contest_days=8, coupon_days=15,
)  # fmt: skip
"""The world that the tests run again, whole, in a few seconds."""
UNTESTED, UNSERVED = "untested", "unserved"
VARIANTS = {
    UNTESTED: {"has_test": False},
    UNSERVED: {"bots_are_served": False},
    "sample_3": {"test_share": 0.03},
    "depth_14": {"feed_depth": 14},
}
"""Worlds that differ in one thing that was assumed."""


def digest(*worlds: World) -> str:
    """Return the first 12 hex digits of a hash over all numbers of the worlds and the version."""
    said = json.dumps([WORLD_VERSION, [asdict(world) for world in worlds]], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:12]
