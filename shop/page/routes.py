"""Liking a page, making one, and the list of pages that one works on."""

from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.login import current_account_id, login_required, sign_in_redirect
from shop.core.errors import Invalid
from shop.core.money import CURRENCIES
from shop.page.countries import country_choices
from shop.page.queries import get_page, is_follower, list_workplaces
from shop.page.schemas import NewPageSchema
from shop.page.service import create_page, follow, unfollow
from shop.web.context import database, now
from shop.web.forms import Form
from shop.web.limits import limiter
from shop.web.locale import language
from shop.web.pages import flash_message, go, render, safe_next, see_other

blueprint = Blueprint("page", __name__)


@blueprint.post("/p/<page_slug>/like")
@limiter.limit("60/minute")
def create_like(page_slug: str) -> Response | BaseResponse:
    """Like the page; a guest signs in first and comes back."""
    return _set_like(page_slug, likes=True)


@blueprint.post("/p/<page_slug>/like/removal")
@limiter.limit("60/minute")
def delete_like(page_slug: str) -> Response | BaseResponse:
    """Take the like back."""
    return _set_like(page_slug, likes=False)


def _set_like(page_slug: str, *, likes: bool) -> Response | BaseResponse:
    account_id = current_account_id()
    back = f"/{language()}/p/{page_slug}"
    if account_id is None:
        flash_message(_("Sign in to like this page; you come back here afterwards."), "info")
        return sign_in_redirect(safe_next(back))
    with database().transaction() as session:
        page = get_page(session, page_slug)
        if likes:
            follow(session, page_id=page.id, account_id=account_id, now=now())
        else:
            unfollow(session, page_id=page.id, account_id=account_id)
    if "HX-Request" not in request.headers:
        return go(safe_next(back))
    with database().reading() as session:
        page = get_page(session, page_slug)
        follows = is_follower(session, page.id, account_id)
    return render("page/like_answer.html", page=page, is_follower=follows)


@blueprint.get("/manage")
@login_required
def list_my_pages() -> Response | BaseResponse:
    """Show the pages that the visitor works on; with only one, go there."""
    with database().reading() as session:
        workplaces = list_workplaces(session, current_account_id() or 0)
    return render("manage/page/workplaces.html", workplaces=workplaces)


@blueprint.get("/manage/<page_slug>")
def show_rooms(page_slug: str) -> BaseResponse:
    """Go to the page's first room, its orders."""
    return see_other("orders_admin.list_orders", page_slug=page_slug)


@blueprint.get("/pages/new")
@login_required
def new_page() -> Response:
    """Show the form for a new page."""
    form = Form({"country": "FR", "currency": "EUR", "language": language()})
    return render("manage/page/new.html", form=form, **_choices())


@blueprint.post("/pages/new")
@login_required
@limiter.limit("20/hour")
def create() -> Response | BaseResponse:
    """Make a page whose owner the visitor is."""
    form = Form.from_request(NewPageSchema(), adapters={"order_prefix": str.upper, "slug": str.lower})
    account_id = current_account_id()
    if form.values is not None and account_id is not None:
        try:
            with database().transaction() as session:
                page = create_page(session, account_id=account_id, now=now(), **form.values)
        except Invalid as error:
            form.add_invalid(error)
        else:
            flash_message(_("Your page is there. Add your first product, a cover and a round picture."))
            return see_other("page_admin.show_settings", page_slug=page.slug)
    return render("manage/page/new.html", status=422, form=form, **_choices())


def _choices() -> dict[str, Any]:
    return {"countries": country_choices(), "currencies": [(code, code) for code in CURRENCIES]}
