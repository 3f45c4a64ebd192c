"""The admin's addresses of the page itself, under ``/manage/<page>``; the views are beside."""

from flask import Blueprint

from shop.page import admin_audit as audit
from shop.page import admin_invitations as invitations
from shop.page import admin_payments as payments
from shop.page import admin_settings as settings
from shop.page import admin_setup as setup
from shop.page import admin_staff as staff

blueprint = Blueprint("page_admin", __name__)

_settings = "/manage/<page_slug>/settings"
_staff = "/manage/<page_slug>/staff"
_invitation = "/manage/<page_slug>/invitations/<int:invitation_id>"

blueprint.get(_settings)(settings.show_settings)
blueprint.post(_settings)(settings.update_settings)

blueprint.post("/manage/<page_slug>/setup")(setup.create_setup)
blueprint.post("/manage/<page_slug>/setup/removal")(setup.delete_setup)

blueprint.get("/manage/<page_slug>/payments")(payments.show_payments)
blueprint.post("/manage/<page_slug>/payments/notice/removal")(payments.hide_notice)

blueprint.get("/manage/<page_slug>/audit")(audit.show_audit)

blueprint.get(_staff)(staff.show_staff)
blueprint.post(f"{_staff}/restoration")(staff.bring_back)
blueprint.post(f"{_staff}/<int:account_id>/role")(staff.update_role)
blueprint.post(f"{_staff}/<int:account_id>/removal")(staff.delete_staff)

blueprint.post("/manage/<page_slug>/invitations")(invitations.create_invitation)
blueprint.post(f"{_invitation}/delivery")(invitations.create_delivery)
blueprint.post(f"{_invitation}/removal")(invitations.delete_invitation)
blueprint.post(f"{_invitation}/restoration")(invitations.create_restoration)
