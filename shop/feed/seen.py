"""Posts that were seen and clicked on, written in batches; docs/algorithms/insights.md says what each figure means.

Rows are taken in the order of ``counting.py``: the views of readers first, by post and reader, then ``post_counts``
and ``post_days``, both by post. How close somebody is to a page is written apart, a row at a time, since other
changes take that row after rows that are held here.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.feed.models import PostCounts, PostDay
from shop.feed.ranking_models import PostView
from shop.feed.seen_queries import (
    KnownView,
    Pair,
    SeenPost,
    find_staff,
    lock_views,
    map_last_views,
    map_visible_posts,
)
from shop.page.affinity import Act, record_interaction
from shop.page.days import local_day

GAP = dt.timedelta(seconds=10)
"""The same reader and post within this time counts once: a beacon that was sent twice, a page turned back to."""
CHUNK = 200
"""Readers and posts in one transaction: others who count on the same posts wait for its end."""
FIGURES = ("impressions", "reach", "engaged", "clicks")


@dataclass(slots=True)
class Seen:
    """What a reader did with a post since it was written last."""

    first_at: dt.datetime
    last_at: dt.datetime
    times: int = 0
    clicks: int = 0


@dataclass(frozen=True, slots=True)
class Closer:
    """An account that looked at a page's posts or clicked on them."""

    account_id: int
    page_id: int
    act: Act
    at: dt.datetime


def account_of(reader: str) -> int | None:
    """Return the account of a reader's key; None of a guest's."""
    return int(reader[2:]) if reader.startswith("a:") else None


def write_all(database: Database, batch: dict[Pair, Seen]) -> None:
    """Write what was seen, in several transactions, and take it out of ``batch``, so that an error leaves the rest.

    Posts that nobody may see and a page's own staff are left out.
    """
    pairs = sorted(batch)
    closer: set[Closer] = set()
    for start in range(0, len(pairs), CHUNK):
        part = {pair: batch[pair] for pair in pairs[start : start + CHUNK]}
        with database.transaction() as session:
            closer |= write_seen(session, part)
        for pair in part:
            del batch[pair]
    _write_closeness(database, closer)


def write_seen(session: Session, batch: Mapping[Pair, Seen]) -> set[Closer]:
    """Write what was seen; return who came closer to which page by it."""
    posts = map_visible_posts(session, {post_id for post_id, _ in batch})
    accounts = {account for _, reader in batch if (account := account_of(reader)) is not None}
    staff = find_staff(session, accounts)
    counted = {
        pair: seen
        for pair, seen in sorted(batch.items())
        if pair[0] in posts and (posts[pair[0]].page_id, account_of(pair[1])) not in staff
    }
    if not counted:
        return set()
    known = _know(session, counted)
    fresh = {pair: _once(seen, known[pair]) for pair, seen in counted.items()}
    _write_views(session, fresh)
    _raise_counts(session, fresh, known, posts)
    return {
        Closer(account, posts[post_id].page_id, Act.CLICK if seen.clicks else Act.VIEW, seen.last_at)
        for (post_id, reader), seen in fresh.items()
        if (account := account_of(reader)) is not None and (seen.times or seen.clicks)
    }


def _once(seen: Seen, known: KnownView) -> Seen:
    """Return ``seen`` without a sight that another process has just counted; whoever clicks has seen it at least once."""
    is_double = known.times > 0 and abs(seen.first_at - known.last_at) < GAP
    times = max(seen.times - is_double, 0)
    is_quick = seen.clicks > 0 and times == 0 and known.times == 0
    return Seen(seen.first_at, seen.last_at, 1 if is_quick else times, seen.clicks)


def _know(session: Session, counted: Mapping[Pair, Seen]) -> dict[Pair, KnownView]:
    """Make the rows that are missing and return all as they are, locked: whoever finds ``times`` 0 is the first."""
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    rows = [
        {
            "reader_key": reader,
            "post_id": post_id,
            "times": 0,
            "first_at": seen.first_at,
            "last_at": seen.first_at,
        }
        for (post_id, reader), seen in counted.items()
    ]
    session.execute(insert(PostView).on_conflict_do_nothing(index_elements=["reader_key", "post_id"]), rows)
    return lock_views(session, counted)


def _write_views(session: Session, fresh: Mapping[Pair, Seen]) -> None:
    table = PostView.__table__
    # One update for each row: on PostgreSQL a set of rows would be locked in whatever order.
    session.connection().execute(
        update(table)  # type: ignore[arg-type]
        .where(table.c.reader_key == bindparam("reader"), table.c.post_id == bindparam("post"))
        .values(
            times=table.c.times + bindparam("seen_times"),
            last_at=bindparam("seen_at"),
        ),
        [
            {"reader": reader, "post": post_id, "seen_times": seen.times, "seen_at": seen.last_at}
            for (post_id, reader), seen in fresh.items()
        ],
    )
    engaged = [
        {"reader": reader, "post": post_id, "seen_at": seen.last_at}
        for (post_id, reader), seen in fresh.items()
        if seen.clicks
    ]
    if engaged:
        session.connection().execute(
            update(table)  # type: ignore[arg-type]
            .where(
                table.c.reader_key == bindparam("reader"),
                table.c.post_id == bindparam("post"),
                table.c.engaged_at.is_(None),
            )
            .values(engaged_at=bindparam("seen_at")),
            engaged,
        )


def _raise_counts(
    session: Session,
    fresh: Mapping[Pair, Seen],
    known: Mapping[Pair, KnownView],
    posts: Mapping[int, SeenPost],
) -> None:
    sums: defaultdict[int, Counter[str]] = defaultdict(Counter)
    days: defaultdict[tuple[int, dt.date], Counter[str]] = defaultdict(Counter)
    for pair, seen in fresh.items():
        post_id, before = pair[0], known[pair]
        by = Counter(
            impressions=seen.times,
            reach=int(seen.times > 0 and before.times == 0),
            engaged=int(seen.clicks > 0 and not before.is_engaged),
            clicks=seen.clicks,
        )
        days[post_id, local_day(posts[post_id].country, seen.first_at)] += by
        sums[post_id] += by
    rows = [
        {"post": post_id, **{f"by_{name}": by[name] for name in FIGURES}}
        for post_id, by in sums.items()
        if by
    ]
    if not rows:
        return
    counts = PostCounts.__table__
    session.connection().execute(
        update(counts)  # type: ignore[arg-type]
        .where(counts.c.post_id == bindparam("post"))
        .values({name: counts.c[name] + bindparam(f"by_{name}") for name in FIGURES}),
        rows,
    )
    _raise_days(session, days, posts)


def _raise_days(
    session: Session, days: Mapping[tuple[int, dt.date], Counter[str]], posts: Mapping[int, SeenPost]
) -> None:
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    statement = insert(PostDay)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["post_id", "day"],
            set_={name: getattr(PostDay, name) + getattr(statement.excluded, name) for name in FIGURES},
        ),
        [
            {
                "post_id": post_id,
                "day": day,
                "page_id": posts[post_id].page_id,
                **{name: by[name] for name in FIGURES},
            }
            for (post_id, day), by in sorted(days.items())
            if by
        ],
    )


def _write_closeness(database: Database, closer: set[Closer]) -> None:
    """Let accounts be closer to pages: a look once a day, a click each time that some were written."""
    if not closer:
        return
    with database.reading() as session:
        last = map_last_views(session, {one.account_id for one in closer}, {one.page_id for one in closer})
    looked: set[tuple[int, int]] = set()
    for one in sorted(closer, key=lambda found: (found.account_id, found.page_id, found.act, found.at)):
        pair = (one.account_id, one.page_id)
        if one.act is Act.VIEW:
            before = last.get(pair)
            if pair in looked or (before is not None and before.date() == one.at.date()):
                continue
            looked.add(pair)
        with database.transaction() as session:
            record_interaction(
                session, account_id=one.account_id, page_id=one.page_id, act=one.act, now=one.at
            )
