"""``shop stripe parity``: what differs is found, what differs by nature is not told, and no live key is ever used."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from shop.parity.cli import parity_command
from shop.parity.comparing import Difference, Kind, compare, normalise
from shop.parity.conversation import CONVERSATION
from shop.parity.speaking import Answer, Side
from shop.parity.steps import REFERENCE, Step, write_form
from tests.support.proxy import Proxy, running_proxy
from tests.support.stack import free_port
from tests.support.wire import Wire, running_wire

Command = Callable[..., Result]


@pytest.fixture
def command() -> Command:
    def run(*arguments: str, **environ: str) -> Result:
        keys = {"STRIPE_PARITY_KEY": None, "STRIPE_SECRET_KEY": None}
        return CliRunner().invoke(parity_command, list(arguments), env={**keys, **environ})

    return run


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with running_wire() as running:
        yield running


@pytest.fixture
def proxy(wire: Wire) -> Iterator[Proxy]:
    with running_proxy(wire.url) as running:
        yield running


class TestParity:
    def test_without_a_key_says_so_and_runs_nothing(self, command: Command) -> None:
        told = command()
        assert told.exit_code == 0
        assert told.output.startswith("Nothing was run")
        assert len(told.output.splitlines()) == 1

    @pytest.mark.parametrize("name", ["STRIPE_PARITY_KEY", "STRIPE_SECRET_KEY"])
    @pytest.mark.parametrize("arguments", [[], ["--against", "http://127.0.0.1:1"]])
    @pytest.mark.parametrize("key", ["sk_live_x", "rk_live_x"])
    def test_a_live_key_is_refused_even_where_it_is_allowed(
        self, command: Command, name: str, arguments: list[str], key: str
    ) -> None:
        told = command(*arguments, **{name: key}, STRIPE_ALLOW_LIVE_KEY="1")
        assert told.exit_code == 1
        assert f"{name} is a live key" in told.output

    def test_what_is_no_secret_key_is_refused(self, command: Command) -> None:
        assert command(STRIPE_PARITY_KEY="pk_test_x").exit_code == 1

    def test_two_of_a_kind_do_not_differ(self, command: Command, wire: Wire) -> None:
        told = command("--against", wire.url)
        assert told.exit_code == 0, told.output
        assert told.output.startswith(f"{len(CONVERSATION)} steps, no difference")

    def test_every_member_that_is_changed_on_the_way_is_found(
        self, command: Command, proxy: Proxy, tmp_path: Path
    ) -> None:
        def tamper(method: str, path: str, answer: Any) -> Any:
            if method == "POST" and path == "/v1/products" and "name" in answer:
                answer.pop("shippable")
                answer |= {"color": "blue", "name": "Cup", "active": "yes"}
            if (
                path.startswith("/v1/refunds")
                and answer.get("error", {}).get("code") == "charge_already_refunded"
            ):
                answer["error"]["code"] = "parity_lost"
            return answer

        proxy.tamper = tamper
        told = command("--against", proxy.url, "--out", str(tmp_path / "report.json"))
        assert told.exit_code == 1
        report = json.loads((tmp_path / "report.json").read_text())
        found = {
            (step["name"], one["path"], one["kind"])
            for step in report["steps"]
            for one in step["differences"]
            if one["path"] != "headers.content-type"
        }
        assert {one for one in found if one[0] == "a product"} == {
            ("a product", "shippable", "extra"),
            ("a product", "color", "missing"),
            ("a product", "name", "value"),
            ("a product", "active", "type"),
        }
        assert ("nothing left to give back", "error.code", "value") in found
        assert {name for name, _path, _kind in found} <= {"a product", "nothing left to give back"}

    def test_another_status_and_what_hangs_on_it_are_told(
        self, command: Command, proxy: Proxy, tmp_path: Path
    ) -> None:
        def meddle(method: str, path: str) -> Any:
            if method == "POST" and path == "/v1/coupons":
                return 400, {}, {"error": {"type": "invalid_request_error", "message": "no coupons today"}}
            return None

        proxy.meddle = meddle
        command("--against", proxy.url, "--out", str(tmp_path / "report.md"))
        report = (tmp_path / "report.md").read_text()
        assert "| a coupon | `POST /v1/coupons` | 200 | 400 |" in report
        assert "| `error` | missing |" in report
        assert "no coupon |" in report

    def test_asks_again_for_what_was_too_often(self, wire: Wire, proxy: Proxy) -> None:
        left = [2]

        def meddle(_method: str, _path: str) -> Any:
            left[0] -= 1
            return (429, {}, {"error": {"message": "too many"}}) if left[0] >= 0 else None

        proxy.meddle = meddle
        side = Side("the proxy", proxy.url, "sk_test_x", "run", wait=lambda _seconds: None)
        [answer] = side.converse(
            [Step("a customer", "POST /v1/customers", {"name": "Ada"})], lambda _step: None
        )
        assert answer.status == 200
        assert len(proxy.asked) == 3

    def test_says_that_the_other_side_is_not_there(self, command: Command) -> None:
        told = command("--against", f"http://127.0.0.1:{free_port()}")
        assert told.exit_code == 1
        assert "does not answer" in told.output

    @pytest.mark.parametrize(
        "arguments", [["--out", "report.txt"], ["--against", "localhost:1"], ["--out", "absent/report.md"]]
    )
    def test_refuses_what_it_cannot_write_or_ask(
        self, command: Command, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert command(*arguments).exit_code == 2


class TestConversation:
    def test_names_each_step_once_and_needs_only_what_came_before(self) -> None:
        assert len({step.name for step in CONVERSATION}) == len(CONVERSATION)
        known = {"run", "CHECKOUT_SESSION_ID"}
        for step in CONVERSATION:
            assert set(REFERENCE.findall(f"{step.call} {step.params}")) <= known, step.name
            known |= set(step.keep)

    def test_covers_what_a_shop_says_and_must_not_say(self) -> None:
        addresses = " ".join(step.call for step in CONVERSATION)
        for thing in ("customers", "products", "prices", "coupons", "checkout/sessions", "line_items", "payment_intents",
                      "capture", "refunds", "disputes", "events", "webhook_endpoints"):  # fmt: skip
            assert thing in addresses


class TestWriteForm:
    def test_nests_as_stripe_reads_it(self) -> None:
        params = {"a": {"b": [{"c": 1}, {"c": True}]}, "expand": ["x"]}
        assert list(write_form(params)) == [("a[b][0][c]", "1"), ("a[b][1][c]", "true"), ("expand[0]", "x")]


class TestNormalise:
    def test_masks_what_differs_by_nature(self) -> None:
        told = normalise(
            {
                "id": "cs_test_a1B2c3D4e5F6", "created": 1_796_000_000, "url": "https://checkout.stripe.com/c/x",
                "client_secret": "pi_1_secret_2", "metadata": {"created": 5}, "status": "requires_payment_method",
                "message": "No such customer: 'cus_AbCdEf12345678'", "amount": 1234, "livemode": False,
            }
        )  # fmt: skip
        assert told == {
            "id": "<cs_test>", "created": "<time>", "url": "<address>", "client_secret": "<secret>",
            "metadata": {"created": 5}, "status": "requires_payment_method",
            "message": "No such customer: '<cus>'", "amount": 1234, "livemode": False,
        }  # fmt: skip


class TestCompare:
    def answer(self, **body: Any) -> Answer:
        return Answer(200, body, {})

    def test_tells_lists_of_other_lengths_and_nested_members(self) -> None:
        ours = self.answer(data=[{"amount": 1}, {"amount": 2}], error=None)
        theirs = self.answer(data=[{"amount": 1, "currency": "eur"}], error={"code": "x"})
        assert compare(ours, theirs) == [
            Difference("data[]", Kind.VALUE, "2 of them", "1 of them"),
            Difference("data[0].currency", Kind.MISSING, None, "eur"),
            Difference("error", Kind.TYPE, None, {"code": "x"}),
        ]

    def test_a_number_is_no_truth(self) -> None:
        assert compare(self.answer(paid=1), self.answer(paid=True))[0].kind is Kind.TYPE
