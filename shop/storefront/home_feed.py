"""The feed at ``/``: its pages, its news, its sliders, and why each post stands where it does."""

from collections.abc import Callable
from dataclasses import asdict
from hashlib import blake2b

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.login import login_required, required_account_id
from shop.core.errors import NotFound
from shop.feed.feed_queries import count_news, find_settings
from shop.feed.opening import FeedGone, cut_page, find_feed, keep_feed, next_page, read_cursor, sort_feed
from shop.feed.preferring import choose_sorting, save_sliders
from shop.feed.ranking import DEFAULTS, RANGES, Sliders, read_sliders
from shop.feed.ranking_models import FeedOrder
from shop.feed.rounds import instant, micros
from shop.storefront.feed import load_feed
from shop.storefront.feed_schemas import SlidersSchema, decimal_adapter
from shop.storefront.feed_why import load_why
from shop.web.context import database, now
from shop.web.forms import Form, id_or_none
from shop.web.limits import limiter
from shop.web.pages import flash_message, render, see_other

MOST_NEWS = 100
HOME = "storefront.home"

blueprint = Blueprint("home_feed", __name__)


def show_feed(account_id: int, cursor: str | None) -> BaseResponse:
    """Show the page of an account's feed at ``cursor``; without one the feed is sorted anew."""
    try:
        return _show_next(account_id, cursor) if cursor else _show_first(account_id)
    except FeedGone:
        flash_message(_("Your feed was opened a while ago, so it was sorted anew."), "info")
        target = url_for(HOME)
        if request.headers.get("HX-Request"):
            return Response(status=204, headers={"HX-Redirect": target})
        return redirect(target, 302)


def _show_first(account_id: int) -> Response:
    with database().reading() as session:
        opened = sort_feed(session, account_id, now())
        feed = load_feed(session, opened, cut_page(session, opened, 0), is_first=True)
    if opened.items:
        with database().transaction() as session:
            keep_feed(session, opened)
    return _private(render("storefront/feed.html", feed=feed, since=micros(opened.opened_at)))


def _show_next(account_id: int, cursor: str) -> Response:
    token, offset = read_cursor(cursor)
    with database().reading() as session:
        opened = find_feed(session, account_id, token)
        page = cut_page(session, opened, offset)
    if page.needs_more:
        with database().transaction() as session:
            page = next_page(session, account_id, cursor)
    with database().reading() as session:
        feed = load_feed(session, opened, page, is_first=False)
    return _private(render("storefront/feed.html", feed=feed, since=micros(opened.opened_at)))


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.get("/feed/news")
@login_required
@limiter.limit("600/minute")
def show_news() -> BaseResponse:
    """Answer how many posts came since a feed was opened, as the piece that says so; empty when none did."""
    since = id_or_none(request.args.get("since", ""))
    if since is None or since > micros(now()):
        raise NotFound
    with database().glancing() as connection:
        count, last_id = count_news(
            connection, required_account_id(), since=instant(since), most=MOST_NEWS + 1
        )
    response = _private(render("storefront/_feed_news.html", count=count, most=MOST_NEWS))
    response.set_etag(
        blake2b(f"{count} {last_id} {response.get_data(as_text=True)}".encode(), digest_size=12).hexdigest()
    )
    return response.make_conditional(request)


@blueprint.post("/feed/sorting")
@login_required
def choose_order() -> BaseResponse:
    """Sort the feed by score or by time from now on."""
    try:
        sorting = FeedOrder(request.form.get("sorting", ""))
    except ValueError:
        raise NotFound from None
    with database().transaction() as session:
        choose_sorting(session, account_id=required_account_id(), sorting=sorting)
    return see_other(HOME)


@blueprint.get("/feed/settings")
@login_required
def edit_settings() -> Response:
    """Show the sliders."""
    with database().reading() as session:
        _sorting, kept = find_settings(session, required_account_id())
    return _render_settings(Form(asdict(read_sliders(kept))))


def _render_settings(form: Form, status: int = 200) -> Response:
    return render(
        "storefront/feed_settings.html", form=form, ranges=RANGES, defaults=asdict(DEFAULTS), status=status
    )


@blueprint.post("/feed/settings")
@login_required
def save_settings() -> BaseResponse:
    """Keep the sliders and go to the feed, which is sorted anew."""
    form = Form.from_request(SlidersSchema(), adapters=dict.fromkeys(RANGES, decimal_adapter))
    if form.values is None:
        return _render_settings(form, 422)
    sliders = Sliders(**form.values)
    _in_transaction(lambda session: save_sliders(session, account_id=required_account_id(), sliders=sliders))
    flash_message(_("Your feed is sorted by your sliders now."))
    return see_other(HOME)


@blueprint.post("/feed/settings/removal")
@login_required
def reset_settings() -> BaseResponse:
    """Put every slider back to where it was at first."""
    _in_transaction(lambda session: save_sliders(session, account_id=required_account_id(), sliders=DEFAULTS))
    flash_message(_("Your sliders are back where they were at first."))
    return see_other("home_feed.edit_settings")


def _in_transaction(act: Callable[[Session], None]) -> None:
    with database().transaction() as session:
        act(session)


@blueprint.get("/feed/why/<place>")
@login_required
def show_why(place: str) -> BaseResponse:
    """Show the numbers that put an item of a feed where it stands."""
    account_id = required_account_id()
    try:
        token, index = read_cursor(place)
        with database().reading() as session:
            why = load_why(session, find_feed(session, account_id, token), index)
    except FeedGone:
        flash_message(
            _("That feed was opened a while ago. Ask again from the feed as it is sorted now."), "info"
        )
        return redirect(url_for(HOME), 302)
    return _private(render("storefront/feed_why.html", why=why))
