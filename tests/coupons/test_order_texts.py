"""What the buyer reads of a coupon after the order: on its page, in its mail."""

import html

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from shop.cart.models import Cart
from shop.checkout.buying import CheckoutStarted
from shop.checkout.desk import Buyer
from shop.core.mail import Mail
from shop.core.outbox import Job
from shop.worker import send_mail
from tests.checkout.conftest import Shop
from tests.coupons.house import add_coupon


@pytest.fixture
def bought(shop: Shop, guest: Buyer) -> CheckoutStarted:
    """A paid order of 3 × 12 + 15, a tenth off and without shipping."""
    cart_id = shop.fill_cart("visitor-1", {0: 3, 1: 1})
    with shop.database.transaction() as session:
        coupon = add_coupon(session, shop.page, "TENTH", has_free_shipping=True)
        session.execute(update(Cart).values(coupon_id=coupon.id))
    started = shop.check_out(cart_id, guest)
    shop.gateway.pay(shop.session_id(started))
    shop.tell_session("checkout.session.completed", shop.session_id(started))
    return started


@pytest.mark.parametrize(("language", "off"), [("en", "−€5.10"), ("fr", "−5,10\u00a0€")])
class TestOrder:
    def test_page_says_what_came_off(
        self, client: FlaskClient, bought: CheckoutStarted, language: str, off: str
    ) -> None:
        page = client.get(f"/{language}/orders/{bought.order_number}?token={bought.order_token}").text

        assert "Coupon TENTH" in page
        assert off in page

    def test_mail_adds_up_with_the_coupon(
        self, app: Flask, shop: Shop, bought: CheckoutStarted, language: str, off: str
    ) -> None:
        with shop.database.transaction() as session:
            session.execute(update(Mail).values(language=language))
            job = session.scalars(select(Job).where(Job.subject.like("order_confirmed:%"))).one()
        send_mail(app, job)
        with shop.database.reading() as session:
            mail = session.scalars(select(Mail).where(Mail.kind == "order_confirmed")).one()

        gross = {"en": "€36.00", "fr": "36,00\u00a0€"}[language]
        for text in (mail.text_body or "", html.unescape(mail.html_body or "")):
            assert "Coupon TENTH" in text
            assert off in text
            assert gross in text
