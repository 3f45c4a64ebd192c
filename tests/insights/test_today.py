"""The admin's first room."""

import datetime as dt
import json
from collections.abc import Callable
from html import unescape
from re import findall

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.core.outbox import Job, JobState, enqueue
from shop.insights.labels import job_text
from shop.orders.models import OrderStatus
from shop.page.days import raise_day
from shop.page.models import AuditEntry, Page, Role
from shop.payments.models import Dispute
from shop.worker import job_handlers
from tests.factories import make_page, make_product
from tests.insights.conftest import make_order
from tests.support.statements import count_statements

StaffBrowser = Callable[[Role], FlaskClient]
TODAY = "/en/manage/lumen"


def bury(database: Database, page: Page | None, clock: SteppedClock, subject: str = "1") -> int:
    """Let a job use up its attempts."""
    with database.transaction() as session:
        page_id = page.id if page else None
        enqueue(session, kind="ask_refund", subject=subject, payload={}, now=clock.now(), page_id=page_id)
        job = session.scalars(select(Job).where(Job.subject == subject)).one()
        job.state, job.attempts, job.last_error = JobState.DEAD, 8, "ConnectionError('<b>no</b> route')"
        return job.id


@pytest.fixture
def busy(database: Database, lumen: Page, clock: SteppedClock) -> Page:
    """A page with something of everything that waits, and some days of figures."""
    with database.transaction() as session:
        late = clock.now() - dt.timedelta(days=3)
        make_order(session, lumen, "LUM-1001", clock, placed_at=late, paid_at=late)
        make_order(session, lumen, "LUM-1002", clock)
        flagged = make_order(
            session, lumen, "LUM-1003", clock, status=OrderStatus.FLAGGED, flagged_reason="900 eur came, 1000 eur was due"
        )  # fmt: skip
        session.add(
            Dispute(
                order_id=flagged.id,
                stripe_dispute_id="dp_1",
                amount=1000,
                currency="eur",
                reason="fraudulent",
                status="needs_response",
                evidence_due_at=clock.now() + dt.timedelta(days=5),
                seen_at=clock.now(),
            )
        )
        make_product(session, lumen, title="Last lamp", variants=[(1000, 1), (1000, 0), (900, 50)])
        for days_ago, orders, visits in ((0, 2, 40), (1, 1, 50), (8, 2, 100)):
            at = clock.now() - dt.timedelta(days=days_ago)
            raise_day(session, page_id=lumen.id, at=at, visits=visits, new_followers=1)
            raise_day(
                session,
                page_id=lumen.id,
                at=at,
                currency="EUR",
                orders_paid=orders,
                sales_amount=1000 * orders,
            )
    bury(database, lumen, clock)
    return lumen


class TestShowToday:
    def test_is_left_by_editors_for_their_posts(self, staff_browser: StaffBrowser, busy: Page) -> None:
        assert staff_browser(Role.EDITOR).get(TODAY).headers["Location"] == f"{TODAY}/posts"

    @pytest.mark.parametrize("role", [role for role in Role if role is not Role.EDITOR])
    def test_shows_each_role_what_it_may_know(
        self, staff_browser: StaffBrowser, busy: Page, role: Role
    ) -> None:
        text = staff_browser(role).get(TODAY).text
        assert "LUM-1001" in text
        assert "Last lamp" in text
        assert ("data-chart" in text) is (role is not Role.FULFILMENT)
        assert ("Average order" in text) is (role is not Role.FULFILMENT)
        assert ("Ask Stripe for a refund" in text) is (role in (Role.OWNER, Role.MANAGER))

    def test_names_what_waits_the_longest_first(self, staff_browser: StaffBrowser, busy: Page) -> None:
        text = staff_browser(Role.OWNER).get(TODAY).text
        card = text[text.index("To ship") :]
        assert card.index("LUM-1001") < card.index("LUM-1002")
        assert "€9.00 came in, €10.00 was due." in text
        assert "Answer by" in text
        assert "Sold out" in text
        assert "&lt;b&gt;no&lt;/b&gt; route" in text

    def test_compares_the_period_with_the_one_before(self, staff_browser: StaffBrowser, busy: Page) -> None:
        text = staff_browser(Role.ANALYST).get(TODAY).text
        assert "€30.00" in text
        assert "50% more than the 7 days before" in text
        assert "3.3%" in text  # three orders of ninety visits
        assert "1.3 points more than the 7 days before" in text

    def test_gives_the_charts_the_figures_of_the_table(self, staff_browser: StaffBrowser, busy: Page) -> None:
        text = staff_browser(Role.ANALYST).get(f"{TODAY}?period=7").text
        charts = [json.loads(unescape(data)) for data in findall(r'data-chart="([^"]*)"', text)]
        assert [chart["kind"] for chart in charts] == ["bars", "bars", "line", "line", "bars"]
        assert charts[0]["now"] == [0, 0, 0, 0, 0, 10.0, 20.0]
        assert charts[0]["before"] == [0, 0, 0, 0, 0, 20.0, 0]
        assert charts[2]["now"] == [None] * 5 + [10.0, 10.0]
        assert charts[3]["now"][-1] == 0.05

    @pytest.mark.parametrize(
        ("period", "rows"), [("today", 2), ("7", 9), ("30", 32), ("90", 92), ("x", 9), ("", 9)]
    )
    def test_takes_the_period_from_the_address(
        self, staff_browser: StaffBrowser, busy: Page, period: str, rows: int
    ) -> None:
        answer = staff_browser(Role.OWNER).get(TODAY, query_string={"period": period})
        assert answer.status_code == 200
        assert answer.text.count('<th scope="row">') == rows

    def test_says_dash_where_there_is_no_figure(
        self, staff_browser: StaffBrowser, database: Database, lumen: Page, clock: SteppedClock
    ) -> None:
        with database.transaction() as session:
            raise_day(session, page_id=lumen.id, at=clock.now(), new_followers=1)
        text = staff_browser(Role.OWNER).get(TODAY).text
        assert "–" in text
        assert "No figure for the 7 days before to compare with" in text

    def test_keeps_other_currencies_apart(
        self, staff_browser: StaffBrowser, database: Database, busy: Page, clock: SteppedClock
    ) -> None:
        with database.transaction() as session:
            raise_day(
                session, page_id=busy.id, at=clock.now(), currency="USD", orders_paid=3, sales_amount=7500
            )  # fmt: skip
        text = staff_browser(Role.OWNER).get(TODAY).text
        assert "€30.00" in text
        assert "And 3 paid orders in another currency, not added above: $75.00." in text

    def test_teaches_a_new_page(self, staff_browser: StaffBrowser, lumen: Page) -> None:
        text = staff_browser(Role.OWNER).get(TODAY).text
        assert "Nothing waits for you." in text
        assert "No visits and no orders in this time" in text

    def test_speaks_french(self, staff_browser: StaffBrowser, busy: Page) -> None:
        text = staff_browser(Role.OWNER).get("/fr/manage/lumen").text
        assert "À faire" in text
        assert "de plus que" in text

    def test_shows_nothing_of_another_page(
        self, staff_browser: StaffBrowser, database: Database, lumen: Page, clock: SteppedClock
    ) -> None:
        with database.transaction() as session:
            other = make_page(session, slug="other")
            make_order(session, other, "OTH-1", clock)
            make_product(session, other, variants=[(1000, 0)])
            raise_day(session, page_id=other.id, at=clock.now(), visits=5)
        bury(database, other, clock)
        bury(database, None, clock, "2")
        assert "Nothing waits for you." in staff_browser(Role.OWNER).get(TODAY).text

    def test_takes_as_many_statements_however_much_there_is(
        self, staff_browser: StaffBrowser, database: Database, busy: Page, clock: SteppedClock
    ) -> None:
        browser = staff_browser(Role.OWNER)
        browser.get(TODAY)
        with count_statements(database.engine) as few:
            browser.get(TODAY)
        with database.transaction() as session:
            for number in range(40):
                make_order(session, busy, f"LUM-2{number:03}", clock)
                raise_day(session, page_id=busy.id, at=clock.now() - dt.timedelta(days=number), visits=3)
            make_product(session, busy, variants=[(1000, 0)] * 9)
        with count_statements(database.engine) as many:
            browser.get(f"{TODAY}?period=90")
        assert len(few) == len(many) == STATEMENTS


STATEMENTS = 15
"""Account, page and role; the first steps; the days; of disputes, flagged orders, orders to ship, low stock and jobs how many and which."""


class TestCreateAttempt:
    def test_lets_a_job_run_again_and_tells_the_log(
        self, staff_browser: StaffBrowser, database: Database, lumen: Page, clock: SteppedClock
    ) -> None:
        job_id = bury(database, lumen, clock)
        answer = staff_browser(Role.MANAGER).post(f"{TODAY}/jobs/{job_id}/attempt", follow_redirects=True)
        assert "It is being tried again." in answer.text
        with database.reading() as session:
            job = session.get_one(Job, job_id)
            act = session.scalars(select(AuditEntry)).one()
        assert (job.state, job.attempts, job.run_at) == (JobState.WAITING, 0, clock.now())
        assert (act.act, act.subject_ref, act.subject_title) == ("job.retried", str(job_id), "ask_refund")

    def test_knows_no_job_of_another_page(
        self, staff_browser: StaffBrowser, database: Database, lumen: Page, clock: SteppedClock
    ) -> None:
        with database.transaction() as session:
            other = make_page(session, slug="other")
        owner = staff_browser(Role.OWNER)
        for job_id in (bury(database, other, clock), bury(database, None, clock, "2"), 999):
            assert owner.post(f"{TODAY}/jobs/{job_id}/attempt").status_code == 404


class TestListMyPages:
    def test_leads_who_works_on_one_page_to_its_first_room(
        self, staff_browser: StaffBrowser, lumen: Page
    ) -> None:
        assert staff_browser(Role.FULFILMENT).get("/en/manage").headers["Location"].endswith(TODAY)


def test_each_job_that_may_fail_has_words(app: Flask) -> None:
    with app.test_request_context("/fr/"):
        for kind in job_handlers(app):
            assert job_text(kind) != kind.replace("_", " ").capitalize(), kind
