"""What the checkout's edges stand on: the desk of this application, and who buys in this request."""

from typing import cast

from flask import current_app

from shop.accounts.login import viewer
from shop.checkout.desk import Buyer, Desk, account_buyer, guest_buyer
from shop.payments.gateway import Gateway
from shop.web.context import database, settings, signer
from shop.web.visitor import visitor_id


def desk() -> Desk:
    """Return the current application's desk."""
    gateway = cast(Gateway, current_app.extensions["vitrine.gateway"])
    return Desk(database(), gateway, signer(), settings().public_url)


def current_buyer() -> Buyer:
    """Return who buys: the signed-in account, or the guest, who gets a cookie now if they have none."""
    person = viewer()
    if person.account_id is not None:
        return account_buyer(person.account_id, person.email)
    return guest_buyer(visitor_id(create=True) or "")
