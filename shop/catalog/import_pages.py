"""What the pages of imports show: the list with its upload, and one import in whatever state it is."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from shop.catalog import import_queries as queries
from shop.catalog import import_texts as texts
from shop.catalog.import_models import ImportOrigin, ImportRun, ImportState, Planned
from shop.catalog.import_runs import KEPT_FOR
from shop.catalog.import_work import ALIVE_FOR
from shop.core.i18n import N_
from shop.page.access import PageAccess
from shop.web.context import database, now, settings
from shop.web.forms import Form
from shop.web.pages import render

ROWS = 50
RUNS = 20
FAILED_PICTURES = 50
SLOW_AFTER_S = 30
"""A worker that has taken nothing up for so long is probably not running."""

KEPT_DAYS = KEPT_FOR.days
_REJECTED, _WARNINGS = "left-out", "notes"
_LISTS = {_REJECTED: N_("Left out"), _WARNINGS: N_("Notes")}
_FINISHED = (ImportState.DONE, ImportState.CANCELLED, ImportState.FAILED)


@dataclass(frozen=True, slots=True)
class Tab:
    """A list that the page of an import can show."""

    key: str
    label: str
    count: int
    url: str


def show_list(access: PageAccess, form: Form, *, status: int = 200) -> Response:
    """Show the form to bring a file, and the imports so far, the newest first."""
    number = _part()
    with database().reading() as session:
        rows = queries.list_runs(session, page_id=access.page.id, offset=(number - 1) * RUNS, limit=RUNS + 1)
    place = url_for("import_admin.list_imports", page_slug=access.page.slug)
    return render(
        "manage/imports/list.html",
        status=status,
        access=access,
        form=form,
        rows=rows[:RUNS],
        states=texts.STATES,
        badges=texts.BADGES,
        max_bytes=settings().max_upload_bytes,
        kept_days=KEPT_DAYS,
        previous_url=f"{place}?page={number - 1}" if number > 1 else None,
        next_url=f"{place}?page={number + 1}" if len(rows) > RUNS else None,
    )


def show_run(access: PageAccess, run_id: int, *, form: Form | None = None) -> Response:
    """Show one import: while it works, its preview, or its result."""
    number = _part()
    with database().reading() as session:
        row = queries.get_run(session, page_id=access.page.id, run_id=run_id)
        run = row.run
        pictures = queries.count_pictures(session, run.id)
        failed = (
            queries.list_failed_pictures(session, run_id=run.id, limit=FAILED_PICTURES)
            if pictures.failed
            else []
        )
        tabs = _tabs(access, run)
        chosen = next((tab for tab in tabs if tab.key == request.args.get("show")), tabs[0] if tabs else None)
        shown = _rows(session, run, chosen.key, number) if chosen else []
        is_behind = (
            run.state is ImportState.QUEUED
            and queries.find_run_ahead(session, run=run, alive_since=now() - ALIVE_FOR) is not None
        )
    is_lost = run.origin is ImportOrigin.COMMAND and _is_silent(run, ALIVE_FOR.total_seconds())
    is_working = run.state in queries.ACTIVE and not is_lost
    return render(
        "manage/imports/show.html",
        status=422 if form is not None and form.errors else 200,
        access=access,
        run=run,
        who=row.who,
        form=form
        or Form({"format": run.format_name, "encoding": run.encoding, "sets_stock": run.sets_stock}),
        texts=texts,
        fault=texts.sentence(run.fault["code"], run.fault["params"]) if run.fault else None,
        is_working=is_working,
        is_polled=is_working or pictures.waiting > 0,
        is_behind=is_behind,
        is_slow=_is_slow(run) and not is_behind,
        percent=100 * run.place // run.total if run.total else 0,
        pictures=pictures,
        failed_pictures=failed,
        tabs=tabs,
        chosen=chosen,
        shown=shown[:ROWS],
        sample=[_sample(one) for one in run.recognised.get("sample", ())],
        kept_days=KEPT_DAYS,
        previous_url=_list_url(access, run, chosen.key, number - 1) if chosen and number > 1 else None,
        next_url=_list_url(access, run, chosen.key, number + 1) if chosen and len(shown) > ROWS else None,
    )


def _part() -> int:
    return min(max(1, request.args.get("page", 1, type=int)), 1_000_000)


def _tabs(access: PageAccess, run: ImportRun) -> list[Tab]:
    """Return the lists that hold something; what a run would do is told only before it does it."""
    if run.state is not ImportState.READ and (run.state not in _FINISHED or run.file_key is None):
        return []
    counts: list[tuple[str, str, int]] = [(_REJECTED, _LISTS[_REJECTED], run.rejections)]
    if run.state is ImportState.READ:
        unchanged = run.accepted - run.planned_created - run.planned_updated
        planned = {
            Planned.CREATED: run.planned_created,
            Planned.CHANGED: run.planned_updated,
            Planned.UNCHANGED: unchanged,
        }
        counts += [(outcome.value, texts.OUTCOMES[outcome], count) for outcome, count in planned.items()]
    counts.append((_WARNINGS, _LISTS[_WARNINGS], run.warnings))
    return [
        Tab(key, gettext(label), count, _list_url(access, run, key, 1))
        for key, label, count in counts
        if count
    ]


def _list_url(access: PageAccess, run: ImportRun, key: str, number: int) -> str:
    place = url_for("import_admin.show_import", page_slug=access.page.slug, run_id=run.id)
    values: dict[str, str | int] = {"show": key} if number == 1 else {"show": key, "page": number}
    return f"{place}?{urlencode(values)}#rows"


def _rows(session: Session, run: ImportRun, key: str, number: int) -> list[Any]:
    """Return a part of the chosen list, and one row more when there is another part."""
    offset, limit = (number - 1) * ROWS, ROWS + 1
    if key in set(Planned):
        return list(
            queries.list_planned(session, run_id=run.id, outcome=Planned(key), offset=offset, limit=limit)
        )
    return list(
        queries.list_issues(session, run_id=run.id, is_rejection=key == _REJECTED, offset=offset, limit=limit)
    )


def _is_slow(run: ImportRun) -> bool:
    if run.state not in queries.ACTIVE:
        return False
    return _is_silent(run, SLOW_AFTER_S)


def _is_silent(run: ImportRun, seconds: float) -> bool:
    """Tell whether nobody has been seen at a run for so long."""
    return (now() - (run.heartbeat_at or run.created_at)).total_seconds() > seconds


def _sample(kept: dict[str, Any]) -> dict[str, Any]:
    return {**kept, "status": texts.STATUSES.get(kept["status"], "")}
