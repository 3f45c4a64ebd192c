"""The hosted payment page as plain forms, without a browser."""

import re

import pytest

from shop.sandbox.cards import CARDS, grouped

RATES = [
    {"shipping_rate_data": {"display_name": name, "fixed_amount": {"amount": amount, "currency": "eur"}}}
    for name, amount in (("Post", 500), ("Express", 900))
]
CARD = {
    "number": "4242 4242 4242 4242",
    "expiry": "12 / 40",
    "cvc": "123",
    "holder": "Camille Martin",
    "country": "FR",
}
DESTINATION = {
    "shipping_name": "Camille Martin",
    "shipping_country": "FR",
    "shipping_line1": "12 rue des Lilas",
    "shipping_postal": "75011",
    "shipping_city": "Paris",
}


@pytest.fixture
def browser(stand_in):
    return stand_in.app.test_client()


def path(session) -> str:
    return f"/c/pay/{session.id}"


def value(html: str, name: str) -> str:
    field = re.search(rf'<input\s+id="{name}"[^>]*?value="([^"]*)"', html, re.DOTALL)
    return field.group(1)


class TestShowPage:
    def test_shows_what_is_bought_in_the_sessions_language(self, stand_in, browser):
        session = stand_in.session(
            locale="fr", shipping_options=RATES[:1], branding_settings={"display_name": "Atelier Lumen"}
        )

        html = browser.get(path(session)).get_data(as_text=True)

        assert '<html lang="fr">' in html
        assert "Mode test" in html
        assert "17,34\xa0€" in html
        assert "Retour à Atelier Lumen" in html
        assert 'href="http://shop.example/cart"' in html

    def test_follows_the_browser_when_the_locale_is_auto(self, stand_in, browser):
        session = stand_in.session(locale="auto")
        read = lambda language: browser.get(path(session), headers={"Accept-Language": language}).text  # noqa: E731

        assert '<html lang="fr">' in read("fr-CA,en;q=0.5")
        assert '<html lang="en">' in read("ja,en;q=0.5")

    def test_locks_a_known_address(self, stand_in, browser):
        session = stand_in.session(customer_email="camille@example.fr")

        html = browser.get(path(session)).text

        assert re.search(r'value="camille@example.fr"[^>]*readonly', html)
        assert 'name="email"' not in html

    def test_loads_only_its_own_files(self, stand_in, browser):
        response = browser.get(path(stand_in.session()))

        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'; style-src 'self'; script-src 'self'" in policy
        assert "form-action 'self' http://shop.example;" in policy
        assert not re.search(r"<script(?![^>]*src)|<style|\sstyle=|\son\w+=", response.text)
        assert response.headers["Cache-Control"] == "no-store"

    def test_escapes_what_a_merchant_sends(self, stand_in, browser):
        price = {"currency": "eur", "unit_amount": 500, "product_data": {"name": "<script>alert(1)</script>"}}

        html = browser.get(path(stand_in.session(line_items=[{"price_data": price, "quantity": 1}]))).text

        assert "<script>alert" not in html

    def test_says_kindly_when_there_is_nothing_to_pay(self, stand_in, browser):
        paid, expired = stand_in.paid(), stand_in.session()
        stand_in.stripe.v1.checkout.sessions.expire(expired.id)

        assert f'href="http://shop.example/done?session={paid.id}"' in browser.get(path(paid)).text
        assert "has expired" in browser.get(path(expired)).text
        missing = browser.get("/c/pay/cs_test_nobody")
        assert (missing.status_code, "no such checkout" in missing.text) == (404, True)


class TestSubmitPage:
    def test_pays_and_goes_to_the_shop(self, stand_in, browser):
        session = stand_in.session(shipping_address_collection={"allowed_countries": ["FR"]})

        response = browser.post(path(session), data=CARD | DESTINATION | {"email": "camille@example.fr"})

        assert response.status_code == 303
        assert response.location == f"http://shop.example/done?session={session.id}"
        found = stand_in.stripe.v1.checkout.sessions.retrieve(session.id)
        assert found.status == "complete"
        assert found.customer_details.email == "camille@example.fr"
        assert found.collected_information.shipping_details.address.city == "Paris"

    def test_keeps_everything_but_the_card_after_a_refusal(self, stand_in, browser):
        session = stand_in.session(shipping_address_collection={"allowed_countries": ["FR"]})
        typed = CARD | DESTINATION | {"email": "camille@example.fr", "number": "4000 0000 0000 9995"}

        html = browser.post(path(session), data=typed).text

        assert 'aria-describedby="number-error"' in html
        assert "Your card has insufficient funds." in html
        assert value(html, "email") == "camille@example.fr"
        assert value(html, "shipping_line1") == "12 rue des Lilas"
        assert value(html, "holder") == "Camille Martin"
        assert [value(html, name) for name in ("number", "expiry", "cvc")] == ["", "", ""]
        assert stand_in.stripe.v1.checkout.sessions.retrieve(session.id).status == "open"

    def test_tells_the_refusal_in_french(self, stand_in, browser):
        session = stand_in.session(locale="fr", customer_email="a@example.com")

        html = browser.post(path(session), data=CARD | {"number": "4000000000000002"}).text

        assert "Votre carte a été refusée." in html

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [({"email": ""}, "email"), ({"email": "camille"}, "email"), ({"number": "4242424242424241"}, "number"),
         ({"number": ""}, "number"), ({"expiry": "13/30"}, "expiry"), ({"expiry": "01/20"}, "expiry"),
         ({"expiry": "soon"}, "expiry"), ({"cvc": "1"}, "cvc"), ({"holder": ""}, "holder"),
         ({"country": "Oz"}, "country"), ({"shipping_country": "US"}, "shipping_country"),
         ({"shipping_postal": ""}, "shipping_postal"), ({"shipping_line1": " "}, "shipping_line1")],
    )  # fmt: skip
    def test_tells_what_is_wrong_at_its_field(self, stand_in, browser, wrong, field):
        session = stand_in.session(shipping_address_collection={"allowed_countries": ["FR"]})

        html = browser.post(path(session), data=CARD | DESTINATION | {"email": "a@example.com"} | wrong).text

        assert re.findall(r'id="(\w+)-error"', html) == [field]
        assert stand_in.types() == []

    def test_takes_dates_as_people_write_them(self, stand_in, browser):
        for written in ("1240", "12/40", "12/2040", "12 / 40", "12-40"):
            session = stand_in.session(customer_email="a@example.com")
            assert browser.post(path(session), data=CARD | {"expiry": written}).status_code == 303

    def test_charges_the_chosen_shipping(self, stand_in, browser):
        session = stand_in.session(
            customer_email="a@example.com",
            shipping_options=RATES,
            shipping_address_collection={"allowed_countries": ["FR"]},
        )
        express = session.shipping_options[1].shipping_rate

        shown = browser.post(
            path(session), data={"action": "shipping", "shipping_rate": express} | DESTINATION
        )
        browser.post(path(session), data=CARD | DESTINATION | {"shipping_rate": express})

        assert "€21.34" in shown.text
        assert value(shown.text, "shipping_city") == "Paris"
        assert stand_in.stripe.v1.checkout.sessions.retrieve(session.id).amount_total == 2134

    def test_sends_a_second_press_to_the_shop_without_paying_twice(self, stand_in, browser):
        session = stand_in.session(customer_email="a@example.com")

        answers = [browser.post(path(session), data=CARD) for _press in range(2)]

        assert {answer.location for answer in answers} == {f"http://shop.example/done?session={session.id}"}
        assert len(stand_in.stripe.v1.charges.list().data) == 1

    def test_asks_the_bank_for_a_secure_card(self, stand_in, browser):
        session = stand_in.session(customer_email="a@example.com")
        asked = browser.post(path(session), data=CARD | {"number": "4000000000003220"})
        page = browser.get(asked.location).text

        failed = browser.post(asked.location, data={"outcome": "fail"})
        back = browser.get(failed.location).text
        browser.post(path(session), data=CARD | {"number": "4000000000003220"})
        done = browser.post(asked.location, data={"outcome": "complete"})

        assert asked.location == f"{path(session)}/authentication"
        assert "€12.34" in page
        assert "The authentication failed." in back
        assert value(back, "holder") == "Camille Martin"
        assert done.location == f"http://shop.example/done?session={session.id}"


class TestTestCards:
    @pytest.mark.parametrize(
        ("number", "printed"),
        [
            ("4242424242424242", "4242 4242 4242 4242"),
            ("378282246310005", "3782 822463 10005"),
            ("30569309025904", "3056 930902 5904"),
            ("6205500000000000004", "6205 5000 0000 0000 004"),
        ],
    )
    def test_are_written_as_on_the_card(self, number, printed):
        assert grouped(number) == printed

    def test_are_all_on_the_page(self, stand_in, browser):
        html = browser.get(path(stand_in.session())).text

        assert [number for number in CARDS if f'data-card="{number}"' not in html] == []
