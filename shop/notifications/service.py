"""Telling people: one row a subject while it is unread, the number of unread ones on the account.

What is told in a transaction is written at its end, account by account in ascending order: so it does not matter
in which order things happen, nobody waits for each other, and the accounts' rows are held only for a moment.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.core.db import do_last
from shop.core.outbox import enqueue
from shop.notifications.merging import first_data, merged_data
from shop.notifications.models import MailPace, Notification, NotificationKind
from shop.notifications.mornings import next_morning
from shop.notifications.queries import (
    Key,
    list_quoting,
    lock_accounts,
    map_settings,
    map_unread,
    unread_total,
)
from shop.notifications.settings import Setting

WRITE_DIGEST = "write_digest"
_WAITING = "vitrine.notifications"
_UNTRUE = "vitrine.untrue_notifications"
_QUOTED = "vitrine.quoted_notifications"


@dataclass(frozen=True, slots=True)
class _News:
    account_id: int
    kind: NotificationKind
    subject: str
    path: str
    data: Mapping[str, Any]
    now: dt.datetime

    @property
    def key(self) -> Key:
        return self.account_id, self.kind, self.subject


def notify(
    session: Session, *, account_id: int, kind: NotificationKind, subject: str, path: str, data: Mapping[str, Any],
    now: dt.datetime,
) -> None:  # fmt: skip
    """Tell an account of something; more of the same subject adds to what it has not read yet.

    ``path`` is an address of ours without its language; ``data`` is what the sentence needs (``texts.py``). It is
    written at the end of the transaction. What the account does not want to be told of is left out.
    """
    news = _News(account_id, kind, subject, path, dict(data), now)
    if session.in_nested_transaction():
        # A savepoint that is rolled back must take it back, too.
        session.flush()
        _write(session, [news], lock_accounts(session, [account_id]))
        return
    session.info.setdefault(_WAITING, []).append(news)
    do_last(session, _write_waiting)


def withdraw(session: Session, *, account_id: int, kind: NotificationKind, subject: str) -> None:
    """Tell an account no more, at the end of the transaction, of what is not so any more: read or not, it goes."""
    session.info.setdefault(_UNTRUE, {})[account_id, kind, subject] = None
    do_last(session, _write_waiting)


def requote(session: Session, *, path: str, excerpt: str) -> None:
    """Let notifications, from the end of the transaction on, quote the comment at ``path`` so; "" quotes nothing."""
    session.info.setdefault(_QUOTED, {})[path] = excerpt
    do_last(session, _write_waiting)


def _write_waiting(session: Session) -> None:
    told: list[_News] = session.info.pop(_WAITING, [])
    untrue: dict[Key, None] = session.info.pop(_UNTRUE, {})
    quoted: dict[str, str] = session.info.pop(_QUOTED, {})
    session.flush()
    quoting = {row.account_id for row in list_quoting(session, quoted)} if quoted else set()
    # All that are written to are taken at once, so that nobody waits for somebody who waits for them.
    languages = lock_accounts(
        session, {one.account_id for one in told} | {key[0] for key in untrue} | quoting
    )
    _write(session, told, languages)
    for row in list_quoting(session, quoted) if quoted else ():
        if row.account_id in languages:
            row.data = {**row.data, "excerpt": quoted[row.path]}
    session.flush()
    for key in untrue:
        _remove(session, key)
    for account_id in sorted({key[0] for key in untrue}):
        count_unread(session, account_id)


def _remove(session: Session, key: Key) -> None:
    account_id, kind, subject = key
    session.execute(
        delete(Notification)
        .where(
            Notification.account_id == account_id, Notification.kind == kind, Notification.subject == subject
        )
        .execution_options(synchronize_session=False)
    )


def _write(session: Session, told: Sequence[_News], languages: Mapping[int, str]) -> None:
    """Write what is told to accounts, of which those in ``languages`` are there and locked."""
    if not told:
        return
    settings = map_settings(session, languages)
    wanted = [
        one for one in told
        if one.account_id in languages and not settings[one.account_id, one.kind].is_silent
    ]  # fmt: skip
    if not wanted:
        return
    unread = map_unread(session, {one.key for one in wanted})
    for one in wanted:
        unread[one.key] = _added(session, unread.get(one.key), one, settings[one.account_id, one.kind])
    session.flush()
    paces: dict[int, set[MailPace]] = {}
    for one in wanted:
        paces.setdefault(one.account_id, set()).add(settings[one.account_id, one.kind].mail)
    for account_id in sorted(paces):
        count_unread(session, account_id)
        queue_digests(session, account_id, languages[account_id], paces[account_id], now=wanted[0].now)


def _added(session: Session, row: Notification | None, news: _News, setting: Setting) -> Notification:
    """Return the row of ``news``: a new one, or the unread one that it adds to."""
    if row is None:
        row = Notification(
            account_id=news.account_id, kind=news.kind, subject=news.subject, path=news.path,
            data=first_data(news.data), count=1, in_app=setting.in_app, created_at=news.now, updated_at=news.now,
        )  # fmt: skip
        session.add(row)
        return row
    row.count += 1
    row.path, row.data, row.updated_at = news.path, merged_data(row.data, news.data), news.now
    row.in_app = setting.in_app
    # It is news again, so the next digest may tell of it.
    row.mailed_at = None
    return row


def queue_digests(
    session: Session, account_id: int, language: str, paces: set[MailPace], *, now: dt.datetime
) -> None:
    """Queue the digests, one an account and day, in which what has just happened is told."""
    for pace in sorted(paces - {MailPace.NEVER}):
        day, at = next_morning(language, now, weekly=pace is MailPace.WEEKLY)
        enqueue(session, kind=WRITE_DIGEST, subject=f"{account_id}:{day}", payload={}, now=now, run_at=at)


def count_unread(session: Session, account_id: int) -> None:
    """Write on the account how many of its notifications are unread; its row must be locked."""
    unread = unread_total(account_id)
    session.execute(
        update(Account).where(Account.id == account_id).values(unread_count=unread)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
