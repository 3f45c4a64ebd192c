"""How people want to be told: their settings, and mails stopped by a link that needs no sign-in."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.core.errors import NotFound
from shop.core.signing import BadLink, Signer
from shop.notifications.digests import MAX_AGE
from shop.notifications.models import MailPace, NotificationKind, NotificationSetting
from shop.notifications.queries import list_unmailed, load_settings, lock_accounts
from shop.notifications.service import queue_digests
from shop.notifications.settings import DEFAULTS, Setting

PURPOSE = "notifications-unsubscribe"
UNDO_PURPOSE = "notifications-resubscribe"


@dataclass(frozen=True, slots=True)
class Stopping:
    """Whose mails a link stops: of one kind, or (``kind`` None) of all."""

    account_id: int
    kind: NotificationKind | None = None

    @property
    def kinds(self) -> tuple[NotificationKind, ...]:
        """The kinds that it stops."""
        return tuple(DEFAULTS) if self.kind is None else (self.kind,)


def change_settings(
    session: Session, *, account_id: int, chosen: Mapping[NotificationKind, Setting], now: dt.datetime
) -> None:
    """Write how an account wants to be told of some kinds; what waits unread comes with the next digest."""
    languages = lock_accounts(session, [account_id])
    if account_id not in languages:
        raise NotFound
    present = load_settings(session, account_id)
    _write(session, account_id, {kind: new for kind, new in chosen.items() if new != present[kind]})
    settings = {**present, **chosen}
    waiting = list_unmailed(session, account_id, since=now - MAX_AGE)
    queue_digests(
        session, account_id, languages[account_id], {settings[row.kind].mail for row in waiting}, now=now
    )


def _write(session: Session, account_id: int, chosen: Mapping[NotificationKind, Setting]) -> None:
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    for kind, setting in chosen.items():
        values = {"in_app": setting.in_app, "mail": setting.mail}
        session.execute(
            insert(NotificationSetting)
            .values(account_id=account_id, kind=kind, **values)
            .on_conflict_do_update(index_elements=["account_id", "kind"], set_=values)
        )


def stop_mails(
    session: Session, *, account_id: int, kinds: Collection[NotificationKind], now: dt.datetime
) -> dict[NotificationKind, MailPace]:
    """Send an account no more mails about ``kinds``; return how often those that it had came. NotFound without it."""
    before = load_settings(session, account_id)
    stopped = {kind: before[kind] for kind in kinds if before[kind].mail is not MailPace.NEVER}
    chosen = {kind: replace(setting, mail=MailPace.NEVER) for kind, setting in stopped.items()}
    change_settings(session, account_id=account_id, chosen=chosen, now=now)
    return {kind: setting.mail for kind, setting in stopped.items()}


def resume_mails(
    session: Session, *, account_id: int, paces: Mapping[NotificationKind, MailPace], now: dt.datetime
) -> None:
    """Send an account mails about some kinds again, as often as ``paces`` says; NotFound without the account."""
    before = load_settings(session, account_id)
    chosen = {kind: replace(before[kind], mail=pace) for kind, pace in paces.items()}
    change_settings(session, account_id=account_id, chosen=chosen, now=now)


def stopping_token(signer: Signer, stopping: Stopping) -> str:
    """Return what a mail's link carries. It works for ever: mails are kept, and stopping them harms nobody."""
    return signer.sign(PURPOSE, {"account": stopping.account_id, "kind": stopping.kind})


def read_stopping(signer: Signer, token: str) -> Stopping:
    """Return what a link stops, or raise BadLink."""
    value = signer.read(PURPOSE, token)
    try:
        kind = None if value["kind"] is None else NotificationKind(value["kind"])
        return Stopping(int(value["account"]), kind)
    except (KeyError, TypeError, ValueError):
        raise BadLink from None


def undo_token(signer: Signer, account_id: int, paces: Mapping[NotificationKind, MailPace]) -> str:
    """Return what brings the mails back that somebody has just stopped."""
    return signer.sign(UNDO_PURPOSE, {"account": account_id, "paces": dict(paces)})


def read_undo(signer: Signer, token: str, *, account_id: int) -> dict[NotificationKind, MailPace]:
    """Return which mails are brought back and how often they came, or raise BadLink."""
    value = signer.read(UNDO_PURPOSE, token)
    try:
        if value["account"] != account_id:
            raise BadLink
        return {NotificationKind(kind): MailPace(pace) for kind, pace in value["paces"].items()}
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadLink from None


def is_mailed(settings: Mapping[NotificationKind, Setting], kinds: Iterable[NotificationKind]) -> bool:
    """Tell whether any of ``kinds`` comes by mail."""
    return any(settings[kind].mail is not MailPace.NEVER for kind in kinds)
