"""Every SELECT over notifications and how people want them."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, func, or_, select, tuple_
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.core.errors import NotFound
from shop.core.places import Place, require_place
from shop.notifications.models import MailPace, Notification, NotificationKind, NotificationSetting
from shop.notifications.settings import DEFAULTS, Setting

OF_PEOPLE = frozenset(
    {
        NotificationKind.COMMENT_REPLY, NotificationKind.COMMENT_LIKE, NotificationKind.FRIEND_REQUEST,
        NotificationKind.FRIEND_ACCEPTED, NotificationKind.SHARE,
    }
)  # fmt: skip
"""Kinds by which one person is told of others; what staff are told is the page's."""
MOST_OF_PEOPLE = 1000

Key = tuple[int, NotificationKind, str]
"""What is added together while it is unread: account, kind and subject."""


@dataclass(frozen=True, slots=True)
class NotificationPage:
    """A part of somebody's notifications, the latest first; ``next_cursor`` is None at the end.

    ``first_cursor`` is the place of the first of them, "" when there is none.
    """

    notifications: Sequence[Notification]
    next_cursor: str | None
    first_cursor: str = ""


def list_notifications(
    session: Session, *, account_id: int, cursor: str | None = None, limit: int = 30
) -> NotificationPage:
    """Return what an account is told in the app, what happened last first; BadCursor for one of no list."""
    statement = select(Notification).where(Notification.account_id == account_id, Notification.in_app)
    if cursor:
        place = tuple_(Notification.updated_at, Notification.id)
        statement = statement.where(place < tuple_(*require_place(cursor)))
    statement = statement.order_by(Notification.updated_at.desc(), Notification.id.desc()).limit(limit + 1)
    found = session.scalars(statement).all()
    shown = found[:limit]
    first, last = (str(Place(row.updated_at, row.id)) for row in (shown[0], shown[-1])) if shown else ("", "")
    return NotificationPage(shown, last if len(found) > limit else None, first)


def get_notification(session: Session, *, account_id: int, notification_id: int) -> Notification:
    """Return a notification of the account; NotFound when it has none with this id."""
    mine = select(Notification).where(
        Notification.id == notification_id, Notification.account_id == account_id
    )
    found = session.scalars(mine).one_or_none()
    if found is None:
        raise NotFound
    return found


def lock_accounts(session: Session, account_ids: Collection[int]) -> dict[int, str]:
    """Take the rows of accounts, the lowest id first, and return the languages of those that are there.

    Whoever writes notifications takes their account first, so that what is counted on it is exact. The lock lets
    others refer to the account meanwhile (a new order, a comment); it comes last in a transaction.
    """
    statement = select(Account.id, Account.language).where(Account.id.in_(sorted(account_ids)))
    rows = session.execute(statement.order_by(Account.id).with_for_update(key_share=True))
    return {row.id: row.language for row in rows}


def map_settings(
    session: Session, account_ids: Collection[int]
) -> dict[tuple[int, NotificationKind], Setting]:
    """Return how accounts want to be told of each kind, defaults included."""
    chosen: dict[tuple[int, NotificationKind], Setting] = {
        (account_id, kind): setting for account_id in account_ids for kind, setting in DEFAULTS.items()
    }
    statement = select(NotificationSetting).where(NotificationSetting.account_id.in_(list(account_ids)))
    for row in session.scalars(statement):
        chosen[row.account_id, row.kind] = Setting(row.in_app, row.mail)
    return chosen


def load_settings(session: Session, account_id: int) -> dict[NotificationKind, Setting]:
    """Return how an account wants to be told of each kind, defaults included."""
    return {kind: setting for (_, kind), setting in map_settings(session, [account_id]).items()}


def map_unread(session: Session, keys: Iterable[Key]) -> dict[Key, Notification]:
    """Return the unread notifications of these accounts, kinds and subjects, as they are now."""
    place = tuple_(Notification.account_id, Notification.kind, Notification.subject)
    statement = select(Notification).where(place.in_(list(keys)), Notification.read_at.is_(None))
    rows = session.scalars(statement, execution_options={"populate_existing": True})
    return {(row.account_id, row.kind, row.subject): row for row in rows}


def list_quoting(session: Session, paths: Collection[str]) -> list[Notification]:
    """Return the notifications that quote a comment at one of these addresses, as they are now."""
    statement = select(Notification).where(
        Notification.path.in_(list(paths)),
        Notification.kind.in_([NotificationKind.COMMENT_REPLY, NotificationKind.PAGE_COMMENT]),
    )
    return list(session.scalars(statement, execution_options={"populate_existing": True}))


def list_told_of_people(session: Session, account_id: int) -> list[Notification]:
    """Return what an account was told of other people, the latest first, at most ``MOST_OF_PEOPLE``."""
    statement = select(Notification).where(
        Notification.account_id == account_id, Notification.kind.in_(list(OF_PEOPLE))
    )
    statement = statement.order_by(Notification.updated_at.desc(), Notification.id.desc()).limit(
        MOST_OF_PEOPLE
    )
    return list(session.scalars(statement, execution_options={"populate_existing": True}))


def list_unmailed(session: Session, account_id: int, *, since: dt.datetime) -> list[Notification]:
    """Return what an account has not read and was not mailed, the latest first; nothing from before ``since``."""
    statement = select(Notification).where(
        Notification.account_id == account_id,
        Notification.read_at.is_(None),
        Notification.mailed_at.is_(None),
        Notification.updated_at >= since,
    )
    return list(session.scalars(statement.order_by(Notification.updated_at.desc(), Notification.id.desc())))


def list_still_news(session: Session, account_id: int, ids: Collection[int]) -> list[Notification]:
    """Return which of an account's notifications a mail may still tell of, the latest first.

    Those that were read meanwhile, and kinds of which the account wants no mail any more, are left out.
    """
    settings = load_settings(session, account_id)
    wanted = [kind for kind, setting in settings.items() if setting.mail is not MailPace.NEVER]
    statement = select(Notification).where(
        Notification.account_id == account_id,
        Notification.id.in_(list(ids)),
        Notification.kind.in_(wanted),
        or_(Notification.read_at.is_(None), Notification.in_app.is_(False)),
    )
    return list(session.scalars(statement.order_by(Notification.updated_at.desc(), Notification.id.desc())))


def unread_total(account_id: int) -> ScalarSelect[int]:
    """Return a SELECT of the number of notifications that an account has not read: what the bell shows."""
    statement = select(func.count()).select_from(Notification)
    return statement.where(
        Notification.account_id == account_id, Notification.read_at.is_(None), Notification.in_app
    ).scalar_subquery()


def list_old_read(session: Session, *, before: dt.datetime, limit: int) -> list[int]:
    """Return the ids of up to ``limit`` notifications that were read before an instant."""
    statement = select(Notification.id).where(Notification.read_at < before).order_by(Notification.id)
    return list(session.scalars(statement.limit(limit)))
