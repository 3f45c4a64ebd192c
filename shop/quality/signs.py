"""How real each like of a page looks, and why: signs whose log-odds are added up. Pure.

Every sign is bounded, and what is not known counts 0 (an import knows of no views). docs/algorithms/fan-quality.md
says where each number comes from and what the sum gets wrong.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import log
from typing import Any

from shop.page.models import LikeSource
from shop.quality.bursts import DAY_ONLY, HOUR, Burst, find_bursts, hour_of
from shop.quality.lockstep import CoLikes, Lockstep, find_groups
from shop.quality.profile import profile_weight

PRIOR = -2.0
"""Log-odds before anything is known: one like in eight."""
FLAG_AT = 1.0
"""A like is flagged from these log-odds on: at about three to one, so that real fans are seldom flagged."""
SILENT_AFTER = dt.timedelta(days=30)
SOON = dt.timedelta(minutes=1)
"""An act within a minute after the like is the like itself."""
USUAL_PAGES, FARM_PAGES = (log(40), 1.2), (log(1400), 0.9)
"""Pages liked by usual accounts and by those that sell likes: median (as its logarithm) and spread, log-normal."""
MANY_PAGES = (-0.5, 2.5)
NO_VIEW, VIEWED, VIEWED_JUST = 0.8, -1.2, -0.4
JUST = dt.timedelta(hours=1)
"""Who first looks so shortly before the like may have opened the page only to press the button, as careful farms do."""
SILENT, LOOKED, ENGAGED = 0.8, -0.8, -2.5
LOCKSTEP_MOST = 4.0
EXPLAINING = frozenset(LikeSource) - {LikeSource.ORGANIC, LikeSource.IMPORT}
"""Sources that say what brought a like, so that many at once are no riddle."""


@dataclass(frozen=True, slots=True)
class LikeFacts:
    """One like and what is known of who gave it; None is "not known"."""

    account_id: int
    liked_at: dt.datetime
    source: LikeSource = LikeSource.ORGANIC
    followed_pages: int | None = None
    """Pages that the account likes, this one among them."""
    knows_views: bool = True
    """Whether a view would have been seen, had there been one: not of a like that came from a file."""
    first_view_at: dt.datetime | None = None
    last_view_at: dt.datetime | None = None
    last_interaction_at: dt.datetime | None = None
    """The last act on the page other than looking."""
    has_picture: bool | None = None
    has_bio: bool | None = None
    handle: str | None = None

    @property
    def is_explained(self) -> bool:
        """Whether it is known what brought the like: its source, or that they had looked at the page before."""
        return self.source in EXPLAINING or self.viewed_before

    @property
    def viewed_before(self) -> bool:
        """Whether they looked at the page before they liked it."""
        return self.first_view_at is not None and self.first_view_at <= self.liked_at

    @property
    def has_engaged(self) -> bool:
        """Whether they did anything on the page after the like."""
        return self.last_interaction_at is not None and self.last_interaction_at > self.liked_at + SOON

    @property
    def has_looked_again(self) -> bool:
        """Whether they looked at the page some time after the like."""
        return self.last_view_at is not None and self.last_view_at > self.liked_at + HOUR


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What is known of the page: its unexplained likes by hour since 1970, apart those of files, and friendships."""

    hours: Mapping[int, int] = field(default_factory=dict)
    back_hours: Mapping[int, int] = field(default_factory=dict)
    """Of ``hours`` the likes whose people came back later: looked or took part."""
    imported_hours: Mapping[int, int] = field(default_factory=dict)
    friendships: Iterable[tuple[int, int]] = ()
    since: dt.datetime | None = None
    """Since when the page can be liked."""


@dataclass(frozen=True, slots=True)
class Bursts:
    """The bursts of a page by hour since 1970, apart those of likes from files."""

    seen: Mapping[int, Burst]
    imported: Mapping[int, Burst]


def bursts_of(page: PageFacts) -> Bursts:
    """Return the bursts of a page; they are the same for all parts of its likes."""
    since = hour_of(page.since) if page.since else None
    return Bursts(
        find_bursts(page.hours, back=page.back_hours, since=since), find_bursts(page.imported_hours, DAY_ONLY)
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """What one like's signs say together, as log-odds of having been bought, and the reasons, heaviest first."""

    account_id: int
    score: float
    is_flagged: bool
    reasons: list[dict[str, Any]]


def signs_against(reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of the reasons that speak for a like that was bought."""
    return [str(reason["sign"]) for reason in reasons if reason["weight"] > 0]


def count_hours(likes: Iterable[LikeFacts]) -> PageFacts:
    """Return a page's unexplained likes by hour, as far as these ``likes`` tell."""
    seen, back, imported = Counter[int](), Counter[int](), Counter[int]()
    for like in likes:
        if like.is_explained:
            continue
        hour = hour_of(like.liked_at)
        if like.source is LikeSource.IMPORT:
            imported[hour] += 1
        else:
            seen[hour] += 1
            back[hour] += like.has_engaged or like.has_looked_again
    return PageFacts(seen, back, imported)


def judge(
    likes: Sequence[LikeFacts],
    co_likes: CoLikes,
    now: dt.datetime,
    *,
    page: PageFacts | None = None,
    bursts: Bursts | None = None,
    friendships: Iterable[tuple[int, int]] = (),
) -> dict[int, Judged]:
    """Return what each like looks like, by account.

    ``co_likes`` are the accounts' likes of OTHER pages. ``page`` tells of all the page's likes when ``likes`` are a
    part of them, and ``bursts`` are those of all, where they are found already; without both these likes are all.
    ``friendships`` are pairs of these accounts, in either order.
    """
    if page is None:
        page = replace(count_hours(likes), friendships=friendships)
    bursts = bursts or bursts_of(page)
    groups = find_groups(co_likes, page.friendships)
    engaged = _engaged_shares(likes, groups)
    found = {}
    for like in likes:
        some = bursts.imported if like.source is LikeSource.IMPORT else bursts.seen
        burst = None if like.is_explained else some.get(hour_of(like.liked_at))
        group = groups.get(like.account_id)
        signs = [
            *_burst_sign(burst),
            *_lockstep_sign(group, engaged.get(group.group, 0.0) if group else 0.0),
            *_own_signs(like, now),
        ]
        found[like.account_id] = _sum_up(like.account_id, signs)
    return found


def _sum_up(account_id: int, signs: list[dict[str, Any]]) -> Judged:
    score = PRIOR + sum(sign["weight"] for sign in signs)
    reasons = sorted(signs, key=lambda sign: -abs(sign["weight"]))
    return Judged(account_id, round(score, 3), score >= FLAG_AT, reasons)


def _sign(name: str, weight: float, **facts: Any) -> list[dict[str, Any]]:
    """Return the sign in a list, or none when it says nothing."""
    rounded = round(weight, 2)
    return [{"sign": name, "weight": rounded, **facts}] if rounded else []


def _burst_sign(burst: Burst | None) -> list[dict[str, Any]]:
    if burst is None:
        return []
    return _sign(
        "burst", burst.weight, number=burst.number, hours=burst.hours, usual=round(burst.usual, 1),
        at=burst.starts_at.isoformat(),
    )  # fmt: skip


def _lockstep_sign(group: Lockstep | None, engaged: float) -> list[dict[str, Any]]:
    """Return what going in lockstep says: less in a small group, little among friends of whom many take part."""
    if group is None:
        return []
    friendly = group.tied * min(1.0, 2 * engaged)
    told = 1.0 + log(group.size / 5) + 0.5 * log(max(group.pages, 3) / 3)
    weight = min(LOCKSTEP_MOST, told) * (1 - friendly)
    return _sign(
        "lockstep", weight, others=group.size - 1, pages=group.pages, days=group.days, group=group.group
    )


def _engaged_shares(likes: Iterable[LikeFacts], groups: Mapping[int, Lockstep]) -> dict[int, float]:
    """Return by group the share of its accounts that did anything on the page after their like."""
    counts: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for like in likes:
        if (group := groups.get(like.account_id)) is not None:
            counts[group.group][0] += like.has_engaged
            counts[group.group][1] += 1
    return {group: some / all_ for group, (some, all_) in counts.items()}


def _own_signs(like: LikeFacts, now: dt.datetime) -> list[dict[str, Any]]:
    """Return the signs that need nobody else: page-likes, views, what came after, the profile."""
    signs: list[dict[str, Any]] = []
    if like.followed_pages is not None:
        weight = pages_weight(like.followed_pages)
        signs += _sign("many_pages" if weight > 0 else "few_pages", weight, pages=like.followed_pages)
    if like.viewed_before:
        is_just = like.first_view_at is not None and like.liked_at - like.first_view_at < JUST
        signs += _sign("viewed", VIEWED_JUST if is_just else VIEWED)
    elif like.knows_views and like.source is LikeSource.ORGANIC:
        # Another source may have shown the like button outside the page, as an embedded card does.
        signs += _sign("no_view", NO_VIEW)
    signs += _after_sign(like, now)
    weight = profile_weight(has_picture=like.has_picture, has_bio=like.has_bio, handle=like.handle)
    return [*signs, *_sign("bare_profile" if weight > 0 else "kept_profile", weight)]


def _after_sign(like: LikeFacts, now: dt.datetime) -> list[dict[str, Any]]:
    if like.has_engaged:
        return _sign("engaged", ENGAGED)
    if like.has_looked_again:
        return _sign("looked", LOOKED)
    if like.knows_views and now - like.liked_at >= SILENT_AFTER:
        return _sign("silent", SILENT, days=(now - like.liked_at).days)
    return []


def pages_weight(pages: int) -> float:
    """Return what the number of liked pages says: the log-ratio of two log-normals, bounded."""
    place = log(max(pages, 1))
    (usual, usual_spread), (farm, farm_spread) = USUAL_PAGES, FARM_PAGES
    ratio = (
        ((place - usual) / usual_spread) ** 2 / 2
        - ((place - farm) / farm_spread) ** 2 / 2
        + log(usual_spread / farm_spread)
    )
    # Far below both medians the wider curve says ever more about nothing: few likes only mean few likes.
    return max(MANY_PAGES[0], min(MANY_PAGES[1], ratio))
