"""Rows that tie two people together, written alike by every act that makes or ends a tie."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Insert, Update, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.core.db import Base
from shop.core.errors import DomainError
from shop.core.fading import raised
from shop.core.i18n import N_
from shop.notifications.models import NotificationKind
from shop.notifications.service import withdraw
from shop.people.models import PersonFollow
from shop.people.queries import count_followed

MAKING_FRIENDS = 1.0
FOLLOWING = 1.0
SHARING_WITH = 4.0
"""How much an act brings the one who does it closer to the other; it fades by half every 14 days."""


MAX_FOLLOWED = 5000
"""Who follows so many people, friends among them, follows nobody else, so that a feed has an end of whom it asks."""


class TooManyFollowed(DomainError):
    """Somebody follows as many people as anybody can."""

    code = "too_many_followed"
    status = 409
    message = N_("Nobody can follow more than %(most)s people.")

    def __init__(self) -> None:
        super().__init__(most=MAX_FOLLOWED)


def lock_pair(session: Session, a: int, b: int) -> None:
    """Make other changes of what is between these two accounts wait until this transaction ends.

    Always in ascending order, so that two who act at once cannot wait for each other. What only refers to
    the accounts is not held up.
    """
    for account_id in sorted((a, b)):
        session.execute(select(Account.id).where(Account.id == account_id).with_for_update(key_share=True))


def insert_if_new(
    session: Session, model: type[Base], rows: list[dict[str, Any]], *, key: list[str]
) -> Insert:
    """Return an INSERT of ``rows`` that leaves rows with the same ``key`` as they are."""
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    return insert(model).values(rows).on_conflict_do_nothing(index_elements=key)


def write_follow(session: Session, *, follower_id: int, person_id: int, now: dt.datetime) -> None:
    """Let one person follow another; nothing happens when they do."""
    row: Mapping[str, Any] = {"follower_id": follower_id, "person_id": person_id, "since": now, "level": 0.0}
    session.execute(insert_if_new(session, PersonFollow, [dict(row)], key=["follower_id", "person_id"]))


def begin_to_follow(session: Session, *, follower_id: int, person_id: int, now: dt.datetime) -> None:
    """Let one person follow another whom they did not; TooManyFollowed. The follower's account must be locked."""
    if count_followed(session, follower_id) >= MAX_FOLLOWED:
        raise TooManyFollowed
    write_follow(session, follower_id=follower_id, person_id=person_id, now=now)
    raise_person_affinity(session, follower_id=follower_id, person_id=person_id, weight=FOLLOWING, now=now)


def raise_person_affinity(
    session: Session, *, follower_id: int, person_id: int, weight: float, now: dt.datetime
) -> None:
    """Let a follower be closer to a person by ``weight``; nothing happens when they do not follow. Two at once both count."""
    row = PersonFollow.follower_id == follower_id, PersonFollow.person_id == person_id
    level = session.scalar(select(PersonFollow.level).where(*row).with_for_update())
    if level is not None:
        session.execute(_set_level(follower_id, person_id, raised(level, weight, now)))


def _set_level(follower_id: int, person_id: int, level: float) -> Update:
    return (
        update(PersonFollow)
        .where(PersonFollow.follower_id == follower_id, PersonFollow.person_id == person_id)
        .values(level=level)
        .execution_options(synchronize_session=False)
    )


def tell_no_more(session: Session, account_id: int, kind: NotificationKind, *, of: int) -> None:
    """Take back that an account was told of something by the person ``of`` that is not so any more."""
    withdraw(session, account_id=account_id, kind=kind, subject=f"person:{of}")
