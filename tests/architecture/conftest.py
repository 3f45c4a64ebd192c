"""Every route is called with a single connection to spare, so that none may need two at once."""

from collections.abc import Iterator

import pytest

from shop.core.db import Database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty, migrated database with one connection: a request that asks for a second fails."""
    db = Database(database_url, pool_size=1)
    yield db
    db.dispose()
