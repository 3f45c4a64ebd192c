"""What a touch names: its post or its share has to be of the page that is bought from."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.catalog.models import Product
from shop.core.touch import Touch
from shop.feed.models import Post, Share


def check_touch(session: Session, *, page_id: int, touch: Touch) -> Touch | None:
    """Return ``touch`` if its thing is the page's, with the post that a share passed on; None otherwise.

    Coupons live above: theirs is looked at by ``coupons/touch_queries.py``.
    """
    if touch.kind == "post":
        found = session.scalar(select(Post.id).where(Post.id == touch.post_id, Post.page_id == page_id))
        return touch if found is not None else None
    if touch.kind == "share":
        share = session.execute(
            select(Share.post_id).where(Share.id == touch.share_id, Share.page_id == page_id)
        ).one_or_none()
        return replace(touch, post_id=share.post_id) if share is not None else None
    return touch if touch.kind in ("embed", "coupon") else None


@dataclass(frozen=True, slots=True)
class Touched:
    """What a touch led from, as far as it is still there."""

    post_id: int | None = None
    body: str = ""
    product_title: str = ""
    sharer: str = ""


def find_touched(session: Session, *, post_id: int | None, share_id: int | None) -> Touched:
    """Return the post, and for a share who shared what, that an order's touch names."""
    if share_id is not None:
        found = session.execute(
            select(Post.id, Post.body, Product.title, Account.name)
            .select_from(Share)
            .outerjoin(Post, Post.id == Share.post_id)
            .outerjoin(Product, Product.id == Share.product_id)
            .outerjoin(Account, Account.id == Share.account_id)
            .where(Share.id == share_id)
        ).one_or_none()
        if found is not None:
            return Touched(found.id, found.body or "", found.title or "", found.name or "")
    body = session.scalar(select(Post.body).where(Post.id == post_id)) if post_id is not None else None
    return Touched(post_id, body) if body is not None else Touched()
