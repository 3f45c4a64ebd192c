"""The end of a contest: drawn once whatever happens, a prize for each winner, the next one in place of who gives up."""

import datetime as dt
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from shop.catalog.models import Product, ProductStatus
from shop.contests import jobs, service
from shop.contests.closing import (
    PATIENCE,
    REPLACED_MAIL,
    WON_MAIL,
    NobodyLeft,
    Outcome,
    PrizeUsed,
    draw_contest,
    replace_winner,
)
from shop.contests.drawing import BadRecord, check_record, choose_winners
from shop.contests.models import Contest, ContestEntry, ContestKind, ContestStatus, ContestWinner, PhotoStatus
from shop.contests.records import load_published
from shop.contests.telling import CANCELLED_MAIL, OVER_MAIL
from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.core.errors import Invalid, NotFound
from shop.core.files import FileStore
from shop.core.outbox import Worker
from shop.coupons.models import Coupon, CouponAudience, CouponHolding, CouponProduct
from shop.notifications.models import Notification, NotificationKind
from shop.web.context import Runtime
from tests.conftest import make_settings
from tests.contests.contests_house import DAY, END, HOUR, QUIZ, SIGNER, ContestsHouse, photo_named
from tests.factories import START

ROOT = Path(__file__).resolve().parents[2]
CHILD = """
import datetime as dt, sys, time
from shop.contests.closing import draw_contest
from shop.core.db import Database
from shop.core.signing import Signer
import shop.metadata

url, contest_id, at = sys.argv[1:]
with Database(url).transaction() as session:
    draw_contest(
        session, contest_id=int(contest_id), signer=Signer("a-secret-of-a-drill"), now=dt.datetime.fromisoformat(at)
    )
    print("drawn", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def house(database: Database) -> ContestsHouse:
    return ContestsHouse(database)


def draw(house: ContestsHouse, contest_id: int, at: dt.datetime = END) -> Outcome:
    with house.database.transaction() as session:
        return draw_contest(session, contest_id=contest_id, signer=SIGNER, now=at)


def replace(house: ContestsHouse, contest_id: int, rank: int, reason: str = "Never answered") -> int:
    with house.database.transaction() as session:
        return replace_winner(
            session, page_id=house.page.id, contest_id=contest_id, rank=rank, account_id=house.camille.id,
            reason=reason, signer=SIGNER, now=END + DAY,
        ).rank  # fmt: skip


def numbers_drawn(house: ContestsHouse, contest_id: int) -> list[int | None]:
    return [house.entry(winner.entry_id).number for winner in house.winners(contest_id)]


def coupons(house: ContestsHouse) -> list[Coupon]:
    with house.database.reading() as session:
        return list(session.scalars(select(Coupon).order_by(Coupon.id)))


class TestDrawContest:
    def test_draws_at_the_end_whom_seed_and_chain_say(self, house: ContestsHouse) -> None:
        contest_id = house.add(winner_count=2)
        house.enter_many(contest_id, 6)
        assert draw(house, contest_id) is Outcome.DRAWN
        contest = house.contest(contest_id)
        assert (contest.status, contest.drawn_at) == (ContestStatus.DRAWN, END)
        expected = choose_winners(contest.seed or "", contest.chain, 6, winners=2, excluded={})
        assert numbers_drawn(house, contest_id) == expected
        with house.database.reading() as session:
            check_record(load_published(session, contest).record)

    def test_draws_once(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        house.enter_many(contest_id, 3)
        assert [draw(house, contest_id) for _ in range(2)] == [Outcome.DRAWN, Outcome.NOT_DUE]
        assert len(house.winners(contest_id)) == len(coupons(house)) == len(house.mails(WON_MAIL)) == 1

    def test_draws_the_same_when_it_is_late(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        house.enter_many(contest_id, 5)
        assert draw(house, contest_id, END + 30 * DAY) is Outcome.DRAWN
        contest = house.contest(contest_id)
        expected = choose_winners(contest.seed or "", contest.chain, 5, winners=1, excluded={})
        assert numbers_drawn(house, contest_id) == expected

    def test_waits_for_the_end(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        assert draw(house, contest_id, END - HOUR) is Outcome.NOT_DUE
        assert house.contest(contest_id).status is ContestStatus.PUBLISHED

    def test_draws_nobody_where_nobody_entered(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        assert draw(house, contest_id) is Outcome.DRAWN
        assert house.winners(contest_id) == []

    def test_passes_over_wrong_answers_and_who_went_out(self, house: ContestsHouse) -> None:
        contest_id = house.add(**QUIZ, winner_count=5)
        wrong = house.enter_many(contest_id, 3, answer=0)
        right = house.enter_many(contest_id, 3, answer=1)
        with house.database.transaction() as session:
            service.withdraw_entry(session, entry_id=right[0].id, now=START + 2 * HOUR)
        draw(house, contest_id)
        winners = {winner.entry_id for winner in house.winners(contest_id)}
        assert winners == {right[1].id, right[2].id}
        assert winners.isdisjoint(entry.id for entry in wrong)

    def test_waits_for_photos_that_nobody_looked_at_but_not_for_ever(self, house: ContestsHouse) -> None:
        contest_id = house.add(kind=ContestKind.PHOTO)
        waiting = house.enter(contest_id, house.person(), photo=photo_named("a"))
        approved = house.enter(contest_id, house.person(), photo=photo_named("b"))
        with house.database.transaction() as session:
            session.get_one(ContestEntry, approved.id).photo_status = PhotoStatus.APPROVED
        assert draw(house, contest_id, END + DAY) is Outcome.WAITS_FOR_PHOTOS
        assert draw(house, contest_id, END + PATIENCE) is Outcome.DRAWN
        assert [winner.entry_id for winner in house.winners(contest_id)] == [approved.id]
        assert house.entry(waiting.id).photo_status is PhotoStatus.WAITING

    def test_refuses_a_chain_that_was_tampered_with(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        entry = house.enter(contest_id, house.person())
        with house.database.transaction() as session:
            session.get_one(ContestEntry, entry.id).receipt = "ab" * 32
        with pytest.raises(BadRecord):
            draw(house, contest_id)
        assert house.contest(contest_id).status is ContestStatus.PUBLISHED

    def test_draws_once_when_two_workers_come_at_once(self, house: ContestsHouse) -> None:
        contest_id = house.add(winner_count=2)
        house.enter_many(contest_id, 5)
        gate, came = threading.Barrier(2), list[Outcome]()

        def work() -> None:
            gate.wait()
            came.append(draw(house, contest_id))

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(came) == [Outcome.DRAWN, Outcome.NOT_DUE]
        assert len(house.winners(contest_id)) == len(coupons(house)) == len(house.mails(WON_MAIL)) == 2

    def test_leaves_nothing_behind_when_it_is_killed_and_is_done_again(self, house: ContestsHouse) -> None:
        contest_id = house.add(winner_count=2)
        house.enter_many(contest_id, 5)
        url = house.database.url.render_as_string(hide_password=False)
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, url, str(contest_id), END.isoformat()],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "drawn\n"
        finally:
            child.send_signal(signal.SIGKILL)
            child.communicate()
        assert house.contest(contest_id).status is ContestStatus.PUBLISHED
        assert (house.winners(contest_id), coupons(house), house.mails(WON_MAIL)) == ([], [], [])
        assert draw(house, contest_id, END + HOUR) is Outcome.DRAWN
        assert len(house.winners(contest_id)) == len(coupons(house)) == len(house.mails(WON_MAIL)) == 2


class TestPrize:
    def test_is_the_product_for_nothing_once_for_the_winner_alone(self, house: ContestsHouse) -> None:
        contest_id, lea = house.add(prize_days=30), house.person()
        house.enter(contest_id, lea)
        draw(house, contest_id)
        coupon = coupons(house)[0]
        assert (coupon.percent_bp, coupon.has_free_shipping, coupon.unit_limit, coupon.max_uses) == (
            10_000,
            True,
            1,
            1,
        )
        assert (coupon.audience, coupon.contest_id, coupon.is_listed) == (
            CouponAudience.HOLDERS,
            contest_id,
            False,
        )
        assert coupon.ends_at == END + 30 * DAY
        with house.database.reading() as session:
            assert session.scalars(select(CouponProduct.product_id)).all() == [house.lamp]
            assert f"account:{lea.id}" in session.scalars(select(CouponHolding.holder_key)).all()
        assert house.winners(contest_id)[0].coupon_id == coupon.id

    def test_is_held_by_a_guest_under_their_address(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        entry = house.enter(contest_id, email="marc@example.com")
        with house.database.transaction() as session:
            service.confirm_entry(session, entry_id=entry.id, now=START + HOUR)
        draw(house, contest_id)
        with house.database.reading() as session:
            keys = session.scalars(select(CouponHolding.holder_key)).all()
        assert [key.split(":")[0] for key in keys] == ["email"]

    def test_is_no_coupon_where_the_shop_does_not_sell_it(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        house.enter(contest_id, house.person())
        with house.database.transaction() as session:
            session.get_one(Product, house.lamp).status = ProductStatus.ARCHIVED
        assert draw(house, contest_id) is Outcome.DRAWN
        assert [winner.coupon_id for winner in house.winners(contest_id)] == [None]


class TestReplaceWinner:
    def test_goes_on_in_the_draws_order_and_takes_the_coupon_back(self, house: ContestsHouse) -> None:
        contest_id = house.add(winner_count=2)
        house.enter_many(contest_id, 5)
        draw(house, contest_id)
        assert replace(house, contest_id, 1) == 3
        contest, winners = house.contest(contest_id), house.winners(contest_id)
        assert numbers_drawn(house, contest_id) == choose_winners(
            contest.seed or "", contest.chain, 5, winners=3, excluded={}
        )
        assert [(winner.rank, winner.replaced_reason) for winner in winners if winner.replaced_at] == [
            (1, "Never answered")
        ]
        gone = next(one for one in coupons(house) if one.id == winners[0].coupon_id)
        assert gone.deleted_at == END + DAY
        assert (len(house.mails(WON_MAIL)), len(house.mails(REPLACED_MAIL))) == (3, 1)
        with house.database.reading() as session:
            check_record(load_published(session, contest).record)

    def test_wants_a_reason(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        house.enter_many(contest_id, 2)
        draw(house, contest_id)
        with pytest.raises(Invalid):
            replace(house, contest_id, 1, " ")

    def test_cannot_be_done_twice_or_to_nobody(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        house.enter_many(contest_id, 3)
        draw(house, contest_id)
        replace(house, contest_id, 1)
        for rank in (1, 3):
            with pytest.raises(NotFound):
                replace(house, contest_id, rank)

    def test_leaves_a_prize_that_was_ordered(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        house.enter_many(contest_id, 2)
        draw(house, contest_id)
        with house.database.transaction() as session:
            session.get_one(Coupon, coupons(house)[0].id).uses = 1
        with pytest.raises(PrizeUsed):
            replace(house, contest_id, 1)

    def test_ends_when_nobody_is_left(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        house.enter(contest_id, house.person())
        draw(house, contest_id)
        with pytest.raises(NobodyLeft):
            replace(house, contest_id, 1)
        assert [winner.replaced_at for winner in house.winners(contest_id)] == [None]


class TestJobs:
    @pytest.fixture
    def clock(self) -> SteppedClock:
        return SteppedClock(START)

    @pytest.fixture
    def worker(self, house: ContestsHouse, clock: SteppedClock, tmp_path: Path) -> Worker:
        settings = make_settings("sqlite://", tmp_path)
        runtime = Runtime(settings, house.database, clock, SIGNER, FileStore(tmp_path))
        return Worker(house.database, clock, jobs.handlers(runtime))

    def run_all(self, worker: Worker) -> None:
        while worker.run_due(limit=50):
            pass

    def told(self, house: ContestsHouse) -> dict[int, list[str]]:
        with house.database.reading() as session:
            rows = session.scalars(
                select(Notification).where(Notification.kind == NotificationKind.CONTEST)
            ).all()
        found: dict[int, list[str]] = {}
        for row in rows:
            found.setdefault(row.account_id, []).append(f"{row.data['event']} {row.count}")
        return found

    def test_close_a_contest_by_themselves_and_tell_everybody_once(
        self, house: ContestsHouse, worker: Worker, clock: SteppedClock
    ) -> None:
        contest_id = house.add()
        entries = house.enter_many(contest_id, 3)
        guest = house.enter(contest_id, email="marc@example.com")
        with house.database.transaction() as session:
            service.confirm_entry(session, entry_id=guest.id, now=START + HOUR)
        self.run_all(worker)
        assert house.contest(contest_id).status is ContestStatus.PUBLISHED
        clock.advance(days=7)
        self.run_all(worker)
        winner = house.winners(contest_id)[0].entry_id
        expected = {entry.account_id: ["won 1" if entry.id == winner else "over 1"] for entry in entries}
        assert self.told(house) == expected
        assert len(house.mails(WON_MAIL)) == 1
        assert len(house.mails(OVER_MAIL)) == 3

    def test_tell_who_entered_a_cancelled_one(
        self, house: ContestsHouse, worker: Worker, clock: SteppedClock
    ) -> None:
        contest_id = house.add()
        entry = house.enter(contest_id, house.person())
        guest = house.enter(contest_id, email="marc@example.com")
        with house.database.transaction() as session:
            service.confirm_entry(session, entry_id=guest.id, now=START + HOUR)
            service.cancel_contest(
                session, page_id=house.page.id, contest_id=contest_id, account_id=house.camille.id,
                reason="The lamp was damaged.", now=START + HOUR,
            )  # fmt: skip
        clock.advance(hours=1)
        self.run_all(worker)
        assert self.told(house) == {entry.account_id: ["cancelled 1"]}
        assert len(house.mails(CANCELLED_MAIL)) == 2

    def test_leave_a_contest_that_became_a_draft_again(
        self, house: ContestsHouse, worker: Worker, clock: SteppedClock
    ) -> None:
        contest_id = house.add()
        with house.database.transaction() as session:
            service.unpublish_contest(
                session, page_id=house.page.id, contest_id=contest_id, account_id=None, now=START
            )
        clock.advance(days=7)
        self.run_all(worker)
        assert house.contest(contest_id).status is ContestStatus.DRAFT
        with house.database.reading() as session:
            assert session.scalars(select(ContestWinner)).all() == []
            assert session.get_one(Contest, contest_id).seed is None
