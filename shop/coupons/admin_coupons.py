"""The form of a coupon: a new one, one that is there, and what its buttons ask for without saving."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from shop.catalog.admin_products import IN_LANGUAGE, other_language
from shop.catalog.queries import summarise_collections
from shop.core.errors import Invalid, NotFound
from shop.coupons import coupon_form, labels, service
from shop.coupons.admin_queries import CouponChange, list_changes_since
from shop.coupons.codes import new_code
from shop.coupons.models import MAX_PERCENT_BP, Coupon, CouponAudience, CouponKind, CouponScope, OtherWay
from shop.coupons.queries import get_coupon, list_collection_ids, list_product_ids
from shop.coupons.scope_queries import NAMED, Thing, Things
from shop.feed.admin_post_queries import Taggable, find_taggable, map_taggable
from shop.page import audit_labels
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.page.days import zone_name
from shop.web.context import database, now
from shop.web.forms import Form, id_or_none
from shop.web.pages import flash_message, render, see_other

SAVE = "save"
MADE_UP_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Loaded:
    """A coupon with the ids of what it counts for."""

    coupon: Coupon
    product_ids: frozenset[int]
    collection_ids: frozenset[int]


@staff_only(Permission.MANAGE_PROMOTIONS)
def new_coupon(access: PageAccess) -> Response:
    """Show the form of a new coupon, or of one like ``?from=7``."""
    form = coupon_form.blank_form()
    like = id_or_none(request.args.get("from", ""))
    if like is not None:
        loaded = _load(access, like)
        form = coupon_form.copy_of(
            access, loaded.coupon, product_ids=loaded.product_ids, collection_ids=loaded.collection_ids
        )
    return _show(access, form, coupon=None)


@staff_only(Permission.MANAGE_PROMOTIONS)
def edit_coupon(access: PageAccess, coupon_id: int) -> Response:
    """Show a coupon's form."""
    loaded = _load(access, coupon_id)
    form = coupon_form.form_of(
        access, loaded.coupon, product_ids=loaded.product_ids, collection_ids=loaded.collection_ids
    )
    return _show(access, form, coupon=loaded.coupon)


@staff_only(Permission.MANAGE_PROMOTIONS)
def create_coupon(access: PageAccess) -> Response:
    """Make a coupon; without a code one is made up. Or bring the form up to date."""
    action = _action()
    if action != SAVE:
        return _show(access, coupon_form.asked_form(action), coupon=None, action=action)
    form, draft = coupon_form.read_form(access)
    if draft is not None:
        draft = draft if draft.code else replace(draft, code=new_code(MADE_UP_LENGTH))
        try:
            with database().transaction() as session:
                coupon = service.create_coupon(
                    session, page=access.page, draft=draft, account_id=access.account_id, now=now()
                )
                coupon_id = coupon.id
        except Invalid as invalid:
            coupon_form.add_problems(form, invalid.errors)
        else:
            flash_message(gettext("The coupon is made."))
            return see_other("insights.show_coupon", page_slug=access.page.slug, coupon_id=coupon_id)
    return _show(access, form, coupon=None, action=action)


@staff_only(Permission.MANAGE_PROMOTIONS)
def update_coupon(access: PageAccess, coupon_id: int) -> Response:
    """Change a coupon, or bring its form up to date; who was overtaken is told by what."""
    coupon, action = _load(access, coupon_id).coupon, _action()
    if action != SAVE:
        return _show(access, coupon_form.asked_form(action), coupon=coupon, action=action)
    form, draft = coupon_form.read_form(access)
    if draft is None:
        return _show(access, form, coupon=coupon, action=action)
    seen = id_or_none(request.form.get("version", "")) or 0
    try:
        with database().transaction() as session:
            service.edit_coupon(
                session, page=access.page, coupon_id=coupon_id, version=seen, draft=draft,
                account_id=access.account_id, now=now(),
            )  # fmt: skip
    except Invalid as invalid:
        coupon_form.add_problems(form, invalid.errors)
        return _show(access, form, coupon=coupon, action=action)
    except service.CouponChanged as changed:
        form.add_error("", changed.msgid)
        with database().reading() as session:
            coupon = get_coupon(session, page_id=access.page.id, coupon_id=coupon_id)
            changes = list_changes_since(session, coupon, seen=seen)
        return _show(access, form, coupon=coupon, action=action, changes=changes)
    flash_message(gettext("Saved."))
    return see_other("insights.show_coupon", page_slug=access.page.slug, coupon_id=coupon_id)


def _action() -> str:
    """Return what the pressed button asked for; Enter saves, but in the search for products it finds."""
    action = request.form.get("action", SAVE)
    if action != "enter":
        return action
    is_searching = (
        request.form.get("scope") == CouponScope.PRODUCTS and request.form.get("product_q", "").strip()
    )
    return "search" if is_searching else SAVE


def _load(access: PageAccess, coupon_id: int) -> Loaded:
    with database().reading() as session:
        coupon = get_coupon(session, page_id=access.page.id, coupon_id=coupon_id)
        if coupon.deleted_at is not None:
            raise NotFound
        return Loaded(
            coupon,
            list_product_ids(session, [coupon_id]).get(coupon_id, frozenset()),
            list_collection_ids(session, [coupon_id]).get(coupon_id, frozenset()),
        )


def _show(
    access: PageAccess,
    form: Form,
    *,
    coupon: Coupon | None,
    action: str = "",
    changes: Sequence[CouponChange] | None = None,
) -> Response:
    page_id, query = access.page.id, form.raw("product_q").strip()
    chosen = coupon_form.ids_in(form, "product_ids")
    with database().reading() as session:
        products = map_taggable(session, page_id=page_id, product_ids=chosen)
        collections = summarise_collections(session, page_id=page_id)
        is_searching = action == "search" or (action.startswith("add:") and bool(query))
        results = find_taggable(session, page_id=page_id, query=query) if is_searching else None
    shown = [products[one] for one in chosen if one in products]
    titles = {row.id: row for row in collections}
    picked = [titles[one] for one in coupon_form.ids_in(form, "collection_ids") if one in titles]
    offer = coupon_form.offer_of(access, form)
    things = _things([Thing(one.id, one.title, one.translations, "") for one in _of(offer, shown, picked)])
    return render(
        "manage/coupons/form.html",
        status=422 if form.errors else 200,
        access=access,
        form=form,
        coupon=coupon,
        changes=changes,
        action=action,
        chosen=shown,
        results=results,
        collections=collections,
        sentence=labels.sentence_of(offer, things) if _is_told(offer) else None,
        labels=labels,
        audit_labels=audit_labels,
        kinds=CouponKind,
        scopes=CouponScope,
        audiences=CouponAudience,
        other_ways=OtherWay,
        zone=zone_name(access.page.country).replace("_", " "),
        in_other_language=IN_LANGUAGE[other_language(access)],
        other_language_code=other_language(access),
        here=_here(access, coupon),
    )


def _of(
    offer: labels.Offer, products: Sequence[Taggable], collections: Sequence[object]
) -> Sequence[Taggable]:
    return products if offer.scope is CouponScope.PRODUCTS else collections  # type: ignore[return-value]


def _things(found: list[Thing]) -> Things:
    return Things(found[:NAMED], len(found))


def _is_told(offer: labels.Offer) -> bool:
    """Tell whether enough is typed for a sentence."""
    return {
        CouponKind.PERCENT: 0 < offer.percent_bp <= MAX_PERCENT_BP,
        CouponKind.AMOUNT: offer.amount > 0,
        CouponKind.FREE_SHIPPING: True,
    }[offer.kind]


def _here(access: PageAccess, coupon: Coupon | None) -> str:
    if coupon is None:
        return url_for("coupon_admin.create_coupon", page_slug=access.page.slug)
    return url_for("coupon_admin.update_coupon", page_slug=access.page.slug, coupon_id=coupon.id)
