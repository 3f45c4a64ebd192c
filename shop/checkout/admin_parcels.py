"""Parcels in an order's room: shipping, changing the tracking, taking back."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from shop.checkout.act_schemas import ParcelSchema, TrackingSchema
from shop.checkout.admin_base import back, read_order, read_units, refuse, tell
from shop.checkout.fulfilling import cancel_fulfilment, change_tracking, fulfil_order
from shop.core.errors import DomainError
from shop.core.kill_points import reach
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database, now
from shop.web.forms import Form
from shop.web.pages import flash_message


@staff_only(Permission.MANAGE_ORDERS)
def create_fulfilment(access: PageAccess, number: str) -> Response:
    """Ship what is in the form, or all that is left when it names no units; the answer offers to undo it."""
    order = read_order(access, number)
    form = Form.from_request(ParcelSchema())
    units = read_units(form, order.lines)
    if form.values is None:
        return refuse(access, number, "ship", form)
    try:
        with database().transaction() as session:
            parcel = fulfil_order(
                session,
                order_id=order.id,
                now=now(),
                account_id=access.account_id,
                quantities=units,
                expected_left=form.values["expected_left"],
                **_tracking(form.values),
            )
            shipped = sum(line.quantity for line in parcel.lines)
    except DomainError as error:
        return refuse(access, number, "ship", form, error)
    reach("fulfilment.committed")
    undo = url_for(
        "order_acts.delete_fulfilment", page_slug=access.page.slug, number=number, fulfilment_id=parcel.id
    )
    flash_message(ngettext("%(num)s unit is shipped.", "%(num)s units are shipped.", shipped), undo=undo)
    return back(access, number)


@staff_only(Permission.MANAGE_ORDERS)
def update_tracking(access: PageAccess, number: str, fulfilment_id: int) -> Response:
    """Change a parcel's carrier, number and link, and tell the buyer again if that is ticked."""
    order = read_order(access, number)
    form = Form.from_request(TrackingSchema())
    name = f"tracking-{fulfilment_id}"
    if form.values is None:
        return refuse(access, number, name, form)
    try:
        with database().transaction() as session:
            change_tracking(
                session,
                order_id=order.id,
                fulfilment_id=fulfilment_id,
                now=now(),
                account_id=access.account_id,
                **_tracking(form.values),
            )
    except DomainError as error:
        return refuse(access, number, name, form, error)
    flash_message(_("Saved."))
    return back(access, number, f"parcel-{fulfilment_id}")


@staff_only(Permission.MANAGE_ORDERS)
def delete_fulfilment(access: PageAccess, number: str, fulfilment_id: int) -> Response:
    """Take a parcel back: its units are to be shipped again."""
    order = read_order(access, number)
    try:
        with database().transaction() as session:
            cancel_fulfilment(
                session,
                order_id=order.id,
                fulfilment_id=fulfilment_id,
                now=now(),
                account_id=access.account_id,
            )
    except DomainError as error:
        tell(error)
    else:
        flash_message(_("The parcel is taken back. What was in it can be shipped again."))
    return back(access, number)


def _tracking(values: dict[str, Any]) -> dict[str, Any]:
    return {
        "carrier": values["carrier_name"] or values["carrier"],
        "tracking_number": values["tracking_number"],
        "tracking_url": values["tracking_url"],
        "notify": values["notify"],
    }
