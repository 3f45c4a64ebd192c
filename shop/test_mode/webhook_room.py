"""``/test-mode/webhooks``: what came, what the stand-in sent and how often it tried, and faults on demand."""

import datetime as dt
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response as BaseResponse

from shop.core.errors import NotFound
from shop.core.i18n import N_
from shop.orders.queries import list_numbers
from shop.payments.recorded_queries import list_newest_webhooks
from shop.test_mode.base import LIMIT, blueprint, check_test_mode, find_stand_in, get_stand_in, show
from shop.test_mode.stand_in import StandIn, StandInAway, StandInRefused
from shop.test_mode.timeline import outcome_text, pretty, signature_text
from shop.web.context import database, settings
from shop.web.forms import Form, id_or_none
from shop.web.limits import limiter
from shop.web.pages import flash_message, see_other

SHOWN = 100
CALL_FAULTS = ("timeout_before", "timeout_after", "lost_response", "rate_limit", "server_error", "conflict")
WEBHOOK_FAULTS = ("webhook_drop", "webhook_double", "webhook_delay", "webhook_reorder")
OUT_OF_RANGE = N_("Enter a whole number in the range that is named.")
MAX_TIMES, MAX_SECONDS = 1_000_000, 86_400


class FaultSchema(Schema):
    """A fault as it is asked for; what it is about depends on its kind."""

    kind = fields.String(required=True, validate=validate.OneOf([*CALL_FAULTS, *WEBHOOK_FAULTS]))
    about = fields.String(load_default="", validate=validate.Length(max=200))
    """Glob on a call's path, or on an event's type."""
    count = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, MAX_TIMES, error=OUT_OF_RANGE),
    )
    percent = fields.Integer(
        strict=True, load_default=100, validate=validate.Range(1, 100, error=OUT_OF_RANGE)
    )
    seconds = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, MAX_SECONDS, error=OUT_OF_RANGE),
    )


def fault_texts() -> dict[str, str]:
    """Return what each kind of fault does."""
    return {
        "timeout_before": _("Call times out; nothing was done"),
        "timeout_after": _("Call times out; it was done"),
        "lost_response": _("Connection breaks at once; it was done"),
        "rate_limit": _("429, too many requests"),
        "server_error": _("500, an error at Stripe"),
        "conflict": _("409, locked by another request"),
        "webhook_drop": _("Webhook is never sent"),
        "webhook_double": _("Webhook is sent twice"),
        "webhook_delay": _("Webhook is sent late"),
        "webhook_reorder": _("Webhooks come in another order"),
    }


@blueprint.get("/test-mode/webhooks")
def show_webhooks() -> Response:
    """Show arrivals and deliveries, newest first, and the faults that are set."""
    check_test_mode()
    return _room(Form({"percent": 100}))


def _room(form: Form) -> Response:
    with database().reading() as session:
        arrivals = list_newest_webhooks(session, limit=SHOWN)
        numbers = list_numbers(session, {one.order_id for one in arrivals if one.order_id is not None})
    response = show(
        "rooms/webhooks.html",
        form=form,
        arrivals=arrivals,
        numbers=numbers,
        books=_books(find_stand_in()),
        has_stand_in=find_stand_in() is not None,
        has_secret=settings().stripe_webhook_secret is not None,
        webhook_url=f"{settings().public_url}/stripe/webhook",
        fault_texts=fault_texts(),
        call_faults=CALL_FAULTS,
        webhook_faults=WEBHOOK_FAULTS,
        instant=_instant,
        texts={"signature": signature_text, "outcome": outcome_text, "pretty": pretty},
    )
    response.status_code = 422 if form.errors else 200
    return response


def _books(stand_in: StandIn | None) -> dict[str, Any] | None:
    """Return what the stand-in tells of its webhooks and faults, or None when it does not answer."""
    if stand_in is None:
        return None
    try:
        return {
            "is_paused": bool(stand_in.health().get("paused")),
            "deliveries": stand_in.deliveries(limit=SHOWN)[::-1],
            "faults": stand_in.faults(),
        }
    except (StandInAway, StandInRefused):
        return None


def _instant(seconds: float | None) -> dt.datetime | None:
    return None if seconds is None else dt.datetime.fromtimestamp(float(seconds), dt.UTC)


@blueprint.post("/test-mode/webhooks/pause")
@limiter.limit(LIMIT)
def pause_webhooks() -> BaseResponse:
    """Hold webhooks back."""
    return _switch("pause", _("Webhooks are held back until you let them go."))


@blueprint.post("/test-mode/webhooks/resumption")
@limiter.limit(LIMIT)
def resume_webhooks() -> BaseResponse:
    """Let webhooks go again."""
    return _switch("resume", _("Webhooks go out again; those that waited come now."))


def _switch(word: str, text: str) -> BaseResponse:
    check_test_mode()
    get_stand_in().switch_webhooks(word)
    flash_message(text)
    return see_other("rooms.show_webhooks")


@blueprint.post("/test-mode/faults")
@limiter.limit(LIMIT)
def create_fault() -> BaseResponse:
    """Set a fault; what is wrong with it is said at its field."""
    check_test_mode()
    stand_in = get_stand_in()
    form = Form.from_request(FaultSchema())
    if form.values is None:
        return _room(form)
    kind, about = form.values["kind"], form.values["about"].strip()
    wanted = {
        "kind": kind,
        ("event" if kind in WEBHOOK_FAULTS else "path"): about or None,
        "count": form.values["count"],
        "probability": form.values["percent"] / 100,
        "seconds": form.values["seconds"],
    }
    try:
        stand_in.add_fault({name: value for name, value in wanted.items() if value is not None})
    except StandInRefused as refusal:
        names = {"event": "about", "path": "about", "probability": "percent"}
        form.add_error(names.get(refusal.param or "", refusal.param or ""), refusal.reason)
        return _room(form)
    flash_message(_("The fault is set: %(what)s.", what=fault_texts()[kind]))
    return see_other("rooms.show_webhooks")


@blueprint.post("/test-mode/faults/removal")
@limiter.limit(LIMIT)
def delete_faults() -> BaseResponse:
    """Take one fault away (``fault``), or all."""
    check_test_mode()
    stand_in = get_stand_in()
    typed = request.form.get("fault", "")
    fault_id = id_or_none(typed)
    if typed and fault_id is None:
        raise NotFound
    try:
        stand_in.remove_faults(fault_id)
    except StandInRefused as refusal:
        flash_message(_(refusal.msgid, **refusal.params), "error")
    else:
        flash_message(_("The fault is taken away.") if typed else _("All faults are taken away."))
    return see_other("rooms.show_webhooks")
