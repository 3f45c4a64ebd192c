"""What somebody has read: it leaves the count at once, and after ninety days the database."""

import datetime as dt

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from shop.core.outbox import enqueue
from shop.notifications.models import Notification
from shop.notifications.queries import get_notification, list_old_read, lock_accounts
from shop.notifications.service import count_unread

KEPT = dt.timedelta(days=90)
"""So long is kept what was read."""
PURGE_NOTIFICATIONS = "purge_notifications"
BATCH = 500


def mark_read(session: Session, *, account_id: int, notification_id: int, now: dt.datetime) -> Notification:
    """Mark a notification of the account as read and return it; NotFound when it has none with this id."""
    lock_accounts(session, [account_id])
    found = get_notification(session, account_id=account_id, notification_id=notification_id)
    if found.read_at is None:
        found.read_at = now
        session.flush()
        _follow(session, account_id, now)
    return found


def mark_all_read(session: Session, *, account_id: int, until: dt.datetime | None, now: dt.datetime) -> int:
    """Mark what the account is told in the app as read, if it happened until then; return how many that were.

    ``until`` is when the latest on their page happened: what came meanwhile stays unread. None is everything.
    """
    lock_accounts(session, [account_id])
    statement = update(Notification).where(
        Notification.account_id == account_id, Notification.read_at.is_(None), Notification.in_app
    )
    if until is not None:
        statement = statement.where(Notification.updated_at <= until)
    marked = session.execute(
        statement.values(read_at=now).returning(Notification.id),
        execution_options={"synchronize_session": False},
    ).all()
    if marked:
        _follow(session, account_id, now)
    return len(marked)


def _follow(session: Session, account_id: int, now: dt.datetime) -> None:
    count_unread(session, account_id)
    queue_purge(session, now)


def queue_purge(session: Session, now: dt.datetime) -> None:
    """Have what is read now removed in ninety days: one job for all that is read on one day."""
    at = now + KEPT + dt.timedelta(days=1)
    enqueue(
        session, kind=PURGE_NOTIFICATIONS, subject=at.date().isoformat(), payload={}, now=now,
        run_at=at.replace(hour=3, minute=0, second=0, microsecond=0) + dt.timedelta(days=1),
    )  # fmt: skip


def purge_read(session: Session, *, now: dt.datetime, limit: int = BATCH) -> int:
    """Remove up to ``limit`` notifications that were read more than ninety days ago; return how many that were."""
    ids = list_old_read(session, before=now - KEPT, limit=limit)
    if ids:
        session.execute(delete(Notification).where(Notification.id.in_(ids)))
    return len(ids)
