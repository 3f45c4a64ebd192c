"""Every change of posts: writing, publishing, scheduling, pinning, deleting them, in the name of their page.

Rows are locked in the order that all of the feed keeps: the post, what hangs on it, ``post_counts``,
``page_versions``. A change that everybody sees raises the page's version last.
"""

import datetime as dt
from dataclasses import replace

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.core.errors import Conflict, Invalid
from shop.core.i18n import N_
from shop.core.outbox import enqueue
from shop.feed.drafts import PhotoDraft, PostDraft, TagDraft, check_draft, check_time, kind_of
from shop.feed.learning import ask_to_learn
from shop.feed.models import Post, PostCounts, PostKind, PostRevision, PostStatus
from shop.feed.post_facts import audit_values, facts_of, subject_of
from shop.feed.post_rows import write_content, write_head
from shop.feed.posting_queries import (
    draft_of,
    load_content,
    lock_post,
    lock_post_by_id,
    newest_published_at,
    titles_of_products,
)
from shop.moderation.models import SubjectKind
from shop.moderation.queries import is_taken_down
from shop.page.audit import record_act
from shop.page.models import PageVersion
from shop.page.queries import lock_page
from shop.page.service import raise_version

__all__ = ["PhotoDraft", "PostDraft", "TagDraft"]

PUBLISH_POST = "publish_post"


class PostChanged(Conflict):
    """Somebody else saved the post after this form was opened."""

    code = "post_changed"
    message = N_(
        "Somebody else has changed this post since you opened it. Save again to put yours in its place."
    )

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__()


class IsPublished(Conflict):
    """A post that is public already cannot be scheduled."""

    code = "post_published"
    message = N_("This post is published already.")


class IsNotPublished(Conflict):
    """Only a post that is public can be pinned."""

    code = "post_not_published"
    message = N_("Only a published post can be pinned.")


class TakenDown(Conflict):
    """The people who run this Vitrine removed the post."""

    code = "post_taken_down"
    message = N_("This post was removed after a report and cannot be brought back.")


def create_post(
    session: Session, *, page_id: int, account_id: int | None, draft: PostDraft, now: dt.datetime
) -> Post:
    """Add a post as a draft, which nobody but the page's staff sees, and return it; Invalid tells by field."""
    titles = _checked(session, page_id, draft, is_public=False)
    post = Post(
        page_id=page_id,
        kind=kind_of(draft),
        status=PostStatus.DRAFT,
        version=1,
        created_at=now,
        created_by_id=account_id,
    )
    write_head(post, draft)
    session.add(post)
    session.flush()
    session.add(PostCounts(post_id=post.id))
    write_content(session, post, draft)
    record_act(
        session, page_id=page_id, account_id=account_id, act="post.created", subject=subject_of(post), now=now,
        after=audit_values(facts_of(draft, titles)),
    )  # fmt: skip
    return post


def edit_post(
    session: Session, *, page_id: int, post_id: int, account_id: int | None, draft: PostDraft, now: dt.datetime,
    version: int | None = None,
) -> bool:  # fmt: skip
    """Make a post what ``draft`` says and return whether anything changed; Invalid tells by field.

    ``version`` is the one that the form was opened with: PostChanged is raised when somebody saved since
    (None skips the check). What a published post said before is kept as a revision.
    """
    post = lock_post(session, page_id=page_id, post_id=post_id)
    if version is not None and post.version != version:
        raise PostChanged(post.version)
    if post.kind is PostKind.VIDEO and draft.kind is None:
        draft = replace(draft, kind=PostKind.VIDEO)  # Came with a file; nothing in the composer says so.
    is_public = post.status is not PostStatus.DRAFT
    before = draft_of(post, load_content(session, post.id))
    titles = _checked(session, page_id, draft, is_public=is_public, known=before)
    old, new = facts_of(before, titles), facts_of(draft, titles)
    if old == new:
        return False
    if post.status is PostStatus.PUBLISHED:
        content = {name: value for name, value in old.items() if name != "body"}
        session.add(
            PostRevision(post_id=post.id, body=post.body, content=content, at=now, account_id=account_id)
        )
        post.edited_at = now
    write_head(post, draft)
    post.kind = kind_of(draft)
    post.version += 1
    write_content(session, post, draft)
    record_act(
        session, page_id=page_id, account_id=account_id, act="post.edited", subject=subject_of(post), now=now,
        before=audit_values(old), after=audit_values(new),
    )  # fmt: skip
    if post.status is PostStatus.PUBLISHED:
        raise_version(session, page_id)
    return True


def publish_post(
    session: Session, *, page_id: int, post_id: int, now: dt.datetime, account_id: int | None = None
) -> bool:
    """Show a post to everybody and return whether it was not before; Invalid when it lacks what that needs."""
    post = lock_post(session, page_id=page_id, post_id=post_id)
    if post.status is PostStatus.PUBLISHED:
        return False
    _refuse_unready(session, post)
    _publish(session, post, now=now, account_id=account_id)
    return True


def schedule_post(
    session: Session, *, page_id: int, post_id: int, at: dt.datetime, now: dt.datetime,
    account_id: int | None = None,
) -> bool:  # fmt: skip
    """Let a post be published at an instant to come, or at another one; return whether that is new.

    Invalid tells by field ("scheduled_at" and those of the draft); IsPublished when it is too late.
    """
    post = lock_post(session, page_id=page_id, post_id=post_id)
    if post.status is PostStatus.PUBLISHED:
        raise IsPublished
    errors = check_time(at, now)
    if errors:
        raise Invalid(errors)
    _refuse_unready(session, post)
    before = post.scheduled_at if post.status is PostStatus.SCHEDULED else None
    if before == at:
        return False
    post.status, post.scheduled_at = PostStatus.SCHEDULED, at
    post.version += 1
    session.flush()
    # One job for each time: an old one finds that the post is meant for another and leaves it.
    enqueue(
        session, kind=PUBLISH_POST, subject=f"{post.id}:{at.isoformat()}", page_id=page_id, now=now, run_at=at,
        payload={"post_id": post.id, "at": at.isoformat()},
    )  # fmt: skip
    record_act(
        session, page_id=page_id, account_id=account_id, act="post.scheduled", subject=subject_of(post), now=now,
        before={"scheduled_at": before.isoformat() if before else ""}, after={"scheduled_at": at.isoformat()},
    )  # fmt: skip
    return True


def unschedule_post(
    session: Session, *, page_id: int, post_id: int, now: dt.datetime, account_id: int | None = None,
    version: int | None = None,
) -> dt.datetime | None:  # fmt: skip
    """Make a scheduled post a draft again; return the instant that it was meant for, None if it was not scheduled.

    ``version`` is as in ``edit_post``.
    """
    post = lock_post(session, page_id=page_id, post_id=post_id)
    if version is not None and post.version != version:
        raise PostChanged(post.version)
    at = post.scheduled_at
    if post.status is not PostStatus.SCHEDULED or at is None:
        return None
    post.status, post.scheduled_at = PostStatus.DRAFT, None
    post.version += 1
    record_act(
        session, page_id=page_id, account_id=account_id, act="post.unscheduled", subject=subject_of(post), now=now,
        before={"scheduled_at": at.isoformat()}, after={"scheduled_at": ""},
    )  # fmt: skip
    return at


def publish_due_post(session: Session, *, post_id: int, at: dt.datetime, now: dt.datetime) -> bool:
    """Publish a post that is still meant for ``at``; False when it was published, moved or deleted since."""
    post = lock_post_by_id(session, post_id)
    if post is None or post.deleted_at is not None:
        return False
    if post.status is not PostStatus.SCHEDULED or post.scheduled_at != at:
        return False
    _publish(session, post, now=now, account_id=None)
    return True


def _publish(session: Session, post: Post, *, now: dt.datetime, account_id: int | None) -> None:
    before = post.status
    post.status, post.published_at, post.scheduled_at = PostStatus.PUBLISHED, now, None
    post.version += 1
    session.flush()
    record_act(
        session, page_id=post.page_id, account_id=account_id, act="post.published", subject=subject_of(post), now=now,
        before={"status": before.value}, after={"status": post.status.value},
    )  # fmt: skip
    ask_to_learn(session, page_id=post.page_id, now=now)
    _raise_page(session, post.page_id)


def pin_post(
    session: Session, *, page_id: int, post_id: int, now: dt.datetime, account_id: int | None = None
) -> int | None:
    """Keep a published post on top of its page; return the id of the one that it replaces there, if any."""
    lock_page(session, page_id)  # Two who pin at once wait here, so that neither meets the other's pin.
    post = lock_post(session, page_id=page_id, post_id=post_id)
    if post.status is not PostStatus.PUBLISHED:
        raise IsNotPublished
    if post.pinned_at is not None:
        return None
    replaced = session.scalar(
        update(Post)
        .where(Post.page_id == page_id, Post.pinned_at.is_not(None))
        .values(pinned_at=None)
        .returning(Post.id)
    )
    post.pinned_at = now
    session.flush()
    _record_standing(session, post, "post.pinned", account_id, now)
    raise_version(session, page_id)
    return replaced


def unpin_post(
    session: Session, *, page_id: int, post_id: int, now: dt.datetime, account_id: int | None = None
) -> bool:
    """Take a post from the top of its page; return whether it was there."""
    post = lock_post(session, page_id=page_id, post_id=post_id)
    if post.pinned_at is None:
        return False
    post.pinned_at = None
    session.flush()
    _record_standing(session, post, "post.unpinned", account_id, now)
    raise_version(session, page_id)
    return True


def delete_post(
    session: Session, *, page_id: int, post_id: int, now: dt.datetime, account_id: int | None = None
) -> bool:
    """Put a post away so that it can be restored; return whether it was not yet. A pinned one is unpinned."""
    post = lock_post(session, page_id=page_id, post_id=post_id, is_deleted=None)
    if post.deleted_at is not None:
        return False
    post.deleted_at, post.pinned_at = now, None
    session.flush()
    _record_standing(session, post, "post.deleted", account_id, now)
    if post.status is PostStatus.PUBLISHED:
        _raise_page(session, page_id)
    return True


def restore_post(
    session: Session, *, page_id: int, post_id: int, now: dt.datetime, account_id: int | None = None
) -> PostStatus:
    """Bring a deleted post back as what it was and return that; one whose time has passed meanwhile is a draft."""
    post = lock_post(session, page_id=page_id, post_id=post_id, is_deleted=None)
    if post.deleted_at is None:
        return post.status
    if is_taken_down(session, SubjectKind.POST, post_id):
        raise TakenDown
    post.deleted_at = None
    if post.status is PostStatus.SCHEDULED and post.scheduled_at is not None and post.scheduled_at <= now:
        post.status, post.scheduled_at = PostStatus.DRAFT, None
    session.flush()
    _record_standing(session, post, "post.restored", account_id, now)
    if post.status is PostStatus.PUBLISHED:
        _raise_page(session, page_id)
    return post.status


def _record_standing(
    session: Session, post: Post, act: str, account_id: int | None, now: dt.datetime
) -> None:
    record_act(
        session, page_id=post.page_id, account_id=account_id, act=act, subject=subject_of(post), now=now
    )


def _raise_page(session: Session, page_id: int) -> None:
    """Raise the page's version, and keep when its newest post was published."""
    # The version's row is locked first, so that the newest is looked up after whoever else published.
    raise_version(session, page_id)
    session.execute(
        update(PageVersion)
        .where(PageVersion.page_id == page_id)
        .values(last_post_at=newest_published_at(page_id))
    )


def _checked(
    session: Session, page_id: int, draft: PostDraft, *, is_public: bool, known: PostDraft | None = None
) -> dict[int, str]:
    """Return the names of the products in ``draft`` (and ``known``); Invalid when it is not right."""
    errors = check_draft(draft, is_public=is_public)
    others = () if known is None else known.tags
    ids = [tag.product_id for tag in (*draft.tags, *others)]
    titles = titles_of_products(session, page_id=page_id, product_ids=ids)
    for number, tag in enumerate(draft.tags):
        if tag.product_id not in titles:
            errors.setdefault(f"tags.{number}", []).append(N_("This product is not yours any more."))
    if errors:
        raise Invalid(errors)
    return titles


def _refuse_unready(session: Session, post: Post) -> None:
    draft = draft_of(post, load_content(session, post.id))
    errors = check_draft(draft, is_public=True)
    if errors:
        raise Invalid(errors)
