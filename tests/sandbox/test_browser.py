"""The hosted payment page in Chromium: it works, fits, and has no accessibility violation."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser
RATES = [
    {"shipping_rate_data": {"display_name": name, "fixed_amount": {"amount": amount, "currency": "eur"}}}
    for name, amount in (("Post", 500), ("Express", 900))
]
WHOLE = {
    "shipping_options": RATES,
    "shipping_address_collection": {"allowed_countries": ["FR", "BE"]},
    "customer_email": "camille@example.fr",
}


@pytest.fixture
def shop(stand_in):
    """A place to come back to, on the stand-in's own origin so that nothing leaves the machine."""
    stand_in.app.add_url_rule(
        "/done", "done", lambda: '<!doctype html><link rel="icon" href="data:,"><h1>Thanks</h1>'
    )
    return f"{stand_in.url}/done?session={{CHECKOUT_SESSION_ID}}"


def violations(page) -> list[str]:
    # What is measured must hold still: styles are there, and so is the colour scheme that was asked for.
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]} {one['nodes'][0]['failureSummary']}" for one in found
    ]


def fill_destination(page) -> None:
    page.fill("#shipping_name", "Camille Martin")
    page.fill("#shipping_line1", "12 rue des Lilas")
    page.fill("#shipping_postal", "75011")
    page.fill("#shipping_city", "Paris")


class TestPaymentPage:
    @pytest.mark.parametrize("width", [390, 1280])
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("locale", ["en", "fr"])
    def test_fits_and_is_accessible(self, stand_in, chromium, width, scheme, locale):
        page = chromium.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
        said = []
        page.on("console", lambda message: said.append(message.text))

        page.goto(stand_in.session(locale=locale, **WHOLE).url)
        page.click(".test-cards summary")
        found = violations(page)
        page.click(".submit")
        page.wait_for_selector("[aria-invalid]")
        page.wait_for_function(
            "scheme => matchMedia(`(prefers-color-scheme: ${scheme})`).matches", arg=scheme
        )

        assert found + violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        small = page.evaluate(
            "[...document.querySelectorAll('a, button, input:not([type=radio]), select, summary, label.rate')]"
            ".filter(e => e.offsetHeight && e.offsetHeight < 44).map(e => e.outerHTML)"
        )
        assert small == []
        assert said == []
        page.close()

    def test_is_declined_then_paid(self, stand_in, chromium, shop):
        page = chromium.new_page(viewport={"width": 390, "height": 844})
        page.goto(stand_in.session(success_url=shop, **WHOLE).url)
        fill_destination(page)
        page.click("text=Express")
        total = page.inner_text(".amount")
        page.click("[data-card='4000000000000002'] button")
        page.click(".submit")
        page.wait_for_selector("#number-error")
        error = page.inner_text("#number-error")
        focused = page.evaluate("document.activeElement.id")
        page.keyboard.type("4242424242424242")
        page.click("#expiry")
        page.keyboard.type("940")
        page.click("#cvc")
        page.keyboard.type("123")
        typed = (page.input_value("#number"), page.input_value("#expiry"), page.inner_text("[data-brand]"))
        page.click(".submit")
        page.wait_for_selector("h1:text('Thanks')")

        assert total == "€21.34"
        assert error == "Your card was declined. Try another card."
        assert focused == "number"
        assert typed == ("4242 4242 4242 4242", "09 / 40", "Visa")
        page.close()

    def test_works_without_javascript(self, stand_in, chromium, shop):
        context = chromium.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(stand_in.session(success_url=shop, **WHOLE).url)
        fill_destination(page)
        page.check("text=Express")
        page.click("button[value=shipping]")
        total = page.inner_text(".amount")
        page.fill("#number", "4242424242424242")
        page.fill("#expiry", "12/40")
        page.fill("#cvc", "123")
        page.fill("#holder", "Camille Martin")
        page.press("#holder", "Enter")
        page.wait_for_selector("h1:text('Thanks')")

        assert total == "€21.34"
        context.close()

    def test_asks_and_tells_on_pages_that_are_accessible_too(self, stand_in, chromium, shop):
        page = chromium.new_page(viewport={"width": 390, "height": 844})
        session = stand_in.session(success_url=shop, customer_email="a@example.com")
        page.goto(session.url)
        page.click("[data-card='4000000000003220'] button")
        page.click(".submit")
        page.wait_for_url("**/authentication")
        found = violations(page)
        page.click("text=Complete the authentication")
        page.wait_for_selector("h1:text('Thanks')")
        page.goto(session.url)

        assert found + violations(page) == []
        page.close()
