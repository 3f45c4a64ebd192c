"""Where a post stands, changed with a button and undone with another: pinned, deleted, scheduled."""

import datetime as dt
from collections.abc import Callable
from functools import wraps

from flask import request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from shop.core.errors import Conflict, Invalid, NotFound
from shop.feed import posting
from shop.feed.models import PostStatus
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database, now
from shop.web.pages import flash_message, go, safe_next

View = Callable[[PageAccess, int], Response]


def _refusals_told(view: View) -> View:
    """Let a view that meets another state than its button was made for say so on the list of posts."""

    @wraps(view)
    def telling(access: PageAccess, post_id: int) -> Response:
        try:
            return view(access, post_id)
        except Conflict as conflict:
            flash_message(gettext(conflict.msgid), "error")
            return _back(access)

    return telling


@staff_only(Permission.MANAGE_POSTS)
@_refusals_told
def pin_post(access: PageAccess, post_id: int) -> Response:
    """Keep a post on top of the page, in place of another one if need be."""
    with database().transaction() as session:
        replaced = posting.pin_post(
            session, page_id=access.page.id, post_id=post_id, now=now(), account_id=access.account_id
        )
    if replaced is None:
        text, undo = gettext("It is pinned to the top of your page."), _path(access, "unpin_post", post_id)
    else:
        text = gettext("It is pinned to the top of your page, in place of the post that was there.")
        undo = _path(access, "pin_post", replaced)
    flash_message(text, undo=undo)
    return _back(access)


@staff_only(Permission.MANAGE_POSTS)
@_refusals_told
def unpin_post(access: PageAccess, post_id: int) -> Response:
    """Take a post from the top of the page."""
    with database().transaction() as session:
        was_pinned = posting.unpin_post(
            session, page_id=access.page.id, post_id=post_id, now=now(), account_id=access.account_id
        )
    undo = _path(access, "pin_post", post_id) if was_pinned else None
    flash_message(gettext("It is not pinned any more."), undo=undo)
    return _back(access)


@staff_only(Permission.MANAGE_POSTS)
@_refusals_told
def delete_post(access: PageAccess, post_id: int) -> Response:
    """Put a post away; it can be brought back."""
    with database().transaction() as session:
        posting.delete_post(
            session, page_id=access.page.id, post_id=post_id, now=now(), account_id=access.account_id
        )
    flash_message(
        gettext("The post is deleted. You find it under Deleted and can bring it back."),
        undo=_path(access, "restore_post", post_id),
    )
    return _back(access)


@staff_only(Permission.MANAGE_POSTS)
@_refusals_told
def restore_post(access: PageAccess, post_id: int) -> Response:
    """Bring a deleted post back as what it was."""
    with database().transaction() as session:
        status = posting.restore_post(
            session, page_id=access.page.id, post_id=post_id, now=now(), account_id=access.account_id
        )
    texts = {
        PostStatus.PUBLISHED: gettext("The post is back on your page."),
        PostStatus.SCHEDULED: gettext("The post is back and will be published at its time."),
        PostStatus.DRAFT: gettext("The post is back as a draft. Nobody sees it until you publish it."),
    }
    flash_message(texts[status], undo=_path(access, "delete_post", post_id))
    return _back(access)


@staff_only(Permission.MANAGE_POSTS)
@_refusals_told
def unschedule_post(access: PageAccess, post_id: int) -> Response:
    """Make a scheduled post a draft again."""
    with database().transaction() as session:
        at = posting.unschedule_post(
            session, page_id=access.page.id, post_id=post_id, now=now(), account_id=access.account_id
        )
    undo = None if at is None else f"{_path(access, 'schedule_post', post_id)}?at={at:%Y-%m-%dT%H:%M:%SZ}"
    flash_message(gettext("It is a draft again and will not be published by itself."), undo=undo)
    return _back(access)


@staff_only(Permission.MANAGE_POSTS)
@_refusals_told
def schedule_post(access: PageAccess, post_id: int) -> Response:
    """Schedule a post again for the instant that it was meant for before: what undoes the button above."""
    at = _instant(request.args.get("at", ""))
    if at is None:
        raise NotFound
    try:
        with database().transaction() as session:
            posting.schedule_post(
                session, page_id=access.page.id, post_id=post_id, at=at, now=now(), account_id=access.account_id
            )  # fmt: skip
    except Invalid as invalid:
        flash_message(gettext(next(msgid for found in invalid.errors.values() for msgid in found)), "error")
    else:
        flash_message(gettext("It is scheduled again."), undo=_path(access, "unschedule_post", post_id))
    return _back(access)


def _instant(text: str) -> dt.datetime | None:
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _path(access: PageAccess, endpoint: str, post_id: int) -> str:
    return url_for(f"feed_admin.{endpoint}", page_slug=access.page.slug, post_id=post_id)


def _back(access: PageAccess) -> Response:
    return go(safe_next(url_for("feed_admin.show_posts", page_slug=access.page.slug)))
