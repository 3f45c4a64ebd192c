"""What the posts of a page brought, by kind."""

import datetime as dt

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.feed.models import Post, PostCounts, PostKind
from shop.feed.ranking import ACT_WEIGHTS, EdgeKind
from shop.feed.view_queries import VISIBLE_POST


def list_worths(
    session: Session, page_id: int, *, before: dt.datetime, newest: int
) -> list[tuple[PostKind, int, float]]:
    """Return of each kind among the ``newest`` posts published before an instant the number and the mean worth."""
    posts = (
        select(Post.id, Post.kind)
        .where(Post.page_id == page_id, Post.published_at < before, text(VISIBLE_POST))
        .order_by(Post.published_at.desc(), Post.id.desc())
        .limit(newest)
        .subquery()
    )
    acts = (
        PostCounts.reactions * ACT_WEIGHTS[EdgeKind.REACTION]
        + PostCounts.comments * ACT_WEIGHTS[EdgeKind.COMMENT]
        + PostCounts.shares * ACT_WEIGHTS[EdgeKind.SHARE]
    )
    statement = (
        select(posts.c.kind, func.count(), func.avg(acts))
        .join(PostCounts, PostCounts.post_id == posts.c.id)
        .group_by(posts.c.kind)
        .order_by(posts.c.kind)
    )
    return [(PostKind(kind), int(count), float(mean)) for kind, count, mean in session.execute(statement)]
