"""Inviting somebody by mail to work on a page: sent, sent again, withdrawn, taken up.

The link holds a signed number and nothing else: what it is worth is read from the row. Who opens it has seen
the mail, and joins only with an account of the mail's address. Addresses are not verified, so until somebody has
an account with it a forwarded mail is good for whoever makes one; who joined stands in the audit log.
"""

import datetime as dt

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.queries import find_account_by_email
from shop.accounts.service import confirm_email, normalise_email
from shop.core.errors import Conflict, Forbidden, Invalid
from shop.core.i18n import N_
from shop.core.mail import queue_mail
from shop.core.signing import Signer
from shop.page.audit import record_act
from shop.page.invitation_queries import (
    InvitationState,
    find_unsettled,
    get_invitation,
    state_of,
)
from shop.page.models import Invitation, Page, Role, StaffMember
from shop.page.queries import find_member, lock_page

PURPOSE = "page_invitation"
INVITATION_MAIL = "page_invitation"
LIFETIME = dt.timedelta(days=7)


class InvitationClosed(Conflict):
    """The invitation was taken up or withdrawn, or its time is over."""

    code = "invitation_closed"
    message = N_("This invitation is no longer open.")


class OtherAddress(Forbidden):
    """The invitation is for another address than the account's."""

    code = "other_address"
    message = N_("This invitation is for another e-mail address.")


def invitation_token(signer: Signer, invitation_id: int) -> str:
    """Return the secret of an invitation's link."""
    return signer.sign(PURPOSE, invitation_id)


def read_invitation_token(signer: Signer, token: str) -> int:
    """Return the invitation's id that a link was made for; BadLink when it was altered."""
    return int(signer.read(PURPOSE, token))


def invite(
    session: Session, *, page: Page, email: str, role: Role, actor_id: int | None, now: dt.datetime
) -> Invitation:
    """Offer a role on the page to whoever has ``email``, for seven days; Invalid tells why not, by field.

    Whether somebody has an account with the address changes nothing and is not told.
    """
    email = normalise_email(email)
    lock_page(session, page.id)
    account = find_account_by_email(session, email)
    if account is not None and find_member(session, page.id, account.id) is not None:
        raise Invalid({"email": [N_("This person works on the page already.")]})
    invitation = find_unsettled(session, page.id, email)
    if invitation is not None and state_of(invitation, now) is InvitationState.OPEN:
        raise Invalid(
            {"email": [N_("This address is invited already. You can send it again from the list.")]}
        )
    if invitation is None:
        invitation = Invitation(page_id=page.id, email=email)
        session.add(invitation)
    invitation.role, invitation.language = role, page.language
    invitation.invited_by_id, invitation.created_at = actor_id, now
    invitation.expires_at = now + LIFETIME
    session.flush()
    _send(session, invitation, now)
    _record(session, invitation, "staff.invited", actor_id, now, after={"role": role.value})
    return invitation


def send_again(
    session: Session, *, page_id: int, invitation_id: int, actor_id: int | None, now: dt.datetime
) -> Invitation:
    """Send an invitation once more; its seven days begin anew. InvitationClosed, or NotFound."""
    lock_page(session, page_id)
    invitation = get_invitation(session, page_id, invitation_id)
    if invitation.settled_at is not None:
        raise InvitationClosed
    invitation.expires_at = now + LIFETIME
    session.flush()
    _send(session, invitation, now)
    _record(session, invitation, "invitation.sent_again", actor_id, now)
    return invitation


def withdraw(
    session: Session, *, page_id: int, invitation_id: int, actor_id: int | None, now: dt.datetime
) -> Invitation:
    """Make an invitation worth nothing; InvitationClosed when it was settled before, or NotFound."""
    lock_page(session, page_id)
    invitation = get_invitation(session, page_id, invitation_id)
    if invitation.settled_at is not None:
        raise InvitationClosed
    invitation.settled_at = now
    session.flush()
    _record(
        session, invitation, "invitation.withdrawn", actor_id, now, before={"role": invitation.role.value}
    )
    return invitation


def restore_invitation(
    session: Session, *, page_id: int, invitation_id: int, actor_id: int | None, now: dt.datetime
) -> Invitation:
    """Open a withdrawn invitation again, as it was; InvitationClosed when that is too late, or NotFound."""
    lock_page(session, page_id)
    invitation = get_invitation(session, page_id, invitation_id)
    is_withdrawn = state_of(invitation, now) is InvitationState.WITHDRAWN
    is_over = invitation.expires_at <= now
    if not is_withdrawn or is_over or find_unsettled(session, page_id, invitation.email) is not None:
        raise InvitationClosed
    invitation.settled_at = None
    session.flush()
    _record(session, invitation, "invitation.restored", actor_id, now, after={"role": invitation.role.value})
    return invitation


def accept(
    session: Session, *, page_id: int, invitation_id: int, account: Account, now: dt.datetime
) -> StaffMember:
    """Let ``account`` take its invitation up; who works on the page already keeps the role they have.

    OtherAddress, InvitationClosed, or NotFound.
    """
    lock_page(session, page_id)
    invitation = get_invitation(session, page_id, invitation_id)
    if invitation.email != account.email:
        raise OtherAddress
    taken = session.scalar(
        update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.settled_at.is_(None), Invitation.expires_at > now)
        .values(settled_at=now, accepted_by_id=account.id)
        .returning(Invitation.id)
    )
    if taken is None:
        raise InvitationClosed
    confirm_email(session, account_id=account.id, email=invitation.email, now=now)
    member = find_member(session, page_id, account.id)
    if member is None:
        member = StaffMember(page_id=page_id, account_id=account.id, role=invitation.role, created_at=now)
        session.add(member)
        session.flush()
        record_act(
            session, page_id=page_id, account_id=account.id, act="staff.joined",
            subject=("staff", account.email, account.name), after={"role": member.role.value}, now=now,
        )  # fmt: skip
    return member


def _send(session: Session, invitation: Invitation, now: dt.datetime) -> None:
    queue_mail(
        session,
        kind=INVITATION_MAIL,
        # One mail a minute at the most: pressing the button twice sends one.
        subject_key=f"{invitation.id}:{int(now.timestamp()) // 60}",
        recipient=invitation.email,
        language=invitation.language,
        context={"invitation_id": invitation.id},
        about=f"invitation:{invitation.id}",
        now=now,
        page_id=invitation.page_id,
    )


def _record(
    session: Session, invitation: Invitation, act: str, actor_id: int | None, now: dt.datetime,
    *, before: dict[str, str] | None = None, after: dict[str, str] | None = None,
) -> None:  # fmt: skip
    record_act(
        session, page_id=invitation.page_id, account_id=actor_id, act=act,
        subject=("invitation", invitation.email, invitation.email), before=before, after=after, now=now,
    )  # fmt: skip
