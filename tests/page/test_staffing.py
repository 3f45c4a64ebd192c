import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest

from shop.accounts.models import Account
from shop.core.db import Database
from shop.core.errors import Invalid, NotFound
from shop.page.models import Page, Role
from shop.page.queries import count_owners, find_role, list_staff
from shop.page.staffing import LastOwner, add_staff, change_role, remove_staff
from tests.factories import START, make_account, make_page, make_staff


@pytest.fixture
def owner(database: Database) -> Account:
    with database.transaction() as session:
        return make_account(session, email="owner@example.com")


@pytest.fixture
def colleague(database: Database) -> Account:
    with database.transaction() as session:
        return make_account(session, email="colleague@example.com")


@pytest.fixture
def lumen(database: Database, owner: Account) -> Page:
    with database.transaction() as session:
        return make_page(session, owner=owner)


class TestAddStaff:
    def test_gives_an_account_a_role(
        self, database: Database, lumen: Page, colleague: Account, now: dt.datetime
    ) -> None:
        with database.transaction() as session:
            add_staff(session, page_id=lumen.id, email="Colleague@example.com", role=Role.ANALYST, now=now)
        with database.reading() as session:
            assert find_role(session, lumen.id, colleague.id) is Role.ANALYST
            assert [account.email for _, account in list_staff(session, lumen.id)] == [
                "owner@example.com",
                "colleague@example.com",
            ]

    @pytest.mark.parametrize("email", ["nobody@example.com", "owner@example.com", ""])
    def test_tells_at_the_address_what_is_wrong(
        self, database: Database, lumen: Page, email: str, now: dt.datetime
    ) -> None:
        with database.transaction() as session, pytest.raises(Invalid) as caught:
            add_staff(session, page_id=lumen.id, email=email, role=Role.MANAGER, now=now)
        assert list(caught.value.errors) == ["email"]

    def test_of_several_at_once_adds_one(
        self, database: Database, lumen: Page, colleague: Account, now: dt.datetime
    ) -> None:
        def attempt(_: int) -> bool:
            try:
                with database.transaction() as session:
                    add_staff(session, page_id=lumen.id, email=colleague.email, role=Role.MANAGER, now=now)
            except Invalid:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(attempt, range(8))) == 1


class TestChangeRole:
    def test_of_the_last_owner_is_refused(self, database: Database, lumen: Page, owner: Account) -> None:
        with database.transaction() as session, pytest.raises(LastOwner):
            change_role(
                session, page_id=lumen.id, account_id=owner.id, role=Role.MANAGER, actor_id=None, now=START
            )

    def test_leaves_an_owner_who_stays_one(self, database: Database, lumen: Page, owner: Account) -> None:
        with database.transaction() as session:
            change_role(
                session, page_id=lumen.id, account_id=owner.id, role=Role.OWNER, actor_id=None, now=START
            )

    def test_is_possible_when_another_owns_the_page(
        self, database: Database, lumen: Page, owner: Account, colleague: Account
    ) -> None:
        with database.transaction() as session:
            make_staff(session, lumen, colleague, Role.OWNER)
            change_role(
                session, page_id=lumen.id, account_id=owner.id, role=Role.ANALYST, actor_id=None, now=START
            )
        with database.reading() as session:
            assert find_role(session, lumen.id, owner.id) is Role.ANALYST

    def test_knows_only_staff_of_this_page(self, database: Database, lumen: Page, colleague: Account) -> None:
        with database.transaction() as session:
            make_page(session, owner=colleague)
        with database.transaction() as session, pytest.raises(NotFound):
            change_role(
                session, page_id=lumen.id, account_id=colleague.id, role=Role.OWNER, actor_id=None, now=START
            )


class TestRemoveStaff:
    def test_of_the_last_owner_is_refused(self, database: Database, lumen: Page, owner: Account) -> None:
        with database.transaction() as session, pytest.raises(LastOwner):
            remove_staff(session, page_id=lumen.id, account_id=owner.id, actor_id=None, now=START)

    def test_returns_the_role_that_they_had(
        self, database: Database, lumen: Page, colleague: Account
    ) -> None:
        with database.transaction() as session:
            make_staff(session, lumen, colleague, Role.FULFILMENT)
            assert (
                remove_staff(session, page_id=lumen.id, account_id=colleague.id, actor_id=None, now=START)
                is Role.FULFILMENT
            )
        with database.reading() as session:
            assert find_role(session, lumen.id, colleague.id) is None

    def test_keeps_an_owner_when_all_leave_at_once(
        self, database: Database, lumen: Page, owner: Account
    ) -> None:
        with database.transaction() as session:
            owners = [owner.id]
            for _ in range(5):
                account = make_account(session)
                make_staff(session, lumen, account, Role.OWNER)
                owners.append(account.id)

        def leave(account_id: int) -> bool:
            try:
                with database.transaction() as session:
                    remove_staff(session, page_id=lumen.id, account_id=account_id, actor_id=None, now=START)
            except LastOwner:
                return False
            return True

        with ThreadPoolExecutor(6) as pool:
            assert sum(pool.map(leave, owners)) == 5
        with database.reading() as session:
            assert count_owners(session, lumen.id) == 1
