"""Reporting: the form that asks why, and what becomes of it."""

from flask import Blueprint, Response, abort, request
from flask_babel import gettext as _
from flask_limiter import RequestLimit
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.login import login_required, required_account_id
from shop.core.i18n import N_
from shop.feed.moderating import report_thing
from shop.feed.subject_queries import Reportable, get_reportable
from shop.moderation.models import Reason, SubjectKind
from shop.moderation.queries import find_report
from shop.moderation.schemas import MAX_NOTE, ReportSchema
from shop.moderation.service import HELD_AFTER, AlreadyReported, OwnThing
from shop.moderation.texts import REASONS, REPORTABLE
from shop.web.context import database, now
from shop.web.forms import Form, id_or_none
from shop.web.limits import limiter
from shop.web.locale import language
from shop.web.pages import flash_message, go, referring_path, render, safe_next

blueprint = Blueprint("moderation", __name__)

REPORTS = "20/hour"


def _wait(_limit: RequestLimit) -> Response:
    """Answer somebody who reports too often with the form as they filled it in."""
    form = Form.from_request(ReportSchema())
    form.add_error("", N_("You wrote a lot in a short time. Please send this in a few minutes."))
    return _form_page(form, status=429)


@blueprint.get("/reports/new")
@login_required
def new_report() -> Response:
    """Show the form for a report of ``?kind=&id=``."""
    return _form_page(Form())


@blueprint.post("/reports")
@login_required
@limiter.limit(REPORTS, key_func=lambda: f"reports:{required_account_id()}", on_breach=_wait)
def create_report() -> BaseResponse:
    """Write a report and go back to where it was made."""
    form = Form.from_request(ReportSchema())
    if form.values is None:
        return _form_page(form, status=422)
    kind, subject_id = form.values["kind"], form.values["id"]
    account_id = required_account_id()
    with database().reading() as session:
        found = get_reportable(session, kind=kind, subject_id=subject_id, account_id=account_id)
    try:
        with database().transaction() as session:
            report_thing(
                session, subject=found.subject, reporter_id=account_id, reason=Reason(form.values["reason"]),
                note=form.values["note"].strip(), now=now(),
            )  # fmt: skip
    except AlreadyReported as error:
        flash_message(_(error.msgid), "info")
    except OwnThing as error:
        flash_message(_(error.msgid), "error")
    else:
        flash_message(_("Thank you. %(who)s", who=_who_decides(found)))
    return go(_way_back(found))


def _who_decides(found: Reportable) -> str:
    if found.subject.page_id is None:
        return str(_("The people who run Vitrine will look at it."))
    return str(_("The page’s moderators will look at it."))


def _way_back(found: Reportable) -> str:
    return safe_next(f"/{language()}{found.subject.path}")


def _form_page(form: Form, *, status: int = 200) -> Response:
    kind, subject_id = request.values.get("kind", ""), id_or_none(request.values.get("id", ""))
    if kind not in list(SubjectKind) or subject_id is None:
        abort(400)
    account_id = required_account_id()
    with database().reading() as session:
        found = get_reportable(session, kind=SubjectKind(kind), subject_id=subject_id, account_id=account_id)
        is_reported = find_report(session, SubjectKind(kind), subject_id, account_id) is not None
    next_path = request.values.get("next") or referring_path() or ""
    return render(
        "moderation/report.html",
        status=status,
        form=form,
        found=found,
        is_reported=is_reported,
        is_mine=account_id in (found.subject.author_id, subject_id if kind == SubjectKind.PERSON else None),
        reasons=[(reason.value, _(REASONS[reason])) for reason in REPORTABLE],
        who_decides=_who_decides(found),
        held_after=HELD_AFTER,
        max_note=MAX_NOTE,
        next_path=next_path,
        back=safe_next(next_path or f"/{language()}{found.subject.path}"),
    )
