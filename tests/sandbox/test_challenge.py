"""The bank's question on pages: succeed, fail, give up, or close the window."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.sandbox.page import CARD, KNOWN, errors, path

SECURE = CARD | {"number": "4000000000003220"}
RETURN = "http://shop.example/back?order=7"


@pytest.fixture
def browser(stand_in):
    return stand_in.app.test_client()


@pytest.fixture
def intents(stand_in):
    return stand_in.stripe.v1.payment_intents


def confirmed(intents, method="pm_card_threeDSecure2Required", **more):
    given = {
        "amount": 1234,
        "currency": "eur",
        "payment_method": method,
        "confirm": True,
        "return_url": RETURN,
    }
    return intents.create({name: value for name, value in (given | more).items() if value is not None})


def address(intent) -> str:
    action = intent.next_action
    url = (
        action.redirect_to_url.url if action.type == "redirect_to_url" else action.use_stripe_sdk["stripe_js"]
    )
    return urlsplit(url).path


class TestOfAnIntent:
    @pytest.mark.parametrize(
        ("outcome", "redirect", "status"),
        [("complete", "succeeded", "succeeded"), ("fail", "failed", "requires_payment_method"),
         ("cancel", "failed", "requires_payment_method")],
    )  # fmt: skip
    def test_goes_back_with_what_stripe_adds(self, intents, browser, outcome, redirect, status):
        intent = confirmed(intents)

        response = browser.post(address(intent), data={"outcome": outcome})

        parts = urlsplit(response.location)
        assert response.location.startswith("http://shop.example/back?")
        assert parse_qs(parts.query) == {
            "order": ["7"],
            "payment_intent": [intent.id],
            "payment_intent_client_secret": [intent.client_secret],
            "redirect_status": [redirect],
        }
        assert intents.retrieve(intent.id).status == status

    @pytest.mark.parametrize(("wish", "status"), [("any", "requires_action"), ("automatic", "succeeded")])
    def test_comes_for_some_cards_only_where_the_shop_wants_it(self, intents, wish, status):
        options = {"card": {"request_three_d_secure": wish}}

        intent = confirmed(intents, "pm_card_threeDSecureOptional", payment_method_options=options)

        assert intent.status == status
        assert intent.payment_method_options.card.request_three_d_secure == wish
        assert confirmed(intents, "pm_card_visa", payment_method_options=options).status == "succeeded"

    def test_has_no_other_options(self, intents):
        with pytest.raises(Exception, match=r"does not do `payment_method_options\[card\]\[moto\]`"):
            confirmed(intents, payment_method_options={"card": {"moto": True}})

    def test_asks_with_amount_and_card(self, intents, browser):
        response = browser.get(address(confirmed(intents)), headers={"Accept-Language": "fr"})

        assert "12,34\xa0€" in response.text
        assert "3220" in response.text
        assert "form-action 'self' http://shop.example;" in response.headers["Content-Security-Policy"]

    def test_leaves_the_intent_alone_when_the_window_is_closed(self, intents, browser):
        intent = confirmed(intents)
        browser.get(address(intent))

        assert intents.retrieve(intent.id).status == "requires_action"

    def test_holds_an_amount_that_is_captured_by_hand(self, intents, browser):
        intent = confirmed(intents, capture_method="manual")

        response = browser.post(address(intent), data={"outcome": "complete"})

        assert "redirect_status=succeeded" in response.location
        assert intents.retrieve(intent.id).status == "requires_capture"

    def test_tells_a_card_that_is_declined_afterwards(self, intents, browser):
        intent = confirmed(intents, "pm_card_threeDSecureRequiredChargeDeclined")

        response = browser.post(address(intent), data={"outcome": "complete"})

        assert "redirect_status=failed" in response.location
        assert intents.retrieve(intent.id).last_payment_error.code == "card_declined"

    def test_is_answered_once(self, stand_in, intents, browser):
        intent = confirmed(intents)
        browser.post(address(intent), data={"outcome": "complete"})

        again = browser.post(address(intent), data={"outcome": "fail"})
        page = browser.get(again.location).text

        assert "This authentication is done" in page
        assert "redirect_status=succeeded" in page
        assert len(stand_in.stripe.v1.charges.list().data) == 1

    def test_ends_in_a_window_that_may_be_closed_without_a_return_url(self, intents, browser):
        intent = confirmed(intents, return_url=None)

        response = browser.post(address(intent), data={"outcome": "complete"})
        page = browser.get(response.location).text

        assert intent.next_action.type == "use_stripe_sdk"
        assert intents.retrieve(intent.id).status == "succeeded"
        assert "You may close this window." in page
        assert "submit" not in page

    def test_is_not_there_for_others(self, stand_in, browser):
        session = stand_in.session(**KNOWN)
        browser.post(path(session), data=SECURE)
        intent = stand_in.stripe.v1.payment_intents.list().data[0].id

        for name in (intent, "pi_nobody"):
            assert browser.get(f"/c/authentication/{name}").status_code == 404
        browser.post(f"/c/authentication/{intent}", data={"outcome": "complete"})
        assert stand_in.stripe.v1.charges.list().data == []


class TestOfASession:
    @pytest.mark.parametrize(("wish", "is_asked"), [("any", True), ("challenge", True), ("automatic", False)])
    def test_comes_for_some_cards_only_where_the_shop_wants_it(self, stand_in, browser, wish, is_asked):
        options = {"card": {"request_three_d_secure": wish}}
        session = stand_in.session(payment_method_options=options, **KNOWN)
        usual = stand_in.session(payment_method_options=options, **KNOWN)

        optional = browser.post(path(session), data=CARD | {"number": "4000000000003055"})
        plain = browser.post(path(usual), data=CARD)

        assert optional.location.endswith("/authentication") is is_asked
        assert plain.location.startswith("http://shop.example/done")

    def test_can_be_given_up_for_another_card(self, stand_in, browser):
        session = stand_in.session(**KNOWN)
        asked = browser.post(path(session), data=SECURE)
        assert f'href="{path(session)}"' in browser.get(asked.location).text

        page = browser.get(path(session)).text
        paid = browser.post(path(session), data=CARD)

        assert errors(page) == {}
        assert paid.status_code == 303
        assert [charge.amount for charge in stand_in.stripe.v1.charges.list().data] == [1234]

    def test_that_expires_meanwhile_charges_nobody(self, stand_in, browser):
        session = stand_in.session(**KNOWN)
        asked = browser.post(path(session), data=SECURE)
        stand_in.stripe.v1.checkout.sessions.expire(session.id)

        page = browser.post(asked.location, data={"outcome": "complete"}).text

        assert "has expired" in page
        assert stand_in.stripe.v1.charges.list().data == []

    def test_that_is_answered_twice_charges_once(self, stand_in, browser):
        session = stand_in.session(**KNOWN)
        asked = browser.post(path(session), data=SECURE)

        answers = [browser.post(asked.location, data={"outcome": "complete"}) for _press in range(2)]

        assert {answer.location for answer in answers} == {f"http://shop.example/done?session={session.id}"}
        assert len(stand_in.stripe.v1.charges.list().data) == 1
