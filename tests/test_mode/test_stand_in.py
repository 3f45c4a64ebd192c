"""The stand-in as the rooms speak to it, and what is none."""

import dataclasses
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.serving import make_server

from shop.app import create_app
from shop.test_mode.stand_in import StandIn
from tests.test_mode.conftest import ACTS, ADDRESSES, House


class TestDeliveries:
    def test_are_asked_for_no_further_than_they_are_shown(self, house: House) -> None:
        house.buy_and_pay()
        stand_in = StandIn(house.sandbox)
        [*_, before, newest] = stand_in.deliveries(limit=100)
        assert [one["id"] for one in stand_in.deliveries(limit=1)] == [newest["id"]]
        assert [one["id"] for one in stand_in.deliveries(limit=9, after=before["id"])] == [newest["id"]]


class TestAnotherServer:
    """At the address of the stand-in, and one that says yes to everything."""

    @pytest.fixture
    def other(self) -> Iterator[str]:
        app = Flask(__name__)
        app.add_url_rule(
            "/<path:_path>", view_func=lambda _path: {"hello": 1}, methods=["GET", "POST", "DELETE"]
        )
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.port}"
        server.shutdown()

    def test_is_not_taken_for_it(self, house: House, other: str) -> None:
        number = house.buy().order_number
        runtime = house.app.extensions["vitrine"]
        settings = dataclasses.replace(runtime.settings, stripe_api_base=other)
        client = create_app(dataclasses.replace(runtime, settings=settings)).test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        for address in ADDRESSES:
            answer = client.get("/en/test-mode" + address.format(number=number), follow_redirects=True)
            assert answer.status_code == 200, address
        form = {"card": "4242424242424242", "kind": "server_error", "advance": "1", "event": "evt_1"}
        for act in ACTS:
            path = "/en/test-mode" + act.format(number=number)
            if act.rpartition("/")[2] not in ("expiry", "dispute", "refund-failure"):
                said = client.post(path, data=form, follow_redirects=True)
                assert f"The stand-in does not answer at {other}" in said.text, act
