"""Inviting staff by mail, sending it again, withdrawing it and taking that back."""

from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.login import current_account_id
from shop.core.errors import Invalid
from shop.page.access import PageAccess, staff_only
from shop.page.admin_staff import staff_page
from shop.page.authorization import Permission
from shop.page.inviting import InvitationClosed, invite, restore_invitation, send_again, withdraw
from shop.page.schemas import InvitationSchema
from shop.web.context import database, now
from shop.web.forms import Form
from shop.web.limits import limiter
from shop.web.pages import flash_message, see_other

INVITATIONS = "10/minute;40/hour"


def _inviter() -> str:
    return f"invitations:{current_account_id()}"


@limiter.limit(INVITATIONS, key_func=_inviter)
@staff_only(Permission.MANAGE_STAFF)
def create_invitation(access: PageAccess) -> BaseResponse:
    """Invite an address; whether somebody has an account with it is not told."""
    form = Form.from_request(InvitationSchema())
    if form.values is not None:
        try:
            with database().transaction() as session:
                invitation = invite(
                    session, page=access.page, actor_id=access.account_id, now=now(), **form.values
                )
        except Invalid as error:
            form.add_invalid(error)
        else:
            flash_message(_("An invitation is on its way to %(email)s.", email=invitation.email))
            return _back(access)
    return staff_page(access, form, status=422)


@limiter.limit(INVITATIONS, key_func=_inviter)
@staff_only(Permission.MANAGE_STAFF)
def create_delivery(access: PageAccess, invitation_id: int) -> BaseResponse:
    """Send an invitation once more, for seven days from now."""
    try:
        with database().transaction() as session:
            invitation = send_again(
                session, page_id=access.page.id, invitation_id=invitation_id, actor_id=access.account_id,
                now=now(),
            )  # fmt: skip
    except InvitationClosed as error:
        flash_message(_(error.msgid), "error")
    else:
        flash_message(_("The invitation is on its way to %(email)s again.", email=invitation.email))
    return _back(access)


@staff_only(Permission.MANAGE_STAFF)
def delete_invitation(access: PageAccess, invitation_id: int) -> BaseResponse:
    """Withdraw an invitation: its link is worth nothing from now on. The answer offers to undo it."""
    try:
        with database().transaction() as session:
            withdraw(
                session, page_id=access.page.id, invitation_id=invitation_id, actor_id=access.account_id,
                now=now(),
            )  # fmt: skip
    except InvitationClosed as error:
        flash_message(_(error.msgid), "error")
        return _back(access)
    return see_other("page_admin.show_staff", page_slug=access.page.slug, withdrawn=invitation_id)


@staff_only(Permission.MANAGE_STAFF)
def create_restoration(access: PageAccess, invitation_id: int) -> BaseResponse:
    """Open an invitation again that was just withdrawn."""
    try:
        with database().transaction() as session:
            restore_invitation(
                session, page_id=access.page.id, invitation_id=invitation_id, actor_id=access.account_id,
                now=now(),
            )  # fmt: skip
    except InvitationClosed as error:
        flash_message(_(error.msgid), "error")
    else:
        flash_message(_("The invitation is open again."))
    return _back(access)


def _back(access: PageAccess) -> BaseResponse:
    return see_other("page_admin.show_staff", page_slug=access.page.slug)
