"""A mail server that dies between DATA and 250, is silent, busy or gone: each mail arrives, none is written twice."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from shop.accounts.service import request_password_reset
from shop.app import create_app
from shop.core.clock import SteppedClock
from shop.core.mail import SEND_MAIL, SMTP_TIMEOUT_S, Mail
from shop.core.outbox import MAX_ATTEMPTS, Job, JobState, Worker, enqueue, list_dead_jobs, retry_job
from shop.web.context import Runtime
from shop.worker import LANES, job_handlers
from tests.drills.mail_post import PostOffice
from tests.factories import make_account
from tests.support.drill_house import IN_FULL, report
from tests.support.fake_gateway import FakeGateway

ROUNDS = 3 if IN_FULL else 1
KILLS = 5 if IN_FULL else 3
"""How often a server is killed over one mail, at least; a job has eight tries."""


@dataclass
class Desk:
    """A worker that sends by a real server, and the clock that its retries wait for."""

    app: Flask
    runtime: Runtime
    clock: SteppedClock
    post: PostOffice
    worker: Worker
    rows: list[str]

    def write_mail(self, name: str) -> None:
        """Queue one mail."""
        with self.runtime.database.transaction() as session:
            account = make_account(session, email=f"{name}@example.com")
            request_password_reset(session, email=account.email, language="en", now=self.clock.now())

    def send(self) -> float:
        """Let the worker send what is due; return the seconds that it took."""
        began = time.monotonic()
        self.worker.run_due()
        return time.monotonic() - began

    def jobs(self) -> list[Job]:
        with self.runtime.database.reading() as session:
            return list(session.scalars(select(Job).where(Job.kind == SEND_MAIL).order_by(Job.id)))

    def mails(self) -> list[Mail]:
        with self.runtime.database.reading() as session:
            return list(session.scalars(select(Mail).order_by(Mail.id)))

    def come_due(self) -> None:
        """Turn the clock to the job's next try."""
        job = self.jobs()[0]
        assert job.state is JobState.WAITING, job.last_error
        wait = (job.run_at - self.clock.now()).total_seconds()
        if wait > 0:
            self.clock.advance(seconds=wait)

    def line(self, case: str) -> str:
        """Return a line of the table."""
        mails, jobs, got = self.mails(), self.jobs(), self.post.got()
        ids = {message_id for message_id, _ in got}
        return (
            f"{case:<34} {self.runtime.database.engine.dialect.name:<11} {jobs[0].attempts:>5} {len(got):>8}"
            f" {self.post.counts()['taken']:>6} {len(ids):>4} {len(mails):>5} {len(jobs):>5}  {jobs[0].state}"
        )


HEAD = f"{'the server':<34} {'database':<11} {'tries':>5} {'got data':>8} {'said 250':>6} {'ids':>4} {'mails':>5} {'jobs':>5}  job"


@pytest.fixture(scope="module")
def rows() -> Iterator[list[str]]:
    """The lines of the table, printed at the end."""
    found: list[str] = []
    yield found
    report("mail", [HEAD, *found])


@pytest.fixture
def desk(
    runtime: Runtime, gateway: FakeGateway, clock: SteppedClock, tmp_path: Path, rows: list[str]
) -> Iterator[Desk]:
    folder = tmp_path / "post"
    folder.mkdir()
    post = PostOffice(folder)
    served = replace(runtime, settings=replace(runtime.settings, smtp_url=post.url))
    app = create_app(served, gateway=gateway)
    yield Desk(app, served, clock, post, Worker(served.database, clock, job_handlers(app)), rows)
    post.kill()


def kill_when(post: PostOffice, what: str, times: int) -> threading.Thread:
    """Kill the server as soon as it has done ``what`` so often; return the thread that waits for it."""

    def wait_and_kill() -> None:
        post.wait_for(what, times)
        post.kill()

    thread = threading.Thread(target=wait_and_kill)
    thread.start()
    return thread


def told(desk: Desk, case: str) -> None:
    """Note the case's line, and hold what is true in every case."""
    desk.rows.append(desk.line(case))
    ids = {message_id for message_id, _ in desk.post.got()}
    (mail,), (job,) = desk.mails(), desk.jobs()
    assert ids <= {mail.message_id}
    assert (mail.sent_at is not None) == (job.state is JobState.DONE)


@pytest.mark.drill
class TestMailServer:
    @pytest.mark.parametrize("round_number", range(ROUNDS))
    def test_killed_between_data_and_250_gets_the_same_mail_again(
        self, desk: Desk, round_number: int
    ) -> None:
        desk.write_mail("kept")
        for kill in range(1, KILLS + 1):
            desk.post.open("mute")
            killer = kill_when(desk.post, "unanswered", kill)
            desk.send()
            killer.join()
            assert desk.mails()[0].sent_at is None
            desk.come_due()
        desk.post.open("well")
        desk.send()
        assert desk.post.counts() == {"unanswered": KILLS, "taken": 1}
        assert desk.mails()[0].sent_at == desk.clock.now()
        told(desk, f"killed {KILLS} times before its 250")

    def test_gone_for_a_while_gets_it_when_it_is_back(self, desk: Desk) -> None:
        desk.write_mail("patient")
        for _ in range(3):
            assert desk.send() < 2
            desk.come_due()
        desk.post.open("well")
        desk.send()
        assert desk.post.counts() == {"taken": 1}
        told(desk, "gone for 3 tries")

    def test_silent_holds_up_only_mails(self, desk: Desk) -> None:
        refunds: list[str] = []
        handlers = {**job_handlers(desk.app), "ask_refund": lambda job: refunds.append(job.subject)}
        assert (SEND_MAIL,) in [lane.kinds for lane in LANES]  # as ``shop worker`` parts them
        mails = Worker(desk.runtime.database, desk.clock, {SEND_MAIL: handlers.pop(SEND_MAIL)})
        others = Worker(desk.runtime.database, desk.clock, handlers)
        desk.write_mail("silence")
        with desk.runtime.database.transaction() as session:
            enqueue(session, kind="ask_refund", subject="7", payload={}, now=desk.clock.now())
        desk.post.open("silent")
        spent: list[float] = []
        lane = threading.Thread(target=lambda: spent.append(_seconds(mails.run_due)))
        lane.start()
        time.sleep(0.5)
        assert _seconds(others.run_due) < 2
        assert refunds == ["7"]
        assert lane.is_alive()
        if not IN_FULL:
            desk.post.kill()
        lane.join()
        assert spent[0] < SMTP_TIMEOUT_S + 3
        desk.come_due()
        desk.post.open("well")
        desk.send()
        told(desk, f"silent for {spent[0]:.0f} s, then well")

    def test_busy_gets_it_later(self, desk: Desk) -> None:
        desk.write_mail("later")
        desk.post.open("busy")
        for _ in range(2):
            desk.send()
            desk.come_due()
        desk.post.open("well")
        desk.send()
        assert desk.post.counts() == {"refused": 2, "taken": 1}
        told(desk, "451 to the data, twice")

    def test_refusing_for_good_leaves_a_dead_job_that_can_be_tried_again(self, desk: Desk) -> None:
        desk.write_mail("nobody")
        desk.post.open("refuse")
        began = desk.clock.now()
        for attempt in range(MAX_ATTEMPTS):
            desk.send()
            if attempt < MAX_ATTEMPTS - 1:
                desk.come_due()
        with desk.runtime.database.reading() as session:
            assert len(list_dead_jobs(session)) == 1
        assert "550" in str(desk.jobs()[0].last_error)
        assert desk.mails()[0].sent_at is None
        hours = (desk.clock.now() - began).total_seconds() / 3600
        told(desk, f"550, {MAX_ATTEMPTS} tries in {hours:.1f} h")
        desk.post.open("well")
        with desk.runtime.database.transaction() as session:
            retry_job(session, desk.jobs()[0].id, desk.clock.now())
        desk.send()
        assert desk.post.counts() == {"taken": 1}
        told(desk, "550, then tried again by hand")

    def test_slow_gets_it_once(self, desk: Desk) -> None:
        desk.write_mail("slow")
        desk.post.open("slow")
        desk.send()
        assert desk.post.counts() == {"taken": 1}
        told(desk, "250 after a second")

    def test_rude_at_the_farewell_does_not_get_it_again(self, desk: Desk) -> None:
        desk.write_mail("polite")
        desk.post.open("rude")
        desk.send()
        assert desk.jobs()[0].attempts == 1
        assert desk.post.counts() == {"taken": 1}
        told(desk, "250, then 421 to QUIT")


def _seconds(act: Callable[[], object]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began
