"""Recording by other processes, and what is never recorded."""

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from shop.checkout.cli import stripe_group
from shop.checkout.cli_listen import Speaker
from shop.checkout.listening import Listener
from shop.checkout.listening_place import PlaceFile
from shop.checkout.placement import SETTLE_ORDER
from shop.core.clock import SystemClock
from shop.core.outbox import ClaimedJob, RetryLater
from shop.payments.masking import masked, masked_text, nested, read_json
from shop.payments.recorded_models import SignatureResult
from shop.payments.stripe_account import StripeAccount
from shop.worker import job_handlers
from tests.sandbox.conftest import call
from tests.support.statements import count_statements
from tests.test_mode.conftest import House


class TestProcesses:
    def test_the_worker_records_too(self, house: House) -> None:
        call(f"{house.sandbox}/_sandbox/webhooks/pause", {})
        started = house.buy()
        house.desk.gateway.expire_session(str(started.url).rsplit("/", 1)[-1])
        count = len(house.calls())
        handlers = job_handlers(house.app)
        with contextlib.suppress(RetryLater):
            handlers[SETTLE_ORDER](ClaimedJob(1, SETTLE_ORDER, str(started.order_id), {}, 1))
        assert house.order(started).status == "expired"
        [asked] = house.calls()[count:]
        assert (asked.order_id, asked.changes["after"]["status"]) == (started.order_id, "expired")

    def test_the_command_line_records_too(self, house: House, tmp_path: Path) -> None:
        call(f"{house.sandbox}/_sandbox/webhooks/pause", {})
        started = house.buy()
        house.pay(started)
        environ = {
            "DATABASE_URL": house.database.url.render_as_string(hide_password=False), "DATA_DIR": str(tmp_path),
            "STRIPE_API_BASE": house.sandbox, "TEST_MODE_ROOMS": "1", "LOG_LEVEL": "ERROR",
        }  # fmt: skip
        told = CliRunner().invoke(stripe_group, ["reconcile"], env=environ)
        assert told.exit_code == 0, told.output
        asked = [one for one in house.calls() if one.method == "GET" and one.order_id == started.order_id]
        assert [one.changes["after"]["status"] for one in asked] == ["paid"]


class TestListening:
    def test_keeps_what_was_fetched_and_what_it_changed(self, house: House, tmp_path: Path) -> None:
        call(f"{house.sandbox}/_sandbox/webhooks/pause", {})
        started = house.buy()
        house.pay(started)
        runtime = house.app.extensions["vitrine"]
        listener = Listener(
            house.database, StripeAccount(runtime.settings), PlaceFile(tmp_path, "house"), Speaker(), SystemClock(),
            recorder=house.app.extensions["vitrine.recorder"],
        )  # fmt: skip
        listener.begin()
        listener.run(is_once=True, interval_s=1)
        [told] = house.webhooks("checkout.session.completed")
        assert (told.signature, told.status, told.outcome) == (SignatureResult.FETCHED, None, "applied:paid")
        assert (told.order_id, told.changes["after"]["status"]) == (started.order_id, "paid")
        assert "Fetched by listening" in house.client.get(house.room(started)).text


class TestClosedRooms:
    @pytest.mark.parametrize(
        "changes",
        [{"test_mode_rooms": False}, {"stripe_secret_key": "sk_live_x"}],
        ids=["rooms off", "live key"],
    )
    def test_record_nothing(self, make_house: Callable[..., House], changes: dict[str, Any]) -> None:
        house = make_house(**changes)
        assert house.app.extensions["vitrine.recorder"] is None
        with count_statements(house.database.engine) as sent:
            house.client.post("/stripe/webhook", data=b"{}")
        assert sent == []
        if "test_mode_rooms" in changes:
            house.buy_and_pay()
        assert (house.calls(), house.webhooks()) == ([], [])


class TestMasked:
    def test_keeps_no_card_number_and_no_secret(self) -> None:
        form = "card[number]=4242424242424242&card[cvc]=123&note=pay+4000+0000+0000+0002&card[exp_month]=12&x[0]=a"
        assert masked(nested(form)) == {
            "card": {"number": "****4242", "cvc": "****", "exp_month": "12"},
            "note": "pay ****0002",
            "x": ["a"],
        }
        assert masked({"client_secret": "pi_1_secret_abcdefgh", "key": "sk_test_abcdefghijkl", "at": 1764465000123}) == {
            "client_secret": "****efgh", "key": "sk_test_****ijkl", "at": 1764465000123,
        }  # fmt: skip
        assert masked_text("whsec_1234567890 1764465000123") == "whsec_****7890 1764465000123"

    def test_hides_them_as_numbers_as_names_and_beside_letters(self) -> None:
        given = {
            "number": 4242424242424242,
            "cvc": 123,
            "x": 4242424242424242,
            "4242 4242 4242 4242": True,
            "number_": 12,
        }
        assert masked(given) == {
            "number": "****4242",
            "cvc": "****",
            "x": "****4242",
            "****4242": True,
            "number_": 12,
        }
        assert masked_text("LUM-1042 4242 4242 4242 4242 12 2030") == "LUM-1042 ****4242 12 2030"
        assert masked_text("card_4242424242424242") == "card_****4242"
        assert masked_text("for pi_1_secret_abcdefghij") == "for pi_1_secret_****ghij"

    def test_hides_them_in_what_is_no_json(self) -> None:
        assert read_json(b"number=4242424242424242&cvc=123&a=b") == "number=****&cvc=****&a=b"
        assert (
            read_json(b'{"cvc": "123", "client_secret": "broken') == '{"cvc": "****", "client_secret": "****'
        )
        cut = read_json("x" * 1_988 + " 4242 4242 4242 4242")
        assert cut.endswith("x ****4242")

    def test_is_fit_for_every_database_and_page(self) -> None:
        assert read_json('{"a\\u0000": "\\ud800", "n": NaN}') == {"a\ufffd": "?", "n": "NaN"}
        nested_deep = read_json('{"a":' * 430 + "1" + "}" * 430)
        assert len(json.dumps(nested_deep, indent=2)) < 10_000

    def test_is_short(self) -> None:
        shown = read_json('{"data": ["' + "x" * 100_000 + '"]}')
        assert shown["characters"] > 100_000
        assert len(shown["shortened"]) <= 2_000
        assert read_json(b"not json") == "not json"
        assert read_json(b"") is None
        assert read_json('{"a": "\\u0000"}') == {"a": "\ufffd"}
