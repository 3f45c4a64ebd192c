"""A buyer in a process of their own, who checks a cart out and can be killed on the way."""

import sys
from pathlib import Path

from shop.checkout.buying import check_out_cart
from shop.checkout.desk import Desk, ReturnUrls, guest_buyer
from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.core.kill_points import arm
from shop.core.signing import Signer
from shop.page.queries import get_page_by_id
from tests.factories import START
from tests.support.fake_gateway import FakeGateway

SECRET = "test-secret-key-that-is-long-enough-for-it"
URLS = ReturnUrls("http://localhost/return", "http://localhost/cart")


def main(url: str, page_id: int, cart_id: int, visitor: str, points: Path) -> None:
    """Check a guest's cart out at a payment service of this process's own."""
    arm(points)
    clock = SteppedClock(START)
    database = Database(url)
    with database.reading() as session:
        page = get_page_by_id(session, page_id)
    check_out_cart(
        Desk(database, FakeGateway(clock), Signer(SECRET), "http://localhost"), page=page, cart_id=cart_id,
        buyer=guest_buyer(visitor, f"{visitor}@example.com"), language="en", urls=URLS, now=clock.now(),
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], Path(sys.argv[5]))
