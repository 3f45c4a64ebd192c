"""What a feed is sorted from: the followed pages, their posts, what was seen and hidden.

Each is one statement whose work is bounded, however much somebody follows. "The newest k of each of these" is
said in the words of each database: only PostgreSQL has LATERAL, and only SQLite looks into a correlated IN.
"""
# ruff: noqa: S608 - statements are put together from the texts of this file alone

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from shop.core.db import EnumText, Id, Reader, UtcDateTime
from shop.feed.models import PostKind
from shop.feed.ranking_models import FeedOrder, FeedSettings, KindWeight
from shop.page.models import Affinity

MAX_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Floor:
    """Below which instant and id something goes on; ``page_id`` 0 where it is not a page's."""

    at: dt.datetime
    id: int = MAX_ID
    page_id: int = 0


@dataclass(frozen=True, slots=True)
class FollowedPage:
    """A followed page that a round may ask, and when its newest visible post was published."""

    id: int
    last_post_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post that a followed page published."""

    id: int
    page_id: int
    kind: PostKind
    published_at: dt.datetime


def find_settings(session: Session, account_id: int) -> tuple[FeedOrder, dict[str, Any]]:
    """Return how somebody wants their feed sorted and their sliders; ranked and none when they never said."""
    row = session.execute(
        select(FeedSettings.sorting, FeedSettings.sliders).where(FeedSettings.account_id == account_id)
    ).one_or_none()
    return (FeedOrder.RANKED, {}) if row is None else (row[0], row[1])


# Which pages

_NOT_ASKED = {
    "sqlite": "f.page_id NOT IN (SELECT value FROM json_each(:asked))",
    "postgresql": "f.page_id NOT IN (SELECT value::bigint FROM json_array_elements_text(CAST(:asked AS json)))",
}
_PAGES = """
SELECT f.page_id, v.last_post_at
FROM page_followers AS f JOIN page_versions AS v ON v.page_id = f.page_id
WHERE f.account_id = :account_id AND v.last_post_at IS NOT NULL AND {not_asked}
ORDER BY v.last_post_at DESC, f.page_id DESC LIMIT :most
"""
_CLOSEST = """
SELECT a.page_id, v.last_post_at
FROM affinities AS a
JOIN page_followers AS f ON f.account_id = a.account_id AND f.page_id = a.page_id
JOIN page_versions AS v ON v.page_id = a.page_id
WHERE a.account_id = :account_id AND v.last_post_at IS NOT NULL AND {not_asked}
ORDER BY a.level DESC LIMIT :most
"""
_PAGE_COLUMNS: dict[str, Any] = {"page_id": Id, "last_post_at": UtcDateTime()}


def in_words_of(session: Session, sql: Mapping[str, Any]) -> Any:
    """Return the statement that is written for the session's database."""
    return sql[session.get_bind().dialect.name]


def _page_statement(sql: str) -> dict[str, Any]:
    return {
        name: text(sql.format(not_asked=condition)).columns(**_PAGE_COLUMNS)
        for name, condition in _NOT_ASKED.items()
    }


_NEWEST_PAGES, _CLOSEST_PAGES = _page_statement(_PAGES), _page_statement(_CLOSEST)


def list_newest_pages(
    session: Session, account_id: int, *, asked: Collection[int], limit: int
) -> list[FollowedPage]:
    """Return the followed pages outside ``asked`` whose newest post is newest, newest first."""
    return _list_pages(session, _NEWEST_PAGES, account_id, asked, limit)


def list_closest_pages(
    session: Session, account_id: int, *, asked: Collection[int], limit: int
) -> list[FollowedPage]:
    """Return the followed pages outside ``asked`` that the account is closest to, closest first."""
    return _list_pages(session, _CLOSEST_PAGES, account_id, asked, limit)


def _list_pages(
    session: Session, sql: Mapping[str, Any], account_id: int, asked: Collection[int], limit: int
) -> list[FollowedPage]:
    values = {"account_id": account_id, "asked": json.dumps(sorted(asked)), "most": limit}
    return [FollowedPage(*row) for row in session.execute(in_words_of(session, sql), values)]


def map_levels(session: Session, account_id: int, page_ids: Collection[int]) -> dict[int, float]:
    """Return the account's level with each of the pages that it has one with."""
    statement = select(Affinity.page_id, Affinity.level).where(
        Affinity.account_id == account_id, Affinity.page_id.in_(list(page_ids))
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def map_kind_weights(session: Session, page_ids: Collection[int]) -> dict[int, dict[PostKind, float]]:
    """Return the learned weights of kinds by page; pages that learned none are left out."""
    statement = select(KindWeight.page_id, KindWeight.kind, KindWeight.weight).where(
        KindWeight.page_id.in_(list(page_ids))
    )
    weights: dict[int, dict[PostKind, float]] = {}
    for page_id, kind, weight in session.execute(statement):
        weights.setdefault(page_id, {})[kind] = weight
    return weights


# Which posts

_BELOW = """
  SELECT q.id FROM posts AS q
  WHERE q.page_id = {page_id} AND q.status = 'published' AND q.deleted_at IS NULL
    AND (q.published_at, q.id) < ({at}, {id})
  ORDER BY q.published_at DESC, q.id DESC LIMIT :each
"""
_POST_COLUMNS: dict[str, Any] = {"published_at": UtcDateTime(), "kind": EnumText(PostKind)}
_POSTS_BELOW = {
    "sqlite": text(
        "SELECT p.id, p.page_id, p.kind, p.published_at FROM json_each(:floors) AS e CROSS JOIN posts AS p"
        f" WHERE p.id IN ({_BELOW})".format(
            page_id="json_extract(e.value, '$[0]')",
            at="json_extract(e.value, '$[1]')",
            id="json_extract(e.value, '$[2]')",
        )
    ).columns(**_POST_COLUMNS),
    "postgresql": text(
        "SELECT p.id, p.page_id, p.kind, p.published_at"
        " FROM json_array_elements(CAST(:floors AS json)) AS e CROSS JOIN LATERAL"
        f" ({_BELOW}) AS p".replace("SELECT q.id FROM", "SELECT q.id, q.page_id, q.kind, q.published_at FROM")
        .format(
            page_id="CAST(e ->> 0 AS bigint)",
            at="CAST(e ->> 1 AS timestamptz)",
            id="CAST(e ->> 2 AS bigint)",
        )
    ).columns(**_POST_COLUMNS),
}  # fmt: skip


def list_posts_below(session: Session, floors: Sequence[Floor], *, each: int) -> list[Candidate]:
    """Return the newest ``each`` visible posts of every page below its floor, in no order."""
    if not floors:
        return []
    values = {"floors": _floors_json(session, floors), "each": each}
    return [Candidate(*row) for row in session.execute(in_words_of(session, _POSTS_BELOW), values)]


def _floors_json(session: Session, floors: Sequence[Floor]) -> str:
    return json.dumps([[floor.page_id, _instant(session, floor.at), floor.id] for floor in floors])


def _instant(session: Session, at: dt.datetime) -> str:
    """Return an instant inside JSON as the database compares it."""
    utc = at.astimezone(dt.UTC)
    if session.get_bind().dialect.name == "sqlite":
        return utc.strftime("%Y-%m-%d %H:%M:%S.%f")
    return utc.isoformat()


_MARKS = text(
    "SELECT post_id, times FROM post_views WHERE reader_key = :reader_key AND post_id IN :post_ids"
    " UNION ALL SELECT post_id, -1 FROM hidden_posts WHERE account_id = :account_id AND post_id IN :post_ids"
).bindparams(bindparam("post_ids", expanding=True))


def list_seen(
    session: Session, account_id: int, post_ids: Collection[int]
) -> tuple[dict[int, int], set[int]]:
    """Return how often the account saw each of the posts, and which of them it has hidden."""
    values = {"reader_key": f"a:{account_id}", "account_id": account_id, "post_ids": list(post_ids)}
    seen, hidden = {}, set()
    for post_id, times in session.execute(_MARKS, values):
        if times < 0:
            hidden.add(post_id)
        else:
            seen[post_id] = times
    return seen, hidden


# What is left of it

_STILL_THERE = text("""
SELECT p.id, f.id IS NOT NULL AS is_followed
FROM posts AS p LEFT JOIN page_followers AS f ON f.page_id = p.page_id AND f.account_id = :account_id
WHERE p.id IN :post_ids AND p.status = 'published' AND p.deleted_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM hidden_posts AS h WHERE h.account_id = :account_id AND h.post_id = p.id)
""").bindparams(bindparam("post_ids", expanding=True))


def map_still_there(session: Session, account_id: int, post_ids: Collection[int]) -> dict[int, bool]:
    """Return which of the posts are visible and not hidden, and whether their page is followed."""
    if not post_ids:
        return {}
    values = {"account_id": account_id, "post_ids": list(post_ids)}
    return {row[0]: bool(row[1]) for row in session.execute(_STILL_THERE, values)}


_NEWS = text("""
SELECT count(*), max(id) FROM (
  SELECT p.id FROM page_followers AS f
  JOIN page_versions AS v ON v.page_id = f.page_id AND v.last_post_at > :since
  JOIN posts AS p ON p.page_id = f.page_id AND p.status = 'published' AND p.deleted_at IS NULL
    AND p.published_at > :since
  WHERE f.account_id = :account_id LIMIT :most
) AS news
""").bindparams(bindparam("since", type_=UtcDateTime()))


def count_news(session: Reader, account_id: int, *, since: dt.datetime, most: int) -> tuple[int, int]:
    """Return how many visible posts the followed pages published since an instant (``most`` at most), and a highest id."""
    row = session.execute(_NEWS, {"account_id": account_id, "since": since, "most": most}).one()
    return int(row[0]), int(row[1] or 0)


_POPULAR = text("""
SELECT c.post_id FROM post_counts AS c JOIN posts AS p ON p.id = c.post_id
WHERE c.post_id IN :post_ids AND p.published_at > :since
ORDER BY c.reactions + 4 * c.comments + 8 * c.shares DESC, c.post_id DESC LIMIT :most
""").bindparams(bindparam("post_ids", expanding=True), bindparam("since", type_=UtcDateTime()))


def list_popular(session: Session, post_ids: Collection[int], *, since: dt.datetime, limit: int) -> list[int]:
    """Return those of the posts that brought most since an instant, most first."""
    values = {"post_ids": list(post_ids), "since": since, "most": limit}
    return list(session.scalars(_POPULAR, values))
