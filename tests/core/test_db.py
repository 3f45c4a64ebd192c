"""The two doors to the database."""

import pytest
from sqlalchemy import select

from shop.accounts.models import Account
from shop.core.db import Database
from tests.factories import make_account


class TestTransaction:
    def test_commits_at_the_end(self, database: Database) -> None:
        with database.transaction() as session:
            make_account(session, email="kept@example.com")
        with database.reading() as session:
            account = session.scalars(select(Account)).one()
        assert account.created_at.tzinfo is not None

    def test_rolls_back_on_any_error(self, database: Database) -> None:
        with pytest.raises(ZeroDivisionError), database.transaction() as session:
            make_account(session)
            _ = 1 // 0
        with database.reading() as session:
            assert session.scalars(select(Account)).all() == []


class TestReading:
    def test_keeps_nothing(self, database: Database) -> None:
        with database.reading() as session:
            make_account(session)
        with database.reading() as session:
            assert session.scalars(select(Account)).all() == []
