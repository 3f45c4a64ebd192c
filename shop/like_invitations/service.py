"""Changes of invitations to like a page: their settings, whom they met, and what those then did."""

import datetime as dt
from dataclasses import asdict, dataclass

from sqlalchemy import delete, func, or_, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.core.errors import Conflict
from shop.core.i18n import N_
from shop.core.outbox import enqueue
from shop.core.signing import Signer
from shop.like_invitations.arms import draw_arm
from shop.like_invitations.models import (
    Arm,
    InvitationPlace,
    InvitationStyle,
    InvitedVisitor,
    LikeInvitation,
)
from shop.like_invitations.queries import find_invitation, list_visitor_rows
from shop.page.audit import record_act
from shop.page.models import Page

PAUSE = dt.timedelta(hours=24)
"""Whoever saw it and did nothing is left alone for so long."""
KEPT = dt.timedelta(days=25 * 30)
"""Who was met is forgotten after 25 months, as the CNIL asks of figures of an audience."""
FORGET_VISITORS = "like_invitations.forget"


@dataclass(frozen=True)
class Arrival:
    """Somebody where the invitation stands: neither a follower nor staff, as far as is known."""

    visitor_key: str
    account_id: int | None
    place: InvitationPlace


class StaleInvitation(Conflict):
    """The invitation was changed since its form was opened; ``version`` is the present one."""

    code = "stale_invitation"
    message = N_("Somebody saved this invitation while you were at it.")

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__()


@dataclass(frozen=True)
class InvitationDraft:
    """The settings as they are to be; ``other_text`` is in the language that is not the page's own."""

    is_on: bool
    style: InvitationStyle
    text: str
    other_text: str
    held_out_bp: int


def save_invitation(
    session: Session, *, page: Page, draft: InvitationDraft, other_language: str, version: int, actor_id: int,
    now: dt.datetime,
) -> bool:  # fmt: skip
    """Write a page's invitation; return whether counting starts anew, since the share that is held out changed.

    ``version`` is the one that the form was opened with, 0 when there was none yet; StaleInvitation when it is
    another by now.
    """
    found = find_invitation(session, page.id)
    present = found.version if found else 0
    if version != present:
        raise StaleInvitation(present)
    before = asdict(_draft_of(found, other_language)) if found else {}
    invitation = found or LikeInvitation(page_id=page.id, version=0, started_at=now)
    starts_anew = found is not None and invitation.held_out_bp != draft.held_out_bp
    invitation.is_on, invitation.style, invitation.text = draft.is_on, draft.style, draft.text
    invitation.translations = {other_language: {"text": draft.other_text}} if draft.other_text else {}
    invitation.held_out_bp = draft.held_out_bp
    if starts_anew:
        invitation.started_at = now
    invitation.version = present + 1
    session.add(invitation)
    session.flush()
    record_act(
        session, page_id=page.id, account_id=actor_id, act="like_invitation.edited",
        subject=("like_invitation", page.slug, page.name), before=before, after=asdict(draft), now=now,
    )  # fmt: skip
    return starts_anew


def _draft_of(invitation: LikeInvitation, other_language: str) -> InvitationDraft:
    other = (invitation.translations or {}).get(other_language, {}).get("text", "")
    return InvitationDraft(invitation.is_on, invitation.style, invitation.text, other, invitation.held_out_bp)


def meet(
    session: Session, *, invitation: LikeInvitation, arrival: Arrival, signer: Signer, now: dt.datetime
) -> bool:
    """Count a visitor who is where the invitation stands; return whether it is shown to them now.

    Both groups are counted here, at the moment at which it would be shown, and on nothing but their having come:
    whatever they do later hangs on the group that was drawn, whether they looked at it or not. It is not shown
    to who skipped it, nor within ``PAUSE`` of the last time. The caller leaves
    out followers and staff.
    """
    rows = list_visitor_rows(
        session,
        page_id=invitation.page_id,
        visitor_key=arrival.visitor_key,
        account_id=arrival.account_id,
    )
    if not rows:
        return _meet_first(session, invitation, arrival, signer, now)
    row = rows[0]
    arm = row.arm
    if row.first_at < invitation.started_at:
        # Not counted any more: they are only treated as the present share says.
        arm = draw_arm(
            signer, page_id=row.page_id, visitor_key=row.visitor_key, held_out_bp=invitation.held_out_bp
        )
    # What somebody skipped or saw as a guest in another browser they skipped and saw.
    if arm is Arm.HELD_OUT or any(_leaves_alone(one, now) for one in rows):
        return False
    shown = session.scalar(
        update(InvitedVisitor)
        .where(
            InvitedVisitor.page_id == row.page_id,
            InvitedVisitor.visitor_key == row.visitor_key,
            or_(InvitedVisitor.shown_at.is_(None), InvitedVisitor.shown_at <= now - PAUSE),
        )
        .values(shown_at=now)
        .returning(InvitedVisitor.page_id)
        .execution_options(synchronize_session=False)
    )
    return shown is not None


def _leaves_alone(row: InvitedVisitor, now: dt.datetime) -> bool:
    return row.skipped_at is not None or (row.shown_at is not None and row.shown_at > now - PAUSE)


def _meet_first(
    session: Session, invitation: LikeInvitation, arrival: Arrival, signer: Signer, now: dt.datetime
) -> bool:
    page_id, key = invitation.page_id, arrival.visitor_key
    arm = draw_arm(signer, page_id=page_id, visitor_key=key, held_out_bp=invitation.held_out_bp)
    is_shown = arm is Arm.INVITED
    add = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    added = session.scalar(
        add(InvitedVisitor)
        .values(
            page_id=page_id, visitor_key=key, account_id=arrival.account_id, arm=arm, place=arrival.place,
            first_at=now, shown_at=now if is_shown else None, order_count=0, paid_amount=0,
        )
        .on_conflict_do_nothing(index_elements=["page_id", "visitor_key"])
        .returning(InvitedVisitor.page_id)
    )  # fmt: skip
    # Once a month whoever comes first has the worker forget who came long ago.
    enqueue(session, kind=FORGET_VISITORS, subject=f"{now:%Y-%m}", payload={}, now=now)
    # A second tab that asked in the same moment has it.
    return is_shown and added is not None


def skip(
    session: Session, *, page_id: int, visitor_key: str, account_id: int | None, now: dt.datetime
) -> bool:
    """Note that a visitor does not want the invitation; return whether there was one to skip."""
    is_theirs = InvitedVisitor.visitor_key == visitor_key
    if account_id is not None:
        is_theirs = or_(is_theirs, InvitedVisitor.account_id == account_id)
    skipped = session.scalars(
        update(InvitedVisitor)
        .where(InvitedVisitor.page_id == page_id, is_theirs)
        .values(skipped_at=func.coalesce(InvitedVisitor.skipped_at, now))
        .returning(InvitedVisitor.page_id)
        .execution_options(synchronize_session=False)
    ).all()
    return bool(skipped)


def adopt_guest(session: Session, *, visitor_key: str, account_id: int) -> None:
    """Tell whose the guest's rows are, when a guest signs in: what the account does counts for them."""
    session.execute(
        update(InvitedVisitor)
        .where(InvitedVisitor.visitor_key == visitor_key, InvitedVisitor.account_id.is_(None))
        .values(account_id=account_id)
        .execution_options(synchronize_session=False)
    )


def forget_old_visitors(session: Session, *, now: dt.datetime) -> int:
    """Delete whoever was met more than ``KEPT`` ago; return how many were."""
    old = delete(InvitedVisitor).where(InvitedVisitor.first_at < now - KEPT)
    result = session.execute(old.execution_options(synchronize_session=False))
    return int(result.rowcount)  # type: ignore[attr-defined]


def note_order(
    session: Session, *, page_id: int, visitor_key: str, account_id: int | None, amount: int,
    placed_at: dt.datetime, now: dt.datetime,
) -> None:  # fmt: skip
    """Count a paid order for whoever placed it, if they came where the invitation stands before they did.

    ``amount`` is what was paid, in minor units. Invited or held out makes no difference here.
    """
    is_theirs = InvitedVisitor.visitor_key == visitor_key
    if account_id is not None:
        is_theirs = or_(is_theirs, InvitedVisitor.account_id == account_id)
    session.execute(
        update(InvitedVisitor)
        .where(InvitedVisitor.page_id == page_id, is_theirs, InvitedVisitor.first_at <= placed_at)
        .values(
            ordered_at=func.coalesce(InvitedVisitor.ordered_at, now),
            order_count=InvitedVisitor.order_count + 1,
            paid_amount=InvitedVisitor.paid_amount + amount,
        )
        .execution_options(synchronize_session=False)
    )
