"""Everything that happened to an order, as its staff see it: the history and the mails, newest first."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from shop.core.mail import Sending, SendingState
from shop.orders.event_texts import actor_text, event_reason, event_text, mail_kind_text
from shop.orders.models import Actor, Order, OrderEvent

ICONS = {
    "placed": "bag", "paid": "card", "paid_late": "card", "payment_accepted": "card", "awaiting_funds": "clock",
    "session_opened": "card", "payment_failed": "warning", "flagged": "warning", "paid_too_late": "warning",
    "expired": "clock", "cancelled": "close", "refund_requested": "refund", "refund_pending": "refund",
    "refunded": "refund", "refund_failed": "error", "restocked": "box", "disputed": "warning",
    "restock_undone": "box", "restock_kept": "warning", "cancel_asked": "close",
    "dispute_updated": "info", "dispute_closed": "info", "evidence_sent": "upload", "fulfilled": "truck",
    "tracking_changed": "truck", "fulfilment_cancelled": "box", "note": "edit", "mail_resent": "mail",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: when, what, why, who, and the id of the mail that it is, if it is one."""

    at: dt.datetime
    icon: str
    text: str
    reason: str
    who: str
    is_note: bool = False
    mail_id: int | None = None


def make_timeline(order: Order, sendings: Iterable[Sending], names: Mapping[int, str]) -> list[Entry]:
    """Return an order's history and mails, newest first; ``names`` are those of the accounts in it, by id."""
    entries = [_event_entry(event, order.currency, names) for event in order.history]
    entries += [_mail_entry(sending) for sending in sendings]
    # Sorted upwards and turned round, so that of one instant what was written later comes first.
    return sorted(entries, key=lambda entry: entry.at)[::-1]


def _event_entry(event: OrderEvent, currency: str, names: Mapping[int, str]) -> Entry:
    who = actor_text(event.actor)
    if event.actor is Actor.STAFF and event.account_id is not None:
        who = names.get(event.account_id, who)
    return Entry(
        event.at, ICONS.get(event.kind, "info"), event_text(event, currency), event_reason(event, for_staff=True),
        who, is_note=event.kind == "note",
    )  # fmt: skip


def _mail_entry(sending: Sending) -> Entry:
    mail = sending.mail
    name = mail_kind_text(mail.kind)
    text = {
        SendingState.SENT: _("Mail sent: %(mail)s", mail=name),
        SendingState.WAITING: _("Mail waits to be sent: %(mail)s", mail=name),
        SendingState.FAILED: _("Mail could not be sent: %(mail)s", mail=name),
        SendingState.DROPPED: _("Mail not sent, since the parcel was taken back: %(mail)s", mail=name),
    }[sending.state]
    icon = "error" if sending.state is SendingState.FAILED else "mail"
    at = mail.sent_at or mail.created_at
    return Entry(at, icon, text, mail.recipient, actor_text(Actor.SYSTEM), mail_id=mail.id)
