"""``/test-mode``: what mode this is and why, where everything is, and the test cards."""

from dataclasses import dataclass

from flask import Response
from flask_babel import gettext as _

from shop.core.config import SANDBOX_KEY, Settings
from shop.core.kept_webhook import STRIPE_ORIGIN
from shop.orders.labels import badges
from shop.orders.queries import list_newest_orders
from shop.page.queries import find_page
from shop.payments.masking import masked_text
from shop.payments.stripe_gateway import STANDIN_SOURCE, STRIPE_SOURCE
from shop.payments.stripe_recording import sdk_versions
from shop.test_mode.base import blueprint, find_stand_in, mode, show
from shop.test_mode.cards import card_groups
from shop.test_mode.clock_room import Lead, read_lead
from shop.test_mode.demo import DEMO_PAGE, SIGN_INS
from shop.test_mode.stand_in import StandInAway, StandInRefused
from shop.web.context import database, settings
from shop.web.payment_mode import PaymentMode

NEWEST = 5


@dataclass(frozen=True, slots=True)
class StandInState:
    """Whether the stand-in answers, and what it says of itself."""

    is_up: bool
    lead: Lead | None = None
    """How far its clock is from the machine's; None when it is not."""
    is_paused: bool = False
    seed: str = ""


@blueprint.get("/test-mode")
def show_overview() -> Response:
    """Say what mode this is and which setting decides it, and lead to every room."""
    chosen, found = settings(), mode()
    with database().reading() as session:
        orders = list_newest_orders(session, limit=NEWEST) if found.is_test else []
        has_demo = find_page(session, DEMO_PAGE) is not None
    sdk_version, api_version = sdk_versions()
    return show(
        "rooms/overview.html",
        mode=found,
        why=_why(chosen, found),
        key=masked_text(chosen.stripe_secret_key),
        api_base=chosen.stripe_api_base or STRIPE_ORIGIN,
        source=STANDIN_SOURCE if chosen.uses_sandbox else STRIPE_SOURCE,
        sdk_version=sdk_version,
        api_version=api_version,
        has_webhook_secret=chosen.stripe_webhook_secret is not None,
        webhook_url=f"{chosen.public_url}/stripe/webhook",
        stand_in=_state(),
        orders=orders,
        badges=badges,
        groups=card_groups() if found.is_test else [],
        demo_page=DEMO_PAGE,
        sign_ins=SIGN_INS if has_demo and found.is_test else (),
    )


def _why(chosen: Settings, found: PaymentMode) -> str:
    """Return which setting decides the mode."""
    texts = {
        "live": _("STRIPE_SECRET_KEY holds a live key, and STRIPE_ALLOW_LIVE_KEY says that this is meant."),
        "test": _("STRIPE_SECRET_KEY holds a test key, so calls go to Stripe itself."),
        "none": _(
            "STRIPE_SECRET_KEY is not set, so calls go to the stand-in. Set a test key, and nothing else changes."
        ),
        "base": _(
            "STRIPE_API_BASE names another address than Stripe’s, so calls go there, whatever the key."
        ),
    }
    if found is not PaymentMode.STAND_IN:
        return str(texts["live" if found is PaymentMode.LIVE else "test"])
    return str(texts["none" if chosen.stripe_secret_key == SANDBOX_KEY else "base"])


def _state() -> StandInState | None:
    stand_in = find_stand_in()
    if stand_in is None:
        return None
    try:
        said = stand_in.health()
    except (StandInAway, StandInRefused):
        return StandInState(is_up=False)
    seed = said.get("seed")
    return StandInState(
        is_up=True,
        lead=read_lead(said),
        is_paused=bool(said.get("paused")),
        seed="" if seed is None else str(seed),
    )
