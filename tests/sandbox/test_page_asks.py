"""What the payment page asks beside the payment: the shop's own fields, names, consent; its own texts and colours."""

import pytest
import stripe

from tests.sandbox.conftest import session_params
from tests.sandbox.page import CARD, KNOWN, errors, path, value

ENGRAVING = {"key": "engraving", "label": {"type": "custom", "custom": "Engraving"}, "type": "text",
             "text": {"minimum_length": 2, "maximum_length": 5, "default_value": "Léa"}}  # fmt: skip
SIZE = {"key": "size", "label": {"type": "custom", "custom": "Size"}, "type": "dropdown", "dropdown": {
    "options": [{"label": "Small", "value": "s"}, {"label": "Large", "value": "l"}]}}  # fmt: skip
MEMBER = {"key": "member", "label": {"type": "custom", "custom": "Member number"}, "type": "numeric",
          "optional": True}  # fmt: skip
FIELDS = [ENGRAVING, SIZE, MEMBER]


@pytest.fixture
def browser(stand_in):
    return stand_in.app.test_client()


def retrieved(stand_in, session):
    return stand_in.stripe.v1.checkout.sessions.retrieve(session.id)


class TestCustomFields:
    def test_come_back_in_the_session(self, stand_in, browser):
        session = stand_in.session(custom_fields=FIELDS, **KNOWN)
        html = browser.get(path(session)).text

        browser.post(path(session), data=CARD | {"field_engraving": "Zoé", "field_size": "l"})

        fields = retrieved(stand_in, session).custom_fields
        assert value(html, "field_engraving") == "Léa"
        assert "Member number (optional)" in html
        assert [field[field.type].value for field in fields] == ["Zoé", "l", None]

    @pytest.mark.parametrize(
        ("typed", "field", "text"),
        [({"field_engraving": ""}, "field_engraving", "Please fill this in."),
         ({"field_engraving": "Z"}, "field_engraving", "At least 2 characters."),
         ({"field_engraving": "Zoé et Léa"}, "field_engraving", "At most 5 characters."),
         ({"field_size": ""}, "field_size", "Please fill this in."),
         ({"field_size": "xl"}, "field_size", "Choose one of the list."),
         ({"field_member": "12a"}, "field_member", "Digits only.")],
    )  # fmt: skip
    def test_tell_what_is_wrong(self, stand_in, browser, typed, field, text):
        session = stand_in.session(custom_fields=FIELDS, **KNOWN)

        html = browser.post(
            path(session), data=CARD | {"field_engraving": "Zoé", "field_size": "s"} | typed
        ).text

        assert errors(html) == {field: text}
        assert retrieved(stand_in, session).status == "open"

    def test_are_filled_in_for_payments_without_a_browser(self, stand_in):
        paid = stand_in.paid(custom_fields=FIELDS, consent_collection={"terms_of_service": "required"})

        assert [field[field.type].value for field in paid.custom_fields] == ["Léa", "s", None]
        assert paid.consent.terms_of_service == "accepted"

    @pytest.mark.parametrize(
        ("wrong", "param"),
        [([MEMBER] * 2, "custom_fields[1][key]"), ([ENGRAVING, SIZE, MEMBER, MEMBER], "custom_fields"),
         ([MEMBER | {"key": "a b"}], "custom_fields[0][key]"),
         ([MEMBER | {"text": {"maximum_length": 3}}], "custom_fields[0][text]"),
         ([SIZE | {"dropdown": {"options": []}}], "custom_fields[0][dropdown][options]"),
         ([SIZE | {"dropdown": SIZE["dropdown"] | {"default_value": "xl"}}], "custom_fields[0][dropdown][default_value]"),
         ([ENGRAVING | {"text": {"minimum_length": 3, "maximum_length": 2}}], "custom_fields[0][text][minimum_length]"),
         ([ENGRAVING | {"text": {"maximum_length": 256}}], "custom_fields[0][text][maximum_length]"),
         ([MEMBER | {"numeric": {"default_value": "x"}}], "custom_fields[0][numeric][default_value]"),
         ([MEMBER | {"label": {"type": "custom", "custom": "x" * 101}}], "custom_fields[0][label][custom]")],
    )  # fmt: skip
    def test_are_checked_when_a_session_is_made(self, stand_in, wrong, param):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            stand_in.stripe.v1.checkout.sessions.create(session_params(custom_fields=wrong))

        assert caught.value.param == param


class TestNames:
    def test_are_collected(self, stand_in, browser):
        names = {"business": {"enabled": True}, "individual": {"enabled": True, "optional": True}}
        session = stand_in.session(name_collection=names, **KNOWN)

        missing = browser.post(path(session), data=CARD).text
        browser.post(path(session), data=CARD | {"business_name": "Atelier Lumen"})

        found = retrieved(stand_in, session)
        assert list(errors(missing)) == ["business_name"]
        assert found.collected_information.business_name == "Atelier Lumen"
        assert found.customer_details.business_name == "Atelier Lumen"
        assert found.name_collection.individual.optional is True


class TestConsent:
    def test_to_the_terms_is_needed_to_pay(self, stand_in, browser):
        own = {
            "terms_of_service_acceptance": {
                "message": "I accept the [terms](https://shop.example/terms) <b>."
            }
        }
        session = stand_in.session(
            consent_collection={"terms_of_service": "required"}, custom_text=own, **KNOWN
        )

        refused = browser.post(path(session), data=CARD).text
        browser.post(path(session), data=CARD | {"terms": "1"})

        assert errors(refused) == {"terms": "Please accept the terms to pay."}
        assert (
            '<a href="https://shop.example/terms" target="_blank" rel="noopener">terms</a> &lt;b&gt;.'
            in refused
        )
        assert retrieved(stand_in, session).consent.terms_of_service == "accepted"

    @pytest.mark.parametrize(("typed", "said"), [({"promotions": "1"}, "opt_in"), ({}, "opt_out")])
    def test_to_mail_is_told_to_the_shop(self, stand_in, browser, typed, said):
        session = stand_in.session(consent_collection={"promotions": "auto"}, **KNOWN)
        assert session.consent.promotions is None

        browser.post(path(session), data=CARD | typed)

        assert retrieved(stand_in, session).consent.promotions == said

    def test_and_address_stay_in_a_session_that_expires(self, stand_in, browser):
        session = stand_in.session(consent_collection={"promotions": "auto"})
        noted = browser.post(
            path(session), data={"action": "note", "email": "a@example.com", "promotions": "1"}
        )
        page = browser.get(path(session)).text

        expired = stand_in.stripe.v1.checkout.sessions.expire(session.id)

        assert noted.status_code == 204
        assert expired.customer_details.email == "a@example.com"
        assert expired.consent.promotions == "opt_in"
        assert value(page, "email") == "a@example.com"
        assert "readonly" not in page


class TestTexts:
    def test_of_the_shops_own_stand_in_their_places(self, stand_in, browser):
        places = ("submit", "after_submit", "shipping_address")
        session = stand_in.session(
            custom_text={place: {"message": f"Own words of {place}"} for place in places},
            shipping_address_collection={"allowed_countries": ["FR"]},
            phone_number_collection={"enabled": True},
            submit_type="donate",
        )

        html = browser.get(path(session)).text

        for place in places:
            assert f"Own words of {place}" in html
        assert (
            html.index("Own words of submit") < html.index("Donate €12.34") < html.index("Own words of after")
        )
        assert 'id="phone"' in html

    def test_in_a_language_that_we_do_not_speak_are_english_with_that_languages_amounts(
        self, stand_in, browser
    ):
        html = browser.get(path(stand_in.session(locale="de"))).text

        assert "Pay 12,34\xa0€" in html


class TestBrand:
    @pytest.mark.parametrize(
        ("colour", "ink"), [("#ffd23f", "#000000"), ("#1d3b2a", "#ffffff"), ("#777777", "#000000")]
    )
    def test_keeps_its_words_readable(self, stand_in, browser, colour, ink):
        session = stand_in.session(branding_settings={"button_color": colour, "background_color": colour})

        css = browser.get(f"{path(session)}/brand.css").text

        assert f"--button: {colour}; --on-button: {ink}" in css
        assert f"--panel: {colour}; --field: {colour}; --ink: {ink}" in css

    def test_shows_the_logo_and_lets_it_load(self, stand_in, browser):
        logo = {"type": "url", "url": "https://img.example/logo.png"}
        response = browser.get(path(stand_in.session(branding_settings={"logo": logo})))

        assert 'src="https://img.example/logo.png"' in response.text
        assert "img-src 'self' https://img.example;" in response.headers["Content-Security-Policy"]

    @pytest.mark.parametrize(
        ("wrong", "param"),
        [({"button_color": "red"}, "branding_settings[button_color]"),
         ({"icon": {"type": "url"}}, "branding_settings[icon][url]"),
         ({"icon": {"type": "file", "file": "file_1"}}, "branding_settings[icon][type]")],
    )  # fmt: skip
    def test_is_checked(self, stand_in, wrong, param):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            stand_in.session(branding_settings=wrong)

        assert caught.value.param in (param, "branding_settings[icon][file]")
