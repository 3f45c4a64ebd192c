"""The admin's first room and its search, under ``/manage/<page>``."""

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from shop.catalog.history_queries import count_low_stock, list_low_stock
from shop.core.outbox import count_dead_jobs, list_dead_jobs, retry_job
from shop.insights import admin_coupons, admin_followers, admin_posts, admin_search, labels
from shop.insights.charts import cards_of
from shop.insights.checklist import Setup, page_setup
from shop.insights.figures import DEFAULT_PERIOD, PERIODS, Report, first_day, make_report
from shop.insights.queries import (
    FEW,
    Waiting,
    find_disputes,
    find_flagged,
    find_to_ship,
    list_days,
)
from shop.orders import labels as order_labels
from shop.page.access import PageAccess, staff_only
from shop.page.audit import record_act
from shop.page.authorization import Permission
from shop.page.days import local_day, zone_name
from shop.storefront.chrome import manage_sections
from shop.web.context import database, now, settings
from shop.web.locale import language
from shop.web.pages import flash_message, go, render, see_other

blueprint = Blueprint("insights", __name__)
blueprint.get("/manage/<page_slug>/search")(admin_search.show_search)
blueprint.get("/manage/<page_slug>/people/<int:account_id>")(admin_search.show_person)
_insights = "/manage/<page_slug>/insights"
blueprint.get(_insights)(admin_posts.show_insights)
blueprint.get(f"{_insights}/posts")(admin_posts.list_posts)
blueprint.get(f"{_insights}/posts/<int:post_id>")(admin_posts.show_post)
blueprint.get(f"{_insights}/times")(admin_posts.show_times)
blueprint.get(f"{_insights}/posts.csv")(admin_posts.send_posts)
blueprint.get(f"{_insights}/days.csv")(admin_posts.send_days)
blueprint.get(f"{_insights}/coupons")(admin_coupons.show_best_coupons)
_coupons = "/manage/<page_slug>/coupons"
blueprint.get(_coupons)(admin_coupons.list_coupons)
blueprint.get(f"{_coupons}/<int:coupon_id>")(admin_coupons.show_coupon)
blueprint.post(f"{_coupons}/<int:coupon_id>/export")(admin_coupons.create_coupon_export)
_followers = "/manage/<page_slug>/followers"
blueprint.get(_followers)(admin_followers.show_followers)
blueprint.post(f"{_followers}/export")(admin_followers.create_export)


@blueprint.get("/manage/<page_slug>")
@staff_only(Permission.VIEW_PRODUCTS)  # which every role has: what one sees here depends on the role
def show_today(access: PageAccess) -> BaseResponse:
    """Show what waits to be done and, to who may see them, the figures of the chosen period.

    Staff without orders, such as editors, have nothing here: they go to the first section that is theirs.
    """
    if not access.allows(Permission.VIEW_ORDERS):
        return go(f"/{language()}/manage/{access.page.slug}{manage_sections(access.role)[0].path}")
    period = request.args.get("period", DEFAULT_PERIOD)
    if period not in PERIODS:
        period = DEFAULT_PERIOD
    setup, waiting = _read_setup(access), _read_waiting(access)
    report = _read_report(access, period) if access.allows(Permission.VIEW_INSIGHTS) else None
    return render(
        "manage/today/show.html",
        access=access,
        active_section="today",
        setup=setup,
        waiting=waiting,
        report=report,
        cards=cards_of(report) if report else [],
        periods=PERIODS,
        zone=zone_name(access.page.country),
        labels=labels,
        order_labels=order_labels,
    )


def _read_setup(access: PageAccess) -> Setup | None:
    with database().reading() as session:
        return page_setup(session, access, settings())


def _read_report(access: PageAccess, period: str) -> Report:
    today = local_day(access.page.country, now())
    with database().reading() as session:
        rows = list_days(session, page_id=access.page.id, first=first_day(period, today), last=today)
    return make_report(rows, period=period, today=today, currency=access.page.currency)


def _read_waiting(access: PageAccess) -> dict[str, Waiting]:
    """Return what waits to be done by kind; nothing where the role may not know of it."""
    page_id = access.page.id
    found = dict.fromkeys(("disputes", "flagged", "to_ship", "low_stock", "jobs"), Waiting(0, []))
    with database().reading() as session:
        if access.allows(Permission.VIEW_ORDERS):
            found["disputes"] = find_disputes(session, page_id)
            found["flagged"] = find_flagged(session, page_id)
            found["to_ship"] = find_to_ship(session, page_id)
        if access.allows(Permission.VIEW_PRODUCTS):
            low, _sold_out = count_low_stock(session, page_id)
            found["low_stock"] = Waiting(low, list_low_stock(session, page_id, limit=FEW) if low else [])
        if access.allows(Permission.MANAGE_PAGE):
            dead = count_dead_jobs(session, page_id=page_id)
            found["jobs"] = Waiting(dead, list_dead_jobs(session, page_id=page_id, limit=FEW) if dead else [])
    return found


@blueprint.post("/manage/<page_slug>/jobs/<int:job_id>/attempt")
@staff_only(Permission.MANAGE_PAGE)
def create_attempt(access: PageAccess, job_id: int) -> BaseResponse:
    """Have a job tried again whose attempts were used up."""
    with database().transaction() as session:
        job = retry_job(session, job_id, now(), page_id=access.page.id)
        record_act(
            session, page_id=access.page.id, account_id=access.account_id, act="job.retried",
            subject=("job", str(job.id), job.kind), now=now(),
        )  # fmt: skip
    flash_message(_("It is being tried again."))
    return see_other("insights.show_today", page_slug=access.page.slug)
