"""What a person says of a like: kept over every later look, and counted in the newest report at once."""

import datetime as dt
from collections import Counter

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.quality import queries
from shop.quality.models import FanVerdict
from shop.quality.signs import signs_against


def mark_real(session: Session, *, page_id: int, account_id: int, by: int, now: dt.datetime) -> bool:
    """Keep that a like is a real fan's, over every later look; return whether it was not said before."""
    add = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    said = session.scalar(
        add(FanVerdict)
        .values(page_id=page_id, account_id=account_id, is_real=True, by_account_id=by, at=now)
        .on_conflict_do_nothing(index_elements=["page_id", "account_id"])
        .returning(FanVerdict.account_id)
    )
    if said is not None:
        _move_report(session, page_id, account_id, 1)
    return said is not None


def unmark(session: Session, *, page_id: int, account_id: int) -> bool:
    """Take back what was said of a like; return whether something was said."""
    gone = session.scalar(
        delete(FanVerdict)
        .where(FanVerdict.page_id == page_id, FanVerdict.account_id == account_id)
        .returning(FanVerdict.account_id)
    )
    if gone is not None:
        _move_report(session, page_id, account_id, -1)
    return gone is not None


def _move_report(session: Session, page_id: int, account_id: int, by: int) -> None:
    """Let the newest report count a person's word at once: ``by`` 1 to those that look real, or back by -1.

    Reasons, reach and engagement move with it. Of a like that is not flagged the word says nothing new.
    """
    report = queries.lock_newest_report(session, page_id)
    score = queries.find_flagged(session, page_id, account_id)
    if report is None or score is None or not 0 <= report.real + by <= report.fans:
        return
    figures = dict(report.figures)
    signs = Counter(figures.get("signs", {}))
    for sign in signs_against(score.reasons):
        signs[sign] -= by
    seen, engaged = queries.count_seen_by(session, page_id, account_id, at=report.computed_at)
    for name, number in (("flagged_reach", seen), ("flagged_engaged", engaged)):
        figures[name] = max(0, figures.get(name, 0) - by * number)
    report.real += by
    report.figures = {**figures, "signs": dict(+signs)}
    session.flush()
