"""Contests in public: the tab, a contest and its entry form, its rules, and the page that does its draw again."""

import json

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter import RequestLimit
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.login import current_account_id, viewer
from shop.contests.access import entry_token
from shop.contests.entering import (
    AlreadyEntered,
    NotOpen,
    StaffCannotEnter,
    why_not_open,
)
from shop.contests.mailboxes import person_key_of
from shop.contests.models import Contest, ContestEntry
from shop.contests.public_queries import find_entry_of_account
from shop.contests.public_views import ContestView, view_contest
from shop.contests.records import load_published, record_json
from shop.core.errors import Invalid
from shop.core.i18n import N_
from shop.page.models import Page
from shop.page.queries import get_page, is_follower
from shop.storefront.caching import public_page
from shop.storefront.contest_entering import EntryForm, blank_form, like_only, read_form, save_entry
from shop.storefront.contest_parts import (
    get_public_contest,
    load_check,
    load_contest,
    load_contests,
    load_rules,
)
from shop.storefront.parts import Tab, current_version, load_tab
from shop.web.context import database, now, settings, signer
from shop.web.forms import id_or_none
from shop.web.limits import limiter
from shop.web.pages import flash_message, render, see_other

ENTRIES = "30/hour"
"""Each sends a mail and may bring a photo to re-encode."""
MAILS_TO_ONE = "10/hour"
CHECKS = "60/minute"
"""Each may read all receipts and hash them."""
KEPT_FOR_S = 60
"""Whether a contest has begun or ended is told anew after so long, and how many have entered."""
MAX_WANTED = 100

blueprint = Blueprint("contest_pages", __name__)


def _moment() -> int:
    return int(now().timestamp() // KEPT_FOR_S)


def _version(page_slug: str, **_values: object) -> tuple[object, ...]:
    return (current_version(page_slug), _moment())


@blueprint.get("/p/<page_slug>/contests")
@public_page(_version)
def list_contests(page_slug: str) -> ResponseReturnValue:
    """Show the contests of a page: the ones to enter, and what is over."""
    tab = load_tab(page_slug, "contests", (str(_moment()),), load_contests())
    return render("storefront/contests_page.html", header=tab.header, part=tab.part, active_tab="contests")


@blueprint.get("/p/<page_slug>/contests/<contest_slug>")
@public_page(_version)
def show_contest(page_slug: str, contest_slug: str) -> ResponseReturnValue:
    """Show a contest with the form to enter it, or the visitor's own entry."""
    page, contest, entry = _find(page_slug, contest_slug)
    return _show(page, contest, entry, blank_form(page, contest))


def _find(page_slug: str, contest_slug: str) -> tuple[Page, Contest, ContestEntry | None]:
    me = viewer()
    with database().reading() as session:
        page = get_page(session, page_slug)
        contest = get_public_contest(session, page, contest_slug)
        entry = (
            find_entry_of_account(
                session, contest_id=contest.id, account_id=me.account_id,
                person_key=person_key_of(signer(), me.email) if me.is_confirmed else None,
            )
            if me.account_id is not None
            else None
        )  # fmt: skip
    return page, contest, entry


def _show(
    page: Page, contest: Contest, entry: ContestEntry | None, read: EntryForm, *, status: int = 200
) -> Response:
    tab = load_tab(page.slug, "contest", (contest.slug, str(_moment())), load_contest(contest.slug))
    why = why_not_open(contest, now())
    is_counted = entry is not None and entry.number is not None
    return render(
        "storefront/contest_page.html",
        status=status,
        header=tab.header,
        part=tab.part,
        active_tab="contests",
        compact=True,
        contest=view_contest(contest, page, now()),
        is_open=why is None,
        entry=entry if is_counted else None,
        # The link to one that waits for its confirmation is for the mailbox alone.
        entry_link=entry_token(signer(), entry) if entry is not None and is_counted else "",
        is_waiting=entry is not None and not is_counted,
        form=read.form,
        photo=read.photo,
        photo_ref=read.photo_ref,
        max_upload_bytes=settings().max_upload_bytes,
    )


def _mailbox() -> str:
    # Not the address as it is typed: with labels behind a plus one mailbox could be filled from many.
    email = viewer().email or request.form.get("email", "")
    return f"contest-mail:{person_key_of(signer(), email)}"


def _wait(_limit: RequestLimit) -> Response:
    """Answer somebody who enters too often with what they typed in its form."""
    values = request.view_args or {}
    page, contest, entry = _find(values["page_slug"], values["contest_slug"])
    read = read_form(page, contest, with_photo=False)
    read.form.add_error("", N_("You tried often in a short time. Please send this again in an hour."))
    return _show(page, contest, entry, read, status=429)


@blueprint.post("/p/<page_slug>/contests/<contest_slug>/entries")
@limiter.limit(ENTRIES, on_breach=_wait)
@limiter.limit(MAILS_TO_ONE, key_func=_mailbox, exempt_when=lambda: viewer().is_confirmed, on_breach=_wait)
def create_entry(page_slug: str, contest_slug: str) -> BaseResponse:
    """Enter: with an account whose address is confirmed it counts at once, else a mail asks to confirm."""
    page, contest, entry = _find(page_slug, contest_slug)
    why = why_not_open(contest, now())
    if why is not None:
        return _refused(contest, page, NotOpen(why))
    read = read_form(page, contest)
    if read.draft is None:
        return _show(page, contest, entry, read, status=422)
    made = _save(page, contest, entry, read)
    if not isinstance(made, ContestEntry):
        return made
    if made.number is None:
        return _sent(page, contest)
    flash_message(_("You are in. Good luck!"))
    return see_other("contests.show_entry", token=entry_token(signer(), made))


def _save(
    page: Page, contest: Contest, entry: ContestEntry | None, read: EntryForm
) -> ContestEntry | BaseResponse:
    """Return the new entry, or the answer to somebody who cannot have one."""
    with database().reading() as session:
        follows = is_follower(session, page.id, current_account_id())
    try:
        return save_entry(database(), page=page, contest=contest, read=read, is_follower=follows)
    except Invalid as error:
        read.form.add_invalid(error)
        return _show(page, contest, entry, read, status=error.status)
    except NotOpen as error:
        return _refused(contest, page, error)
    except (AlreadyEntered, StaffCannotEnter) as error:
        # Whether an address has entered, or works here, is nobody's business: whoever types it may be anybody.
        if not error.is_known:
            like_only(database(), page=page, contest=contest, read=read, is_follower=follows)
            return _sent(page, contest)
        read.form.add_domain_error("", error)
        return _show(page, contest, entry, read, status=error.status)


def _sent(page: Page, contest: Contest) -> BaseResponse:
    return see_other("contest_pages.show_sent", page_slug=page.slug, contest_slug=contest.slug)


def _refused(contest: Contest, page: Page, error: NotOpen) -> BaseResponse:
    flash_message(_(error.msgid), "error")
    return see_other("contest_pages.show_contest", page_slug=page.slug, contest_slug=contest.slug)


@blueprint.get("/p/<page_slug>/contests/<contest_slug>/entries/sent")
def show_sent(page_slug: str, contest_slug: str) -> Response:
    """Tell somebody to look for the mail that confirms their entry."""
    tab, contest = _tab_of(page_slug, contest_slug)
    return render(
        "storefront/contest_sent.html",
        header=tab.header,
        active_tab="contests",
        compact=True,
        contest=contest,
    )


def _tab_of(page_slug: str, contest_slug: str) -> tuple[Tab, ContestView]:
    with database().reading() as session:
        page = get_page(session, page_slug)
        contest = get_public_contest(session, page, contest_slug)
    tab = load_tab(page_slug, "contest", (contest_slug, str(_moment())), load_contest(contest_slug))
    return tab, view_contest(contest, page, now())


@blueprint.get("/p/<page_slug>/contests/<contest_slug>/rules")
@public_page(_version)
def show_rules(page_slug: str, contest_slug: str) -> ResponseReturnValue:
    """Show the rules of a contest."""
    arguments = (contest_slug, str(_moment()))
    tab = load_tab(page_slug, "contest_rules", arguments, load_rules(contest_slug))
    return render(
        "storefront/contest_rules_page.html",
        header=tab.header,
        part=tab.part,
        active_tab="contests",
        compact=True,
    )


@blueprint.get("/p/<page_slug>/contests/<contest_slug>/check")
@limiter.limit(CHECKS)
@public_page(_version, arguments=("after",))
def show_check(page_slug: str, contest_slug: str) -> ResponseReturnValue:
    """Show all that a draw stands on, with its steps done again here and, by the script, in the browser."""
    after = id_or_none(request.args.get("after", "")) or 0
    wanted = "".join(request.args.get("entry", "").split()).lower()[:MAX_WANTED]
    tab = load_tab(
        page_slug,
        "contest_check",
        (contest_slug, str(after), wanted, str(_moment())),
        load_check(contest_slug, after, wanted),
        keeps=not wanted,
    )
    return render(
        "storefront/contest_check_page.html",
        header=tab.header,
        part=tab.part,
        active_tab="contests",
        compact=True,
    )


@blueprint.get("/p/<page_slug>/contests/<contest_slug>/check.json")
@limiter.limit(CHECKS)
def show_record(page_slug: str, contest_slug: str) -> Response:
    """Answer the record of a draw as JSON, to be checked anywhere."""
    with database().reading() as session:
        page = get_page(session, page_slug)
        contest = get_public_contest(session, page, contest_slug)
        record = record_json(contest, load_published(session, contest), page_slug=page.slug)
    response = Response(json.dumps(record, indent=1), mimetype="application/json")
    response.headers["Content-Disposition"] = f'inline; filename="{page.slug}-{contest.slug}-draw.json"'
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Access-Control-Allow-Origin"] = (
        "*"  # it is public, and others may build their own check
    )
    return response
