"""The admin's imports of followers: bring a file, see what it would bring, let it in, stop it, go on."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from shop.catalog.import_files import import_store, new_key
from shop.catalog.importing.messages import FAULTS
from shop.core.i18n import N_
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.quality import follower_imports as imports
from shop.quality.admin import SLOW_AFTER
from shop.quality.follower_file import PROBLEMS, NotFollowers
from shop.quality.follower_queries import get_import, list_imports
from shop.quality.models import FollowerImport, ImportStatus
from shop.web.context import database, now, settings
from shop.web.forms import Form, id_or_none
from shop.web.limits import limiter
from shop.web.pages import flash_message, render, see_other

ROOM = "/manage/<page_slug>/followers/imports"
ONE = f"{ROOM}/<int:import_id>"
PART = 20
MAX_FILENAME = 120
STATES: Mapping[str, str] = {
    "reading": N_("Is being read"),
    "waiting": N_("Read, not begun"),
    "running": N_("At work"),
    "done": N_("Done"),
    "cancelled": N_("Cancelled"),
    "failed": N_("Could not be read"),
}
BADGES = {"done": "success", "running": "accent", "failed": "danger"}

blueprint = Blueprint("follower_imports", __name__)


def state_of(run: FollowerImport) -> str:
    """Return where an import stands in one word: a waiting one that was not read yet is being read."""
    is_unread = run.status is ImportStatus.WAITING and run.total == 0
    return "reading" if is_unread else run.status.value


def why_text(problem: Mapping[str, Any]) -> str:
    """Return why a row, or the file as a whole, was left out."""
    code = str(problem["why"])
    if code == NotFollowers.code:
        return str(gettext(NotFollowers.message))
    msgid = PROBLEMS.get(code) or FAULTS.get(code) or FAULTS["unreadable"]
    return str(gettext(msgid, **problem.get("params", {})))


@blueprint.get(ROOM)
@staff_only(Permission.MANAGE_PROMOTIONS)
def show_imports(access: PageAccess) -> Response:
    """Show where to bring a file of followers, and the imports so far."""
    return _list(access, Form())


def _list(access: PageAccess, form: Form, *, status: int = 200) -> Response:
    before = id_or_none(request.args.get("before", ""))
    with database().reading() as session:
        runs = list_imports(session, access.page.id, before=before, limit=PART + 1)
    here = url_for("follower_imports.show_imports", page_slug=access.page.slug)
    return render(
        "manage/followers/imports.html",
        status=status,
        access=access,
        active_section="followers",
        form=form,
        runs=runs[:PART],
        states=STATES,
        badges=BADGES,
        state_of=state_of,
        max_bytes=settings().max_upload_bytes,
        kept_days=imports.KEPT_FOR.days,
        first_url=here if before else None,
        next_url=f"{here}?before={runs[PART - 1].id}" if len(runs) > PART else None,
    )


@blueprint.post(ROOM)
@staff_only(Permission.MANAGE_PROMOTIONS)
@limiter.limit("30/hour")
def create_import(access: PageAccess) -> Response:
    """Keep a brought file privately and have it read."""
    form = Form()
    try:
        upload = request.files.get("file")
    except RequestEntityTooLarge:
        limit = settings().max_upload_bytes // 1_000_000
        form.add_error("file", N_("The file is larger than %(limit)s MB."), limit=limit)
        return _list(access, form, status=413)
    if upload is None or not upload.filename:
        form.add_error("file", N_("Choose the file with your followers."))
        return _list(access, form, status=422)
    store, key = import_store(settings()), new_key()
    store.put(key, upload.read())
    try:
        with database().transaction() as session:
            run = imports.create_import(
                session, page_id=access.page.id, account_id=access.account_id, name=_clean(upload.filename),
                file_key=key, now=now(),
            )  # fmt: skip
    except BaseException:
        store.delete(key)
        raise
    return see_other("follower_imports.show_import", page_slug=access.page.slug, import_id=run.id)


@blueprint.get(ONE)
@staff_only(Permission.MANAGE_PROMOTIONS)
def show_import(access: PageAccess, import_id: int) -> Response:
    """Show how an import stands: what it would bring, how far it is, or what it did."""
    with database().reading() as session:
        run = get_import(session, access.page.id, import_id)
    state = state_of(run)
    is_working = state in ("reading", "running")
    return render(
        "manage/followers/import.html",
        access=access,
        active_section="followers",
        run=run,
        state=state,
        states=STATES,
        is_working=is_working,
        is_slow=is_working and run.done == 0 and now() - run.created_at > SLOW_AFTER,
        why_text=why_text,
        kept_days=imports.KEPT_FOR.days,
    )


@blueprint.post(f"{ONE}/start")
@staff_only(Permission.MANAGE_PROMOTIONS)
def start_import(access: PageAccess, import_id: int) -> Response:
    """Let the followers of a file that was read into the page, or go on where it stopped."""
    return _do(access, import_id, imports.start_import)


@blueprint.post(f"{ONE}/cancellation")
@staff_only(Permission.MANAGE_PROMOTIONS)
def cancel_import(access: PageAccess, import_id: int) -> Response:
    """Stop an import between two batches."""
    return _do(access, import_id, imports.cancel_import)


def _do(access: PageAccess, import_id: int, act: Callable[..., object]) -> Response:
    def run(session: Session) -> None:
        act(
            session, page_id=access.page.id, import_id=import_id, account_id=access.account_id, now=now()
        )  # fmt: skip

    try:
        with database().transaction() as session:
            run(session)
    except imports.NotNow as refused:
        flash_message(gettext(refused.msgid), "error")
    return see_other("follower_imports.show_import", page_slug=access.page.slug, import_id=import_id)


def _clean(filename: str) -> str:
    """Return the name that a browser gave a file, without folders and what cannot be shown."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in name if char.isprintable())[:MAX_FILENAME].strip() or "followers.csv"
