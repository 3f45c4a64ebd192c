"""Coupons in public: the tab, a coupon's page, both free ways of equal weight, the mailed link, the wallet, the cart."""

import datetime as dt
import re
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.core.mail import SEND_MAIL, Mail
from shop.core.outbox import Job, JobState, Worker
from shop.coupons.claiming import claim_token
from shop.coupons.models import Coupon, CouponAudience, CouponHolding, CouponKind, HoldingWay, OtherWay
from shop.coupons.service import CouponDraft, create_coupon
from shop.page.models import Follower, LikeEvent, LikeSource, Page
from shop.page.service import raise_version
from shop.web.touching import ORIGIN_COOKIE
from shop.worker import job_handlers
from tests.factories import START, make_account
from tests.storefront.conftest import Brand
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

TAB = "/en/p/lumen/coupons"
CART = "/en/p/lumen/cart"


def give(database: Database, brand: Brand, code: str = "WELCOME", **values: object) -> Coupon:
    """Add a listed coupon of ten percent, and show the tab."""
    facts: dict[str, object] = {
        "title": f"Title of {code}", "kind": CouponKind.PERCENT, "percent_bp": 1000, "currency": "EUR",
        "is_listed": True, "is_embeddable": True, "is_once": False,
    }  # fmt: skip
    with database.transaction() as session:
        coupon = Coupon(
            page_id=brand.page.id,
            code=code,
            code_key=code,
            created_at=START,
            updated_at=START,
            **facts | values,
        )
        session.add(coupon)
        session.get_one(Page, brand.page.id).has_coupons = True
        session.flush()
        raise_version(session, brand.page.id)
        return coupon


@dataclass
class Offered:
    """A page with a coupon of each audience."""

    everybody: Coupon
    by_email: Coupon
    by_account: Coupon
    prize: Coupon


@pytest.fixture
def offered(database: Database, brand: Brand) -> Offered:
    members = {"audience": CouponAudience.MEMBERS}
    return Offered(
        give(database, brand, "WELCOME"),
        give(database, brand, "FANS", **members, other_way=OtherWay.EMAIL),
        give(database, brand, "CLUB", **members, other_way=OtherWay.ACCOUNT),
        give(database, brand, "PRIZE", audience=CouponAudience.HOLDERS, is_listed=False),
    )


def held(database: Database) -> list[tuple[int, str, HoldingWay]]:
    """Return what is in all wallets."""
    with database.reading() as session:
        rows = session.scalars(select(CouponHolding).order_by(CouponHolding.id))
        return [(row.coupon_id, row.holder_key.partition(":")[0], row.way) for row in rows]


def cart_coupon(database: Database) -> int | None:
    """Return the coupon that was chosen for the only cart."""
    from shop.cart.models import Cart

    with database.reading() as session:
        return session.scalars(select(Cart.coupon_id)).one_or_none()


def fill(client: FlaskClient, brand: Brand, quantity: int = 1) -> None:
    """Put lamps of 129 € into the cart."""
    data = {"variant_id": brand.lamp.variants[0].id, "quantity": quantity}
    assert client.post("/en/p/lumen/cart/lines", data=data).status_code == 303


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


class TestTake:
    def test_of_everybodys_needs_no_account(
        self, client: FlaskClient, database: Database, offered: Offered
    ) -> None:
        answer = client.post(f"{TAB}/WELCOME/holdings", data={"way": "page"})
        assert answer.headers["Location"] == f"{TAB}/WELCOME"
        assert held(database) == [(offered.everybody.id, "guest", HoldingWay.PAGE)]
        assert "In your wallet" in client.get(f"{TAB}/WELCOME").text

    def test_twice_is_the_same_as_once(
        self, client: FlaskClient, database: Database, offered: Offered
    ) -> None:
        for _ in range(2):
            client.post(f"{TAB}/WELCOME/holdings")
        assert len(held(database)) == 1

    def test_by_liking_follows_and_keeps_where_from(
        self, client: FlaskClient, database: Database, offered: Offered
    ) -> None:
        with database.transaction() as session:
            person = make_account(session)
        sign_in(client, person)
        client.post(f"{TAB}/FANS/holdings", data={"way": "like"})
        assert held(database) == [(offered.by_email.id, "account", HoldingWay.LIKE)]
        with database.reading() as session:
            event = session.scalars(select(LikeEvent).where(LikeEvent.account_id == person.id)).one()
        assert (event.source, event.source_ref) == (LikeSource.COUPON, str(offered.by_email.id))

    def test_without_liking_follows_nobody(
        self, client: FlaskClient, database: Database, offered: Offered
    ) -> None:
        with database.transaction() as session:
            person = make_account(session)
        sign_in(client, person)
        client.post(f"{TAB}/CLUB/holdings", data={"way": "account"})
        assert held(database) == [(offered.by_account.id, "account", HoldingWay.ACCOUNT)]
        with database.reading() as session:
            assert session.scalar(
                select(func.count()).select_from(Follower).where(Follower.account_id == person.id)
            ) == 0  # fmt: skip

    def test_keeps_the_coupon_of_who_takes_the_like_back(
        self, client: FlaskClient, database: Database, brand: Brand, offered: Offered
    ) -> None:
        sign_in(client, brand.follower)
        client.post(f"{TAB}/FANS/holdings", data={"way": "like"})
        client.post("/en/p/lumen/like/removal")
        fill(client, brand)
        assert "Title of FANS" in client.get(CART).text

    @pytest.mark.parametrize("way", ["like", "account"])
    def test_of_a_members_coupon_asks_a_guest_to_sign_in_and_leads_back(
        self, client: FlaskClient, database: Database, offered: Offered, way: str
    ) -> None:
        answer = client.post(f"{TAB}/CLUB/holdings", data={"way": way})
        assert answer.headers["Location"].startswith("/en/sign-in?next=")
        assert "coupons/CLUB" in answer.headers["Location"]
        assert held(database) == []

    @pytest.mark.parametrize(
        ("code", "way"), [("FANS", "account"), ("FANS", "page"), ("FANS", "embed"), ("PRIZE", "like")]
    )
    def test_in_a_way_that_is_none_gives_nothing(
        self, client: FlaskClient, database: Database, offered: Offered, code: str, way: str
    ) -> None:
        with database.transaction() as session:
            person = make_account(session)
        sign_in(client, person)
        client.post(f"{TAB}/{code}/holdings", data={"way": way})
        assert held(database) == []

    def test_of_a_prize_tells_nobody_that_it_is_there(self, client: FlaskClient, offered: Offered) -> None:
        assert client.post(f"{TAB}/PRIZE/holdings").status_code == 404

    def test_of_one_that_begins_later_does_not_say_that_it_counts(
        self, client: FlaskClient, database: Database, brand: Brand
    ) -> None:
        give(database, brand, starts_at=START + dt.timedelta(days=1))
        client.post(f"{TAB}/WELCOME/holdings", data={"then": "shop"})
        text = client.get(f"{TAB}/WELCOME").text
        assert "is in your wallet." in text
        assert "counts by itself" not in text

    def test_of_one_that_ended_says_so(self, client: FlaskClient, database: Database, brand: Brand) -> None:
        give(database, brand, ends_at=START)
        client.post(f"{TAB}/WELCOME/holdings")
        assert held(database) == []
        assert "It has ended" in client.get(f"{TAB}/WELCOME").text

    def test_from_a_card_keeps_the_touch_and_goes_to_the_shop_with_it_in_the_cart(
        self, client: FlaskClient, database: Database, brand: Brand, offered: Offered
    ) -> None:
        touch = f"embed-coupon-{offered.everybody.id}"
        data = {"way": "embed", "touch": touch, "then": "shop"}
        answer = client.post(f"{TAB}/WELCOME/holdings", data=data)
        assert held(database) == [(offered.everybody.id, "guest", HoldingWay.EMBED)]
        assert answer.headers["Location"] == "/en/p/lumen/shop"
        assert cart_coupon(database) == offered.everybody.id


class TestClaim:
    def test_mails_a_link_that_gives_it_on_any_device(
        self, app: Flask, client: FlaskClient, database: Database, offered: Offered
    ) -> None:
        client.post(f"{TAB}/FANS/claims", data={"email": "Alix@Example.com "})
        mail = sent(app, database)
        link = re.search(r"http://localhost(/en/coupons/claims/\S+)", mail.text_body or "")
        assert mail.recipient == "Alix@Example.com"
        assert link is not None
        phone = app.test_client()
        phone.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        page = phone.get(link[1])
        assert "10% off" in page.text
        assert held(database) == []  # mail programs open links by themselves
        assert phone.post(link[1], data={"then": "shop"}).headers["Location"] == "/en/p/lumen/shop"
        assert held(database) == [(offered.by_email.id, "guest", HoldingWay.EMAIL)]

    def test_to_what_is_no_address_keeps_what_was_typed(self, client: FlaskClient, offered: Offered) -> None:
        answer = client.post(f"{TAB}/FANS/claims", data={"email": "alix@"})
        assert answer.status_code == 422
        assert 'value="alix@"' in answer.text
        assert answer.text.count(" autofocus") == 1
        assert "Enter an e-mail address such as" in answer.text

    def test_pressed_twice_sends_one_mail(
        self, client: FlaskClient, database: Database, offered: Offered
    ) -> None:
        for _ in range(2):
            client.post(f"{TAB}/FANS/claims", data={"email": "alix@example.com"})
        with database.reading() as session:
            assert session.scalar(select(func.count(Mail.id))) == 1

    @pytest.mark.parametrize("code", ["WELCOME", "CLUB", "PRIZE"])
    def test_of_what_is_not_had_by_mail_is_not_found(
        self, client: FlaskClient, offered: Offered, code: str
    ) -> None:
        assert client.post(f"{TAB}/{code}/claims", data={"email": "a@example.com"}).status_code == 404

    def test_that_is_too_old_or_altered_is_refused(
        self, app: Flask, client: FlaskClient, offered: Offered
    ) -> None:
        token = claim_token(app.extensions["vitrine"].signer, coupon_id=offered.by_email.id)
        assert client.get(f"/en/coupons/claims/{token}").status_code == 200
        assert client.get(f"/en/coupons/claims/{token}x").status_code == 404


class TestWallet:
    def test_of_nobody_known_says_where_coupons_are(self, client: FlaskClient, brand: Brand) -> None:
        assert "No coupon yet" in client.get("/en/account/coupons").text

    def test_of_a_guest_comes_along_at_sign_in(
        self, client: FlaskClient, database: Database, offered: Offered
    ) -> None:
        client.post(f"{TAB}/WELCOME/holdings")
        assert "Title of WELCOME" in client.get("/en/account/coupons").text
        client.post(
            "/en/sign-up",
            data={"name": "Alix", "email": "alix@example.com", "password": "a lamp on the stairs"},
        )
        assert held(database) == [(offered.everybody.id, "account", HoldingWay.PAGE)]
        assert "Title of WELCOME" in client.get("/en/account/coupons").text

    def test_gives_up_a_coupon_and_has_it_back(
        self, client: FlaskClient, database: Database, offered: Offered
    ) -> None:
        client.post(f"{TAB}/WELCOME/holdings")
        client.post(f"/en/account/coupons/{offered.everybody.id}/removal")
        assert held(database) == []
        undo = re.search(r'action="([^"]+restorations[^"]+)"', client.get("/en/account/coupons").text)
        assert undo is not None
        client.post(undo[1])
        assert held(database) == [(offered.everybody.id, "guest", HoldingWay.PAGE)]

    def test_costs_as_many_statements_with_more_in_it(
        self, client: FlaskClient, database: Database, brand: Brand, offered: Offered
    ) -> None:
        sign_in(client, brand.follower)
        client.post(f"{TAB}/WELCOME/holdings")
        with count_statements(database.engine) as few:
            client.get("/en/account/coupons")
        for number in range(30):
            give(database, brand, f"CODE-{number}")
            client.post(f"{TAB}/CODE-{number}/holdings")
        with count_statements(database.engine) as many:
            first = client.get("/en/account/coupons").text
        assert len(few) == len(many) <= 6
        more = re.search(r'rel="next" href="([^"]+)"', first)
        assert more is not None
        assert "Title of WELCOME" in client.get(more[1]).text


class TestCartCoupon:
    def test_that_was_taken_counts_by_itself_can_be_taken_off_and_brought_back(
        self, client: FlaskClient, brand: Brand, offered: Offered
    ) -> None:
        client.post(f"{TAB}/WELCOME/holdings")
        fill(client, brand)
        text = client.get(CART).text
        assert "It counts by itself" in text
        assert "−€12.90" in text
        client.post(f"{CART}/coupon/removal", data={"coupon_id": offered.everybody.id})
        text = client.get(CART).text
        assert "−€12.90" not in text
        assert "Bring back" in text
        client.post(f"{CART}/coupon/restoration")
        assert "−€12.90" in client.get(CART).text

    def test_that_is_typed_counts(self, client: FlaskClient, brand: Brand, offered: Offered) -> None:
        fill(client, brand)
        assert client.post(f"{CART}/coupon", data={"code": " welcome "}).status_code == 303
        assert "−€12.90" in client.get(CART).text

    @pytest.mark.parametrize(
        ("code", "says"),
        [("NONE", "There is no such coupon"), ("", "Type the code"), ("PRIZE", "There is no such")],
    )
    def test_that_is_none_is_told_where_it_was_typed(
        self, client: FlaskClient, brand: Brand, offered: Offered, code: str, says: str
    ) -> None:
        fill(client, brand)
        answer = client.post(f"{CART}/coupon", data={"code": code})
        assert answer.status_code == 422
        assert says in answer.text
        assert f'name="code" value="{code}"' in answer.text

    def test_that_needs_more_says_what_is_missing_and_takes_nothing_off(
        self, client: FlaskClient, database: Database, brand: Brand
    ) -> None:
        give(database, brand, "BIG", minimum_amount=20_000)
        fill(client, brand)
        client.post(f"{CART}/coupon", data={"code": "BIG"})
        text = client.get(CART).text
        assert "Add €71.00 more" in text
        assert "€133.90" in text

    def test_that_ended_meanwhile_stays_as_a_line_that_says_so(
        self, client: FlaskClient, database: Database, brand: Brand, clock: SteppedClock
    ) -> None:
        give(database, brand, ends_at=START + dt.timedelta(minutes=5))
        fill(client, brand)
        client.post(f"{CART}/coupon", data={"code": "WELCOME"})
        clock.advance(minutes=6)
        text = client.get(CART).text
        assert "It has ended" in text
        assert "€133.90" in text

    def test_of_members_leads_to_both_ways(self, client: FlaskClient, brand: Brand, offered: Offered) -> None:
        fill(client, brand)
        client.post(f"{CART}/coupon", data={"code": "FANS"})
        assert f'href="{TAB}/FANS?take=1"' in client.get(CART).text

    def test_for_once_asks_a_guest_for_their_address(
        self, client: FlaskClient, database: Database, brand: Brand
    ) -> None:
        give(database, brand, is_once=True)
        fill(client, brand)
        assert 'id="email"' not in client.get(CART).text
        client.post(f"{CART}/coupon", data={"code": "WELCOME"})
        assert 'id="email"' in client.get(CART).text


def sent(app: Flask, database: Database) -> Mail:
    """Let the worker send what waits, and return the only mail."""
    runtime = app.extensions["vitrine"]
    Worker(runtime.database, runtime.clock, job_handlers(app)).run_due(limit=20)
    with database.reading() as session:
        return session.scalars(select(Mail)).one()


class TestClaimMail:
    def test_is_not_sent_for_a_coupon_that_was_deleted_meanwhile(
        self, app: Flask, client: FlaskClient, database: Database, offered: Offered
    ) -> None:
        client.post(f"{TAB}/FANS/claims", data={"email": "alix@example.com"})
        with database.transaction() as session:
            session.get_one(Coupon, offered.by_email.id).deleted_at = START
        assert sent(app, database).sent_at is None
        with database.reading() as session:
            assert session.scalars(select(Job.state).where(Job.kind == SEND_MAIL)).all() == [JobState.DONE]


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
