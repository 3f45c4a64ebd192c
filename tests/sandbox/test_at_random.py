"""Random requests, valid and invalid: never a 500, and every answer as Stripe's schemas want it."""

import collections
import os

import pytest

from shop.sandbox.app import create_app
from shop.sandbox.lists import public
from tests.sandbox.requests_at_random import Maker
from tests.sandbox.schemas import ABSENT, SCHEMAS

IN_FULL = bool(os.environ.get("VITRINE_PROOF"))
REQUESTS = 10_000 if IN_FULL else 800
SEED = 20261130
STATUSES = {200, 400, 401, 402, 404, 409}

pytestmark = [pytest.mark.drill, pytest.mark.corpus, pytest.mark.skipif(SCHEMAS is None, reason=ABSENT)]


class TestRandomRequests:
    def test_never_break_the_stand_in(self):
        app = create_app(":memory:", public_url="http://stand-in.example", seed=1)
        client, maker = app.test_client(), Maker(SCHEMAS, SEED)
        problems, statuses = [], collections.Counter()
        for number in range(REQUESTS):
            bought = maker.payment()
            if bought:
                client.post(f"/_sandbox/sessions/{bought[0]}/payment", json={"card": bought[1]})
            method, path, form = maker.request()
            inputs = {"query_string": form} if method == "GET" else {"data": form}
            answer = client.open(
                path, method=method, headers={"Authorization": "Bearer sk_test_1"},
                content_type="application/x-www-form-urlencoded", **inputs,
            )  # fmt: skip
            body = answer.get_json()
            statuses[answer.status_code] += 1
            what = f"{number}: {method} {path} {form[:300]}"
            if answer.status_code not in STATUSES:
                problems.append(f"{what} answered {answer.status_code}")
            problems += [
                f"{what}: {one}" for one in SCHEMAS.answer_problems(method, path, answer.status_code, body)
            ]
            if answer.status_code == 200:
                maker.note(body)
        with app.extensions["sandbox"].store.reading() as tx:
            events = tx.select("event")
        problems += [one for event in events for one in SCHEMAS.event_problems(public(event))]
        app.extensions["sandbox"].close()

        print(f"\n{REQUESTS} random requests (seed {SEED}): {dict(statuses)}, {len(events)} events")
        assert problems[:20] == []
        # The requests must reach beyond the first check, or they would show nothing.
        assert statuses[200] > REQUESTS / 10
        assert len(events) > REQUESTS / 100
