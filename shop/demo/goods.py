"""A demo brand's products, listed as an admin would list them."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.drafts import PictureDraft, ProductDraft, VariantDraft
from shop.catalog.models import Product as ProductRow
from shop.catalog.models import ProductStatus
from shop.catalog.models import Variant as VariantRow
from shop.catalog.service import create_product
from shop.demo import content_types as demo
from shop.demo.artwork import Artwork
from shop.demo.brands import LANGUAGE, OTHER_LANGUAGE
from shop.page.models import Page


def find_missing_products(session: Session, brand: demo.Page, page: Page | None) -> list[demo.Product]:
    """Return the brand's products that its page lacks; one that was given another address is known by its SKUs."""
    if page is None:
        return list(brand.products)
    slugs = set(session.scalars(select(ProductRow.slug).where(ProductRow.page_id == page.id)))
    of_page = select(VariantRow.sku).join(ProductRow, ProductRow.id == VariantRow.product_id)
    skus = set(session.scalars(of_page.where(ProductRow.page_id == page.id)))
    return [
        product
        for product in brand.products
        if product.slug not in slugs and not any(variant.sku in skus for variant in product.variants)
    ]


def add_product(
    session: Session, product: demo.Product, page: Page, artwork: Artwork, now: dt.datetime
) -> ProductRow:
    """List a product, dated as long ago as it says."""
    stored = {picture.file: artwork.get(picture.file) for picture in product.pictures}
    draft = ProductDraft(
        title=product.title.into(LANGUAGE),
        slug=product.slug,
        description_html=product.description.into(LANGUAGE),
        vendor=page.name,
        status=ProductStatus(product.status),
        option_names=tuple(option.name.into(LANGUAGE) for option in product.options),
        swatches=_swatches(product.options),
        translations={
            OTHER_LANGUAGE: {
                "title": product.title.into(OTHER_LANGUAGE),
                "description_html": product.description.into(OTHER_LANGUAGE),
                "options": _translated_options(product.options),
            }
        },
        pictures=tuple(
            PictureDraft(
                picture=stored[picture.file],
                alt=picture.alt.into(LANGUAGE),
                translations={OTHER_LANGUAGE: {"alt": picture.alt.into(OTHER_LANGUAGE)}},
            )
            for picture in product.pictures
        ),
        variants=tuple(
            VariantDraft(
                option_values=_values(product, variant),
                price_amount=variant.price_amount,
                compare_at_amount=variant.compare_at_amount,
                sku=variant.sku,
                barcode=variant.barcode,
                stock=variant.stock,
                weight_grams=variant.weight_grams,
                picture_key=stored[variant.picture]["key"] if variant.picture else None,
            )
            for variant in product.variants
        ),
    )
    listed_at = now - dt.timedelta(days=product.listed_days_ago)
    return create_product(session, page_id=page.id, draft=draft, now=listed_at)


def picture_files(brand: demo.Page, products: Iterable[demo.Product], *, with_page: bool) -> list[str]:
    """Return the picture files of a page and of its products, in the order in which they are needed."""
    own = [brand.cover.file, brand.logo.file] if with_page else []
    return own + [picture.file for product in products for picture in product.pictures]


def _values(product: demo.Product, variant: demo.Variant) -> tuple[str, ...]:
    pairs = zip(product.options, variant.values, strict=True)
    return tuple(option.values[index].into(LANGUAGE) for option, index in pairs)


def _translated_options(options: Iterable[demo.Option]) -> dict[str, str]:
    """Return every name and value by what it is called in the page's own language."""
    texts = [text for option in options for text in (option.name, *option.values)]
    return {text.into(LANGUAGE): text.into(OTHER_LANGUAGE) for text in texts}


def _swatches(options: Iterable[demo.Option]) -> dict[str, str]:
    return {
        value.into(LANGUAGE): colour
        for option in options
        for value, colour in zip(option.values, option.swatches, strict=False)
    }
