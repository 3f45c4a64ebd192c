"""The digest: one mail an account and day, of what is unread and was in no mail yet.

A notification counts as mailed in the transaction that writes the mail's row, so it is in one mail exactly. The
mail is then sent at least once under the same Message-ID, as all mails are, or not at all if everything in it was
read meanwhile.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import case, update
from sqlalchemy.orm import Session

from shop.accounts.queries import get_account
from shop.core.mail import Mail, queue_mail
from shop.notifications.models import MailPace, Notification
from shop.notifications.mornings import MONDAY
from shop.notifications.queries import list_still_news, list_unmailed, load_settings, lock_accounts
from shop.notifications.reading import queue_purge
from shop.notifications.service import queue_digests

DIGEST_MAIL = "notifications_digest"
MAX_AGE = dt.timedelta(days=15)
"""What is older is no news any more: two weekly digests had their chance."""
MAX_LISTED = 60
"""So many are told in one mail, the latest; how many more there are is said below them."""


def write_digest(session: Session, *, account_id: int, day: dt.date, now: dt.datetime) -> bool:
    """Write an account's mail of a day, if there is anything to tell; return whether there was.

    Nothing happens to an account that is gone.
    """
    languages = lock_accounts(session, [account_id])
    if account_id not in languages:
        return False
    settings = load_settings(session, account_id)
    paces = {MailPace.DAILY, MailPace.WEEKLY} if day.weekday() == MONDAY else {MailPace.DAILY}
    waiting = list_unmailed(session, account_id, since=now - MAX_AGE)
    due = [row for row in waiting if settings[row.kind].mail in paces]
    if any(settings[row.kind].mail is MailPace.WEEKLY for row in waiting if row not in due):
        # Somebody who has just changed from daily to weekly: Monday's job may not be there yet.
        queue_digests(session, account_id, languages[account_id], {MailPace.WEEKLY}, now=now)
    if due:
        _queue(session, account_id, day, due, now)
    return bool(due)


def _queue(
    session: Session, account_id: int, day: dt.date, due: Sequence[Notification], now: dt.datetime
) -> None:
    account = get_account(session, account_id)
    queue_mail(
        session, kind=DIGEST_MAIL, subject_key=f"{account_id}:{day}", recipient=account.email,
        language=account.language, about=f"account:{account_id}", now=now,
        context={"account_id": account_id, "ids": [row.id for row in due]},
    )  # fmt: skip
    session.execute(
        update(Notification)
        .where(Notification.id.in_([row.id for row in due]))
        # One that does not show in the app is done with its mail: what comes after it begins anew.
        .values(mailed_at=now, read_at=case((Notification.in_app, Notification.read_at), else_=now))
        .execution_options(synchronize_session=False)
    )
    if not all(row.in_app for row in due):
        queue_purge(session, now)


def is_old_news(session: Session, mail: Mail) -> bool:
    """Tell whether a mail is a digest of which nothing is left to tell, so that it must not be sent."""
    return mail.kind == DIGEST_MAIL and not list_digest(session, mail)


def list_digest(session: Session, mail: Mail) -> list[Notification]:
    """Return what a digest tells now: what was read meanwhile, or is not wanted by mail any more, is left out."""
    return list_still_news(session, mail.context["account_id"], mail.context["ids"])
