"""Writing, changing, liking and deleting comments; each works as a plain form, and a script takes pieces."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from flask_limiter import RequestLimit
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.login import current_account_id, login_required
from shop.core.errors import DomainError, Forbidden, Invalid, NotFound
from shop.core.i18n import N_
from shop.feed.comment_standing import hide_comment, show_comment
from shop.feed.desk import (
    COMMENTS,
    REACTIONS,
    ask_to_sign_in,
    find_thing,
    is_script,
    post_path,
    reader_on,
    refuse_haste,
    whose_limit,
    writer_on,
)
from shop.feed.models import Comment, CommentStatus, Post
from shop.feed.talk import load_comment
from shop.feed.talk_queries import CommentRow, Reader, get_comment, get_post_id
from shop.feed.talking import (
    Banned,
    Writer,
    delete_comment,
    edit_comment,
    like_comment,
    restore_comment,
    unlike_comment,
    write_comment,
)
from shop.page.models import Page
from shop.page.queries import get_page
from shop.web.context import database, now
from shop.web.forms import Form, boolean_adapter, id_or_none
from shop.web.limits import limiter
from shop.web.pages import flash_message, go, render

MAX_DRAFT = 700
"""Letters of a guest's text that fit in the address to which they come back; a script keeps all of them."""


def register(blueprint: Blueprint) -> None:
    """Add the routes of comments to the blueprint of posts."""
    blueprint.post("/p/<page_slug>/posts/<int:post_id>/comments")(create_comment)
    blueprint.get("/p/<page_slug>/comments/<int:comment_id>/reply")(new_reply)
    blueprint.get("/p/<page_slug>/comments/<int:comment_id>/edit")(show_comment_form)
    blueprint.post("/p/<page_slug>/comments/<int:comment_id>/edit")(update_comment)
    blueprint.post("/p/<page_slug>/comments/<int:comment_id>/removal")(remove_comment)
    blueprint.post("/p/<page_slug>/comments/<int:comment_id>/restoration")(bring_back_comment)
    blueprint.post("/p/<page_slug>/comments/<int:comment_id>/hiding")(create_comment_hiding)
    blueprint.post("/p/<page_slug>/comments/<int:comment_id>/hiding/removal")(delete_comment_hiding)
    blueprint.post("/p/<page_slug>/comments/<int:comment_id>/likes")(create_comment_like)
    blueprint.post("/p/<page_slug>/comments/<int:comment_id>/likes/removal")(delete_comment_like)


def _typed() -> Form:
    form = Form()
    form.is_submitted, form.typed = True, request.form
    return form


def _wait(_limit: RequestLimit) -> Response:
    """Answer somebody who writes too often with their text in its form."""
    form = _typed()
    form.add_error("body", N_("You wrote a lot in a short time. Please send this in a few minutes."))
    values: dict[str, Any] = request.view_args or {}
    with database().reading() as session:
        post_id = values.get("post_id") or _post_of(session, values["page_slug"], values["comment_id"])
        page, post = find_thing(session, values["page_slug"], post_id)
        reader = reader_on(session, page.id)
    return _form(page, post.id, reader, form, status=429, comment_id=values.get("comment_id"))


@limiter.limit(COMMENTS, key_func=whose_limit, on_breach=_wait)
def create_comment(page_slug: str, post_id: int) -> BaseResponse:
    """Write a comment or a reply; a guest signs in first and comes back to what they typed."""
    form = _typed()
    if current_account_id() is None:
        return _sign_in_to_write(page_slug, post_id, form)
    parent_id = id_or_none(form.raw("parent_id"))
    try:
        with database().transaction() as session:
            page, post = find_thing(session, page_slug, post_id)
            writer = writer_on(session, page.id, as_page=boolean_adapter(form.raw("as_page")))
            comment = write_comment(
                session, post=post, writer=writer, text=form.raw("body"), parent_id=parent_id, now=now()
            )
    except (Invalid, Banned, NotFound) as error:
        return _refused(page_slug, post_id, form, error, parent_id=parent_id)
    if comment.status is CommentStatus.HELD and not is_script():
        flash_message(
            _("Your comment waits until somebody of %(page)s has looked at it.", page=page.name), "info"
        )
    return _shown(page, post, comment.id, status=201)


def _sign_in_to_write(page_slug: str, post_id: int, form: Form) -> BaseResponse:
    with database().reading() as session:
        page, post = find_thing(session, page_slug, post_id)
    draft = {"draft": form.raw("body")[:MAX_DRAFT]} if form.raw("body").strip() else {}
    query = f"?{urlencode(draft)}" if draft else ""
    back = f"{post_path(page.slug, post.id)}{query}#comments"
    return ask_to_sign_in(_("Sign in to comment; what you typed is waiting for you here."), back)


def _refused(
    page_slug: str, post_id: int, form: Form, error: DomainError, *, parent_id: int | None = None,
    comment_id: int | None = None,
) -> Response:  # fmt: skip
    """Show the form again with what was typed and what is wrong with it."""
    if isinstance(error, Invalid):
        form.add_invalid(error)
    else:
        form.add_domain_error("body", error)
    with database().reading() as session:
        page, post = find_thing(session, page_slug, post_id)
        reader = reader_on(session, page.id)
    return _form(page, post.id, reader, form, status=error.status, parent_id=parent_id, comment_id=comment_id)


def _form(
    page: Page, post_id: int, reader: Reader, form: Form, *, status: int = 200, parent_id: int | None = None,
    comment_id: int | None = None, answered: CommentRow | None = None,
) -> Response:  # fmt: skip
    """Show the form for a comment, a reply or an edit: alone on a page, or as a piece for a script."""
    return render(
        "feed/comment_form_piece.html" if is_script() else "feed/comment_form.html",
        status=status,
        page=page,
        post_id=post_id,
        reader=reader,
        form=form,
        parent_id=parent_id or id_or_none(form.raw("parent_id")),
        comment_id=comment_id,
        answered=answered,
    )


def _shown(page: Page, post: Post, comment_id: int, *, status: int = 200) -> BaseResponse:
    """Answer what was written: the comment for a script, else the post with it in sight."""
    here = post_path(page.slug, post.id)
    if not is_script():
        return go(f"{here}?comment={comment_id}#comment-{comment_id}")
    with database().reading() as session:
        reader = reader_on(session, page.id)
        view = load_comment(session, comment_id=comment_id, reader=reader)
    return render(
        "feed/comment_answer.html", status=status, page=page, post_id=post.id, reader=reader, comment=view
    )


def _post_of(session: Session, page_slug: str, comment_id: int) -> int:
    return get_post_id(session, page_id=get_page(session, page_slug).id, comment_id=comment_id)


@login_required
def new_reply(page_slug: str, comment_id: int) -> BaseResponse:
    """Show the form for an answer to a comment."""
    with database().reading() as session:
        page, post = find_thing(session, page_slug, _post_of(session, page_slug, comment_id))
        reader = reader_on(session, page.id)
        answered = get_comment(session, comment_id=comment_id, reader=reader)
    return _form(page, post.id, reader, Form(), parent_id=comment_id, answered=answered)


@login_required
def show_comment_form(page_slug: str, comment_id: int) -> BaseResponse:
    """Show one's own comment in a form."""
    with database().reading() as session:
        page, post = find_thing(session, page_slug, _post_of(session, page_slug, comment_id))
        reader = reader_on(session, page.id)
        view = load_comment(session, comment_id=comment_id, reader=reader)
    if not view.is_mine:
        raise NotFound
    return _form(page, post.id, reader, Form({"body": view.row.body}), comment_id=comment_id)


@login_required
@limiter.limit(COMMENTS, key_func=whose_limit, on_breach=_wait)
def update_comment(page_slug: str, comment_id: int) -> BaseResponse:
    """Change the words of one's own comment."""
    form = _typed()
    post_id = 0
    try:
        with database().transaction() as session:
            post_id = _post_of(session, page_slug, comment_id)
            page, post = find_thing(session, page_slug, post_id)
            writer = _own_writer(session, page)
            comment = edit_comment(
                session, post=post, comment_id=comment_id, writer=writer, text=form.raw("body"), now=now()
            )
    except (Invalid, Banned, NotFound) as error:
        # What moderators or its author in another tab took away meanwhile: the words are not lost with it.
        return _refused(page_slug, post_id, form, error, comment_id=comment_id)
    return _shown(page, post, comment.id)


def _own_writer(session: Session, page: Page) -> Writer:
    """Return the writer, who may also touch what the page wrote if their role talks for it."""
    may = reader_on(session, page.id).writes_for_page
    return writer_on(session, page.id, as_page=may)


@login_required
@limiter.limit(REACTIONS, key_func=whose_limit, on_breach=refuse_haste)
def remove_comment(page_slug: str, comment_id: int) -> BaseResponse:
    """Delete one's own comment; it can be undone."""
    page, post = _act(page_slug, comment_id, delete_comment)
    undo = f"{post_path(page.slug, post.id).rpartition('/posts/')[0]}/comments/{comment_id}/restoration"
    if is_script():
        return render("feed/comment_gone.html", comment_id=comment_id, undo=undo)
    flash_message(_("Your comment is deleted."), undo=undo)
    return go(f"{post_path(page.slug, post.id)}#comments")


@login_required
@limiter.limit(REACTIONS, key_func=whose_limit, on_breach=refuse_haste)
def bring_back_comment(page_slug: str, comment_id: int) -> BaseResponse:
    """Bring one's deleted comment back."""
    page, post = _act(page_slug, comment_id, restore_comment)
    return _shown(page, post, comment_id)


def _act(page_slug: str, comment_id: int, act: Callable[..., Comment]) -> tuple[Page, Post]:
    with database().transaction() as session:
        page, post = find_thing(session, page_slug, _post_of(session, page_slug, comment_id))
        act(session, post=post, comment_id=comment_id, writer=_own_writer(session, page), now=now())
    return page, post


@login_required
@limiter.limit(REACTIONS, key_func=whose_limit, on_breach=refuse_haste)
def create_comment_like(page_slug: str, comment_id: int) -> BaseResponse:
    """Like a comment."""
    with database().transaction() as session:
        page, post = find_thing(session, page_slug, _post_of(session, page_slug, comment_id))
        writer = writer_on(session, page.id)
        like_comment(session, post=post, comment_id=comment_id, writer=writer, now=now())
    return _shown(page, post, comment_id)


@login_required
@limiter.limit(REACTIONS, key_func=whose_limit, on_breach=refuse_haste)
def delete_comment_like(page_slug: str, comment_id: int) -> BaseResponse:
    """Take one's like of a comment back."""
    with database().transaction() as session:
        page, post = find_thing(session, page_slug, _post_of(session, page_slug, comment_id))
        unlike_comment(
            session, post=post, comment_id=comment_id, account_id=writer_on(session, page.id).account_id
        )
    return _shown(page, post, comment_id)


@login_required
@limiter.limit(REACTIONS, key_func=whose_limit, on_breach=refuse_haste)
def create_comment_hiding(page_slug: str, comment_id: int) -> BaseResponse:
    """Hide a comment of the page that one moderates; the same place shows it again."""
    return _set_hidden(page_slug, comment_id, hide_comment)


@login_required
@limiter.limit(REACTIONS, key_func=whose_limit, on_breach=refuse_haste)
def delete_comment_hiding(page_slug: str, comment_id: int) -> BaseResponse:
    """Show a hidden or held comment of the page that one moderates."""
    return _set_hidden(page_slug, comment_id, show_comment)


def _set_hidden(page_slug: str, comment_id: int, act: Callable[..., None]) -> BaseResponse:
    with database().transaction() as session:
        page, post = find_thing(session, page_slug, _post_of(session, page_slug, comment_id))
        reader = reader_on(session, page.id)
        if not reader.moderates or reader.account_id is None:
            raise Forbidden
        act(session, page_id=page.id, comment_id=comment_id, account_id=reader.account_id, now=now())
    return _shown(page, post, comment_id)
