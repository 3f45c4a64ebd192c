"""Every SELECT that changes of posts need, and a post's content as a draft, its history and its page's newest post."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.catalog.models import Product
from shop.core.errors import NotFound
from shop.feed.drafts import PhotoDraft, PostDraft, TagDraft
from shop.feed.models import Post, PostPhoto, PostRevision, PostStatus, PostTag
from shop.page.models import AuditEntry

RECENT_ACTS = 500


@dataclass(frozen=True, slots=True)
class Content:
    """The rows of a post's photos, in their order, and of its tags."""

    photos: Sequence[PostPhoto]
    tags: Sequence[PostTag]


def get_post(session: Session, *, page_id: int, post_id: int, is_deleted: bool | None = False) -> Post:
    """Return a page's post; NotFound when there is none, or when it is deleted (or is not; None takes either)."""
    post = session.scalars(select(Post).where(Post.page_id == page_id, Post.id == post_id)).one_or_none()
    return _checked(post, is_deleted)


def lock_post(session: Session, *, page_id: int, post_id: int, is_deleted: bool | None = False) -> Post:
    """Do what ``get_post`` does and keep others from changing the post until the transaction ends."""
    post = session.scalars(
        select(Post)
        .where(Post.page_id == page_id, Post.id == post_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    return _checked(post, is_deleted)


def _checked(post: Post | None, is_deleted: bool | None) -> Post:
    if post is None or (is_deleted is not None and (post.deleted_at is not None) is not is_deleted):
        raise NotFound
    return post


def lock_post_by_id(session: Session, post_id: int) -> Post | None:
    """Return a post of any page, locked, deleted ones too; None when there is none."""
    statement = select(Post).where(Post.id == post_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def load_content(session: Session, post_id: int) -> Content:
    """Return what stands beside a post's text."""
    photos = session.scalars(
        select(PostPhoto).where(PostPhoto.post_id == post_id).order_by(PostPhoto.position, PostPhoto.id)
    ).all()
    tags = session.scalars(select(PostTag).where(PostTag.post_id == post_id).order_by(PostTag.id)).all()
    return Content(photos, tags)


def draft_of(post: Post, content: Content) -> PostDraft:
    """Return a post as the draft that would make it again."""
    places = {photo.id: place for place, photo in enumerate(content.photos)}
    return PostDraft(
        body=post.body,
        link_url=post.link_url,
        link_title=post.link_title,
        link_description=post.link_description,
        photos=tuple(
            PhotoDraft(photo.picture, photo.alt, is_decorative=photo.is_decorative)
            for photo in content.photos
        ),
        tags=tuple(
            TagDraft(tag.product_id, None if tag.photo_id is None else places[tag.photo_id], tag.x, tag.y)
            for tag in content.tags
        ),
    )


def titles_of_products(session: Session, *, page_id: int, product_ids: Collection[int]) -> dict[int, str]:
    """Return what those of the products are called that are the page's."""
    if not product_ids:
        return {}
    statement = select(Product.id, Product.title).where(
        Product.page_id == page_id, Product.id.in_(sorted(set(product_ids)))
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def newest_published_at(page_id: int) -> ScalarSelect[dt.datetime | None]:
    """Return, for an UPDATE, when the page's newest post that everybody sees was published."""
    return (
        select(func.max(Post.published_at))
        .where(Post.page_id == page_id, Post.status == PostStatus.PUBLISHED, Post.deleted_at.is_(None))
        .scalar_subquery()
    )


@dataclass(frozen=True, slots=True)
class Revision:
    """What a post said until ``at``, when ``editor`` (None: gone, or a job) changed it; ``content`` as in the model."""

    id: int
    body: str
    content: dict[str, Any]
    at: dt.datetime
    editor: str | None


def list_revisions(session: Session, post_id: int, *, limit: int = 100) -> list[Revision]:
    """Return what a published post said before its edits, the last first."""
    statement = (
        select(PostRevision, Account.name)
        .outerjoin(Account, Account.id == PostRevision.account_id)
        .where(PostRevision.post_id == post_id)
        .order_by(PostRevision.id.desc())
        .limit(limit)
    )
    return [
        Revision(row.id, row.body, row.content, row.at, editor) for row, editor in session.execute(statement)
    ]


class Editor(NamedTuple):
    """Who of the staff last changed a post, and when; ``name`` is None for somebody who has left."""

    name: str | None
    at: dt.datetime


def find_last_editor(session: Session, *, page_id: int, post_id: int) -> Editor | None:
    """Return who last acted on a post, among the page's last 500 acts."""
    newest = (
        select(AuditEntry.id)
        .where(AuditEntry.page_id == page_id)
        .order_by(AuditEntry.id.desc())
        .limit(RECENT_ACTS)
        .subquery()
    )
    statement = (
        select(Account.name, AuditEntry.at)
        .select_from(AuditEntry)
        .join(newest, newest.c.id == AuditEntry.id)
        .outerjoin(Account, Account.id == AuditEntry.account_id)
        .where(AuditEntry.subject_kind == "post", AuditEntry.subject_ref == str(post_id))
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    row = session.execute(statement).one_or_none()
    return None if row is None else Editor(*row)


def list_import_refs(session: Session, page_id: int, refs: Collection[str]) -> list[str]:
    """Return those of the references from files that posts of a page carry."""
    statement = select(Post.import_ref).where(Post.page_id == page_id, Post.import_ref.in_(refs))
    return [ref for ref in session.scalars(statement) if ref is not None]
