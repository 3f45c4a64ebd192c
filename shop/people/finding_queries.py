"""Who is shown to whom: friends by name, requests, people whom somebody looks for or may know."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from shop.accounts.models import Account, AccountWord
from shop.accounts.profile_models import Audience, Profile
from shop.accounts.queries import having_words
from shop.core.text_search import terms_of, words_of
from shop.people.models import Friend, FriendRequest
from shop.people.queries import MAX_FRIENDS, Person, select_people, unblocked

MAX_LOOKED_AT = 400
"""How many words that begin as somebody typed a search looks at beyond one's friends."""
MAX_STARTS = 100
MAX_STEPS = 20_000
"""Suggestions look at the friends of so many of one's friends, and at so many ties in all."""


@dataclass(frozen=True, slots=True)
class Found:
    """A person in a list, and what they are to the viewer."""

    id: int
    name: str
    handle: str
    avatar: dict[str, Any] | None
    is_friend: bool = False
    mutual_count: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A request between the viewer and a person, with how many friends the two have in common."""

    id: int
    name: str
    handle: str
    avatar: dict[str, Any] | None
    asked_at: dt.datetime
    mutual_count: int


def list_friends(
    session: Session, account_id: int, *, limit: int, after: tuple[str, int] | None = None, query: str = "",
    hidden_from: int | None = None, only_id: int | None = None,
) -> list[Person]:  # fmt: skip
    """Return friends by name, from behind ``after`` (name and id); those whose names have all words of ``query``.

    Those who have blocked ``hidden_from``, or whom that one has, are left out. Words of e-mail addresses find
    nobody, as in ``search_people``.
    """
    terms = terms_of(query)
    statement = (
        select_people()
        .join(Friend, Friend.friend_id == Account.id)
        .where(Friend.account_id == account_id)
        .order_by(Account.name, Account.id)
        # The words in the database are those of addresses, too: which ones are names' is seen here.
        .limit(MAX_FRIENDS if terms else limit)
    )
    if after is not None:
        name, last_id = after
        statement = statement.where(
            or_(Account.name > name, and_(Account.name == name, Account.id > last_id))
        )
    for term in terms:
        statement = statement.where(_has_word(term))
    if only_id is not None:
        statement = statement.where(Account.id == only_id)
    if hidden_from is not None:
        statement = statement.where(unblocked(hidden_from, Account.id))
    return [row for row in session.execute(statement) if has_name(row.name, terms)][:limit]


def _has_word(term: str) -> ColumnElement[bool]:
    # An account has a handful of words, which its index gives at once.
    word = aliased(AccountWord)
    return (
        exists()
        .where(word.account_id == Account.id, word.word >= term, word.word < f"{term}\U0010ffff")
        .correlate_except(word)
    )


def search_people(session: Session, account_id: int | None, query: str, *, limit: int) -> list[Found]:
    """Return people whose names have words beginning as those typed, friends first; at most ``limit``.

    Only who lets themselves be found, and nobody blocked. Words of e-mail addresses find nobody here: what is
    in an address is not told by who turns up for it.
    """
    terms = terms_of(query)
    if not terms:
        return []
    friends: list[Found] = []
    if account_id is not None:
        rows = list_friends(session, account_id, limit=limit, query=query)
        friends = [Found(*row, is_friend=True) for row in rows]
    known = {account_id, *(friend.id for friend in friends)}
    statement = (
        select_people()
        .where(
            Account.id.in_(having_words(terms, at_most=MAX_LOOKED_AT)), Profile.is_findable.is_(True),
        )
        .order_by(Account.name, Account.id)
        .limit(MAX_LOOKED_AT)
    )  # fmt: skip
    if account_id is not None:
        statement = statement.where(unblocked(account_id, Account.id))
    others = [
        Found(*row) for row in session.execute(statement) if row.id not in known and has_name(row.name, terms)
    ]
    return [*friends, *others][:limit]


def has_name(name: str, terms: Sequence[str]) -> bool:
    """Tell whether each term begins a word of the name."""
    words = words_of(name)
    return all(any(word.startswith(term) for word in words) for term in terms)


def list_requests_to(session: Session, account_id: int, *, limit: int) -> list[Asked]:
    """Return open requests to somebody, the latest first."""
    return _requests(session, account_id, FriendRequest.asker_id, FriendRequest.asked_id == account_id, limit)


def list_requests_by(session: Session, account_id: int, *, limit: int) -> list[Asked]:
    """Return open requests by somebody, the latest first."""
    return _requests(session, account_id, FriendRequest.asked_id, FriendRequest.asker_id == account_id, limit)


def _requests(
    session: Session, account_id: int, other: Any, mine: ColumnElement[bool], limit: int
) -> list[Asked]:
    statement = (
        select_people()
        .add_columns(FriendRequest.asked_at)
        .join(FriendRequest, other == Account.id)
        .where(mine, FriendRequest.declined_at.is_(None))
        .order_by(FriendRequest.asked_at.desc(), Account.id)
        .limit(limit)
    )
    rows = session.execute(statement).all()
    mutual = count_mutual_friends(session, account_id, [row.id for row in rows])
    return [
        Asked(row.id, row.name, row.handle, row.avatar, row.asked_at, mutual.get(row.id, 0)) for row in rows
    ]


def count_mutual_friends(session: Session, account_id: int, others: Sequence[int]) -> dict[int, int]:
    """Return how many friends somebody has in common with each of ``others``, where it is any; one statement."""
    if not others:
        return {}
    theirs = aliased(Friend)
    statement = (
        select(theirs.account_id, func.count())
        .join(Friend, Friend.friend_id == theirs.friend_id)
        .where(Friend.account_id == account_id, theirs.account_id.in_(list(others)))
        .group_by(theirs.account_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def list_mutual_friends(session: Session, a: int, b: int, *, limit: int) -> list[Person]:
    """Return friends that two people have in common, by name. Nobody whom ``a`` has blocked is a friend of theirs."""
    theirs = aliased(Friend)
    statement = (
        select_people()
        .join(Friend, Friend.friend_id == Account.id)
        .join(theirs, theirs.friend_id == Account.id)
        .where(Friend.account_id == a, theirs.account_id == b)
        .order_by(Account.name, Account.id)
        .limit(limit)
    )
    return list(session.execute(statement))


def list_people_you_may_know(session: Session, account_id: int, *, limit: int) -> list[Found]:
    """Return friends of friends who are none yet, those with most friends in common first; one statement.

    Bounded: it starts from the latest ``MAX_STARTS`` friends and looks at ``MAX_STEPS`` of their ties, so the
    numbers of who has more are a little low. A friend who hides their friends from everybody leads to nobody.
    """
    starts = (
        select(Friend.friend_id.label("id"))
        .join(Profile, Profile.account_id == Friend.friend_id)
        .where(Friend.account_id == account_id, Profile.friends_visibility != Audience.NOBODY)
        .order_by(Friend.since.desc(), Friend.friend_id)
        .limit(MAX_STARTS)
        .subquery()
    )
    onward = aliased(Friend)
    steps = (
        select(onward.friend_id.label("id"))
        .select_from(starts)
        .join(onward, onward.account_id == starts.c.id)
        .limit(MAX_STEPS)
        .subquery()
    )
    counted = (
        select(steps.c.id, func.count().label("mutual"))
        .where(steps.c.id != account_id)
        .group_by(steps.c.id)
        .subquery()
    )
    statement = (
        select_people()
        .add_columns(counted.c.mutual)
        .join(counted, counted.c.id == Account.id)
        .where(Profile.is_findable.is_(True), _is_new_to(account_id), unblocked(account_id, Account.id))
        .order_by(counted.c.mutual.desc(), Account.id)
        .limit(limit)
    )
    return [
        Found(row.id, row.name, row.handle, row.avatar, mutual_count=row.mutual)
        for row in session.execute(statement)
    ]


def _is_new_to(account_id: int) -> ColumnElement[bool]:
    """Return the condition that a person is no friend of ``account_id`` and neither has asked the other."""
    friend, mine, theirs = aliased(Friend), aliased(FriendRequest), aliased(FriendRequest)
    return and_(
        ~exists()
        .where(friend.account_id == account_id, friend.friend_id == Account.id)
        .correlate_except(friend),
        ~exists().where(mine.asker_id == account_id, mine.asked_id == Account.id).correlate_except(mine),
        ~exists()
        .where(theirs.asker_id == Account.id, theirs.asked_id == account_id)
        .correlate_except(theirs),
    )


def count_requests_to(session: Session, account_id: int) -> int:
    """Return how many open requests wait for somebody."""
    statement = (
        select(func.count())
        .select_from(FriendRequest)
        .where(FriendRequest.asked_id == account_id, FriendRequest.declined_at.is_(None))
    )
    return session.scalar(statement) or 0
