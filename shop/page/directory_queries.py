"""Every SELECT of the directory: pages by their followers or found by words, and what suggestions are made of.

Suggestions look at samples of a fixed size, so that they cost the same however many people like a page.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, Select, exists, or_, select, union_all
from sqlalchemy.orm import Session

from shop.accounts.profile_models import Audience, Profile
from shop.page.models import Follower, Page, PageWord, StaffMember
from shop.people.models import Friend

MATCHES = 1000
"""So many words that begin with what was typed are looked at."""


def list_most_followed(session: Session, *, limit: int, after: tuple[int, int] | None = None) -> list[Page]:
    """Return pages, most followed first; ``after`` is the last one's (followers, id)."""
    statement = select(Page).order_by(Page.follower_count.desc(), Page.id).limit(limit)
    if after is not None:
        followers, page_id = after
        statement = statement.where(
            or_(Page.follower_count < followers, (Page.follower_count == followers) & (Page.id > page_id))
        )
    return list(session.scalars(statement))


def find_by_words(session: Session, terms: Sequence[str]) -> Sequence[Row[int, str, int]]:
    """Return (id, name, followers) of the pages with a word beginning with each term (without accents)."""
    longest, *others = sorted(terms, key=len, reverse=True)
    found = _beginning(longest).order_by(PageWord.word, PageWord.page_id).limit(MATCHES).subquery()
    statement = select(Page.id, Page.name, Page.follower_count).where(Page.id.in_(select(found.c.page_id)))
    for term in others:
        statement = statement.where(Page.id.in_(_beginning(term)))
    return session.execute(statement).all()


def _beginning(term: str) -> Select[int]:
    return select(PageWord.page_id).where(PageWord.word >= term, PageWord.word < f"{term}\U0010ffff")


def list_newest_likes(session: Session, account_id: int, *, limit: int) -> list[tuple[int, str]]:
    """Return (id, name) of the pages that the account liked last."""
    statement = (
        select(Page.id, Page.name)
        .join(Follower, Follower.page_id == Page.id)
        .where(Follower.account_id == account_id)
        .order_by(Follower.followed_at.desc(), Follower.id.desc())
        .limit(limit)
    )
    return [(page_id, name) for page_id, name in session.execute(statement)]


def list_newest_followers(
    session: Session, page_ids: Collection[int], *, each: int, but: int
) -> list[tuple[int, int]]:
    """Return (page id, account id) of each page's ``each`` newest followers, the account ``but`` left out."""
    if not page_ids:
        return []
    parts = [
        select(Follower.page_id, Follower.account_id)
        .where(Follower.page_id == page_id, Follower.account_id != but)
        .order_by(Follower.followed_at.desc(), Follower.id.desc())
        .limit(each)
        .subquery()
        .select()
        for page_id in page_ids
    ]
    return [(page_id, account_id) for page_id, account_id in session.execute(union_all(*parts))]


def list_likes_of_people(
    session: Session, account_ids: Collection[int], *, each: int
) -> list[tuple[int, int]]:
    """Return (account id, page id) of the ``each`` newest likes of each account, at most 400 accounts.

    One SELECT each, joined into one statement: SQLite knows no LATERAL, and a window would read all that
    somebody ever liked.
    """
    if not account_ids:
        return []
    parts = [
        select(Follower.account_id, Follower.page_id)
        .where(Follower.account_id == account_id)
        .order_by(Follower.followed_at.desc(), Follower.id.desc())
        .limit(each)
        .subquery()
        .select()
        for account_id in account_ids
    ]
    return [(account_id, page_id) for account_id, page_id in session.execute(union_all(*parts))]


def list_telling_friends(session: Session, account_id: int, *, limit: int) -> list[int]:
    """Return ids of friends who let their friends see what they like, the newest friends first."""
    statement = (
        select(Friend.friend_id)
        .join(Profile, Profile.account_id == Friend.friend_id)
        .where(
            Friend.account_id == account_id,
            Profile.likes_visibility != Audience.NOBODY,
            Profile.visibility != Audience.NOBODY,
        )
        .order_by(Friend.since.desc(), Friend.friend_id.desc())
        .limit(limit)
    )
    return list(session.scalars(statement))


def list_new_to(session: Session, account_id: int, page_ids: Collection[int]) -> dict[int, int]:
    """Return the follower counts, by id, of those pages that the account neither likes nor works on."""
    if not page_ids:
        return {}
    statement = _new_to(select(Page.id, Page.follower_count), account_id).where(Page.id.in_(list(page_ids)))
    return dict(session.execute(statement).all())


def list_starters(
    session: Session, account_id: int, *, but: Collection[int], newest: bool, limit: int
) -> list[Page]:
    """Return pages that are new to the account, without those ``but``: the newest ones or the most followed."""
    order = (Page.created_at.desc(), Page.id.desc()) if newest else (Page.follower_count.desc(), Page.id)
    statement = _new_to(select(Page), account_id).where(Page.id.not_in(list(but)))
    return list(session.scalars(statement.order_by(*order).limit(limit)))


def _new_to(statement: Any, account_id: int) -> Any:
    likes = exists().where(Follower.page_id == Page.id, Follower.account_id == account_id)
    works = exists().where(StaffMember.page_id == Page.id, StaffMember.account_id == account_id)
    return statement.where(~likes, ~works)
