"""An order's room: everything of one order for the page's staff. What they do in it is in ``checkout/admin.py``."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from shop.accounts.queries import find_account, map_names
from shop.orders import labels
from shop.orders.carriers import CARRIERS, carrier_name, tracking_address
from shop.orders.mails import PREVIEWS
from shop.orders.models import Fulfilment, Order, OrderStatus
from shop.orders.origin import read_origin
from shop.orders.queries import (
    find_last_carrier,
    get_order_of_page,
    list_fulfilments,
    list_order_sendings,
)
from shop.orders.timeline import make_timeline
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.payments.models import Dispute
from shop.payments.queries import find_payment_of_order, list_disputes_of_order, list_refunds_of_order
from shop.web.context import database, settings
from shop.web.forms import Form
from shop.web.pages import render
from shop.web.zone import local_time


@staff_only(Permission.VIEW_ORDERS)
def show_order(access: PageAccess, number: str) -> Response:
    """Show one of the page's orders with everything that happened to it."""
    return render_room(access, number)


def render_room(
    access: PageAccess, number: str, *, status: int = 200, forms: Mapping[str, Form] | None = None
) -> Response:
    """Render an order's room. ``forms`` are those that were refused, by name, so that nothing typed is lost.

    Names are ``ship``, ``note``, ``tracking-<fulfilment id>`` and ``evidence-<dispute id>``. Raises NotFound.
    """
    with database().reading() as session:
        order = get_order_of_page(session, page_id=access.page.id, number=number)
        facts = _read_facts(session, order)
        last_carrier = find_last_carrier(session, page_id=access.page.id) if _is_shippable(order) else ""
    given = dict(forms or {})
    given.setdefault("ship", _ship_form(order, last_carrier))
    given.setdefault("note", Form())
    for parcel in facts["parcels"]:
        given.setdefault(f"tracking-{parcel.id}", _tracking_form(order, parcel))
    for dispute in facts["disputes"]:
        given.setdefault(f"evidence-{dispute.id}", _evidence_form(order, facts["parcels"]))
    return render(
        "manage/orders/show.html",
        status=status,
        access=access,
        active_section="orders",
        order=order,
        forms=given,
        forms_gone=_forms_gone(forms or {}, order, facts["parcels"], facts["disputes"]),
        units_left=sum(line.to_ship_quantity for line in order.lines),
        is_shippable=_is_shippable(order),
        carriers=[(key, carrier.name) for key, carrier in CARRIERS.items()],
        carrier_name=carrier_name,
        has_test_rooms=settings().test_mode_rooms,
        previews=PREVIEWS,
        labels=labels,
        **facts,
    )


def _read_facts(session: Session, order: Order) -> dict[str, Any]:
    parcels = list_fulfilments(session, order.id)
    refunds = list_refunds_of_order(session, order.id)
    sendings = list_order_sendings(session, order.id)
    people = {event.account_id for event in order.history} | {refund.account_id for refund in refunds}
    names = map_names(session, {person for person in people if person is not None})
    disputes = list_disputes_of_order(session, order.id)
    left = order.captured_amount - order.refunded_amount
    return {
        "payment": find_payment_of_order(session, order.id),
        "refunds": refunds,
        "disputes": disputes,
        "refundable_amount": 0 if any(dispute.keeps_money for dispute in disputes) else left,
        "parcels": [parcel for parcel in parcels if parcel.cancelled_at is None],
        "sendings": sendings,
        "names": names,
        "timeline": make_timeline(order, sendings, names),
        "origin": read_origin(session, order),
        "buyer": find_account(session, order.account_id) if order.account_id else None,
    }


def _forms_gone(
    forms: Mapping[str, Form], order: Order, parcels: list[Fulfilment], disputes: list[Dispute]
) -> list[Form]:
    """Return the refused forms that the room shows no more, since somebody was quicker: why is told above."""
    shown = {"note", *(f"tracking-{parcel.id}" for parcel in parcels)}
    shown |= {f"evidence-{dispute.id}" for dispute in disputes if dispute.is_answerable}
    if _is_shippable(order):
        shown.add("ship")
    return [form for name, form in forms.items() if name not in shown]


def _is_shippable(order: Order) -> bool:
    return order.status is OrderStatus.PAID and any(line.to_ship_quantity for line in order.lines)


def _ship_form(order: Order, carrier: str) -> Form:
    units = {f"units-{line.id}": line.to_ship_quantity for line in order.lines}
    is_known = carrier in CARRIERS
    return Form({
        **units, "carrier": carrier if is_known else "", "carrier_name": "" if is_known else carrier,
        "notify": bool(order.email),
    })  # fmt: skip


def _tracking_form(order: Order, parcel: Fulfilment) -> Form:
    is_known = parcel.carrier in CARRIERS
    # A link that was made from the number is left out: it would come back as a typed one and outlive the number.
    made = tracking_address(parcel.carrier, parcel.tracking_number, order.delivery_postal_code)
    return Form({
        "carrier": parcel.carrier if is_known else "", "carrier_name": "" if is_known else parcel.carrier,
        "tracking_number": parcel.tracking_number, "notify": False,
        "tracking_url": "" if parcel.tracking_url == made else parcel.tracking_url or "",
    })  # fmt: skip


def _evidence_form(order: Order, parcels: list[Fulfilment]) -> Form:
    """Fill in what the shop itself knows: what was bought and how the first parcel left."""
    known: dict[str, Any] = {
        "product_description": "\n".join(f"{line.quantity} × {line.title}" for line in order.lines)
    }
    if parcels:
        known |= {
            "shipping_carrier": carrier_name(parcels[0].carrier),
            "shipping_tracking_number": parcels[0].tracking_number,
            "shipping_date": local_time(parcels[0].shipped_at).date().isoformat(),
        }
    return Form(known)
