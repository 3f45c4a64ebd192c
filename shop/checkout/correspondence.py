"""Notes of staff on an order, and its mails sent once more."""

import datetime as dt

from sqlalchemy.orm import Session

from shop.checkout.acts import Act
from shop.checkout.fulfilling import AlreadyTakenBack
from shop.core.errors import Conflict, Invalid
from shop.core.i18n import N_
from shop.core.mail import Mail, SendingState, list_mails_about, queue_mail
from shop.core.outbox import retry_job
from shop.orders.queries import find_order_sending, lock_order

MAX_NOTE = 2_000
PAUSE = dt.timedelta(minutes=1)
MAX_A_DAY = 5


class SentJustNow(Conflict):
    """The same mail was sent a moment ago, or too often today."""

    code = "mail_sent_just_now"
    status = 429
    message = N_(
        "This mail was sent already a moment ago, or five times today. Please wait before you send it again."
    )


def add_note(session: Session, *, order_id: int, account_id: int, text: str, now: dt.datetime) -> None:
    """Keep what staff want to remember of an order; no buyer ever sees it. Raises NotFound and Invalid."""
    text = text.strip()
    if not text or len(text) > MAX_NOTE:
        raise Invalid({"text": [N_("Write a note of at most 2,000 characters.")]})
    act = Act(session, lock_order(session, order_id), account_id, now)
    act.record("note", text=text)
    act.audit("order.noted", {}, {"note": text})


def retry_mail(session: Session, *, order_id: int, mail_id: int, account_id: int, now: dt.datetime) -> None:
    """Have a mail that could not be sent tried again, with all its attempts; nothing when it is not given up.

    Raises NotFound and AlreadyTakenBack.
    """
    order = lock_order(session, order_id)
    sending = find_order_sending(session, order.id, mail_id)
    if sending.is_void:
        raise AlreadyTakenBack
    if sending.job is not None and sending.state is SendingState.FAILED:
        retry_job(session, sending.job.id, now)
        act = Act(session, order, account_id, now)
        act.audit("order.mail_resent", {}, {"mail": sending.mail.kind, "recipient": sending.mail.recipient})


def resend_mail(session: Session, *, order_id: int, mail_id: int, account_id: int, now: dt.datetime) -> Mail:
    """Queue one of an order's mails once more to the same address, written anew from what is true now.

    At most once a minute and five times a day. Raises NotFound, SentJustNow, and AlreadyTakenBack for a mail about
    a parcel that was.
    """
    order = lock_order(session, order_id)
    sending = find_order_sending(session, order.id, mail_id)
    if sending.is_void:
        raise AlreadyTakenBack
    first, mails = sending.mail, list_mails_about(session, f"order:{order.id}")
    alike = [mail for mail in mails if mail.kind == first.kind and mail.context == first.context]
    times = [mail.created_at for mail in alike]
    if now - max(times) < PAUSE or sum(1 for at in times if now - at < dt.timedelta(days=1)) > MAX_A_DAY:
        raise SentJustNow
    subject = min(alike, key=lambda mail: mail.id).subject_key
    queue_mail(
        session, kind=first.kind, subject_key=f"{subject}:{len(alike)}", recipient=first.recipient,
        language=first.language, about=first.about, context=first.context, now=now,
        page_id=order.page_id,
    )  # fmt: skip
    act = Act(session, order, account_id, now)
    act.record("mail_resent", mail_kind=first.kind, recipient=first.recipient)
    act.audit("order.mail_resent", {}, {"mail": first.kind, "recipient": first.recipient})
    return list_mails_about(session, f"order:{order.id}")[-1]
