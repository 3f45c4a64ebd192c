"""``shop stripe listen``: events fetched from a running stand-in, also when it stutters, and never twice."""

import dataclasses
import datetime as dt
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from shop.checkout.cli import stripe_group
from shop.checkout.desk import guest_buyer
from shop.checkout.listening import OVERLAP, Listener
from shop.checkout.listening_place import FILE, Place, PlaceFile
from shop.core.clock import SteppedClock, SystemClock
from shop.core.db import Database
from shop.core.kill_points import ARMED, STOPPED
from shop.orders.models import OrderStatus
from shop.payments.gateway import EventInfo, GatewayMissing, GatewayUnauthorized, GatewayUnavailable
from shop.payments.models import WebhookEvent
from shop.payments.parsing import parse_event
from shop.payments.stripe_account import EventPage, StripeAccount
from tests.checkout.test_over_the_wire import Market
from tests.conftest import make_settings
from tests.sandbox.conftest import call, eventually, sdk, session_params
from tests.support.proxy import Proxy, running_proxy
from tests.support.stack import ROOT
from tests.support.wire import Wire, make_gateway, running_wire

KIND = "checkout.session.expired"


@pytest.fixture
def wire() -> Iterator[Wire]:
    with running_wire() as running:
        yield running


@pytest.fixture
def proxy(wire: Wire) -> Iterator[Proxy]:
    with running_proxy(wire.url) as running:
        yield running


@pytest.fixture
def market(database: Database, wire: Wire, tmp_path: Path) -> Market:
    return Market(database, wire, make_gateway(wire, tmp_path))


class Ear:
    """Keeps what a listener tells."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.refused: list[tuple[str, bool]] = []
        self.said: list[str] = []
        self.walked: list[int] = []

    def hear(self, event: EventInfo, outcome: str, order_number: str) -> None:
        self.heard.append(f"{event.kind} {outcome} {order_number}".strip())

    def hear_refusal(self, event: EventInfo, error: Exception, *, is_final: bool) -> None:
        self.refused.append((event.id, is_final))

    def hear_progress(self, passed: int) -> None:
        self.walked.append(passed)

    def say(self, text: str) -> None:
        self.said.append(text)


def account(url: str, folder: Path) -> StripeAccount:
    return StripeAccount(dataclasses.replace(make_settings("sqlite://", folder), stripe_api_base=url))


class Listening:
    """Listeners over one database and place, each like a new process."""

    def __init__(self, database: Database, url: str, folder: Path) -> None:
        self.database, self.url, self.folder = database, url, folder
        self.places = PlaceFile(folder, "one")

    def start(self, since: dt.datetime | None = None) -> tuple[Listener, Ear]:
        ear = Ear()
        listener = Listener(self.database, account(self.url, self.folder), self.places, ear, SystemClock())
        listener.begin(since)
        return listener, ear

    def once(self, since: dt.datetime | None = None) -> Ear:
        listener, ear = self.start(since)
        listener.run(is_once=True, interval_s=1, wait=lambda _seconds: None)
        return ear


@pytest.fixture
def listening(database: Database, proxy: Proxy, tmp_path: Path) -> Listening:
    return Listening(database, proxy.url, tmp_path)


def inbox(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(WebhookEvent.event_id).order_by(WebhookEvent.id)))


def expire_sessions(wire: Wire, count: int) -> None:
    client = sdk(wire.url)
    for _ in range(count):
        client.v1.checkout.sessions.expire(client.v1.checkout.sessions.create(session_params()).id)


class TestListen:
    def test_completes_an_order_on_localhost(self, market: Market, wire: Wire, listening: Listening) -> None:
        started = market.buy(guest_buyer("v1", "guest@example.com"))
        wire.pay(str(started.url))
        ear = listening.once()
        assert ear.said[0].startswith("First run: beginning with the events since")
        assert f"checkout.session.completed applied:paid {started.order_number}" in ear.heard
        assert market.order(started).status is OrderStatus.PAID

    def test_applies_what_came_as_a_webhook_no_second_time(
        self, market: Market, wire: Wire, listening: Listening
    ) -> None:
        started = market.buy(guest_buyer("v1", "guest@example.com"))
        since = SystemClock().now()
        wire.pay(str(started.url))
        market.hear("checkout.session.completed")
        assert listening.once(since - dt.timedelta(minutes=1)).heard == []

    def test_goes_on_where_it_was(self, market: Market, wire: Wire, listening: Listening) -> None:
        first = market.buy(guest_buyer("v1", "guest@example.com"))
        wire.pay(str(first.url))
        listening.once()
        second = market.buy(guest_buyer("v2", "other@example.com"))
        wire.pay(str(second.url))
        ear = listening.once()
        assert ear.said[0].startswith("Going on where the last run ended")
        assert [line for line in ear.heard if "applied:paid" in line] == [
            f"checkout.session.completed applied:paid {second.order_number}"
        ]

    def test_pages_through_more_than_a_page_oldest_first(
        self, database: Database, wire: Wire, listening: Listening
    ) -> None:
        expire_sessions(wire, 130)
        ear = listening.once(SystemClock().now() - dt.timedelta(hours=1))
        newest_first = [
            event.id
            for event in sdk(wire.url).v1.events.list({"limit": 100, "types": [KIND]}).auto_paging_iter()
        ]
        assert inbox(database) == newest_first[::-1]
        assert len(ear.heard) == 130
        assert ear.walked == [100, 130]

    def test_on_a_first_run_without_an_order_begins_now(
        self, database: Database, wire: Wire, listening: Listening
    ) -> None:
        assert listening.once().said[0].startswith("First run, and no order waits")
        expire_sessions(wire, 1)
        assert len(listening.once().heard) == 1

    @pytest.mark.parametrize("trouble", ["drop", 429, 500])
    def test_survives_what_does_not_answer(
        self, wire: Wire, proxy: Proxy, listening: Listening, trouble: str | int
    ) -> None:
        expire_sessions(wire, 1)
        left = [6]

        def meddle(_method: str, _path: str) -> Any:
            left[0] -= 1
            if left[0] < 0:
                return None
            error = {"error": {"type": "api_error", "message": "not now"}}
            return trouble if isinstance(trouble, str) else (trouble, {"Stripe-Should-Retry": "false"}, error)

        proxy.meddle = meddle
        listener, ear = listening.start(SystemClock().now() - dt.timedelta(hours=1))
        pauses: list[float] = []

        def wait(seconds: float) -> None:
            pauses.append(seconds)
            if any("Caught up" in line for line in ear.said):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            listener.run(is_once=False, interval_s=1, wait=wait)
        assert len(ear.heard) == 1
        waits = pauses[:-1]
        assert len(waits) >= 3
        assert waits[2] > 1.5 * waits[0]

    @pytest.mark.parametrize("kind", ["rate_limit", "server_error", "lost_response", "conflict"])
    def test_survives_the_stand_ins_own_faults(
        self, database: Database, wire: Wire, tmp_path: Path, kind: str
    ) -> None:
        expire_sessions(wire, 2)
        fault = {"kind": kind, "path": "/v1/events*", "count": 3}
        assert call(f"{wire.url}/_sandbox/faults", fault)[0] == 201
        ear = Listening(database, wire.url, tmp_path).once(SystemClock().now() - dt.timedelta(hours=1))
        assert len(ear.heard) == 2

    def test_once_gives_up_on_what_does_not_answer(self, proxy: Proxy, listening: Listening) -> None:
        proxy.meddle = lambda _method, _path: (500, {}, {"error": {"message": "not now"}})
        with pytest.raises(GatewayUnavailable):
            listening.once()

    def test_ends_at_once_when_the_key_is_not_taken(self, proxy: Proxy, listening: Listening) -> None:
        proxy.meddle = lambda _method, _path: (401, {}, {"error": {"message": "Invalid API Key provided"}})
        listener, _ear = listening.start()
        with pytest.raises(GatewayUnauthorized):
            listener.run(is_once=False, interval_s=1)

    def test_an_event_that_cannot_be_applied_keeps_no_other_back_and_is_tried_again(
        self, database: Database, wire: Wire, proxy: Proxy, listening: Listening
    ) -> None:
        expire_sessions(wire, 3)
        events = [event.id for event in sdk(wire.url).v1.events.list({"types": [KIND]}).data]

        def spoil(_method: str, _path: str, answer: Any) -> Any:
            for raw in answer["data"] if answer["object"] == "list" else [answer]:
                if raw["id"] == events[1]:
                    raw["type"] = None
            return answer

        proxy.tamper = spoil
        ear = listening.once(SystemClock().now() - dt.timedelta(hours=1))
        assert len(ear.heard) == 2
        assert ear.refused == [(events[1], False)]
        proxy.tamper = lambda _method, _path, answer: answer
        assert len(listening.once().heard) == 1
        assert sorted(inbox(database)) == sorted(events)
        assert listening.once().heard == []

    def test_a_place_that_is_not_known_any_more_is_told_and_nothing_is_lost(
        self, database: Database, wire: Wire, listening: Listening
    ) -> None:
        listening.places.keep(Place(SystemClock().now() - dt.timedelta(hours=1), "evt_of_another_life"))
        expire_sessions(wire, 2)
        ear = listening.once()
        assert "evt_of_another_life" in ear.said[1]
        assert len(ear.heard) == 2

    def test_a_place_of_more_than_30_days_ago_is_told(self, wire: Wire, listening: Listening) -> None:
        listening.places.keep(Place(SystemClock().now() - dt.timedelta(days=40), "evt_old"))
        expire_sessions(wire, 1)
        ear = listening.once()
        assert "30 days" in ear.said[1]
        assert "shop stripe reconcile" in ear.said[1]
        assert len(ear.heard) == 1

    def test_killed_before_the_place_is_kept_nothing_is_lost_and_nothing_twice(
        self, market: Market, wire: Wire, listening: Listening, tmp_path: Path
    ) -> None:
        started = market.buy(guest_buyer("v1", "guest@example.com"))
        wire.pay(str(started.url))

        class Killed(PlaceFile):
            def keep(self, place: Place) -> None:
                raise KeyboardInterrupt

        places, listening.places = listening.places, Killed(tmp_path, "one")
        with pytest.raises(KeyboardInterrupt):
            listening.once()
        before = [event.kind for event in market.order(started).history]
        listening.places = places
        listening.once()
        assert [event.kind for event in market.order(started).history] == before
        assert before.count("paid") == 1


class ShelfFeed:
    """An events API whose list is written by the test, in the order in which it is listed."""

    source = "stripe"

    def __init__(self) -> None:
        self.shelf: list[EventInfo] = []

    def put(self, event_id: str, at: dt.datetime, place: int | None = None) -> None:
        raw = {
            "id": event_id,
            "type": KIND,
            "created": at.timestamp(),
            "data": {"object": {"id": f"cs_{event_id}"}},
        }
        self.shelf.insert(len(self.shelf) if place is None else place, parse_event(raw))

    def list_newer_events(self, event_id: str, kinds: Collection[str]) -> EventPage:
        places = [place for place, one in enumerate(self.shelf) if one.id == event_id]
        if not places:
            raise GatewayMissing("No such event", stripe_code="resource_missing")
        newer = self.shelf[places[0] + 1 :]
        return EventPage(newer[:2], len(newer) > 2)

    def find_first_event(
        self, since: dt.datetime, kinds: Collection[str], *, on_page: Callable[[int], None]
    ) -> EventInfo | None:
        return next((one for one in self.shelf if one.created_at >= since), None)

    def get_event(self, event_id: str) -> EventInfo:
        return next(one for one in self.shelf if one.id == event_id)


class TestPlace:
    """Where listening is, when events have equal times or are listed late."""

    @pytest.fixture
    def seconds(self) -> list[float]:
        return [0.0]

    @pytest.fixture
    def feed(self) -> ShelfFeed:
        return ShelfFeed()

    @pytest.fixture
    def start(
        self, database: Database, feed: ShelfFeed, clock: SteppedClock, tmp_path: Path, seconds: list[float]
    ) -> Callable[[], Listener]:
        def make() -> Listener:
            places = PlaceFile(tmp_path, "one")
            listener = Listener(database, feed, places, Ear(), clock, seconds=lambda: seconds[0])
            listener.begin()
            return listener

        return make

    def test_events_of_the_same_second_are_all_applied_over_restarts(
        self, database: Database, feed: ShelfFeed, clock: SteppedClock, start: Callable[[], Listener]
    ) -> None:
        names = [f"evt_{number}" for number in range(9)]
        for number, name in enumerate(names):
            feed.put(name, clock.now())
            if number % 3 == 0:
                start().poll()
        start().poll()
        assert inbox(database) == names

    def test_an_event_that_is_listed_late_before_newer_ones_is_applied(
        self, database: Database, feed: ShelfFeed, clock: SteppedClock, start: Callable[[], Listener],
        seconds: list[float],
    ) -> None:  # fmt: skip
        listener = start()
        for minute in range(4):
            feed.put(f"evt_{minute}", clock.now() + dt.timedelta(minutes=minute))
        listener.poll()
        feed.put("evt_late", clock.now() + dt.timedelta(minutes=2, seconds=30), place=3)
        seconds[0] += 31
        listener.poll()
        assert "evt_late" in inbox(database)

    def test_a_restart_long_after_lists_nothing_again(
        self, feed: ShelfFeed, clock: SteppedClock, start: Callable[[], Listener]
    ) -> None:
        feed.put("evt_first", clock.now())
        start().poll()
        clock.advance(minutes=10)
        start().poll()
        last = start()
        last.poll()
        assert last.tally.fetched == set()

    def test_the_place_comes_up_to_the_last_event_once_it_is_quiet(
        self, feed: ShelfFeed, clock: SteppedClock, start: Callable[[], Listener], seconds: list[float],
        tmp_path: Path,
    ) -> None:  # fmt: skip
        listener = start()
        feed.put("evt_first", clock.now())
        feed.put("evt_last", clock.now())
        listener.poll()
        seconds[0] += OVERLAP.total_seconds() + 1
        listener.poll()
        kept = PlaceFile(tmp_path, "one").find()
        assert kept is not None
        assert kept.anchor == "evt_last"


class TestListenCommand:
    @pytest.fixture
    def command(self, database: Database, wire: Wire, tmp_path: Path) -> Callable[..., Result]:
        environ = {
            "DATABASE_URL": database.url.render_as_string(hide_password=False),
            "DATA_DIR": str(tmp_path / "data"),
            "STRIPE_API_BASE": wire.url,
            "STRIPE_SECRET_KEY": "sk_test_of_the_tests",
        }

        def run(*arguments: str, **more: str) -> Result:
            return CliRunner().invoke(stripe_group, list(arguments), env={**environ, **more})

        return run

    def test_prints_one_line_an_event(
        self, market: Market, wire: Wire, command: Callable[..., Result], tmp_path: Path
    ) -> None:
        started = market.buy(guest_buyer("v1", "guest@example.com"))
        wire.pay(str(started.url))
        told = command("listen", "--once")
        assert told.exit_code == 0, told.output
        line = next(one for one in told.stdout.splitlines() if "session.completed" in one)
        assert line.split("  ")[1:] == [
            "checkout.session.completed", str(started.url).rsplit("/", 1)[-1], "applied:paid", started.order_number,
        ]  # fmt: skip
        assert told.stdout.splitlines()[-1] == "Ended: 1 events fetched, 1 of them new."
        assert (tmp_path / "data" / FILE).stat().st_mode & 0o777 == 0o600
        assert "sk_test" not in (tmp_path / "data" / FILE).read_text()

    def test_says_in_one_sentence_that_the_database_is_empty(
        self, command: Callable[..., Result], tmp_path: Path
    ) -> None:
        told = command("listen", "--once", DATABASE_URL=f"sqlite:///{tmp_path / 'nothing.db'}")
        assert told.exit_code == 1
        assert "no such table" in told.output

    @pytest.mark.parametrize("since", ["soon", "2999-01-01", "99999999d"])
    def test_refuses_a_time_that_is_none(self, command: Callable[..., Result], since: str) -> None:
        told = command("listen", "--once", "--since", since)
        assert told.exit_code == 2
        assert "--since" in told.output

    @pytest.mark.parametrize(("status", "hint"), [(401, "stripe doctor"), (403, "permission to read events")])
    def test_says_in_one_sentence_that_the_key_is_not_taken(
        self, command: Callable[..., Result], proxy: Proxy, status: int, hint: str
    ) -> None:
        proxy.meddle = lambda _method, _path: (status, {}, {"error": {"message": "That key is not good"}})
        told = command("listen", "--once", STRIPE_API_BASE=proxy.url)
        assert told.exit_code == 1
        assert "That key is not good" in told.output
        assert hint in told.output

    @pytest.mark.parametrize("point", ["webhook.applied", "webhook.committed"])
    def test_killed_at_any_point_it_applies_each_event_once(
        self, market: Market, wire: Wire, tmp_path: Path, point: str
    ) -> None:
        started = market.buy(guest_buyer("v1", "guest@example.com"))
        wire.pay(str(started.url))
        kills = tmp_path / "kills"
        (kills / ARMED).mkdir(parents=True)
        (kills / ARMED / f"{point}@1").touch()
        env = {name: value for name, value in os.environ.items() if not name.startswith("STRIPE_")} | {
            "DATABASE_URL": market.database.url.render_as_string(hide_password=False), "DATA_DIR": str(tmp_path),
            "SANDBOX_PORT": wire.url.rsplit(":", 1)[1], "KILL_POINTS_DIR": str(kills),
        }  # fmt: skip
        command = [sys.executable, "-m", "shop.cli", "stripe", "listen", "--once"]
        process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.DEVNULL)
        eventually(lambda: list((kills / STOPPED).glob(f"{point}@*")), 60)
        process.kill()
        process.wait()
        subprocess.run(command, env=env, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=60)
        assert market.order(started).status is OrderStatus.PAID
        assert [event.kind for event in market.order(started).history].count("paid") == 1

    def test_an_interrupt_ends_it_with_a_summary(self, wire: Wire, tmp_path: Path) -> None:
        env = {
            **os.environ, "DATA_DIR": str(tmp_path), "STRIPE_API_BASE": wire.url, "PYTHONUNBUFFERED": "1",
            "STRIPE_SECRET_KEY": "sk_test_of_the_tests",
        }  # fmt: skip
        subprocess.run([sys.executable, "-m", "shop.cli", "migrate"], env=env, cwd=ROOT, check=True)
        command = [sys.executable, "-m", "shop.cli", "stripe", "listen", "--interval", "0.5"]
        with (tmp_path / "out").open("wb") as out:
            process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=out)
            eventually(lambda: "Caught up" in (tmp_path / "out").read_text(), 30)
            expire_sessions(wire, 1)
            eventually(lambda: KIND in (tmp_path / "out").read_text(), 30)
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 0
        assert (tmp_path / "out").read_text().splitlines()[-1] == "Ended: 1 events fetched, 1 of them new."
        assert call(f"{wire.url}/_sandbox/health")[0] == 200
