"""What a look at a page's fans reads, along indexes and in parts, so that a million likes need no more memory."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    case,
    cast,
    exists,
    extract,
    func,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Session

from shop.accounts.profile_models import Profile
from shop.core.places import Place
from shop.feed.models import VISIBLE_SQL, Post
from shop.feed.ranking_models import PostView
from shop.page.models import Affinity, Follower, LikeSource, Page
from shop.people.models import Friend
from shop.quality.models import FanLook, FanReport, FanScore, FanVerdict
from shop.quality.signs import EXPLAINING, SOON, LikeFacts, PageFacts

MOST_CO_LIKES = 200
"""So many of the newest likes of an account are compared: more say nothing that these do not."""
MOST_POSTS = 30
POST_DAYS = dt.timedelta(days=28)

NEVER_COUNTS = FanVerdict.is_real.is_(True)
"""A like that a person knows to be real, whatever its signs say."""


@dataclass(frozen=True, slots=True)
class FanPart:
    """Some likes of a page, oldest first, with what is known of each, and where the next part begins."""

    likes: list[LikeFacts]
    after: Place | None


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A page before its likes are read: how many like it, since when it is there, where, and its first post."""

    followers: int
    since: dt.datetime
    country: str
    first_post_at: dt.datetime | None
    """Before it nobody could be seen looking: looks are known by the posts that somebody saw."""


def find_looked_at(session: Session, page_id: int) -> LookedAt | None:
    """Return what is known of a page itself; None when it is gone."""
    first_post = select(func.min(Post.published_at)).where(Post.page_id == page_id).scalar_subquery()
    row = session.execute(
        select(Page.follower_count, Page.created_at, Page.country, first_post).where(Page.id == page_id)
    ).one_or_none()
    return LookedAt(*row) if row else None


HOUR_S = 3600


def _hour(column: Any) -> ColumnElement[int]:
    """Return the beginning of an instant's hour, in seconds since 1970."""
    # Written out and not bound, so that PostgreSQL knows it again in GROUP BY.
    seconds = cast(func.round(extract("epoch", column) - literal_column("0.5")), BigInteger)
    return seconds - seconds % literal_column(str(HOUR_S))


def _seconds_after_like(column: Any) -> ColumnElement[Any]:
    return extract("epoch", column) - extract("epoch", Follower.followed_at)


def count_unexplained_hours(session: Session, page_id: int) -> PageFacts:
    """Return a page's likes that nothing explains by hour since 1970; one statement."""
    hour = _hour(Follower.followed_at).label("hour")
    is_import = case((Follower.source == LikeSource.IMPORT, 1), else_=0).label("is_import")
    came_back = or_(
        _seconds_after_like(Affinity.last_view_at) > HOUR_S,
        _seconds_after_like(Affinity.last_interaction_at) > SOON.total_seconds(),
    )
    statement = (
        select(hour, is_import, func.count(), func.sum(case((came_back, 1), else_=0)))
        .outerjoin(
            Affinity, and_(Affinity.page_id == Follower.page_id, Affinity.account_id == Follower.account_id)
        )
        .where(
            Follower.page_id == page_id,
            Follower.source.not_in(sorted(EXPLAINING)),
            or_(Affinity.first_view_at.is_(None), Affinity.first_view_at > Follower.followed_at),
        )
        .group_by(hour, is_import)
    )
    seen: dict[int, int] = {}
    back: dict[int, int] = {}
    imported: dict[int, int] = {}
    for at, came_from_file, number, again in session.execute(statement):
        place = int(at) // HOUR_S
        if came_from_file:
            imported[place] = number
        else:
            seen[place], back[place] = number, int(again)
    return PageFacts(seen, back, imported)


def read_fans(session: Session, page_id: int, *, after: Place | None, limit: int) -> FanPart:
    """Return the next likes of a page and what is known of who gave them; one statement."""
    statement = (
        select(
            Follower.id,
            Follower.account_id,
            Follower.followed_at,
            Follower.source,
            Affinity.first_view_at,
            Affinity.last_view_at,
            Affinity.last_interaction_at,
            Profile.avatar["key"].as_string().is_not(None).label("has_picture"),
            (Profile.bio != "").label("has_bio"),
            Profile.handle,
        )
        .outerjoin(
            Affinity, and_(Affinity.page_id == Follower.page_id, Affinity.account_id == Follower.account_id)
        )
        .outerjoin(Profile, Profile.account_id == Follower.account_id)
        .where(Follower.page_id == page_id)
        .order_by(Follower.followed_at, Follower.id)
        .limit(limit)
    )
    if after is not None:
        at, row_id = after
        statement = statement.where(
            Follower.followed_at >= at,
            or_(Follower.followed_at > at, and_(Follower.followed_at == at, Follower.id > row_id)),
        )
    likes, last = [], None
    for row in session.execute(statement):
        is_import = row.source is LikeSource.IMPORT
        last = Place(row.followed_at, row.id)
        likes.append(
            LikeFacts(
                account_id=row.account_id,
                liked_at=row.followed_at,
                source=row.source,
                knows_views=not is_import,
                first_view_at=row.first_view_at,
                last_view_at=row.last_view_at,
                last_interaction_at=row.last_interaction_at,
                # The profile of somebody who came from a file was made here and says nothing.
                has_picture=None if is_import else row.has_picture,
                has_bio=None if is_import else row.has_bio,
                handle=None if is_import else row.handle,
            )
        )
    return FanPart(likes, last if len(likes) == limit else None)


def map_co_likes(
    session: Session, page_id: int, account_ids: Collection[int]
) -> tuple[dict[int, dict[int, dt.datetime]], dict[int, int]]:
    """Return when accounts liked which other pages, the newest of each, and how many pages each likes; one statement."""
    ranked = (
        select(
            Follower.account_id,
            Follower.page_id,
            Follower.followed_at,
            func.count().over(partition_by=Follower.account_id).label("pages"),
            func.row_number()
            .over(partition_by=Follower.account_id, order_by=Follower.followed_at.desc())
            .label("place"),
        )
        .where(Follower.account_id.in_(list(account_ids)))
        .subquery()
    )
    rows = session.execute(select(ranked).where(ranked.c.place <= MOST_CO_LIKES))
    likes: dict[int, dict[int, dt.datetime]] = {}
    pages: dict[int, int] = {}
    for row in rows:
        pages[row.account_id] = row.pages
        if row.page_id != page_id:
            likes.setdefault(row.account_id, {})[row.page_id] = row.followed_at
    return likes, pages


def list_friendships(session: Session, page_id: int, account_ids: Collection[int]) -> list[tuple[int, int]]:
    """Return friendships of accounts with others who like the page, each from its lesser side; one statement."""
    statement = (
        select(Friend.account_id, Friend.friend_id)
        .where(Friend.account_id.in_(list(account_ids)), Friend.account_id < Friend.friend_id)
        # Not joined: SQLite would walk through all who like the page and ask each for a friendship.
        .where(exists().where(Follower.page_id == page_id, Follower.account_id == Friend.friend_id))
    )
    return [(row.account_id, row.friend_id) for row in session.execute(statement)]


def list_recent_posts(session: Session, page_id: int, *, now: dt.datetime) -> list[int]:
    """Return the page's newest visible posts of the last 28 days, at most 30."""
    statement = (
        select(Post.id)
        .where(Post.page_id == page_id, text(VISIBLE_SQL), Post.published_at >= now - POST_DAYS)
        .order_by(Post.published_at.desc(), Post.id.desc())
        .limit(MOST_POSTS)
    )
    return list(session.scalars(statement))


@dataclass(frozen=True, slots=True)
class Reached:
    """Of a post: how many of the page's fans saw it and took part, and how many of these are flagged."""

    reach: int
    engaged: int
    flagged_reach: int
    flagged_engaged: int


def is_doubted() -> ColumnElement[bool]:
    """Return the condition of a like that is flagged and that nobody called real."""
    # In the index's own words, without which SQLite would not use it.
    return and_(
        text("fan_scores.is_flagged"), or_(FanVerdict.is_real.is_(None), FanVerdict.is_real.is_(False))
    )


def count_reached(session: Session, page_id: int, post_id: int) -> Reached:
    """Return whom one post reached among the page's fans; one statement along the post's views."""
    account = cast(func.substr(PostView.reader_key, 3), BigInteger)
    # Read first and joined then: PostgreSQL might otherwise make a number of a guest's key.
    views = (
        select(account.label("account_id"), PostView.engaged_at)
        .where(PostView.post_id == post_id, PostView.reader_key.like("a:%"), PostView.times > 0)
        .cte("fan_views")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    took_part = views.c.engaged_at.is_not(None)
    counted = [
        func.count(),
        func.sum(case((took_part, 1), else_=0)),
        func.sum(case((is_doubted(), 1), else_=0)),
        func.sum(case((and_(is_doubted(), took_part), 1), else_=0)),
    ]
    statement = (
        select(*counted)
        .select_from(views)
        .join(Follower, and_(Follower.page_id == page_id, Follower.account_id == views.c.account_id))
        .outerjoin(FanScore, and_(FanScore.page_id == page_id, FanScore.account_id == views.c.account_id))
        .outerjoin(
            FanVerdict, and_(FanVerdict.page_id == page_id, FanVerdict.account_id == views.c.account_id)
        )
    )
    return Reached(*(int(value or 0) for value in session.execute(statement).one()))


def count_doubted(session: Session, page_id: int) -> int:
    """Return how many of a page's likes are flagged and not called real by somebody."""
    statement = (
        select(func.count())
        .select_from(FanScore)
        .join(
            Follower, and_(Follower.page_id == FanScore.page_id, Follower.account_id == FanScore.account_id)
        )
        .outerjoin(
            FanVerdict,
            and_(FanVerdict.page_id == FanScore.page_id, FanVerdict.account_id == FanScore.account_id),
        )
        .where(FanScore.page_id == page_id, is_doubted())
    )
    return session.scalar(statement) or 0


def find_look(session: Session, page_id: int) -> FanLook | None:
    """Return where the newest look at a page's fans stands."""
    return session.get(FanLook, page_id)


def list_reports(session: Session, page_id: int, *, limit: int) -> list[FanReport]:
    """Return a page's newest reports, the newest first."""
    statement = (
        select(FanReport).where(FanReport.page_id == page_id).order_by(FanReport.day.desc()).limit(limit)
    )
    return list(session.scalars(statement))


def list_pages_with_fans(session: Session, *, after: int, limit: int) -> list[int]:
    """Return the ids of pages that somebody likes, in their order from ``after`` on."""
    statement = select(Page.id).where(Page.id > after, Page.follower_count > 0).order_by(Page.id).limit(limit)
    return list(session.scalars(statement))


def list_reasons_called_real(session: Session, page_id: int) -> list[list[dict[str, Any]]]:
    """Return the reasons of each flagged like that somebody called real."""
    statement = (
        select(FanScore.reasons)
        .join(
            FanVerdict,
            and_(FanVerdict.page_id == FanScore.page_id, FanVerdict.account_id == FanScore.account_id),
        )
        .join(
            Follower, and_(Follower.page_id == FanScore.page_id, Follower.account_id == FanScore.account_id)
        )
        .where(FanScore.page_id == page_id, text("fan_scores.is_flagged"), FanVerdict.is_real)
    )
    return list(session.scalars(statement))


def find_flagged(session: Session, page_id: int, account_id: int) -> FanScore | None:
    """Return what the last look said of a like that it flagged; None of any other."""
    score = session.get(FanScore, (page_id, account_id))
    return score if score is not None and score.is_flagged else None


def lock_newest_report(session: Session, page_id: int) -> FanReport | None:
    """Return a page's newest report, locked until the transaction ends."""
    statement = select(FanReport).where(FanReport.page_id == page_id).order_by(FanReport.day.desc()).limit(1)
    return session.scalars(
        statement.with_for_update().execution_options(populate_existing=True)
    ).one_or_none()


def count_seen_by(session: Session, page_id: int, account_id: int, *, at: dt.datetime) -> tuple[int, int]:
    """Return how many of a page's posts, recent at an instant, a fan had seen then, and taken part in; one statement more."""
    statement = select(
        func.count(), func.sum(case((PostView.engaged_at <= at, 1), else_=0))
    ).where(
        PostView.reader_key == f"a:{account_id}",
        PostView.post_id.in_(list_recent_posts(session, page_id, now=at)),
        PostView.times > 0,
        PostView.first_at <= at,
    )  # fmt: skip
    seen, engaged = session.execute(statement).one()
    return seen, int(engaged or 0)
