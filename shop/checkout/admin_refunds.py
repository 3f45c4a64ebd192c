"""The form that refunds an order.

The sum is always seen before it is sent: the form carries it (``expected_amount``), and when what was
chosen comes to another one, the form is shown again with it. With JavaScript the sum follows the choice.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.checkout.access import desk
from shop.checkout.act_schemas import ALL, AMOUNT, LINES, RefundFormSchema
from shop.checkout.admin_base import back, read_units
from shop.checkout.free_lines import refunded_units, take_back_free_lines
from shop.checkout.refund_plans import RefundedMeanwhile, RefundPlan, check_disputes, plan_refund
from shop.checkout.refunds import ask_refund, refund_order
from shop.core.errors import DomainError, Invalid, NotFound
from shop.core.kill_points import reach
from shop.core.money import charge_step, exponent
from shop.orders import labels
from shop.orders.models import Order, OrderStatus
from shop.orders.queries import get_order_of_page
from shop.orders.service import TooMuchRefunded
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.payments.gateway import GatewayUnavailable
from shop.payments.models import Refund, RefundStatus
from shop.payments.queries import list_disputes_of_order
from shop.web.context import database, now
from shop.web.forms import Form, amount_adapter
from shop.web.pages import flash_message, render
from shop.web.templating import money


@staff_only(Permission.REFUND_ORDERS)
def new_refund(access: PageAccess, number: str) -> Response:
    """Show the form, with all that is left chosen."""
    with database().reading() as session:
        order = _read(session, access, number)
        plan, refusal = _try_plan(session, order, {})
    form = Form({"scope": ALL, "restock": not any(line.fulfilled_quantity for line in order.lines)})
    if refusal is not None:
        form.add_domain_error("", refusal)
    return _show(access, order, form, plan)


@staff_only(Permission.REFUND_ORDERS)
def create_refund(access: PageAccess, number: str) -> Response:
    """Refund what was chosen, if its sum is the one that was seen; else show the form again with the sum."""
    with database().reading() as session:
        order = _read(session, access, number)
        form = Form.from_request(RefundFormSchema(), adapters={"amount": amount_adapter(order.currency)})
        chosen = _chosen(form, order)
        plan, refusal = _try_plan(session, order, chosen) if chosen is not None else (None, None)
    if form.values is None or chosen is None:
        return _show(access, order, form, None, status=422)
    if refusal is not None or plan is None:
        return _refuse(access, order, form, refusal)
    seen = {
        "expected_refunded": order.refunded_amount,
        # What costs nothing adds nothing to what was refunded: its units tell that it was sent before.
        "expected_units": refunded_units(order.lines),
    }
    if any(form.values[name] not in (None, value) for name, value in seen.items()):
        return _refuse(access, order, form, RefundedMeanwhile())
    if form.values["expected_amount"] != plan.amount:
        return _show(access, order, form, plan, status=422, is_asking=True)
    asked = {
        "order_id": order.id,
        "now": now(),
        "account_id": access.account_id,
        "reason": form.values["reason"],
        "restock": form.values["restock"] and bool(plan.parts),
    }
    refund = None
    try:
        with database().transaction() as session:
            if plan.amount:
                # What the form showed, or, for one that does not say, what was true when the sum was compared.
                refund = refund_order(session, expected_refunded=seen["expected_refunded"], **asked, **chosen)
            else:
                take_back_free_lines(session, expected_units=seen["expected_units"], **asked, **chosen)
    except DomainError as error:
        return _refuse(access, order, form, error)
    reach("refund.reserved")
    if refund is not None:
        ask_and_tell(refund)
    else:
        flash_message(
            _("They cost nothing, so no money goes back. What had not left need not be shipped any more.")
        )
    return back(access, number)


def ask_and_tell(refund: Refund) -> None:
    """Ask Stripe at once, and say on the next page how the refund stands; what fails is tried again by its job."""
    try:
        status = ask_refund(desk(), refund.id, now=now())
    except GatewayUnavailable:
        status = RefundStatus.REQUESTED
    amount = money(refund.amount, refund.currency)
    if status is RefundStatus.SUCCEEDED:
        flash_message(_("%(amount)s is refunded.", amount=amount))
    elif status is RefundStatus.FAILED:
        flash_message(_("Stripe refused to refund %(amount)s. The history says why.", amount=amount), "error")
    else:
        flash_message(_("The refund of %(amount)s is on its way.", amount=amount), "info")


def _read(session: Session, access: PageAccess, number: str) -> Order:
    order = get_order_of_page(session, page_id=access.page.id, number=number)
    if order.status is OrderStatus.FLAGGED:
        raise NotFound  # a payment that does not match is accepted or sent back in the room
    return order


def _chosen(form: Form, order: Order) -> dict[str, Any] | None:
    """Return what of ``plan_refund`` the form asks for; None when it does not say it well."""
    units = read_units(form, order.lines)
    if form.values is None:
        return None
    if form.values["scope"] == LINES:
        return {"quantities": units or {}}
    if form.values["scope"] == AMOUNT:
        return {"amount": form.values["amount"] or 0}
    return {}


def _try_plan(
    session: Session, order: Order, chosen: Mapping[str, Any]
) -> tuple[RefundPlan | None, DomainError | None]:
    try:
        check_disputes(list_disputes_of_order(session, order.id))
        return plan_refund(order, order.lines, **chosen), None
    except DomainError as error:
        return None, error


def _refuse(access: PageAccess, order: Order, form: Form, error: DomainError | None) -> Response:
    if isinstance(error, NotFound):
        raise error
    if isinstance(error, Invalid):
        form.add_invalid(error)
    elif isinstance(error, TooMuchRefunded):
        form.add_domain_error({AMOUNT: "amount", LINES: "lines"}.get(form.raw("scope"), ""), error)
    elif error is not None:
        form.add_domain_error("", error)
    with database().reading() as session:
        fresh = _read(session, access, order.number)
    return _show(access, fresh, form, None, status=error.status if error else 422)


def _show(
    access: PageAccess, order: Order, form: Form, plan: RefundPlan | None, *, status: int = 200, is_asking: bool = False
) -> Response:  # fmt: skip
    return render(
        "manage/orders/refund.html",
        status=status,
        access=access,
        active_section="orders",
        order=order,
        form=form,
        plan=plan,
        is_asking=is_asking,
        left=order.captured_amount - order.refunded_amount,
        refundable_lines=[line for line in order.lines if line.refunded_quantity < line.quantity],
        digits=exponent(order.currency),
        step=charge_step(order.currency),
        refunded_units=refunded_units(order.lines),
        labels=labels,
    )
