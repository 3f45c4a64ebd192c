"""Taking a coupon: by one press, by liking the page, or by the other free way; the mailed link that gives one."""

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.login import current_account_id, sign_in_redirect
from shop.checkout.access import BUYING_LIMIT
from shop.core.errors import DomainError, NotFound
from shop.coupons.claim_schemas import ClaimSchema
from shop.coupons.claiming import read_claim, request_claim
from shop.coupons.holding import take_coupon
from shop.coupons.models import Coupon, CouponAudience, HoldingWay, OtherWay
from shop.coupons.scope_queries import map_things
from shop.coupons.shown_queries import get_public_coupon, get_whole_coupon
from shop.coupons.standing import Standing, standing_of
from shop.coupons.taking import CouponOver, take
from shop.page.models import Page
from shop.page.queries import get_page
from shop.storefront.coupon_cart import counts_by_itself, put_into_cart
from shop.storefront.coupons import guessing_limit, render_coupon, shown
from shop.storefront.visitors import current_visitor, visitor_key
from shop.web.context import database, now, signer
from shop.web.forms import Form
from shop.web.limits import limiter
from shop.web.locale import language
from shop.web.pages import flash_message, go, render, see_other
from shop.web.templating import localized
from shop.web.touching import note_form_touch

MAILS_BY_ADDRESS = "10/minute;60/hour"
MAILS_TO_ONE = "3/minute;10/hour"
WAYS = {way.value: way for way in (HoldingWay.PAGE, HoldingWay.EMBED, HoldingWay.LIKE, HoldingWay.ACCOUNT)}

blueprint = Blueprint("coupon_acts", __name__)


def coupon_path(page_slug: str, coupon: Coupon, *, takes: bool = False) -> str:
    """Return the path of a coupon's page; with ``takes`` its ways are what one looks at."""
    path = f"/{language()}/p/{page_slug}/coupons/{coupon.code_key}"
    return f"{path}?take=1" if takes else path


def current_holder_key() -> str:
    """Return the key of this visitor's wallet; a guest gets a cookie now if they have none."""
    return visitor_key(current_visitor(create=True))


def _typed_email() -> str:
    return f"coupon-email:{request.form.get('email', '').strip().casefold()}"


@blueprint.post("/p/<page_slug>/coupons/<code>/holdings")
@limiter.limit(BUYING_LIMIT)
@guessing_limit
def create_holding(page_slug: str, code: str) -> BaseResponse:
    """Put a coupon into the visitor's wallet, and into their cart on its page if that has none.

    ``way`` is page, embed, like or account. Whoever has to sign in first comes back to the coupon.
    """
    note_form_touch(page_slug)
    way = WAYS.get(request.form.get("way", ""), HoldingWay.PAGE)
    account_id = current_account_id()
    with database().reading() as session:
        page = get_page(session, page_slug)
        coupon = get_public_coupon(session, page_id=page.id, code=code)
    if coupon.audience is CouponAudience.HOLDERS:
        raise NotFound  # whether there is a prize of this code is nobody's to learn
    back = coupon_path(page.slug, coupon, takes=True)
    if account_id is None and coupon.audience is CouponAudience.MEMBERS and way is not HoldingWay.PAGE:
        flash_message(_("Sign in, or make an account, and you come back to the coupon."), "info")
        return sign_in_redirect(back)
    holder_key = current_holder_key()
    try:
        with database().transaction() as session:
            take(
                session, coupon=coupon, account_id=account_id, holder_key=holder_key, way=way,
                now=now(),
            )  # fmt: skip
    except DomainError as error:
        flash_message(_(error.msgid, **error.params), "error")
        return go(back)
    return _go_on(page, coupon)


def _go_on(page: Page, coupon: Coupon) -> BaseResponse:
    """Say that the coupon is in the wallet; who means to use it now finds it in the cart, and goes to the shop."""
    title = localized(coupon, "title")
    if request.form.get("then") == "shop" and put_into_cart(page, coupon):
        flash_message(_("“%(title)s” is in your cart. Choose something.", title=title))
        return see_other("storefront.shop", page_slug=page.slug)
    if not counts_by_itself(page) and put_into_cart(page, coupon):
        # One was taken off the cart, and none counts by itself since; whoever takes another means that one.
        flash_message(_("“%(title)s” is in your wallet, and in your cart here.", title=title))
    elif standing_of(coupon, now()) is Standing.HOLDS:
        flash_message(_("“%(title)s” is in your wallet. It counts by itself in your cart here.", title=title))
    else:
        flash_message(_("“%(title)s” is in your wallet.", title=title))
    return go(coupon_path(page.slug, coupon))


@blueprint.post("/p/<page_slug>/coupons/<code>/claims")
@guessing_limit
@limiter.limit(MAILS_BY_ADDRESS)
@limiter.limit(MAILS_TO_ONE, key_func=_typed_email)
def create_claim(page_slug: str, code: str) -> BaseResponse:
    """Mail the link that gives a members' coupon to the address that was typed; it is used for nothing else."""
    note_form_touch(page_slug)
    form = Form.from_request(ClaimSchema())
    if form.values is None:
        return render_coupon(page_slug, code, form=form, status=422)
    email = form.values["email"]
    with database().transaction() as session:
        page = get_page(session, page_slug)
        coupon = get_public_coupon(session, page_id=page.id, code=code)
        if coupon.audience is not CouponAudience.MEMBERS or coupon.other_way is not OtherWay.EMAIL:
            raise NotFound
        is_over = _is_over(coupon)
        if not is_over:
            request_claim(session, signer(), coupon=coupon, email=email, language=language(), now=now())
    if is_over:
        flash_message(_(CouponOver.message, code=coupon.code), "error")
    else:
        told = _(
            "We have mailed a link to %(email)s. Opened on any device, it gives you the coupon.", email=email
        )
        flash_message(told)
    return go(coupon_path(page.slug, coupon))


@blueprint.get("/coupons/claims/<token>")
def show_claim(token: str) -> Response:
    """Show what a mailed link gives, and a button that takes it: mail programs open links by themselves."""
    claim = read_claim(signer(), token)
    with database().reading() as session:
        coupon, page = get_whole_coupon(session, claim.coupon_id)
        things = map_things(session, [coupon])
    response = render(
        "storefront/coupon_claim.html", token=token, offer=shown(coupon, page, things), page=page
    )
    # The address is a secret: it must not travel to others nor stay in a shared cache.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/coupons/claims/<token>")
@limiter.limit(BUYING_LIMIT)
def accept_claim(token: str) -> BaseResponse:
    """Put what a mailed link gives into the wallet of whoever opened it."""
    claim = read_claim(signer(), token)
    holder_key = current_holder_key()
    with database().transaction() as session:
        coupon, page = get_whole_coupon(session, claim.coupon_id)
        is_over = _is_over(coupon)
        if not is_over:
            take_coupon(session, coupon_id=coupon.id, holder_key=holder_key, way=claim.way, now=now())
    if is_over:
        return see_other("coupon_acts.show_claim", token=token)  # it says why
    return _go_on(page, coupon)


def _is_over(coupon: Coupon) -> bool:
    """Tell whether a coupon is not given out any more, or not just now."""
    return standing_of(coupon, now()) not in (Standing.HOLDS, Standing.NOT_STARTED)
