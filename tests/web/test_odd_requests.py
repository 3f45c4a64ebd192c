"""What no person sends: it is refused with a sentence, on either database, and never with a 500."""

import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from shop import worker as worker_module
from shop.checkout.access import page_in_front
from shop.page.admin_settings import percent_adapter
from shop.web.forms import BadText, id_or_none, integer_adapter

LONG = "9" * 30


class TestAddresses:
    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/p/%0d%0aX:1", 404),
            ("/en/p/%00", 404),
            ("/en/orders/%00", 404),
            (f"/en/test-mode/mail/{LONG}", 404),
            ("/en/orders/LUM-1?token=%00", 400),
            ("/en/p/x/shop?q=%00", 400),
        ],
    )
    def test_that_no_database_takes(self, client: FlaskClient, path: str, status: int) -> None:
        assert client.get(path).status_code == status

    @pytest.mark.parametrize("referrer", ["http://[", "//", "http://localhost/\\evil.example"])
    def test_of_a_referring_page(self, app: Flask, referrer: str) -> None:
        with app.test_request_context("/en/p/lumen/cart/lines", headers={"Referer": referrer}):
            assert page_in_front("lumen") == "/en/p/lumen/shop"

    def test_of_an_origin(self, app: Flask) -> None:
        answer = app.test_client().post("/en/sign-out", headers={"Origin": "http://["})
        assert answer.status_code == 403


class TestForms:
    @pytest.mark.parametrize("text", ["--5", "5-", "-", "1.5", "²", "1e3", LONG])
    def test_only_whole_numbers_are_whole_numbers(self, text: str) -> None:
        with pytest.raises(BadText):
            integer_adapter(text)

    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("12", 12),
            ("0", 0),
            ("²", None),
            ("٣", None),
            ("-1", None),
            ("", None),
            ("9" * 19, None),
            ("0" * 5000, None),
        ],
    )
    def test_only_ids_are_ids(self, text: str, number: int | None) -> None:
        assert id_or_none(text) == number

    @pytest.mark.parametrize(("text", "points"), [("20", 2000), ("5,5 %", 550), ("-1", -100), ("5.500", 550)])
    def test_rates(self, text: str, points: int) -> None:
        assert percent_adapter(text) == points

    @pytest.mark.parametrize("text", ["1e999990", "1e999999", "nan", "inf", "5.555", "²", LONG])
    def test_only_rates_are_rates(self, text: str) -> None:
        with pytest.raises(BadText):
            percent_adapter(text)

    def test_a_nul_is_no_text(self, client: FlaskClient) -> None:
        for path in ("/en/sign-in", "/en/password-reset"):
            answer = client.post(path, data={"email": "a\0b@example.com", "password": "no\0thing"})
            assert answer.status_code < 500


class TestCaching:
    def test_what_does_not_say_that_it_is_public_is_private(self, client: FlaskClient) -> None:
        assert client.get("/en/sign-up").headers["Cache-Control"] == "private, no-cache"


class TestWorker:
    def test_outlives_a_database_that_is_away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        stopping = threading.Event()
        tries: list[int] = []

        class Flaky:
            def run_due(self, *, limit: int) -> int:
                tries.append(limit)
                if len(tries) == 1:
                    raise OperationalError("SELECT 1", {}, Exception("gone"))
                stopping.set()
                return 0

        monkeypatch.setattr(worker_module, "PAUSE_S", 0)
        worker_module._run_lane(Flaky(), stopping)  # type: ignore[arg-type]
        assert len(tries) == 2
