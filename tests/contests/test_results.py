"""What a contest brought: entries by day and source, likes that stay, orders of entrants."""

import datetime as dt

import pytest

from shop.accounts.models import Account
from shop.contests.models import Contest, EntrySource
from shop.contests.results import Results, results_of
from shop.core.db import Database
from shop.orders.models import OrderStatus
from shop.page.models import LikeSource
from shop.page.service import follow, unfollow
from tests.contests.contests_house import DAY, HOUR, ContestsHouse
from tests.factories import START
from tests.orders.list_orders import make_order


@pytest.fixture
def house(database: Database) -> ContestsHouse:
    return ContestsHouse(database)


def results(house: ContestsHouse, contest_id: int, now: dt.datetime) -> Results:
    with house.database.reading() as session:
        return results_of(session, contest=session.get_one(Contest, contest_id), page=house.page, now=now)


def like(house: ContestsHouse, account: Account, contest_id: int, at: dt.datetime = START + HOUR) -> None:
    with house.database.transaction() as session:
        follow(
            session, page_id=house.page.id, account_id=account.id, now=at, source=LikeSource.CONTEST,
            source_ref=str(contest_id),
        )  # fmt: skip


class TestResultsOf:
    def test_count_entries_by_the_pages_days_and_by_source(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        # Half past eleven at night in UTC is the next day in Paris.
        for at, source in (
            (START + HOUR, EntrySource.PAGE), (START + 2 * HOUR, EntrySource.EMBED),
            (START + dt.timedelta(hours=13, minutes=30), EntrySource.PAGE), (START + 3 * DAY, EntrySource.POST),
        ):  # fmt: skip
            house.enter(contest_id, house.person(), at=at, source=source)
        found = results(house, contest_id, START + 4 * DAY)
        days = [(day.isoformat(), count) for day, count in found.days]
        assert days == [("2026-11-24", 2), ("2026-11-25", 1), ("2026-11-26", 0), ("2026-11-27", 1)]
        assert found.sources == {EntrySource.PAGE: 2, EntrySource.POST: 1, EntrySource.EMBED: 1}
        assert found.entries == 4

    def test_leave_out_what_was_not_confirmed(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        house.enter(contest_id)
        assert results(house, contest_id, START + DAY).entries == 0

    def test_say_how_many_likes_stayed_for_thirty_days(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        people = [house.person(f"Person {place}") for place in range(4)]
        for one in people:
            like(house, one, contest_id)
        late = house.person("Late")
        like(house, late, contest_id, START + 5 * DAY)
        with house.database.transaction() as session:
            unfollow(session, page_id=house.page.id, account_id=people[0].id, now=START + 10 * DAY)
            unfollow(session, page_id=house.page.id, account_id=people[1].id, now=START + 32 * DAY)
        early = results(house, contest_id, START + 20 * DAY)
        assert (early.new_followers, early.looked_at, early.stay_share) == (5, 0, None)
        found = results(house, contest_id, START + 33 * DAY)
        assert (found.new_followers, found.looked_at, found.stayed) == (5, 4, 3)
        share = found.stay_share
        assert share is not None
        assert (round(share.low, 3), share.estimate, round(share.high, 3)) == (0.301, 0.75, 0.954)

    def test_leave_out_likes_of_another_contest(self, house: ContestsHouse) -> None:
        contest_id, other = house.add(), house.add()
        like(house, house.person(), other)
        assert results(house, contest_id, START + DAY).new_followers == 0

    def test_count_paid_orders_that_came_after_the_entry(self, house: ContestsHouse) -> None:
        contest_id, lea, marc = house.add(), house.person(), house.person("Marc")
        house.enter(contest_id, lea, at=START + HOUR)
        with house.database.transaction() as session:
            for name, account, email, at in (
                ("after", lea, "x@example.com", START + 2 * HOUR), ("before", lea, "x@example.com", START),
                ("unpaid", lea, "x@example.com", START + 2 * HOUR),
                ("by mail", None, lea.email.upper(), START + 3 * HOUR),
                ("somebody else", marc, "marc@example.com", START + 2 * HOUR),
            ):  # fmt: skip
                status = OrderStatus.AWAITING_PAYMENT if name == "unpaid" else OrderStatus.PAID
                make_order(
                    session, house.page, name, now=at, account_id=account.id if account else None, email=email,
                    status=status, captured_amount=1000, refunded_amount=100,
                )  # fmt: skip
        found = results(house, contest_id, START + DAY).orders
        assert (found.orders, found.amount) == (2, 1800)
