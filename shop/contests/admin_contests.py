"""The rooms of contests: the list, the form, and a contest's own page with what it brought."""

import datetime as dt
from typing import Any

from flask import request, url_for
from flask_babel import format_date, format_percent, gettext
from werkzeug.wrappers import Response

from shop.catalog.admin_products import IN_LANGUAGE, other_language
from shop.contests import admin_queries as queries
from shop.contests import contest_form, labels, service
from shop.contests.contest_form import ContestForm
from shop.contests.drafts import MAX_ANSWERS
from shop.contests.forgetting import forgets_at
from shop.contests.models import Contest, ContestKind, ContestStatus, EntrySource, PhotoStatus
from shop.contests.queries import get_contest
from shop.contests.results import Results, results_of
from shop.contests.rules import warnings_of
from shop.core.errors import DomainError, Invalid
from shop.feed.admin_post_queries import find_taggable, map_taggable
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.page.countries import COUNTRIES, country_choices
from shop.page.days import zone_name
from shop.web.context import database, now
from shop.web.forms import Form, id_or_none
from shop.web.pages import flash_message, render, see_other

PAGE_SIZE = 25
TEXTS: dict[str, Any] = {
    "percent": format_percent,
    "day_text": lambda day: format_date(dt.date.fromisoformat(day), "medium"),
    "now": now,
}
"""What the templates write figures and days with."""
SAVE = "save"


@staff_only(Permission.MANAGE_PROMOTIONS)
def list_contests(access: PageAccess) -> Response:
    """Show a page's contests, the last made first."""
    before_id = id_or_none(request.args.get("before", ""))
    with database().reading() as session:
        rows = queries.list_contests(session, access.page.id, before_id=before_id, limit=PAGE_SIZE)
    shown, here = rows[:PAGE_SIZE], url_for("contest_admin.list_contests", page_slug=access.page.slug)
    return render(
        "manage/contests/list.html",
        **TEXTS,
        access=access,
        rows=shown,
        standings={row.contest.id: labels.standing_key(row.contest, now()) for row in shown},
        labels=labels,
        previous_url=here if before_id else None,
        next_url=f"{here}?before={shown[-1].contest.id}" if len(rows) > PAGE_SIZE else None,
    )


@staff_only(Permission.MANAGE_PROMOTIONS)
def new_contest(access: PageAccess) -> Response:
    """Show the form of a new contest."""
    return _show_form(access, contest_form.blank_form(access), contest=None)


@staff_only(Permission.MANAGE_PROMOTIONS)
def edit_contest(access: PageAccess, contest_id: int) -> Response:
    """Show a contest's form."""
    contest = _load(access, contest_id)
    return _show_form(access, contest_form.form_of(access, contest), contest=contest)


@staff_only(Permission.MANAGE_PROMOTIONS)
def create_contest(access: PageAccess) -> Response:
    """Make a contest as a draft, or bring the form up to date."""
    action = _action()
    if action != SAVE:
        return _show_form(access, contest_form.asked_form(None), contest=None, action=action)
    read = contest_form.read_form(access, None)
    if read.draft is not None:
        try:
            with database().transaction() as session:
                contest = service.create_contest(
                    session, page_id=access.page.id, account_id=access.account_id, draft=read.draft, now=now()
                )
                contest_id = contest.id
        except Invalid as invalid:
            contest_form.add_invalid(access, read.form, invalid)
        else:
            flash_message(gettext("The contest is saved as a draft. Look at it, then publish it."))
            return see_other("contest_admin.show_contest", page_slug=access.page.slug, contest_id=contest_id)
    return _show_form(access, read, contest=None, action=action)


@staff_only(Permission.MANAGE_PROMOTIONS)
def update_contest(access: PageAccess, contest_id: int) -> Response:
    """Change a contest, or bring its form up to date; who was overtaken is told."""
    contest, action = _load(access, contest_id), _action()
    if action != SAVE:
        return _show_form(access, contest_form.asked_form(contest), contest=contest, action=action)
    read = contest_form.read_form(access, contest)
    if read.draft is None:
        return _show_form(access, read, contest=contest, action=action)
    try:
        with database().transaction() as session:
            is_changed = service.edit_contest(
                session, page_id=access.page.id, contest_id=contest_id, account_id=access.account_id,
                draft=read.draft, now=now(), version=id_or_none(request.form.get("version", "")) or 0,
            )  # fmt: skip
    except Invalid as invalid:
        contest_form.add_invalid(access, read.form, invalid)
    except service.ContestChanged as changed:
        read.form.add_error("", changed.msgid)
        # What was typed stays, with the version of what it is put in place of.
        contest = _load(access, contest_id)
        read.form.typed = read.form.typed.copy()
        read.form.typed["version"] = str(contest.version)
    else:
        flash_message(gettext("Saved.") if is_changed else gettext("Nothing had changed."))
        return see_other("contest_admin.show_contest", page_slug=access.page.slug, contest_id=contest_id)
    return _show_form(access, read, contest=contest, action=action)


@staff_only(Permission.MANAGE_PROMOTIONS)
def show_contest(access: PageAccess, contest_id: int) -> Response:
    """Show where a contest stands, what can be done with it, and what it brought."""
    return show_room(access, contest_id)


def show_room(
    access: PageAccess, contest_id: int, *, error: DomainError | None = None, at: str = ""
) -> Response:
    """Render a contest's own page; ``error`` stands at the act (``at``) that was refused, with what was typed."""
    with database().reading() as session:
        contest = get_contest(session, page_id=access.page.id, contest_id=contest_id)
        winners = queries.list_winner_rows(session, contest_id)
        photos = queries.count_photos(session, contest_id)
        unconfirmed, withdrawn = queries.count_entries_so_far(session, contest_id)
        results = results_of(session, contest=contest, page=access.page, now=now())
        prize_id = contest.prize_product_id
        prize = map_taggable(session, page_id=access.page.id, product_ids=[prize_id] if prize_id else [])
    return render(
        "manage/contests/show.html",
        status=200 if error is None else error.status,
        **TEXTS,
        access=access,
        contest=contest,
        standing=labels.standing_key(contest, now()),
        labels=labels,
        winners=winners,
        waiting_photos=photos[PhotoStatus.WAITING] if contest.kind is ContestKind.PHOTO else 0,
        unconfirmed=unconfirmed,
        withdrawn=withdrawn,
        results=results,
        is_forgotten=(forgets := forgets_at(contest)) is not None and now() >= forgets,
        chart=_chart(results),
        sources=[(labels.SOURCES[source], results.sources[source]) for source in EntrySource],
        embed_count=results.sources[EntrySource.EMBED],
        prize=prize.get(prize_id or 0),
        warnings=warnings_of(service.draft_of(contest), access.page),
        problems=[gettext(text) for texts in error.errors.values() for text in texts]
        if isinstance(error, Invalid)
        else [],
        refused=gettext(error.msgid, **error.params) if error else "",
        refused_at=at,
        zone=zone_name(access.page.country).replace("_", " "),
    )


def _chart(results: Results) -> list[tuple[str, int, int]]:
    """Return the days as (ISO day, entries, share of the fullest day in percent)."""
    most = max((count for _, count in results.days), default=0) or 1
    return [(day.isoformat(), count, round(100 * count / most)) for day, count in results.days]


def _action() -> str:
    """Return what the pressed button asked for; Enter saves, but with words in the search for products it finds."""
    action = request.form.get("action", SAVE)
    if action != "enter":
        return action
    return "search" if request.form.get("product_q", "").strip() else SAVE


def _reachable(access: PageAccess, contest: Contest | None) -> tuple[str, ...]:
    """Return the countries to choose from: those that the page ships to, and those of the contest."""
    return tuple({*access.page.ships_to, *(contest.countries if contest else ())} & set(COUNTRIES))


def _load(access: PageAccess, contest_id: int) -> Contest:
    with database().reading() as session:
        return get_contest(session, page_id=access.page.id, contest_id=contest_id)


def _show_form(
    access: PageAccess, read: ContestForm, *, contest: Contest | None, action: str = ""
) -> Response:
    form: Form = read.form
    query, chosen = form.raw("product_q"), id_or_none(form.raw("prize_product_id"))
    with database().reading() as session:
        is_searching = action == "search" or bool(query and action)
        results = find_taggable(session, page_id=access.page.id, query=query) if is_searching else None
        prize = map_taggable(session, page_id=access.page.id, product_ids=[chosen] if chosen else [])
    here = (
        url_for("contest_admin.edit_contest", page_slug=access.page.slug, contest_id=contest.id)
        if contest
        else url_for("contest_admin.list_contests", page_slug=access.page.slug)
    )
    return render(
        "manage/contests/form.html",
        status=422 if form.errors and action == SAVE else 200,
        access=access,
        form=form,
        read=read,
        contest=contest,
        is_frozen=contest is not None and contest.status is not ContestStatus.DRAFT,
        here=here,
        action=action,
        kinds=labels.KINDS,
        answer_places=range(MAX_ANSWERS),
        prize=prize.get(chosen or 0),
        found=results,
        countries=country_choices(_reachable(access, contest)),
        zone=zone_name(access.page.country).replace("_", " "),
        other_language_code=other_language(access),
        in_other_language=IN_LANGUAGE[other_language(access)],
    )
