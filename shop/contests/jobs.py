"""What the worker does for contests: drawing them at their end, telling people, forgetting them in time."""

import datetime as dt
from collections.abc import Mapping

import structlog

from shop.contests.closing import Outcome, draw_contest
from shop.contests.forgetting import FORGET_ENTRANTS, forget_entrants
from shop.contests.models import PhotoStatus
from shop.contests.service import DRAW_CONTEST
from shop.contests.telling import TELL_ENTRANTS, TELL_OF_PHOTO, tell_batch, tell_photo_standing
from shop.core.outbox import ClaimedJob, Handler, RetryLater
from shop.web.context import Runtime

LOOK_AGAIN = dt.timedelta(minutes=30)

log = structlog.get_logger(__name__)


def handlers(runtime: Runtime) -> Mapping[str, Handler]:
    """Return the handler of each kind of job that contests queue."""
    return {
        DRAW_CONTEST: lambda job: draw(runtime, job),
        FORGET_ENTRANTS: lambda job: forget(runtime, job),
        TELL_ENTRANTS: lambda job: tell(runtime, job),
        TELL_OF_PHOTO: lambda job: tell_photo(runtime, job),
    }


def draw(runtime: Runtime, job: ClaimedJob) -> None:
    """Draw the contest that ``job`` names if it is due; done again, or by two at once, it draws once."""
    contest_id = int(job.payload["contest_id"])
    with runtime.database.transaction() as session:
        outcome = draw_contest(session, contest_id=contest_id, signer=runtime.signer, now=runtime.clock.now())
    log.info("contest_draw", contest_id=contest_id, outcome=outcome.value)
    if outcome is Outcome.WAITS_FOR_PHOTOS:
        raise RetryLater(LOOK_AGAIN)


def tell(runtime: Runtime, job: ClaimedJob) -> None:
    """Tell the next entrants of a contest what came of it."""
    contest_id, after = int(job.payload["contest_id"]), int(job.payload["after"])
    with runtime.database.transaction() as session:
        told = tell_batch(session, contest_id=contest_id, after=after, now=runtime.clock.now())
    log.info("contest_told", contest_id=contest_id, after=after, told=told)


def forget(runtime: Runtime, job: ClaimedJob) -> None:
    """Erase the names and addresses of who entered a contest that was over long ago."""
    contest_id = int(job.payload["contest_id"])
    with runtime.database.transaction() as session:
        is_done = forget_entrants(session, contest_id=contest_id, now=runtime.clock.now())
    log.info("contest_entrants_forgotten", contest_id=contest_id, is_done=is_done)


def tell_photo(runtime: Runtime, job: ClaimedJob) -> None:
    """Tell moderators that a photo waits, or its sender that it was refused."""
    with runtime.database.transaction() as session:
        tell_photo_standing(
            session, entry_id=int(job.payload["entry_id"]), status=PhotoStatus(job.payload["status"]),
            now=runtime.clock.now(),
        )  # fmt: skip
