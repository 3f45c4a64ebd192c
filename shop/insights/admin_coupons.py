"""The admin's coupons with what they brought: their list, one of them, its uses as a file, the best of a period."""

import datetime as dt
from collections import Counter
from typing import Any
from urllib.parse import urlencode

from flask import Response, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from shop.core.i18n import N_
from shop.coupons import admin_queries
from shop.coupons import labels as coupon_labels
from shop.coupons.admin_queries import Part
from shop.coupons.models import Coupon
from shop.coupons.queries import get_coupon
from shop.coupons.scope_queries import map_things
from shop.coupons.standing import standing_of
from shop.insights import labels, post_labels
from shop.insights.coupon_export import export_uses
from shop.insights.coupon_queries import (
    CouponFigures,
    compare_sales,
    count_still_following,
    iterate_uses,
    list_best,
    list_orders_of_coupon,
    map_figures,
)
from shop.insights.post_figures import DEFAULT_PERIOD, PERIODS, span_of
from shop.insights.post_queries import Scope
from shop.orders import labels as order_labels
from shop.page.access import PageAccess, staff_only
from shop.page.audit import record_act
from shop.page.authorization import Permission
from shop.page.days import local_day, start_of_day
from shop.storefront.schema_org import absolute
from shop.web.context import database, now
from shop.web.forms import id_or_none
from shop.web.limits import limiter
from shop.web.pages import render

ROWS = 25
BEST = 50
CHART_DAYS = 30
PARTS = {
    Part.CURRENT: N_("Current"),
    Part.ENDED: N_("Past"),
    Part.PRIZES: N_("Prizes"),
    Part.DELETED: N_("Deleted coupons"),
}


@staff_only(Permission.MANAGE_PROMOTIONS)
def list_coupons(access: PageAccess) -> BaseResponse:
    """Show the page's coupons by parts, searched, each with what it does, where it stands and what it brought."""
    part, query, at = _part(request.args.get("part", "")), request.args.get("q", "").strip()[:100], now()
    page_id = access.page.id
    with database().reading() as session:
        found = admin_queries.list_coupons(
            session, page_id=page_id, part=part, now=at, query=query.replace("\x00", ""), limit=ROWS,
            after=id_or_none(request.args.get("after", "")), before=id_or_none(request.args.get("before", "")),
        )  # fmt: skip
        things = map_things(session, found.rows, only_published=False)
        figures = map_figures(session, _scope(access), [coupon.id for coupon in found.rows])
        counts = admin_queries.count_coupons(session, page_id=page_id, now=at)

    def address(**changes: Any) -> str:
        values = {"part": "" if part is Part.CURRENT else part.value, "q": query} | changes
        kept = {key: value for key, value in values.items() if value}
        place = url_for("insights.list_coupons", page_slug=access.page.slug)
        return f"{place}?{urlencode(kept)}" if kept else place

    return render(
        "manage/coupons/list.html",
        access=access,
        coupons=found.rows,
        sentences={one.id: coupon_labels.sentence_of(one, things.get(one.id)) for one in found.rows},
        standings={one.id: standing_of(one, at) for one in found.rows},
        figures=figures,
        counts=counts,
        part=part,
        parts=PARTS,
        query=query,
        address=address,
        labels=coupon_labels,
        previous_url=address(before=found.before) if found.before else None,
        next_url=address(after=found.after) if found.after else None,
    )


@staff_only(Permission.MANAGE_PROMOTIONS)
def show_coupon(access: PageAccess, coupon_id: int) -> BaseResponse:
    """Show one coupon: what it does, what it brought, how it is shared and shown elsewhere."""
    today = local_day(access.page.country, now())
    first = today - dt.timedelta(days=CHART_DAYS - 1)
    with database().reading() as session:
        coupon = get_coupon(session, page_id=access.page.id, coupon_id=coupon_id)
        things = map_things(session, [coupon], only_published=False).get(coupon_id)
        figures = map_figures(session, _scope(access), [coupon_id]).get(coupon_id, CouponFigures())
        following = count_still_following(session, access.page.id, coupon_id)
        holdings = admin_queries.count_holdings(session, coupon_id)
        used = list(iterate_uses(session, coupon_id, since=start_of_day(access.page.country, first)))
        orders = list_orders_of_coupon(session, coupon_id)
    by_day = Counter(local_day(access.page.country, at) for at in used)
    days = {day: by_day[day] for day in (first + dt.timedelta(days=place) for place in range(CHART_DAYS))}
    path = f"/p/{access.page.slug}/coupons/{coupon.code_key}"
    return render(
        "manage/coupons/show.html",
        access=access,
        coupon=coupon,
        sentence=coupon_labels.sentence_of(coupon, things),
        standing=standing_of(coupon, now()),
        conditions=coupon_labels.conditions_of(coupon),
        figures=figures,
        following=following,
        holdings=holdings,
        days=days,
        chart=_chart(days),
        orders=orders,
        path=path,
        is_public=coupon.deleted_at is None,
        labels=coupon_labels,
        day_text=labels.day_text,
        order_labels=order_labels,
        post_url=_post_url(access, coupon, path, coupon_labels.sentence_of(coupon, things)),
    )


@staff_only(Permission.MANAGE_PROMOTIONS)
@limiter.limit("60/hour")
def create_coupon_export(access: PageAccess, coupon_id: int) -> BaseResponse:
    """Send the uses of a coupon as a CSV file; the audit log keeps that it was."""
    at = now()
    with database().transaction() as session:
        coupon = get_coupon(session, page_id=access.page.id, coupon_id=coupon_id)
        name = f"{access.page.slug}-coupon-{coupon.code_key.lower()}-{at:%Y-%m-%d}.csv"
        record_act(
            session, page_id=access.page.id, account_id=access.account_id, act="coupon.exported",
            subject=("coupon", str(coupon.id), coupon.code), now=at,
        )  # fmt: skip
    rows = export_uses(database(), coupon_id)
    response = Response(rows, mimetype="text/csv", content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@staff_only(Permission.VIEW_INSIGHTS)
def show_best_coupons(access: PageAccess) -> BaseResponse:
    """Show which coupons brought how many orders and how much money in a period, beside the orders without one."""
    asked = request.args.get("period", DEFAULT_PERIOD)
    period, scope = asked if asked in PERIODS else DEFAULT_PERIOD, _scope(access)
    span = None if PERIODS[period] is None else span_of(period, local_day(scope.country, now()), None)
    with database().reading() as session:
        rows = list_best(session, scope, span, limit=BEST)
        having, lacking = compare_sales(session, scope, span)
    return render(
        "manage/insights/coupons.html",
        access=access,
        active_section="insights",
        base=url_for("insights.show_insights", page_slug=access.page.slug),
        rows=rows,
        having=having,
        lacking=lacking,
        limit=BEST,
        period=period,
        periods=PERIODS,
        labels=labels,
        post_labels=post_labels,
    )


def _part(text: str) -> Part:
    return Part(text) if text in set(Part) else Part.CURRENT


def _scope(access: PageAccess) -> Scope:
    return Scope(access.page.id, access.page.country, access.page.currency)


def _chart(days: dict[dt.date, int]) -> dict[str, Any]:
    return {
        "kind": "bars",
        "number": {"style": "decimal"},
        "unit": "day",
        "days": [day.isoformat() for day in days],
        "now": list(days.values()),
        "before": [],
        "accented": 0,
        "words": {"before": ""},
    }


def _post_url(access: PageAccess, coupon: Coupon, path: str, sentence: str) -> str | None:
    """Return the address of the composer with a post about the coupon begun; None for who may not post."""
    if not access.allows(Permission.MANAGE_POSTS):
        return None
    code = gettext("Code: %(code)s", code=coupon.code)  # not in the text below: there the extractor is blind
    return url_for(
        "feed_admin.new_post",
        page_slug=access.page.slug,
        body=f"**{coupon.title}**\n\n{sentence}. {code}",
        link_url=f"{absolute(path)}?from=coupon-{coupon.id}",
        link_title=coupon.title,
    )
