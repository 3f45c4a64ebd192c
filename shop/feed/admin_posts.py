"""The admin's list of posts, and the history of one."""

from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from werkzeug.wrappers import Response

from shop.core.i18n import N_
from shop.core.places import read_place
from shop.feed.admin_post_queries import COUNT_LIMIT, Part, count_posts, list_posts
from shop.feed.marking import plain
from shop.feed.marking import render as render_marks
from shop.feed.models import PostKind
from shop.feed.posting_queries import draft_of, get_post, list_revisions, load_content
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database
from shop.web.pages import render

PARTS = {
    Part.PUBLISHED: N_("Published"),
    Part.SCHEDULED: N_("Scheduled"),
    Part.DRAFTS: N_("Drafts"),
    Part.DELETED: N_("Deleted"),
}
KINDS = {
    PostKind.TEXT: N_("Text"),
    PostKind.PHOTO: N_("Photos"),
    PostKind.PRODUCT: N_("Product"),
    PostKind.LINK: N_("Link"),
    PostKind.VIDEO: N_("Video"),
}
ROWS = 25


@staff_only(Permission.MANAGE_POSTS)
def show_posts(access: PageAccess) -> Response:
    """Show the page's posts by parts, searched, paged by place."""
    part = _part(request.args.get("part", ""))
    query = request.args.get("q", "").strip()[:200]
    with database().reading() as session:
        found = list_posts(
            session,
            page_id=access.page.id,
            part=part,
            query=query,
            after=read_place(request.args.get("after", "")),
            before=read_place(request.args.get("before", "")),
            limit=ROWS,
        )
        counts = count_posts(session, page_id=access.page.id)

    def address(**changes: Any) -> str:
        values = {"part": "" if part is Part.PUBLISHED else part.value, "q": query} | changes
        kept = {key: value for key, value in values.items() if value}
        place = url_for("feed_admin.show_posts", page_slug=access.page.slug)
        return f"{place}?{urlencode(kept)}" if kept else place

    return render(
        "manage/posts/list.html",
        access=access,
        found=found,
        counts=counts,
        count_limit=COUNT_LIMIT,
        part=part,
        parts=PARTS,
        kinds=KINDS,
        query=query,
        plain=plain,
        address=address,
        previous_url=address(before=str(found.previous)) if found.previous else None,
        next_url=address(after=str(found.next)) if found.next else None,
    )


def _part(text: str) -> Part:
    return Part(text) if text in set(Part) else Part.PUBLISHED


@staff_only(Permission.MANAGE_POSTS)
def show_history(access: PageAccess, post_id: int) -> Response:
    """Show what a post says and what it said before each edit."""
    with database().reading() as session:
        post = get_post(session, page_id=access.page.id, post_id=post_id)
        draft = draft_of(post, load_content(session, post.id))
        revisions = list_revisions(session, post.id)
    return render(
        "manage/posts/history.html",
        access=access,
        post=post,
        draft=draft,
        revisions=revisions,
        render_marks=render_marks,
        plain=plain,
    )
