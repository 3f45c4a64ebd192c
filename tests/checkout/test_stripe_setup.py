"""``shop stripe setup`` and ``shop stripe doctor`` against a running stand-in."""

import datetime as dt
import json
import threading
from collections.abc import Callable, Iterator
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from werkzeug.serving import make_server

from shop.app import create_app
from shop.checkout.cli import stripe_group
from shop.checkout.endpoint_setup import KINDS, find_unreachable
from shop.checkout.inbox import HANDLERS
from shop.core.clock import SystemClock
from shop.core.config import ConfigurationError, load_settings
from shop.core.db import Database
from shop.core.files import FileStore
from shop.core.kept_webhook import FILE
from shop.core.signing import Signer
from shop.payments.stripe_account import PINNED_VERSION
from shop.payments.stripe_gateway import StripeGateway
from shop.sandbox.app import create_app as create_stand_in
from shop.web.context import Runtime
from tests.sandbox.conftest import call, eventually, sdk, session_params
from tests.support.proxy import Proxy, running_proxy
from tests.support.stack import free_port
from tests.support.wire import Wire, running_wire

URL = "https://shop.example.com"
HOOK = f"{URL}/stripe/webhook"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Wire]:
    with running_wire() as running:
        yield running


@pytest.fixture
def wire(sandbox: Wire) -> Wire:
    assert call(f"{sandbox.url}/_sandbox/reset", {})[0] == 200
    return sandbox


@pytest.fixture
def proxy(wire: Wire) -> Iterator[Proxy]:
    with running_proxy(wire.url) as running:
        yield running


Command = Callable[..., Result]


@pytest.fixture
def environ(wire: Wire, tmp_path: Path) -> dict[str, str | None]:
    return {
        "DATA_DIR": str(tmp_path),
        "STRIPE_API_BASE": wire.url,
        "STRIPE_SECRET_KEY": "sk_test_of_the_tests",
        "STRIPE_WEBHOOK_SECRET": None,
        "PUBLIC_URL": f"http://127.0.0.1:{free_port()}",
        "TEST_MODE_ROOMS": None,
        "STRIPE_ALLOW_LIVE_KEY": None,
    }


@pytest.fixture
def command(environ: dict[str, str | None]) -> Command:
    def run(*arguments: str, **more: str) -> Result:
        return CliRunner().invoke(stripe_group, list(arguments), env={**environ, **more})

    return run


def endpoints(wire: Wire) -> list[Any]:
    """Return the endpoints, without the one that the stand-in was started with."""
    return [one for one in sdk(wire.url).v1.webhook_endpoints.list() if one.url != wire.receiver.url]


def kept(folder: Path) -> dict[str, str]:
    return next(iter(json.loads((folder / FILE).read_text()).values()))


class TestFindUnreachable:
    @pytest.mark.parametrize(
        "url",
        ["http://shop.example.com", "https://127.0.0.1", "https://10.1.2.3:8443", "https://localhost", "https://nas",
         "https://shop.local", "https://[::1]"],
    )  # fmt: skip
    def test_names_a_reason(self, url: str) -> None:
        assert find_unreachable(url)

    @pytest.mark.parametrize("url", ["https://shop.example.com", "https://93.184.216.34"])
    def test_lets_public_addresses_pass(self, url: str) -> None:
        assert find_unreachable(url) is None


class TestKinds:
    def test_are_as_many_as_the_events_api_takes_at_most(self) -> None:
        assert len(KINDS) <= 20


class TestSetup:
    def test_registers_exactly_what_the_inbox_uses_and_keeps_the_secret(
        self, wire: Wire, command: Command, tmp_path: Path
    ) -> None:
        told = command("setup", "--url", f"{URL}/")
        assert told.exit_code == 0, told.output
        [endpoint] = endpoints(wire)
        assert (endpoint.url, set(endpoint.enabled_events)) == (HOOK, set(HANDLERS))
        assert kept(tmp_path)["endpoint_id"] == endpoint.id
        assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
        secret = kept(tmp_path)["secret"]
        assert secret.startswith("whsec_")
        assert secret not in told.output
        assert secret[-4:] in told.output

    def test_again_leaves_one_endpoint(self, wire: Wire, command: Command, tmp_path: Path) -> None:
        command("setup", "--url", URL)
        before = (tmp_path / FILE).read_text()
        told = command("setup", "--url", URL)
        assert "nothing to do" in told.output
        assert len(endpoints(wire)) == 1
        assert (tmp_path / FILE).read_text() == before

    def test_sets_right_what_was_changed_and_moves_with_the_address(
        self, wire: Wire, command: Command
    ) -> None:
        command("setup", "--url", URL)
        [endpoint] = endpoints(wire)
        changes: Any = {"enabled_events": ["charge.refunded"], "disabled": True}
        sdk(wire.url).v1.webhook_endpoints.update(endpoint.id, changes)
        told = command("setup", "--url", "https://moved.example.com")
        [endpoint] = endpoints(wire)
        assert told.stdout.startswith("Updated https://moved.example.com/stripe/webhook")
        assert (endpoint.url, endpoint.status) == ("https://moved.example.com/stripe/webhook", "enabled")
        assert set(endpoint.enabled_events) == KINDS

    @pytest.mark.parametrize(
        "url", ["http://shop.example.com", "https://localhost:8000", "http://127.0.0.1:8000"]
    )
    def test_refuses_an_address_that_stripe_cannot_reach(
        self, wire: Wire, command: Command, url: str
    ) -> None:
        told = command("setup", "--url", url)
        assert told.exit_code == 1
        assert "shop stripe listen" in told.output
        assert endpoints(wire) == []

    def test_offers_to_replace_an_endpoint_whose_secret_is_not_known(
        self, wire: Wire, command: Command, tmp_path: Path
    ) -> None:
        old = sdk(wire.url).v1.webhook_endpoints.create({"url": HOOK, "enabled_events": ["*"]})
        told = command("setup", "--url", URL)
        assert (told.exit_code, old.id in told.output, "--replace" in told.output) == (1, True, True)
        assert command("setup", "--url", URL, "--replace").exit_code == 0
        [endpoint] = endpoints(wire)
        assert endpoint.id != old.id
        assert kept(tmp_path)["endpoint_id"] == endpoint.id

    def test_and_doctor_name_the_command_that_works_from_here(self, wire: Wire, command: Command) -> None:
        told = command("setup")
        assert (told.exit_code, "add --local" in told.output) == (1, True)
        for _ in range(2):
            command("setup", "--local", "--replace")
            sdk(wire.url).v1.webhook_endpoints.create(
                {"url": endpoints(wire)[0].url, "enabled_events": ["*"]}
            )
        assert "`shop stripe setup --local --replace` leaves one" in command("setup", "--local").output
        sdk(wire.url).v1.webhook_endpoints.update(endpoints(wire)[0].id, {"enabled_events": sorted(KINDS)})
        advice = checks(command("doctor", "--json"))["endpoint"]["advice"]
        assert advice == "`shop stripe setup --local --replace` leaves one"
        assert command(*advice.split("`")[1].split()[2:]).exit_code == 0
        assert len(endpoints(wire)) == 1

    def test_has_nothing_to_do_where_the_stand_in_was_started_with_the_address(
        self, command: Command, tmp_path: Path
    ) -> None:
        origin = f"http://127.0.0.1:{free_port()}"
        port = free_port()
        base, hook = f"http://127.0.0.1:{port}", f"{origin}/stripe/webhook"
        stand_in = create_stand_in(":memory:", public_url=base, webhooks=[(hook, "whsec_of_the_start")])
        server = make_server("127.0.0.1", port, stand_in, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            told = command("setup", "--local", PUBLIC_URL=origin, STRIPE_API_BASE=base)
        finally:
            server.shutdown()
            stand_in.extensions["sandbox"].close()
        assert told.exit_code == 0, told.output
        assert "the stand-in was started with it" in told.output
        assert not (tmp_path / FILE).exists()

    def test_with_the_setting_makes_no_secret_that_would_not_be_read(
        self, wire: Wire, command: Command
    ) -> None:
        told = command("setup", "--url", URL, STRIPE_WEBHOOK_SECRET="whsec_mine")
        assert (told.exit_code, "unset it" in told.output) == (1, True)
        assert endpoints(wire) == []

    def test_says_what_a_restricted_key_lacks(self, proxy: Proxy, command: Command) -> None:
        words = "The provided key does not have the required permissions"
        proxy.meddle = lambda _method, _path: (403, {}, {"error": {"message": words}})
        told = command("setup", "--url", URL, STRIPE_API_BASE=proxy.url)
        assert (told.exit_code, words in told.output) == (1, True)

    def test_the_shop_takes_webhooks_signed_by_the_secret_that_was_kept(
        self, wire: Wire, shop_at: Callable[[], str], command: Command
    ) -> None:
        told = command("setup", "--local")
        assert told.exit_code == 0, told.output
        shop_at()
        client = sdk(wire.url)
        client.v1.checkout.sessions.expire(client.v1.checkout.sessions.create(session_params()).id)
        [endpoint] = endpoints(wire)

        def taken() -> bool:
            rows = call(f"{wire.url}/_sandbox/deliveries?status=succeeded")[1]["data"]
            return any(row["endpoint"] == endpoint.id for row in rows)

        eventually(taken)


class TestReconcile:
    def test_tells_the_operator_that_the_key_is_not_taken(
        self, proxy: Proxy, command: Command, database: Database
    ) -> None:
        proxy.meddle = lambda _method, _path: (401, {}, {"error": {"message": "Invalid API Key provided"}})
        url = database.url.render_as_string(hide_password=False)
        told = command("reconcile", STRIPE_API_BASE=proxy.url, DATABASE_URL=url)
        assert told.exit_code == 1
        assert "The key is not taken" in " ".join(told.stdout.split())

    def test_tells_the_operator_that_stripe_does_not_answer(
        self, command: Command, database: Database
    ) -> None:
        url = database.url.render_as_string(hide_password=False)
        nowhere = f"http://127.0.0.1:{free_port()}"
        told = command("reconcile", STRIPE_API_BASE=nowhere, DATABASE_URL=url, COLUMNS="120")
        assert told.exit_code == 1
        assert "Stripe does not answer" in told.stdout
        assert "try again in a moment" not in " ".join(told.stdout.split())

    def test_tells_in_a_sentence_that_the_database_cannot_be_used(
        self, command: Command, tmp_path: Path
    ) -> None:
        told = command("reconcile", DATABASE_URL=f"sqlite:///{tmp_path}/none/shop.db")
        assert isinstance(told.exception, SystemExit)
        assert "try `shop migrate`" in told.output


@pytest.fixture
def shop_at(
    environ: dict[str, str | None], database: Database, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], str]]:
    """Start the shop at PUBLIC_URL with the settings of the environment, as ``shop run`` reads them."""
    servers = []

    def start() -> str:
        for name, value in environ.items():
            monkeypatch.delenv(name, raising=False)
            if value is not None:
                monkeypatch.setenv(name, value)
        settings = load_settings()
        runtime = Runtime(
            settings, database, SystemClock(), Signer(settings.secret_key), FileStore(settings.media_dir)
        )
        app: Flask = create_app(runtime, gateway=StripeGateway(settings))
        server = make_server("127.0.0.1", int(settings.public_url.rsplit(":", 1)[1]), app, threaded=True)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return settings.public_url

    yield start
    for server in servers:
        server.shutdown()


def checks(result: Result) -> dict[str, dict[str, str]]:
    return {check["name"]: check for check in json.loads(result.stdout)["checks"]}


class TestDoctor:
    def test_all_is_well_with_the_stand_in_and_a_server(
        self, shop_at: Callable[[], str], command: Command
    ) -> None:
        command("setup", "--local")
        shop_at()
        told = command("doctor", "--json")
        found = {name: check["level"] for name, check in checks(told).items()}
        assert found == dict.fromkeys(
            ["mode", "key", "clock", "permissions", "version", "endpoint", "secret", "webhook"], "ok"
        )
        assert told.exit_code == 0

    def test_tells_that_a_server_runs_with_another_secret(
        self, shop_at: Callable[[], str], command: Command
    ) -> None:
        shop_at()
        command("setup", "--local")
        told = command("doctor", "--json")
        assert checks(told)["webhook"]["level"] == "fail"
        assert "restart" in checks(told)["webhook"]["advice"]
        assert told.exit_code == 1

    def test_does_not_pretend_to_have_tried_a_server_that_is_not_up(self, command: Command) -> None:
        told = command("doctor", "--json", STRIPE_WEBHOOK_SECRET="whsec_x")
        assert checks(told)["webhook"]["level"] == "skip"

    def test_says_that_nothing_answers_and_how_to_start_it(self, command: Command) -> None:
        told = command("doctor", STRIPE_API_BASE=f"http://127.0.0.1:{free_port()}")
        assert told.exit_code == 1
        assert "does not answer" in told.output
        assert "shop sandbox" in told.output

    def test_says_that_the_key_is_not_taken_without_showing_it(self, proxy: Proxy, command: Command) -> None:
        proxy.meddle = lambda _method, _path: (401, {}, {"error": {"message": "Invalid API Key provided"}})
        told = command("doctor", "--json", STRIPE_API_BASE=proxy.url)
        assert checks(told)["key"]["level"] == "fail"
        assert "Invalid API Key provided" in checks(told)["key"]["text"]
        assert "sk_test_of_the_tests" not in told.output
        assert told.exit_code == 1

    def test_names_what_a_restricted_key_lacks_and_writes_nothing(
        self, wire: Wire, proxy: Proxy, command: Command
    ) -> None:
        def meddle(_method: str, path: str) -> Any:
            if path.startswith("/v1/refunds"):
                return 403, {}, {"error": {"message": "no"}}
            return None

        proxy.meddle = meddle
        told = command("doctor", "--json", STRIPE_API_BASE=proxy.url, STRIPE_SECRET_KEY="rk_test_narrow")
        assert checks(told)["permissions"]["text"] == "the restricted key may not: write refunds"
        assert list(sdk(wire.url).v1.customers.list()) == []
        assert list(sdk(wire.url).v1.checkout.sessions.list()) == []

    @pytest.mark.parametrize(("behind", "level"), [(0, "ok"), (90, "warn"), (-90, "warn"), (400, "fail")])
    def test_measures_the_clock_by_the_answers_date(
        self, proxy: Proxy, command: Command, behind: int, level: str
    ) -> None:
        at = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=behind)
        proxy.headers["Date"] = format_datetime(at, usegmt=True)
        told = command("doctor", "--json", STRIPE_API_BASE=proxy.url)
        assert checks(told)["clock"]["level"] == level
        assert told.exit_code == (level == "fail")

    def test_tells_another_version_of_the_account_and_of_the_endpoint(
        self, proxy: Proxy, command: Command
    ) -> None:
        proxy.headers["Stripe-Version"] = "2020-08-27"

        def tamper(_method: str, path: str, answer: Any) -> Any:
            if path.startswith("/v1/webhook_endpoints"):
                answer["data"] = [one | {"api_version": "2020-08-27"} for one in answer["data"]]
            return answer

        command("setup", "--url", URL)
        proxy.tamper = tamper
        told = checks(command("doctor", "--json", STRIPE_API_BASE=proxy.url, PUBLIC_URL=URL))
        assert told["version"]["level"] == "warn"
        assert "2020-08-27" in told["version"]["text"]
        assert PINNED_VERSION in told["version"]["text"]
        assert told["endpoint"]["level"] == "warn"

    @pytest.mark.parametrize(
        ("changes", "words"),
        [({"disabled": True}, "switched off"), ({"enabled_events": ["charge.refunded"]}, "refund.failed")],
    )
    def test_tells_what_is_wrong_with_the_endpoint(
        self, wire: Wire, command: Command, changes: Any, words: str
    ) -> None:
        command("setup", "--url", URL)
        sdk(wire.url).v1.webhook_endpoints.update(endpoints(wire)[0].id, changes)
        told = checks(command("doctor", "--json", PUBLIC_URL=URL))
        assert told["endpoint"]["level"] == "fail"
        assert words in told["endpoint"]["text"]
        assert "shop stripe setup" in told["endpoint"]["advice"]

    def test_a_public_address_without_an_endpoint_fails_and_a_local_one_is_led_to_listen(
        self, command: Command
    ) -> None:
        public = checks(command("doctor", "--json", PUBLIC_URL=URL))
        assert (public["endpoint"]["level"], public["endpoint"]["advice"]) == ("fail", "`shop stripe setup`")
        assert "shop stripe listen" in checks(command("doctor", "--json"))["endpoint"]["advice"]

    def test_tells_that_the_setting_wins_over_the_secret_kept(self, command: Command) -> None:
        command("setup", "--url", URL)
        told = checks(command("doctor", "--json", PUBLIC_URL=URL, STRIPE_WEBHOOK_SECRET="whsec_other"))
        assert told["secret"]["level"] == "warn"

    @pytest.mark.parametrize(
        ("key", "why"),
        [
            ("sk_live_x", "STRIPE_SECRET_KEY: a live key moves real money"),
            ("pk_test_x", "STRIPE_SECRET_KEY: holds the publishable key"),
            ("abc", "STRIPE_SECRET_KEY: must start with sk_test_ or rk_test_"),
        ],
    )
    def test_a_key_that_is_refused_is_a_failed_check(self, command: Command, key: str, why: str) -> None:
        told = command("doctor", "--json", STRIPE_SECRET_KEY=key)
        assert told.exit_code == 1
        assert why in checks(told)["settings"]["text"]

    def test_says_in_capitals_that_a_live_key_is_on(self, command: Command) -> None:
        told = command("doctor", "--json", STRIPE_SECRET_KEY="sk_live_x", STRIPE_ALLOW_LIVE_KEY="1")
        assert checks(told)["mode"]["text"].startswith("LIVE")


class TestLoadSettings:
    """What ``setup`` kept is read, for its own key only, and the setting wins."""

    def test_reads_the_secret_kept(
        self,
        command: Command,
        environ: dict[str, str | None],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        command("setup", "--url", URL)
        for name in environ:
            monkeypatch.delenv(name, raising=False)
        for name, value in environ.items():
            if value is not None:
                monkeypatch.setenv(name, value)
        secret = kept(tmp_path)["secret"]
        assert secret in str(load_settings().stripe_webhook_secret)
        monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_of_another_account")
        assert secret not in str(load_settings().stripe_webhook_secret)
        monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_of_the_tests")
        monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "whsec_mine")
        assert load_settings().stripe_webhook_secret == "whsec_mine"

    def test_refuses_the_rooms_of_test_mode_with_a_live_key(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in {
            "DATA_DIR": str(tmp_path), "STRIPE_SECRET_KEY": "sk_live_x", "STRIPE_ALLOW_LIVE_KEY": "1",
            "TEST_MODE_ROOMS": "1",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        with pytest.raises(ConfigurationError, match=r"TEST_MODE_ROOMS: .*never with a live key"):
            load_settings()
