"""``POST /stripe/webhook``: what Stripe tells us. 400 only to a bad signature, 2xx to everything else."""

from flask import Blueprint, Response, jsonify, request

from shop.checkout.access import desk
from shop.checkout.inbox import receive_event
from shop.web.context import database, now

blueprint = Blueprint("stripe", __name__)


@blueprint.post("/stripe/webhook")
def receive() -> Response:
    """Keep and apply one event. The body is verified as it came, byte for byte."""
    outcome = receive_event(
        database(),
        desk().gateway,
        body=request.get_data(cache=False),
        signature=request.headers.get("Stripe-Signature", ""),
        now=now(),
    )
    return jsonify(received=True, outcome=outcome)
