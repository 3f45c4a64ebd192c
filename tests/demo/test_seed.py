"""Filling in the demo: complete in both languages, repeatable, and never over an admin's edits."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.passwords import use_cheap_hashes
from shop.accounts.queries import find_account_by_email
from shop.accounts.service import authenticate
from shop.catalog.models import Collection, Product, ProductPicture, ProductStatus, Variant
from shop.contests.models import Contest, ContestEntry, ContestStatus, ContestWinner
from shop.contests.service import DRAW_CONTEST
from shop.contests.telling import TELL_ENTRANTS
from shop.core.clock import SteppedClock
from shop.core.errors import Invalid, NotFound
from shop.core.files import FileStore
from shop.core.mail import Mail
from shop.core.outbox import Job
from shop.coupons.models import Coupon
from shop.demo.admin import create_admin
from shop.demo.content import DEMO_PASSWORD, FOLLOWERS, PAGES, PAST_ORDERS
from shop.demo.content_promotions import COUPONS
from shop.demo.seed import SIGN_INS, seed
from shop.demo.ties import CIRCLE
from shop.feed.models import Comment, Post, PostCounts, Reaction, Share
from shop.insights.queries import list_all_days
from shop.insights.truth import check_days
from shop.metadata import METADATA
from shop.orders.models import Order, OrderLine, OrderStatus
from shop.page.models import Page, Role
from shop.page.queries import find_role, get_page
from shop.page.service import follow, unfollow
from shop.people.models import Friend, FriendRequest
from shop.people.service import unfriend
from shop.web.context import Runtime
from tests.factories import make_account

BRUME = PAGES[1]


@pytest.fixture(autouse=True)
def _cheap_hashes() -> None:
    use_cheap_hashes()


def _pretend_picture(_files: FileStore, file_name: str) -> dict[str, Any]:
    """What is kept of a picture, without the second that making it takes."""
    widths, formats = [160, 320], ["avif", "webp", "jpg"]
    return {
        "key": file_name, "width": 320, "height": 320, "widths": widths, "formats": formats, "color": "#ffffff"
    }  # fmt: skip


def _seed(runtime: Runtime) -> list[str]:
    told: list[str] = []
    seed(runtime, told.append, brands=[BRUME], prepare=_pretend_picture)
    return told


def _pairs(rows: Iterable[Any]) -> dict[Any, Any]:
    return {key: value for key, value in rows}  # noqa: C416 - a result is not a mapping


def _everything(runtime: Runtime) -> dict[str, list[tuple[object, ...]]]:
    with runtime.database.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
            for table in METADATA.sorted_tables
        }


def _counts(runtime: Runtime) -> dict[str, int]:
    """Return how many rows each table has; the audit log only grows, and says again what is made again."""
    return {name: len(rows) for name, rows in _everything(runtime).items() if name != "audit_entries"}


class TestSeed:
    def test_repeating_changes_nothing(self, runtime: Runtime, clock: SteppedClock) -> None:
        first = _seed(runtime)
        before = _everything(runtime)
        clock.advance(days=3)

        second = _seed(runtime)

        assert _everything(runtime) == before
        assert first[-1].startswith("Demo: added 1 pages, 4 products, 2 collections")
        assert second == ["Demo: everything is in place."]

    def test_counts_its_orders_and_visits_in_the_figures(self, runtime: Runtime) -> None:
        _seed(runtime)
        with runtime.database.reading() as session:
            page = get_page(session, BRUME.slug)
            days = list_all_days(session, page.id)
            assert check_days(session, page) == []
        assert sum(row.visits for row in days) > 100
        assert sum(row.orders_paid for row in days) > 0

    def test_keeps_what_an_admin_and_a_follower_changed(self, runtime: Runtime) -> None:
        _seed(runtime)
        with runtime.database.transaction() as session:
            page = get_page(session, BRUME.slug)
            session.execute(update(Product).values(title="Another title", slug=Product.slug + "-renamed"))
            session.execute(update(Page).values(tagline="Ours"))
            liker = next(person for person in FOLLOWERS if person.likes[0][0] == BRUME.slug)
            account = find_account_by_email(session, liker.email)
            assert account is not None
            unfollow(session, page_id=page.id, account_id=account.id, now=runtime.clock.now())
        before = _everything(runtime)

        _seed(runtime)

        assert _everything(runtime) == before

    def test_finishes_what_was_broken_off(self, runtime: Runtime) -> None:
        _seed(runtime)
        complete = _counts(runtime)
        with runtime.database.transaction() as session:
            half = session.scalars(select(Product.id).order_by(Product.id).limit(2)).all()
            session.execute(Order.__table__.delete())
            session.execute(Product.__table__.delete().where(Product.id.not_in(half)))
            session.execute(Collection.__table__.delete())

        _seed(runtime)

        assert _counts(runtime) == complete

    def test_fills_both_languages(self, runtime: Runtime) -> None:
        _seed(runtime)

        with runtime.database.reading() as session:
            page = get_page(session, BRUME.slug)
            products = session.scalars(select(Product)).all()
            shelves = session.scalars(select(Collection)).all()
            pictures = session.scalars(select(ProductPicture)).all()
            variants = session.scalars(select(Variant)).all()
        assert page.language == "fr"
        assert page.tagline == BRUME.tagline.fr
        assert page.translations["en"] == {"tagline": BRUME.tagline.en, "about": BRUME.about.en}
        assert {product.translations["en"]["title"] for product in products} == {
            product.title.en for product in BRUME.products
        }
        assert all(product.translations["en"]["description_html"] for product in products)
        assert all(shelf.translations["en"]["title"] for shelf in shelves)
        assert all(picture.alt and picture.translations["en"]["alt"] for picture in pictures)
        words = {product.id: product.translations["en"].get("options", {}) for product in products}
        assert all(
            value in words[variant.product_id] for variant in variants for value in variant.option_values
        )
        for product in products:
            assert all(name in words[product.id] for name in product.option_names)

    def test_pictures_go_through_the_upload(self, runtime: Runtime) -> None:
        one_candle = replace(BRUME, products=BRUME.products[:1], collections=())

        seed(runtime, lambda _: None, brands=[one_candle])

        with runtime.database.reading() as session:
            page = get_page(session, BRUME.slug)
            shown = [*session.scalars(select(ProductPicture.picture)), page.cover, page.avatar]
        for picture in shown:
            assert picture is not None
            assert runtime.files.exists(f"{picture['key']}-320.webp")

    def test_dates_products_as_the_content_says(self, runtime: Runtime, now: dt.datetime) -> None:
        _seed(runtime)

        with runtime.database.reading() as session:
            dates = _pairs(session.execute(select(Product.slug, Product.published_at)))
        for product in BRUME.products:
            published_at = dates[product.slug]
            assert published_at == now - dt.timedelta(days=product.listed_days_ago)

    def test_past_orders_add_up(self, runtime: Runtime, now: dt.datetime) -> None:
        _seed(runtime)

        with runtime.database.reading() as session:
            orders = session.scalars(select(Order).order_by(Order.id)).all()
            lines = session.scalars(select(OrderLine)).all()
            sold = _pairs(session.execute(select(Product.id, Product.sold_count)))
        wanted = [order for order in PAST_ORDERS if order.page_slug == BRUME.slug]
        assert [order.number for order in orders] == [f"BRU-{1001 + place}" for place in range(len(wanted))]
        assert all(order.placed_at < now for order in orders)
        assert [order.placed_at for order in orders] == sorted(order.placed_at for order in orders)
        paid = {order.id for order in orders if order.status is OrderStatus.PAID}
        for order in orders:
            mine = [line for line in lines if line.order_id == order.id]
            assert order.total_amount == sum(line.total_amount for line in mine) + order.shipping_amount
            assert order.captured_amount == (order.total_amount if order.id in paid else 0)
            assert order.was_follower
        for product_id, count in sold.items():
            assert count == sum(
                line.quantity for line in lines if line.product_id == product_id and line.order_id in paid
            )

    def test_staff_and_followers_can_sign_in(self, runtime: Runtime) -> None:
        _seed(runtime)

        with runtime.database.reading() as session:
            page = get_page(session, BRUME.slug)
            owner = authenticate(session, email=BRUME.staff[0].email, password=DEMO_PASSWORD)
            assert find_role(session, page.id, owner.id) is Role.OWNER
            likers = [person for person in FOLLOWERS if any(slug == BRUME.slug for slug, _ in person.likes)]
            assert page.follower_count == len(likers)
            assert session.scalar(select(func.count(Account.id))) == len(likers) + len(BRUME.staff)
        assert all(f" / {DEMO_PASSWORD} (" in line for line in SIGN_INS)


class TestContent:
    def test_has_what_a_shop_window_needs(self) -> None:
        lumen = PAGES[0]
        variants = [variant for product in lumen.products for variant in product.variants]

        assert len([product for product in lumen.products if product.status == ProductStatus.PUBLISHED]) >= 24
        assert len(lumen.collections) >= 4
        assert any(variant.stock is not None and 3 <= variant.stock <= 30 for variant in variants)


class TestCreateAdmin:
    def test_signs_up_an_owner(self, runtime: Runtime) -> None:
        _seed(runtime)

        line = create_admin(
            runtime, email="Nina@Example.com", name="Nina", password="a long enough one", page_slug=BRUME.slug
        )

        with runtime.database.reading() as session:
            account = authenticate(session, email="nina@example.com", password="a long enough one")
            assert find_role(session, get_page(session, BRUME.slug).id, account.id) is Role.OWNER
        assert line == f"nina@example.com was signed up; an owner of {BRUME.name} (/p/{BRUME.slug})."

    def test_leaves_a_known_account_its_password(self, runtime: Runtime) -> None:
        create_admin(
            runtime, email="nina@example.com", name="Nina", password="a long enough one", page_slug=None
        )

        line = create_admin(
            runtime, email="nina@example.com", name="Other", password="quite another one", page_slug=None
        )

        with runtime.database.reading() as session:
            assert (
                authenticate(session, email="nina@example.com", password="a long enough one").name == "Nina"
            )
        assert line == "nina@example.com had an account already, which is unchanged."

    def test_refuses_a_weak_password_and_an_unknown_page(self, runtime: Runtime) -> None:
        with pytest.raises(Invalid):
            create_admin(runtime, email="nina@example.com", name="Nina", password="short", page_slug=None)
        with pytest.raises(NotFound):
            create_admin(
                runtime,
                email="nina@example.com",
                name="Nina",
                password="a long enough one",
                page_slug="nowhere",
            )


class TestPosts:
    def test_are_told_and_answered_in_the_past(self, runtime: Runtime) -> None:
        _seed(runtime)
        now = runtime.clock.now()
        with runtime.database.reading() as session:
            posts = session.scalars(select(Post).order_by(Post.published_at)).all()
            counts = [session.get_one(PostCounts, post.id) for post in posts]
            reactions = session.scalar(select(func.count()).select_from(Reaction))
            comments = session.scalars(select(Comment)).all()
        assert [post.import_ref for post in posts] == ["demo:figuier", "demo:savon"]
        assert all(post.published_at is not None and post.published_at < now for post in posts)
        assert sum(one.reactions for one in counts) == reactions
        assert reactions
        assert sum(one.comments for one in counts) == len(comments) == 1
        assert all(comment.at < now for comment in comments)

    def test_do_not_come_back_once_deleted(self, runtime: Runtime) -> None:
        _seed(runtime)
        with runtime.database.transaction() as session:
            session.execute(update(Post).values(deleted_at=runtime.clock.now()))
        assert _seed(runtime) == ["Demo: everything is in place."]


def _friends_of(session: Session, account_id: int) -> list[int]:
    statement = select(Friend.friend_id).where(Friend.account_id == account_id).order_by(Friend.friend_id)
    return list(session.scalars(statement))


class TestTies:
    def test_make_the_page_alive_once(self, runtime: Runtime) -> None:
        seed(runtime, lambda _said: None, prepare=_pretend_picture)
        with runtime.database.transaction() as session:
            lea = find_account_by_email(session, FOLLOWERS[0].email)
            assert lea is not None
            friends = _friends_of(session, lea.id)
            assert len(friends) == CIRCLE - 1
            assert session.scalar(select(func.count()).select_from(FriendRequest)) == 1
            assert set(session.scalars(select(Share.account_id))) <= set(friends)
            led = session.scalars(select(Order).where(Order.touch_post_id.is_not(None))).all()
            assert led
            assert all(order.touch_at is not None and order.touch_at <= order.placed_at for order in led)
            counts = session.scalars(select(PostCounts).where(PostCounts.reach > 0)).all()
            assert counts
            assert all(0 < one.engaged <= one.reach <= one.impressions for one in counts)
            unfriend(session, account_id=lea.id, friend_id=friends[0])

        seed(runtime, lambda _said: None, prepare=_pretend_picture)

        with runtime.database.reading() as session:
            assert _friends_of(session, lea.id) == friends[1:]


class TestPromotions:
    def test_stand_on_their_pages_once_and_tell_nobody_of_the_past(self, runtime: Runtime) -> None:
        seed(runtime, lambda _said: None, prepare=_pretend_picture)
        now = runtime.clock.now()
        with runtime.database.reading() as session:
            coupons = session.scalars(select(Coupon).where(Coupon.contest_id.is_(None))).all()
            over, running = session.scalars(select(Contest).order_by(Contest.ends_at)).all()
            winners = session.scalars(select(ContestWinner).where(ContestWinner.contest_id == over.id)).all()
            entries = session.scalars(select(ContestEntry)).all()
            mails = session.scalars(select(Mail).where(Mail.about.startswith("contest:"))).all()
            jobs = session.scalars(select(Job).where(Job.kind.in_((DRAW_CONTEST, TELL_ENTRANTS)))).all()
            lumen = get_page(session, PAGES[0].slug)
        assert [coupon.code for coupon in coupons] == [wanted.code for wanted in COUPONS]
        assert (over.status, running.status) == (ContestStatus.DRAWN, ContestStatus.PUBLISHED)
        assert over.ends_at < now < running.ends_at
        assert [winner.rank for winner in winners] == [1]
        assert winners[0].coupon_id is not None
        assert len(entries) == over.entry_count + running.entry_count
        assert over.entry_count > running.entry_count > 0
        assert all(entry.entered_at < now for entry in entries)
        assert mails == []
        assert [job.run_at for job in jobs] == [running.ends_at]
        assert lumen.has_coupons
        assert lumen.has_contests

    def test_have_entrants_where_people_of_an_older_demo_never_confirmed_an_address(
        self, runtime: Runtime
    ) -> None:
        seed(runtime, lambda _said: None, prepare=_pretend_picture)
        long_ago = runtime.clock.now() - dt.timedelta(days=300)
        with runtime.database.transaction() as session:
            for model in (ContestWinner, ContestEntry, Contest):
                session.execute(delete(model))
            session.execute(update(Account).values(email_confirmed_at=None))
            guest = make_account(session, name="Who tries it out", is_confirmed=False)
            page_id = get_page(session, PAGES[0].slug).id
            follow(session, page_id=page_id, account_id=guest.id, now=long_ago)
        seed(runtime, lambda _said: None, prepare=_pretend_picture)
        with runtime.database.reading() as session:
            over, running = session.scalars(select(Contest).order_by(Contest.ends_at)).all()
            entrants = set(session.scalars(select(ContestEntry.email)))
        assert over.entry_count > running.entry_count > 0
        assert entrants <= {person.email for person in FOLLOWERS}

    def test_do_not_come_back_once_deleted(self, runtime: Runtime) -> None:
        _seed(runtime)
        with runtime.database.transaction() as session:
            session.execute(update(Coupon).values(deleted_at=runtime.clock.now()))
        assert _seed(runtime) == ["Demo: everything is in place."]
