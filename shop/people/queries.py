"""Every SELECT over ties between people."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from shop.accounts.models import Account
from shop.accounts.profile_models import Profile
from shop.people.models import Block, Friend, FriendRequest, PersonFollow

MAX_FRIENDS = 5000
Person = Row[int, str, str, Any]
"""Of a person: ``id``, ``name``, ``handle`` and ``avatar``."""


def select_people() -> Select[int, str, str, Any]:
    """Return a SELECT of what a line about a person shows, to be narrowed."""
    return select(Account.id, Account.name, Profile.handle, Profile.avatar).join(
        Profile, Profile.account_id == Account.id
    )


def map_people(session: Session, account_ids: Collection[int]) -> dict[int, Person]:
    """Return name, handle and picture of people by account id; nothing is asked when there are none."""
    if not account_ids:
        return {}
    return {row.id: row for row in session.execute(select_people().where(Account.id.in_(list(account_ids))))}


def are_friends(session: Session, a: int | None, b: int | None) -> bool:
    """Tell whether two accounts are friends; a guest has none."""
    if a is None or b is None:
        return False
    statement = select(Friend.account_id).where(Friend.account_id == a, Friend.friend_id == b)
    return session.scalar(statement) is not None


def is_blocked(session: Session, a: int | None, b: int | None) -> bool:
    """Tell whether either of two accounts has blocked the other; guests are never blocked."""
    if a is None or b is None:
        return False
    statement = select(Block.account_id).where(
        or_(
            and_(Block.account_id == a, Block.blocked_id == b),
            and_(Block.account_id == b, Block.blocked_id == a),
        )
    )
    return session.scalars(statement.limit(1)).first() is not None


def has_blocked(session: Session, account_id: int, other_id: int) -> bool:
    """Tell whether the first account has blocked the second."""
    return session.get(Block, (account_id, other_id)) is not None


def blocked_ids(
    session: Session, account_id: int | None, *, among: Collection[int] | None = None
) -> set[int]:
    """Return the accounts that somebody has blocked and those that have blocked them; of ``among`` only, if given."""
    if account_id is None:
        return set()
    mine = select(Block.blocked_id).where(Block.account_id == account_id)
    theirs = select(Block.account_id).where(Block.blocked_id == account_id)
    if among is not None:
        mine = mine.where(Block.blocked_id.in_(list(among)))
        theirs = theirs.where(Block.account_id.in_(list(among)))
    return set(session.scalars(mine.union(theirs)))


def unblocked(account_id: int, other: InstrumentedAttribute[int] | ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that neither ``account_id`` nor the account in ``other`` has blocked the other."""
    mine, theirs = aliased(Block), aliased(Block)
    return and_(
        ~exists().where(mine.account_id == account_id, mine.blocked_id == other).correlate_except(mine),
        ~exists().where(theirs.account_id == other, theirs.blocked_id == account_id).correlate_except(theirs),
    )


def list_blocked_people(session: Session, account_id: int, *, limit: int, offset: int = 0) -> list[Person]:
    """Return up to ``limit`` of the people whom somebody has blocked, the latest first."""
    statement = (
        select_people()
        .join(Block, Block.blocked_id == Account.id)
        .where(Block.account_id == account_id)
        .order_by(Block.at.desc(), Account.id)
        .limit(limit)
        .offset(offset)
    )
    return list(session.execute(statement))


def find_request(session: Session, asker_id: int, asked_id: int) -> FriendRequest | None:
    """Return the request of one person to another, open or declined, or None."""
    return session.get(FriendRequest, (asker_id, asked_id), populate_existing=True)


def find_friendship(session: Session, account_id: int, friend_id: int) -> dt.datetime | None:
    """Return since when two are friends, or None."""
    statement = select(Friend.since).where(Friend.account_id == account_id, Friend.friend_id == friend_id)
    return session.scalar(statement)


def count_friends(session: Session, account_id: int, *, hidden_from: int | None = None) -> int:
    """Return how many friends somebody has, without those with a block between them and ``hidden_from``."""
    statement = select(func.count()).select_from(Friend).where(Friend.account_id == account_id)
    if hidden_from is not None:
        statement = statement.where(unblocked(hidden_from, Friend.friend_id))
    return session.scalar(statement) or 0


def has_mutual_friend(session: Session, a: int, b: int) -> bool:
    """Tell whether two accounts have a friend in common."""
    theirs = aliased(Friend)
    statement = (
        select(Friend.friend_id)
        .join(theirs, theirs.friend_id == Friend.friend_id)
        .where(Friend.account_id == a, theirs.account_id == b)
    )
    return session.scalars(statement.limit(1)).first() is not None


def is_following(session: Session, follower_id: int, person_id: int) -> bool:
    """Tell whether one person follows another."""
    return find_follow(session, follower_id, person_id) is not None


def count_followed(session: Session, account_id: int) -> int:
    """Return how many people somebody follows, friends among them."""
    statement = select(func.count()).select_from(PersonFollow).where(PersonFollow.follower_id == account_id)
    return session.scalar(statement) or 0


def find_follow(session: Session, follower_id: int, person_id: int) -> float | None:
    """Return the level of a follower's affinity with a person, or None when they do not follow."""
    statement = select(PersonFollow.level).where(
        PersonFollow.follower_id == follower_id, PersonFollow.person_id == person_id
    )
    return session.scalar(statement)


def find_profile(session: Session, handle: str) -> Row[Profile, str] | None:
    """Return the profile at address ``handle`` with its owner's ``name``, or None."""
    statement = (
        select(Profile, Account.name)
        .join(Account, Account.id == Profile.account_id)
        .where(Profile.handle == handle)
    )
    return session.execute(statement).one_or_none()


def find_profile_of(session: Session, account_id: int) -> Profile | None:
    """Return an account's profile, or None."""
    return session.get(Profile, account_id)


def list_handles(session: Session, *, beginning: str) -> list[str]:
    """Return the handles that begin with ``beginning`` (a-z, 0-9 and hyphens), at most 200."""
    statement = select(Profile.handle).where(
        Profile.handle >= beginning, Profile.handle < f"{beginning}\U0010ffff"
    )
    return list(session.scalars(statement.limit(200)))
