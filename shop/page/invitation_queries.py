"""Every SELECT over invitations to work on a page."""

import datetime as dt
import enum

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.core.errors import NotFound
from shop.page.models import Invitation, Page

LIMIT = 200


class InvitationState(enum.StrEnum):
    """What became of an invitation."""

    OPEN = "open"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"


def state_of(invitation: Invitation, now: dt.datetime) -> InvitationState:
    """Return what became of the invitation by ``now``."""
    if invitation.settled_at is not None:
        is_accepted = invitation.accepted_by_id is not None
        return InvitationState.ACCEPTED if is_accepted else InvitationState.WITHDRAWN
    return InvitationState.OPEN if now < invitation.expires_at else InvitationState.EXPIRED


def find_invitation(session: Session, invitation_id: int) -> Row[Invitation, Page, str | None] | None:
    """Return an invitation, its page and the name of who invited (None: no longer known), or None."""
    statement = (
        select(Invitation, Page, Account.name)
        .join(Page, Page.id == Invitation.page_id)
        .outerjoin(Account, Account.id == Invitation.invited_by_id)
        .where(Invitation.id == invitation_id)
    )
    return session.execute(statement).one_or_none()


def get_invitation(session: Session, page_id: int, invitation_id: int) -> Invitation:
    """Return an invitation of a page; NotFound when it has none with this id."""
    found = session.get(Invitation, invitation_id)
    if found is None or found.page_id != page_id:
        raise NotFound
    return found


def find_unsettled(session: Session, page_id: int, email: str) -> Invitation | None:
    """Return the invitation of a normalised address that nobody took up or withdrew, expired or not, or None."""
    statement = select(Invitation).where(
        Invitation.page_id == page_id, Invitation.email == email, Invitation.settled_at.is_(None)
    )
    return session.scalars(statement).one_or_none()


def list_unsettled(session: Session, page_id: int) -> list[Row[Invitation, str | None]]:
    """Return a page's invitations that wait, each with the name of who invited; the newest first, at most 200."""
    statement = (
        select(Invitation, Account.name)
        .outerjoin(Account, Account.id == Invitation.invited_by_id)
        .where(Invitation.page_id == page_id, Invitation.settled_at.is_(None))
        .order_by(Invitation.id.desc())
        .limit(LIMIT)
    )
    return list(session.execute(statement))
