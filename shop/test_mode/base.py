"""What the rooms share: their blueprint, who may act in them, and how they answer."""

from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from shop.core.errors import DomainError, Forbidden, NotFound
from shop.core.i18n import N_
from shop.test_mode.stand_in import StandIn, StandInAway, StandInRefused
from shop.web.context import settings
from shop.web.pages import flash_message, render, see_other
from shop.web.payment_mode import PaymentMode, payment_mode

blueprint = Blueprint("rooms", __name__)

LIMIT = "120/minute"


class ClosedWithLiveKey(Forbidden):
    """Real money moves, so this is no place to play."""

    code = "closed_with_live_key"
    message = N_("A live key is set and real money moves, so this room is closed.")


def mode() -> PaymentMode:
    """Return what answers the shop's calls."""
    return payment_mode(settings())


def check_test_mode() -> PaymentMode:
    """Return the mode; ClosedWithLiveKey when real money moves."""
    found = mode()
    if not found.is_test:
        raise ClosedWithLiveKey
    return found


def find_stand_in() -> StandIn | None:
    """Return the stand-in, or None where Stripe itself answers."""
    base = settings().stripe_api_base
    return StandIn(base) if base is not None else None


def get_stand_in() -> StandIn:
    """Return the stand-in; NotFound where Stripe itself answers."""
    found = find_stand_in()
    if found is None:
        raise NotFound
    return found


@blueprint.errorhandler(StandInAway)
@blueprint.errorhandler(StandInRefused)
def _tell(error: DomainError) -> BaseResponse:
    """Say what the stand-in said, or that it says nothing, in the room that tells how everything stands."""
    flash_message(_(error.msgid, **error.params), "error")
    return see_other("rooms.show_overview")


def show(template: str, **context: Any) -> Response:
    """Render a room; nobody keeps it."""
    response = render(template, rooms=_rooms(), **context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _rooms() -> list[tuple[str, str, str]]:
    """Return the rooms that are open: endpoint, icon and name."""
    found = [("rooms.show_overview", "info", _("Mode"))]
    if mode().is_test:
        found.append(("rooms.list_orders", "bag", _("Orders")))
        found.append(("rooms.show_webhooks", "refund", _("Webhooks")))
    if mode() is PaymentMode.STAND_IN:
        found.append(("rooms.show_clock", "clock", _("Clock")))
    return [*found, ("rooms.show_mails", "mail", _("Mails"))]
