"""Quick hashes, and people who can sign in."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.accounts.models import Account
from shop.accounts.passwords import use_cheap_hashes
from shop.accounts.service import sign_up
from shop.core.clock import SteppedClock
from shop.core.db import Database

PASSWORD = "tulipe velo mardi"


@pytest.fixture(autouse=True, scope="session")
def _cheap_hashes() -> None:
    use_cheap_hashes()


@pytest.fixture
def alix(database: Database, clock: SteppedClock) -> Account:
    """Somebody with an account."""
    with database.transaction() as session:
        return sign_up(
            session,
            email="alix@example.com",
            name="Alix Durand",
            password=PASSWORD,
            language="fr",
            now=clock.now(),
        )


@pytest.fixture
def browser(app: Flask) -> Callable[[], FlaskClient]:
    """Make browsers that keep their cookies apart."""

    def make() -> FlaskClient:
        client = app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        return client

    return make
