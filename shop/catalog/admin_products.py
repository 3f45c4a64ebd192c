"""The admin's list of products and the product form."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.catalog import queries, service
from shop.catalog.bulk_form import ACTS
from shop.catalog.conflicts import Told, read_snapshot, tell_changes, write_snapshot
from shop.catalog.drafts import ProductDraft
from shop.catalog.fact_texts import field_text, value_text
from shop.catalog.facts import Facts, facts_of
from shop.catalog.history_models import AddressKind
from shop.catalog.large_forms import read_large_form
from shop.catalog.models import MAX_VARIANTS, Collection, Product, ProductStatus
from shop.catalog.product_form import ProductForm
from shop.catalog.search import MAX_MATCHES
from shop.catalog.service import ProductChanged
from shop.catalog.stock import StockChanged
from shop.core.errors import Invalid
from shop.core.i18n import LANGUAGES, N_
from shop.core.places import read_place
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database, files, now, settings, signer
from shop.web.forms import id_or_none
from shop.web.locale import language
from shop.web.pages import flash_message, render, see_other


@dataclass(frozen=True, slots=True)
class Loaded:
    """A product with what its form shows of it, all read at once."""

    product: Product
    collections: list[Collection]
    collection_ids: list[int]
    old_slugs: list[str]
    facts: Facts


ROWS = 50
FIELDS_PER_FORM = 15 * MAX_VARIANTS + 1000


@staff_only(Permission.VIEW_PRODUCTS)
def list_products(access: PageAccess) -> Response:
    """Show the page's products: searched, by status, the last changed first."""
    query = request.args.get("q", "").strip()[:200]
    status = _status_or_none(request.args.get("status", ""))
    with database().reading() as session:
        found = queries.list_products_for_admin(
            session,
            page_id=access.page.id,
            status=status,
            query=query,
            after=read_place(request.args.get("after", "")),
            before=read_place(request.args.get("before", "")),
            limit=ROWS,
        )
        counts = queries.count_products_by_status(session, page_id=access.page.id)
        low, _ = queries.count_low_stock(session, access.page.id)

    def address(**changes: Any) -> str:
        values = {"q": query, "status": status or ""} | changes
        kept = {key: value for key, value in values.items() if value}
        place = url_for("catalog_admin.list_products", page_slug=access.page.slug)
        return f"{place}?{urlencode(kept)}" if kept else place

    return render(
        "manage/products/list.html",
        access=access,
        found=found,
        counts=counts,
        low_stock=low,
        total_of_all=sum(counts.values()),
        count_limit=MAX_MATCHES,
        query=query,
        chosen_status=status,
        statuses=STATUS_NAMES,
        acts=ACTS,
        is_ticked=request.args.get("ticked") == "1",
        ticked_url=f"{request.path}?{urlencode({**request.args.to_dict(), 'ticked': '1'})}",
        address=address,
        previous_url=address(before=str(found.previous)) if found.previous else None,
        next_url=address(after=str(found.next)) if found.next else None,
    )


STATUS_NAMES = {
    ProductStatus.PUBLISHED: N_("Published"),
    ProductStatus.DRAFT: N_("Draft"),
    ProductStatus.ARCHIVED: N_("Archived"),
}
IN_LANGUAGE = {"en": N_("in English"), "fr": N_("in French")}


def _status_or_none(text: str) -> ProductStatus | None:
    return ProductStatus(text) if text in set(ProductStatus) else None


@staff_only(Permission.MANAGE_PRODUCTS)
def new_product(access: PageAccess) -> Response:
    """Show an empty form."""
    with database().reading() as session:
        collections = queries.list_collections(session, access.page.id)
    return _show_form(access, _blank_form(access), collections, product=None)


@staff_only(Permission.VIEW_PRODUCTS)
def show_product(access: PageAccess, product_id: int) -> Response:
    """Show a product's form; staff who may not change products read it."""
    form = _blank_form(access)
    with database().reading() as session:
        loaded = _load(session, access, product_id)
    form.read_product(loaded.product, loaded.collection_ids)
    _remember(form, loaded, form)
    return _show_form(access, form, loaded.collections, product=loaded.product, old_slugs=loaded.old_slugs)


@staff_only(Permission.MANAGE_PRODUCTS)
def create_product(access: PageAccess) -> Response:
    """Add a product, or bring the grid of the form up to date."""
    with database().reading() as session:
        collections = queries.list_collections(session, access.page.id)
    form, draft = _read_form(access, product=None)
    if draft is not None:
        try:
            with database().transaction() as session:
                product = service.create_product(
                    session, page_id=access.page.id, draft=draft, now=now(), account_id=access.account_id
                )
        except Invalid as invalid:
            form.add_invalid(invalid)
        else:
            _tell_created(product)
            return see_other("catalog_admin.show_product", page_slug=access.page.slug, product_id=product.id)
    return _show_form(access, form, collections, product=None)


@staff_only(Permission.MANAGE_PRODUCTS)
def update_product(access: PageAccess, product_id: int) -> Response:
    """Change a product, or bring the grid of the form up to date."""
    with database().reading() as session:
        loaded = _load(session, access, product_id)
    form, draft = _read_form(access, product=loaded.product)
    told: list[Told] | None = None
    if draft is not None:
        try:
            if _save(access, loaded.product, form, draft):
                return see_other(
                    "catalog_admin.show_product", page_slug=access.page.slug, product_id=product_id
                )
        except ProductChanged as changed:
            form.add_error("", changed.msgid)
            loaded, told = _tell_changes(access, product_id, form)
    return _show_form(
        access, form, loaded.collections, product=loaded.product, old_slugs=loaded.old_slugs, told=told
    )


def _tell_changes(access: PageAccess, product_id: int, form: ProductForm) -> tuple[Loaded, list[Told] | None]:
    """Bring the form up to date with what a colleague saved and return what that was, None when nobody knows."""
    opened = read_snapshot(signer(), product_id, form.raw("snapshot"))
    with database().reading() as session:
        loaded = _load(session, access, product_id)
        acts = (
            queries.list_acts_on_product(
                session, page_id=access.page.id, product_id=product_id, since=opened.opened_at
            )
            if opened
            else []
        )
    fresh = _blank_form(access)
    fresh.read_product(loaded.product, loaded.collection_ids)
    told = None if opened is None else tell_changes(form, opened, loaded, fresh, acts)
    form.texts["version"] = str(loaded.product.version)
    _remember(form, loaded, fresh)
    return loaded, told


def _remember(form: ProductForm, loaded: Loaded, fresh: ProductForm) -> None:
    form.texts["snapshot"] = write_snapshot(signer(), loaded, fresh, now())


def _save(access: PageAccess, product: Product, form: ProductForm, draft: ProductDraft) -> bool:
    """Save and tell so; False, with its errors said, when it was refused. ProductChanged is the caller's."""
    version = id_or_none(form.raw("version"))
    try:
        with database().transaction() as session:
            changed = service.edit_product(
                session,
                page_id=access.page.id,
                product_id=product.id,
                draft=draft,
                version=version,
                now=now(),
                account_id=access.account_id,
            )
    except Invalid as invalid:
        form.add_invalid(invalid)
    except StockChanged as stock_changed:
        form.add_stock_changes(stock_changed)
        form.add_error("", stock_changed.msgid)
    else:
        flash_message(gettext("Saved.") if changed else gettext("Nothing had changed."))
        return True
    return False


def _tell_created(product: Product) -> None:
    if product.status is ProductStatus.PUBLISHED:
        flash_message(gettext("“%(title)s” is in the shop.", title=product.title))
    else:
        flash_message(
            gettext(
                "“%(title)s” is saved as a draft. Nobody sees it until you publish it.", title=product.title
            )
        )


def other_language(access: PageAccess) -> str:
    """Return the language that the page's texts are not in."""
    return next(code for code in LANGUAGES if code != access.page.language)


def _blank_form(access: PageAccess) -> ProductForm:
    return ProductForm(
        currency=access.page.currency, other_language=other_language(access), locale=language()
    )


def _load(session: Session, access: PageAccess, product_id: int) -> Loaded:
    product = queries.get_product_by_id(session, page_id=access.page.id, product_id=product_id)
    collections = queries.list_collections(session, access.page.id)
    ids = queries.list_collection_ids_of_product(session, product_id=product_id)
    old_slugs = queries.list_old_slugs(session, AddressKind.PRODUCT, target_id=product_id)
    titles = [collection.title for collection in collections if collection.id in ids]
    return Loaded(product, collections, ids, old_slugs, facts_of(product, titles))


def _read_form(access: PageAccess, *, product: Product | None) -> tuple[ProductForm, ProductDraft | None]:
    """Return what was sent and, when it is right and was meant to be saved, its draft."""
    typed, uploads = read_large_form(max_parts=FIELDS_PER_FORM)
    action = typed.get("action")
    form = _blank_form(access)
    form.read_typed(typed)
    existing = [] if product is None else product.pictures
    form.pictures.read_typed(
        typed, existing, signer(), page_id=access.page.id, other_language=form.other_language
    )
    refused = form.pictures.take_uploads(
        uploads.getlist("uploads"), files(), signer(), page_id=access.page.id
    )
    for name, error in refused:
        form.add_error(
            "uploads", N_("%(file)s: %(reason)s"), file=name, reason=gettext(error.msgid, **error.params)
        )
    form.is_asking_for_grid = action == "variants"
    if form.is_asking_for_grid:
        form.update_grid()
        return form, None
    if not form.follows_options:
        if form.update_grid():
            form.add_error(
                "options", N_("The variants now follow your options. Please check them and save again.")
            )
        return form, None
    draft = form.draft()
    if draft is not None and action == "publish":
        draft = replace(draft, status=ProductStatus.PUBLISHED)
    return form, draft


def _show_form(
    access: PageAccess,
    form: ProductForm,
    collections: list[Collection],
    *,
    product: Product | None,
    old_slugs: Sequence[str] = (),
    told: Sequence[Told] | None = None,
) -> Response:
    return render(
        "manage/products/form.html",
        status=422 if form.errors and not form.is_asking_for_grid else 200,
        access=access,
        form=form,
        product=product,
        old_slugs=old_slugs,
        told=told,
        field_text=field_text,
        value_text=value_text,
        collections=collections,
        statuses=STATUS_NAMES,
        may_edit=access.allows(Permission.MANAGE_PRODUCTS),
        in_own_language=IN_LANGUAGE[access.page.language],
        in_other_language=IN_LANGUAGE[form.other_language],
        other_language_code=form.other_language,
        max_upload_bytes=settings().max_upload_bytes,
    )
