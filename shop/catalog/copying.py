"""A product made once more: a draft with the same texts, options, prices and pictures.

What says of one thing that it is this one is not copied: SKU and barcode (a search or a scanner would find
two), units in stock (there are no more of them), units sold. The picture files are shared: a product's
pictures point at stored files, and taking a picture off a product never deletes its file.
"""

import datetime as dt
from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from shop.catalog.drafts import PictureDraft, ProductDraft, VariantDraft
from shop.catalog.models import Product
from shop.catalog.queries import get_product_by_id, list_collection_ids_of_product
from shop.catalog.rules import MAX_TITLE
from shop.catalog.service import create_product

NameCopy = Callable[[str, str | None], str]
"""Makes a copy's title of a title and its language (None: the page's own)."""


def duplicate_product(
    session: Session, *, page_id: int, product_id: int, name_copy: NameCopy, now: dt.datetime,
    account_id: int | None = None,
) -> Product:  # fmt: skip
    """Add a draft that is like a product of the page and return it; NotFound for another page's."""
    product = get_product_by_id(session, page_id=page_id, product_id=product_id)
    collection_ids = list_collection_ids_of_product(session, product_id=product_id)
    draft = copy_draft(product, collection_ids, name_copy)
    return create_product(
        session, page_id=page_id, draft=draft, now=now, account_id=account_id, act="product.duplicated"
    )


def copy_draft(product: Product, collection_ids: Sequence[int], name_copy: NameCopy) -> ProductDraft:
    """Return the draft of a copy of ``product`` (with variants and pictures loaded)."""
    keys = {picture.id: str(picture.picture.get("key", "")) for picture in product.pictures}
    translations = {
        language: {**texts, "title": name_copy(texts["title"], language)[:MAX_TITLE]}
        if texts.get("title")
        else dict(texts)
        for language, texts in product.translations.items()
    }
    return ProductDraft(
        title=name_copy(product.title, None)[:MAX_TITLE],
        description_html=product.description_html,
        option_names=tuple(product.option_names),
        variants=tuple(
            VariantDraft(
                option_values=tuple(variant.option_values),
                price_amount=variant.price_amount,
                compare_at_amount=variant.compare_at_amount,
                stock=None if variant.stock is None else 0,
                weight_grams=variant.weight_grams,
                picture_key=keys.get(variant.picture_id or 0),
            )
            for variant in product.variants
        ),
        vendor=product.vendor,
        product_type=product.product_type,
        tags=tuple(product.tags),
        translations=translations,
        swatches=dict(product.swatches),
        pictures=tuple(
            PictureDraft(picture=row.picture, alt=row.alt, translations=row.translations)
            for row in product.pictures
        ),
        collection_ids=tuple(collection_ids),
    )
