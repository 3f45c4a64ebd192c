"""The admin's addresses that change coupons, under ``/manage/<page>``; those that show what they brought are in ``insights``."""

from flask import Blueprint

from shop.coupons import admin_coupons as coupons
from shop.coupons import admin_standing as standing

blueprint = Blueprint("coupon_admin", __name__)

_coupons = "/manage/<page_slug>/coupons"
_coupon = f"{_coupons}/<int:coupon_id>"

blueprint.post(_coupons)(coupons.create_coupon)
blueprint.get(f"{_coupons}/new")(coupons.new_coupon)
blueprint.get(f"{_coupon}/form")(coupons.edit_coupon)
blueprint.post(f"{_coupon}/form")(coupons.update_coupon)
blueprint.post(f"{_coupon}/pause")(standing.pause_coupon)
blueprint.post(f"{_coupon}/pause/removal")(standing.resume_coupon)
blueprint.post(f"{_coupon}/deletion")(standing.delete_coupon)
blueprint.post(f"{_coupon}/restoration")(standing.restore_coupon)
