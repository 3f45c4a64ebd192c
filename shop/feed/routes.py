"""What people do with a post: react, see who did, hide it. Comments are in ``comment_routes``."""

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.login import current_account_id, login_required, required_account_id
from shop.core.errors import Invalid, NotFound
from shop.core.i18n import N_
from shop.feed import comment_routes
from shop.feed.desk import (
    REACTIONS,
    ask_to_sign_in,
    back_to,
    find_thing,
    is_script,
    post_path,
    refuse_haste,
    whose_limit,
)
from shop.feed.models import ReactionKind
from shop.feed.reacting import hide_post, react, show_post_again, take_back
from shop.feed.talk_queries import list_reactions
from shop.feed.talking import Banned, check_not_banned
from shop.feed.views import load_marks, load_posts
from shop.web.context import database, now
from shop.web.forms import id_or_none
from shop.web.limits import limiter
from shop.web.locale import language
from shop.web.pages import flash_message, referring_path, render

PART = 50
MAX_PARTS = 200

blueprint = Blueprint("feed", __name__)
comment_routes.register(blueprint)


@blueprint.post("/p/<page_slug>/posts/<int:post_id>/reaction")
@limiter.limit(REACTIONS, key_func=whose_limit, on_breach=refuse_haste)
def create_reaction(page_slug: str, post_id: int) -> BaseResponse:
    """React to a post, in place of how one did before; a guest signs in first and comes back."""
    return _set_reaction(page_slug, post_id, _asked_kind())


@blueprint.post("/p/<page_slug>/posts/<int:post_id>/reaction/removal")
@limiter.limit(REACTIONS, key_func=whose_limit, on_breach=refuse_haste)
def delete_reaction(page_slug: str, post_id: int) -> BaseResponse:
    """Take one's reaction back."""
    return _set_reaction(page_slug, post_id, None)


def _asked_kind() -> ReactionKind:
    kind = request.form.get("kind", "")
    if kind not in set(ReactionKind):
        raise Invalid({"kind": [N_("Choose one of the reactions.")]}, N_("Choose one of the reactions."))
    return ReactionKind(kind)


def _set_reaction(page_slug: str, post_id: int, kind: ReactionKind | None) -> BaseResponse:
    account_id = current_account_id()
    here = post_path(page_slug, post_id)
    if account_id is None:
        with database().reading() as session:
            page, _post = find_thing(session, page_slug, post_id)
        text = _("Sign in to react to what %(page)s posts; you come back here afterwards.", page=page.name)
        return ask_to_sign_in(text, referring_path() or here)
    try:
        with database().transaction() as session:
            _write_reaction(session, page_slug, post_id, account_id, kind)
    except Banned as error:
        if is_script():
            return render("feed/refusal.html", status=error.status, text=_(error.msgid))
        flash_message(_(error.msgid), "error")
    return _foot(post_id, account_id) if is_script() else back_to(here)


def _write_reaction(
    session: Session, page_slug: str, post_id: int, account_id: int, kind: ReactionKind | None
) -> None:
    page, post = find_thing(session, page_slug, post_id)
    thing = {"post_id": post.id, "page_id": page.id, "account_id": account_id, "now": now()}
    if kind is None:
        take_back(session, **thing)  # type: ignore[arg-type]
    else:
        check_not_banned(session, page_id=page.id, account_id=account_id)
        react(session, kind=kind, **thing)  # type: ignore[arg-type]


def _foot(post_id: int, account_id: int) -> Response:
    with database().reading() as session:
        view = load_posts(session, [post_id], language()).get(post_id)
        marks = load_marks(session, account_id, [post_id])
    if view is None:  # deleted in between
        raise NotFound
    share_id = id_or_none(request.form.get("share", ""))
    return render(
        "feed/foot_answer.html",
        view=view,
        marks=marks.get(post_id),
        share=None if share_id is None else {"id": share_id},
    )


@blueprint.get("/p/<page_slug>/posts/<int:post_id>/reactions")
def list_post_reactions(page_slug: str, post_id: int) -> BaseResponse:
    """Show who reacted to a post and how, one's friends first."""
    asked = request.args.get("kind", "")
    kind = ReactionKind(asked) if asked in set(ReactionKind) else None
    part = min(id_or_none(request.args.get("part", "")) or 1, MAX_PARTS)
    # Before the reading: who asks is looked up on a connection, too, and a request holds one at a time.
    account_id = current_account_id()
    with database().reading() as session:
        page, post = find_thing(session, page_slug, post_id)
        view = load_posts(session, [post.id], language())[post.id]
        people = list_reactions(
            session, post_id=post.id, account_id=account_id, kind=kind, limit=PART, offset=(part - 1) * PART
        )  # fmt: skip
    return render(
        "feed/reactions.html",
        page=page,
        view=view,
        kind=kind,
        people=people[:PART],
        part=part,
        has_more=len(people) > PART and part < MAX_PARTS,
    )


@blueprint.post("/p/<page_slug>/posts/<int:post_id>/hiding")
@login_required
@limiter.limit(REACTIONS, key_func=whose_limit, on_breach=refuse_haste)
def create_hiding(page_slug: str, post_id: int) -> BaseResponse:
    """Hide a post from one's own feed; it can be undone."""
    account_id = required_account_id()
    with database().transaction() as session:
        _page, post = find_thing(session, page_slug, post_id)
        hide_post(session, post_id=post.id, account_id=account_id, now=now())
    here = post_path(page_slug, post_id)
    if is_script():
        return render("feed/hidden.html", here=here, post_id=post_id)
    flash_message(_("This post is hidden from your feed."), undo=f"{here}/hiding/removal")
    return back_to(here)


@blueprint.post("/p/<page_slug>/posts/<int:post_id>/hiding/removal")
@login_required
@limiter.limit(REACTIONS, key_func=whose_limit, on_breach=refuse_haste)
def delete_hiding(page_slug: str, post_id: int) -> BaseResponse:
    """Show a hidden post again."""
    account_id = required_account_id()
    with database().transaction() as session:
        _page, post = find_thing(session, page_slug, post_id)
        show_post_again(session, post_id=post.id, account_id=account_id)
    if is_script():
        return _foot(post_id, account_id)
    return back_to(post_path(page_slug, post_id))
