"""Who works on a page: the list, another role, somebody who goes and may be brought back."""

from flask import Response, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.models import Account
from shop.accounts.queries import find_account
from shop.core.signing import BadLink
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.page.invitation_queries import InvitationState, find_invitation, list_unsettled, state_of
from shop.page.labels import ROLES
from shop.page.models import Invitation, Role
from shop.page.queries import list_staff
from shop.page.schemas import RoleSchema
from shop.page.staffing import LastOwner, change_role, remove_staff, restore_staff
from shop.web.context import database, now, signer
from shop.web.forms import Form
from shop.web.pages import flash_message, render, see_other

UNDO = "staff_removal"
UNDO_MAX_AGE_S = 3600
MAX_ID = 2**63 - 1


@staff_only(Permission.MANAGE_STAFF)
def show_staff(access: PageAccess) -> Response:
    """Show who works on the page."""
    return staff_page(access, Form({"role": Role.FULFILMENT.value}))


@staff_only(Permission.MANAGE_STAFF)
def update_role(access: PageAccess, account_id: int) -> BaseResponse:
    """Give a member of staff another role."""
    form = Form.from_request(RoleSchema())
    if form.values is None:
        return staff_page(access, form, status=422)
    try:
        with database().transaction() as session:
            change_role(
                session, page_id=access.page.id, account_id=account_id, role=form.values["role"],
                actor_id=access.account_id, now=now(),
            )  # fmt: skip
    except LastOwner as error:
        flash_message(_(error.msgid), "error")
    else:
        flash_message(_("Saved."))
    return _back(access, account_id)


@staff_only(Permission.MANAGE_STAFF)
def delete_staff(access: PageAccess, account_id: int) -> BaseResponse:
    """Take a member of staff off the page; the answer offers to undo it."""
    try:
        with database().transaction() as session:
            role = remove_staff(
                session, page_id=access.page.id, account_id=account_id, actor_id=access.account_id, now=now()
            )
    except LastOwner as error:
        flash_message(_(error.msgid), "error")
        return _back(access, account_id)
    if account_id == access.account_id:
        flash_message(_("You no longer work on %(page)s.", page=access.page.name))
        return see_other("page.list_my_pages")
    undo = signer().sign(UNDO, [access.page.id, account_id, role.value])
    return see_other("page_admin.show_staff", page_slug=access.page.slug, undo=undo)


@staff_only(Permission.MANAGE_STAFF)
def bring_back(access: PageAccess) -> BaseResponse:
    """Give somebody who was just removed their role back."""
    removed = _read_undo(access, request.form.get("undo", ""))
    if removed is None:
        raise BadLink
    account, role = removed
    with database().transaction() as session:
        restore_staff(
            session, page_id=access.page.id, account=account, role=role, actor_id=access.account_id, now=now()
        )
    flash_message(_("%(email)s works on the page now.", email=account.email))
    return see_other("page_admin.show_staff", page_slug=access.page.slug)


def _back(access: PageAccess, account_id: int) -> BaseResponse:
    """Return to the list; who changed their own role may have no key to it any more."""
    if account_id == access.account_id:
        return see_other("insights.show_today", page_slug=access.page.slug)
    return see_other("page_admin.show_staff", page_slug=access.page.slug)


def _read_undo(access: PageAccess, token: str) -> tuple[Account, Role] | None:
    """Return whom ``token`` speaks of and their role, when it was made for this page within the hour."""
    try:
        page_id, account_id, role = signer().read(UNDO, token, max_age_s=UNDO_MAX_AGE_S)
    except BadLink:
        return None
    if page_id != access.page.id:
        return None
    with database().reading() as session:
        account = find_account(session, account_id)
    return (account, Role(role)) if account else None


def staff_page(access: PageAccess, form: Form, *, status: int = 200) -> Response:
    """Return the page of staff and invitations with ``form`` for a new one."""
    with database().reading() as session:
        staff = list_staff(session, access.page.id)
        invitations = list_unsettled(session, access.page.id)
        withdrawn = _find_withdrawn(session, access)
    undo = request.args.get("undo", "")
    removed = _read_undo(access, undo) if undo else None
    if removed is not None and any(account.id == removed[0].id for _member, account in staff):
        removed = None
    return render(
        "manage/page/staff.html",
        status=status,
        access=access,
        active_section="staff",
        form=form,
        staff=staff,
        invitations=[
            (invitation, inviter, state_of(invitation, now()).value) for invitation, inviter in invitations
        ],
        withdrawn=withdrawn,
        roles=ROLES,
        role_choices=[
            (role.value, _("%(role)s: %(meaning)s", role=name, meaning=meaning))
            for role, (name, meaning) in ROLES.items()
        ],
        removed=removed[0] if removed else None,
        undo=undo,
    )


def _find_withdrawn(session: Session, access: PageAccess) -> Invitation | None:
    """Return the invitation that was just withdrawn, so that it may be taken back."""
    invitation_id = request.args.get("withdrawn", type=int)
    if invitation_id is None or not 0 < invitation_id <= MAX_ID:
        return None
    found = find_invitation(session, invitation_id)
    if found is None or found[1].id != access.page.id:
        return None
    is_withdrawn = state_of(found[0], now()) is InvitationState.WITHDRAWN
    return found[0] if is_withdrawn and now() < found[0].expires_at else None
