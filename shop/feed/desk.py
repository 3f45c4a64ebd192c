"""What the edges of posts share: who reads, who writes, where to go back to, and how fast somebody may act."""

from flask import Response, request
from flask_babel import gettext as _
from flask_limiter import RequestLimit
from flask_limiter.util import get_remote_address
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.login import current_account_id, required_account_id, sign_in_redirect, viewer
from shop.core.errors import Forbidden
from shop.feed.models import Post
from shop.feed.talk import Asked, Order
from shop.feed.talk_queries import Reader
from shop.feed.talking import Writer
from shop.feed.view_queries import get_visible_post
from shop.page.authorization import Permission, allows
from shop.page.models import Page
from shop.page.queries import find_role, get_page
from shop.web.forms import id_or_none
from shop.web.locale import language
from shop.web.pages import flash_message, go, referring_path, render, safe_next

REACTIONS = "60/minute"
COMMENTS = "20 per 5 minutes"
"""How often one person may react, like or hide, and how often write."""


def whose_limit() -> str:
    """Return whose acts are counted together: an account's, or a guest's address."""
    account_id = current_account_id()
    return f"talk:{account_id}" if account_id is not None else f"talk:{get_remote_address()}"


def is_script() -> bool:
    """Tell whether a script asks, which takes a piece of the page instead of all of it."""
    return "HX-Request" in request.headers


def reader_on(session: Session, page_id: int) -> Reader:
    """Return who is asking, with what they may do on the page; one statement for somebody signed in."""
    account_id = current_account_id()
    role = find_role(session, page_id, account_id)
    return Reader(
        account_id,
        moderates=allows(role, Permission.MODERATE),
        writes_for_page=allows(role, Permission.MANAGE_POSTS),
    )


def writer_on(session: Session, page_id: int, *, as_page: bool = False) -> Writer:
    """Return who writes; Forbidden when they may not write in the page's name and want to."""
    account_id = required_account_id()
    if as_page and not allows(find_role(session, page_id, account_id), Permission.MANAGE_POSTS):
        raise Forbidden
    return Writer(account_id, viewer().name, is_page=as_page)


def find_thing(session: Session, page_slug: str, post_id: int) -> tuple[Page, Post]:
    """Return a page and a visible post of it; NotFound for any other."""
    page = get_page(session, page_slug)
    return page, get_visible_post(session, page_id=page.id, post_id=post_id)


def asked_for() -> Asked:
    """Return which part of a talk the request's address asks for."""
    order = request.args.get("order", "")
    return Asked(
        Order(order) if order in set(Order) else Order.NEWEST,
        id_or_none(request.args.get("after", "")),
        tuple(one for text in request.args.getlist("thread") if (one := id_or_none(text)) is not None),
        id_or_none(request.args.get("comment", "")),
    )


def post_path(page_slug: str, post_id: int) -> str:
    """Return the address of a post in the visitor's language."""
    return f"/{language()}/p/{page_slug}/posts/{post_id}"


def back_to(default: str) -> BaseResponse:
    """Go back to where the visitor was, else to ``default``."""
    return go(safe_next(referring_path() or default))


def ask_to_sign_in(text: str, back: str) -> BaseResponse:
    """Send a guest to the sign-in form, told why; they come back to ``back``."""
    flash_message(text, "info")
    return sign_in_redirect(safe_next(back))


def refuse_haste(_limit: RequestLimit) -> Response:
    """Answer somebody who reacts too often: in place for a script, else where they were."""
    text = _("That was quick. Please wait a minute before you go on.")
    if is_script():
        return render("feed/refusal.html", status=429, text=text)
    flash_message(text, "error")
    response = back_to(f"/{language()}/")
    return Response(response.get_data(), response.status_code, response.headers)
