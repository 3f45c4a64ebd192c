"""A request sent twice under one key does its work once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update

from shop.cart.models import Cart
from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.core.idempotency import (
    IdempotencyRecord,
    KeptAnswer,
    KeyInUse,
    KeyMismatch,
    TakenKey,
    complete_key,
    give_key_back,
    take_key,
)
from tests.api.support import ApiClient, Shelf

KEY = {"Idempotency-Key": "5f0f2f9e-6f0a-4f3c-8f9a-000000000001"}


def take(database: Database, clock: SteppedClock, body: str = "body") -> TakenKey | KeptAnswer:
    """Take the key "scope" for a request."""
    with database.transaction() as session:
        return take_key(session, scope_hash="scope", body_hash=body, now=clock.now())


class TestTakeKey:
    def test_is_refused_while_another_holds_it(self, database: Database, clock: SteppedClock) -> None:
        take(database, clock)
        with pytest.raises(KeyInUse):
            take(database, clock)

    def test_is_free_again_when_its_holder_died(self, database: Database, clock: SteppedClock) -> None:
        dead = take(database, clock)
        clock.advance(seconds=61)
        alive = take(database, clock)
        assert isinstance(dead, TakenKey)
        assert isinstance(alive, TakenKey)
        with database.transaction() as session:
            complete_key(session, key=dead, answer=KeptAnswer(201, "late", None))
        with pytest.raises(KeyInUse):
            take(database, clock)

    def test_gives_the_kept_answer_for_a_day(self, database: Database, clock: SteppedClock) -> None:
        taken = take(database, clock)
        assert isinstance(taken, TakenKey)
        with database.transaction() as session:
            complete_key(session, key=taken, answer=KeptAnswer(201, "first", "/there"))
        clock.advance(hours=23)
        assert take(database, clock) == KeptAnswer(201, "first", "/there")
        clock.advance(hours=1)
        assert isinstance(take(database, clock), TakenKey)

    def test_is_refused_for_another_body(self, database: Database, clock: SteppedClock) -> None:
        take(database, clock)
        with pytest.raises(KeyMismatch):
            take(database, clock, "another")

    def test_is_free_after_it_was_given_back(self, database: Database, clock: SteppedClock) -> None:
        taken = take(database, clock)
        assert isinstance(taken, TakenKey)
        with database.transaction() as session:
            give_key_back(session, key=taken)
        assert isinstance(take(database, clock, "another"), TakenKey)

    def test_sweeps_out_what_is_too_old(self, database: Database, clock: SteppedClock) -> None:
        for number in range(5):
            with database.transaction() as session:
                take_key(session, scope_hash=f"old-{number}", body_hash="", now=clock.now())
        clock.advance(hours=25)
        take(database, clock)
        with database.reading() as session:
            assert session.scalar(select(func.count(IdempotencyRecord.id))) == 1

    def test_goes_to_one_of_many_at_once(self, database: Database, clock: SteppedClock) -> None:
        start = threading.Barrier(8)

        def race(_: int) -> str:
            start.wait()
            try:
                take(database, clock)
            except KeyInUse:
                return "in use"
            return "taken"

        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(race, range(8))) == ["in use"] * 7 + ["taken"]


class TestIdempotencyKey:
    def test_repeats_the_answer_and_not_the_work(
        self, database: Database, api: ApiClient, shelf: Shelf
    ) -> None:
        first = api("POST", "/pages/lumen/carts", headers=KEY)
        again = api("POST", "/pages/lumen/carts", headers=KEY)
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.get_json() == first.get_json()
        assert again.headers["Location"] == first.headers["Location"]
        assert "Idempotent-Replayed" not in first.headers
        assert again.headers["Idempotent-Replayed"] == "true"
        with database.reading() as session:
            assert session.scalar(select(func.count(Cart.id))) == 1

    def test_adds_a_line_once(self, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.new_cart("lumen")
        for _ in range(3):
            answer = api("POST", f"{cart}/lines", token=token, headers=KEY, json={"variant_id": shelf.small})
            assert answer.status_code == 201
        assert api("GET", cart, token=token).get_json()["item_count"] == 1

    def test_refuses_another_body(self, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.new_cart("lumen")
        api("POST", f"{cart}/lines", token=token, headers=KEY, json={"variant_id": shelf.small})
        answer = api("POST", f"{cart}/lines", token=token, headers=KEY, json={"variant_id": shelf.large})
        assert (answer.status_code, answer.get_json()["code"]) == (422, "idempotency_mismatch")

    def test_belongs_to_one_token_and_one_address(self, api: ApiClient, shelf: Shelf) -> None:
        for _ in range(2):
            cart, token = api.new_cart("lumen")
            api("POST", f"{cart}/lines", token=token, headers=KEY, json={"variant_id": shelf.small})
            assert api("GET", cart, token=token).get_json()["item_count"] == 1

    def test_may_be_used_again_after_a_failure(self, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.new_cart("lumen")
        body = {"variant_id": shelf.small, "quantity": 4}
        assert api("POST", f"{cart}/lines", token=token, headers=KEY, json=body).status_code == 409
        body["quantity"] = 3
        assert api("POST", f"{cart}/lines", token=token, headers=KEY, json=body).status_code == 201

    def test_is_refused_while_the_first_request_is_under_way(
        self, database: Database, api: ApiClient, shelf: Shelf
    ) -> None:
        api("POST", "/pages/lumen/carts", headers=KEY)
        with database.transaction() as session:
            session.execute(update(IdempotencyRecord).values(status=None))
        answer = api("POST", "/pages/lumen/carts", headers=KEY)
        assert (answer.status_code, answer.get_json()["code"]) == (409, "idempotency_in_progress")
        assert answer.headers["Retry-After"] == "1"

    @pytest.mark.parametrize("key", ["", " ", "x" * 256, "clé"])
    def test_is_at_most_255_printable_characters(self, api: ApiClient, shelf: Shelf, key: str) -> None:
        answer = api("POST", "/pages/lumen/carts", headers={"Idempotency-Key": key})
        assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_idempotency_key")
