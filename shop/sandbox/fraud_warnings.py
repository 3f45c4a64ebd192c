"""Early fraud warnings, which one test card asks for: https://docs.stripe.com/api/radar/early_fraud_warnings."""

from __future__ import annotations

from shop.sandbox.call import Call, api
from shop.sandbox.errors import Obj, not_found
from shop.sandbox.events import emit
from shop.sandbox.lists import list_page
from shop.sandbox.store import Tx

KIND = "radar.early_fraud_warning"


def warn(tx: Tx, charge: Obj) -> None:
    """Say that the card's bank expects fraud behind a charge (``radar.early_fraud_warning.created``)."""
    warning = {
        "id": tx.new_id("issfr_"),
        "object": KIND,
        "actionable": True,
        "charge": charge["id"],
        "created": tx.seconds,
        "fraud_type": "misc",
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }
    tx.add(KIND, warning)
    emit(tx, f"{KIND}.created", warning)


@api.on("GET", "/v1/radar/early_fraud_warnings/{id}", "radar.EarlyFraudWarningRetrieveParams")
def retrieve_warning(call: Call) -> Obj:
    """Return a warning."""
    warning = call.tx.find(KIND, call.id)
    if warning is None:
        raise not_found("early fraud warning", call.id)
    return warning


@api.on("GET", "/v1/radar/early_fraud_warnings", "radar.EarlyFraudWarningListParams")
def list_warnings(call: Call) -> Obj:
    """List warnings, newest first, by charge or payment intent."""
    params = call.params
    return list_page(call, KIND, charge=params.get("charge"), payment_intent=params.get("payment_intent"))
