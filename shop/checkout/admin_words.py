"""Words in an order's room: notes of staff, and mails sent once more."""

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from shop.checkout.act_schemas import NoteSchema
from shop.checkout.admin_base import back, read_order, refuse, tell
from shop.checkout.correspondence import add_note, resend_mail, retry_mail
from shop.core.errors import DomainError
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database, now
from shop.web.forms import Form
from shop.web.pages import flash_message


@staff_only(Permission.MANAGE_ORDERS)
def create_note(access: PageAccess, number: str) -> Response:
    """Keep a note for the page's staff."""
    order = read_order(access, number)
    form = Form.from_request(NoteSchema())
    if form.values is None:
        return refuse(access, number, "note", form)
    try:
        with database().transaction() as session:
            add_note(
                session, order_id=order.id, account_id=access.account_id, text=form.values["text"], now=now()
            )
    except DomainError as error:
        return refuse(access, number, "note", form, error)
    return back(access, number, "history")


@staff_only(Permission.MANAGE_ORDERS)
def create_sending(access: PageAccess, number: str, mail_id: int) -> Response:
    """Send one of the order's mails once more."""
    order = read_order(access, number)
    try:
        with database().transaction() as session:
            mail = resend_mail(
                session, order_id=order.id, mail_id=mail_id, account_id=access.account_id, now=now()
            )
    except DomainError as error:
        tell(error)
    else:
        flash_message(_("The mail goes to %(email)s once more.", email=mail.recipient))
    return back(access, number, "mails")


@staff_only(Permission.MANAGE_ORDERS)
def create_attempt(access: PageAccess, number: str, mail_id: int) -> Response:
    """Have one of the order's mails that could not be sent tried again."""
    order = read_order(access, number)
    try:
        with database().transaction() as session:
            retry_mail(session, order_id=order.id, mail_id=mail_id, account_id=access.account_id, now=now())
    except DomainError as error:
        tell(error)
    else:
        flash_message(_("It is being tried again."))
    return back(access, number, "mails")
