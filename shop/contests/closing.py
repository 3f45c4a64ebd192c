"""The end of a contest: the draw, the prizes, and giving a prize to the next in the draw's order.

It is one transaction that begins by locking the contest and ends it: whoever comes second finds it drawn, whoever is
killed in it has drawn nothing. Nobody is told here but the winners, by a mail; the others in jobs (``telling.py``).
"""

import datetime as dt
import enum
from typing import Any

from sqlalchemy.orm import Session

from shop.contests.drawing import BadRecord, chain_of, choose_winners
from shop.contests.forgetting import end_entries, forgets_at
from shop.contests.models import Contest, ContestEntry, ContestStatus, ContestWinner
from shop.contests.prizes import is_prize_used, make_prize, take_prize_back
from shop.contests.public_queries import list_receipts, map_excluded
from shop.contests.queries import (
    count_waiting_photos,
    find_locked_contest,
    list_winners,
    lock_contest,
    map_entries_by_number,
)
from shop.contests.telling import queue_entry_mail, tell_entrants
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.i18n import N_
from shop.core.signing import Signer
from shop.page.audit import record_act
from shop.page.queries import get_page_by_id
from shop.page.service import raise_version

WON_MAIL = "contest_won"
REPLACED_MAIL = "contest_replaced"
PATIENCE = dt.timedelta(days=7)
"""So long the draw waits for the page's staff to look at all photos; what nobody looked at by then is not drawn."""
MAX_REASON = 500


class Outcome(enum.StrEnum):
    """What came of trying to draw."""

    DRAWN = "drawn"
    NOT_DUE = "not_due"
    """It is drawn already, cancelled, a draft again, or not over."""
    WAITS_FOR_PHOTOS = "waits_for_photos"


class PrizeUsed(Conflict):
    """A winner who has ordered their prize keeps it."""

    code = "prize_used"
    message = N_("This winner has ordered the prize already, so it cannot go to somebody else.")


class NamesErased(Conflict):
    """So long after the draw nobody can be written to any more."""

    code = "names_erased"
    message = N_("The names and addresses of this contest are erased, so nobody can be told any more.")


class NobodyLeft(Conflict):
    """Everybody who can win has been drawn."""

    code = "nobody_left"
    message = N_("Nobody is left who could win: everybody else was drawn already or cannot win.")


def draw_contest(session: Session, *, contest_id: int, signer: Signer, now: dt.datetime) -> Outcome:
    """Draw a contest that is over, once: winners in their order, a prize each, a mail each; BadRecord when its chain is broken.

    ``signer`` makes the keys under which guests hold their prize.
    """
    contest = find_locked_contest(session, contest_id)
    if contest is None or contest.status is not ContestStatus.PUBLISHED or contest.deleted_at is not None:
        return Outcome.NOT_DUE
    if now < contest.ends_at:
        return Outcome.NOT_DUE
    if now < contest.ends_at + PATIENCE and count_waiting_photos(session, contest_id):
        return Outcome.WAITS_FOR_PHOTOS
    receipts = list_receipts(session, contest_id)
    _refuse_broken(contest, receipts)
    contest.status, contest.drawn_at = ContestStatus.DRAWN, now
    contest.version += 1
    session.flush()
    numbers = _drawn(session, contest, places=contest.winner_count)
    entries = map_entries_by_number(session, contest_id, numbers)
    for rank, number in enumerate(numbers, start=1):
        _award(session, contest, entries[number], rank, signer=signer, now=now)
    end_entries(session, contest=contest, now=now)
    tell_entrants(session, contest=contest, now=now)
    _record(
        session,
        contest,
        "contest.drawn",
        None,
        now=now,
        after={"entries": len(receipts), "winners": len(numbers)},
    )
    raise_version(session, contest.page_id)
    return Outcome.DRAWN


def replace_winner(
    session: Session, *, page_id: int, contest_id: int, rank: int, account_id: int | None, reason: str,
    signer: Signer, now: dt.datetime,
) -> ContestWinner:  # fmt: skip
    """Give a winner's place to the next in the draw's order and return that one; both are told, the first one why.

    Invalid without a reason, NotFound when nobody has that place, PrizeUsed, NobodyLeft, NamesErased.
    """
    if not reason.strip() or len(reason) > MAX_REASON:
        raise Invalid({"reason": [N_("Say why, in at most 500 characters: the winner reads it.")]})
    contest = lock_contest(session, page_id=page_id, contest_id=contest_id)
    forgets = forgets_at(contest)
    if forgets is not None and now >= forgets:
        raise NamesErased
    drawn = list_winners(session, contest_id)
    winner, entry = next((pair for pair in drawn if pair[0].rank == rank), (None, None))
    if winner is None or entry is None or winner.replaced_at is not None:
        raise NotFound
    page = get_page_by_id(session, page_id)
    if is_prize_used(session, winner.coupon_id):
        raise PrizeUsed
    numbers = _drawn(session, contest, places=len(drawn) + 1)
    if len(numbers) == len(drawn):
        raise NobodyLeft
    winner.replaced_at, winner.replaced_reason = now, reason.strip()
    session.flush()
    take_prize_back(session, page=page, coupon_id=winner.coupon_id, account_id=account_id, now=now)
    queue_entry_mail(session, kind=REPLACED_MAIL, entry=entry, key=f"{contest_id}:{rank}", now=now)
    following = map_entries_by_number(session, contest_id, numbers[-1:])[numbers[-1]]
    new = _award(session, contest, following, len(numbers), signer=signer, now=now)
    contest.version += 1
    session.flush()
    _record(
        session, contest, "contest.winner_replaced", account_id, now=now,
        before={"winner": f"#{entry.number}"}, after={"winner": f"#{following.number}", "reason": reason.strip()},
    )  # fmt: skip
    raise_version(session, page_id)
    return new


def _refuse_broken(contest: Contest, receipts: list[str]) -> None:
    if chain_of(contest.id, contest.commitment or "", receipts) != contest.chain:
        raise BadRecord("the chain does not follow from the entries")


def _drawn(session: Session, contest: Contest, *, places: int) -> list[int]:
    """Return the first ``places`` numbers that win."""
    return choose_winners(
        contest.seed or "", contest.chain, contest.entry_count, winners=places,
        excluded=map_excluded(session, contest),
    )  # fmt: skip


def _award(
    session: Session, contest: Contest, entry: ContestEntry, rank: int, *, signer: Signer, now: dt.datetime
) -> ContestWinner:
    coupon = make_prize(session, contest=contest, entry=entry, signer=signer, now=now)
    winner = ContestWinner(
        contest_id=contest.id, rank=rank, entry_id=entry.id, coupon_id=coupon.id if coupon else None, drawn_at=now
    )  # fmt: skip
    session.add(winner)
    session.flush()
    queue_entry_mail(
        session, kind=WON_MAIL, entry=entry, key=f"{contest.id}:{rank}", now=now, context={"rank": rank}
    )
    return winner


def _record(
    session: Session, contest: Contest, act: str, account_id: int | None, *, now: dt.datetime, **changes: Any
) -> None:
    record_act(
        session, page_id=contest.page_id, account_id=account_id, act=act,
        subject=("contest", str(contest.id), contest.title), now=now, **changes,
    )  # fmt: skip
