"""A product's pictures: added, described, ordered, removed. The files themselves are stored by the edge."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.drafts import PictureDraft
from shop.catalog.models import Product, ProductPicture, Variant
from shop.catalog.rules import MAX_PICTURES
from shop.core.errors import Invalid, NotFound
from shop.core.i18n import N_
from shop.page.service import raise_version

MAX_ALT = 500


def add_picture(
    session: Session,
    *,
    page_id: int,
    product_id: int,
    picture: Mapping[str, Any],
    now: dt.datetime,
    alt: str = "",
    translations: Mapping[str, Any] | None = None,
    source_url: str | None = None,
    position: int | None = None,
) -> ProductPicture:
    """Add a stored picture (what ``store_picture`` returned) after the others, or at ``position`` (from 1).

    The same picture, or one from the same ``source_url``, is not added twice: the first is returned.
    """
    existing = _load_pictures(session, page_id=page_id, product_id=product_id)
    for known in existing:
        if known.picture.get("key") == picture.get("key") or (source_url and known.source_url == source_url):
            return known
    if len(existing) >= MAX_PICTURES:
        raise Invalid({"pictures": [N_("A product has at most 100 pictures.")]})
    added = ProductPicture(
        product_id=product_id,
        position=position
        if position is not None
        else max((known.position for known in existing), default=0) + 1,
        alt=alt.strip()[:MAX_ALT],
        translations=dict(translations or {}),
        picture=dict(picture),
        source_url=source_url,
        created_at=now,
    )
    session.add(added)
    session.flush()
    raise_version(session, page_id)
    return added


def describe_picture(
    session: Session,
    *,
    page_id: int,
    product_id: int,
    picture_id: int,
    alt: str,
    translations: Mapping[str, Any],
) -> None:
    """Set a picture's alternative texts."""
    picture = _find(_load_pictures(session, page_id=page_id, product_id=product_id), picture_id)
    picture.alt = alt.strip()[:MAX_ALT]
    picture.translations = dict(translations)
    session.flush()
    raise_version(session, page_id)


def remove_picture(session: Session, *, page_id: int, product_id: int, picture_id: int) -> None:
    """Take a picture from a product; the files stay, since other products may show the same picture."""
    # The database takes it from the variants that it shows: those come before the product, as for buyers.
    session.execute(
        select(Variant.id)
        .where(Variant.picture_id == picture_id, Variant.product_id == product_id)
        .order_by(Variant.id)
        .with_for_update()
    )
    session.delete(_find(_load_pictures(session, page_id=page_id, product_id=product_id), picture_id))
    session.flush()
    raise_version(session, page_id)


def order_pictures(session: Session, *, page_id: int, product_id: int, picture_ids: Sequence[int]) -> None:
    """Order a product's pictures as in ``picture_ids``; those not named follow as they were."""
    pictures = _load_pictures(session, page_id=page_id, product_id=product_id)
    wanted = {picture_id: place for place, picture_id in enumerate(picture_ids)}
    pictures.sort(key=lambda picture: wanted.get(picture.id, len(wanted)))
    for position, picture in enumerate(pictures, start=1):
        picture.position = position
    session.flush()
    raise_version(session, page_id)


def write_pictures(
    session: Session, product: Product, drafts: Sequence[PictureDraft], now: dt.datetime
) -> bool:
    """Make the pictures of ``product`` (loaded) exactly ``drafts``, in their order; return whether any changed."""
    existing = {picture.id: picture for picture in product.pictures}
    rows: list[ProductPicture] = []
    for draft in drafts:
        row = existing.pop(draft.picture_id, None) if draft.picture_id is not None else None
        if row is None:
            if draft.picture is None:
                continue  # somebody else removed it while this form was open
            row = ProductPicture(picture=dict(draft.picture), source_url=draft.source_url, created_at=now)
        row.position = len(rows) + 1
        row.alt = draft.alt.strip()[:MAX_ALT]
        row.translations = dict(draft.translations)
        rows.append(row)
    changed = bool(existing) or any(row.id is None or session.is_modified(row) for row in rows)
    if changed:
        product.pictures[:] = rows
        session.flush()
    return changed


def _load_pictures(session: Session, *, page_id: int, product_id: int) -> list[ProductPicture]:
    product = session.scalars(
        select(Product.id).where(Product.page_id == page_id, Product.id == product_id).with_for_update()
    ).one_or_none()
    if product is None:
        raise NotFound
    statement = select(ProductPicture).where(ProductPicture.product_id == product_id)
    return list(session.scalars(statement.order_by(ProductPicture.position, ProductPicture.id)))


def _find(pictures: Sequence[ProductPicture], picture_id: int) -> ProductPicture:
    for picture in pictures:
        if picture.id == picture_id:
            return picture
    raise NotFound
