"""The moderators' queue: what waits, what was decided, deciding and taking it back."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from shop.core.errors import DomainError
from shop.core.places import Place, read_place
from shop.feed.moderating import Actor, decide_case, undo_decision
from shop.feed.moderation_queries import MOST_COUNTED, count_waiting, list_decided, list_waiting
from shop.moderation.models import Decision, Reason
from shop.moderation.texts import DECISIONS, REASONS, SIGNS
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database, now
from shop.web.forms import id_or_none
from shop.web.pages import flash_message, render, see_other

blueprint = Blueprint("moderation_admin", __name__)

ROOM = "/manage/<page_slug>/moderation"

MOST_AT_ONCE = 50


@blueprint.get(ROOM)
@staff_only(Permission.MODERATE)
def show_queue(access: PageAccess) -> Response:
    """Show the cases that wait, oldest first."""
    reason = _chosen_reason()
    after_id = id_or_none(request.args.get("after", "")) or 0
    with database().reading() as session:
        part = list_waiting(session, access.page.id, reason=reason, after_id=after_id)
        waiting = count_waiting(session, access.page.id)
    next_url = None
    if part.is_more:
        next_url = url_for(
            "moderation_admin.show_queue", page_slug=access.page.slug, reason=reason,
            after=part.rows[-1].case.id,
        )  # fmt: skip
    return render(
        "manage/moderation/queue.html",
        **_words(access, reason),
        part=part,
        waiting=f"{MOST_COUNTED:,}+" if waiting >= MOST_COUNTED else str(waiting),
        next_url=next_url,
        is_first=not after_id,
    )


@blueprint.get(f"{ROOM}/decided")
@staff_only(Permission.MODERATE)
def show_decided(access: PageAccess) -> Response:
    """Show what was decided, by whom and why, newest first."""
    reason = _chosen_reason()
    with database().reading() as session:
        part = list_decided(
            session, access.page.id, reason=reason, before=read_place(request.args.get("before", ""))
        )
    next_url = None
    if part.is_more and (last := part.rows[-1].case).decided_at is not None:
        next_url = url_for(
            "moderation_admin.show_decided", page_slug=access.page.slug, reason=reason,
            before=str(Place(last.decided_at, last.id)),
        )  # fmt: skip
    return render(
        "manage/moderation/decided.html",
        **_words(access, reason),
        part=part,
        next_url=next_url,
        is_first="before" not in request.args,
        undo_mark=lambda case: str(Place(case.decided_at, 0)),
    )


@blueprint.post(f"{ROOM}/decisions")
@staff_only(Permission.MODERATE)
def create_decisions(access: PageAccess) -> BaseResponse:
    """Decide on one case or on all that are ticked, each in a transaction of its own, so that one cannot stop the rest."""
    decision, case_ids = _chosen_cases()
    if decision is None or not case_ids:
        flash_message(_("Tick what you want to decide on first."), "error")
        return _back(access)
    moment = now()
    done, refused = [], dict[str, None]()
    for case_id in case_ids:
        actor = Actor(access.page.id, access.account_id, moment, _typed_reason(case_id))
        try:
            with database().transaction() as session:
                decide_case(session, case_id=case_id, decision=decision, actor=actor)
        except DomainError as error:
            refused.setdefault(_(error.msgid, **error.params))
        else:
            done.append(case_id)
    if done:
        undo = url_for(
            "moderation_admin.delete_decisions", page_slug=access.page.slug, case=done,
            at=str(Place(moment, 0)),
        )  # fmt: skip
        flash_message(_done_text(decision, len(done)), undo=undo)
    for text in refused:
        flash_message(text, "error")
    return _back(access)


@blueprint.post(f"{ROOM}/decisions/removal")
@staff_only(Permission.MODERATE)
def delete_decisions(access: PageAccess) -> BaseResponse:
    """Take decisions back that were made at one instant: ``case`` names them, ``at`` when."""
    mark = read_place(request.values.get("at", ""))
    case_ids = _ids(request.values.getlist("case"))
    actor = Actor(access.page.id, access.account_id, now())
    done, refused = 0, dict[str, None]()
    for case_id in case_ids if mark else ():
        try:
            with database().transaction() as session:
                undo_decision(
                    session, case_id=case_id, decided_at=mark.at if mark else actor.now, actor=actor
                )
        except DomainError as error:
            refused.setdefault(_(error.msgid, **error.params))
        else:
            done += 1
    if done:
        flash_message(
            ngettext("Taken back: it waits again.", "%(num)s taken back: they wait again.", done), "success"
        )
    for text in refused:
        flash_message(text, "error")
    return _back(access)


def _chosen_cases() -> tuple[Decision | None, list[int]]:
    """Return what is decided on which cases: a button of one case names it, the bar's buttons mean the ticked ones."""
    for name, value in request.form.items():
        if name.startswith("decision-") and value in list(Decision):
            return Decision(value), _ids([name.removeprefix("decision-")])
    chosen = request.form.get("decision", "")
    decision = Decision(chosen) if chosen in list(Decision) else None
    return decision, _ids(request.form.getlist("case"))


def _ids(texts: Sequence[str]) -> list[int]:
    found = [id_or_none(text) for text in texts[:MOST_AT_ONCE]]
    return list(dict.fromkeys(one for one in found if one))


def _typed_reason(case_id: int) -> Reason:
    text = request.form.get(f"reason-{case_id}", "")
    return Reason(text) if text in list(Reason) else Reason.OTHER


def _chosen_reason() -> Reason | None:
    text = request.args.get("reason", "")
    return Reason(text) if text in list(Reason) else None


def _done_text(decision: Decision, number: int) -> str:
    if decision is Decision.KEPT:
        text = ngettext("Kept: everybody sees it.", "%(num)s kept: everybody sees them.", number)
    elif decision is Decision.HIDDEN:
        text = ngettext(
            "Hidden: only its author and their friends still see it.",
            "%(num)s hidden: only their authors and their friends still see them.",
            number,
        )
    elif decision is Decision.REMOVED:
        text = ngettext(
            "Removed, and its author is told.", "%(num)s removed, and their authors are told.", number
        )
    else:
        text = ngettext(
            "Removed, and its author may write on this page no more.",
            "%(num)s removed, and their authors may write on this page no more.",
            number,
        )
    return str(text)


def _back(access: PageAccess) -> BaseResponse:
    reason = request.values.get("filter", "")
    to = "show_decided" if request.values.get("from") == "decided" else "show_queue"
    return see_other(
        f"moderation_admin.{to}",
        page_slug=access.page.slug,
        reason=reason if reason in list(Reason) else None,
    )


def _words(access: PageAccess, reason: Reason | None) -> dict[str, Any]:
    return {
        "access": access,
        "active_section": "moderation",
        "chosen_reason": reason.value if reason else "",
        "reasons": {one.value: _(text) for one, text in REASONS.items()},
        "decisions": {one.value: _(text) for one, text in DECISIONS.items()},
        "sign_text": _sign_text,
    }


def _sign_text(sign: dict[str, object]) -> str:
    known = SIGNS.get(str(sign.get("sign")))
    return str(_(known, detail=sign.get("detail", ""))) if known else str(sign.get("sign", ""))
