"""What needs no database: rights, colours, countries, schemas."""

import inspect
import re

import pytest
from flask import Flask
from marshmallow import ValidationError
from stripe.params.checkout._session_create_params import SessionCreateParamsShippingAddressCollection

from shop.page.authorization import PERMISSIONS, Permission, allows
from shop.page.colors import contrast_ratio, luminance
from shop.page.countries import COUNTRIES, REGIONS, country_choices
from shop.page.models import Role
from shop.page.schemas import RESERVED_SLUGS, NewPageSchema, PageSettingsSchema

NEW = {"name": "Maison Brume", "country": "FR", "currency": "EUR", "language": "fr"}
SETTINGS = {
    "name": "x",
    "accent_color": "#7a4b2a",
    "country": "FR",
    "shipping_amount": 0,
    "tax_rate_bp": 2000,
}


class TestAllows:
    @pytest.mark.parametrize("permission", list(Permission))
    def test_lets_an_owner_do_everything_and_nobody_else_nothing(self, permission: Permission) -> None:
        assert allows(Role.OWNER, permission)
        assert not allows(None, permission)

    def test_has_a_line_for_each_role(self) -> None:
        assert set(PERMISSIONS) == set(Role)

    def test_keeps_staff_to_owners(self) -> None:
        assert [role for role in Role if allows(role, Permission.MANAGE_STAFF)] == [Role.OWNER]

    def test_lets_fulfilment_work_on_orders_but_not_on_products(self) -> None:
        assert allows(Role.FULFILMENT, Permission.MANAGE_ORDERS)
        assert not allows(Role.FULFILMENT, Permission.MANAGE_PRODUCTS)
        assert not allows(Role.ANALYST, Permission.MANAGE_ORDERS)


class TestContrastRatio:
    @pytest.mark.parametrize(
        ("color", "expected"),
        # Known figures: 767676 is the lightest grey that passes on white.
        [("#000000", 21.0), ("#ffffff", 1.0), ("#767676", 4.54), ("#777777", 4.48), ("#ff0000", 4.0)],
    )
    def test_is_what_wcag_says(self, color: str, expected: float) -> None:
        assert contrast_ratio(color) == pytest.approx(expected, abs=0.01)

    def test_minds_no_order_or_capitals(self) -> None:
        assert contrast_ratio("#7A4B2A", "#101010") == contrast_ratio("#101010", "#7a4b2a")

    def test_luminance_of_white_is_one(self) -> None:
        assert luminance("#ffffff") == pytest.approx(1)


class TestCountries:
    def test_are_those_that_stripe_ships_to(self) -> None:
        source = inspect.getsource(SessionCreateParamsShippingAddressCollection)
        assert set(COUNTRIES) == set(re.findall(r'"([A-Z]{2})"', source)) - {"ZZ"}

    def test_stand_in_one_region_each(self) -> None:
        assert len(COUNTRIES) == len(set(COUNTRIES)) == sum(len(codes) for codes in REGIONS.values())

    @pytest.mark.parametrize(("address", "first"), [("/fr/", "Afghanistan"), ("/en/", "Afghanistan")])
    def test_are_sorted_as_readers_expect(self, address: str, first: str) -> None:
        app = Flask(__name__)
        from shop.web import locale

        app.before_request_funcs = {}
        locale.init_app(app)
        with app.test_request_context(address):
            from flask import g

            g.language = address[1:3]
            names = [name for _, name in country_choices()]
        assert names[0] == first
        accented = {"fr": "Émirats arabes unis", "en": "Åland Islands"}[address[1:3]]
        assert names.index(accented) < names.index({"fr": "France", "en": "France"}[address[1:3]])


class TestNewPageSchema:
    @pytest.mark.parametrize("slug", ["brume", "maison-brume", "a1b", "x" * 60])
    def test_takes_addresses(self, slug: str) -> None:
        assert NewPageSchema().load({**NEW, "slug": slug})["slug"] == slug

    @pytest.mark.parametrize(
        "slug",
        [
            "ab",
            "x" * 61,
            "Brume",
            "maison--brume",
            "-brume",
            "brume-",
            "maison brume",
            "été",
            "a/b",
            "brume\n",
            *RESERVED_SLUGS,
        ],
    )
    def test_refuses_others(self, slug: str) -> None:
        with pytest.raises(ValidationError) as caught:
            NewPageSchema().load({**NEW, "slug": slug})
        assert list(caught.value.messages) == ["slug"]

    @pytest.mark.parametrize("prefix", ["A", "ABCDEFG", "1AB", "lum", "L-M", "LUM\n"])
    def test_refuses_prefixes(self, prefix: str) -> None:
        with pytest.raises(ValidationError):
            NewPageSchema().load({**NEW, "order_prefix": prefix})

    def test_leaves_address_and_prefix_open(self) -> None:
        values = NewPageSchema().load(NEW)
        assert (values["slug"], values["order_prefix"]) == (None, None)


class TestPageSettingsSchema:
    @pytest.mark.parametrize(
        "change",
        [
            {"accent_color": "red"},
            {"accent_color": "#12345g"},
            {"accent_color": "#123456;"},
            {"country": "XX"},
            {"ships_to": ["FR", "XX"]},
            {"shipping_amount": -1},
            {"shipping_amount": 4.9},
            {"tax_rate_bp": 5001},
            {"contact_email": "nobody"},
            {"name": ""},
        ],
    )
    def test_refuses_what_cannot_be(self, change: dict[str, object]) -> None:
        with pytest.raises(ValidationError) as caught:
            PageSettingsSchema().load({**SETTINGS, **change})
        assert list(caught.value.messages) == list(change)
