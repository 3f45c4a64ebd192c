"""The look at all of a page's fans: read in slices, judged, written; nothing is ever deleted but old judgements.

A slice holds the likes that came one after another, so that a group that was bought stands in few of them and memory
does not grow with the page. docs/algorithms/fan-quality.md has the figures.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.core.db import Base, Database
from shop.core.outbox import enqueue
from shop.core.places import Place
from shop.page.days import local_day
from shop.page.models import LikeSource
from shop.quality import queries
from shop.quality.models import FanLook, FanReport, FanScore
from shop.quality.signs import Judged, LikeFacts, bursts_of, judge, signs_against

LOOK = "quality.look"
SLICE = 20_000
"""Likes that are judged together."""
MOST_COMPARED = 500_000
"""Once so many likes of other pages were read, a slice ends earlier: they are what memory goes to."""
PART = 1000
"""Likes in one statement."""


class LookStopped(Exception):
    """The worker ends: the look begins anew with the next one."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a look counted: likes, those of files among them, and by sign the flagged ones."""

    fans: int
    imported: int
    signs: Counter[str]


def ask_for_look(session: Session, *, page_id: int, now: dt.datetime, is_daily: bool = False) -> bool:
    """Have a page's fans looked at by the worker; False when a look is waiting or at work already."""
    look = session.get(FanLook, page_id, with_for_update=True)
    if look is not None and look.finished_at is None and now - look.asked_at < dt.timedelta(hours=6):
        return False
    subject = f"{page_id}:{now:%Y-%m-%d}" if is_daily else f"{page_id}:{now.isoformat()}"
    asked = enqueue(
        session, kind=LOOK, subject=subject, payload={"page_id": page_id}, now=now, page_id=page_id
    )
    if asked:
        values = {"asked_at": now, "started_at": None, "finished_at": None, "done": 0, "total": 0}
        _upsert(session, FanLook, [{"page_id": page_id, **values}], key=["page_id"], to=list(values))
    return asked


def look_at_page(
    database: Database,
    *,
    page_id: int,
    now: dt.datetime,
    is_stopping: Callable[[], bool] = lambda: False,
    slice_size: int = SLICE,
    part_size: int = PART,
    most_compared: int = MOST_COMPARED,
) -> FanReport | None:
    """Judge all of a page's likes and return the day's report; None when the page is gone.

    ``slice_size`` likes are judged together, fewer when their people like ``most_compared`` other pages; ``part_size``
    are read by one statement. Done again it does the same. LookStopped when ``is_stopping`` says so between two slices.
    """
    with database.reading() as session:
        about = queries.find_looked_at(session, page_id)
        if about is None:
            return None
        # Not in the transaction that writes: on SQLite all others who write would wait for it.
        page = replace(queries.count_unexplained_hours(session, page_id), since=about.since)
    _note_beginning(database, page_id, about.followers, now)
    bursts = bursts_of(page)
    signs, fans, imported = Counter[str](), 0, 0
    after: Place | None = None
    while True:
        likes, co_likes, friendships, after = _read_slice(
            database,
            page_id,
            after,
            sizes=(slice_size, part_size, most_compared),
            views_since=about.first_post_at,
        )
        found = judge(likes, co_likes, now, page=replace(page, friendships=friendships), bursts=bursts)
        flagged = [one for one in found.values() if one.is_flagged]
        for one in flagged:
            signs.update(signs_against(one.reasons))
        _write(database, page_id, flagged, now)
        fans += len(likes)
        imported += sum(like.source is LikeSource.IMPORT for like in likes)
        _note_progress(database, page_id, fans)
        if after is None:
            break
        if is_stopping():
            raise LookStopped
    return _report(
        database, page_id, day=local_day(about.country, now), counts=Counts(fans, imported, signs), now=now
    )


Slice = tuple[list[LikeFacts], dict[int, dict[int, dt.datetime]], list[tuple[int, int]], Place | None]


def _read_slice(
    database: Database, page_id: int, after: Place | None, *, sizes: tuple[int, int, int],
    views_since: dt.datetime | None,
) -> Slice:  # fmt: skip
    slice_size, part_size, most_compared = sizes
    compared = 0
    likes: list[LikeFacts] = []
    co_likes: dict[int, dict[int, dt.datetime]] = {}
    friendships: list[tuple[int, int]] = []
    while len(likes) < slice_size and compared < most_compared:
        # A short transaction a part: on PostgreSQL a long one would keep old rows of every table alive.
        with database.reading() as session:
            part = queries.read_fans(session, page_id, after=after, limit=part_size)
            ids = [like.account_id for like in part.likes]
            some, pages = queries.map_co_likes(session, page_id, ids)
            friendships += queries.list_friendships(session, page_id, ids)
        co_likes |= some
        compared += sum(map(len, some.values()))
        likes += [_completed(like, pages, views_since) for like in part.likes]
        after = part.after
        if after is None:
            break
    return likes, co_likes, friendships, after


def _completed(like: LikeFacts, pages: dict[int, int], views_since: dt.datetime | None) -> LikeFacts:
    """Return a like with how many pages its account likes, and whether a look at the page would be known.

    Of who came from a file one page is all we know, so it says nothing.
    """
    return replace(
        like,
        followed_pages=pages.get(like.account_id) if like.knows_views else None,
        knows_views=like.knows_views and views_since is not None and views_since <= like.liked_at,
    )


def _write(database: Database, page_id: int, flagged: Sequence[Judged], now: dt.datetime) -> None:
    for start in range(0, len(flagged), PART):
        rows = [
            {
                "page_id": page_id,
                "account_id": one.account_id,
                "score": one.score,
                "is_flagged": True,
                "reasons": one.reasons,
                "computed_at": now,
            }
            for one in flagged[start : start + PART]
        ]
        with database.transaction() as session:
            _upsert(
                session, FanScore, rows, key=["page_id", "account_id"],
                to=["score", "is_flagged", "reasons", "computed_at"],
            )  # fmt: skip


def _note_beginning(database: Database, page_id: int, total: int, now: dt.datetime) -> None:
    begun = {"started_at": now, "finished_at": None, "done": 0, "total": total}
    row = {"page_id": page_id, "asked_at": now, **begun}
    with database.transaction() as session:
        _upsert(session, FanLook, [row], key=["page_id"], to=list(begun))


def _note_progress(database: Database, page_id: int, done: int) -> None:
    with database.transaction() as session:
        session.execute(update(FanLook).where(FanLook.page_id == page_id).values(done=done))


def give_up_look(database: Database, *, page_id: int, now: dt.datetime) -> None:
    """Let a look that cannot be done count as over; the last report stays."""
    with database.transaction() as session:
        session.execute(
            update(FanLook)
            .where(FanLook.page_id == page_id, FanLook.finished_at.is_(None))
            .values(finished_at=now)
        )


def _report(database: Database, page_id: int, *, day: dt.date, counts: Counts, now: dt.datetime) -> FanReport:
    """Forget judgements that this look did not find again, and write the day's report."""
    with database.transaction() as session:
        session.execute(delete(FanScore).where(FanScore.page_id == page_id, FanScore.computed_at < now))
    reached = _count_reach(database, page_id, now)
    with database.transaction() as session:
        fans, signs = counts.fans, counts.signs
        doubted = min(queries.count_doubted(session, page_id), fans)
        # Who was called real is none of those whose signs are told.
        for reasons in queries.list_reasons_called_real(session, page_id):
            signs.subtract(signs_against(reasons))
        figures: dict[str, Any] = {"signs": dict(+signs), "imported": counts.imported, **reached}
        values = {"fans": fans, "real": fans - doubted, "figures": figures, "computed_at": now}
        _upsert(
            session, FanReport, [{"page_id": page_id, "day": day, **values}], key=["page_id", "day"], to=list(values)
        )  # fmt: skip
        session.execute(
            update(FanLook).where(FanLook.page_id == page_id).values(finished_at=now, done=fans, total=fans)
        )
        return session.get_one(FanReport, (page_id, day), populate_existing=True)


def _count_reach(database: Database, page_id: int, now: dt.datetime) -> dict[str, int]:
    """Return whom the posts of the last 28 days reached among the fans, with the flagged ones apart; sums over posts."""
    with database.reading() as session:
        posts = queries.list_recent_posts(session, page_id, now=now)
    sums = Counter[str]()
    for post_id in posts:
        with database.reading() as session:
            one = queries.count_reached(session, page_id, post_id)
        sums.update(
            reach=one.reach, engaged=one.engaged, flagged_reach=one.flagged_reach,
            flagged_engaged=one.flagged_engaged,
        )  # fmt: skip
    names = ("reach", "engaged", "flagged_reach", "flagged_engaged")
    return {"posts": len(posts), **{name: sums[name] for name in names}}


def _upsert(
    session: Session, model: type[Base], rows: Iterable[dict[str, Any]], *, key: list[str], to: list[str]
) -> None:
    add = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    statement = add(model)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=key, set_={name: getattr(statement.excluded, name) for name in to}
        ),
        list(rows),
    )
