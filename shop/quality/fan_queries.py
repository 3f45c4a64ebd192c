"""Every SELECT of the list of likes that do not look real, and of those that somebody called real."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, and_, cast, or_, select, tuple_
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.profile_models import Profile
from shop.core.places import Place
from shop.page.models import Follower, LikeSource
from shop.quality.models import FanScore, FanVerdict
from shop.quality.queries import is_doubted


@dataclass(frozen=True, slots=True)
class FanRow:
    """A like, what the last look said of it, and when somebody called it real."""

    account_id: int
    name: str
    handle: str
    source: LikeSource
    followed_at: dt.datetime
    score: float | None
    reasons: list[dict[str, Any]]
    said_real_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ScorePlace:
    """Where a list by score goes on: after this score and account."""

    score: float
    account_id: int

    def __str__(self) -> str:
        """Return the place as it stands in an address: thousandths of the score, a hyphen, the id."""
        return f"{round(self.score * 1000)}~{self.account_id}"


def read_score_place(text: str) -> ScorePlace | None:
    """Return the place that an address names, or None when it names none."""
    score, _, account = text.partition("~")
    digits = score.removeprefix("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in (digits, account)):  # noqa: PLR2004
        return None
    return ScorePlace(int(score) / 1000, int(account))


def list_doubted(
    session: Session, page_id: int, *, sign: str | None, after: ScorePlace | None, limit: int
) -> tuple[list[FanRow], ScorePlace | None]:
    """Return likes that do not look real, the least likely first, and where the next part starts; one statement."""
    statement = (
        _rows()
        .join(
            FanScore, and_(FanScore.page_id == Follower.page_id, FanScore.account_id == Follower.account_id)
        )
        .add_columns(FanScore.score, FanScore.reasons)
        .where(FanScore.page_id == page_id, is_doubted())
        .order_by(FanScore.score.desc(), FanScore.account_id.desc())
        .limit(limit + 1)
    )
    if sign is not None:
        statement = statement.where(
            cast(FanScore.reasons, Text).contains(f'"sign": "{sign}"', autoescape=True)
        )
    if after is not None:
        place = tuple_(FanScore.score, FanScore.account_id)
        statement = statement.where(place < tuple_(after.score, after.account_id))
    rows = [_row(row, row.score, row.reasons) for row in session.execute(statement)]
    last = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], ScorePlace(last.score or 0.0, last.account_id) if last else None


def list_called_real(
    session: Session, page_id: int, *, after: Place | None, limit: int
) -> tuple[list[FanRow], Place | None]:
    """Return likes that somebody called real, the newest word first, and where the next part starts; one statement."""
    statement = (
        _rows()
        .outerjoin(
            FanScore, and_(FanScore.page_id == Follower.page_id, FanScore.account_id == Follower.account_id)
        )
        .add_columns(FanScore.score, FanScore.reasons)
        .where(FanVerdict.page_id == page_id, FanVerdict.is_real)
        .order_by(FanVerdict.at.desc(), FanVerdict.account_id.desc())
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(
            or_(
                FanVerdict.at < after.at,
                and_(FanVerdict.at == after.at, FanVerdict.account_id < after.id),
            )
        )
    rows = [_row(row, row.score, row.reasons) for row in session.execute(statement)]
    last = rows[limit - 1] if len(rows) > limit else None
    at = last.said_real_at if last else None
    return rows[:limit], Place(at, last.account_id) if last and at else None


def find_fan(session: Session, page_id: int, account_id: int) -> str | None:
    """Return the name of somebody who likes the page, or None."""
    statement = (
        select(Account.name)
        .join(Follower, Follower.account_id == Account.id)
        .where(Follower.page_id == page_id, Account.id == account_id)
    )
    return session.scalar(statement)


def _rows() -> Any:
    return (
        select(
            Follower.account_id,
            Account.name,
            Profile.handle,
            Follower.source,
            Follower.followed_at,
            FanVerdict.at.label("said_real_at"),
        )
        .select_from(Follower)
        .join(Account, Account.id == Follower.account_id)
        .join(Profile, Profile.account_id == Follower.account_id)
        .outerjoin(
            FanVerdict,
            and_(FanVerdict.page_id == Follower.page_id, FanVerdict.account_id == Follower.account_id),
        )
    )


def _row(row: Any, score: float | None, reasons: list[dict[str, Any]] | None) -> FanRow:
    return FanRow(
        row.account_id,
        row.name,
        row.handle,
        row.source,
        row.followed_at,
        score,
        reasons or [],
        row.said_real_at,
    )
