"""What makes the demo's page alive around its posts: who saw them, who is whose friend, what was shared."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.demo.content import FOLLOWERS
from shop.feed.models import DEMO_REF, Post, PostTag, Share, ShareAudience
from shop.feed.seen import Seen, write_seen
from shop.feed.sharing import Shared, create_share
from shop.people.models import Friend, FriendRequest
from shop.people.service import accept, ask

CIRCLE = 5
"""The first of the demo's followers, all friends of each other; the next one asks the first."""
SHARED = (
    (1, "On en prend deux pour la maison ?"),
    (2, "Exactly what our sofa needs this winter."),
)
"""Which of the circle shares a post with all who follow them, and what they say."""
CAME_FROM = dt.timedelta(days=5)
"""How long before a past order a post of its goods may have led to it."""


def add_views(session: Session, *, post_id: int, account_ids: Sequence[int], at: dt.datetime) -> None:
    """Let the accounts have seen the post soon after it was published, some of them twice."""
    batch = {}
    for place, account_id in enumerate(account_ids):
        first = at + dt.timedelta(minutes=3 + 2 * place)
        batch[post_id, f"a:{account_id}"] = Seen(first, first, times=1 + place % 2)
    write_seen(session, batch)


def add_ties(session: Session, now: dt.datetime) -> bool:
    """Let the first followers be friends and share posts; return whether they had not begun to yet."""
    emails = [person.email for person in FOLLOWERS[: CIRCLE + 1]]
    rows = session.execute(select(Account.email, Account.id).where(Account.email.in_(emails))).all()
    ids = {row.email: row.id for row in rows}
    circle = [ids[email] for email in emails if email in ids]
    if len(circle) <= CIRCLE or _know_somebody(session, circle):
        return False
    *friends, stranger = circle
    for number, person in enumerate(friends):
        for other in friends[number + 1 :]:
            ask(session, asker_id=person, asked_id=other, now=now)
            accept(session, account_id=other, asker_id=person, now=now)
    ask(session, asker_id=stranger, asked_id=friends[0], now=now)
    posts = list_newest_posts(session, limit=len(SHARED))
    for (number, text), post in zip(SHARED, posts, strict=False):
        create_share(
            session,
            account_id=friends[number],
            shared=Shared(post.page_id, post.body[:60], post_id=post.id),
            audience=ShareAudience.FOLLOWERS,
            recipient_id=None,
            text=text,
            now=now,
        )
    return True


def _know_somebody(session: Session, account_ids: Sequence[int]) -> bool:
    known = (
        select(Friend.account_id).where(Friend.account_id.in_(account_ids)),
        select(FriendRequest.asker_id).where(
            or_(FriendRequest.asker_id.in_(account_ids), FriendRequest.asked_id.in_(account_ids))
        ),
        select(Share.id).where(Share.account_id.in_(account_ids)),
    )
    return any(session.execute(statement.limit(1)).first() is not None for statement in known)


def list_newest_posts(session: Session, *, limit: int) -> list[Post]:
    """Return the demo's newest published posts."""
    statement = (
        select(Post)
        .where(Post.import_ref.startswith(DEMO_REF), Post.status == "published", Post.deleted_at.is_(None))
        .order_by(Post.published_at.desc(), Post.id.desc())
    )
    return list(session.scalars(statement.limit(limit)))


def find_post_that_led(
    session: Session, *, page_id: int, product_ids: Sequence[int], at: dt.datetime
) -> Post | None:
    """Return the last post before ``at``, not long ago, in which one of the products is tagged."""
    statement = (
        select(Post)
        .join(PostTag, PostTag.post_id == Post.id)
        .where(
            Post.page_id == page_id,
            Post.status == "published",
            Post.published_at.between(at - CAME_FROM, at),
            PostTag.product_id.in_(product_ids),
        )
        .order_by(Post.published_at.desc(), Post.id.desc())
    )
    return session.scalars(statement.limit(1)).first()
