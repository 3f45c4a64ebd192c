"""Coupons in public: the tab, a coupon's page, its card on other sites, guessed codes."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.core.outbox import Worker
from shop.coupons.models import CouponHolding, CouponKind, HoldingWay
from shop.coupons.service import CouponDraft, create_coupon
from shop.web.touching import ORIGIN_COOKIE
from shop.worker import job_handlers
from tests.factories import START
from tests.storefront.conftest import Brand
from tests.storefront.coupon_house import CART, TAB, Offered, fill, give
from tests.support.statements import count_statements
from tests.support.visitors import sign_in


class TestTab:
    def test_is_there_when_the_page_has_a_coupon(
        self, client: FlaskClient, database: Database, brand: Brand
    ) -> None:
        assert TAB not in client.get("/en/p/lumen").text
        give(database, brand)
        assert f'href="{TAB}"' in client.get("/en/p/lumen").text

    def test_lists_what_runs_and_what_begins_later_but_nothing_that_ended_or_is_paused(
        self, client: FlaskClient, database: Database, brand: Brand
    ) -> None:
        day = dt.timedelta(days=1)
        give(database, brand, "RUNS")
        give(database, brand, "LATER", starts_at=START + day)
        give(database, brand, "OVER", ends_at=START)
        give(database, brand, "PAUSED", is_paused=True)
        give(database, brand, "HIDDEN", is_listed=False)
        text = client.get(TAB).text
        assert re.findall(r"Title of (\w+)</a>", text) == ["LATER", "RUNS"]

    def test_goes_from_the_page_when_the_last_coupon_ends(
        self, app: Flask, client: FlaskClient, database: Database, brand: Brand, clock: SteppedClock
    ) -> None:
        ends = START + dt.timedelta(minutes=10)
        with database.transaction() as session:
            draft = CouponDraft("TENTH", "A tenth off", CouponKind.PERCENT, percent_bp=1000, is_listed=True)
            create_coupon(
                session, page=brand.page, draft=replace(draft, ends_at=ends), account_id=None, now=START
            )
        worker = Worker(database, clock, job_handlers(app))
        assert worker.run_due(limit=20) == 0
        assert TAB in client.get("/en/p/lumen").text
        clock.advance(minutes=10)
        assert worker.run_due(limit=20) == 1
        assert TAB not in client.get("/en/p/lumen").text

    def test_drops_one_within_a_minute_of_its_end(
        self, client: FlaskClient, database: Database, brand: Brand, clock: SteppedClock
    ) -> None:
        give(database, brand, ends_at=START + dt.timedelta(minutes=10))
        assert "Title of WELCOME" in client.get(TAB).text
        clock.advance(minutes=10)
        text = client.get(TAB).text
        assert "Title of WELCOME" not in text
        assert "No coupon just now" in text

    def test_goes_on_with_older_ones(self, client: FlaskClient, database: Database, brand: Brand) -> None:
        for number in range(25):
            give(database, brand, f"CODE-{number}")
        first = client.get(TAB).text
        more = re.search(r'rel="next" href="([^"]+)"', first)
        assert more is not None
        second = client.get(more[1]).text
        assert re.findall(r"Title of (CODE-\d+)</a>", second) == ["CODE-0"]

    def test_is_the_same_for_every_stranger_and_not_sent_twice(
        self, app: Flask, database: Database, offered: Offered
    ) -> None:
        first = app.test_client().get(TAB)
        again = app.test_client().get(TAB, headers={"If-None-Match": first.headers["ETag"]})
        assert first.headers["Cache-Control"].startswith("public")
        assert again.status_code == 304
        with count_statements(database.engine) as kept:
            app.test_client().get(TAB)
        assert len(kept) == 1

    def test_costs_as_many_statements_with_more_to_show(
        self, app: Flask, database: Database, brand: Brand, offered: Offered
    ) -> None:
        browser = app.test_client()
        sign_in(browser, brand.follower)
        with count_statements(database.engine) as few:
            browser.get(TAB)
        for number in range(15):
            give(database, brand, f"CODE-{number}")
        with count_statements(database.engine) as many:
            browser.get(TAB)
        assert len(few) == len(many) <= 12


class TestCouponPage:
    def test_says_what_it_does_in_both_languages(self, client: FlaskClient, offered: Offered) -> None:
        english, french = client.get(f"{TAB}/WELCOME").text, client.get("/fr/p/lumen/coupons/WELCOME").text
        assert "10% off" in english
        assert "10\u00a0%" in french.replace("\u202f", "\u00a0")

    def test_of_a_members_coupon_shows_both_ways_alike(self, client: FlaskClient, offered: Offered) -> None:
        for code, other in (("FANS", "Mail me the coupon"), ("CLUB", "Take it without liking")):
            text = client.get(f"{TAB}/{code}").text
            buttons = re.findall(r'<button type="submit" class="([^"]+)"[^>]*>([^<]+)</button>', text)
            looks = {label: look for look, label in buttons}
            assert looks["Like the page and take it"] == looks[other]

    def test_of_a_prize_is_its_winners_alone(
        self, client: FlaskClient, database: Database, brand: Brand, offered: Offered
    ) -> None:
        assert client.get(f"{TAB}/PRIZE").status_code == 404
        sign_in(client, brand.follower)
        assert client.get(f"{TAB}/PRIZE").status_code == 404
        with database.transaction() as session:
            session.add(
                CouponHolding(
                    coupon_id=offered.prize.id, holder_key=f"account:{brand.follower.id}",
                    way=HoldingWay.PRIZE, taken_at=START,
                )
            )  # fmt: skip
        assert "In your wallet" in client.get(f"{TAB}/PRIZE").text

    @pytest.mark.parametrize("code", ["NONE", "%00", "x" * 300])
    def test_of_none_is_not_found(self, client: FlaskClient, offered: Offered, code: str) -> None:
        assert client.get(f"{TAB}/{code}").status_code == 404

    def test_has_one_address_however_its_code_is_written(self, client: FlaskClient, offered: Offered) -> None:
        answer = client.get(f"{TAB}/wel%20come?take=1")
        assert answer.status_code == 301
        assert answer.headers["Location"] == f"{TAB}/WELCOME?take=1"

    @pytest.mark.parametrize("query", ["code=x&page_slug=y&endpoint=z", "_external=1&_scheme=ftp"])
    @pytest.mark.parametrize("path", [TAB, "/en/embed/p/lumen/coupons"])
    def test_leads_there_whatever_the_query_says(
        self, client: FlaskClient, offered: Offered, path: str, query: str
    ) -> None:
        answer = client.get(f"{path}/welcome?{query}")
        assert answer.headers["Location"] == f"{path}/WELCOME?{query}"


class TestCard:
    @pytest.mark.parametrize("code", ["WELCOME", "FANS", "CLUB"])
    def test_may_be_framed_and_is_the_same_for_everybody(
        self, client: FlaskClient, brand: Brand, offered: Offered, code: str
    ) -> None:
        first = client.get(f"/en/embed/p/lumen/coupons/{code}")
        sign_in(client, brand.follower)
        client.post(f"{TAB}/WELCOME/holdings")
        known = client.get(f"/en/embed/p/lumen/coupons/{code}")
        assert first.data == known.data
        assert "frame-ancestors *" in known.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in known.headers

    @pytest.mark.parametrize("code", ["FANS", "CLUB"])
    def test_likes_nothing_in_a_frame(self, client: FlaskClient, offered: Offered, code: str) -> None:
        text = client.get(f"/en/embed/p/lumen/coupons/{code}").text
        assert "<form" not in text
        assert f"{TAB}/{code}?take=1" in text

    def test_is_what_led_here_also_where_the_page_behind_it_takes_the_coupon(
        self, app: Flask, client: FlaskClient, offered: Offered
    ) -> None:
        coupon = offered.everybody
        client.get(f"{TAB}/WELCOME?take=1&from=embed-coupon-{coupon.id}")
        client.post(f"{TAB}/WELCOME/holdings", data={"touch": f"coupon-{coupon.id}"})
        cookie = client.get_cookie(ORIGIN_COOKIE)
        assert cookie is not None
        kept = dict(app.extensions["vitrine"].signer.read("origin", cookie.value))
        assert kept["lumen"]["t"][:2] == ["embed", coupon.id]

    @pytest.mark.parametrize("code", ["PRIZE", "NONE"])
    def test_of_what_is_not_for_all_to_see_is_gone(
        self, client: FlaskClient, offered: Offered, code: str
    ) -> None:
        assert client.get(f"/en/embed/p/lumen/coupons/{code}").status_code == 404

    def test_that_the_admin_lets_nobody_show_is_gone(
        self, client: FlaskClient, database: Database, brand: Brand
    ) -> None:
        give(database, brand, is_embeddable=False)
        assert client.get("/en/embed/p/lumen/coupons/WELCOME").status_code == 404
        assert client.get(f"/oembed?url=http://localhost{TAB}/WELCOME").status_code == 404

    def test_says_within_a_minute_that_it_ended(
        self, client: FlaskClient, database: Database, brand: Brand, clock: SteppedClock
    ) -> None:
        give(database, brand, ends_at=START + dt.timedelta(minutes=5))
        assert "/holdings" in client.get("/en/embed/p/lumen/coupons/WELCOME").text
        clock.advance(minutes=5)
        text = client.get("/en/embed/p/lumen/coupons/WELCOME").text
        assert "It has ended" in text
        assert "/holdings" not in text

    def test_is_found_from_a_plain_link(self, client: FlaskClient, offered: Offered) -> None:
        answer = client.get(f"/oembed?url=http://localhost{TAB}/WELCOME")
        assert answer.json is not None
        assert "/en/embed/p/lumen/coupons/WELCOME" in answer.json["html"]
        assert answer.json["title"] == "Title of WELCOME"


class TestGuessing:
    def test_of_codes_is_slowed_down_in_the_cart_and_on_pages(
        self, limited_app: Flask, brand: Brand, offered: Offered
    ) -> None:
        guesser = limited_app.test_client()
        guesser.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        fill(guesser, brand)
        typed = [guesser.post(f"{CART}/coupon", data={"code": f"GUESS{n}"}).status_code for n in range(31)]
        assert typed == [422] * 30 + [429]
        seen = [guesser.get(f"{TAB}/GUESS{n}").status_code for n in range(60)]
        assert seen == [404] * 60
        assert guesser.post(f"{TAB}/GUESS/holdings").status_code == 429
        assert guesser.get("/en/embed/p/lumen/coupons/GUESS").status_code == 429
