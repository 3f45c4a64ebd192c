"""The rooms of the insights of posts, under ``/manage/<page>/insights``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from babel.dates import get_timezone
from flask import Response, request, url_for
from sqlalchemy.orm import Session

from shop.feed.models import PostKind
from shop.insights import labels, post_labels
from shop.insights.best_time import ENOUGH, PULL, find_best_time
from shop.insights.post_charts import cards_of, chart_of_days
from shop.insights.post_exporting import export_days, export_posts
from shop.insights.post_figures import (
    DEFAULT_PERIOD,
    MOST_DAYS,
    PERIODS,
    LikesOfSource,
    PostFigures,
    PostReport,
    Span,
    by_month,
    make_report,
    span_before,
    span_of,
)
from shop.insights.post_queries import (
    KindRow,
    Scope,
    find_first_day,
    iterate_post_figures,
    list_days_of_post,
    list_kinds,
    list_like_events,
    list_orders_of_post,
    list_times,
)
from shop.insights.post_table_queries import DEFAULT_SORT, SORTS, Listing, find_part, get_post_row
from shop.orders import labels as order_labels
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.page.days import local_day, zone_name
from shop.page.models import LikeSource
from shop.web.context import database, now
from shop.web.pages import render

SHOWN_ORDERS = 20
ALL = "all"


@staff_only(Permission.VIEW_INSIGHTS)
def show_insights(access: PageAccess) -> Response:
    """Show what the page's posts brought in a period, beside the one before, by kind and by source of likes."""
    period, scope = _period(), _scope(access)
    with database().reading() as session:
        span = _span(session, scope, period)
        report = _read_report(session, scope, period, span)
        kinds = list_kinds(session, scope, None if period == ALL else span)
    return render(
        "manage/insights/show.html",
        report=report,
        cards=cards_of(report),
        kinds=_by_kind(kinds),
        promotions=_by_promotion(kinds),
        **_common(access, period),
    )


@staff_only(Permission.VIEW_INSIGHTS)
def list_posts(access: PageAccess) -> Response:
    """Show the posts of a period as a table, sorted by any figure, a part at a time."""
    period, scope, listing = _period(), _scope(access), _listing()
    with database().reading() as session:
        listing = _in_period(session, scope, listing, period)
        part = find_part(session, scope, listing, cursor=request.args.get("cursor", ""))
    return render(
        "manage/insights/posts.html",
        part=part,
        listing=listing,
        kinds=list(PostKind),
        sorts=SORTS,
        address=_address(access, period, listing),
        is_first="cursor" not in request.args,
        **_common(access, period),
    )


@staff_only(Permission.VIEW_INSIGHTS)
def show_post(access: PageAccess, post_id: int) -> Response:
    """Show all that one post brought."""
    scope = _scope(access)
    with database().reading() as session:
        row = get_post_row(session, scope, post_id)
        days = dict(list_days_of_post(session, post_id))
        may_see_orders = access.allows(Permission.VIEW_ORDERS)
        orders = list_orders_of_post(session, scope, post_id, limit=SHOWN_ORDERS) if may_see_orders else []
    is_long = bool(days) and (max(days) - min(days)).days > MOST_DAYS
    return render(
        "manage/insights/post.html",
        row=row,
        days=by_month(days) if is_long else days,
        is_by_month=is_long,
        chart=chart_of_days(
            _every_day(days, is_by_month=is_long),
            lambda one: one.interactions,
            unit="month" if is_long else "day",
        ),
        orders=orders,
        order_labels=order_labels,
        **_common(access, DEFAULT_PERIOD),
    )


@staff_only(Permission.VIEW_INSIGHTS)
def show_times(access: PageAccess) -> Response:
    """Show which hours of the week brought the most interactions to a post."""
    period, scope = _period(ALL), _scope(access)
    with database().reading() as session:
        span = None if period == ALL else _span(session, scope, period)
        times = list_times(session, scope, span)
    best = find_best_time(times, get_timezone(zone_name(access.page.country)))
    return render(
        "manage/insights/times.html", best=best, enough=ENOUGH, pull=PULL, **_common(access, period)
    )


@staff_only(Permission.VIEW_INSIGHTS)
def send_posts(access: PageAccess) -> Response:
    """Send the posts of a period as a CSV file."""
    period, scope = _period(), _scope(access)
    with database().reading() as session:
        listing = _in_period(session, scope, _listing(), period)
    return _file(access, "posts", export_posts(database(), scope, listing))


@staff_only(Permission.VIEW_INSIGHTS)
def send_days(access: PageAccess) -> Response:
    """Send the days of a period as a CSV file."""
    period, scope = _period(), _scope(access)
    with database().reading() as session:
        report = _read_report(session, scope, period, _span(session, scope, period))
    return _file(access, "post-days", export_days(report))


def _file(access: PageAccess, what: str, rows: Iterable[bytes]) -> Response:
    response = Response(rows, mimetype="text/csv", content_type="text/csv; charset=utf-8")
    day = local_day(access.page.country, now())
    response.headers.set(
        "Content-Disposition", "attachment", filename=f"{access.page.slug}-{what}-{day:%Y-%m-%d}.csv"
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _scope(access: PageAccess) -> Scope:
    return Scope(access.page.id, access.page.country, access.page.currency)


def _period(default: str = DEFAULT_PERIOD) -> str:
    asked = request.args.get("period", default)
    return asked if asked in PERIODS else default


def _span(session: Session, scope: Scope, period: str) -> Span:
    first = find_first_day(session, scope) if period == ALL else None
    return span_of(period, local_day(scope.country, now()), first)


def _read_report(session: Session, scope: Scope, period: str, span: Span) -> PostReport:
    earlier = span_before(period, span)
    both = Span(earlier.first, span.last) if earlier else span
    rows = list(iterate_post_figures(session, scope, both))
    gained: dict[LikeSource, list[int]] = {}
    for day, source, is_gain, number in list_like_events(session, scope, both):
        if source is LikeSource.POST:
            rows.append(
                (day, PostFigures(likes_gained=number) if is_gain else PostFigures(likes_lost=number))
            )
        if day >= span.first:
            gained.setdefault(source, [0, 0])[0 if is_gain else 1] += number
    likes = [LikesOfSource(source, *numbers) for source, numbers in gained.items()]
    return make_report(rows, period=period, span=span, currency=scope.currency, likes=likes)


def _listing() -> Listing:
    sort, kind = request.args.get("sort", DEFAULT_SORT), request.args.get("kind", "")
    return Listing(
        kind=PostKind(kind) if kind in set(PostKind) else None,
        sort=sort if sort in SORTS else DEFAULT_SORT,
        is_rising=request.args.get("order") == "rising",
    )


def _in_period(session: Session, scope: Scope, listing: Listing, period: str) -> Listing:
    return listing if period == ALL else replace(listing, span=_span(session, scope, period))


def _address(access: PageAccess, period: str, listing: Listing) -> Any:
    """Return a function that gives the table's address with some of its values changed; a new sort starts anew."""
    said: dict[str, str | None] = {
        "period": period,
        "kind": listing.kind.value if listing.kind else None,
        "sort": None if listing.sort == DEFAULT_SORT else listing.sort,
        "order": "rising" if listing.is_rising else None,
    }

    def address(endpoint: str = "insights.list_posts", **changes: str | None) -> str:
        values: dict[str, Any] = said | changes
        return url_for(endpoint, page_slug=access.page.slug, **values)

    return address


@dataclass(frozen=True, slots=True)
class Group:
    """Posts that have something in common, and what they brought."""

    label: str
    posts: int
    reactions: int
    comments: int
    shares: int
    likes: int
    reach: int
    engaged: int

    @property
    def interactions(self) -> int:
        """Reactions, comments and shares together."""
        return self.reactions + self.comments + self.shares

    @property
    def mean(self) -> float:
        """The mean of interactions of a post."""
        return self.interactions / self.posts

    @property
    def engagement_rate(self) -> float | None:
        """Who engaged to who was reached; None where nobody was reached."""
        return self.engaged / self.reach if self.reach else None


def _by_kind(rows: list[KindRow]) -> list[Group]:
    return _groups(
        {kind: [row for row in rows if row.kind is kind] for kind in PostKind}, post_labels.kind_label
    )


def _by_promotion(rows: list[KindRow]) -> list[Group]:
    """Return the groups of paid and unpaid reach; none where nothing is said of any post."""
    by: dict[bool | None, list[KindRow]] = {
        said: [row for row in rows if row.is_promoted is said] for said in (True, False, None)
    }
    return _groups(by, post_labels.promotion_label) if by[True] or by[False] else []


def _groups(by: Mapping[Any, list[KindRow]], label: Any) -> list[Group]:
    names = ("posts", "reactions", "comments", "shares", "likes", "reach", "engaged")
    found = [
        Group(label(key), **{name: sum(getattr(row, name) for row in rows) for name in names})
        for key, rows in by.items()
        if rows
    ]
    return sorted(found, key=lambda group: -group.mean)


def _every_day(days: Mapping[Any, PostFigures], *, is_by_month: bool) -> Mapping[Any, PostFigures]:
    """Return the days with those between them on which nothing was counted."""
    if not days:
        return {}
    span = Span(min(days), max(days))
    report = make_report(days.items(), period=ALL, span=span, currency="")
    return by_month(report.days) if is_by_month else report.days


def _common(access: PageAccess, period: str) -> dict[str, Any]:
    return {
        "access": access,
        "active_section": "insights",
        "base": url_for("insights.show_insights", page_slug=access.page.slug),
        "period": period,
        "periods": PERIODS,
        "labels": labels,
        "post_labels": post_labels,
        "zone": zone_name(access.page.country),
    }
