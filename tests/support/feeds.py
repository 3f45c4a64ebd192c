"""Posts, follows and people for tests of the feed."""

import datetime as dt

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.feed.models import Comment, Post, PostCounts, PostKind, PostStatus, Reaction, ReactionKind, Share
from shop.feed.models import ShareAudience as Audience
from shop.feed.opening import FeedPage, cut_page, keep_feed, next_page, sort_feed
from shop.feed.ranking_models import OpenFeed
from shop.feed.rounds import LIMITS, Limits
from shop.page.models import Follower, LikeSource, Page, PageVersion
from shop.people.models import PersonFollow


def make_post(
    session: Session, page: Page, at: dt.datetime, *, kind: PostKind = PostKind.TEXT, body: str = "Hello"
) -> Post:
    """Add a published post with its counts, as publishing does."""
    post = Post(
        page_id=page.id, kind=kind, status=PostStatus.PUBLISHED, body=body, created_at=at, published_at=at
    )
    session.add(post)
    session.flush()
    session.add(PostCounts(post_id=post.id))
    session.execute(update(PageVersion).where(PageVersion.page_id == page.id).values(last_post_at=at))
    return post


def like_page(session: Session, account: Account, page: Page, at: dt.datetime) -> None:
    """Let an account follow a page without what that brings closer."""
    session.add(Follower(page_id=page.id, account_id=account.id, source=LikeSource.ORGANIC, followed_at=at))
    session.execute(update(Page).where(Page.id == page.id).values(follower_count=Page.follower_count + 1))


def follow_person(
    session: Session, follower: Account, person: Account, at: dt.datetime, *, level: float = 0.0
) -> None:
    """Let somebody follow somebody."""
    session.add(PersonFollow(follower_id=follower.id, person_id=person.id, since=at, level=level))


def react_to(session: Session, post: Post, account: Account, at: dt.datetime) -> None:
    """Let somebody like a post."""
    session.add(Reaction(post_id=post.id, account_id=account.id, kind=ReactionKind.LIKE, at=at))


def comment_on(session: Session, post: Post, account: Account, at: dt.datetime) -> Comment:
    """Let somebody say something under a post."""
    comment = Comment(post_id=post.id, account_id=account.id, body="Nice", at=at)
    session.add(comment)
    return comment


def share_post(
    session: Session, post: Post, account: Account, at: dt.datetime, *, to: Account | None = None
) -> Share:
    """Let somebody share a post, to their followers or to one friend."""
    share = Share(
        account_id=account.id, page_id=post.page_id, post_id=post.id, token=f"t{account.id}-{post.id}-{at.timestamp()}",
        audience=Audience.FRIEND if to else Audience.FOLLOWERS, recipient_id=to.id if to else None, at=at,
    )  # fmt: skip
    session.add(share)
    session.flush()
    return share


def open_feed(session: Session, account_id: int, now: dt.datetime, *, limits: Limits = LIMITS) -> OpenFeed:
    """Sort somebody's feed and keep it, as opening it does in two transactions."""
    feed = sort_feed(session, account_id, now, limits=limits)
    keep_feed(session, feed)
    return feed


def first_page(session: Session, account: Account, now: dt.datetime, limits: Limits = LIMITS) -> FeedPage:
    """Open a feed and return its first page."""
    return cut_page(session, open_feed(session, account.id, now, limits=limits), 0)


def whole_feed(session: Session, account: Account, now: dt.datetime, limits: Limits = LIMITS) -> list[int]:
    """Return the ids of all posts of a feed, page by page."""
    page = first_page(session, account, now, limits)
    ids = [entry.item.post_id for entry in page.entries]
    while page.next_cursor is not None:
        page = next_page(session, account.id, page.next_cursor, limits=limits)
        ids += [entry.item.post_id for entry in page.entries]
    return ids
