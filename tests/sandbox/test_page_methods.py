"""How a buyer pays on the payment page: bank accounts, saved cards, saving one."""

import pytest

from tests.sandbox.page import CARD, KNOWN, errors, path

SEPA = {"method": "sepa_debit", "iban": "at61 1904 3002 3457 3201", "sepa_holder": "Léa Fontaine"}
US = {"method": "us_bank_account", "routing_number": "110000000", "account_number": "000123456789",
      "us_holder": "Lea Fontaine", "holder_type": "company", "account_type": "savings"}  # fmt: skip
DOLLARS = [
    {"price_data": {"currency": "usd", "unit_amount": 1234, "product_data": {"name": "Mug"}}, "quantity": 1}
]

SAVING = {"saved_payment_method_options": {"payment_method_save": "enabled"}}


@pytest.fixture
def browser(stand_in):
    return stand_in.app.test_client()


@pytest.fixture
def v1(stand_in):
    return stand_in.stripe.v1


@pytest.fixture
def lea(v1):
    """A customer with two cards, of which she agreed to see one again."""
    customer = v1.customers.create({"email": "lea@example.com", "name": "Léa Fontaine"})
    for token, wish in (("pm_card_visa", "always"), ("pm_card_mastercard", "limited")):
        method = v1.payment_methods.attach(token, {"customer": customer.id})
        v1.payment_methods.update(method.id, {"allow_redisplay": wish})
    return customer


def saved(v1, customer):
    return v1.customers.payment_methods.list(customer.id).data


class TestBankAccounts:
    def test_pays_by_sepa_and_is_told_later(self, stand_in, v1, browser):
        session = stand_in.session(payment_method_types=["card", "sepa_debit"], **KNOWN)

        response = browser.post(path(session), data=SEPA)
        before = v1.checkout.sessions.retrieve(session.id)
        stand_in.advance(10)

        assert response.location == f"http://shop.example/done?session={session.id}"
        assert (before.status, before.payment_status) == ("complete", "unpaid")
        assert before.customer_details.name == "Léa Fontaine"
        assert v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
        assert "checkout.session.async_payment_succeeded" in stand_in.types()

    def test_pays_by_us_account(self, stand_in, v1, browser):
        session = stand_in.session(line_items=DOLLARS, **KNOWN)

        browser.post(path(session), data=US)

        details = v1.charges.list().data[0].payment_method_details.us_bank_account
        assert (details.last4, details.account_holder_type, details.account_type) == (
            "6789",
            "company",
            "savings",
        )

    def test_are_offered_in_their_currencies_only(self, stand_in, browser):
        euros = browser.get(path(stand_in.session())).text
        dollars = browser.get(path(stand_in.session(line_items=DOLLARS))).text
        card = browser.get(path(stand_in.session(payment_method_types=["card"]))).text

        assert ('id="iban"' in euros, 'id="routing_number"' in euros) == (True, False)
        assert ('id="iban"' in dollars, 'id="routing_number"' in dollars) == (False, True)
        assert 'type="radio"' not in card
        with pytest.raises(Exception, match="requires `eur`"):
            stand_in.session(line_items=DOLLARS, payment_method_types=["sepa_debit"])

    def test_lists_the_test_accounts_and_a_mandate(self, stand_in, browser):
        html = browser.get(path(stand_in.session(branding_settings={"display_name": "Mugs & more"}))).text

        assert 'data-account="AT611904300234573201"' in html
        assert "you let Mugs &amp; more collect <span data-total>€12.34</span>" in html

    @pytest.mark.parametrize(
        ("typed", "field"),
        [(SEPA | {"iban": "AT611904300234573202"}, "iban"), (SEPA | {"iban": ""}, "iban"),
         (SEPA | {"iban": "soon"}, "iban"), (SEPA | {"sepa_holder": ""}, "sepa_holder")],
    )  # fmt: skip
    def test_tells_what_is_wrong_at_its_field(self, stand_in, v1, browser, typed, field):
        session = stand_in.session(**KNOWN)

        assert list(errors(browser.post(path(session), data=typed).text)) == [field]
        assert v1.charges.list().data == []

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [({"routing_number": "110000001"}, "routing_number"), ({"account_number": "42"}, "account_number"),
         ({"us_holder": ""}, "us_holder"), ({"account_number": ""}, "account_number")],
    )  # fmt: skip
    def test_tells_what_is_wrong_with_a_us_account(self, stand_in, browser, wrong, field):
        session = stand_in.session(line_items=DOLLARS, **KNOWN)

        assert list(errors(browser.post(path(session), data=US | wrong).text)) == [field]

    def test_asks_for_the_address_where_the_shop_wants_one(self, stand_in, browser):
        session = stand_in.session(billing_address_collection="required", **KNOWN)

        html = browser.post(path(session), data=SEPA).text

        assert list(errors(html)) == ["country", "line1", "city"] or set(errors(html)) == {
            "country",
            "line1",
            "city",
        }

    def test_takes_no_kind_that_the_session_has_not(self, stand_in, browser):
        session = stand_in.session(payment_method_types=["card"], **KNOWN)

        assert browser.post(path(session), data=SEPA).status_code == 200
        assert stand_in.stripe.v1.checkout.sessions.retrieve(session.id).status == "open"


class TestSavedMethods:
    def test_are_those_that_the_buyer_agreed_to_see(self, stand_in, browser, lea):
        html = browser.get(path(stand_in.session(customer=lea.id))).text

        assert "Visa ••••\xa04242" in html
        assert "Mastercard" not in html.split('class="test-cards"')[0]

    def test_follow_the_filters_of_the_session(self, stand_in, browser, lea):
        options = {"allow_redisplay_filters": ["limited", "unspecified"]}
        html = browser.get(path(stand_in.session(customer=lea.id, saved_payment_method_options=options))).text

        assert "Mastercard ••••\xa04444" in html
        assert "Visa ••••" not in html

    def test_pay_with_one_press(self, stand_in, v1, browser, lea):
        method = next(one for one in saved(v1, lea) if one.card.brand == "visa")
        session = stand_in.session(customer=lea.id)

        response = browser.post(path(session), data={"method": method.id})

        assert response.status_code == 303
        assert v1.charges.list().data[0].payment_method == method.id

    def test_of_another_customer_do_not_pay(self, stand_in, v1, browser, lea):
        method = saved(v1, lea)[0].id
        other = stand_in.session(customer=v1.customers.create({"email": "b@example.com"}).id)

        html = browser.post(path(other), data={"method": method}).text

        assert errors(html) == {"method": "Choose how to pay."}
        assert v1.charges.list().data == []

    def test_that_are_hidden_do_not_pay(self, stand_in, v1, browser, lea):
        hidden = next(one for one in saved(v1, lea) if one.card.brand == "mastercard")

        browser.post(path(stand_in.session(customer=lea.id)), data={"method": hidden.id})

        assert v1.charges.list().data == []

    def test_whose_date_has_passed_are_left_out(self, stand_in, browser, lea):
        for _year in range(4):
            stand_in.advance(366 * 24 * 3600)

        assert "Visa ••••" not in browser.get(path(stand_in.session(customer=lea.id))).text

    def test_are_forgotten_where_the_session_lets_the_buyer(self, stand_in, v1, browser, lea):
        method = next(one for one in saved(v1, lea) if one.card.brand == "visa").id
        closed = stand_in.session(customer=lea.id)
        opened = stand_in.session(
            customer=lea.id, saved_payment_method_options={"payment_method_remove": "enabled"}
        )

        browser.post(path(closed), data={"action": f"forget:{method}"})
        kept = len(saved(v1, lea))
        browser.post(path(opened), data={"action": f"forget:{method}"})

        assert kept == 2
        assert [one.card.brand for one in saved(v1, lea)] == ["mastercard"]
        assert stand_in.types()[-1] == "payment_method.detached"


class TestSaveMethod:
    def test_keeps_a_card_for_the_next_purchase(self, stand_in, v1, browser):
        customer = v1.customers.create({"email": "a@example.com"})
        first = stand_in.session(customer=customer.id, **SAVING)
        browser.post(path(first), data=CARD | {"save_method": "1"})

        html = browser.get(path(stand_in.session(customer=customer.id))).text

        assert [one.allow_redisplay for one in saved(v1, customer)] == ["always"]
        assert "Visa ••••\xa04242" in html

    def test_keeps_it_after_a_challenge_too(self, stand_in, v1, browser):
        customer = v1.customers.create({"email": "a@example.com"})
        session = stand_in.session(customer=customer.id, **SAVING)
        asked = browser.post(path(session), data=CARD | {"number": "4000000000003220", "save_method": "1"})
        browser.post(asked.location, data={"outcome": "complete"})

        assert [one.card.last4 for one in saved(v1, customer)] == ["3220"]

    def test_makes_a_customer_for_it(self, stand_in, v1, browser):
        session = stand_in.session(**KNOWN, **SAVING)
        browser.post(path(session), data=CARD | {"save_method": "1"})

        found = v1.checkout.sessions.retrieve(session.id)
        assert len(saved(v1, v1.customers.retrieve(found.customer))) == 1

    def test_keeps_nothing_unless_ticked_and_allowed(self, stand_in, v1, browser):
        customer = v1.customers.create({"email": "a@example.com"})
        browser.post(path(stand_in.session(customer=customer.id, **SAVING)), data=CARD)
        browser.post(path(stand_in.session(customer=customer.id)), data=CARD | {"save_method": "1"})

        assert saved(v1, customer) == []

    @pytest.mark.parametrize(
        ("given", "wish"),
        [({}, "limited"), ({"payment_method_data": {"allow_redisplay": "always"}}, "always")],
    )
    def test_keeps_what_the_shop_will_charge_again(self, stand_in, v1, browser, given, wish):
        session = stand_in.session(
            payment_intent_data={"setup_future_usage": "off_session"}, **KNOWN, **given
        )
        html = browser.get(path(session)).text
        browser.post(path(session), data=CARD)

        found = v1.checkout.sessions.retrieve(session.id)
        kept = saved(v1, v1.customers.retrieve(found.customer))
        assert "may charge this payment method again" in html
        assert [one.allow_redisplay for one in kept] == [wish]
