"""A page with an owner, and browsers of people."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.accounts.models import Account
from shop.core.db import Database
from shop.page.models import Page, Role
from tests.factories import make_account, make_page, make_staff
from tests.support.visitors import sign_in


@pytest.fixture
def owner(database: Database) -> Account:
    """Somebody who owns ``lumen``."""
    with database.transaction() as session:
        return make_account(session, name="Odile", email="owner@example.com")


@pytest.fixture
def lumen(database: Database, owner: Account) -> Page:
    """A page."""
    with database.transaction() as session:
        return make_page(session, slug="lumen", owner=owner)


@pytest.fixture
def employ(database: Database, lumen: Page) -> Callable[[Role], Account]:
    """Make somebody who works on ``lumen`` in a role."""

    def make(role: Role) -> Account:
        with database.transaction() as session:
            account = make_account(session, email=f"another-{role}@example.com", name=role.value.title())
            make_staff(session, lumen, account, role)
            return account

    return make


@pytest.fixture
def browser_of(app: Flask) -> Callable[[Account | None], FlaskClient]:
    """Make the browser of an account, or a guest's."""

    def make(account: Account | None) -> FlaskClient:
        client = app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        if account is not None:
            sign_in(client, account)
        return client

    return make
