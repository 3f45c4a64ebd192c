"""The admin's step that ships several orders: one table, a number field each, one button."""

from dataclasses import dataclass, field

from flask import Blueprint, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from shop.checkout.bulk_shipping import MAX_ORDERS, Outcome, Wish, obstacle, ship_orders, units_left
from shop.core.errors import DomainError, Invalid
from shop.orders import labels
from shop.orders.carriers import CARRIERS, MAX_NUMBER
from shop.orders.listing import list_orders_by_number
from shop.orders.models import Order
from shop.orders.queries import find_last_carrier
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database, now
from shop.web.forms import boolean_adapter, id_or_none
from shop.web.pages import flash_message, go, is_local_path, referring_path, render, see_other

blueprint = Blueprint("bulk_shipping", __name__)


@dataclass
class Row:
    """An order in the table: what was typed for it and why it was not shipped."""

    order: Order
    units: int
    tracking_number: str = ""
    error: str = ""


@dataclass
class Step:
    """What the step shows: orders that can be shipped, and those that cannot with the reason."""

    rows: list[Row] = field(default_factory=list)
    refused: list[tuple[Order, str]] = field(default_factory=list)


@blueprint.get("/manage/<page_slug>/shipments/new")
@staff_only(Permission.MANAGE_ORDERS)
def new_shipments(access: PageAccess) -> Response:
    """Show the ticked orders, ready to be shipped."""
    numbers = _numbers(request.args.getlist("number"))
    if not numbers:
        flash_message(_("Tick the orders first that you want to ship."), "info")
        return _to_list(access)
    with database().reading() as session:
        orders = list_orders_by_number(session, page_id=access.page.id, numbers=numbers)
        carrier = find_last_carrier(session, page_id=access.page.id)
    back = referring_path() or ""
    return _page(access, _step(orders, {}), carrier=carrier, notify=True, back=back)


@blueprint.post("/manage/<page_slug>/shipments")
@staff_only(Permission.MANAGE_ORDERS)
def create_shipments(access: PageAccess) -> Response:
    """Ship the orders of the table, each for itself; what could not be shipped is shown again with the reason."""
    numbers = _numbers(request.form.getlist("number"))
    if not numbers:
        return _to_list(access)
    carrier, notify = _text("carrier"), boolean_adapter(request.form.get("notify", ""))
    wishes = [
        Wish(number, id_or_none(_text(f"left-{number}")) or 0, _text(f"tracking-{number}"))
        for number in numbers
    ]
    outcomes = ship_orders(
        database(), page_id=access.page.id, wishes=wishes, carrier=carrier, notify=notify,
        account_id=access.account_id, now=now(),
    )  # fmt: skip
    if all(outcome.error is None for outcome in outcomes):
        _tell(outcomes)
        return _to_list(access)
    with database().reading() as session:
        orders = list_orders_by_number(session, page_id=access.page.id, numbers=numbers)
    failed = {outcome.number: outcome.error for outcome in outcomes if outcome.error is not None}
    step = _step([order for order in orders if order.number in failed], failed)
    return _page(
        access, step, carrier=carrier, notify=notify, back=_text("next"), outcomes=outcomes, status=409,
        carrier_error=_carrier_error(failed),
    )  # fmt: skip


def _numbers(typed: list[str]) -> list[str]:
    return list(dict.fromkeys(number[:MAX_NUMBER].replace("\x00", "") for number in typed if number))[
        :MAX_ORDERS
    ]


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\x00", "").strip()


def _step(orders: list[Order], failed: dict[str, DomainError]) -> Step:
    """Sort orders into those that can be shipped and those that cannot; what was typed stays typed."""
    step = Step()
    for order in orders:
        problem = obstacle(order)
        if problem is not None:
            step.refused.append((order, _(problem.msgid, **problem.params)))
            continue
        error = failed.get(order.number)
        typed = _text(f"tracking-{order.number}")
        step.rows.append(Row(order, units_left(order), typed, _row_error(error) if error else ""))
    return step


def _row_error(error: DomainError) -> str:
    if isinstance(error, Invalid):
        return " ".join(_(text) for text in error.errors.get("tracking_number", []))
    return str(_(error.msgid, **error.params))


def _carrier_error(failed: dict[str, DomainError]) -> str:
    texts = [
        text
        for error in failed.values()
        if isinstance(error, Invalid)
        for text in error.errors.get("carrier", [])
    ]
    return str(_(texts[0])) if texts else ""


def _page(
    access: PageAccess, step: Step, *, carrier: str, notify: bool, back: str, outcomes: list[Outcome] | None = None,
    carrier_error: str = "", status: int = 200,
) -> Response:  # fmt: skip
    done = [outcome.number for outcome in outcomes or [] if outcome.error is None]
    return render(
        "manage/orders/ship.html", status=status, access=access, active_section="orders", step=step, carrier=carrier,
        carriers=CARRIERS, carrier_error=carrier_error, notify=notify, back=back if is_local_path(back) else "",
        done=done, labels=labels, max_number=MAX_NUMBER,
    )  # fmt: skip


def _tell(outcomes: list[Outcome]) -> None:
    shipped = [outcome.number for outcome in outcomes if not outcome.was_shipped_before]
    before = [outcome.number for outcome in outcomes if outcome.was_shipped_before]
    if shipped:
        flash_message(
            ngettext("%(num)s order is marked as shipped.", "%(num)s orders are marked as shipped.", len(shipped))
        )  # fmt: skip
    if before:
        flash_message(_("Shipped before, so left alone: %(numbers)s", numbers=", ".join(before)), "info")


def _to_list(access: PageAccess) -> Response:
    back = _text("next")
    if is_local_path(back) and f"/manage/{access.page.slug}/orders" in back:
        return go(back)
    return see_other("orders_admin.list_orders", page_slug=access.page.slug, shipping="to_ship")
