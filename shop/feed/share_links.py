"""The link of a share: ``/s/<token>``, also where a language stands before it."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from shop.feed.sharing_queries import get_share_by_token
from shop.web.context import database
from shop.web.locale import language

blueprint = Blueprint("share_links", __name__)


@blueprint.get("/s/<token>")
def follow_link(token: str) -> Response:
    """Lead whoever has a share's link to what was shared, in their language, with the mark of where they came from."""
    with database().reading() as session:
        share = get_share_by_token(session, token)
    response = redirect(f"/{language()}{share.path}", 302)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response
