"""Collections by hand: made, edited, ordered, deleted, and which products stand in them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from shop.catalog.addresses import leave_address, take_address
from shop.catalog.history_models import AddressKind
from shop.catalog.models import Collection, CollectionProduct, Product
from shop.core.errors import Invalid, NotFound
from shop.core.i18n import N_
from shop.core.ids import slugify
from shop.page.audit import record_act
from shop.page.service import raise_version

MAX_TITLE = 120
MAX_SLUG = 80


def create_collection(
    session: Session,
    *,
    page_id: int,
    title: str,
    now: dt.datetime,
    slug: str | None = None,
    description: str = "",
    translations: Mapping[str, Any] | None = None,
    product_ids: Sequence[int] = (),
    account_id: int | None = None,
) -> Collection:
    """Add a collection behind the others; Invalid tells by field ("title", "slug").

    Without a slug it gets the first free one made of its title.
    """
    _check(title, slug)
    last = session.scalar(select(func.max(Collection.position)).where(Collection.page_id == page_id)) or 0
    collection = Collection(
        page_id=page_id,
        slug=_free_slug(session, page_id=page_id, title=title, slug=slug),
        title=title.strip(),
        description=description.strip(),
        translations=_clean(translations or {}),
        position=last + 1,
        created_at=now,
    )
    session.add(collection)
    session.flush()
    _write_members(session, collection, [], _hold_products(session, page_id, product_ids))
    take_address(session, AddressKind.COLLECTION, page_id=page_id, slug=collection.slug)
    facts = {**_facts(collection), "products": len(product_ids)}
    record_act(
        session, page_id=page_id, account_id=account_id, act="collection.created", subject=_subject(collection),
        now=now, after=facts,
    )  # fmt: skip
    raise_version(session, page_id)
    return collection


def edit_collection(
    session: Session,
    *,
    page_id: int,
    collection_id: int,
    title: str,
    now: dt.datetime,
    slug: str | None = None,
    keeps_old_slug: bool = True,
    description: str = "",
    translations: Mapping[str, Any] | None = None,
    product_ids: Sequence[int] | None = None,
    opened_ids: Sequence[int] | None = None,
    account_id: int | None = None,
) -> Collection:
    """Change a collection's texts and, unless ``product_ids`` is None, its products and their order.

    ``opened_ids`` are the products, in their order, that the form was opened with: only what ``product_ids``
    changes of them is written, so what others put in or took out since stays. Without them the products
    become exactly ``product_ids``. With another ``slug`` the old address leads to the new one, unless
    ``keeps_old_slug`` is False.
    """
    _check(title, slug)
    if product_ids is not None:
        product_ids = _hold_products(session, page_id, product_ids)
    collection = _get(session, page_id=page_id, collection_id=collection_id, is_held=True)
    before: dict[str, Any] = _facts(collection)
    if slug is not None and slug != collection.slug:
        wanted = _free_slug(session, page_id=page_id, title=title, slug=slug)
        take_address(session, AddressKind.COLLECTION, page_id=page_id, slug=wanted)
        if keeps_old_slug:
            leave_address(
                session, AddressKind.COLLECTION, page_id=page_id, slug=collection.slug, target_id=collection.id,
                now=now,
            )  # fmt: skip
        collection.slug = wanted
    collection.title = title.strip()
    collection.description = description.strip()
    if translations is not None:
        collection.translations = _clean(translations)
    session.flush()
    after: dict[str, Any] = _facts(collection)
    if product_ids is not None:
        current = _members(session, collection_id)
        opened = current if opened_ids is None else opened_ids
        members = merge_members(opened, product_ids, current)
        _write_members(session, collection, current, members)
        before["products"] = _titles(session, set(current) - set(members))
        after["products"] = _titles(session, set(members) - set(current))
    record_act(
        session, page_id=page_id, account_id=account_id, act="collection.edited", subject=_subject(collection),
        now=now, before=before, after=after,
    )  # fmt: skip
    raise_version(session, page_id)
    return collection


def _subject(collection: Collection) -> tuple[str, str, str]:
    return "collection", str(collection.id), collection.title


def _facts(collection: Collection) -> dict[str, Any]:
    """Return what the audit log keeps of a collection itself."""
    return {
        "title": collection.title,
        "slug": collection.slug,
        "description": collection.description,
        "translations": dict(collection.translations),
    }


def _count_products(session: Session, collection_id: int) -> int:
    statement = select(func.count()).where(CollectionProduct.collection_id == collection_id)
    return session.scalar(statement) or 0


def delete_collection(
    session: Session, *, page_id: int, collection_id: int, now: dt.datetime, account_id: int | None = None
) -> None:
    """Delete a collection with its addresses; its products stay."""
    collection = _get(session, page_id=page_id, collection_id=collection_id)
    before = {**_facts(collection), "products": _count_products(session, collection_id)}
    session.delete(collection)
    session.flush()
    record_act(
        session, page_id=page_id, account_id=account_id, act="collection.deleted", subject=_subject(collection),
        now=now, before=before,
    )  # fmt: skip
    raise_version(session, page_id)


def order_collections(
    session: Session, *, page_id: int, collection_ids: Sequence[int], now: dt.datetime,
    account_id: int | None = None,
) -> None:  # fmt: skip
    """Order a page's collections as in ``collection_ids``; those not named follow as they were."""
    statement = select(Collection).where(Collection.page_id == page_id)
    collections = list(session.scalars(statement.order_by(Collection.position, Collection.id)))
    before = [collection.title for collection in collections]
    wanted = {collection_id: place for place, collection_id in enumerate(collection_ids)}
    collections.sort(key=lambda collection: wanted.get(collection.id, len(wanted)))
    for position, collection in enumerate(collections, start=1):
        collection.position = position
    session.flush()
    record_act(
        session, page_id=page_id, account_id=account_id, act="collection.reordered",
        subject=("collection", "", ""), now=now,
        before={"order": before}, after={"order": [collection.title for collection in collections]},
    )  # fmt: skip
    raise_version(session, page_id)


def write_collections_of_product(session: Session, product: Product, collection_ids: Sequence[int]) -> bool:
    """Let ``product`` stand in exactly these collections of its page, last in the new ones; return whether that changed."""
    mine = set(session.scalars(select(Collection.id).where(Collection.page_id == product.page_id)))
    wanted = set(collection_ids) & mine
    current = set(
        session.scalars(
            select(CollectionProduct.collection_id).where(CollectionProduct.product_id == product.id)
        )
    )
    left = current - wanted
    if left:
        session.execute(
            delete(CollectionProduct).where(
                CollectionProduct.product_id == product.id, CollectionProduct.collection_id.in_(left)
            )
        )
    for collection_id in sorted(wanted - current):
        last = session.scalar(
            select(func.max(CollectionProduct.position)).where(
                CollectionProduct.collection_id == collection_id
            )
        )
        session.add(
            CollectionProduct(collection_id=collection_id, product_id=product.id, position=(last or 0) + 1)
        )
    session.flush()
    return wanted != current


def _get(session: Session, *, page_id: int, collection_id: int, is_held: bool = False) -> Collection:
    statement = select(Collection).where(Collection.page_id == page_id, Collection.id == collection_id)
    if is_held:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    collection = session.scalars(statement).one_or_none()
    if collection is None:
        raise NotFound
    return collection


def _check(title: str, slug: str | None) -> None:
    errors: dict[str, list[str]] = {}
    if not title.strip():
        errors["title"] = [N_("Give the collection a name.")]
    elif len(title.strip()) > MAX_TITLE:
        errors["title"] = [N_("This name is too long: at most 120 characters.")]
    if slug is not None and (not slug or slugify(slug) != slug or len(slug) > MAX_SLUG):
        errors["slug"] = [N_("Use only a to z, 0 to 9 and hyphens.")]
    if errors:
        raise Invalid(errors)


def _free_slug(session: Session, *, page_id: int, title: str, slug: str | None) -> str:
    taken = set(session.scalars(select(Collection.slug).where(Collection.page_id == page_id)))
    if slug is not None:
        if slug in taken:
            raise Invalid({"slug": [N_("Another collection has this address.")]})
        return slug
    base = slugify(title, max_length=MAX_SLUG - 8) or "collection"
    candidate, number = base, 2
    while candidate in taken:
        candidate, number = f"{base}-{number}", number + 1
    return candidate


def _clean(translations: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = {}
    for language, texts in translations.items():
        kept = {name: str(text).strip() for name, text in texts.items() if text and str(text).strip()}
        if kept:
            cleaned[language] = kept
    return cleaned


def merge_members(opened: Sequence[int], wanted: Sequence[int], current: Sequence[int]) -> list[int]:
    """Return ``current`` with what ``wanted`` changes of ``opened``: products taken out, put in, reordered.

    What is in ``current`` alone stays. Where both changed the order, it is that of ``wanted``.
    """
    before, now = set(opened), set(current)
    removed, chosen = before - set(wanted), set(wanted)
    if [one for one in wanted if one in before] != [one for one in opened if one in chosen]:
        ordered = [one for one in wanted if one in now or one not in before]
        return ordered + [one for one in current if one not in chosen and one not in removed]
    merged = [one for one in current if one not in removed]
    following: int | None = None
    for one in reversed(wanted):
        if one not in before and one not in now:
            merged.insert(len(merged) if following is None else merged.index(following), one)
        if one in merged:
            following = one
    return merged


def _hold_products(session: Session, page_id: int, product_ids: Sequence[int]) -> list[int]:
    """Return those of ``product_ids`` that are the page's, and keep them from being locked by others.

    Products come before collections, as for whoever puts a product into one.
    """
    statement = select(Product.id).where(Product.page_id == page_id, Product.id.in_(product_ids))
    mine = set(
        session.scalars(statement.order_by(Product.id).with_for_update(read=True, key_share=True))
        if product_ids
        else ()
    )
    return [product_id for product_id in dict.fromkeys(product_ids) if product_id in mine]


def _members(session: Session, collection_id: int) -> list[int]:
    statement = select(CollectionProduct.product_id).where(CollectionProduct.collection_id == collection_id)
    return list(session.scalars(statement.order_by(CollectionProduct.position, CollectionProduct.product_id)))


def _titles(session: Session, product_ids: AbstractSet[int]) -> list[str]:
    if not product_ids:
        return []
    statement = select(Product.title).where(Product.id.in_(product_ids))
    return list(session.scalars(statement.order_by(Product.sort_title, Product.id)))


def _write_members(
    session: Session, collection: Collection, current: Sequence[int], wanted: Sequence[int]
) -> None:
    """Let ``wanted`` stand in a collection that has ``current``, in their order."""
    if list(current) == list(wanted):
        return
    kept = set(wanted)
    gone = [one for one in current if one not in kept]
    inside = CollectionProduct.collection_id == collection.id
    if gone:
        session.execute(delete(CollectionProduct).where(inside, CollectionProduct.product_id.in_(gone)))
    rows = [
        {"collection_id": collection.id, "product_id": product_id, "position": position}
        for position, product_id in enumerate(wanted, start=1)
    ]
    known = set(current)
    moved = [row for row in rows if row["product_id"] in known]
    new = [row for row in rows if row["product_id"] not in known]
    if moved:
        session.execute(update(CollectionProduct), moved)
    if new:
        session.execute(insert(CollectionProduct), new)
