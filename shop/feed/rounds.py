"""Which posts a feed is sorted from, round after round, so that it never repeats, skips or reads without bound.

A round asks some of the followed pages for their newest posts below where each was left. Where each was left
is kept with the feed, so that what is published, deleted or unfollowed meanwhile moves nothing.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from shop.core.places import EPOCH, MICROSECOND
from shop.feed.feed_people_queries import list_shares_below
from shop.feed.feed_queries import (
    MAX_ID,
    Candidate,
    Floor,
    list_closest_pages,
    list_newest_pages,
    list_posts_below,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one round reads."""

    newest_pages: int = 60
    """So many followed pages are asked: those with the newest posts."""
    closest_pages: int = 30
    """And so many of those that the viewer is closest to."""
    candidates: int = 300
    """Posts in all, however many pages are followed, as nearly as the next two allow."""
    least_each: int = 3
    most_each: int = 30
    shares: int = 50

    @property
    def pages(self) -> int:
        """The pages that a round asks at most."""
        return self.newest_pages + self.closest_pages

    def posts_each(self, pages: int) -> int:
        """Return how many posts each of so many pages is asked for."""
        return max(self.least_each, min(self.most_each, self.candidates // max(pages, 1)))


LIMITS = Limits()
LATEST = 8


@dataclass(slots=True)
class Left:
    """Where a page was left: it has posts below ``at`` and ``id`` only, none of them newer than ``newest``."""

    at: int
    id: int
    newest: int


@dataclass(slots=True)
class Progress:
    """How far a feed has come; instants in microseconds since 1970."""

    opened_at: dt.datetime
    pages: dict[int, Left] = field(default_factory=dict)
    """Pages that were asked and have more."""
    done: set[int] = field(default_factory=set)
    """Pages that were asked and have nothing more."""
    shares: tuple[int, int] | None = None
    """Where the shares were left; None when there are no more."""
    goes_on: bool = True
    """Whether another round may find something."""
    latest: list[int] = field(default_factory=list)
    """The followed pages with the newest posts when the feed was opened, newest first."""

    def to_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        pages = [[page_id, left.at, left.id, left.newest] for page_id, left in self.pages.items()]
        return {
            "pages": pages,
            "done": sorted(self.done),
            "shares": list(self.shares) if self.shares else None,
            "goes_on": self.goes_on,
            "latest": self.latest,
        }


def start(opened_at: dt.datetime) -> Progress:
    """Return the progress of a feed that is opened at an instant."""
    return Progress(opened_at, shares=(micros(opened_at), MAX_ID))


def progress_of(kept: Mapping[str, Any], opened_at: dt.datetime) -> Progress:
    """Return what ``to_json`` kept."""
    return Progress(
        opened_at=opened_at,
        pages={page_id: Left(at, last_id, newest) for page_id, at, last_id, newest in kept["pages"]},
        done=set(kept["done"]),
        shares=(kept["shares"][0], kept["shares"][1]) if kept["shares"] else None,
        goes_on=kept["goes_on"],
        latest=kept["latest"],
    )


@dataclass(frozen=True, slots=True)
class Round:
    """What a round found: posts of followed pages, and shares for the viewer."""

    posts: list[Candidate]
    shares: list[Row[Any]]


def micros(at: dt.datetime) -> int:
    """Return an instant as microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND


def instant(number: int) -> dt.datetime:
    """Return the instant of so many microseconds since 1970."""
    return EPOCH + number * MICROSECOND


def go_round(
    session: Session, account_id: int, progress: Progress, *, is_by_time: bool, limits: Limits = LIMITS
) -> Round:
    """Return what comes next and move ``progress`` behind it, in four statements.

    By time, only what nothing unread can be newer than is returned; the rest is read again later.
    """
    fresh, closest = _pages_to_ask(session, account_id, progress, is_by_time, limits)
    newest = {page_id: left.newest for page_id, left in progress.pages.items()} | fresh
    by_time = sorted(newest, key=lambda page_id: (newest[page_id], page_id), reverse=True)
    progress.latest = progress.latest or by_time[:LATEST]
    most = limits.pages if is_by_time else limits.newest_pages
    chosen = list(dict.fromkeys([*by_time[:most], *closest]))
    each = limits.posts_each(len(chosen))
    posts = _ask(session, progress, chosen, each)
    shares = _ask_shares(session, account_id, progress, limits.shares)
    bound = 0
    if is_by_time:
        passed_over = [newest[page_id] for page_id in by_time[most:]]
        cut = [micros(found[-1].published_at) for found in posts.values() if len(found) == each]
        cut += [micros(shares[-1].at)] if len(shares) == limits.shares else []
        bound = max([*passed_over, *cut], default=0)
    found_posts = [
        post for page_id in chosen for post in _take(progress, page_id, posts[page_id], each, bound)
    ]
    found_shares = _take_shares(progress, shares, limits.shares, bound)
    progress.goes_on = bool(progress.pages or progress.shares or len(by_time) > len(chosen))
    return Round(found_posts, found_shares)


def _pages_to_ask(
    session: Session, account_id: int, progress: Progress, is_by_time: bool, limits: Limits
) -> tuple[dict[int, int], list[int]]:
    """Return the newest instant of pages that were not asked yet, and the closest among them."""
    asked = progress.pages.keys() | progress.done
    # One more than a round asks: by time, its newest post bounds what is certain.
    newest = list_newest_pages(session, account_id, asked=asked, limit=limits.pages + 1)
    # By time nothing but time decides.
    wanted = 0 if is_by_time else limits.closest_pages
    closest = list_closest_pages(session, account_id, asked=asked, limit=wanted) if wanted else []
    # A page that published after the feed was opened may have something below that, too.
    opened = micros(progress.opened_at)
    fresh = {page.id: min(micros(page.last_post_at), opened) for page in [*newest, *closest]}
    return fresh, [page.id for page in closest]


def _ask(
    session: Session, progress: Progress, chosen: Iterable[int], each: int
) -> dict[int, list[Candidate]]:
    floors = []
    for page_id in chosen:
        left = progress.pages.get(page_id)
        floors.append(
            Floor(progress.opened_at, MAX_ID, page_id)
            if left is None
            else Floor(instant(left.at), left.id, page_id)
        )
    found: dict[int, list[Candidate]] = {floor.page_id: [] for floor in floors}
    for post in list_posts_below(session, floors, each=each):
        found[post.page_id].append(post)
    for posts in found.values():
        posts.sort(key=lambda post: (post.published_at, post.id), reverse=True)
    return found


def _take(progress: Progress, page_id: int, found: list[Candidate], each: int, bound: int) -> list[Candidate]:
    """Return the posts that are not below ``bound``, and leave the page behind them."""
    taken = [post for post in found if micros(post.published_at) >= bound]
    if len(taken) == len(found) < each:
        progress.pages.pop(page_id, None)
        progress.done.add(page_id)
        return taken
    left = progress.pages.get(page_id) or Left(micros(progress.opened_at), MAX_ID, 0)
    if taken:
        left.at, left.id = micros(taken[-1].published_at), taken[-1].id
    left.newest = micros(found[len(taken)].published_at) if len(taken) < len(found) else left.at
    progress.pages[page_id] = left
    return taken


def _ask_shares(session: Session, account_id: int, progress: Progress, most: int) -> Sequence[Row[Any]]:
    if progress.shares is None:
        return []
    at, last_id = progress.shares
    return list_shares_below(session, account_id, Floor(instant(at), last_id), limit=most)


def _take_shares(progress: Progress, found: Sequence[Row[Any]], most: int, bound: int) -> list[Row[Any]]:
    taken = [share for share in found if micros(share.at) >= bound]
    if len(taken) == len(found) < most:
        progress.shares = None
    elif taken:
        progress.shares = (micros(taken[-1].at), taken[-1].id)
    return taken
