"""How close somebody is to a page: what they did there, each act fading by half every 14 days.

The sum of weight · 2^(-age / 14 days) is kept as one number, its logarithm counted from a fixed day. Time moves
all of these numbers alike, so that nothing has to be written anew for it and an index sorts them at any instant.
docs/algorithms/feed.md says what it is used for.
"""

import datetime as dt
import enum
from collections.abc import Mapping

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.core.fading import EPOCH, HALF_LIFE, affinity_at, half_lives, raised
from shop.page.models import Affinity

__all__ = [
    "EPOCH",
    "HALF_LIFE",
    "WEIGHTS",
    "Act",
    "affinity_at",
    "half_lives",
    "raised",
    "record_interaction",
]


class Act(enum.StrEnum):
    """What somebody does on a page."""

    VIEW = "view"
    CLICK = "click"
    FOLLOW = "follow"
    REACT = "react"
    COMMENT = "comment"
    SHARE = "share"
    MESSAGE = "message"
    BUY = "buy"


WEIGHTS: Mapping[Act, float] = {
    Act.VIEW: 0.1, Act.CLICK: 0.5, Act.FOLLOW: 1.0, Act.REACT: 1.0, Act.COMMENT: 4.0, Act.SHARE: 8.0,
    Act.MESSAGE: 4.0, Act.BUY: 8.0,
}  # fmt: skip


def record_interaction(
    session: Session, *, account_id: int, page_id: int, act: Act, now: dt.datetime
) -> None:
    """Let the account be closer to the page by ``act``. Two at once both count."""
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    session.execute(
        insert(Affinity)
        .values(account_id=account_id, page_id=page_id, level=half_lives(now) - 60.0)
        .on_conflict_do_nothing(index_elements=["account_id", "page_id"])
    )
    row = Affinity.account_id == account_id, Affinity.page_id == page_id
    known = session.execute(
        select(Affinity.level, Affinity.first_view_at).where(*row).with_for_update()
    ).one()
    values: dict[str, object] = {"level": raised(known.level, WEIGHTS[act], now)}
    if act is Act.VIEW:
        values |= {"last_view_at": now, "first_view_at": known.first_view_at or now}
    else:
        values |= {"last_interaction_at": now, "interactions": Affinity.interactions + 1}
    session.execute(
        update(Affinity).where(*row).values(**values).execution_options(synchronize_session=False)
    )
