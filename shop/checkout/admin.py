"""The admin's addresses of acts on an order, under ``/manage/<page>/orders/<number>``; the views are beside."""

from flask import Blueprint

from shop.checkout import admin_money as money
from shop.checkout import admin_parcels as parcels
from shop.checkout import admin_refunds as refunds
from shop.checkout import admin_words as words

blueprint = Blueprint("order_acts", __name__)

_order = "/manage/<page_slug>/orders/<number>"
_parcel = f"{_order}/fulfilments/<int:fulfilment_id>"

blueprint.post(f"{_order}/fulfilments")(parcels.create_fulfilment)
blueprint.post(f"{_parcel}/tracking")(parcels.update_tracking)
blueprint.post(f"{_parcel}/cancellation")(parcels.delete_fulfilment)

blueprint.get(f"{_order}/refunds/new")(refunds.new_refund)
blueprint.post(f"{_order}/refunds")(refunds.create_refund)

blueprint.post(f"{_order}/cancellation")(money.cancel_order)
blueprint.post(f"{_order}/acceptance")(money.accept_order)
blueprint.post(f"{_order}/rejection")(money.reject_order)
blueprint.post(f"{_order}/disputes/<int:dispute_id>/evidence")(money.create_evidence)

blueprint.post(f"{_order}/notes")(words.create_note)
blueprint.post(f"{_order}/mails/<int:mail_id>/sendings")(words.create_sending)
blueprint.post(f"{_order}/mails/<int:mail_id>/attempts")(words.create_attempt)
