"""The card of a contest for a frame on another site; entering opens a window of its own on ours (``embedding.py``)."""

from flask import Blueprint

from shop.contests.public_views import view_contest
from shop.core.errors import NotFound
from shop.page.queries import get_page
from shop.storefront.contest_parts import get_public_contest
from shop.storefront.embedding import Card, embedded
from shop.storefront.schema_org import absolute
from shop.web.context import database, now

blueprint = Blueprint("embed_contests", __name__)


@blueprint.get("/embed/p/<page_slug>/contests/<contest_slug>")
@embedded
def show_contest(page_slug: str, contest_slug: str) -> Card:
    """Show a contest as a card: what can be won, until when, and the way in."""
    with database().reading() as session:
        page = get_page(session, page_slug)
        contest = get_public_contest(session, page, contest_slug)
        if not contest.is_embeddable:
            raise NotFound
        view = view_contest(contest, page, now())
    return "embed/contest.html", {
        "page": page,
        "contest": view,
        "title": view.title,
        "accent": page.accent_color,
        "canonical": absolute(view.path),
    }
