"""Taking a coupon: one press, both free ways of equal weight, the mailed link."""

import datetime as dt
import re

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from shop.core.db import Database
from shop.core.mail import SEND_MAIL, Mail
from shop.core.outbox import Job, JobState, Worker
from shop.coupons.claiming import CLAIM_DAYS, claim_token
from shop.coupons.models import Coupon, CouponAudience, HoldingWay
from shop.page.models import Follower, LikeEvent, LikeSource
from shop.worker import job_handlers
from tests.factories import START, make_account
from tests.storefront.conftest import Brand
from tests.storefront.coupon_house import CART, TAB, Offered, cart_coupon, fill, give, held
from tests.support.visitors import sign_in


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
        with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=CLAIM_DAYS, minutes=1)):
            assert client.get(f"/en/coupons/claims/{token}").status_code == 404
            assert client.post(f"/en/coupons/claims/{token}").status_code == 404

    @pytest.mark.parametrize(
        ("facts", "why"),
        [
            ({"ends_at": START}, "It has ended."),
            ({"is_paused": True}, "It is not given out just now."),
            ({"max_uses": 1, "uses": 1}, "It is used up."),
        ],
    )
    def test_of_what_is_over_says_so_and_gives_nothing(  # noqa: PLR0917
        self,
        app: Flask,
        client: FlaskClient,
        database: Database,
        brand: Brand,
        facts: dict[str, object],
        why: str,
    ) -> None:
        coupon = give(database, brand, "FANS", audience=CouponAudience.MEMBERS, **facts)
        path = f"/en/coupons/claims/{claim_token(app.extensions['vitrine'].signer, coupon_id=coupon.id)}"
        page = client.get(path).text
        assert why in page
        assert "Take it" not in page
        answer = client.post(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, path)
        assert held(database) == []


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
