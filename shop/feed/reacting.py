"""Reacting to a post and hiding it: one reaction each, counted by what its row really did."""

import datetime as dt

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.core.errors import Conflict
from shop.feed.counting import count_on_post, is_first_engagement
from shop.feed.models import Reaction, ReactionKind
from shop.feed.ranking_models import HiddenPost
from shop.feed.talk_queries import find_reaction_for_update
from shop.feed.view_queries import COLUMN_OF_KIND
from shop.page.affinity import Act, record_interaction
from shop.page.service import raise_version

ATTEMPTS = 8


def react(
    session: Session, *, post_id: int, page_id: int, account_id: int, kind: ReactionKind, now: dt.datetime
) -> bool:
    """Let the account react to the post with ``kind``, in place of how it did before; return whether that is new."""
    before = _write(session, post_id=post_id, account_id=account_id, kind=kind, now=now)
    if before is kind:
        return False
    engaged = 0
    if before is None:
        engaged = int(is_first_engagement(session, post_id=post_id, account_id=account_id, now=now))
        record_interaction(session, account_id=account_id, page_id=page_id, act=Act.REACT, now=now)
    moved = {COLUMN_OF_KIND[kind]: 1} | ({COLUMN_OF_KIND[before]: -1} if before else {"reactions": 1})
    count_on_post(session, post_id=post_id, page_id=page_id, at=now, engaged=engaged, **moved)
    raise_version(session, page_id)
    return True


def _write(
    session: Session, *, post_id: int, account_id: int, kind: ReactionKind, now: dt.datetime
) -> ReactionKind | None:
    """Write the reaction's row; return what it was before, None when there was none."""
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    row = Reaction.post_id == post_id, Reaction.account_id == account_id
    for _ in range(ATTEMPTS):
        added = session.scalar(
            insert(Reaction)
            .values(post_id=post_id, account_id=account_id, kind=kind, at=now)
            .on_conflict_do_nothing(index_elements=["post_id", "account_id"])
            .returning(Reaction.post_id)
        )
        if added is not None:
            return None
        before = find_reaction_for_update(session, post_id=post_id, account_id=account_id)
        if before is None:
            continue  # taken back in between by the same person, who is twice here
        if before is not kind:
            session.execute(
                update(Reaction)
                .where(*row)
                .values(kind=kind, at=now)
                .execution_options(synchronize_session=False)
            )
        return before
    raise Conflict


def take_back(session: Session, *, post_id: int, page_id: int, account_id: int, now: dt.datetime) -> bool:
    """Take the account's reaction to the post back; return whether there was one."""
    kind = session.scalar(
        delete(Reaction)
        .where(Reaction.post_id == post_id, Reaction.account_id == account_id)
        .returning(Reaction.kind)
        .execution_options(synchronize_session=False)
    )
    if kind is None:
        return False
    count_on_post(
        session, post_id=post_id, page_id=page_id, at=now, reactions=-1, **{COLUMN_OF_KIND[kind]: -1}
    )
    raise_version(session, page_id)
    return True


def hide_post(session: Session, *, post_id: int, account_id: int, now: dt.datetime) -> None:
    """Let the account not see the post again."""
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    session.execute(
        insert(HiddenPost)
        .values(account_id=account_id, post_id=post_id, at=now)
        .on_conflict_do_nothing(index_elements=["account_id", "post_id"])
    )


def show_post_again(session: Session, *, post_id: int, account_id: int) -> None:
    """Let the account see the post again."""
    session.execute(
        delete(HiddenPost)
        .where(HiddenPost.account_id == account_id, HiddenPost.post_id == post_id)
        .execution_options(synchronize_session=False)
    )
