"""What somebody was told, and how they want to be told."""

from collections.abc import Sequence
from itertools import groupby
from typing import cast

from flask import Blueprint, Response, request
from flask_babel import format_time, ngettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.login import login_required, required_account_id, viewer
from shop.core.errors import NotFound
from shop.core.places import require_place
from shop.notifications import texts
from shop.notifications.models import MailPace, Notification
from shop.notifications.mornings import zone_of
from shop.notifications.preferring import change_settings
from shop.notifications.queries import get_notification, list_notifications, load_settings
from shop.notifications.reading import mark_all_read, mark_read
from shop.notifications.schemas import SettingsSchema, chosen_settings, initial_values
from shop.notifications.settings import DEFAULTS, STAFF_KINDS
from shop.web.context import database, now
from shop.web.forms import Form
from shop.web.locale import language
from shop.web.pages import flash_message, go, is_local_path, render, see_other
from shop.web.templating import date_text
from shop.web.zone import local_time, set_zone

blueprint = Blueprint("notifications", __name__)

PAGE_SIZE = 30
LIST = "/notifications"


@blueprint.get("/notifications")
@login_required
def list_mine() -> Response:
    """Show what the person was told, the latest first, by day."""
    cursor = request.args.get("cursor", "")
    with database().reading() as session:
        found = list_notifications(session, account_id=required_account_id(), cursor=cursor, limit=PAGE_SIZE)
    set_zone(zone_of(language()))
    return _private(
        render(
            "notifications/list.html",
            days=_by_day(found.notifications),
            next_cursor=found.next_cursor,
            # What comes while they look at this page stays unread.
            until="" if cursor else found.first_cursor,
            texts=texts,
            time_text=_time_text,
            is_first=not cursor,
        )
    )


def _by_day(rows: Sequence[Notification]) -> list[tuple[str, list[Notification]]]:
    today = local_time(now()).date()

    def name(row: Notification) -> str:
        ago = (today - local_time(row.updated_at).date()).days
        return _("Today") if ago == 0 else _("Yesterday") if ago == 1 else date_text(row.updated_at, "full")

    return [(day, list(group)) for day, group in groupby(rows, name)]


def _time_text(row: Notification) -> str:
    return str(format_time(local_time(row.updated_at), "short", rebase=False))


@blueprint.get("/notifications/bell")
def show_bell() -> Response:
    """Answer the bell alone, with an ETag; nothing (204) to a guest, such as somebody signed out meanwhile."""
    if not viewer().is_authenticated:
        return Response(status=204)
    response = render("notifications/bell.html")
    response.add_etag()
    return cast(Response, _private(response, "private, no-cache").make_conditional(request))


@blueprint.get("/notifications/<int:notification_id>")
@login_required
def open_one(notification_id: int) -> BaseResponse:
    """Mark a notification as read and go where it leads; from one that is gone, to the list.

    What a browser fetches ahead marks nothing.
    """
    account_id = required_account_id()
    is_ahead = request.method == "HEAD" or "prefetch" in request.headers.get("Sec-Purpose", "")
    try:
        if is_ahead:
            with database().reading() as session:
                path = get_notification(session, account_id=account_id, notification_id=notification_id).path
        else:
            with database().transaction() as session:
                path = mark_read(
                    session, account_id=account_id, notification_id=notification_id, now=now()
                ).path
    except NotFound:
        path = LIST
    response = go(_local(path))
    response.headers["Cache-Control"] = "no-store"
    return response


def _local(path: str) -> str:
    """Return a path in the reader's language; the list's for what would lead elsewhere, whoever wrote it."""
    target = f"/{language()}{path}"
    return target if path.startswith("/") and is_local_path(target) else f"/{language()}{LIST}"


@blueprint.post("/notifications/reading")
@login_required
def create_reading() -> BaseResponse:
    """Mark everything as read that was on the page, or was told before."""
    account_id, until = required_account_id(), request.form.get("until", "")
    with database().transaction() as session:
        count = mark_all_read(
            session, account_id=account_id, until=require_place(until).at if until else None, now=now()
        )
    if count:
        flash_message(
            ngettext(
                "%(num)s notification is marked as read.", "%(num)s notifications are marked as read.", count
            )
        )
    return see_other("notifications.list_mine")


@blueprint.get("/account/notifications")
@login_required
def show_settings() -> Response:
    """Show how the person is told of each kind."""
    with database().reading() as session:
        settings = load_settings(session, required_account_id())
    return _render_settings(Form(initial_values(settings)))


@blueprint.post("/account/notifications")
@login_required
def update_settings() -> BaseResponse:
    """Write how the person wants to be told of each kind."""
    form = Form.from_request(SettingsSchema())
    if form.values is None:
        return _render_settings(form, status=422)
    with database().transaction() as session:
        change_settings(
            session, account_id=required_account_id(), chosen=chosen_settings(form.values), now=now()
        )
    flash_message(_("Saved."))
    return see_other("notifications.show_settings")


def _render_settings(form: Form, *, status: int = 200) -> Response:
    groups = [
        (_("For you"), [kind for kind in DEFAULTS if kind not in STAFF_KINDS]),
        (_("If you work on a page"), [kind for kind in DEFAULTS if kind in STAFF_KINDS]),
    ]
    return _private(
        render(
            "notifications/settings.html",
            status=status,
            form=form,
            groups=groups,
            texts=texts,
            paces=list(MailPace),
            zone=zone_of(viewer().language),
        )
    )


def _private(response: Response, cache: str = "private, no-store") -> Response:
    response.headers["Cache-Control"] = cache
    response.vary.add("Cookie")
    return response
