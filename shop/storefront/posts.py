"""Posts in public: a page's timeline, a post with its talk, its history; a reader's own marks are put in last."""

import datetime as dt
import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from shop.accounts.login import current_account_id
from shop.core.errors import NotFound
from shop.feed.desk import asked_for, reader_on
from shop.feed.marking import render as render_marks
from shop.feed.posting_queries import Revision, list_revisions
from shop.feed.talk import Talk, load_talk
from shop.feed.talk_queries import Reader
from shop.feed.view_queries import get_visible_post
from shop.feed.views import NO_MARKS, Marks, PostView, load_marks, load_posts
from shop.page.models import Page
from shop.page.queries import get_page
from shop.storefront.caching import PRIVATE, is_public_request, public_page
from shop.storefront.parts import Loader, Part, Tab, current_version, load_tab
from shop.storefront.structured import for_post
from shop.web.context import database, now
from shop.web.forms import Form
from shop.web.locale import language
from shop.web.pages import render

KEPT_FOR = dt.timedelta(minutes=10)
"""After this a kept page is made anew, since it tells how long ago things were."""
MAX_DRAFT = 2000
CUT = "<!--cut-->"
"""What stands between the feet of several posts that are rendered at once."""
_FOOT = re.compile(r"<!--foot:(\d+)-->.*?<!--/foot-->", re.DOTALL)

blueprint = Blueprint("posts", __name__)


def live_version(page_slug: str, **_values: object) -> Hashable:
    """Return the page's version and the ten minutes that it is now: what tells of "5 minutes ago" stands under both."""
    return (current_version(page_slug), _moment())


def _moment() -> int:
    return int(now().timestamp() // KEPT_FOR.total_seconds())


def load_live_tab(page_slug: str, template: str, arguments: tuple[str, ...], load: Loader) -> Tab:
    """Return a tab that shows posts, with the marks of whoever is signed in on each."""
    tab = load_tab(page_slug, template, (*arguments, str(_moment())), load)
    account_id = current_account_id()
    if account_id is None or not tab.part.views:
        return tab
    with database().glancing() as connection:
        marks = load_marks(connection, account_id, [view.id for view in tab.part.views])
    return replace(tab, part=_marked(tab.part, marks))


def _marked(part: Part, marks: Mapping[int, Marks]) -> Part:
    """Return the part with the feet of the posts on which somebody left marks."""
    views = {view.id: view for view in part.views if marks.get(view.id, NO_MARKS) != NO_MARKS}
    if not views:
        return part
    shown = list(views.values())
    feet = render_template("feed/feet.html", views=shown, marks=marks).split(CUT)
    own = {view.id: foot for view, foot in zip(shown, feet, strict=False)}

    def foot_of(found: re.Match[str]) -> str:
        return own.get(int(found[1]), found[0])

    return replace(part, content=Markup(_FOOT.sub(foot_of, str(part.content))))  # noqa: S704 - rendered by Jinja


def load_post_part(post_id: int) -> Loader:
    """Return the loader of a post's own page, the talk apart; NotFound when it is not visible."""

    def load(session: Session, page: Page) -> dict[str, Any]:
        view = _view_of(session, page, post_id)
        links = for_post(view)
        return {"title": links.title, "links": links, "view": view, "views": (view,)}

    return load


def _view_of(session: Session, page: Page, post_id: int) -> PostView:
    if not 0 < post_id < 2**63:
        raise NotFound
    view = load_posts(session, [post_id], language()).get(post_id)
    if view is None or view.page.id != page.id:
        raise NotFound
    return view


@blueprint.get("/p/<page_slug>/posts/<int:post_id>")
@public_page(live_version, arguments=("order", "after", "thread", "comment"))
def show_post(page_slug: str, post_id: int) -> ResponseReturnValue:
    """Show a post on its own page, with its talk."""
    tab = load_live_tab(page_slug, "post", (str(post_id),), load_post_part(post_id))
    talk, reader = _talk(tab.header.page_id, post_id)
    draft = request.args.get("draft", "")[:MAX_DRAFT]
    return render(
        "storefront/post_page.html",
        header=tab.header,
        part=tab.part,
        active_tab="timeline",
        compact=True,
        page=tab.header,
        view=tab.part.views[0],
        talk=talk,
        reader=reader,
        draft=Form({"body": draft}) if draft else None,
    )


def _talk(page_id: int, post_id: int) -> tuple[Talk, Reader]:
    with database().reading() as session:
        reader = reader_on(session, page_id)
        return load_talk(session, post_id=post_id, reader=reader, asked=asked_for()), reader


@blueprint.get("/p/<page_slug>/posts/<int:post_id>/comments")
def show_comments(page_slug: str, post_id: int) -> ResponseReturnValue:
    """Answer a post's comments as a piece of a page; 304 costs one small statement, and one for who is signed in."""
    if is_public_request():
        return _public_comments(page_slug=page_slug, post_id=post_id)
    tag = f"{live_version(page_slug)}/{current_account_id()}/{language()}"
    response = Response()
    response.set_etag(re.sub(r"[^0-9a-z/.-]", "-", tag), weak=True)
    response.headers["Cache-Control"] = PRIVATE
    response.vary.add("Cookie")
    if response.make_conditional(request).status_code == 304:  # noqa: PLR2004 - the browser has it
        return response
    made = _comments(page_slug, post_id)
    made.set_etag(response.get_etag()[0] or "", weak=True)
    made.headers["Cache-Control"] = PRIVATE
    made.vary.add("Cookie")
    return made


@public_page(live_version, arguments=("order", "after", "thread", "comment"))
def _public_comments(page_slug: str, post_id: int) -> ResponseReturnValue:
    return _comments(page_slug, post_id)


def _comments(page_slug: str, post_id: int) -> Response:
    with database().reading() as session:
        page = get_page(session, page_slug)
        view = _view_of(session, page, post_id)
        reader = reader_on(session, page.id)
        talk = load_talk(session, post_id=post_id, reader=reader, asked=asked_for())
    return render("feed/_talk_list.html", page=page, view=view, talk=talk, reader=reader)


@dataclass(frozen=True, slots=True)
class Wording:
    """What a post said until an instant."""

    at: dt.datetime
    html: str
    link_url: str | None
    photos: int


def _revision(row: Revision) -> Wording:
    content = row.content or {}
    return Wording(
        row.at, render_marks(row.body), content.get("link_url") or None, len(content.get("photos") or [])
    )


@blueprint.get("/p/<page_slug>/posts/<int:post_id>/history")
@public_page(live_version)
def show_post_history(page_slug: str, post_id: int) -> ResponseReturnValue:
    """Show what a post said before."""

    def load(session: Session, page: Page) -> dict[str, Any]:
        view = _view_of(session, page, post_id)
        post = get_visible_post(session, page_id=page.id, post_id=post_id)
        revisions = [_revision(row) for row in list_revisions(session, post.id)]
        links = replace(
            for_post(view), path=f"{view.path}/history", data=(), is_indexed=False, has_card=False
        )
        return {
            "title": gettext("History of this post"),
            "links": links,
            "view": view,
            "revisions": revisions,
        }

    tab = load_tab(page_slug, "post_history", (str(post_id),), load)
    return render(
        "storefront/post_history_page.html",
        header=tab.header,
        part=tab.part,
        active_tab="timeline",
        compact=True,
    )
