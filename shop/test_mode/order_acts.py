"""What a developer does to an order with one click: pay, decline, expire, dispute, let a refund fail, send webhooks again."""

from collections.abc import Callable

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from shop.checkout.access import desk
from shop.checkout.expiry import release_order
from shop.checkout.refunds import ask_refund, refund_order
from shop.core.errors import DomainError, NotFound
from shop.orders.models import OrderStatus
from shop.payments.gateway import GatewayUnavailable
from shop.payments.queries import get_refund
from shop.test_mode.base import LIMIT, blueprint, check_test_mode, get_stand_in
from shop.test_mode.cards import payable_groups
from shop.test_mode.order_room import DISPUTE_REASONS, REFUND_FAILURES, Case, WrongDelay, read_case, show_room
from shop.test_mode.stand_in import StandIn, StandInRefused
from shop.web.context import database, now
from shop.web.forms import id_or_none
from shop.web.limits import limiter
from shop.web.pages import flash_message, see_other

DECLINED = 402
MAX_DELAY_S = 86_400
CHALLENGES = ("complete", "fail", "")


def _act(number: str, do: Callable[[Case], None]) -> Response:
    """Do something to an order and go back to its room; what stands in the way is told there."""
    check_test_mode()
    with database().reading() as session:
        case = read_case(session, number)
    try:
        do(case)
    except NotFound:
        raise
    except GatewayUnavailable:
        # Its own words are a buyer's.
        flash_message(_("There was no answer; the conversation shows what was asked. Try again."), "error")
    except DomainError as error:
        flash_message(_(error.msgid, **error.params), "error")
    return see_other("rooms.show_order", number=number)


@blueprint.post("/test-mode/orders/<number>/payment")
@limiter.limit(LIMIT)
def pay_order(number: str) -> Response:
    """Pay an order's page with a test card, as its buyer would; a decline is told, too."""
    return _act(number, _pay)


def _pay(case: Case) -> None:
    stand_in = get_stand_in()
    groups = payable_groups(case.order.currency)
    kinds = {one.digits: "iban" if group.is_account else "card" for group in groups for one in group.cards}
    number, challenge = request.form.get("card", "").replace(" ", ""), request.form.get("challenge", "")
    if number not in kinds or challenge not in CHALLENGES:
        flash_message(_("Choose one of the test cards."), "error")
        return
    if not case.is_open or case.payment is None or case.payment.stripe_session_id is None:
        flash_message(_("This order has no open payment page, so there is nothing to pay."), "error")
        return
    fields = {kinds[number]: number, **({"challenge": challenge} if challenge else {})}
    try:
        said = stand_in.pay(case.payment.stripe_session_id, fields)
    except StandInRefused as refusal:
        if refusal.answered != DECLINED:
            raise
        flash_message(_("The card was declined, as it should be: %(reason)s", reason=refusal.reason), "info")
        return
    session = said.get("session") or {}
    if session.get("status") == "open":
        flash_message(_("The bank waits for an answer: open the payment page to give it."), "info")
    elif session.get("payment_status") == "unpaid":
        flash_message(
            _("The debit is under way. The bank’s answer comes later; turn the clock to have it now."), "info"
        )
    else:
        flash_message(_("Paid. The webhooks are on their way."))


@blueprint.post("/test-mode/orders/<number>/expiry")
@limiter.limit(LIMIT)
def expire_order(number: str) -> Response:
    """Expire an order's payment page at Stripe, as its time had run out."""
    return _act(number, _expire)


def _expire(case: Case) -> None:
    if case.order.status is not OrderStatus.AWAITING_PAYMENT:
        flash_message(_("This order does not wait for payment any more."), "error")
        return
    status = release_order(desk(), case.order.id, now=now(), why="not paid in time")
    if status is OrderStatus.EXPIRED:
        flash_message(_("Expired: its payment page is closed and its goods are back on the shelf."))
    else:
        flash_message(_("This order does not wait for payment any more."), "error")


@blueprint.post("/test-mode/orders/<number>/dispute")
@limiter.limit(LIMIT)
def dispute_order(number: str) -> Response:
    """Have the buyer's bank dispute an order's payment."""
    return _act(number, _dispute)


def _dispute(case: Case) -> None:
    stand_in = get_stand_in()
    reason = request.form.get("reason", DISPUTE_REASONS[0])
    intent_id = case.payment.stripe_payment_intent_id if case.payment else None
    if reason not in DISPUTE_REASONS or not case.is_charged or intent_id is None:
        flash_message(_("Only an order that was paid can be disputed."), "error")
        return
    stand_in.dispute(intent_id, reason)
    flash_message(_("Disputed. The webhooks are on their way."))


@blueprint.post("/test-mode/orders/<number>/refund-failure")
@limiter.limit(LIMIT)
def fail_refund(number: str) -> Response:
    """Let an order's newest refund fail; where there is none, refund all of it first."""
    return _act(number, _fail_refund)


def _fail_refund(case: Case) -> None:
    stand_in = get_stand_in()
    reason = request.form.get("reason", REFUND_FAILURES[0])
    if reason not in REFUND_FAILURES or not (case.failing or case.is_refundable):
        flash_message(_("There is no refund that could fail, and nothing is left to refund."), "error")
        return
    stripe_id = case.failing.stripe_refund_id if case.failing else _refund_all(case.order.id)
    if stripe_id is None:
        flash_message(
            _("Stripe did not make the refund, so it cannot fail either. The conversation says why."), "error"
        )
        return
    stand_in.fail_refund(stripe_id, reason)
    flash_message(_("The refund has failed. The webhooks are on their way."))


def _refund_all(order_id: int) -> str | None:
    """Refund what is left of an order as the shop does it; return the refund's id at Stripe."""
    with database().transaction() as session:
        refund = refund_order(session, order_id=order_id, now=now(), account_id=None)
    ask_refund(desk(), refund.id, now=now())
    with database().reading() as session:
        return get_refund(session, refund.id).stripe_refund_id


@blueprint.post("/test-mode/orders/<number>/deliveries")
@limiter.limit(LIMIT)
def deliver_event(number: str) -> Response:
    """Send one of an order's webhooks again: now, later or twice; a wrong delay is told at its field."""
    check_test_mode()
    stand_in = get_stand_in()
    how, typed = request.form.get("how", "now"), request.form.get("delay", "").strip()
    delay = id_or_none(typed) if how == "later" else 0
    if delay is None or delay > MAX_DELAY_S:
        text = _("The delay must be a whole number of seconds, at most %(most)s.", most=MAX_DELAY_S)
        return show_room(number, WrongDelay(request.form.get("entry", ""), typed, text))
    event_id, copies = request.form.get("event", ""), 2 if how == "twice" else 1
    return _act(number, lambda _case: _deliver(stand_in, event_id, delay, copies))


def _deliver(stand_in: StandIn, event_id: str, delay: int, copies: int) -> None:
    stand_in.deliver(event_id, delay=delay, copies=copies)
    if delay:
        flash_message(_("The webhook comes again in %(seconds)s seconds.", seconds=delay))
    elif copies > 1:
        flash_message(_("The webhook comes again, twice."))
    else:
        flash_message(_("The webhook comes again now."))
