"""The invitation as visitors meet it: asked for after a public page, skipped or taken up.

Public pages are the same bytes for everybody, so they hold only a place for it (``_slot.html``). The script of the
page asks here a moment later, without scripts a frame does; somebody who opens the address itself, as after
signing in, gets a page of their own.
"""

import re
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.login import current_account_id, sign_in_redirect
from shop.core.touch import Touch
from shop.like_invitations.arms import visitor_key_of
from shop.like_invitations.models import InvitationPlace, LikeInvitation
from shop.like_invitations.queries import find_open_invitation
from shop.like_invitations.service import Arrival, adopt_guest, meet, skip
from shop.page.models import LikeSource, Page
from shop.page.queries import find_role, get_page, is_follower
from shop.page.service import FollowsTooMany, follow
from shop.web.context import database, now, signer
from shop.web.headers import allow_framing_by_us
from shop.web.limits import limiter
from shop.web.locale import language
from shop.web.pages import flash_message, go, is_local_path, referring_path, render
from shop.web.touching import current_origin
from shop.web.visitor import counted_id, forget_counted

blueprint = Blueprint("like_invitations", __name__)

ASKED = "600/minute"
"""For each address: hundreds of visitors may sit behind one."""
LIKES = "60/minute"
NOTHING_FOR_S = 600
"""For so long a browser may remember that a page invites nobody."""
SOURCES = {InvitationPlace.COUPONS: LikeSource.COUPON, InvitationPlace.CONTEST: LikeSource.CONTEST}
_ROBOT = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|preview|facebookexternalhit|lighthouse|monitor|archiver|fetch",
    re.IGNORECASE,
)
_REF = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


@dataclass(frozen=True)
class Shown:
    """What the templates need: an invitation that is None has our own words, ``back`` is where one was."""

    page: Page
    invitation: LikeInvitation | None
    place: InvitationPlace
    ref: str | None
    back: str


@blueprint.get("/p/<page_slug>/like-invitation")
@limiter.limit(ASKED)
def show_invitation(page_slug: str) -> Response:
    """Answer the invitation for a script or a frame of ours, or nothing; to who opens the address, a page."""
    asker = request.headers.get("Sec-Fetch-Dest", "document")
    if asker not in ("empty", "iframe"):
        return _own_page(page_slug)
    allow_framing_by_us()
    with database().reading() as session:
        found = find_open_invitation(session, page_slug)
    if found is None:
        return _nothing(f"private, max-age={NOTHING_FOR_S}")
    if _is_robot() or not _meets(*found):
        return _nothing("private, no-store")
    page, invitation = found
    template = "frame" if asker == "iframe" else "fragment"
    response = render(f"like_invitations/{template}.html", shown=_shown(page, invitation))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _is_robot() -> bool:
    """Tell whether a machine asks, by its name or because it does not say what browsers say of a page's own requests."""
    is_own = request.headers.get("Sec-Fetch-Site") == "same-origin"
    return not is_own or _ROBOT.search(request.headers.get("User-Agent", "")) is not None


def _meets(page: Page, invitation: LikeInvitation) -> bool:
    """Count the visitor unless they follow the page or work on it; return whether it is shown to them."""
    account_id = current_account_id()
    if account_id is not None:
        with database().glancing() as connection:
            if is_follower(connection, page.id, account_id) or find_role(connection, page.id, account_id):
                return False
    guest_id = "" if account_id is not None else counted_id(create=True) or ""
    arrival = Arrival(visitor_key_of(account_id, guest_id), account_id, _place())
    with database().transaction() as session:
        return meet(session, invitation=invitation, arrival=arrival, signer=signer(), now=now())


def _nothing(cache_control: str) -> Response:
    # 200 with nothing in it: browsers keep no 204.
    response = make_response("", 200)
    response.headers["Cache-Control"] = cache_control
    response.headers["Vary"] = "Cookie, Sec-Fetch-Dest"
    return response


def _own_page(page_slug: str) -> Response:
    account_id = current_account_id()
    with database().reading() as session:
        page = get_page(session, page_slug)
        found = find_open_invitation(session, page_slug)
        likes = is_follower(session, page.id, account_id)
    shown = _shown(page, found[1] if found else None)
    return render("like_invitations/page.html", shown=shown, is_follower=likes)


def _shown(page: Page, invitation: LikeInvitation | None) -> Shown:
    return Shown(page, invitation, _place(), _ref(), _back(page))


@blueprint.post("/p/<page_slug>/like-invitation/likes")
@limiter.limit(LIKES)
def create_like(page_slug: str) -> BaseResponse:
    """Like the page; a guest signs in first and then has the invitation before them."""
    account_id = current_account_id()
    with database().reading() as session:
        page = get_page(session, page_slug)
    back = _back(page)
    if account_id is None:
        flash_message(_("Sign in to like %(page)s; you come back here afterwards.", page=page.name), "info")
        then = url_for(
            "like_invitations.show_invitation",
            page_slug=page.slug,
            place=_place().value,
            ref=_ref(),
            next=back,
        )
        return sign_in_redirect(then)
    source, ref = _source(page.slug)
    try:
        with database().transaction() as session:
            is_new = follow(
                session, page_id=page.id, account_id=account_id, now=now(), source=source, source_ref=ref
            )
    except FollowsTooMany as error:
        flash_message(_(error.msgid, **error.params), "error")
        return go(back)
    if is_new:
        flash_message(_("You like %(page)s: what it posts comes into your feed.", page=page.name))
    return go(back)


@blueprint.post("/p/<page_slug>/like-invitation/skips")
@limiter.limit(LIKES)
def create_skip(page_slug: str) -> BaseResponse:
    """Remember that the visitor does not want the invitation, and go on where they were."""
    account_id = current_account_id()
    with database().reading() as session:
        page = get_page(session, page_slug)
    guest_id = counted_id() if account_id is None else ""
    if guest_id is not None:
        key = visitor_key_of(account_id, guest_id)
        with database().transaction() as session:
            skip(session, page_id=page.id, visitor_key=key, account_id=account_id, now=now())
    if request.headers.get("Sec-Fetch-Dest") == "empty":
        return Response(status=204)
    return go(_back(page))


def adopt_counted_guest(account_id: int) -> None:
    """Tell whom the guest became who signed in, before their cookies are dropped."""
    guest_id = counted_id()
    if guest_id is None:
        return
    with database().transaction() as session:
        adopt_guest(session, visitor_key=visitor_key_of(None, guest_id), account_id=account_id)
    forget_counted()


def _place() -> InvitationPlace:
    """Return where the visitor is, as the address or the form says; what it does not say is the shop."""
    said = request.values.get("place", "")
    return InvitationPlace(said) if said in list(InvitationPlace) else InvitationPlace.SHOP


def _ref() -> str | None:
    said = request.values.get("ref", "")
    return said if _REF.fullmatch(said) else None


def _source(page_slug: str) -> tuple[LikeSource, str | None]:
    """Return what a like came from: the coupon or contest in front, else what led the visitor here."""
    place = _place()
    if place in SOURCES:
        return SOURCES[place], _ref()
    if place is InvitationPlace.EMBED:
        return LikeSource.EMBED, None
    return _source_of(current_origin(page_slug).touch)


def _source_of(touch: Touch | None) -> tuple[LikeSource, str | None]:
    if touch is None:
        return LikeSource.ORGANIC, None
    if touch.post_id is not None:
        return LikeSource.POST, str(touch.post_id)
    if touch.share_id is not None:
        return LikeSource.FRIEND, f"share-{touch.share_id}"
    if touch.kind == "coupon":
        return LikeSource.COUPON, str(touch.coupon_id)
    return LikeSource.EMBED, None


def _back(page: Page) -> str:
    """Return the page in front of the visitor, where they go on afterwards."""
    asked = request.values.get("next", "")
    if is_local_path(asked):
        return asked
    path = referring_path()
    is_page = path is not None and "/like-invitation" not in path and "/sign-" not in path
    return path if path is not None and is_page else f"/{language()}/p/{page.slug}/shop"
