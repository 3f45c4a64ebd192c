"""Opens a feed, keeps it as it was sorted, and cuts pages from it.

What is kept does not move: posts that are published, answered or deleted while somebody scrolls change
nothing of what they have before them, so that nothing stands twice and nothing is skipped. What may not be
seen any more is left out when a page is cut. docs/algorithms/feed.md says how the rounds go.
"""

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, or_, select
from sqlalchemy.orm import Session

from shop.core.errors import NotFound
from shop.core.outbox import enqueue
from shop.feed.feed_people_queries import map_standing_shares
from shop.feed.feed_queries import find_settings, map_still_there
from shop.feed.ranking import Sliders, read_sliders
from shop.feed.ranking_models import FeedOrder, OpenFeed
from shop.feed.rounds import LIMITS, Limits, Progress, go_round, progress_of, start
from shop.feed.sorting import Item, item_of, sort_by_score, sort_by_time

PAGE_SIZE = 10
LOOK_AHEAD = 100
"""So many places are looked at for ``PAGE_SIZE`` that may still be seen; a page can be shorter."""
ROUNDS_A_VIEW = 4
"""So many rounds may find nothing before a page is cut short; the next page goes on."""
TIDY_FEEDS = "feed.tidy"
KEPT = 5
KEEPS = dt.timedelta(days=2)


class FeedGone(NotFound):
    """The feed was opened too long ago, or by somebody else."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of a page of a feed, its place, and the share that it is shown with."""

    index: int
    item: Item
    share: Row[Any] | None
    """With id, account_id, text, token, at, product_id and page_id."""


@dataclass(frozen=True, slots=True)
class FeedPage:
    """So much of a feed as is shown at once."""

    token: str
    opened_at: dt.datetime
    sorting: FeedOrder
    entries: list[Entry]
    next_offset: int | None
    """Where the next page begins; None at the end."""
    needs_more: bool
    """Whether ``go_on`` may fill it."""

    @property
    def next_cursor(self) -> str | None:
        """What asks for the next page."""
        return None if self.next_offset is None else f"{self.token}.{self.next_offset}"


def sort_feed(session: Session, account_id: int, now: dt.datetime, *, limits: Limits = LIMITS) -> OpenFeed:
    """Return somebody's feed as it is now without keeping it."""
    sorting, sliders = find_settings(session, account_id)
    feed = OpenFeed(
        token=secrets.token_urlsafe(12), account_id=account_id, sorting=sorting, opened_at=now,
        items=[], state={"sliders": sliders, **start(now).to_json()},
    )  # fmt: skip
    _go_rounds(session, feed, upto=PAGE_SIZE, limits=limits)
    return feed


def keep_feed(session: Session, feed: OpenFeed) -> None:
    """Keep a feed that was sorted; of each account the last ``KEPT`` stay, none longer than ``KEEPS``."""
    session.add(feed)
    session.flush()
    newest = (
        select(OpenFeed.token)
        .where(OpenFeed.account_id == feed.account_id)
        .order_by(OpenFeed.opened_at.desc(), OpenFeed.token)
        .limit(KEPT)
    )
    session.execute(
        delete(OpenFeed)
        .where(
            OpenFeed.account_id == feed.account_id,
            or_(OpenFeed.opened_at < feed.opened_at - KEEPS, OpenFeed.token.not_in(newest)),
            OpenFeed.token != feed.token,
        )
        .execution_options(synchronize_session=False)
    )
    # Those of people who never come back are put away by the worker, once a day.
    enqueue(session, kind=TIDY_FEEDS, subject=f"{feed.opened_at:%Y-%m-%d}", payload={}, now=feed.opened_at)


def delete_old_feeds(session: Session, *, now: dt.datetime) -> None:
    """Delete everybody's feeds that were opened longer than ``KEEPS`` ago."""
    old = delete(OpenFeed).where(OpenFeed.opened_at < now - KEEPS)
    session.execute(old.execution_options(synchronize_session=False))


def find_feed(session: Session, account_id: int, token: str, *, to_change: bool = False) -> OpenFeed:
    """Return an account's open feed; FeedGone when it is not kept any more."""
    statement = select(OpenFeed).where(OpenFeed.token == token, OpenFeed.account_id == account_id)
    if to_change:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    feed = session.scalars(statement).one_or_none()
    if feed is None:
        raise FeedGone
    return feed


def go_on(session: Session, account_id: int, token: str, *, offset: int, limits: Limits = LIMITS) -> OpenFeed:
    """Sort what comes after the kept items of a feed, if its page at ``offset`` lacks some, and keep it."""
    feed = find_feed(session, account_id, token, to_change=True)
    if cut_page(session, feed, offset).needs_more:
        _go_rounds(session, feed, upto=len(feed.items) + PAGE_SIZE, limits=limits)
        session.flush()
    return feed


def next_page(session: Session, account_id: int, cursor: str, *, limits: Limits = LIMITS) -> FeedPage:
    """Return the page at a cursor, sorting further if it has to; FeedGone when the feed is not kept any more."""
    token, offset = read_cursor(cursor)
    feed = find_feed(session, account_id, token)
    page = cut_page(session, feed, offset)
    if page.needs_more:
        page = cut_page(session, go_on(session, account_id, token, offset=offset, limits=limits), offset)
    return page


def read_cursor(cursor: str) -> tuple[str, int]:
    """Return token and offset of a cursor; FeedGone when it is none."""
    token, _, offset = cursor.partition(".")
    if not offset.isascii() or not offset.isdigit() or len(offset) > 9:  # noqa: PLR2004 - no feed is longer
        raise FeedGone
    return token, int(offset)


def cut_page(session: Session, feed: OpenFeed, offset: int) -> FeedPage:
    """Return a page of a feed, without what may not be seen any more. Two statements."""
    ahead = [item_of(kept) for kept in feed.items[offset : offset + LOOK_AHEAD]]
    there = map_still_there(session, feed.account_id, [item.post_id for item in ahead if item.post_id])
    shares = map_standing_shares(session, feed.account_id, [one.share_id for one in ahead if one.share_id])
    entries: list[Entry] = []
    end = offset
    for index, item in enumerate(ahead, start=offset):
        if len(entries) == PAGE_SIZE:
            break
        end = index + 1
        share = shares.get(item.share_id)
        if _may_be_seen(item, share, there):
            entries.append(Entry(index, item, share))
    is_last = end >= len(feed.items)
    goes_on = bool(feed.state["goes_on"])
    return FeedPage(
        token=feed.token,
        opened_at=feed.opened_at,
        sorting=feed.sorting,
        entries=entries,
        next_offset=None if is_last and not goes_on else end,
        needs_more=is_last and goes_on and len(entries) < PAGE_SIZE,
    )


def _may_be_seen(item: Item, share: Row[Any] | None, there: Mapping[int, bool]) -> bool:
    if not item.post_id:
        return share is not None
    # A post of a page that is not followed is here for the share alone.
    return item.post_id in there and (there[item.post_id] or share is not None)


def sliders_of(feed: OpenFeed) -> Sliders:
    """Return the sliders that a feed was sorted with."""
    return read_sliders(feed.state["sliders"])


def _go_rounds(session: Session, feed: OpenFeed, *, upto: int, limits: Limits) -> None:
    """Sort further until there are ``upto`` items or nothing is left, in ``ROUNDS_A_VIEW`` rounds at most."""
    progress: Progress = progress_of(feed.state, feed.opened_at)
    items = list(feed.items)
    known = {kept[0] for kept in items}
    for _ in range(ROUNDS_A_VIEW):
        if len(items) >= upto or not progress.goes_on:
            break
        is_by_time = feed.sorting is FeedOrder.CHRONOLOGICAL
        found = go_round(session, feed.account_id, progress, is_by_time=is_by_time, limits=limits)
        if is_by_time:
            more = sort_by_time(session, feed.account_id, found, known)
        else:
            more = sort_by_score(
                session, feed.account_id, found, known, sliders=sliders_of(feed), now=feed.opened_at
            )
        items += [item.to_json() for item in more]
        known |= {item.key for item in more}
    feed.items = items
    feed.state = {**feed.state, **progress.to_json()}
