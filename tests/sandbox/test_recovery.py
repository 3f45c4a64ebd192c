"""The way back to a session that expired."""

import pytest

from tests.sandbox.page import CARD, KNOWN, MUG, path

WITH = {"after_expiration": {"recovery": {"enabled": True, "allow_promotion_codes": True}}}
MONTH = 30 * 24 * 3600


@pytest.fixture
def browser(stand_in):
    return stand_in.app.test_client()


@pytest.fixture
def sessions(stand_in):
    return stand_in.stripe.v1.checkout.sessions


def address(expired) -> str:
    url = expired.after_expiration.recovery.url
    return url[url.index("/c/") :]


def newest(sessions):
    return sessions.list({"limit": 1}).data[0]


class TestRecoverSession:
    def test_goes_to_a_copy_that_can_be_paid(self, stand_in, sessions, browser):
        item = {"price_data": MUG, "quantity": 2, "adjustable_quantity": {"enabled": True}}
        session = stand_in.session(
            line_items=[item],
            metadata={"order": "7"},
            payment_intent_data={"metadata": {"order": "7"}},
            **KNOWN,
            **WITH,
        )
        stand_in.pay(session.id, "4000000000000002")
        expired = sessions.expire(session.id)

        response = browser.get(address(expired))

        copy = newest(sessions)
        assert response.location == copy.url
        assert (copy.recovered_from, copy.status, copy.amount_total) == (session.id, "open", 2468)
        assert (copy.metadata["order"], copy.customer_email) == ("7", "camille@example.fr")
        assert copy.allow_promotion_codes is True
        assert copy.payment_intent is None
        assert copy.after_expiration.recovery.url is None
        assert browser.post(path(copy), data=CARD).status_code == 303
        intent = stand_in.stripe.v1.payment_intents.retrieve(sessions.retrieve(copy.id).payment_intent)
        assert (intent.status, intent.metadata["order"]) == ("succeeded", "7")
        assert sessions.retrieve(session.id).status == "expired"

    def test_lives_for_a_day_and_can_be_recovered_again(self, stand_in, sessions, browser):
        browser.get(address(sessions.expire(stand_in.session(**WITH).id)))
        copy = newest(sessions)
        stand_in.advance(24 * 3600 + 1)

        browser.get(address(sessions.retrieve(copy.id)))

        assert newest(sessions).recovered_from == copy.id

    def test_leads_to_the_same_copy_while_it_is_open_or_paid(self, stand_in, sessions, browser):
        expired = sessions.expire(stand_in.session(**WITH).id)
        first = browser.get(address(expired)).location
        copy = newest(sessions)

        second = browser.get(address(expired)).location
        stand_in.pay(copy.id)
        third = browser.get(address(expired)).location

        assert {second, third} == {path(copy)}
        assert first.endswith(path(copy))
        assert "This payment is done" in browser.get(third).text

    def test_keeps_a_discount_of_the_shops_and_no_typed_code(self, stand_in, sessions, browser):
        v1 = stand_in.stripe.v1
        coupon = v1.coupons.create({"percent_off": 50})
        v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "HALF"})
        given = stand_in.session(discounts=[{"coupon": coupon.id}], **WITH)
        typed = stand_in.session(allow_promotion_codes=True, **WITH)
        browser.post(path(typed), data={"action": "code", "promotion_code": "HALF"})
        copies = []
        for session in (given, typed):
            browser.get(address(sessions.expire(session.id)))
            copies.append(newest(sessions))

        assert [(copy.amount_total, bool(copy.allow_promotion_codes)) for copy in copies] == [
            (617, False),
            (1234, True),
        ]

    def test_is_over_after_thirty_days(self, stand_in, sessions, browser):
        expired = sessions.expire(stand_in.session(locale="fr", **WITH).id)
        stand_in.advance(MONTH + 1)

        html = browser.get(address(expired)).text

        assert expired.after_expiration.recovery.expires_at - expired.created == pytest.approx(MONTH, abs=5)
        assert "Ce lien a expiré" in html
        assert 'href="http://shop.example/cart"' in html
        assert len(sessions.list().data) == 1

    def test_is_not_there_unless_asked_for(self, stand_in, sessions, browser):
        expired = sessions.expire(stand_in.session().id)

        assert expired.after_expiration is None
        assert "has expired" in browser.get(f"/c/recovery/{expired.id}").text
        assert browser.get("/c/recovery/cs_test_nobody").status_code == 404

    def test_of_an_open_session_leads_to_it(self, stand_in, browser):
        session = stand_in.session(**WITH)

        assert browser.get(f"/c/recovery/{session.id}").location == path(session)

    def test_goes_without_a_customer_who_was_deleted(self, stand_in, sessions, browser):
        customers = stand_in.stripe.v1.customers
        customer = customers.create({"email": "a@example.com"})
        expired = sessions.expire(stand_in.session(customer=customer.id, **WITH).id)
        customers.delete(customer.id)

        browser.get(address(expired))

        assert newest(sessions).customer is None
        assert stand_in.pay(newest(sessions).id)[0] == 200
