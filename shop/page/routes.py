"""Liking a page, making one, and the list of pages that one works on."""

import re

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.login import current_account_id, login_required, required_account_id, sign_in_redirect
from shop.core.errors import Invalid
from shop.core.i18n import N_
from shop.page import invitations
from shop.page.countries import country_choices, currency_choices
from shop.page.models import LikeSource
from shop.page.queries import get_page, is_follower, is_own_post, list_workplaces
from shop.page.schemas import MAX_NAME, NewPageSchema
from shop.page.service import FollowsTooMany, create_page, follow, unfollow
from shop.page.suggestions import suggest_order_prefix, suggest_slug
from shop.web.context import database, now
from shop.web.forms import Form
from shop.web.limits import limiter
from shop.web.locale import language
from shop.web.pages import flash_message, go, referring_path, render, safe_next, see_other
from shop.web.touching import current_origin

blueprint = Blueprint("page", __name__)

LIKES = "60/minute"
_REF = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)

blueprint.get("/invitations/<token>")(invitations.show_invitation)
blueprint.post("/invitations/<token>/acceptance")(invitations.create_membership)


@blueprint.post("/p/<page_slug>/like")
@limiter.limit(LIKES)
def create_like(page_slug: str) -> BaseResponse:
    """Like the page; a guest signs in first and comes back."""
    return _set_like(page_slug, likes=True)


@blueprint.post("/p/<page_slug>/like/removal")
@limiter.limit(LIKES)
def delete_like(page_slug: str) -> BaseResponse:
    """Take the like back."""
    return _set_like(page_slug, likes=False)


def _set_like(page_slug: str, *, likes: bool) -> BaseResponse:
    account_id = current_account_id()
    with database().reading() as session:
        page = get_page(session, page_slug)
    back = safe_next(referring_path() or f"/{language()}/p/{page.slug}")
    if account_id is None:
        flash_message(_("Sign in to like %(page)s; you come back here afterwards.", page=page.name), "info")
        return sign_in_redirect(back)
    source, ref = _like_source(page_slug) if likes else _typed_source()
    act = follow if likes else unfollow
    try:
        with database().transaction() as session:
            if source is LikeSource.POST and not is_own_post(session, page_id=page.id, post_id=int(ref or 0)):
                source, ref = LikeSource.ORGANIC, None
            act(session, page_id=page.id, account_id=account_id, now=now(), source=source, source_ref=ref)
    except FollowsTooMany as error:
        flash_message(_(error.msgid, **error.params), "error")
        # The script's answer would stand in the place of the button alone; where they were, all is told.
        return (
            Response(status=204, headers={"HX-Redirect": back})
            if "HX-Request" in request.headers
            else go(back)
        )
    if "HX-Request" not in request.headers:
        return go(back)
    with database().reading() as session:
        page = get_page(session, page_slug)
        follows = is_follower(session, page.id, account_id)
    return render("page/like_answer.html", page=page, is_follower=follows)


def _like_source(page_slug: str) -> tuple[LikeSource, str | None]:
    """Return where a like comes from: as the form says, else what led the visitor to the page in the last days."""
    typed = _typed_source()
    touch = current_origin(page_slug).touch
    if typed[0] is not LikeSource.ORGANIC or touch is None:
        return typed
    if touch.post_id is not None:
        return LikeSource.POST, str(touch.post_id)
    if touch.share_id is not None:
        return LikeSource.FRIEND, f"share-{touch.share_id}"
    if touch.kind == "coupon":
        return LikeSource.COUPON, str(touch.coupon_id)
    return LikeSource.EMBED, None


def _typed_source() -> tuple[LikeSource, str | None]:
    """Return what a Like form says of itself: ``source`` is post, friend or embed, ``ref`` a number."""
    source, ref = request.form.get("source", ""), request.form.get("ref", "")
    known = _REF.fullmatch(ref)
    if source in (LikeSource.POST, LikeSource.FRIEND) and known:
        return LikeSource(source), ref
    return (LikeSource.EMBED if source == LikeSource.EMBED else LikeSource.ORGANIC), None


@blueprint.get("/manage")
@login_required
def list_my_pages() -> BaseResponse:
    """Show the pages that the visitor works on; whoever works on one only goes straight there."""
    with database().reading() as session:
        workplaces = list_workplaces(session, required_account_id())
    if len(workplaces) == 1:
        return see_other("insights.show_today", page_slug=workplaces[0][0].slug)
    return render("manage/page/workplaces.html", workplaces=workplaces)


@blueprint.get("/pages/new")
@login_required
def new_page() -> Response:
    """Show the form for a new page."""
    return _new_page(Form({"country": "FR", "currency": "EUR", "language": language()}))


@blueprint.get("/pages/new/suggestion")
@login_required
@limiter.limit("120/minute")
def show_suggestion() -> Response:
    """Tell which address and order prefix a page of this name would get: a fragment for the form."""
    slug, prefix = _suggest(request.args.get("name", "")[:MAX_NAME])
    return render("manage/page/suggestion.html", slug=slug, order_prefix=prefix)


@blueprint.post("/pages/new")
@login_required
@limiter.limit("20/hour", key_func=lambda: f"new-page:{required_account_id()}")
def create() -> BaseResponse:
    """Make a page whose owner the visitor is."""
    form = Form.from_request(NewPageSchema(), adapters={"order_prefix": str.upper, "slug": str.lower})
    _fill_in_suggestions(form)
    if form.values is not None:
        try:
            with database().transaction() as session:
                page = create_page(session, account_id=required_account_id(), now=now(), **form.values)
        except Invalid as error:
            form.add_invalid(error)
            _offer_free_ones(form, error)
        else:
            flash_message(_("Your page is there. The first steps below open your shop."))
            return see_other("insights.show_today", page_slug=page.slug)
    return _new_page(form, status=422)


def _fill_in_suggestions(form: Form) -> None:
    if form.values is None or (form.values["slug"] and form.values["order_prefix"]):
        return
    slug, prefix = _suggest(form.values["name"])
    form.values["slug"] = form.values["slug"] or slug
    form.values["order_prefix"] = form.values["order_prefix"] or prefix
    # A name without Latin letters gives neither.
    missing = [name for name in ("slug", "order_prefix") if not form.values[name]]
    for name in missing:
        form.add_error(name, N_("Choose one; none could be made from the name."))


def _offer_free_ones(form: Form, error: Invalid) -> None:
    free = dict(zip(("slug", "order_prefix"), _suggest(form.raw("name")), strict=True))
    for name in error.errors:
        if free.get(name):
            form.add_error(name, N_("%(suggestion)s is free."), suggestion=free[name])


def _suggest(name: str) -> tuple[str, str]:
    with database().reading() as session:
        return suggest_slug(session, name), suggest_order_prefix(session, name)


def _new_page(form: Form, *, status: int = 200) -> Response:
    return render(
        "manage/page/new.html",
        status=status,
        form=form,
        countries=country_choices(),
        currencies=currency_choices(),
    )
