"""What is counted of a post: on the post and on its page's calendar day, in the transaction of what is counted.

Always in this order, so that nobody waits for somebody who waits for them: the row of the thing, ``post_counts``,
``post_days``, then what is told to others, and ``page_versions`` last.
"""

import datetime as dt

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.feed.models import PostCounts, PostDay
from shop.feed.ranking_models import PostView
from shop.feed.seen_queries import is_of_others
from shop.page.days import local_day
from shop.page.queries import get_country

ON_DAYS = frozenset({"impressions", "reach", "engaged", "clicks", "reactions", "comments", "shares"})
"""The figures that are kept of each day as well."""


def count_on_post(session: Session, *, post_id: int, page_id: int, at: dt.datetime, **by: int) -> None:
    """Add to figures of a post (columns of ``post_counts``), and to those of the day on which ``at`` falls."""
    raised = {name: number for name, number in by.items() if number}
    if not raised:
        return
    session.execute(
        update(PostCounts)
        .where(PostCounts.post_id == post_id)
        .values({name: getattr(PostCounts, name) + number for name, number in raised.items()})
        .execution_options(synchronize_session=False)
    )
    daily = {name: number for name, number in raised.items() if name in ON_DAYS}
    if daily:
        day = local_day(get_country(session, page_id), at)
        insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
        session.execute(
            insert(PostDay)
            .values(post_id=post_id, day=day, page_id=page_id, **daily)
            .on_conflict_do_update(
                index_elements=["post_id", "day"],
                set_={name: getattr(PostDay, name) + number for name, number in daily.items()},
            )
        )


def is_first_engagement(session: Session, *, post_id: int, account_id: int, now: dt.datetime) -> bool:
    """Write down that the account engaged with the post; return whether it never did before and is none of the page's own.

    Call it before ``count_on_post``, which then gets ``engaged=1``.
    """
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    first = session.scalar(
        insert(PostView)
        .values(
            reader_key=f"a:{account_id}", post_id=post_id, times=0, first_at=now, last_at=now, engaged_at=now
        )
        .on_conflict_do_update(
            index_elements=["reader_key", "post_id"],
            set_={"engaged_at": now},
            where=PostView.engaged_at.is_(None),
        )
        .returning(is_of_others(post_id, account_id))
    )
    return bool(first)
