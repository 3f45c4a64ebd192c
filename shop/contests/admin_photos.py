"""The queue of a contest's photos: one after the other is let through or not, by pointer or by keyboard."""

from flask import request, url_for
from flask_babel import force_locale, gettext
from werkzeug.wrappers import Response

from shop.contests import labels
from shop.contests.admin_queries import count_photos, list_photos
from shop.contests.models import ContestKind, ContestStatus, PhotoStatus
from shop.contests.photo_judging import MAX_REASON, decide_photo, show_photo
from shop.contests.queries import get_contest, get_entry
from shop.core.errors import DomainError, NotFound
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database, now
from shop.web.forms import id_or_none
from shop.web.pages import flash_message, render, see_other

PAGE_SIZE = 12
PARTS = (PhotoStatus.WAITING, PhotoStatus.APPROVED, PhotoStatus.REFUSED)
OWN_WORDS = "own"
HIDE, SHOW = "hidden", "shown"
"""What is decided on a photo after the draw."""


@staff_only(Permission.MODERATE)
def show_photos(access: PageAccess, contest_id: int) -> Response:
    """Show the photos that wait, or those that were decided on."""
    return _show(access, contest_id, _part())


@staff_only(Permission.MODERATE)
def create_decision(access: PageAccess, contest_id: int) -> Response:
    """Let a photo through, or refuse it with a reason; after the draw, take it off the page or put it back."""
    verb, _, number = request.form.get("decision", "").partition(":")
    entry_id = id_or_none(number)
    if entry_id is not None and verb in (HIDE, SHOW):
        return _show_or_hide(access, contest_id, entry_id, is_shown=verb == SHOW)
    if entry_id is None or verb not in (PhotoStatus.APPROVED, PhotoStatus.REFUSED):
        raise NotFound
    status = PhotoStatus(verb)
    try:
        reason = _reason(entry_id) if status is PhotoStatus.REFUSED else ""
        with database().transaction() as session:
            decide_photo(
                session, page_id=access.page.id, contest_id=contest_id, entry_id=entry_id, status=status,
                account_id=access.account_id, reason=reason, now=now(),
            )  # fmt: skip
    except NotFound:
        raise
    except DomainError as error:
        return _show(access, contest_id, _part(), error=error, entry_id=entry_id)
    text = (
        gettext("Let through.")
        if status is PhotoStatus.APPROVED
        else gettext("Refused; its sender is told in a few minutes.")
    )
    undo = url_for(
        "contest_admin.delete_decision", page_slug=access.page.slug, contest_id=contest_id, entry=entry_id
    )
    flash_message(text, undo=undo)
    return _back(access, contest_id)


@staff_only(Permission.MODERATE)
def delete_decision(access: PageAccess, contest_id: int) -> Response:
    """Let a photo wait again."""
    entry_id = id_or_none(request.values.get("entry", ""))
    if entry_id is None:
        raise NotFound
    try:
        with database().transaction() as session:
            decide_photo(
                session, page_id=access.page.id, contest_id=contest_id, entry_id=entry_id,
                status=PhotoStatus.WAITING, account_id=access.account_id, now=now(),
            )  # fmt: skip
    except NotFound:
        raise
    except DomainError as error:
        return _show(access, contest_id, _part(), error=error)
    flash_message(gettext("It waits again."))
    return _back(access, contest_id)


def _show_or_hide(access: PageAccess, contest_id: int, entry_id: int, *, is_shown: bool) -> Response:
    with database().transaction() as session:
        show_photo(
            session, page_id=access.page.id, contest_id=contest_id, entry_id=entry_id, is_shown=is_shown,
            account_id=access.account_id, now=now(),
        )  # fmt: skip
    flash_message(gettext("It is on the page again.") if is_shown else gettext("It is off the page."))
    return _back(access, contest_id)


def _reason(entry_id: int) -> str:
    """Return the reason in the sender's language: one of ours, or the moderator's own words."""
    chosen = request.form.get(f"reason-{entry_id}", "")
    if chosen == OWN_WORDS:
        return request.form.get(f"words-{entry_id}", "").replace("\x00", "")
    place = id_or_none(chosen)
    if place is None or place >= len(labels.REFUSALS):
        return ""
    with database().reading() as session:
        language = get_entry(session, entry_id).language
    with force_locale(language):
        return str(gettext(labels.REFUSALS[place]))


def _part() -> PhotoStatus:
    text = request.values.get("part", "")
    return PhotoStatus(text) if text in list(PARTS) else PhotoStatus.WAITING


def _show(
    access: PageAccess,
    contest_id: int,
    part: PhotoStatus,
    *,
    error: DomainError | None = None,
    entry_id: int = 0,
) -> Response:
    after_id = id_or_none(request.values.get("after", "")) or 0
    with database().reading() as session:
        contest = get_contest(session, page_id=access.page.id, contest_id=contest_id)
        if contest.kind is not ContestKind.PHOTO:
            raise NotFound
        counts = count_photos(session, contest_id)
        rows = list_photos(session, contest_id, status=part, after_id=after_id, limit=PAGE_SIZE)
    here = url_for(
        "contest_admin.show_photos", page_slug=access.page.slug, contest_id=contest_id, part=part.value
    )
    problem = ""
    if error is not None:
        texts = [text for several in getattr(error, "errors", {}).values() for text in several]
        problem = gettext(texts[0]) if texts else gettext(error.msgid, **error.params)
    return render(
        "manage/contests/photos.html",
        status=200 if error is None else error.status,
        access=access,
        contest=contest,
        part=part.value,
        parts=[one.value for one in PARTS],
        counts={one.value: counts[one] for one in PARTS},
        rows=rows[:PAGE_SIZE],
        next_url=f"{here}&after={rows[PAGE_SIZE - 1].id}" if len(rows) > PAGE_SIZE else None,
        previous_url=here if after_id else None,
        can_decide=contest.status is ContestStatus.PUBLISHED,
        refusals=labels.REFUSALS,
        problem=problem,
        problem_at=entry_id,
        typed=request.form,
        max_reason=MAX_REASON,
    )


def _back(access: PageAccess, contest_id: int) -> Response:
    part = _part()
    return see_other(
        "contest_admin.show_photos", page_slug=access.page.slug, contest_id=contest_id,
        part=None if part is PhotoStatus.WAITING else part.value,
    )  # fmt: skip
