"""The audit log: who did what on the page, when, and what it changed."""

import datetime as dt
from typing import Any

from flask import Response, request, url_for

from shop.page import audit_labels as labels
from shop.page.access import PageAccess, staff_only
from shop.page.audit_queries import AuditFilter, list_actors, list_acts, list_kinds
from shop.page.authorization import Permission
from shop.page.days import start_of_day
from shop.web.context import database
from shop.web.pages import render

MAX_KIND = 40
MAX_ID = 2**63 - 1
FIRST_YEAR, LAST_YEAR = 2000, 2999


@staff_only(Permission.MANAGE_PAGE)
def show_audit(access: PageAccess) -> Response:
    """Show the acts that pass the filter in the address, newest first."""
    person, before_id = _number("person"), _number("before")
    kind = request.args.get("kind", "").replace("\x00", "")[:MAX_KIND] or None
    first, last = _day("from"), _day("to")
    country = access.page.country
    wanted = AuditFilter(
        account_id=person,
        kind=kind,
        since=start_of_day(country, first) if first else None,
        until=start_of_day(country, last + dt.timedelta(days=1)) if last else None,
    )
    with database().reading() as session:
        part = list_acts(session, access.page.id, wanted, before_id=before_id)
        people = list_actors(session, access.page.id)
        kinds = list_kinds(session, access.page.id)
    kept: dict[str, Any] = {"person": person, "kind": kind, "from": first, "to": last}
    kept = {name: str(value) for name, value in kept.items() if value is not None}
    return render(
        "manage/page/audit.html",
        access=access,
        active_section="audit",
        labels=labels,
        rows=part.rows,
        people=people,
        kinds=sorted(((one, labels.kind_text(one)) for one in kinds), key=lambda pair: pair[1]),
        kept=kept,
        is_later=before_id is not None,
        first_url=_address(access, kept),
        next_url=_address(access, {**kept, "before": part.before_id}) if part.before_id else None,
    )


def _address(access: PageAccess, values: dict[str, Any]) -> str:
    return url_for("page_admin.show_audit", page_slug=access.page.slug, **values)


def _number(name: str) -> int | None:
    value = request.args.get(name, type=int)
    return value if value is not None and 0 < value <= MAX_ID else None


def _day(name: str) -> dt.date | None:
    """Return the day that the address names; None for what is no day, or one that no log has."""
    try:
        day = dt.date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
