"""Promotion codes on the payment page: typed, shown, taken off, and lost to somebody else."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sandbox.page import CARD, KNOWN, MUG, errors, path, total, value


@pytest.fixture
def browser(stand_in):
    return stand_in.app.test_client()


@pytest.fixture
def v1(stand_in):
    return stand_in.stripe.v1


def new_code(v1, text="SUMMER", coupon=None, **rules):
    """Create a code of 20 % off."""
    made = v1.coupons.create(coupon or {"percent_off": 20, "name": "Summer"})
    return v1.promotion_codes.create(
        {"promotion": {"type": "coupon", "coupon": made.id}, "code": text} | rules
    )


def enter(browser, session, text, **more):
    return browser.post(path(session), data={"action": "code", "promotion_code": text} | more).text


class TestEnterCode:
    def test_shows_the_discount_and_the_new_total(self, stand_in, v1, browser):
        code = new_code(v1)
        session = stand_in.session(allow_promotion_codes=True, locale="fr")

        html = enter(browser, session, " summer ", email="a@example.com")

        found = v1.checkout.sessions.retrieve(session.id)
        assert total(html) == "9,87\xa0€"
        assert "-2,47\xa0€" in html
        assert ">SUMMER<" in html.replace("\n", "").replace(" ", "")
        assert value(html, "expected") == "987"
        assert value(html, "email") == "a@example.com"
        assert (found.amount_total, found.total_details.amount_discount) == (987, 247)
        assert found.discounts[0].promotion_code == code.id

    def test_pays_the_discounted_total_and_counts_the_redemption(self, stand_in, v1, browser):
        code = new_code(v1)
        session = stand_in.session(allow_promotion_codes=True, **KNOWN)
        enter(browser, session, "SUMMER")

        response = browser.post(path(session), data=CARD | {"expected": "987"})

        assert response.status_code == 303
        assert v1.charges.list().data[0].amount == 987
        assert v1.promotion_codes.retrieve(code.id).times_redeemed == 1

    def test_recounts_taxes_and_keeps_the_shipping(self, stand_in, v1, browser):
        new_code(v1)
        tax = v1.tax_rates.create({"display_name": "Tax", "percentage": 10, "inclusive": False})
        rates = [{"shipping_rate_data": {"display_name": name, "fixed_amount": {"amount": amount, "currency": "eur"}}}
                 for name, amount in (("Post", 500), ("Express", 900))]  # fmt: skip
        session = stand_in.session(
            allow_promotion_codes=True,
            shipping_options=rates,
            line_items=[{"price_data": MUG | {"unit_amount": 1000}, "quantity": 1, "tax_rates": [tax.id]}],
        )
        express = session.shipping_options[1].shipping_rate

        enter(browser, session, "SUMMER", shipping_rate=express)

        found = v1.checkout.sessions.retrieve(session.id)
        assert found.total_details.to_dict() == {
            "amount_discount": 200,
            "amount_shipping": 900,
            "amount_tax": 80,
        }
        assert found.amount_total == 1000 - 200 + 80 + 900

    def test_is_taken_off_again(self, stand_in, v1, browser):
        new_code(v1)
        session = stand_in.session(allow_promotion_codes=True)
        enter(browser, session, "SUMMER")

        html = browser.post(path(session), data={"action": "drop_code"}).text

        assert total(html) == "€12.34"
        assert v1.checkout.sessions.retrieve(session.id).discounts is None

    def test_asks_for_no_card_when_nothing_is_left_to_pay(self, stand_in, v1, browser):
        new_code(v1, coupon={"percent_off": 100})
        session = stand_in.session(allow_promotion_codes=True, **KNOWN)

        html = enter(browser, session, "SUMMER")
        response = browser.post(path(session), data={"expected": "0"})

        assert 'id="number"' not in html
        assert response.status_code == 303
        assert v1.checkout.sessions.retrieve(session.id).payment_status == "no_payment_required"

    def test_stays_when_its_coupon_is_deleted(self, stand_in, v1, browser):
        code = new_code(v1)
        session = stand_in.session(allow_promotion_codes=True, **KNOWN)
        enter(browser, session, "SUMMER")
        v1.coupons.delete(code.promotion.coupon)

        html = browser.post(path(session), data={"action": "note-to-nobody"}).text
        browser.post(path(session), data=CARD | {"expected": "987"})

        assert total(html) == "€9.87"
        assert v1.charges.list().data[0].amount == 987


class TestRefusedCode:
    @pytest.mark.parametrize(
        ("rules", "word"),
        [
            ({"code": "OTHER"}, "There is no such code."),
            ({"active": False}, "no longer valid"),
            ({"expires_at": 3600}, "no longer valid"),
            ({"max_redemptions": 1}, "used up"),
            ({"restrictions": {"minimum_amount": 5000, "minimum_amount_currency": "eur"}}, "at least €50.00"),
            ({"restrictions": {"first_time_transaction": True}}, "first order"),
            ({"customer": True}, "another customer"),
            ({"coupon": {"amount_off": 1200, "currency": "eur"}}, "leaves less to pay"),
            ({"coupon": {"amount_off": 100, "currency": "usd"}}, "applies to nothing"),
        ],
    )
    def test_says_why_at_its_field(self, stand_in, v1, browser, rules, word):
        buyer = v1.customers.create({"email": "a@example.com"})
        stand_in.paid(customer=buyer.id)
        given = dict(rules)
        if "customer" in given:
            given["customer"] = v1.customers.create({}).id
        if "expires_at" in given:
            given["expires_at"] += int(stand_in.app.extensions["sandbox"].store.now())
        new_code(v1, **({"text": given.pop("code", "SUMMER")} | given))
        other = stand_in.session(allow_promotion_codes=True, **KNOWN)
        if "max_redemptions" in given:
            enter(browser, other, "SUMMER")
            browser.post(path(other), data=CARD)
        session = stand_in.session(allow_promotion_codes=True, customer=buyer.id)
        if "expires_at" in given:
            stand_in.advance(7200)

        html = enter(browser, session, "SUMMER")

        assert word in errors(html)["promotion_code"]
        assert v1.checkout.sessions.retrieve(session.id).amount_total == 1234
        assert value(html, "promotion_code") == "SUMMER"

    def test_is_told_in_french(self, stand_in, browser):
        session = stand_in.session(allow_promotion_codes=True, locale="fr")

        assert errors(enter(browser, session, "RIEN")) == {"promotion_code": "Ce code n’existe pas."}

    def test_has_no_field_where_the_shop_allows_none(self, stand_in, v1, browser):
        new_code(v1)
        session = stand_in.session()

        assert 'name="promotion_code"' not in browser.get(path(session)).text
        enter(browser, session, "SUMMER")
        assert v1.checkout.sessions.retrieve(session.id).amount_total == 1234


class TestPayWithCode:
    def test_shows_a_code_that_was_typed_but_not_applied_before_anything_is_paid(self, stand_in, v1, browser):
        new_code(v1)
        session = stand_in.session(allow_promotion_codes=True, **KNOWN)

        html = browser.post(path(session), data=CARD | {"promotion_code": "SUMMER", "expected": "1234"}).text

        assert total(html) == "€9.87"
        assert v1.charges.list().data == []

    def test_charges_nobody_when_another_buyer_took_the_last_redemption(self, stand_in, v1, browser):
        new_code(v1, max_redemptions=1)
        slow, quick = (stand_in.session(allow_promotion_codes=True, **KNOWN) for _ in range(2))
        for session in (slow, quick):
            enter(browser, session, "SUMMER")
        browser.post(path(quick), data=CARD | {"expected": "987"})

        html = browser.post(path(slow), data=CARD | {"expected": "987"}).text
        paid = browser.post(path(slow), data=CARD | {"expected": "1234"})

        assert "SUMMER is no longer valid, so the total is now €12.34" in errors(html)["promotion_code"]
        assert paid.status_code == 303
        assert [charge.amount for charge in v1.charges.list().data] == [1234, 987]

    def test_lets_one_of_many_buyers_at_once_have_the_last_redemption(self, stand_in, v1, browser):
        new_code(v1, max_redemptions=1)
        sessions = [stand_in.session(allow_promotion_codes=True, **KNOWN) for _ in range(6)]
        for session in sessions:
            enter(browser, session, "SUMMER")

        def pay(session):
            return stand_in.app.test_client().post(path(session), data=CARD | {"expected": "987"}).status_code

        with ThreadPoolExecutor(len(sessions)) as pool:
            answers = sorted(pool.map(pay, sessions))

        assert answers == [200] * 5 + [303]
        assert [charge.amount for charge in v1.charges.list().data] == [987]

    def test_charges_nobody_when_the_code_is_lost_during_the_challenge(self, stand_in, v1, browser):
        new_code(v1, max_redemptions=1)
        slow, quick = (stand_in.session(allow_promotion_codes=True, **KNOWN) for _ in range(2))
        for session in (slow, quick):
            enter(browser, session, "SUMMER")
        asked = browser.post(path(slow), data=CARD | {"number": "4000000000003220", "expected": "987"})
        browser.post(path(quick), data=CARD | {"expected": "987"})

        answer = browser.post(asked.location, data={"outcome": "complete"})
        html = browser.post(answer.location, data=CARD | {"expected": "987"}).text

        assert answer.location == path(slow)
        assert "no longer valid" in errors(html)["promotion_code"]
        assert [charge.amount for charge in v1.charges.list().data] == [987]

    def test_keeps_a_discount_of_the_shops_that_was_lost_to_the_shop(self, stand_in, v1, browser):
        code = new_code(v1, max_redemptions=1)
        given = {"discounts": [{"promotion_code": code.id}]} | KNOWN
        slow, quick = stand_in.session(**given), stand_in.session(**given)
        browser.post(path(quick), data=CARD)

        html = browser.post(path(slow), data=CARD).text

        assert "The discount of this order is no longer valid." in html
        assert len(v1.charges.list().data) == 1
        assert v1.checkout.sessions.retrieve(slow.id).amount_total == 987
