"""Who works on a page: the list, somebody new, another role, somebody who goes and may be brought back."""

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.models import Account
from shop.accounts.queries import find_account
from shop.core.errors import Invalid
from shop.core.signing import BadLink
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.page.models import Role
from shop.page.queries import list_staff
from shop.page.schemas import RoleSchema, StaffSchema
from shop.page.staffing import LastOwner, add_staff, change_role, remove_staff
from shop.web.context import database, now, signer
from shop.web.forms import Form
from shop.web.pages import flash_message, render, see_other

UNDO = "staff_removal"
UNDO_MAX_AGE_S = 3600

ROLES = {
    Role.OWNER: (lazy_gettext("Owner"), lazy_gettext("may do everything, staff included.")),
    Role.MANAGER: (lazy_gettext("Manager"), lazy_gettext("may do everything except change the staff.")),
    Role.FULFILMENT: (lazy_gettext("Fulfilment"), lazy_gettext("sees products, works on orders.")),
    Role.ANALYST: (lazy_gettext("Analyst"), lazy_gettext("sees orders and products, changes nothing.")),
}


@staff_only(Permission.MANAGE_STAFF)
def show_staff(access: PageAccess) -> Response:
    """Show who works on the page."""
    return _staff_page(access, Form({"role": Role.FULFILMENT.value}))


@staff_only(Permission.MANAGE_STAFF)
def create_staff(access: PageAccess) -> BaseResponse:
    """Give somebody a role."""
    form = Form.from_request(StaffSchema())
    if form.values is not None:
        try:
            with database().transaction() as session:
                add_staff(session, page_id=access.page.id, now=now(), **form.values)
        except Invalid as error:
            form.add_invalid(error)
        else:
            flash_message(_("%(email)s works on the page now.", email=form.values["email"]))
            return see_other("page_admin.show_staff", page_slug=access.page.slug)
    return _staff_page(access, form, status=422)


@staff_only(Permission.MANAGE_STAFF)
def update_role(access: PageAccess, account_id: int) -> BaseResponse:
    """Give a member of staff another role."""
    form = Form.from_request(RoleSchema())
    if form.values is None:
        return _staff_page(access, form, status=422)
    try:
        with database().transaction() as session:
            change_role(session, page_id=access.page.id, account_id=account_id, role=form.values["role"])
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
            role = remove_staff(session, page_id=access.page.id, account_id=account_id)
    except LastOwner as error:
        flash_message(_(error.msgid), "error")
        return _back(access, account_id)
    if account_id == access.account_id:
        flash_message(_("You no longer work on %(page)s.", page=access.page.name))
        return see_other("page.list_my_pages")
    undo = signer().sign(UNDO, [access.page.id, account_id, role.value])
    return see_other("page_admin.show_staff", page_slug=access.page.slug, undo=undo)


@staff_only(Permission.MANAGE_STAFF)
def restore_staff(access: PageAccess) -> BaseResponse:
    """Give somebody who was just removed their role back."""
    removed = _read_undo(access, request.form.get("undo", ""))
    if removed is None:
        raise BadLink
    account, role = removed
    try:
        with database().transaction() as session:
            add_staff(session, page_id=access.page.id, email=account.email, role=role, now=now())
    except Invalid:
        pass  # Somebody added them again in the meantime: what was asked for is there.
    flash_message(_("%(email)s works on the page now.", email=account.email))
    return see_other("page_admin.show_staff", page_slug=access.page.slug)


def _back(access: PageAccess, account_id: int) -> BaseResponse:
    """Return to the list; who changed their own role may have no key to it any more."""
    if account_id == access.account_id:
        return see_other("page.show_rooms", page_slug=access.page.slug)
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


def _staff_page(access: PageAccess, form: Form, *, status: int = 200) -> Response:
    with database().reading() as session:
        staff = list_staff(session, access.page.id)
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
        roles=ROLES,
        role_choices=[
            (role.value, _("%(role)s: %(meaning)s", role=name, meaning=meaning))
            for role, (name, meaning) in ROLES.items()
        ],
        removed=removed[0] if removed else None,
        undo=undo,
    )
