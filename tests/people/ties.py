"""Makes and reads ties between people for tests."""

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.profile_models import Profile
from shop.core.db import Database
from shop.people.models import Block, Friend, FriendRequest, PersonFollow
from shop.people.service import accept, ask
from tests.factories import START


def befriend(session: Session, one: Account, other: Account, *, now: dt.datetime = START) -> None:
    """Make two people friends as they do it themselves."""
    ask(session, asker_id=one.id, asked_id=other.id, now=now)
    accept(session, account_id=other.id, asker_id=one.id, now=now)


def set_profile(database: Database, account: Account, **values: Any) -> None:
    """Write settings of a profile."""
    with database.transaction() as session:
        profile = session.get_one(Profile, account.id)
        for name, value in values.items():
            setattr(profile, name, value)


def handle_of(account: Account) -> str:
    """Return the handle that an account gets at its sign-up (names of tests keep to a-z and é)."""
    return f"{account.name.lower().replace(' ', '-').replace('é', 'e')}-{account.id}"


def friendships(database: Database) -> set[tuple[int, int]]:
    """Return every row of a friendship."""
    with database.reading() as session:
        return {(row.account_id, row.friend_id) for row in session.scalars(select(Friend))}


def follows(database: Database) -> set[tuple[int, int]]:
    """Return who follows whom."""
    with database.reading() as session:
        return {(row.follower_id, row.person_id) for row in session.scalars(select(PersonFollow))}


def requests(database: Database) -> set[tuple[int, int]]:
    """Return every request, open or declined."""
    with database.reading() as session:
        return {(row.asker_id, row.asked_id) for row in session.scalars(select(FriendRequest))}


def blocks(database: Database) -> set[tuple[int, int]]:
    """Return who has blocked whom."""
    with database.reading() as session:
        return {(row.account_id, row.blocked_id) for row in session.scalars(select(Block))}


def both(one: Account, other: Account) -> set[tuple[int, int]]:
    """Return the two rows of a tie."""
    return {(one.id, other.id), (other.id, one.id)}
