"""The directory of pages at an address of its own, for guests and for who is signed in."""

from collections.abc import Hashable

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from shop.accounts.login import current_account_id
from shop.page.queries import get_directory_version
from shop.storefront.caching import public_page
from shop.storefront.directory import load_directory
from shop.storefront.structured import for_directory
from shop.web.context import database
from shop.web.limits import limiter
from shop.web.pages import render

MAX_QUERY = 100

blueprint = Blueprint("directory", __name__)


def _version() -> Hashable:
    with database().glancing() as connection:
        return get_directory_version(connection)


@blueprint.get("/pages")
@limiter.limit("240/minute")
@public_page(_version, arguments=("q", "cursor"))
def list_pages() -> ResponseReturnValue:
    """Show all pages, most followed first, or those that are found by ``q``; who is signed in sees what friends like."""
    query = " ".join(request.args.get("q", "").split())[:MAX_QUERY]
    account_id = current_account_id()
    with database().reading() as session:
        directory = load_directory(
            session, query=query, cursor=request.args.get("cursor"), account_id=account_id
        )
    title = gettext("Pages for “%(query)s”", query=query) if query else gettext("All pages")
    links = for_directory(directory.pages, title=title, is_search=bool(query))
    return render("storefront/directory.html", directory=directory, title=title, links=links)
