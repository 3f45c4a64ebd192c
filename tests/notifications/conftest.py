"""Somebody who is told things, and their browser."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.accounts.models import Account
from shop.core.db import Database
from tests.factories import make_account
from tests.support.visitors import sign_in


@pytest.fixture
def lea(database: Database) -> Account:
    """Somebody who reads English."""
    with database.transaction() as session:
        return make_account(session, name="Léa Fontaine", email="lea@example.com")


@pytest.fixture
def her_browser(app: Flask, lea: Account) -> FlaskClient:
    """A browser in which Léa is signed in."""
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    sign_in(client, lea)
    return client
