"""Where payments go, and what is to be done about it; the notice of it that every page of the admin carries."""

from flask import Response, session
from werkzeug.wrappers import Response as BaseResponse

from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import settings
from shop.web.pages import go, referring_path, render, see_other
from shop.web.payment_mode import payment_mode

NOTICE_KEY = "test_notice_hidden"
"""In the visitor's session: they put the notice away until they sign in again."""

TEST_CARDS = ("4242 4242 4242 4242", "4000 0000 0000 0002", "4000 0025 0000 3155")
"""Paid, declined, asks for 3-D Secure: https://docs.stripe.com/testing. The stand-in knows the same."""


@staff_only(Permission.VIEW_ORDERS)
def show_payments(access: PageAccess) -> Response:
    """Say where payments go, which test cards there are, and how to go on to Stripe."""
    chosen = settings()
    return render(
        "manage/page/payments.html",
        access=access,
        active_section="settings",
        mode=payment_mode(chosen),
        has_webhook=chosen.stripe_webhook_secret is not None,
        webhook_url=f"{chosen.public_url}/stripe/webhook",
        has_rooms=chosen.test_mode_rooms,
        cards=TEST_CARDS,
    )


@staff_only(Permission.VIEW_ORDERS)
def hide_notice(access: PageAccess) -> BaseResponse:
    """Put the notice of the test mode away for the rest of this session."""
    session[NOTICE_KEY] = True
    back = referring_path()
    return go(back) if back else see_other("page_admin.show_payments", page_slug=access.page.slug)
