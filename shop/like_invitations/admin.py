"""The room of the invitation to like the page: what it brings, its settings, and how it looks."""

from typing import Any

from flask import Blueprint, Response
from flask_babel import force_locale, format_percent
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from shop.core.i18n import LANGUAGES
from shop.like_invitations import labels
from shop.like_invitations.arms import WHOLE_BP
from shop.like_invitations.judging import Uplift, judge
from shop.like_invitations.models import Arm, InvitationStyle, LikeInvitation
from shop.like_invitations.queries import ArmFigures, count_arms, find_invitation
from shop.like_invitations.schemas import HELD_OUT_BP, LikeInvitationSchema
from shop.like_invitations.service import InvitationDraft, StaleInvitation, save_invitation
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.page.models import Page
from shop.web.context import database, now
from shop.web.forms import Form
from shop.web.pages import flash_message, render, see_other

blueprint = Blueprint("like_invitation_admin", __name__)

ROOM = "/manage/<page_slug>/like-invitation"
USUAL = {"is_on": False, "style": InvitationStyle.BANNER.value, "held_out_bp": 1000}
"""What the form begins with on a page that never invited anybody."""


@blueprint.get(ROOM)
@staff_only(Permission.MANAGE_PROMOTIONS)
def show_room(access: PageAccess) -> Response:
    """Show what the invitation brings and its settings."""
    with database().reading() as session:
        invitation = find_invitation(session, access.page.id)
    return _room(access, invitation, Form(_initial(invitation, _other_language(access.page))))


@blueprint.post(ROOM)
@staff_only(Permission.MANAGE_PROMOTIONS)
def update_invitation(access: PageAccess) -> BaseResponse:
    """Write the settings; what is refused is told where it was typed."""
    form = Form.from_request(LikeInvitationSchema())
    if form.values is None:
        return _refused(access, form, status=422)
    values = dict(form.values)
    version = values.pop("version")
    try:
        with database().transaction() as session:
            starts_anew = save_invitation(
                session, page=access.page, draft=InvitationDraft(**values), version=version,
                other_language=_other_language(access.page), actor_id=access.account_id, now=now(),
            )  # fmt: skip
    except StaleInvitation as stale:
        form.add_domain_error("", stale)
        return _refused(access, form, status=stale.status)
    flash_message(_("Saved."))
    if starts_anew:
        flash_message(_("Another share is held out now, so the figures begin anew."), "info")
    return see_other("like_invitation_admin.show_room", page_slug=access.page.slug)


def _refused(access: PageAccess, form: Form, *, status: int) -> Response:
    with database().reading() as session:
        invitation = find_invitation(session, access.page.id)
    return _room(access, invitation, form, status=status)


def _room(
    access: PageAccess, invitation: LikeInvitation | None, form: Form, *, status: int = 200
) -> Response:
    figures = {arm: ArmFigures(arm) for arm in Arm}
    if invitation is not None:
        with database().reading() as session:
            figures = count_arms(session, page_id=access.page.id, since=invitation.started_at)
    other = _other_language(access.page)
    return render(
        "manage/like_invitation/show.html",
        status=status,
        access=access,
        active_section="invitation",
        form=form,
        invitation=invitation,
        version=invitation.version if invitation else 0,
        groups=[_group(figures[arm]) for arm in (Arm.INVITED, Arm.HELD_OUT)],
        likes=_uplift(figures, "likes", invitation),
        buyers=_uplift(figures, "buyers", invitation),
        labels=labels,
        shares=[(bp, _("Nobody") if bp == 0 else format_percent(bp / WHOLE_BP)) for bp in HELD_OUT_BP],
        previews=[
            _preview(access.page, access.page.language, "text"),
            _preview(access.page, other, "other_text"),
        ],
        language_names={"en": _("English"), "fr": _("French")},
    )


def _preview(page: Page, code: str, field: str) -> dict[str, str]:
    """Return the words of an invitation in a language, and the field of its text."""
    with force_locale(code):
        return {
            "code": code,
            "field": field,
            "title": _("Like %(page)s?", page=page.name),
            "usual": _("What it posts then comes into your feed. Nothing here depends on it."),
            "skip": _("No, thanks"),
            "like": _("Like"),
        }


def _group(figures: ArmFigures) -> dict[str, Any]:
    """Return a group's figures with what comes on one visitor (minor units, None without visitors)."""
    visitors = figures.visitors
    return {
        "figures": figures,
        "name": _("Invited") if figures.arm is Arm.INVITED else _("Held out"),
        "paid_each": (2 * figures.paid_amount + visitors) // (2 * visitors) if visitors else None,
    }


def _uplift(figures: dict[Arm, ArmFigures], name: str, invitation: LikeInvitation | None) -> Uplift:
    invited, held_out = figures[Arm.INVITED], figures[Arm.HELD_OUT]
    return judge(
        (getattr(invited, name), invited.visitors),
        (getattr(held_out, name), held_out.visitors),
        holds_out=invitation is not None and invitation.held_out_bp > 0,
    )


def _initial(invitation: LikeInvitation | None, other_language: str) -> dict[str, Any]:
    if invitation is None:
        return dict(USUAL)
    return {
        "is_on": invitation.is_on,
        "style": invitation.style.value,
        "text": invitation.text,
        "other_text": (invitation.translations or {}).get(other_language, {}).get("text", ""),
        "held_out_bp": invitation.held_out_bp,
    }


def _other_language(page: Page) -> str:
    return next(code for code in LANGUAGES if code != page.language)
