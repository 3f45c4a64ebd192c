"""What a coupon does as one sentence, in both languages."""

import datetime as dt

import pytest
from flask import Flask

from shop.catalog.models import ProductStatus
from shop.core.db import Database
from shop.coupons.labels import Offer, conditions_of, percent_text, price_text, sentence_of
from shop.coupons.models import CouponAudience, CouponKind, CouponScope, OtherWay
from shop.coupons.scope_queries import Thing, Things, list_titles, map_things
from tests.conftest import START
from tests.coupons.house import add_coupon
from tests.factories import make_page, make_product
from tests.support.statements import count_statements

PARIS = "Europe/Paris"
LAMPS = Things([Thing(1, "Lamps", {"fr": {"title": "Lampes"}}, "lamps")], 1)
MANY = Things([Thing(number, f"Lamp {number}", {}, "lamp") for number in range(1, 4)], 5)
CHRISTMAS = dt.datetime(2026, 12, 23, 23, tzinfo=dt.UTC)
"""Midnight in Paris: the end of the 23rd."""
NEW_YEAR = dt.datetime(2027, 1, 1, 17, tzinfo=dt.UTC)
FIRST = dt.datetime(2026, 11, 30, 23, tzinfo=dt.UTC)

SENTENCES = [
    (
        Offer("EUR", percent_bp=2000, minimum_amount=5000, scope=CouponScope.COLLECTIONS, ends_at=CHRISTMAS),
        LAMPS,
        "20% off Lamps from €50 until December 23",
        "20\xa0% de réduction sur Lampes dès 50\u00a0€ d’achat jusqu’au 23 décembre",
    ),
    (
        Offer("EUR", percent_bp=1250, has_free_shipping=True, unit_limit=1),
        None,
        "12.5% off, with free shipping, for one item of an order",
        "12,5\xa0% de réduction, livraison offerte, pour un seul article d’une commande",
    ),
    (
        Offer("EUR", CouponKind.AMOUNT, amount=1050, unit_limit=3, starts_at=FIRST, ends_at=NEW_YEAR),
        None,
        "€10.50 off, for at most 3 items of an order, from December 1 to January 1, 2027 at 6:00\u202fPM",
        "10,50\u00a0€ de réduction, pour 3 articles d’une commande au plus, du 1er décembre au 1er janvier 2027 à 18:00",
    ),
    (
        Offer("EUR", CouponKind.FREE_SHIPPING, scope=CouponScope.PRODUCTS, starts_at=FIRST),
        MANY,
        "Free shipping with 5 chosen products, from December 1 on",
        "Livraison offerte avec 5 produits choisis, à partir du 1er décembre",
    ),
    (
        Offer("EUR", percent_bp=500, starts_at=FIRST, ends_at=FIRST + dt.timedelta(days=1)),
        None,
        "5% off on December 1 only",
        "5\xa0% de réduction, le 1er décembre seulement",
    ),
    (
        Offer("EUR", percent_bp=500, scope=CouponScope.PRODUCTS, starts_at=START - dt.timedelta(days=1)),
        Things(),
        "5% off nothing yet",
        "5\xa0% de réduction sur rien pour l’instant",
    ),
]


class TestSentenceOf:
    @pytest.mark.parametrize(("offer", "things", "english", "french"), SENTENCES)
    def test_says_what_is_off_where_and_when(
        self, app: Flask, offer: Offer, things: Things | None, english: str, french: str
    ) -> None:
        with app.test_request_context("/en/"):
            assert sentence_of(offer, things, zone=PARIS) == english
        with app.test_request_context("/fr/"):
            assert sentence_of(offer, things, zone=PARIS) == french

    def test_tells_days_in_the_zone_that_it_is_given(self, app: Flask) -> None:
        offer = Offer("EUR", percent_bp=500, ends_at=CHRISTMAS)
        with app.test_request_context("/en/"):
            assert sentence_of(offer, zone="UTC") == "5% off until December 23 at 11:00\u202fPM"


class TestPriceText:
    @pytest.mark.parametrize(
        ("amount", "currency", "language", "text"),
        [
            (5000, "EUR", "en", "€50"), (4990, "EUR", "en", "€49.90"), (5000, "JPY", "en", "¥5,000"),
            (120_000, "TND", "fr", "120\u00a0TND"), (12_340, "TND", "fr", "12,340\u00a0TND"),
        ],
    )  # fmt: skip
    def test_leaves_out_decimals_that_are_zeros(
        self, app: Flask, amount: int, currency: str, language: str, text: str
    ) -> None:
        with app.test_request_context(f"/{language}/"):
            assert price_text(amount, currency) == text


class TestPercentText:
    @pytest.mark.parametrize(("percent_bp", "text"), [(1, "0.01%"), (1250, "12.5%"), (10_000, "100%")])
    def test_has_as_many_decimals_as_it_needs(self, app: Flask, percent_bp: int, text: str) -> None:
        with app.test_request_context("/en/"):
            assert percent_text(percent_bp) == text


class TestConditionsOf:
    def test_names_the_free_way_beside_liking(self, app: Flask, database: Database) -> None:
        with database.transaction() as session:
            page = make_page(session)
            by_mail = add_coupon(session, page, "MAIL", audience=CouponAudience.MEMBERS)
            by_account = add_coupon(
                session, page, "ACCOUNT", audience=CouponAudience.MEMBERS, other_way=OtherWay.ACCOUNT,
                is_once=False, max_uses=50,
            )  # fmt: skip
        with app.test_request_context("/en/"):
            assert conditions_of(by_mail) == [
                "For followers of the page, and just as well for whoever confirms an e-mail address.",
                "Once per customer.",
            ]
            assert conditions_of(by_account) == [
                "For followers of the page, and just as well for everybody with an account here.",
                "It can be used 50 times in all.",
            ]


class TestMapThings:
    def test_names_three_and_counts_all_in_two_statements(self, database: Database) -> None:
        with database.transaction() as session:
            page = make_page(session)
            products = [make_product(session, page, title=f"Lamp {number}").id for number in range(1, 6)]
            some = add_coupon(
                session, page, "SOME", scope=CouponScope.PRODUCTS, product_ids=frozenset(products)
            )
            others = [add_coupon(session, page, f"ALL{number}") for number in range(20)]
            titles = list_titles(session, some)
        with database.reading() as session, count_statements(database.engine) as sent:
            found = map_things(session, [some, *others])
        assert ([thing.title for thing in found[some.id].first], found[some.id].count) == (titles[:3], 5)
        assert set(found) == {some.id}
        assert len(sent) == 1

    def test_knows_a_coupon_for_nothing_that_is_shown_from_one_for_all(
        self, app: Flask, database: Database
    ) -> None:
        with database.transaction() as session:
            page = make_page(session)
            hidden = make_product(session, page, status=ProductStatus.DRAFT).id
            coupon = add_coupon(session, page, scope=CouponScope.PRODUCTS, product_ids=frozenset({hidden}))
            things = map_things(session, [coupon])
        with app.test_request_context("/en/"):
            assert sentence_of(coupon, things[coupon.id]) == "10% off nothing yet"
