"""The payment page in Chromium with everything a session can ask and offer."""

import pytest

from tests.sandbox.test_browser import fill_destination, violations

pytestmark = pytest.mark.browser
RATES = [
    {"shipping_rate_data": {"display_name": name, "fixed_amount": {"amount": amount, "currency": "eur"}}}
    for name, amount in (("Post", 500), ("Express", 900))
]
LONG = "A hand-made stoneware bowl, glazed in three layers, number 12 of 40, with its lid and a linen bag"
SMALL = (
    "[...document.querySelectorAll('a, button, input:not([type=radio], [type=checkbox]), select, summary,"
    " label.rate, label.tick')]"
    ".filter(e => e.offsetHeight && e.offsetHeight < 44 && !e.closest('p.quiet, .tick > span')).map(e => e.outerHTML)"
)


@pytest.fixture
def shop(stand_in):
    """A place to come back to, on the stand-in's own origin so that nothing leaves the machine."""
    stand_in.app.add_url_rule(
        "/done", "done", lambda: '<!doctype html><link rel="icon" href="data:,"><h1>Thanks</h1>'
    )
    return f"{stand_in.url}/done?session={{CHECKOUT_SESSION_ID}}"


@pytest.fixture
def everything(stand_in, shop):
    """A function that makes a session which asks for everything and offers everything."""
    v1 = stand_in.stripe.v1
    coupon = v1.coupons.create({"percent_off": 20, "name": "Summer"})
    v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "SUMMER"})
    poster = v1.products.create(
        {"name": "Poster", "default_price_data": {"currency": "eur", "unit_amount": 2500}}
    )
    lea = v1.customers.create({"email": "lea@example.com", "name": "Léa Fontaine"})
    for token in ("pm_card_visa", "pm_card_amex"):
        v1.payment_methods.update(
            v1.payment_methods.attach(token, {"customer": lea.id}).id, {"allow_redisplay": "always"}
        )
    bowl = {"currency": "eur", "unit_amount": 1234, "product_data": {"name": LONG}}
    text = {"type": "custom", "custom": "Engraving"}

    def make(**more):
        return stand_in.session(**{
            "customer": lea.id,
            "allow_promotion_codes": True,
            "line_items": [{"price_data": bowl, "quantity": 2,
                            "adjustable_quantity": {"enabled": True, "minimum": 1, "maximum": 5}}],
            "optional_items": [{"price": poster.default_price, "quantity": 1}],
            "payment_method_types": ["card", "sepa_debit"],
            "saved_payment_method_options": {"payment_method_save": "enabled", "payment_method_remove": "enabled"},
            "shipping_options": RATES,
            "shipping_address_collection": {"allowed_countries": ["FR", "BE"]},
            "phone_number_collection": {"enabled": True},
            "custom_fields": [{"key": "engraving", "label": text, "type": "text"}],
            "consent_collection": {"terms_of_service": "required", "promotions": "auto"},
            "custom_text": {"terms_of_service_acceptance": {"message": "I accept the [terms](http://a.example/t)."}},
            "success_url": shop,
        } | more)  # fmt: skip

    return make


class TestWholePage:
    @pytest.mark.parametrize(
        "look", [(390, "light", "en"), (390, "dark", "fr"), (1280, "light", "fr"), (1280, "dark", "en")]
    )
    @pytest.mark.parametrize(
        "brand", [{}, {"background_color": "#1d3b2a", "button_color": "#ffd23f", "border_style": "pill"}]
    )
    def test_fits_and_is_accessible(self, everything, chromium, look, brand):
        width, scheme, locale = look
        page = chromium.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
        said = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))

        page.goto(everything(locale=locale, branding_settings=brand).url)
        page.fill("#promotion_code", "NOTHING")
        page.click("#apply_code")
        page.wait_for_selector("#promotion_code-error")
        found = violations(page)
        page.fill("#promotion_code", "summer")
        page.press("#promotion_code", "Enter")
        page.wait_for_selector("#drop_code")
        page.check("#method_sepa_debit")
        found += violations(page)
        page.click(".submit")
        page.wait_for_selector("#terms-error")

        assert found + violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(SMALL) == []
        assert said == []
        page.close()


class TestChangesInPlace:
    def test_lose_nothing_that_was_typed(self, stand_in, everything, chromium):
        page = chromium.new_page(viewport={"width": 1280, "height": 844})
        session = everything()
        page.goto(session.url)
        page.fill("#shipping_city", "Paris")
        page.check("#method_card")
        page.fill("#number", "4242")
        page.fill("#promotion_code", "summer")
        page.press("#promotion_code", "Enter")
        page.wait_for_selector("#drop_code")
        discounted = page.inner_text(".amount")
        page.click("[id^=more_]")
        page.wait_for_selector(".stepper input[value='3']")
        focused = page.evaluate("document.activeElement.id")
        more = page.inner_text(".amount")
        page.click("[value^='add:']")
        page.wait_for_selector("[value^='leave:']")
        added = page.inner_text(".submit")
        page.click("text=Express")
        express = page.inner_text("[data-label]")
        page.click("#drop_code")
        page.wait_for_selector("#promotion_code")

        assert (discounted, more) == ("€24.74", "€34.62")
        assert focused.startswith("more_")
        assert (added, express) == ("Pay €54.62", "Pay €58.62")
        assert (
            page.inner_text(".amount")
            == page.inner_text("[data-status]").removeprefix("Total due ")
            == "€71.02"
        )
        assert page.is_checked("text=Express")
        assert (page.input_value("#shipping_city"), page.input_value("#number")) == ("Paris", "4242")
        assert stand_in.stripe.v1.checkout.sessions.retrieve(session.id).amount_total == 7102
        page.close()

    def test_show_a_session_that_expired_meanwhile(self, stand_in, everything, chromium):
        page = chromium.new_page()
        session = everything()
        page.goto(session.url)
        stand_in.stripe.v1.checkout.sessions.expire(session.id)

        page.click("[id^=more_]")

        page.wait_for_selector("h1:text('This checkout has expired')")
        page.close()


class TestWithoutJavaScript:
    def test_changes_and_pays(self, stand_in, everything, chromium):
        context = chromium.new_context(java_script_enabled=False)
        page = context.new_page()
        session = everything()
        page.goto(session.url)
        fill_destination(page)
        page.fill("#phone", "+33 1 23 45 67 89")
        page.click("[id^=more_]")
        page.fill("#promotion_code", "summer")
        page.press("#promotion_code", "Enter")
        total = page.inner_text(".amount")
        page.check("#method_sepa_debit")
        shown = [page.is_visible(f"#{name}") for name in ("iban", "number")]
        page.fill("#iban", "AT611904300234573201")
        page.fill("#sepa_holder", "Léa Fontaine")
        page.fill("#field_engraving", "Zoé")
        page.check("#terms")
        page.press("#sepa_holder", "Enter")
        page.wait_for_selector("h1:text('Thanks')")

        found = stand_in.stripe.v1.checkout.sessions.retrieve(session.id)
        assert total == "€34.62"
        assert shown == [True, False]
        assert (found.status, found.payment_status) == ("complete", "unpaid")
        assert found.custom_fields[0].text.value == "Zoé"
        context.close()


class TestKeyboard:
    def test_chooses_a_saved_card_and_pays(self, stand_in, everything, chromium):
        page = chromium.new_page()
        page.goto(
            everything(shipping_options=[], shipping_address_collection={"allowed_countries": ["FR"]}).url
        )
        fill_destination(page)
        page.fill("#phone", "1")
        page.fill("#field_engraving", "Zoé")
        page.focus("#terms")
        page.keyboard.press("Space")
        page.focus("[name=method]:checked")
        page.keyboard.press("ArrowDown")
        chosen = page.evaluate("document.activeElement.parentElement.innerText")
        page.keyboard.press("Enter")
        page.wait_for_selector("h1:text('Thanks')")

        assert "4242" in chosen
        assert stand_in.stripe.v1.charges.list().data[0].payment_method_details.card.last4 == "4242"
        page.close()


class TestCardFields:
    @pytest.mark.parametrize(
        ("field", "typed", "error"),
        [("number", "4242424242424241", "Ce numéro de carte est incorrect."),
         ("expiry", "0120", "La date de cette carte est passée."), ("expiry", "13", "Saisissez la date"),
         ("cvc", "12", "Ce code de sécurité est incomplet."), ("iban", "AT611904300234573202", "Cet IBAN est incorrect.")],
    )  # fmt: skip
    def test_tell_what_is_wrong_when_they_are_left(self, stand_in, chromium, field, typed, error):
        page = chromium.new_page()
        page.goto(stand_in.session(locale="fr").url)
        if field == "iban":
            page.check("#method_sepa_debit")
        page.click(f"#{field}")
        page.keyboard.type(typed)
        page.keyboard.press("Tab")

        told = page.inner_text(f"#{field}-error")
        described = page.get_attribute(f"#{field}", "aria-describedby")
        page.fill(f"#{field}", "")
        page.press(f"#{field}", "Tab")

        assert told.startswith(error)
        assert described == f"{field}-error"
        assert page.query_selector(f"#{field}-error") is None
        page.close()

    def test_format_what_is_pasted(self, stand_in, chromium):
        page = chromium.new_page()
        page.goto(stand_in.session().url)
        page.fill("#number", "3782-822463 10005")
        brand = page.inner_text("[data-brand]")
        page.fill("#expiry", "12/2034")
        page.check("#method_sepa_debit")
        page.fill("#iban", "at611904300234573201")

        assert page.input_value("#number") == "3782 822463 10005"
        assert brand == "American Express"
        assert page.input_value("#expiry") == "12 / 34"
        assert page.input_value("#iban") == "AT61 1904 3002 3457 3201"
        page.close()

    def test_are_known_to_browsers_that_fill_them_in(self, stand_in, chromium):
        page = chromium.new_page()
        page.goto(stand_in.session().url)

        kinds = {
            name: page.get_attribute(f"#{name}", "autocomplete")
            for name in ("number", "expiry", "cvc", "holder")
        }
        assert kinds == {"number": "cc-number", "expiry": "cc-exp", "cvc": "cc-csc", "holder": "cc-name"}
        assert page.get_attribute("#number", "inputmode") == "numeric"
        page.close()


class TestPagesBeside:
    @pytest.mark.parametrize("look", [(390, "light"), (1280, "dark")])
    def test_fit_and_are_accessible(self, stand_in, chromium, look):
        width, scheme = look
        page = chromium.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
        v1 = stand_in.stripe.v1
        asked = [
            v1.payment_intents.create({
                "amount": 1234, "currency": "eur", "payment_method": "pm_card_threeDSecure2Required", "confirm": True,
            } | more)
            for more in ({"return_url": f"{stand_in.url}/healthz?order=7"}, {})
        ]  # fmt: skip
        recovery = {"recovery": {"enabled": True}}
        expired = v1.checkout.sessions.expire(stand_in.session(after_expiration=recovery).id)
        found = []
        page.goto(f"{stand_in.url}/c/authentication/{asked[1].id}")
        found += violations(page)
        page.click("text=Complete the authentication")
        page.wait_for_selector("text=You may close this window.")
        found += violations(page)
        page.goto(f"{stand_in.url}/c/authentication/{asked[0].id}")
        page.click("text=Give up")
        page.wait_for_url("**/healthz?order=7&payment_intent=*&redirect_status=failed")
        stand_in.advance(31 * 24 * 3600)
        page.goto(expired.after_expiration.recovery.url)
        page.wait_for_selector("h1:text('This link has expired')")

        assert found + violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.close()
