"""Two hundred buyers, twenty units of each of three variants, several server processes.

Each cart holds one of each variant, added in random order. Exactly twenty orders come out of it.
"""

import collections
import os
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from shop.catalog.models import Variant
from shop.core.db import Database
from shop.orders.models import Order, OrderStatus
from tests.factories import make_page, make_product
from tests.support.stack import Stack, running_stack

IN_FULL = bool(os.environ.get("VITRINE_PROOF"))
BUYERS, UNITS, PROCESSES = 200, 20, 4
ROUNDS = 5 if IN_FULL else 1
CREATED, CONFLICT = 201, 409


@dataclass(frozen=True)
class Shelf:
    """What is raced for."""

    page_slug: str
    variant_ids: list[int]


def stock_shelf(database: Database) -> Shelf:
    """Put three variants of twenty units each on a new page."""
    with database.transaction() as session:
        page = make_page(session)
        product = make_product(session, page, variants=[(1200, UNITS), (1500, UNITS), (990, UNITS)])
        return Shelf(page.slug, [variant.id for variant in product.variants])


def buy_one_of_each(stack: Stack, shelf: Shelf, number: int) -> tuple[int, str]:
    """Fill a cart in a random order and check out; return the last answer's status and code."""
    order = list(shelf.variant_ids)
    random.Random(number).shuffle(order)
    with httpx.Client(base_url=f"{stack.shop}/api/v1", timeout=60) as client:
        answer = client.post(f"/pages/{shelf.page_slug}/carts")
        assert answer.status_code == CREATED, answer.text
        cart = answer.json()
        client.headers["Authorization"] = f"Bearer {cart['token']}"
        for variant_id in order:
            answer = client.post(f"/carts/{cart['id']}/lines", json={"variant_id": variant_id, "quantity": 1})
            if answer.is_error:
                return answer.status_code, answer.json()["code"]
        answer = client.post(f"/carts/{cart['id']}/checkout", json={"email": f"buyer{number}@example.com"})
    return answer.status_code, "" if answer.is_success else answer.json()["code"]


@pytest.mark.drill
class TestRaceForTheLastUnits:
    def test_sells_each_unit_once(self, database_url: str, tmp_path: Path) -> None:
        database = Database(database_url)
        with running_stack(database_url, tmp_path, workers=PROCESSES) as stack:
            for round_number in range(ROUNDS):
                shelf = stock_shelf(database)
                with ThreadPoolExecutor(BUYERS) as pool:
                    jobs = [
                        pool.submit(buy_one_of_each, stack, shelf, number + round_number * BUYERS)
                        for number in range(BUYERS)
                    ]
                    answers = collections.Counter(job.result() for job in jobs)
                print(f"race round {round_number + 1} on {database.engine.dialect.name}: {dict(answers)}")
                assert answers == {(CREATED, ""): UNITS, (CONFLICT, "out_of_stock"): BUYERS - UNITS}
                with database.reading() as session:
                    left = session.scalars(
                        select(Variant.stock).where(Variant.id.in_(shelf.variant_ids))
                    ).all()
                    assert list(left) == [0, 0, 0]
            with database.reading() as session:
                count = session.scalar(
                    select(func.count(Order.id)).where(Order.status == OrderStatus.AWAITING_PAYMENT)
                )
                numbers = session.scalars(select(Order.number)).all()
        assert count == UNITS * ROUNDS
        assert len(set(numbers)) == len(numbers)
        database.dispose()
