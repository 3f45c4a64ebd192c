"""What led somebody to a page is kept for seven days, checked, and written down with the order."""

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.coupons.models import Coupon, CouponKind
from shop.feed.models import Post
from shop.orders.models import Order
from shop.page.models import Page, Role
from shop.web.touching import MAX_PAGES, ORIGIN_COOKIE
from tests.checkout.conftest import Shop
from tests.checkout.rooms import staff
from tests.factories import START, make_account, make_page, make_product
from tests.support.posted import make_post, make_share
from tests.support.visitors import sign_in


@dataclass
class Street:
    """A page with a post, and another page beside it with a post of its own."""

    shop: Shop
    post: Post
    other: Page
    other_post: Post

    @property
    def home(self) -> str:
        return f"/en/p/{self.shop.page.slug}"

    def last_order(self) -> Order:
        with self.shop.database.reading() as session:
            order = session.scalars(select(Order).order_by(Order.id.desc()).limit(1)).one()
            session.expunge(order)
            return order

    def buy(self, client: FlaskClient, **fields: str) -> Order:
        """Press Buy and return the order that was placed."""
        answer = client.post(
            f"{self.home}/purchases", data={"variant_id": self.shop.variants[0].id, "quantity": 1, **fields}
        )
        assert answer.status_code == 303
        return self.last_order()


@pytest.fixture
def street(shop: Shop) -> Street:
    with shop.database.transaction() as session:
        other = make_page(session)
        make_product(session, other, title="Vase")
        return Street(shop, make_post(session, shop.page), other, make_post(session, other))


class TestAPostInTheAddress:
    def test_is_kept_with_the_order_of_days_later(
        self, client: FlaskClient, street: Street, clock: SteppedClock
    ) -> None:
        came_at = clock.now()
        client.get(f"{street.home}/shop?from=post-{street.post.id}")
        clock.advance(days=5)
        client.post(
            f"{street.home}/cart/lines", data={"variant_id": street.shop.variants[0].id, "quantity": 1}
        )
        answer = client.post(f"{street.home}/cart/checkout")
        assert answer.status_code == 303
        order = street.last_order()
        assert (order.touch_kind, order.touch_post_id, order.touch_at) == ("post", street.post.id, came_at)

    def test_is_too_old_after_seven_days(
        self, client: FlaskClient, street: Street, clock: SteppedClock
    ) -> None:
        client.get(f"{street.home}/shop?from=post-{street.post.id}&utm_source=letter")
        clock.advance(days=7, seconds=1)
        order = street.buy(client)
        assert (order.touch_kind, order.touch_post_id, order.touch_at, order.campaign) == (None,) * 4

    def test_of_another_page_counts_as_nothing(self, client: FlaskClient, street: Street) -> None:
        client.get(f"{street.home}/shop?from=post-{street.other_post.id}")
        assert street.buy(client).touch_kind is None

    def test_on_another_page_leads_to_nothing_here(self, client: FlaskClient, street: Street) -> None:
        client.get(f"/en/p/{street.other.slug}/shop?from=post-{street.post.id}")
        assert street.buy(client).touch_kind is None

    def test_gives_way_to_the_last_one(self, client: FlaskClient, street: Street) -> None:
        client.get(f"{street.home}/shop?from=post-{street.post.id}")
        client.get(f"{street.home}/shop?from=embed")
        order = street.buy(client)
        assert (order.touch_kind, order.touch_post_id) == ("embed", None)

    @pytest.mark.parametrize(
        "said", ["post-", "post-0", "post-1e3", "post-9999999999999999999", "like-3", "٣"]
    )
    def test_that_is_none_sets_no_cookie(self, client: FlaskClient, street: Street, said: str) -> None:
        assert "Set-Cookie" not in client.get(f"{street.home}/shop", query_string={"from": said}).headers

    def test_of_a_page_that_is_not_there_sets_no_cookie(self, client: FlaskClient) -> None:
        answer = client.get("/en/p/nowhere?from=embed")
        assert answer.status_code == 404
        assert ORIGIN_COOKIE not in answer.headers.get("Set-Cookie", "")

    def test_that_a_browser_fetches_ahead_is_nobodys_click(self, client: FlaskClient, street: Street) -> None:
        answer = client.get(f"{street.home}/shop?from=embed", headers={"Sec-Purpose": "prefetch"})
        assert "Set-Cookie" not in answer.headers


class TestAShare:
    def test_is_kept_with_the_post_that_it_passed_on(self, client: FlaskClient, street: Street) -> None:
        with street.shop.database.transaction() as session:
            friend = make_account(session)
            share = make_share(session, street.shop.page, account_id=friend.id, post_id=street.post.id)
        client.get(f"{street.home}/shop?from=share-{share.id}")
        order = street.buy(client)
        assert (order.touch_kind, order.touch_share_id, order.touch_post_id) == (
            "share", share.id, street.post.id,
        )  # fmt: skip

    def test_is_kept_by_the_forms_of_the_post_that_it_led_to(
        self, client: FlaskClient, street: Street
    ) -> None:
        with street.shop.database.transaction() as session:
            friend = make_account(session)
            share = make_share(session, street.shop.page, account_id=friend.id, post_id=street.post.id)
        place = f"http://localhost{street.home}/posts/{street.post.id}"
        variant, touch = street.shop.variants[0].id, f"post-{street.post.id}"
        addresses = ((f"?from=share-{share.id}", "share"), ("?from=share-x", "post"), ("", "post"))
        for quantity, (query, kind) in enumerate(addresses, start=1):
            client.post(
                f"{street.home}/purchases",
                data={"variant_id": variant, "quantity": quantity, "touch": touch},
                headers={"Referer": place + query},
            )
            order = street.last_order()
            assert (order.touch_kind, order.touch_post_id) == (kind, street.post.id)

    def test_of_a_product_names_no_post(self, client: FlaskClient, street: Street) -> None:
        with street.shop.database.transaction() as session:
            friend = make_account(session)
            product_id = street.shop.product.id
            share = make_share(session, street.shop.page, account_id=friend.id, product_id=product_id)
        order = street.buy(client, touch=f"share-{share.id}")
        assert (order.touch_kind, order.touch_share_id, order.touch_post_id) == ("share", share.id, None)


class TestTheFieldOfAForm:
    def test_counts_at_once(self, client: FlaskClient, street: Street, clock: SteppedClock) -> None:
        order = street.buy(client, touch=f"post-{street.post.id}")
        assert (order.touch_kind, order.touch_post_id, order.touch_at) == (
            "post", street.post.id, clock.now(),
        )  # fmt: skip

    def test_of_the_cart_is_remembered_for_the_checkout(
        self, client: FlaskClient, street: Street, clock: SteppedClock
    ) -> None:
        client.post(
            f"{street.home}/cart/lines",
            data={
                "variant_id": street.shop.variants[0].id,
                "quantity": 1,
                "touch": f"post-{street.post.id}",
            },
        )
        clock.advance(days=2)
        client.post(f"{street.home}/cart/checkout")
        assert street.last_order().touch_post_id == street.post.id

    def test_that_is_no_touch_hinders_nobody(self, client: FlaskClient, street: Street) -> None:
        assert street.buy(client, touch="post-x").touch_kind is None


class TestCampaignMarks:
    def test_are_kept_with_the_order(self, client: FlaskClient, street: Street) -> None:
        client.get(f"{street.home}?utm_source=letter&utm_campaign=winter%0A%20%202026&utm_other=x")
        assert street.buy(client).campaign == {"source": "letter", "campaign": "winter 2026"}

    def test_outlive_a_later_touch(self, client: FlaskClient, street: Street) -> None:
        client.get(f"{street.home}?utm_source=letter")
        client.get(f"{street.home}?from=post-{street.post.id}")
        order = street.buy(client)
        assert (order.campaign, order.touch_kind) == ({"source": "letter"}, "post")

    def test_come_with_a_checkout_of_the_api(self, client: FlaskClient, street: Street) -> None:
        made = client.post(f"/api/v1/pages/{street.shop.page.slug}/carts").get_json()
        bearer = {"Authorization": f"Bearer {made['token']}"}
        client.post(
            f"/api/v1/carts/{made['id']}/lines",
            json={"variant_id": street.shop.variants[0].id, "quantity": 1},
            headers=bearer,
        )
        answer = client.post(
            f"/api/v1/carts/{made['id']}/checkout",
            json={"email": "a@example.com", "campaign": {"source": "store", "term": "lamp"}},
            headers=bearer,
        )
        assert answer.status_code == 201
        assert street.last_order().campaign == {"source": "store", "term": "lamp"}

    def test_that_the_api_does_not_know_are_refused(self, client: FlaskClient, street: Street) -> None:
        made = client.post(f"/api/v1/pages/{street.shop.page.slug}/carts").get_json()
        answer = client.post(
            f"/api/v1/carts/{made['id']}/checkout",
            json={"email": "a@example.com", "campaign": {"utm_source": "store"}},
            headers={"Authorization": f"Bearer {made['token']}"},
        )
        assert answer.status_code == 422


class TestTheCookie:
    def test_that_was_forged_is_worth_nothing(self, client: FlaskClient, street: Street) -> None:
        client.get(f"{street.home}?from=post-{street.post.id}")
        cookie = client.get_cookie(ORIGIN_COOKIE)
        assert cookie is not None
        payload, rest = cookie.value.split(".", 1)
        client.set_cookie(ORIGIN_COOKIE, f"{payload}A.{rest}")
        assert street.buy(client).touch_kind is None

    def test_remembers_so_many_pages_and_no_more(self, client: FlaskClient, street: Street) -> None:
        long = "x" * 300
        with street.shop.database.transaction() as session:
            slugs = [make_page(session).slug for _ in range(MAX_PAGES + 2)]
        for slug in [street.shop.page.slug, *slugs]:
            client.get(f"/en/p/{slug}?from=embed&utm_source={long}&utm_campaign={slug}{long}")
        cookie = client.get_cookie(ORIGIN_COOKIE)
        assert cookie is not None
        assert len(cookie.value) < 4000
        assert street.buy(client).touch_kind is None  # the first page is forgotten

    def test_leaves_public_pages_the_same(self, app: Flask, street: Street) -> None:
        stranger, touched = app.test_client(), app.test_client()
        plain = stranger.get(f"{street.home}/shop")
        setting = touched.get(f"{street.home}/shop?from=post-{street.post.id}")
        assert setting.headers["Cache-Control"] == "private, no-cache"
        assert "Cookie" in setting.headers["Vary"]
        later = touched.get(f"{street.home}/shop")
        assert later.data == plain.data
        assert later.headers["ETag"] == plain.headers["ETag"]
        assert later.headers["Cache-Control"].startswith("public")
        assert "Set-Cookie" not in later.headers


class TestTheRoomOfAnOrder:
    def test_tells_the_post_and_how_long_before(
        self, app: Flask, client: FlaskClient, street: Street, clock: SteppedClock
    ) -> None:
        client.get(f"{street.home}?from=post-{street.post.id}&utm_source=letter")
        clock.advance(hours=2)
        order = street.buy(client)
        owner = app.test_client()
        sign_in(owner, staff(street.shop, Role.OWNER))
        room = owner.get(f"/en/manage/{street.shop.page.slug}/orders/{order.number}").text
        assert "From the post “New lamps are here”, 2 hours before" in room
        assert "letter" in room

    def test_tells_who_shared(self, app: Flask, client: FlaskClient, street: Street) -> None:
        with street.shop.database.transaction() as session:
            friend = make_account(session, name="Léa Fontaine")
            share = make_share(session, street.shop.page, account_id=friend.id, post_id=street.post.id)
        order = street.buy(client, touch=f"share-{share.id}")
        owner = app.test_client()
        sign_in(owner, staff(street.shop, Role.OWNER))
        room = owner.get(f"/en/manage/{street.shop.page.slug}/orders/{order.number}").text
        assert "From “New lamps are here”, shared by Léa Fontaine" in room


class TestTheCsvOfOrders:
    def test_tells_touch_and_campaign_and_runs_no_formula(
        self, app: Flask, client: FlaskClient, street: Street, clock: SteppedClock
    ) -> None:
        client.get(f"{street.home}?from=post-{street.post.id}&utm_source=%3D1%2B1")
        street.buy(client)
        owner = app.test_client()
        owner.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        sign_in(owner, staff(street.shop, Role.OWNER))
        file = owner.post(f"/en/manage/{street.shop.page.slug}/orders/exports", data={"rows": "orders"}).text
        header, row = file.splitlines()[:2]
        assert header.endswith(
            "touch,touch_post,touch_share,touch_at,utm_source,utm_medium,utm_campaign,utm_term,utm_content"
            ",touch_coupon,coupon,waived_shipping"
        )
        assert row.endswith(f"post,{street.post.id},,{clock.now():%Y-%m-%dT%H:%M:%SZ},'=1+1,,,,,,,0.00")


class TestCouponTouch:
    def test_of_a_coupons_link_is_kept_on_the_order(
        self, client: FlaskClient, database: Database, street: Street
    ) -> None:
        coupon_id = make_coupon(database, street.shop.page.id)
        client.get(f"{street.home}?from=coupon-{coupon_id}")
        order = street.buy(client)
        assert (order.touch_kind, order.touch_coupon_id) == ("coupon", coupon_id)

    def test_of_a_card_says_which_coupon_it_showed(
        self, client: FlaskClient, database: Database, street: Street
    ) -> None:
        coupon_id = make_coupon(database, street.shop.page.id)
        client.get(f"{street.home}?from=embed-coupon-{coupon_id}")
        order = street.buy(client)
        assert (order.touch_kind, order.touch_coupon_id) == ("embed", coupon_id)

    def test_of_another_pages_coupon_is_none(
        self, client: FlaskClient, database: Database, street: Street
    ) -> None:
        with database.transaction() as session:
            elsewhere = make_page(session).id
        coupon_id = make_coupon(database, elsewhere)
        client.get(f"{street.home}?from=coupon-{coupon_id}")
        assert street.buy(client).touch_kind is None


def make_coupon(database: Database, page_id: int) -> int:
    with database.transaction() as session:
        coupon = Coupon(
            page_id=page_id, code="WELCOME", code_key="WELCOME", title="Welcome", kind=CouponKind.PERCENT,
            percent_bp=1000, currency="EUR", created_at=START, updated_at=START,
        )  # fmt: skip
        session.add(coupon)
        session.flush()
        return coupon.id
