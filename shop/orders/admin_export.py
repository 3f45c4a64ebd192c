"""The admin's CSV files of orders."""

from flask import Response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from shop.orders.admin_list import scope_of
from shop.orders.exporting import Shape, export_orders
from shop.orders.filters import FIELDS, read_filter, to_query
from shop.page.access import PageAccess, staff_only
from shop.page.audit import record_act
from shop.page.authorization import Permission
from shop.web.context import database, now
from shop.web.pages import flash_message, see_other


@staff_only(Permission.VIEW_ORDERS)
def create_export(access: PageAccess) -> BaseResponse:
    """Send the orders of the given filter as a CSV file, a row an order or a line; the audit log keeps that it was."""
    typed = {key: request.form.get(key, "") for key in FIELDS.values()}
    # The form's fields are those of a normalised address, so amounts are read in one way only.
    wanted, errors = read_filter(typed, currency=access.page.currency, locale="en")
    chosen = request.form.get("rows", Shape.ORDERS)
    if errors or chosen not in set(Shape):
        flash_message(_("This filter could not be read, so nothing was exported."), "error")
        return see_other("orders_admin.list_orders", page_slug=access.page.slug)
    shape, scope, at = Shape(chosen), scope_of(access), now()
    query = to_query(wanted, scope.currency)
    with database().transaction() as session:
        record_act(
            session, page_id=scope.page_id, account_id=access.account_id, act="orders.exported", now=at,
            subject=("order_list", query, access.page.name), after={"filter": query, "rows": shape.value},
        )  # fmt: skip
    response = Response(
        export_orders(database(), scope, wanted, shape), mimetype="text/csv", content_type="text/csv; charset=utf-8"
    )  # fmt: skip
    name = f"{access.page.slug}-{shape.value.replace('lines', 'order-lines')}-{at:%Y-%m-%d}.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
