"""Which of somebody's friends like which pages."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.profile_models import Audience, Profile
from shop.core.db import Reader
from shop.page.models import Follower, Page
from shop.people.models import Friend
from shop.people.queries import MAX_FRIENDS

NAMED = 2


def friends_who_like(
    session: Reader, account_id: int | None, page_ids: Collection[int]
) -> dict[int, tuple[list[str], int]]:
    """Return for each page that friends like at most two of their names, the latest like first, and how many like it.

    One statement for all pages, none for a guest. Friends who show their likes to nobody are left out; who is
    blocked is no friend.
    """
    if account_id is None or not page_ids:
        return {}
    # The limit keeps both databases from starting with a page's followers, of whom there may be a million.
    friends = (
        select(Friend.friend_id)
        .where(Friend.account_id == account_id)
        .order_by(Friend.friend_id)
        .limit(MAX_FRIENDS)
        .subquery()
    )
    likes = (
        select(
            Follower.page_id,
            Account.name,
            func.count().over(partition_by=Follower.page_id).label("count"),
            func.row_number()
            .over(partition_by=Follower.page_id, order_by=(Follower.followed_at.desc(), Follower.id.desc()))
            .label("place"),
        )
        .select_from(friends)
        .join(Follower, Follower.account_id == friends.c.friend_id)
        .join(Profile, Profile.account_id == Follower.account_id)
        .join(Account, Account.id == Follower.account_id)
        .where(
            Follower.page_id.in_(list(page_ids)),
            Profile.likes_visibility != Audience.NOBODY,
            Profile.visibility != Audience.NOBODY,
        )
        .subquery()
    )
    statement = (
        select(likes.c.page_id, likes.c.name, likes.c.count)
        .where(likes.c.place <= NAMED)
        .order_by(likes.c.page_id, likes.c.place)
    )
    found: dict[int, tuple[list[str], int]] = {}
    for row in session.execute(statement):
        names, _ = found.setdefault(row.page_id, ([], row[2]))
        names.append(row.name)
    return found


def list_liked_pages(session: Session, account_id: int, *, limit: int, offset: int = 0) -> list[Page]:
    """Return pages that somebody likes, the newest like first."""
    statement = (
        select(Page)
        .join(Follower, Follower.page_id == Page.id)
        .where(Follower.account_id == account_id)
        .order_by(Follower.followed_at.desc(), Follower.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return list(session.scalars(statement))


def count_liked_pages(session: Session, account_id: int) -> int:
    """Return how many pages somebody likes."""
    statement = select(func.count()).select_from(Follower).where(Follower.account_id == account_id)
    return session.scalar(statement) or 0
