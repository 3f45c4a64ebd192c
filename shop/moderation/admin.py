"""A page's rules: the words that it blocks, and whom it has banned."""

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from marshmallow import Schema, fields
from werkzeug.wrappers import Response as BaseResponse

from shop.core.errors import DomainError, Invalid
from shop.core.places import Place, read_place
from shop.core.signing import BadLink
from shop.moderation.banning import ban, change_words, lift_ban, parse_words, take_words_back
from shop.moderation.models import Reason
from shop.moderation.queries import PART, list_bans, list_words
from shop.moderation.texts import REASONS
from shop.moderation.words import MAX_WORDS, SUGGESTED
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database, now, signer
from shop.web.forms import Form, id_or_none
from shop.web.pages import flash_message, render, see_other

blueprint = Blueprint("moderation_rules", __name__)

ROOM = "/manage/<page_slug>/moderation"

UNDO = "ban_lifted"
UNDO_MAX_AGE_S = 3600


class WordsSchema(Schema):
    """Blocked words, one a line."""

    words = fields.String(load_default="")


@blueprint.get(f"{ROOM}/words")
@staff_only(Permission.MODERATE)
def show_words(access: PageAccess) -> Response:
    """Show the words that the page blocks."""
    with database().reading() as session:
        words = list_words(session, access.page.id)
    return _words_page(access, Form({"words": "\n".join(words)}))


@blueprint.post(f"{ROOM}/words")
@staff_only(Permission.MODERATE)
def update_words(access: PageAccess) -> BaseResponse:
    """Block exactly the words that were typed; or add our suggestion to what was typed, unsaved."""
    form = Form.from_request(WordsSchema())
    if form.values is None:
        return _words_page(access, form, status=422)
    if "suggestion" in request.form:
        typed = form.values["words"].splitlines()
        missing = [word for word in SUGGESTED if word not in typed]
        return _words_page(access, Form({"words": "\n".join([*typed, *missing])}), is_suggested=True)
    try:
        words = parse_words(form.values["words"])
    except Invalid as error:
        form.add_invalid(error)
        return _words_page(access, form, status=422)
    with database().transaction() as session:
        change = change_words(
            session, page_id=access.page.id, words=words, by_id=access.account_id, now=now()
        )
    undo = None
    if change is not None:
        undo = url_for("moderation_rules.restore_words", page_slug=access.page.slug, change=change)
    flash_message(_("Saved. The words count for comments from now on."), undo=undo)
    return see_other("moderation_rules.show_words", page_slug=access.page.slug)


@blueprint.post(f"{ROOM}/words/restoration")
@staff_only(Permission.MODERATE)
def restore_words(access: PageAccess) -> BaseResponse:
    """Take the last change of the words back, when it is still the last."""
    change = id_or_none(request.values.get("change", "")) or 0
    with database().transaction() as session:
        is_done = take_words_back(
            session, page_id=access.page.id, change=change, by_id=access.account_id, now=now()
        )
    if is_done:
        flash_message(_("The words are as they were before."))
    else:
        flash_message(_("The words were changed again since, so nothing was taken back."), "error")
    return see_other("moderation_rules.show_words", page_slug=access.page.slug)


@blueprint.get(f"{ROOM}/bans")
@staff_only(Permission.MODERATE)
def show_bans(access: PageAccess) -> Response:
    """Show whom the page has banned, newest first."""
    before = read_place(request.args.get("before", ""))
    with database().reading() as session:
        bans = list_bans(session, access.page.id, before=before)
    next_url = None
    if len(bans) > PART:
        bans = bans[:PART]
        last = bans[-1].ban
        next_url = url_for(
            "moderation_rules.show_bans", page_slug=access.page.slug,
            before=str(Place(last.at, last.account_id)),
        )  # fmt: skip
    return render(
        "manage/moderation/bans.html",
        access=access,
        active_section="moderation",
        bans=bans,
        reasons={reason.value: _(text) for reason, text in REASONS.items()},
        next_url=next_url,
        is_first=before is None,
    )


@blueprint.post(f"{ROOM}/bans/<int:account_id>/removal")
@staff_only(Permission.MODERATE)
def delete_ban(access: PageAccess, account_id: int) -> BaseResponse:
    """Let somebody write on the page again; the answer offers to undo it."""
    with database().transaction() as session:
        reason = lift_ban(
            session, page_id=access.page.id, account_id=account_id, by_id=access.account_id, now=now()
        )
    if reason is None:
        flash_message(_("This ban was lifted already."), "info")
    else:
        token = signer().sign(UNDO, [access.page.id, account_id, reason.value])
        undo = url_for(
            "moderation_rules.restore_ban", page_slug=access.page.slug, account_id=account_id, undo=token
        )
        flash_message(_("They may comment and react on this page again."), undo=undo)
    return see_other("moderation_rules.show_bans", page_slug=access.page.slug)


@blueprint.post(f"{ROOM}/bans/<int:account_id>/restoration")
@staff_only(Permission.MODERATE)
def restore_ban(access: PageAccess, account_id: int) -> BaseResponse:
    """Ban somebody again whose ban was lifted within the hour."""
    page_id, banned_id, reason = signer().read(UNDO, request.values.get("undo", ""), max_age_s=UNDO_MAX_AGE_S)
    if (page_id, banned_id) != (access.page.id, account_id):
        raise BadLink
    try:
        with database().transaction() as session:
            ban(
                session, page_id=page_id, account_id=banned_id, reason=Reason(reason), by_id=access.account_id,
                now=now(),
            )  # fmt: skip
    except DomainError as error:
        flash_message(_(error.msgid, **error.params), "error")
    else:
        flash_message(_("The ban stands again."))
    return see_other("moderation_rules.show_bans", page_slug=access.page.slug)


def _words_page(access: PageAccess, form: Form, *, status: int = 200, is_suggested: bool = False) -> Response:
    return render(
        "manage/moderation/words.html",
        status=status,
        access=access,
        active_section="moderation",
        form=form,
        most=MAX_WORDS,
        is_suggested=is_suggested,
    )
