"""``POST /stripe/webhook``: what Stripe tells us. 400 only to a bad signature, 2xx to everything else."""

import time

from flask import Blueprint, Response, current_app, jsonify, request

from shop.checkout.access import desk
from shop.checkout.inbox import receive_event
from shop.core.errors import DomainError
from shop.core.tracing import flow
from shop.payments.gateway import BadSignature
from shop.payments.recorded_models import SignatureResult
from shop.payments.recording import Arrival, CallRecorder
from shop.web.context import database, now

blueprint = Blueprint("stripe", __name__)


@blueprint.post("/stripe/webhook")
def receive() -> Response:
    """Keep and apply one event. The body is verified as it came, byte for byte."""
    body, signature = request.get_data(cache=False), request.headers.get("Stripe-Signature", "")
    recorder: CallRecorder | None = current_app.extensions["vitrine.recorder"]
    outcome = _receive(body, signature) if recorder is None else _receive_recorded(recorder, body, signature)
    return jsonify(received=True, outcome=outcome)


def _receive(body: bytes, signature: str) -> str:
    return receive_event(database(), desk().gateway, body=body, signature=signature, now=now())


def _receive_recorded(recorder: CallRecorder, body: bytes, signature: str) -> str:
    """Do the same, and have it written down for test mode's rooms, however it ends."""
    received_at, began = now(), time.monotonic()
    status, outcome, signed = 500, "error", SignatureResult.VALID
    with flow() as followed:
        try:
            outcome = _receive(body, signature)
            status = 200
        except BadSignature as error:
            status, outcome, signed = error.status, error.code, SignatureResult.INVALID
            raise
        except DomainError as error:
            status, outcome = error.status, error.code
            raise
        finally:
            spent_ms = round((time.monotonic() - began) * 1000)
            recorder.record_webhook(Arrival(body, received_at, spent_ms, status, outcome, signed), followed)
    return outcome
