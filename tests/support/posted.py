"""Posts, shares and views as rows, for tests that are about what comes after them."""

import datetime as dt

from sqlalchemy.orm import Session

from shop.core.ids import new_token
from shop.feed.models import Post, PostCounts, PostKind, PostStatus, Share, ShareAudience
from shop.page.models import Page
from tests.factories import START


def make_post(
    session: Session,
    page: Page,
    *,
    kind: PostKind = PostKind.TEXT,
    body: str = "New lamps are here",
    at: dt.datetime = START,
    status: PostStatus = PostStatus.PUBLISHED,
    is_promoted: bool | None = None,
    **counts: int,
) -> Post:
    """Add a post with counts."""
    post = Post(
        page_id=page.id, kind=kind, status=status, body=body, created_at=at, published_at=at,
        is_promoted=is_promoted, scheduled_at=at if status is PostStatus.SCHEDULED else None,
    )  # fmt: skip
    session.add(post)
    session.flush()
    session.add(PostCounts(post_id=post.id, **counts))
    session.flush()
    return post


def make_share(
    session: Session,
    page: Page,
    *,
    account_id: int,
    post_id: int | None = None,
    product_id: int | None = None,
) -> Share:
    """Add a share for who follows the account."""
    share = Share(
        account_id=account_id, page_id=page.id, post_id=post_id, product_id=product_id, token=new_token(),
        audience=ShareAudience.FOLLOWERS, at=START,
    )  # fmt: skip
    session.add(share)
    session.flush()
    return share
