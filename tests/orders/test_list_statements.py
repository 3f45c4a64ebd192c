"""The order list asks the database as often for few orders as for many."""

import datetime as dt

import pytest
from flask.testing import FlaskClient

from shop.core.db import Database
from shop.orders.models import SavedFilter
from tests.factories import make_account, make_page
from tests.orders.list_orders import make_order
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

ACCESS = 3
"""Whose session it is, the page, the role."""
BARE = ACCESS + 5
"""Saved filters, counts, the ids of this part, its orders, their lines."""
SHOWN = 30
"""With more orders than a part shows, one more statement counts those of a filter."""


@pytest.fixture(params=[5, 50])
def room(request: pytest.FixtureRequest, database: Database, client: FlaskClient, now: dt.datetime) -> int:
    """A page with so many orders and saved filters; its owner is signed in."""
    orders: int = request.param
    with database.transaction() as session:
        owner = make_account(session)
        page = make_page(session, slug="lumen", owner=owner)
        for number in range(orders):
            at = now - dt.timedelta(minutes=number)
            make_order(session, page, f"LUM-{number}", now=at, country="BE", name="Zoë Lefèvre")
            session.add(SavedFilter(page_id=page.id, name=f"F{number}", query="country=BE", created_at=now))
    sign_in(client, owner)
    return orders


class TestListOrders:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", BARE),
            ("shipping=to_ship&country=BE&min=1.00", BARE),
            ("q=lefevre", BARE + 1),  # and what the index finds
            ("q=lefevre&follower=no", BARE + 1),
            ("q=xyzzy", ACCESS + 3),  # nothing found, nothing loaded
            ("view=1", BARE),
        ],
    )
    def test_sends_as_many_statements_for_few_as_for_many(
        self, database: Database, client: FlaskClient, room: int, query: str, expected: int
    ) -> None:
        address = f"/en/manage/lumen/orders?{query}"
        client.get(address)
        with count_statements(database.engine) as sent:
            answer = client.get(address)
        assert answer.status_code == 200
        assert answer.text.count('class="order-table__link"') == (0 if "xyzzy" in query else min(room, SHOWN))
        is_counted = room > SHOWN and bool(query) and "xyzzy" not in query
        assert len(sent) == expected + is_counted, sent
