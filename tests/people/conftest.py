"""People whose ties differ."""

from dataclasses import dataclass

import pytest

from shop.accounts.models import Account
from shop.core.db import Database
from tests.factories import make_account
from tests.people.ties import befriend


@dataclass(frozen=True)
class Circle:
    """Ada and Ben are friends; so are Ben and Cléo. Dan is a stranger to all of them."""

    ada: Account
    ben: Account
    cleo: Account
    dan: Account


@pytest.fixture
def circle(database: Database) -> Circle:
    """Four people, two friendships."""
    with database.transaction() as session:
        ada, ben, cleo, dan = (
            make_account(session, name=name) for name in ("Ada Roy", "Ben Sorel", "Cléo Vidal", "Dan Weber")
        )
        befriend(session, ada, ben)
        befriend(session, ben, cleo)
    return Circle(ada, ben, cleo, dan)
