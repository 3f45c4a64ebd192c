"""Telling people: one row a subject while it is unread, the number of unread ones on the account."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.notifications.models import Notification, NotificationKind


def notify(
    session: Session, *, account_id: int, kind: NotificationKind, subject: str, path: str, data: Mapping[str, Any],
    now: dt.datetime,
) -> None:  # fmt: skip
    """Tell an account of something; more of the same subject adds to what it has not read yet.

    ``path`` is an address of ours without its language; ``data`` is what the sentence needs (``texts.py``).
    """
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    fresh = insert(Notification).values(
        account_id=account_id, kind=kind, subject=subject, path=path, data=dict(data), count=1, created_at=now,
        updated_at=now,
    )  # fmt: skip
    session.execute(
        fresh.on_conflict_do_update(
            index_elements=["account_id", "kind", "subject"],
            index_where=Notification.read_at.is_(None),
            set_={"count": Notification.count + 1, "path": path, "data": dict(data), "updated_at": now},
        )
    )
    count_unread(session, account_id)


def count_unread(session: Session, account_id: int) -> None:
    """Write on the account how many of its notifications are unread."""
    unread = (
        select(func.count())
        .select_from(Notification)
        .where(Notification.account_id == account_id, Notification.read_at.is_(None))
        .scalar_subquery()
    )
    session.execute(
        update(Account).where(Account.id == account_id).values(unread_count=unread)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
