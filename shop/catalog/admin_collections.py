"""The admin's collections: a list in their order, and a form with the products of each."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.catalog import queries, service
from shop.catalog.admin_products import IN_LANGUAGE, STATUS_NAMES, other_language
from shop.catalog.history_models import AddressKind
from shop.catalog.models import Collection
from shop.catalog.schemas import CollectionSchema
from shop.core.errors import Invalid, NotFound
from shop.core.signing import BadLink
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database, now, signer
from shop.web.forms import Form, id_or_none
from shop.web.pages import flash_message, render, see_other

PURPOSE = "collection-as-opened"


@staff_only(Permission.VIEW_PRODUCTS)
def list_collections(access: PageAccess) -> Response:
    """Show the page's collections in their order."""
    with database().reading() as session:
        collections = queries.summarise_collections(session, page_id=access.page.id)
    return render(
        "manage/collections/list.html",
        access=access,
        collections=collections,
        may_edit=access.allows(Permission.MANAGE_PRODUCTS),
    )


@staff_only(Permission.MANAGE_PRODUCTS)
def reorder_collections(access: PageAccess) -> Response:
    """Take the order from the numbers beside the collections."""
    numbers = {
        collection_id: place
        for key, text in request.form.items()
        if (collection_id := id_or_none(key)) is not None and (place := id_or_none(text[:6])) is not None
    }
    with database().transaction() as session:
        service.order_collections(
            session,
            page_id=access.page.id,
            collection_ids=sorted(numbers, key=lambda key: (numbers[key], key)),
            now=now(),
            account_id=access.account_id,
        )
    flash_message(gettext("The order is saved."))
    return see_other("catalog_admin.list_collections", page_slug=access.page.slug)


@staff_only(Permission.MANAGE_PRODUCTS)
def new_collection(access: PageAccess) -> Response:
    """Show an empty form."""
    return _show_form(access, Form(), {}, collection=None)


@staff_only(Permission.VIEW_PRODUCTS)
def show_collection(access: PageAccess, collection_id: int) -> Response:
    """Show a collection's form."""
    with database().reading() as session:
        collection = _get(session, access, collection_id)
        chosen = queries.list_collection_products(session, collection_id=collection_id)
    other = collection.translations.get(other_language(access), {})
    initial = {
        "keeps_old_slug": True,
        "title": collection.title,
        "slug": collection.slug,
        "description": collection.description,
        "other_title": other.get("title", ""),
        "other_description": other.get("description", ""),
    }
    places = {product_id: str(place) for place, product_id in enumerate(chosen, start=1)}
    return _show_form(access, Form(initial), places, collection=collection, opened=list(chosen))


@staff_only(Permission.MANAGE_PRODUCTS)
def create_collection(access: PageAccess) -> Response:
    """Add a collection."""
    form = Form.from_request(CollectionSchema())
    if form.values is not None:
        try:
            with database().transaction() as session:
                service.create_collection(
                    session,
                    page_id=access.page.id,
                    now=now(),
                    account_id=access.account_id,
                    **_wanted(access, form.values),
                )
        except Invalid as invalid:
            _add_invalid(form, invalid)
        else:
            flash_message(gettext("The collection is saved."))
            return see_other("catalog_admin.list_collections", page_slug=access.page.slug)
    return _show_form(access, form, _typed_places(), collection=None)


@staff_only(Permission.MANAGE_PRODUCTS)
def update_collection(access: PageAccess, collection_id: int) -> Response:
    """Change a collection and its products."""
    with database().reading() as session:
        collection = _get(session, access, collection_id)
    form = Form.from_request(CollectionSchema())
    if form.values is not None:
        try:
            with database().transaction() as session:
                service.edit_collection(
                    session,
                    page_id=access.page.id,
                    collection_id=collection_id,
                    now=now(),
                    account_id=access.account_id,
                    keeps_old_slug=form.values["keeps_old_slug"],
                    opened_ids=_read_opened(collection_id),
                    **_wanted(access, form.values),
                )
        except Invalid as invalid:
            _add_invalid(form, invalid)
        else:
            flash_message(gettext("The collection is saved."))
            return see_other("catalog_admin.list_collections", page_slug=access.page.slug)
    opened = _read_opened(collection_id)
    return _show_form(access, form, _typed_places(), collection=collection, opened=opened)


@staff_only(Permission.MANAGE_PRODUCTS)
def delete_collection(access: PageAccess, collection_id: int) -> Response:
    """Delete a collection; its products stay."""
    with database().transaction() as session:
        service.delete_collection(
            session,
            page_id=access.page.id,
            collection_id=collection_id,
            now=now(),
            account_id=access.account_id,
        )
    flash_message(gettext("The collection is deleted. Its products are still there."))
    return see_other("catalog_admin.list_collections", page_slug=access.page.slug)


def _get(session: Session, access: PageAccess, collection_id: int) -> Collection:
    for collection in queries.list_collections(session, access.page.id):
        if collection.id == collection_id:
            return collection
    raise NotFound


def _wanted(access: PageAccess, values: Mapping[str, Any]) -> dict[str, Any]:
    places = _typed_places()
    numbers = {key: id_or_none(text) for key, text in places.items()}
    ids = sorted(places, key=lambda key: (100_000 if numbers[key] is None else numbers[key], key))
    return {
        "title": values["title"],
        "slug": values["slug"],
        "description": values["description"],
        "translations": {
            other_language(access): {
                "title": values["other_title"],
                "description": values["other_description"],
            }
        },
        "product_ids": ids,
    }


def _read_opened(collection_id: int) -> list[int] | None:
    """Return the products that the form was opened with, None when it does not say."""
    try:
        owner, opened = signer().read(PURPOSE, request.form.get("opened", ""))
    except BadLink:
        return None
    return list(opened) if owner == collection_id else None


def _typed_places() -> dict[int, str]:
    """Return the ticked products and the places typed beside them."""
    ids = [id_or_none(text) for text in request.form.getlist("product")]
    return {key: request.form.get(f"place-{key}", "").strip()[:5] for key in ids if key is not None}


def _add_invalid(form: Form, invalid: Invalid) -> None:
    for name, msgids in invalid.errors.items():
        for msgid in msgids:
            form.add_error(name, msgid)


def _show_form(
    access: PageAccess,
    form: Form,
    places: Mapping[int, str],
    *,
    collection: Collection | None,
    opened: Sequence[int] | None = None,
) -> Response:
    with database().reading() as session:
        choices = queries.list_product_choices(session, page_id=access.page.id)
        old_slugs = (
            queries.list_old_slugs(session, AddressKind.COLLECTION, target_id=collection.id)
            if collection
            else []
        )
    # Only what can be unticked here: an archived product stays in it.
    shown = {choice[0] for choice in choices}
    kept = None if opened is None else [product_id for product_id in opened if product_id in shown]
    # What is in the collection stands first, in its order, so that a long list need not be searched for it.
    order = {product_id: place for place, product_id in enumerate(places)}
    choices.sort(key=lambda choice: order.get(choice[0], len(order)))
    return render(
        "manage/collections/form.html",
        status=422 if form.errors else 200,
        access=access,
        form=form,
        collection=collection,
        choices=choices,
        places=places,
        opened="" if collection is None or kept is None else signer().sign(PURPOSE, [collection.id, kept]),
        old_slugs=old_slugs,
        statuses=STATUS_NAMES,
        may_edit=access.allows(Permission.MANAGE_PRODUCTS),
        in_other_language=IN_LANGUAGE[other_language(access)],
        other_language_code=other_language(access),
    )
