"""The money in an order's room: cancelling, accepting or sending back what does not match, disputes."""

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from shop.checkout.access import desk
from shop.checkout.act_schemas import EvidenceSchema
from shop.checkout.admin_base import back, read_order, refuse, tell
from shop.checkout.admin_refunds import ask_and_tell
from shop.checkout.cancelling import accept_payment, cancel_as_staff, reject_payment
from shop.checkout.disputes import send_evidence
from shop.core.errors import DomainError
from shop.orders.models import OrderStatus
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database, now
from shop.web.forms import Form
from shop.web.pages import flash_message


@staff_only(Permission.MANAGE_ORDERS)
def cancel_order(access: PageAccess, number: str) -> Response:
    """Cancel an order that is not paid or cost nothing; its goods go back on the shelf and its buyer is told."""
    order = read_order(access, number)
    try:
        status = cancel_as_staff(desk(), order_id=order.id, account_id=access.account_id, now=now())
    except DomainError as error:
        tell(error)
    else:
        if status is OrderStatus.CANCELLED:
            flash_message(_("The order is cancelled. Nothing was charged."))
        else:
            flash_message(_("The order had run out already; its goods are back on the shelf."), "info")
    return back(access, number)


@staff_only(Permission.REFUND_ORDERS)
def accept_order(access: PageAccess, number: str) -> Response:
    """Take what was paid for an order that is held back as its price."""
    order = read_order(access, number)
    try:
        with database().transaction() as session:
            accept_payment(session, order_id=order.id, account_id=access.account_id, now=now())
    except DomainError as error:
        tell(error)
    else:
        flash_message(_("The payment is accepted. The order can be shipped."))
    return back(access, number)


@staff_only(Permission.REFUND_ORDERS)
def reject_order(access: PageAccess, number: str) -> Response:
    """Cancel an order that is held back, and send back what is left of its payment, if anything."""
    order = read_order(access, number)
    try:
        with database().transaction() as session:
            refund = reject_payment(session, order_id=order.id, account_id=access.account_id, now=now())
    except DomainError as error:
        tell(error)
    else:
        if refund is None:
            flash_message(_("The order is cancelled."))
        else:
            ask_and_tell(refund)
    return back(access, number)


@staff_only(Permission.REFUND_ORDERS)
def create_evidence(access: PageAccess, number: str, dispute_id: int) -> Response:
    """Send the bank what speaks for the shop, once."""
    order = read_order(access, number)
    form, name = Form.from_request(EvidenceSchema()), f"evidence-{dispute_id}"
    if form.values is None:
        return refuse(access, number, name, form)
    try:
        send_evidence(
            desk(),
            order_id=order.id,
            dispute_id=dispute_id,
            evidence=form.values,
            account_id=access.account_id,
            now=now(),
        )
    except DomainError as error:
        return refuse(access, number, name, form, error)
    flash_message(_("Your evidence is with the bank, which now decides."))
    return back(access, number)
