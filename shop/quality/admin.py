"""The room of fan quality: how many likes look real, why the others do not, and a person's word on each."""

import datetime as dt
from functools import partial
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from shop.core.errors import NotFound
from shop.core.places import Place, read_place
from shop.page.access import PageAccess, staff_only
from shop.page.audit import record_act
from shop.page.authorization import Permission
from shop.quality import texts
from shop.quality.fan_queries import ScorePlace, find_fan, list_called_real, list_doubted, read_score_place
from shop.quality.figures import CHART_HEIGHT, CHART_WIDTH, chart_points, standing_of
from shop.quality.looking import ask_for_look
from shop.quality.models import FanLook, FanReport
from shop.quality.queries import find_look, list_reports
from shop.quality.verdicts import mark_real, unmark
from shop.web.context import database, now
from shop.web.limits import limiter
from shop.web.pages import flash_message, render, see_other

ROOM = "/manage/<page_slug>/fan-quality"
PART = 30
REPORTS = 90
SLOW_AFTER = dt.timedelta(seconds=30)
"""A look that nobody has taken up for so long probably has no worker."""
REAL = "real"

blueprint = Blueprint("quality_admin", __name__)


@blueprint.get(ROOM)
@staff_only(Permission.VIEW_INSIGHTS)
def show_quality(access: PageAccess) -> Response:
    """Show the share of likes that look real, the reasons, reach with and without the others, and the past."""
    with database().reading() as session:
        reports = list_reports(session, access.page.id, limit=REPORTS)
        look = find_look(session, access.page.id)
    newest = reports[0] if reports else None
    days = [(one.day, one.real / one.fans) for one in reversed(reports) if one.fans]
    is_working = look is not None and look.finished_at is None
    return render(
        "manage/quality/show.html",
        access=access,
        active_section="quality",
        texts=texts,
        standing=standing_of(
            fans=newest.fans, real=newest.real, figures=newest.figures, computed_at=newest.computed_at
        )
        if newest
        else None,
        look=look,
        is_working=is_working,
        is_slow=is_working and _is_slow(look),
        reports=reports,
        points=chart_points(days),
        chart=(CHART_WIDTH, CHART_HEIGHT),
        share_of=_share_of,
    )


def _share_of(report: FanReport) -> float | None:
    return report.real / report.fans if report.fans else None


def _is_slow(look: FanLook | None) -> bool:
    return look is not None and look.started_at is None and now() - look.asked_at > SLOW_AFTER


@blueprint.post(f"{ROOM}/looks")
@staff_only(Permission.VIEW_INSIGHTS)
@limiter.limit("10/hour")
def create_look(access: PageAccess) -> BaseResponse:
    """Have the page's fans looked at now."""
    with database().transaction() as session:
        is_new = ask_for_look(session, page_id=access.page.id, now=now())
    if not is_new:
        flash_message(_("Your fans are being looked at already."), "info")
    return see_other("quality_admin.show_quality", page_slug=access.page.slug)


@blueprint.get(f"{ROOM}/fans")
@staff_only(Permission.VIEW_INSIGHTS)
def list_fans(access: PageAccess) -> Response:
    """Show likes that do not look real, with their reasons; or those that somebody called real."""
    sign = request.args.get("sign", "")
    sign = sign if sign in texts.SIGNS else ""
    shows_real, after = request.args.get("show") == REAL, request.args.get("after", "")
    page_id = access.page.id
    place: Place | ScorePlace | None
    with database().reading() as session:
        if shows_real:
            rows, place = list_called_real(session, page_id, after=read_place(after), limit=PART)
        else:
            start = read_score_place(after)
            rows, place = list_doubted(session, page_id, sign=sign or None, after=start, limit=PART)
        is_looked_at = bool(rows) or bool(list_reports(session, page_id, limit=1))
    kept: dict[str, Any] = {"show": REAL} if shows_real else ({"sign": sign} if sign else {})
    address = partial(url_for, "quality_admin.list_fans", page_slug=access.page.slug, **kept)
    return render(
        "manage/quality/fans.html",
        access=access,
        active_section="quality",
        texts=texts,
        rows=rows,
        sign=sign,
        shows_real=shows_real,
        is_looked_at=is_looked_at,
        first_url=address() if after else None,
        next_url=address(after=str(place)) if place else None,
    )


@blueprint.post(f"{ROOM}/fans/<int:account_id>/verdict")
@staff_only(Permission.MANAGE_PROMOTIONS)
def create_verdict(access: PageAccess, account_id: int) -> BaseResponse:
    """Keep that somebody's like is a real fan's."""
    with database().transaction() as session:
        name = find_fan(session, access.page.id, account_id)
        if name is None:
            raise NotFound
        is_new = mark_real(
            session, page_id=access.page.id, account_id=account_id, by=access.account_id, now=now()
        )
        if is_new:
            _record(session, access, "fan.called_real", account_id, name)
    undo = url_for("quality_admin.delete_verdict", page_slug=access.page.slug, account_id=account_id)
    flash_message(_("%(name)s counts as a real fan from now on.", name=name), undo=undo)
    return see_other("quality_admin.list_fans", page_slug=access.page.slug, **_kept())


@blueprint.post(f"{ROOM}/fans/<int:account_id>/verdict/deletion")
@staff_only(Permission.MANAGE_PROMOTIONS)
def delete_verdict(access: PageAccess, account_id: int) -> BaseResponse:
    """Take back what was said of somebody's like: the signs speak again."""
    with database().transaction() as session:
        name = find_fan(session, access.page.id, account_id)
        if name is None:
            raise NotFound
        if unmark(session, page_id=access.page.id, account_id=account_id):
            _record(session, access, "fan.doubted_again", account_id, name)
    flash_message(_("The signs speak for %(name)s’s like again.", name=name), "info")
    return see_other("quality_admin.list_fans", page_slug=access.page.slug, **_kept())


def _kept() -> dict[str, str]:
    """Return the list's filter that a form carries along."""
    if request.form.get("show") == REAL:
        return {"show": REAL}
    sign = request.form.get("sign", "")
    return {"sign": sign} if sign in texts.SIGNS else {}


def _record(session: Session, access: PageAccess, act: str, account_id: int, name: str) -> None:
    record_act(
        session,
        page_id=access.page.id, account_id=access.account_id, act=act, subject=("person", str(account_id), name),
        now=now(),
    )  # fmt: skip
