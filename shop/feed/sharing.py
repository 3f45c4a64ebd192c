"""Passing a post or a product on, to all who follow one or to one friend; and taking that back."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.accounts.queries import get_account
from shop.core.errors import Invalid, NotFound
from shop.core.i18n import N_
from shop.core.ids import new_token
from shop.feed.counting import count_on_post, is_first_engagement
from shop.feed.models import Share, ShareAudience
from shop.feed.moderation_queries import find_share
from shop.moderation.models import SubjectKind
from shop.moderation.queries import is_taken_down
from shop.notifications.models import NotificationKind
from shop.notifications.service import notify, withdraw
from shop.page.affinity import Act, record_interaction
from shop.page.service import raise_version
from shop.people.queries import are_friends
from shop.people.ties import SHARING_WITH, raise_person_affinity

MAX_TEXT = 500


@dataclass(frozen=True, slots=True)
class Shared:
    """What is passed on: a visible post or a published product of a page. ``title`` is what a friend is told."""

    page_id: int
    title: str
    post_id: int | None = None
    product_id: int | None = None


def create_share(
    session: Session, *, account_id: int, shared: Shared, audience: ShareAudience, recipient_id: int | None,
    text: str, now: dt.datetime,
) -> Share:  # fmt: skip
    """Pass something on; Invalid by field when the recipient is no friend or the text too long.

    ``recipient_id`` counts only for ``ShareAudience.FRIEND``; the friend is told.
    """
    recipient_id = recipient_id if audience is ShareAudience.FRIEND else None
    errors = _check(session, account_id, audience, recipient_id, text)
    if errors:
        raise Invalid(errors)
    share = Share(
        account_id=account_id, page_id=shared.page_id, post_id=shared.post_id, product_id=shared.product_id,
        text=text, audience=audience, recipient_id=recipient_id, token=new_token()[:22], at=now,
    )  # fmt: skip
    session.add(share)
    session.flush()
    engaged = 0
    if shared.post_id is not None:
        # Its row first, as wherever somebody engages with a post.
        first = is_first_engagement(session, post_id=shared.post_id, account_id=account_id, now=now)
        engaged = int(first)
    record_interaction(session, account_id=account_id, page_id=shared.page_id, act=Act.SHARE, now=now)
    if recipient_id is not None:
        raise_person_affinity(
            session, follower_id=account_id, person_id=recipient_id, weight=SHARING_WITH, now=now
        )
    _count(session, share, 1, now, engaged=engaged)
    if recipient_id is not None:
        _tell(session, share, shared.title, recipient_id, now)
    if shared.post_id is not None:
        raise_version(session, shared.page_id)
    return share


def _check(
    session: Session, account_id: int, audience: ShareAudience, recipient_id: int | None, text: str
) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if len(text) > MAX_TEXT:
        errors["text"] = [N_("Write at most 500 characters.")]
    if audience is ShareAudience.FRIEND and not are_friends(session, account_id, recipient_id):
        errors["recipient"] = [N_("Choose one of your friends.")]
    return errors


def _tell(session: Session, share: Share, title: str, recipient_id: int, now: dt.datetime) -> None:
    sharer = get_account(session, share.account_id)
    notify(
        session, account_id=recipient_id, kind=NotificationKind.SHARE, subject=f"share:{share.id}",
        path=f"/s/{share.token}", data={"actors": [sharer.name], "title": title, "text": share.text}, now=now,
    )  # fmt: skip


def delete_share(session: Session, *, account_id: int, share_id: int, now: dt.datetime) -> Share:
    """Take one's own share back: its link leads nowhere, and it counts no more. NotFound for others'."""
    share = _set_deleted(session, account_id, share_id, deleted_at=now, now=now)
    if share.recipient_id is not None:
        withdraw(
            session, account_id=share.recipient_id, kind=NotificationKind.SHARE, subject=f"share:{share.id}"
        )
    return share


def restore_share(session: Session, *, account_id: int, share_id: int, now: dt.datetime) -> Share:
    """Bring one's own deleted share back; NotFound for others' and for one that moderators removed.

    A friend for whom it is is told anew.
    """
    # Locked before it is asked who took it down, so that a moderator who removes it now is not overtaken.
    locked = find_share(session, share_id)
    if is_taken_down(session, SubjectKind.SHARE, share_id):
        raise NotFound
    was_deleted = locked is not None and locked.deleted_at is not None
    share = _set_deleted(session, account_id, share_id, deleted_at=None, now=now)
    if was_deleted and share.recipient_id is not None:
        _tell(session, share, "", share.recipient_id, now)
    return share


def _set_deleted(
    session: Session, account_id: int, share_id: int, *, deleted_at: dt.datetime | None, now: dt.datetime
) -> Share:
    known = Share.deleted_at.is_(None) if deleted_at else Share.deleted_at.is_not(None)
    changed = session.scalars(
        update(Share)
        .where(Share.id == share_id, Share.account_id == account_id, known)
        .values(deleted_at=deleted_at)
        .returning(Share)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).one_or_none()
    if changed is None:
        share = session.get(Share, share_id)
        if share is None or share.account_id != account_id:
            raise NotFound
        return share
    _count(session, changed, -1 if deleted_at else 1, now)
    if changed.post_id is not None:
        raise_version(session, changed.page_id)
    return changed


def _count(session: Session, share: Share, number: int, now: dt.datetime, *, engaged: int = 0) -> None:
    if share.post_id is not None:
        count_on_post(
            session, post_id=share.post_id, page_id=share.page_id, at=now, shares=number, engaged=engaged
        )
