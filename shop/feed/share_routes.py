"""Passing a post or a product on: the page where one says to whom, and taking a share back."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_limiter import RequestLimit
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.login import current_account_id, login_required, required_account_id, sign_in_redirect
from shop.catalog.queries import get_product
from shop.core.errors import Invalid, NotFound
from shop.core.i18n import N_
from shop.feed.desk import whose_limit
from shop.feed.marking import plain
from shop.feed.models import ShareAudience
from shop.feed.share_links import follow_link
from shop.feed.sharing import MAX_TEXT, Shared, create_share, delete_share, restore_share
from shop.feed.sharing_queries import list_close_friends
from shop.feed.view_queries import load_posts
from shop.page.models import Page
from shop.page.queries import get_page
from shop.people.finding_queries import list_friends
from shop.people.queries import Person, map_people
from shop.web.context import database, now, settings, signer
from shop.web.forms import Form, id_or_none
from shop.web.limits import limiter
from shop.web.locale import language
from shop.web.pages import flash_message, go, referring_path, render, safe_next
from shop.web.templating import localized

blueprint = Blueprint("shares", __name__)
blueprint.get("/s/<token>")(follow_link)

SHARING = "20/minute;200/day"
SHOWN_FRIENDS = 8
TITLE = 80
MAX_NAME = 100
UNDO_PURPOSE = "share"
UNDO_FOR_S = 600


class ShareSchema(Schema):
    """The form that passes something on."""

    audience = fields.Enum(
        ShareAudience, by_value=True, required=True, error_messages={"required": N_("Choose for whom it is.")}
    )
    recipient = fields.Integer(allow_none=True, load_default=None)
    friend = fields.String(load_default="")
    text = fields.String(
        load_default="", validate=validate.Length(max=MAX_TEXT, error=N_("Write at most 500 characters."))
    )


@dataclass(frozen=True)
class Thing:
    """What is passed on, as the page shows it; ``path`` is its address with the language."""

    shared: Shared
    page: Page
    path: str
    title: str
    picture: dict[str, Any] | None
    is_post: bool


def _wait(_limit: RequestLimit) -> Response:
    """Answer somebody who shares too often with the form as they filled it in."""
    form = Form.from_request(ShareSchema())
    form.add_error("", N_("You wrote a lot in a short time. Please send this in a few minutes."))
    values: dict[str, Any] = request.view_args or {}
    slug = values["page_slug"]
    with database().reading() as session:
        is_post = "post_id" in values
        thing = (
            _post(session, slug, values["post_id"])
            if is_post
            else _product(session, slug, values["product_slug"])
        )
    return _page(thing, form, status=429)


@blueprint.get("/p/<page_slug>/posts/<int:post_id>/shares/new")
def new_post_share(page_slug: str, post_id: int) -> Response:
    """Show where a post can be passed on to; a guest gets its link."""
    with database().reading() as session:
        thing = _post(session, page_slug, post_id)
    return _show(thing)


@blueprint.post("/p/<page_slug>/posts/<int:post_id>/shares")
@limiter.limit(SHARING, key_func=whose_limit, on_breach=_wait)
def create_post_share(page_slug: str, post_id: int) -> BaseResponse:
    """Pass a post on."""
    if current_account_id() is None:
        return sign_in_redirect(url_for("shares.new_post_share", page_slug=page_slug, post_id=post_id))
    with database().reading() as session:
        thing = _post(session, page_slug, post_id)
    return _create(thing)


@blueprint.get("/p/<page_slug>/shop/<product_slug>/shares/new")
def new_product_share(page_slug: str, product_slug: str) -> Response:
    """Show where a product can be passed on to; a guest gets its link."""
    with database().reading() as session:
        thing = _product(session, page_slug, product_slug)
    return _show(thing)


@blueprint.post("/p/<page_slug>/shop/<product_slug>/shares")
@limiter.limit(SHARING, key_func=whose_limit, on_breach=_wait)
def create_product_share(page_slug: str, product_slug: str) -> BaseResponse:
    """Pass a product on."""
    if current_account_id() is None:
        back = url_for("shares.new_product_share", page_slug=page_slug, product_slug=product_slug)
        return sign_in_redirect(back)
    with database().reading() as session:
        thing = _product(session, page_slug, product_slug)
    return _create(thing)


def _post(session: Session, page_slug: str, post_id: int) -> Thing:
    page = get_page(session, page_slug)
    view = load_posts(session, [post_id], language()).get(post_id) if post_id < 2**63 else None
    if view is None or view.page.id != page.id:
        raise NotFound
    title = plain(view.body, TITLE) or view.link_title or _("A post of %(page)s", page=page.name)
    pictures = [photo.picture for photo in view.photos] + [card.picture for card in view.cards]
    shared = Shared(page.id, title, post_id=post_id)
    path = f"/{language()}{view.path}"
    return Thing(shared, page, path, title, pictures[0] if pictures else None, is_post=True)


def _product(session: Session, page_slug: str, product_slug: str) -> Thing:
    page = get_page(session, page_slug)
    product = get_product(session, page_id=page.id, slug=product_slug)
    title = localized(product, "title")
    picture = product.pictures[0].picture if product.pictures else None
    path = f"/{language()}/p/{page.slug}/shop/{product.slug}"
    return Thing(Shared(page.id, title, product_id=product.id), page, path, title, picture, is_post=False)


def _show(thing: Thing) -> Response:
    initial = {
        "audience": request.args.get("audience", ShareAudience.FOLLOWERS.value),
        "text": request.args.get("text", ""),
        "friend": request.args.get("friend", "")[:MAX_NAME],
        "recipient": request.args.get("recipient", ""),
    }
    return _page(thing, Form(initial))


def _create(thing: Thing) -> BaseResponse:
    form = Form.from_request(ShareSchema())
    _take_typed_name(form)
    if form.values is not None:
        values = form.values
        try:
            with database().transaction() as session:
                share = create_share(
                    session, account_id=required_account_id(), shared=thing.shared, audience=values["audience"],
                    recipient_id=values["recipient"], text=values["text"], now=now(),
                )  # fmt: skip
        except Invalid as error:
            form.add_invalid(error)
        else:
            undo = url_for("shares.delete", share_id=share.id)
            flash_message(_told(share.recipient_id), undo=undo)
            return go(safe_next(thing.path))
    return _page(thing, form, status=422)


def _told(recipient_id: int | None) -> str:
    if recipient_id is None:
        return str(_("Shared with everybody who follows you."))
    with database().reading() as session:
        person = map_people(session, [recipient_id])[recipient_id]
    return str(_("Shared with %(name)s.", name=person.name))


def _take_typed_name(form: Form) -> None:
    """Take the one friend whose name was typed, when nobody was chosen from the list."""
    values = form.values
    if values is None or values["audience"] is not ShareAudience.FRIEND or values["recipient"]:
        return
    name = values["friend"][:MAX_NAME]
    if not name:
        return
    with database().reading() as session:
        found = list_friends(session, required_account_id(), limit=2, query=name)
    if len(found) == 1:
        values["recipient"] = found[0].id
    elif found:
        form.add_error("recipient", N_("Several friends are called so. Choose one below."))
    else:
        form.add_error("recipient", N_("None of your friends is called so."))


def _page(thing: Thing, form: Form, *, status: int = 200) -> Response:
    me, name = current_account_id(), form.raw("friend")
    friends: list[Person] = []
    if me is not None:
        with database().reading() as session:
            friends = _choices(session, me, name, id_or_none(form.raw("recipient")))
    return render(
        "feed/share.html",
        status=status, thing=thing, form=form, friends=friends, is_guest=me is None, max_text=MAX_TEXT,
        link=settings().public_url + thing.path, back=_back(thing),
    )  # fmt: skip


def _back(thing: Thing) -> str:
    """Return where one was before this page: what it is about, when that was the way in."""
    came_from = referring_path() or thing.path
    is_way_in = any(part in came_from for part in ("/shares", "/sign-in", "/sign-up"))
    return safe_next(thing.path if is_way_in else came_from)


def _choices(session: Session, me: int, name: str, chosen_id: int | None) -> list[Person]:
    """Return the friends whose name was typed, else the closest ones; who is chosen is always among them."""
    if name.strip():
        friends = list_friends(session, me, limit=SHOWN_FRIENDS, query=name)
    else:
        friends = list_close_friends(session, me, limit=SHOWN_FRIENDS)
    if chosen_id is not None and chosen_id not in {friend.id for friend in friends}:
        friends = [*list_friends(session, me, limit=1, only_id=chosen_id), *friends]
    return friends


@blueprint.post("/shares/<int:share_id>/removal")
@login_required
def delete(share_id: int) -> BaseResponse:
    """Take one's own share back."""
    with database().transaction() as session:
        delete_share(session, account_id=required_account_id(), share_id=share_id, now=now())
    proof = signer().sign(UNDO_PURPOSE, share_id)
    flash_message(_("Your share is deleted."), undo=url_for("shares.restore", proof=proof))
    return go(safe_next(referring_path() or url_for("people.show_me")))


@blueprint.post("/shares/restoration/<proof>")
@login_required
def restore(proof: str) -> BaseResponse:
    """Bring back what this person has just deleted; what a moderator took down has no such proof."""
    share_id = signer().read(UNDO_PURPOSE, proof, max_age_s=UNDO_FOR_S)
    with database().transaction() as session:
        restore_share(session, account_id=required_account_id(), share_id=share_id, now=now())
    flash_message(_("Your share is back."))
    return go(safe_next(referring_path() or url_for("people.show_me")))
