"""What coupons brought: the list, one coupon, the file of its uses, the best of a period."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.coupons.holding import take_coupon
from shop.coupons.models import Coupon, CouponRedemption, HoldingWay
from shop.insights.coupon_queries import (
    CouponFigures,
    Sales,
    compare_sales,
    count_still_following,
    list_best,
    map_figures,
)
from shop.insights.post_figures import Span
from shop.insights.post_queries import Scope
from shop.orders.models import OrderStatus
from shop.page.days import raise_day
from shop.page.models import AuditEntry, LikeSource, Page, Role
from shop.page.service import follow, unfollow
from tests.coupons.house import add_coupon
from tests.factories import START, make_account
from tests.insights.conftest import make_order
from tests.support.plans import plan_of, record_selects
from tests.support.statements import count_statements

DAY = dt.timedelta(days=1)
StaffBrowser = Callable[[Role], FlaskClient]


def sell(
    session: Session, page: Page, clock: SteppedClock, coupon: Coupon | None, number: str, **changes: Any
) -> None:
    """Add a paid order of 40.00, 10.00 of it taken off by ``coupon``, and its use."""
    values: dict[str, Any] = {"captured_amount": 3000, "total_amount": 3000, "subtotal_amount": 3000}
    if coupon is not None:
        values |= {
            "subtotal_amount": 4000,
            "discount_amount": 1000,
            "coupon_id": coupon.id,
            "coupon_code": coupon.code,
        }
    order = make_order(session, page, number, clock, **{**values, **changes})
    if coupon is not None:
        session.add(
            CouponRedemption(
                coupon_id=coupon.id, order_id=order.id, customer_key="guest:x", amount=order.discount_amount,
                shipping_amount=order.waived_shipping_amount, taken_at=order.placed_at,
                returned_at=None if order.paid_at else order.placed_at + DAY,
            )
        )  # fmt: skip


@pytest.fixture
def sold(database: Database, lumen: Page, clock: SteppedClock) -> dict[str, int]:
    """TENTH sold three times, one of them refunded in part and one never paid; FIFTH once; one order had no coupon."""
    with database.transaction() as session:
        tenth, fifth = add_coupon(session, lumen, "TENTH", max_uses=50), add_coupon(session, lumen, "FIFTH")
        add_coupon(session, lumen, "UNUSED")
        sell(session, lumen, clock, tenth, "L-1", touch_kind="coupon", touch_coupon_id=tenth.id)
        sell(session, lumen, clock, tenth, "L-2", refunded_amount=500, waived_shipping_amount=490)
        sell(session, lumen, clock, tenth, "L-3", paid_at=None, captured_amount=0, status=OrderStatus.EXPIRED)
        sell(session, lumen, clock, fifth, "L-4", paid_at=START - 40 * DAY, placed_at=START - 40 * DAY)
        sell(session, lumen, clock, None, "L-5")
        sell(session, lumen, clock, tenth, "L-6", currency="USD")
        for at, orders in ((START, 3), (START - 40 * DAY, 1)):
            raise_day(
                session,
                page_id=lumen.id,
                at=at,
                currency="EUR",
                orders_paid=orders,
                sales_amount=3000 * orders,
            )
        return {"TENTH": tenth.id, "FIFTH": fifth.id}


def scope(page: Page) -> Scope:
    return Scope(page.id, page.country, page.currency)


class TestMapFigures:
    def test_counts_paid_orders_after_refunds_and_what_was_given_for_them(
        self, database: Database, lumen: Page, sold: dict[str, int]
    ) -> None:
        with database.reading() as session, count_statements(database.engine) as sent:
            found = map_figures(session, scope(lumen), sold.values())
        assert found[sold["TENTH"]] == CouponFigures(2, 5500, 2490, led=1)
        assert (found[sold["FIFTH"]].orders, found[sold["TENTH"]].mean_amount) == (1, 2750)
        assert len(sent) == 2

    def test_counts_likes_given_where_it_was_shown(
        self, database: Database, lumen: Page, sold: dict[str, int]
    ) -> None:
        ref = str(sold["TENTH"])
        with database.transaction() as session:
            for name in ("Ada", "Ben"):
                account = make_account(session, name=name)
                follow(session, page_id=lumen.id, account_id=account.id, source=LikeSource.COUPON, source_ref=ref, now=START)  # fmt: skip
            unfollow(session, page_id=lumen.id, account_id=account.id, now=START)
        with database.reading() as session:
            assert map_figures(session, scope(lumen), sold.values())[sold["TENTH"]].likes == 2
            assert count_still_following(session, lumen.id, sold["TENTH"]) == 1


class TestListBest:
    def test_puts_first_what_brought_the_most_in_the_time(
        self, database: Database, lumen: Page, sold: dict[str, int]
    ) -> None:
        with database.reading() as session:
            ever = list_best(session, scope(lumen), None, limit=9)
            lately = list_best(session, scope(lumen), Span(START.date() - 6 * DAY, START.date()), limit=9)
        assert [(row.coupon.code, row.orders, row.revenue_amount, row.discount_amount) for row in ever] == [
            ("TENTH", 2, 5500, 2490), ("FIFTH", 1, 3000, 1000),
        ]  # fmt: skip
        assert [row.coupon.code for row in lately] == ["TENTH"]

    def test_stands_beside_orders_without_a_coupon(
        self, database: Database, lumen: Page, sold: dict[str, int]
    ) -> None:
        with database.reading() as session:
            having, lacking = compare_sales(session, scope(lumen), None)
            of_late = compare_sales(session, scope(lumen), Span(START.date() - 6 * DAY, START.date()))
        assert (having, lacking) == (Sales(3, 9000), Sales(1, 3000))
        assert of_late == (Sales(2, 6000), Sales(1, 3000))
        assert having.mean_amount == 3000


class TestPlans:
    def test_go_along_the_index_of_coupons(
        self, database: Database, lumen: Page, sold: dict[str, int]
    ) -> None:
        with database.reading() as session, record_selects(database) as sent:
            map_figures(session, scope(lumen), sold.values())
            list_best(session, scope(lumen), None, limit=9)
            compare_sales(session, scope(lumen), Span(START.date() - 6 * DAY, START.date()))
        of_orders = [plan_of(database, *one) for one in sent if " FROM orders" in one[0].replace("\n", " ")]
        assert len(of_orders) == 3
        # PostgreSQL reads so few orders as a whole, whatever indexes there are.
        assert not database.is_sqlite or all("ix_orders_coupon_id" in plan for plan in of_orders)


class TestListCoupons:
    def test_says_what_each_does_and_brought(
        self, lumen: Page, sold: dict[str, int], staff_browser: StaffBrowser
    ) -> None:
        text = staff_browser(Role.MANAGER).get(f"/en/manage/{lumen.slug}/coupons").text
        row = text.split(">TENTH</a>")[1].split("</li>")[0]
        assert "10% off" in row
        assert "€55.00" in row
        assert "of 50" in row

    def test_has_parts_and_a_search(
        self, database: Database, lumen: Page, sold: dict[str, int], staff_browser: StaffBrowser
    ) -> None:
        with database.transaction() as session:
            add_coupon(session, lumen, "SPRING", title="Last spring", ends_at=START - DAY)
            add_coupon(session, lumen, "GONE").deleted_at = START
            add_coupon(session, lumen, "WON").contest_id = 1
        manager = staff_browser(Role.MANAGER)

        def codes(query: str) -> list[str]:
            text = manager.get(f"/en/manage/{lumen.slug}/coupons{query}").text
            return [part.split("<")[0] for part in text.split('class="coupon-row__code"')[1:] for part in [part.split(">")[1]]]  # fmt: skip

        assert codes("") == ["UNUSED", "FIFTH", "TENTH"]
        assert codes("?part=ended") == ["SPRING"]
        assert codes("?part=deleted") == ["GONE"]
        assert codes("?part=prizes") == ["WON"]
        assert codes("?q=ten th") == ["TENTH"]
        assert codes("?part=ended&q=LAST") == ["SPRING"]
        assert codes("?q=%25") == []

    def test_pages_both_ways(self, database: Database, lumen: Page, staff_browser: StaffBrowser) -> None:
        with database.transaction() as session:
            ids = [add_coupon(session, lumen, f"C-{number}").id for number in range(60)]
        manager, root = staff_browser(Role.MANAGER), f"/en/manage/{lumen.slug}/coupons"
        assert f"{root}?after={ids[35]}" in manager.get(root).text
        middle = manager.get(f"{root}?after={ids[35]}").text
        assert f"{root}?before={ids[34]}" in middle
        assert f"{root}?after={ids[10]}" in middle
        assert f'{root}/{ids[59]}"' in manager.get(f"{root}?before={ids[34]}").text

    def test_asks_no_more_of_the_database_for_more_coupons(
        self, database: Database, lumen: Page, sold: dict[str, int], staff_browser: StaffBrowser
    ) -> None:
        manager, root = staff_browser(Role.MANAGER), f"/en/manage/{lumen.slug}/coupons"
        manager.get(root)
        with count_statements(database.engine) as few:
            manager.get(root)
        with database.transaction() as session:
            for number in range(20):
                add_coupon(session, lumen, f"C-{number}")
        with count_statements(database.engine) as many:
            manager.get(root)
        assert len(many) == len(few) <= 9


class TestShowCoupon:
    def test_tells_what_it_brought_and_how_people_came_by_it(
        self, database: Database, lumen: Page, sold: dict[str, int], staff_browser: StaffBrowser
    ) -> None:
        with database.transaction() as session:
            for number, way in enumerate([HoldingWay.LIKE, HoldingWay.EMAIL, HoldingWay.EMAIL]):
                take_coupon(
                    session, coupon_id=sold["TENTH"], holder_key=f"guest:{number}", way=way, now=START
                )
        text = staff_browser(Role.MANAGER).get(f"/en/manage/{lumen.slug}/coupons/{sold['TENTH']}").text
        for told in ("€55.00", "€24.90", "on average €27.50", "Confirmed an e-mail address", "L-3"):
            assert told in text
        assert (
            f"http://localhost/en/p/{lumen.slug}/coupons/TENTH?take=1&amp;from=coupon-{sold['TENTH']}" in text
        )
        assert "/embed/" not in text

    def test_shows_the_lines_to_paste_where_it_may_be_embedded(
        self, database: Database, lumen: Page, staff_browser: StaffBrowser
    ) -> None:
        with database.transaction() as session:
            coupon = add_coupon(session, lumen, "CARD", is_embeddable=True)
        text = staff_browser(Role.MANAGER).get(f"/en/manage/{lumen.slug}/coupons/{coupon.id}").text
        assert (
            f"&lt;iframe data-vitrine src=&#34;http://localhost/en/embed/p/{lumen.slug}/coupons/CARD" in text
        )
        assert f'src="/en/embed/p/{lumen.slug}/coupons/CARD"' in text

    def test_begins_a_post_about_it(
        self, database: Database, lumen: Page, sold: dict[str, int], staff_browser: StaffBrowser
    ) -> None:
        manager = staff_browser(Role.MANAGER)
        text = manager.get(f"/en/manage/{lumen.slug}/coupons/{sold['TENTH']}").text
        link = text.split(f'href="/en/manage/{lumen.slug}/posts/new?')[1].split('"')[0].replace("&amp;", "&")
        composer = manager.get(f"/en/manage/{lumen.slug}/posts/new?{link}").text
        assert "10% off. Code: TENTH" in composer
        assert f"/coupons/TENTH?from=coupon-{sold['TENTH']}" in composer


class TestCreateCouponExport:
    def test_sends_all_uses_and_is_kept_in_the_log(
        self, database: Database, lumen: Page, sold: dict[str, int], staff_browser: StaffBrowser
    ) -> None:
        answer = staff_browser(Role.MANAGER).post(f"/en/manage/{lumen.slug}/coupons/{sold['TENTH']}/export")
        rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
        assert [(row["order"], row["status"], row["discount"], row["shipping_waived"]) for row in rows] == [
            ("L-6", "paid", "10.00", "0.00"), ("L-3", "expired", "10.00", "0.00"),
            ("L-2", "paid", "10.00", "4.90"), ("L-1", "paid", "10.00", "0.00"),
        ]  # fmt: skip
        assert [bool(row["given_back_at"]) for row in rows] == [False, True, False, False]
        assert "attachment" in answer.headers["Content-Disposition"]
        with database.reading() as session:
            acts = session.scalars(select(AuditEntry.act)).all()
        assert "coupon.exported" in acts


class TestShowBestCoupons:
    def test_is_for_an_analyst_without_links_to_rooms_that_are_closed(
        self, lumen: Page, sold: dict[str, int], staff_browser: StaffBrowser
    ) -> None:
        text = staff_browser(Role.ANALYST).get(f"/en/manage/{lumen.slug}/insights/coupons?period=all").text
        assert "75.0%" in text.split('class="lead"')[1].split("</p>")[0]
        assert f"/manage/{lumen.slug}/coupons" not in text
        assert "TENTH" in text

    def test_says_the_next_step_where_no_order_used_one(
        self, lumen: Page, staff_browser: StaffBrowser
    ) -> None:
        text = staff_browser(Role.MANAGER).get(f"/en/manage/{lumen.slug}/insights/coupons").text
        assert "No order of this time used a coupon" in text
