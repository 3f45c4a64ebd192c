"""What followed people did with posts, and what they share, for the feed."""
# ruff: noqa: S608 - statements are put together from the texts of this file alone

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, text
from sqlalchemy.orm import Session

from shop.core.db import EnumText, UtcDateTime
from shop.feed.feed_queries import Floor, in_words_of
from shop.feed.models import PostKind

CLOSE_PEOPLE = 200
"""Of so many followed people, the closest first, it is asked what they did with posts."""
ACTS_EACH = 20
"""So many of each one's newest reactions, and as many comments, are looked at."""

_UNBLOCKED = """
  NOT EXISTS (SELECT 1 FROM blocks AS b WHERE b.account_id = {person} AND b.blocked_id = :account_id)
  AND NOT EXISTS (SELECT 1 FROM blocks AS b WHERE b.account_id = :account_id AND b.blocked_id = {person})
"""
_OPEN_TO_ME = """
  EXISTS (
    SELECT 1 FROM profiles AS o WHERE o.account_id = {person} AND (o.visibility = 'everybody' OR (
      o.visibility = 'friends' AND EXISTS (
        SELECT 1 FROM friends AS x WHERE x.account_id = :account_id AND x.friend_id = {person}))))
"""
"""A person's shares for followers are seen by whom they show their profile to."""
_PEOPLE = f"""
  SELECT w.person_id, w.level FROM person_follows AS w
  WHERE w.follower_id = :account_id AND {_UNBLOCKED.format(person="w.person_id")}
"""
_CLOSE = f"{_PEOPLE} ORDER BY w.level DESC, w.person_id LIMIT {CLOSE_PEOPLE}"

# What they did

_REACTED = """
  SELECT {columns} FROM reactions AS q
  WHERE q.account_id = w.person_id AND q.at > :since AND q.at <= :now ORDER BY q.at DESC LIMIT :each
"""
_COMMENTED = """
  SELECT {columns} FROM comments AS q
  WHERE q.account_id = w.person_id AND q.at > :since AND q.at <= :now AND NOT q.is_page
    AND q.status = 'visible' AND q.deleted_at IS NULL ORDER BY q.at DESC LIMIT :each
"""
_ACTS_SQL = {
    "sqlite": f"""
WITH close AS MATERIALIZED ({_CLOSE})
SELECT 'reaction' AS act, r.post_id, w.person_id, w.level, r.at FROM close AS w CROSS JOIN reactions AS r
WHERE r.rowid IN ({_REACTED.format(columns="q.rowid")})
UNION ALL
SELECT 'comment', r.post_id, w.person_id, w.level, r.at FROM close AS w CROSS JOIN comments AS r
WHERE r.id IN ({_COMMENTED.format(columns="q.id")})
""",
    "postgresql": f"""
WITH close AS MATERIALIZED ({_CLOSE})
SELECT 'reaction' AS act, r.post_id, w.person_id, w.level, r.at
FROM close AS w CROSS JOIN LATERAL ({_REACTED.format(columns="q.post_id, q.at")}) AS r
UNION ALL
SELECT 'comment', r.post_id, w.person_id, w.level, r.at
FROM close AS w CROSS JOIN LATERAL ({_COMMENTED.format(columns="q.post_id, q.at")}) AS r
""",
}
_ACTS = {
    name: text(sql)
    .bindparams(bindparam("since", type_=UtcDateTime()), bindparam("now", type_=UtcDateTime()))
    .columns(at=UtcDateTime())
    for name, sql in _ACTS_SQL.items()
}


def list_acts(
    session: Session, account_id: int, *, since: dt.datetime, now: dt.datetime
) -> Sequence[Row[Any]]:
    """Return the newest reactions and comments of the closest followed people: act, post_id, person_id, level, at."""
    values = {"account_id": account_id, "since": since, "now": now, "each": ACTS_EACH}
    return session.execute(in_words_of(session, _ACTS), values).all()


# What they share

_STANDS = """
  s.deleted_at IS NULL AND (s.product_id IS NOT NULL OR EXISTS (
    SELECT 1 FROM posts AS p WHERE p.id = s.post_id AND p.status = 'published' AND p.deleted_at IS NULL))
"""
_SHARED = f"""
  SELECT s.id FROM shares AS s
  WHERE s.account_id = w.person_id AND s.audience = 'followers' AND (s.at, s.id) < (:at, :id) AND {_STANDS}
  ORDER BY s.at DESC, s.id DESC LIMIT :most
"""
_TO_ME = f"""
  SELECT s.id, (SELECT w.level FROM person_follows AS w
                WHERE w.follower_id = :account_id AND w.person_id = s.account_id) AS level
  FROM shares AS s
  WHERE s.recipient_id = :account_id AND (s.at, s.id) < (:at, :id) AND {_STANDS}
    AND {_UNBLOCKED.format(person="s.account_id")}
  ORDER BY s.at DESC, s.id DESC LIMIT :most
"""
_BY_PEOPLE = {
    "sqlite": f"SELECT s.id, w.level FROM open_people AS w CROSS JOIN shares AS s WHERE s.id IN ({_SHARED})",
    "postgresql": f"SELECT s.id, w.level FROM open_people AS w CROSS JOIN LATERAL ({_SHARED}) AS s",
}
_SHARES = {
    name: text(f"""
WITH open_people AS MATERIALIZED ({_PEOPLE} AND {_OPEN_TO_ME.format(person="w.person_id")})
SELECT s.id, s.account_id, s.post_id, s.product_id, s.page_id, s.at, mine.level, p.kind, p.published_at,
  f.id IS NOT NULL AS is_followed
FROM (SELECT * FROM ({by_people}) AS theirs UNION ALL SELECT * FROM ({_TO_ME}) AS to_me) AS mine
JOIN shares AS s ON s.id = mine.id
LEFT JOIN posts AS p ON p.id = s.post_id
LEFT JOIN page_followers AS f ON f.page_id = s.page_id AND f.account_id = :account_id
ORDER BY s.at DESC, s.id DESC LIMIT :most
""")
    .bindparams(bindparam("at", type_=UtcDateTime()))
    .columns(at=UtcDateTime(), published_at=UtcDateTime(), kind=EnumText(PostKind))
    for name, by_people in _BY_PEOPLE.items()
}


def list_shares_below(session: Session, account_id: int, floor: Floor, *, limit: int) -> Sequence[Row[Any]]:
    """Return the newest shares below a floor that are for the account, newest first, of things that still stand.

    Those are the shares to them, and the shares for followers by people whom they follow. A row has id, account_id, post_id or product_id, page_id, at, level (with the person, or None), and of a post
    kind, published_at and is_followed.
    """
    values = {"account_id": account_id, "at": floor.at, "id": floor.id, "most": limit}
    return session.execute(in_words_of(session, _SHARES), values).all()


_STANDING = (
    text(f"""
SELECT s.id, s.account_id, s.text, s.token, s.at, s.product_id, s.page_id
FROM shares AS s WHERE s.id IN :share_ids AND {_STANDS} AND {_UNBLOCKED.format(person="s.account_id")}
  AND (s.recipient_id = :account_id OR (
    EXISTS (SELECT 1 FROM person_follows AS w WHERE w.follower_id = :account_id AND w.person_id = s.account_id)
    AND {_OPEN_TO_ME.format(person="s.account_id")}))
""")
    .bindparams(bindparam("share_ids", expanding=True))
    .columns(at=UtcDateTime())
)


def map_standing_shares(session: Session, account_id: int, share_ids: Collection[int]) -> dict[int, Row[Any]]:
    """Return those of the shares that the account may still see, by id."""
    if not share_ids:
        return {}
    values = {"account_id": account_id, "share_ids": list(share_ids)}
    return {row.id: row for row in session.execute(_STANDING, values)}
