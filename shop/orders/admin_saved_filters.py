"""The admin's saved filters: keep, rename, delete and bring back."""

from flask import request
from flask_babel import gettext as _
from marshmallow import Schema, fields
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.core.errors import DomainError, Forbidden, Invalid
from shop.orders.admin_list import show_list
from shop.orders.filters import FIELDS, read_filter, to_query
from shop.orders.models import SavedFilter
from shop.orders.saved_filters import (
    TooManySaved,
    delete_filter,
    get_saved_filter,
    rename_filter,
    restore_filter,
    save_filter,
)
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database, now
from shop.web.forms import Form
from shop.web.locale import language
from shop.web.pages import flash_message, see_other


class NameSchema(Schema):
    """A filter's name, and whether all the staff sees it."""

    name = fields.String(load_default="")
    shared = fields.Boolean(load_default=False)


@staff_only(Permission.VIEW_ORDERS)
def create_filter(access: PageAccess) -> Response:
    """Keep the filter of this address under a name; the answer to a bad name is the same list."""
    form = Form.from_request(NameSchema())
    asked = {key: request.args.get(key, "") for key in FIELDS.values()}
    wanted, errors = read_filter(asked, currency=access.page.currency, locale=language())
    if errors or form.values is None:
        return show_list(access, name_form=form, status=422)
    if form.values["shared"]:
        _check_may_share(access)
    try:
        with database().transaction() as session:
            saved = save_filter(
                session, page_id=access.page.id, account_id=access.account_id, name=form.values["name"],
                query=to_query(wanted, access.page.currency), is_shared=form.values["shared"], now=now(),
            )  # fmt: skip
    except DomainError as error:
        return _refused(access, form, error)
    flash_message(_("The filter “%(name)s” is saved.", name=saved.name))
    return _to_view(access, saved.id)


@staff_only(Permission.VIEW_ORDERS)
def update_filter(access: PageAccess, filter_id: int) -> Response:
    """Give a saved filter another name."""
    form = Form.from_request(NameSchema())
    name = form.values["name"] if form.values else ""
    try:
        with database().transaction() as session:
            _check_may_change(session, access, filter_id)
            rename_filter(
                session, page_id=access.page.id, account_id=access.account_id, filter_id=filter_id, name=name, now=now()
            )  # fmt: skip
    except Invalid as error:
        if request.args.get("view") == str(filter_id):
            return _refused(access, form, error)
        flash_message(_(error.errors["name"][0]), "error")
    return _to_view(access, filter_id)


@staff_only(Permission.VIEW_ORDERS)
def delete_saved_filter(access: PageAccess, filter_id: int) -> Response:
    """Take a saved filter off the list; the answer offers to undo it."""
    with database().transaction() as session:
        _check_may_change(session, access, filter_id)
        delete_filter(
            session, page_id=access.page.id, account_id=access.account_id, filter_id=filter_id, now=now()
        )
    return see_other("orders_admin.list_orders", page_slug=access.page.slug, deleted=filter_id)


@staff_only(Permission.VIEW_ORDERS)
def restore_saved_filter(access: PageAccess, filter_id: int) -> Response:
    """Bring a deleted filter back; when it no longer fits, say why and keep offering it."""
    try:
        with database().transaction() as session:
            _check_may_change(session, access, filter_id)
            restore_filter(
                session, page_id=access.page.id, account_id=access.account_id, filter_id=filter_id, now=now()
            )
    except (Invalid, TooManySaved) as error:
        text = error.errors["name"][0] if isinstance(error, Invalid) else error.msgid
        flash_message(_(text), "error")
        return see_other("orders_admin.list_orders", page_slug=access.page.slug, deleted=filter_id)
    return _to_view(access, filter_id)


def _check_may_share(access: PageAccess) -> None:
    if not access.allows(Permission.MANAGE_ORDERS):
        raise Forbidden


def _check_may_change(session: Session, access: PageAccess, filter_id: int) -> None:
    """Let everybody change their own filters, and the staff's only those who work on orders."""
    found: SavedFilter = get_saved_filter(
        session, page_id=access.page.id, account_id=access.account_id, filter_id=filter_id
    )
    if found.account_id is None:
        _check_may_share(access)


def _refused(access: PageAccess, form: Form, error: DomainError) -> Response:
    if isinstance(error, Invalid):
        form.add_invalid(error)
    else:
        form.add_domain_error("name", error)
    return show_list(access, name_form=form, status=error.status)


def _to_view(access: PageAccess, filter_id: int) -> Response:
    return see_other("orders_admin.list_orders", page_slug=access.page.slug, view=filter_id)
