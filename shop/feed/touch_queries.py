"""Whether a touch is what it says: its post or its share has to be of the page that is bought from."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.touch import Touch
from shop.feed.models import Post, Share


def check_touch(session: Session, *, page_id: int, touch: Touch) -> Touch | None:
    """Return ``touch`` if its thing is the page's, with the post that a share passed on; None otherwise."""
    if touch.kind == "post":
        found = session.scalar(select(Post.id).where(Post.id == touch.post_id, Post.page_id == page_id))
        return touch if found is not None else None
    if touch.kind == "share":
        share = session.execute(
            select(Share.post_id).where(Share.id == touch.share_id, Share.page_id == page_id)
        ).one_or_none()
        return replace(touch, post_id=share.post_id) if share is not None else None
    return touch if touch.kind == "embed" else None
