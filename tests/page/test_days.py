"""The calendar days of a page."""

import datetime as dt

import pytest

from shop.core.db import Database
from shop.insights.queries import list_all_days
from shop.page.countries import COUNTRIES
from shop.page.days import local_day, raise_day, zone_name
from shop.page.models import Page
from shop.page.service import follow, unfollow
from tests.factories import make_account, make_page


class TestLocalDay:
    @pytest.mark.parametrize(
        ("country", "instant", "day"),
        [
            ("FR", "2026-11-24T22:59", "2026-11-24"),
            ("FR", "2026-11-24T23:00", "2026-11-25"),
            ("FR", "2026-07-01T22:00", "2026-07-02"),
            ("JP", "2026-11-24T15:00", "2026-11-25"),
            ("US", "2026-11-25T04:59", "2026-11-24"),
            ("IN", "2026-11-24T18:30", "2026-11-25"),
        ],
    )
    def test_is_the_day_of_the_countrys_clocks(self, country: str, instant: str, day: str) -> None:
        at = dt.datetime.fromisoformat(instant).replace(tzinfo=dt.UTC)
        assert local_day(country, at) == dt.date.fromisoformat(day)


class TestZoneName:
    def test_knows_every_country_that_a_page_may_be_in(self) -> None:
        # Bouvet Island has no inhabitants, Ascension and Tristan da Cunha keep UTC.
        assert {code for code in COUNTRIES if zone_name(code) == "UTC"} == {"AC", "BV", "TA"}


class TestRaiseDay:
    def test_adds_to_the_row_of_day_and_currency(self, database: Database, now: dt.datetime) -> None:
        with database.transaction() as session:
            page = make_page(session)
            raise_day(session, page_id=page.id, at=now, visits=2)
            raise_day(session, page_id=page.id, at=now, visits=1)
            raise_day(
                session, page_id=page.id, at=now, currency="EUR", orders_paid=1, sales_amount=3_000_000_000
            )
            raise_day(session, page_id=page.id, at=now)
            rows = list_all_days(session, page.id)
        assert [(row.day, row.currency, row.visits, row.sales_amount) for row in rows] == [
            (now.date(), "", 3, 0),
            (now.date(), "EUR", 0, 3_000_000_000),
        ]


class TestLikes:
    def likes(
        self, database: Database, page: Page, hours: list[tuple[str, int]], now: dt.datetime
    ) -> list[object]:
        with database.transaction() as session:
            person = make_account(session)
            for what, hour in hours:
                at = now + dt.timedelta(hours=hour)
                if what == "follow":
                    follow(session, page_id=page.id, account_id=person.id, now=at)
                else:
                    unfollow(session, page_id=page.id, account_id=person.id, now=at)
            return [(row.new_followers, row.lost_followers) for row in list_all_days(session, page.id)]

    def test_taken_back_on_their_day_never_were(self, database: Database, now: dt.datetime) -> None:
        with database.transaction() as session:
            page = make_page(session)
        toggled = [("follow", 0), ("unfollow", 1), ("follow", 2), ("unfollow", 3), ("follow", 4)]
        assert self.likes(database, page, toggled, now) == [(1, 0)]

    def test_taken_back_later_are_lost_on_that_day(self, database: Database, now: dt.datetime) -> None:
        with database.transaction() as session:
            page = make_page(session)
        assert self.likes(database, page, [("follow", 0), ("unfollow", 24)], now) == [(1, 0), (0, 1)]
