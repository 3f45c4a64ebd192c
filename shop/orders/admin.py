"""The admin's addresses of orders, under ``/manage/<page>``; the views are beside, acts in ``checkout/admin.py``."""

from flask import Blueprint

from shop.orders import admin_export as exports
from shop.orders import admin_list as orders
from shop.orders import admin_mails as mails
from shop.orders import admin_room as room
from shop.orders import admin_saved_filters as saved_filters
from shop.orders import admin_slips as slips

blueprint = Blueprint("orders_admin", __name__)

_orders = "/manage/<page_slug>/orders"
_order = f"{_orders}/<number>"
_filters = "/manage/<page_slug>/order-filters"
_filter = f"{_filters}/<int:filter_id>"

blueprint.get(_orders)(orders.list_orders)
blueprint.post(f"{_orders}/exports")(exports.create_export)
blueprint.post(_filters)(saved_filters.create_filter)
blueprint.post(_filter)(saved_filters.update_filter)
blueprint.post(f"{_filter}/deletion")(saved_filters.delete_saved_filter)
blueprint.post(f"{_filter}/restoration")(saved_filters.restore_saved_filter)
blueprint.get(_order)(room.show_order)
blueprint.get(f"{_order}/mails/<int:mail_id>")(mails.show_mail)
blueprint.get(f"{_order}/mails/<int:mail_id>/body")(mails.show_mail_body)
blueprint.get(f"{_order}/mail-previews/<kind>")(mails.preview_mail)
blueprint.get(f"{_order}/mail-previews/<kind>/body")(mails.preview_mail_body)
blueprint.get(f"{_order}/packing-slip")(slips.show_slip)
blueprint.get("/manage/<page_slug>/packing-slips")(slips.show_slips)
