"""An order's whole conversation, merged in time: calls, webhooks, what else happened, mails."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from shop.core.mail import Sending
from shop.orders.event_texts import event_reason, event_text
from shop.orders.labels import payment_label, return_label
from shop.orders.models import Order, OrderEvent, OrderStatus, ReturnStatus
from shop.payments.recorded_models import RecordedCall, RecordedWebhook, SignatureResult

BAD_REQUEST, FIRST_SERVER_ERROR = 400, 500
RANKS = ("call", "webhook", "history", "mail")


@dataclass(frozen=True, slots=True)
class Effect:
    """What a call or a webhook did to its order: its state in words before and after, and what was written down."""

    before: str
    after: str
    texts: list[str]

    @property
    def has_moved(self) -> bool:
        """Whether the state is another than before."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the conversation; ``thing`` is the row behind it."""

    kind: str
    at: dt.datetime
    thing: Any
    effect: Effect | None = None

    @property
    def key(self) -> str:
        """A name of this entry that no other has."""
        number = self.thing.mail.id if self.kind == "mail" else self.thing.id
        return f"{self.kind}-{number}"

    @property
    def tone(self) -> str:
        """How it went: ``success``, ``danger``, ``warning`` or ``neutral``."""
        if self.kind == "call":
            return _tone_of(self.thing.status)
        if self.kind == "webhook":
            return "success" if (self.thing.status or 0) < BAD_REQUEST else "danger"
        return "neutral"


def build_timeline(
    order: Order, calls: Iterable[RecordedCall], webhooks: Iterable[RecordedWebhook], sendings: Iterable[Sending]
) -> list[Entry]:  # fmt: skip
    """Return the conversation, oldest first. History that a call or a webhook wrote is told with it, else on its own."""
    history = {event.id: event for event in order.history}
    entries, told = [], set[int]()
    for kind, rows in (("call", calls), ("webhook", webhooks)):
        for row in rows:
            at = row.began_at if isinstance(row, RecordedCall) else row.received_at
            entries.append(Entry(kind, at, row, _effect(order, history, row.changes)))
            told |= set((row.changes or {}).get("events", ()))
    entries += [Entry("history", event.at, event) for event in order.history if event.id not in told]
    entries += [Entry("mail", one.mail.sent_at or one.mail.created_at, one) for one in sendings]
    # Of what carries the same instant the cause comes first.
    return sorted(entries, key=lambda entry: (entry.at, RANKS.index(entry.kind)))


def state_text(state: dict[str, str]) -> str:
    """Return an order's recorded state in words: where the money stands, and the refund when there is one."""
    if not state.get("status"):
        return ""
    words = [payment_label(OrderStatus(state["status"])).text]
    returned = ReturnStatus(state.get("return_status", "none"))
    if returned is not ReturnStatus.NONE:
        words.append(return_label(returned).text)
    return ", ".join(words)


def _effect(order: Order, history: dict[int, OrderEvent], changes: dict[str, Any] | None) -> Effect | None:
    if changes is None:
        return None
    texts = [_sentence(history[one], order.currency) for one in changes["events"] if one in history]
    return Effect(state_text(changes["before"]), state_text(changes["after"]), texts)


def _sentence(event: OrderEvent, currency: str) -> str:
    reason = event_reason(event, for_staff=True)
    text = event_text(event, currency)
    return f"{text}: {reason}" if reason else text


def _tone_of(status: int | None) -> str:
    if status is None or status >= FIRST_SERVER_ERROR:
        return "danger"
    return "success" if status < BAD_REQUEST else "warning"


def pretty(value: Any) -> str:
    """Return JSON values as people read them."""
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def outcome_text(outcome: str) -> str:
    """Return what the shop did with a webhook; the inbox's own word where there is no better one."""
    texts = {
        "ignored:duplicate": _("It came before, so nothing was done."),
        "ignored:no news": _("The shop knew already, so nothing was done."),
        "ignored:not ours": _("It is about nothing that this shop has sold."),
        "ignored:unreadable": _("It has a shape that this shop does not know, so nothing was done."),
        "bad_signature": _("Its signature does not fit, so it was refused."),
        "error": _("The shop broke on it; Stripe will send it again."),
    }
    if outcome in texts:
        return str(texts[outcome])
    word, _colon, rest = outcome.partition(":")
    if word == "ignored":
        return str(_("The shop does not use this kind of event, so nothing was done."))
    return str(_("Applied: %(what)s", what=rest)) if word == "applied" else outcome


def signature_text(result: SignatureResult) -> str:
    """Return whether a webhook was signed as it should be."""
    texts = {
        SignatureResult.VALID: _("Signature valid"),
        SignatureResult.INVALID: _("Signature invalid"),
        SignatureResult.FETCHED: _("Fetched by listening"),
    }
    return str(texts[result])
