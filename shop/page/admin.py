"""The admin's addresses of the page itself, under ``/manage/<page>``; the views are beside."""

from flask import Blueprint

from shop.page import admin_payments as payments
from shop.page import admin_settings as settings
from shop.page import admin_staff as staff

blueprint = Blueprint("page_admin", __name__)

_settings = "/manage/<page_slug>/settings"
_staff = "/manage/<page_slug>/staff"

blueprint.get(_settings)(settings.show_settings)
blueprint.post(_settings)(settings.update_settings)

blueprint.get("/manage/<page_slug>/payments")(payments.show_payments)
blueprint.post("/manage/<page_slug>/payments/notice/removal")(payments.hide_notice)

blueprint.get(_staff)(staff.show_staff)
blueprint.post(_staff)(staff.create_staff)
blueprint.post(f"{_staff}/restoration")(staff.restore_staff)
blueprint.post(f"{_staff}/<int:account_id>/role")(staff.update_role)
blueprint.post(f"{_staff}/<int:account_id>/removal")(staff.delete_staff)
