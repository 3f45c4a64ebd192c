"""A draft written into the rows of its post."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from shop.feed.drafts import PostDraft
from shop.feed.models import Post, PostPhoto, PostTag, words_to_search
from shop.feed.posting_queries import load_content


def write_head(post: Post, draft: PostDraft) -> None:
    """Give a post its text and its link."""
    post.body = draft.body
    post.link_url = draft.link_url or None
    post.link_title = draft.link_title
    post.link_description = draft.link_description
    post.search_text = words_to_search(post.body, post.link_title, post.link_description)


def write_content(session: Session, post: Post, draft: PostDraft) -> None:
    """Write photos, which keep their rows by their pictures, and tags; ``post`` has its id."""
    content = load_content(session, post.id)
    rows = {str(photo.picture.get("key")): photo for photo in content.photos}
    session.execute(delete(PostTag).where(PostTag.post_id == post.id))
    wanted = {photo.key for photo in draft.photos}
    for key, row in rows.items():
        if key not in wanted:
            session.delete(row)
    photos = []
    for position, photo in enumerate(draft.photos):
        row = rows.get(photo.key) or PostPhoto(post_id=post.id, picture=photo.picture)
        row.position, row.alt, row.is_decorative = position, photo.alt, photo.is_decorative
        session.add(row)
        photos.append(row)
    session.flush()
    session.add_all(
        PostTag(
            post_id=post.id,
            product_id=tag.product_id,
            photo_id=None if tag.photo is None else photos[tag.photo].id,
            x=tag.x,
            y=tag.y,
        )
        for tag in draft.tags
    )
    session.flush()
