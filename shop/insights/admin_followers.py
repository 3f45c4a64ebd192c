"""The admin's list of who likes the page: since when, where from, what they bought; and as a file."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from shop.core.i18n import N_
from shop.core.places import read_place
from shop.core.text_search import terms_of
from shop.feed.marking import plain
from shop.insights.follower_export import EXCERPT, export_followers, post_ids_of
from shop.insights.follower_queries import (
    FollowerFilter,
    FollowerRow,
    list_followers,
    map_friends,
    map_posts,
    map_spent,
    total_sources,
)
from shop.page.access import PageAccess, staff_only
from shop.page.audit import record_act
from shop.page.authorization import Permission
from shop.page.days import start_of_day
from shop.page.models import LikeSource, Page
from shop.web.context import database, now, settings
from shop.web.limits import limiter
from shop.web.pages import render

PART = 40
LATELY = dt.timedelta(days=30)
MAX_QUERY = 100
FIRST_YEAR, LAST_YEAR = 2000, 2999
SOURCES: Mapping[LikeSource, str] = {
    LikeSource.ORGANIC: N_("Page itself"),
    LikeSource.POST: N_("Post"),
    LikeSource.FRIEND: N_("Friend"),
    LikeSource.CONTEST: N_("Contest"),
    LikeSource.COUPON: N_("Coupon"),
    LikeSource.AD: N_("Ad"),
    LikeSource.EMBED: N_("Card on another site"),
    LikeSource.IMPORT: N_("Import"),
}


@staff_only(Permission.VIEW_INSIGHTS)
def show_followers(access: PageAccess) -> Response:
    """Show the followers who pass the filter in the address, newest first, and on the first part what each source gave."""
    page_id, kept = access.page.id, _kept(request.args)
    wanted, after = _filter(access.page, kept), read_place(request.args.get("after", ""))
    with database().reading() as session:
        part = list_followers(session, page_id, wanted, after=after, limit=PART)
        posts = map_posts(session, page_id, post_ids_of(part.rows))
        friends = map_friends(session, page_id, part.rows)
        spent = {}
        if access.allows(Permission.VIEW_ORDERS):
            spent = map_spent(session, page_id, [row.account_id for row in part.rows])
        totals = total_sources(session, page_id, since=now() - LATELY) if after is None else []
    return render(
        "manage/followers/list.html",
        access=access,
        active_section="followers",
        rows=part.rows,
        details={row.id: _detail(row, access.page, posts, friends) for row in part.rows},
        spent=spent,
        totals=totals,
        total=sum(one.count for one in totals),
        sources=SOURCES,
        kept=kept,
        first_url=_address(access, kept) if after is not None else None,
        next_url=_address(access, {**kept, "after": str(part.after)}) if part.after else None,
    )


@staff_only(Permission.VIEW_INSIGHTS)
@limiter.limit("30/hour")
def create_export(access: PageAccess) -> BaseResponse:
    """Send the followers of the given filter as a CSV file; the audit log keeps that it was."""
    kept, at = _kept(request.form), now()
    query = "&".join(f"{name}={value}" for name, value in kept.items())
    with database().transaction() as session:
        record_act(
            session, page_id=access.page.id, account_id=access.account_id, act="followers.exported", now=at,
            subject=("follower_list", query, access.page.name), after={"filter": query},
        )  # fmt: skip
    rows = export_followers(
        database(),
        access.page.id,
        _filter(access.page, kept),
        public_url=settings().public_url,
        with_orders=access.allows(Permission.VIEW_ORDERS),
    )
    response = Response(rows, mimetype="text/csv", content_type="text/csv; charset=utf-8")
    name = f"{access.page.slug}-followers-{at:%Y-%m-%d}.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _kept(given: Mapping[str, str]) -> dict[str, str]:
    """Return the parts of a filter that can be read, by their names in the address; what cannot be is left out."""
    found = {
        "q": " ".join(given.get("q", "").replace("\x00", "").split())[:MAX_QUERY],
        "source": given.get("source", "") if given.get("source") in set(LikeSource) else "",
        "from": str(_day(given.get("from", "")) or ""),
        "to": str(_day(given.get("to", "")) or ""),
    }
    return {name: value for name, value in found.items() if value}


def _filter(page: Page, kept: Mapping[str, str]) -> FollowerFilter:
    first, last = _day(kept.get("from", "")), _day(kept.get("to", ""))
    terms = terms_of(kept.get("q", ""))
    return FollowerFilter(
        source=LikeSource(kept["source"]) if "source" in kept else None,
        since=start_of_day(page.country, first) if first else None,
        until=start_of_day(page.country, last + dt.timedelta(days=1)) if last else None,
        terms=terms,
        finds_nothing="q" in kept and not terms,
    )


def _day(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _detail(
    row: FollowerRow, page: Page, posts: Mapping[int, str], friends: Mapping[str, str]
) -> tuple[str, str | None] | None:
    """Return the words for what a like came from and where that is, as far as it is there still."""
    if row.source is LikeSource.POST and row.ref and row.ref.isdecimal() and int(row.ref) in posts:
        text = plain(posts[int(row.ref)], EXCERPT) or gettext("without text")
        return text, url_for("posts.show_post", page_slug=page.slug, post_id=int(row.ref))
    if row.source is LikeSource.FRIEND and row.ref is not None and row.ref in friends:
        return friends[row.ref], None
    return None


def _address(access: PageAccess, values: Mapping[str, Any]) -> str:
    return url_for("insights.show_followers", page_slug=access.page.slug, **values)
