"""Tells people things, for tests."""

import datetime as dt

from sqlalchemy import select

from shop.accounts.models import Account
from shop.core.db import Database
from shop.notifications.models import NotificationKind
from shop.notifications.service import notify


def tell(
    database: Database, account: Account, *, now: dt.datetime, actors: list[str] | None = None,
    kind: NotificationKind = NotificationKind.COMMENT_REPLY, subject: str = "comment:7",
    path: str = "/p/lumen/posts/12#comment-7",
) -> None:  # fmt: skip
    """Tell an account that somebody answered its comment, unless it is to be another kind."""
    data = {"actors": actors or ["Marc"], "page": "Atelier Lumen", "excerpt": "So do I!"}
    with database.transaction() as session:
        notify(session, account_id=account.id, kind=kind, subject=subject, path=path, data=data, now=now)


def unread_count(database: Database, account: Account) -> int:
    """Return the number that the bell shows."""
    with database.reading() as session:
        return session.scalars(select(Account.unread_count).where(Account.id == account.id)).one()
