"""A page's products as JSON."""

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, redirect, url_for
from sqlalchemy.orm import Session

from shop.catalog.api_schemas import (
    EXAMPLE_LIST,
    EXAMPLE_PRODUCT,
    ProductListSchema,
    ProductQuerySchema,
    ProductSchema,
)
from shop.catalog.listing import ProductCard
from shop.catalog.models import Product, ProductPicture, Variant
from shop.catalog.queries import (
    alt_text,
    find_collection,
    find_moved_collection,
    find_moved_product,
    find_product,
    get_collection,
    list_cards,
)
from shop.catalog.texts import chosen_values, option_words
from shop.core.errors import NotFound
from shop.page.models import Page
from shop.page.queries import get_page, get_version
from shop.web.context import database
from shop.web.locale import language
from shop.web.rest.blueprint import ApiBlueprint
from shop.web.rest.caching import AnswerTag
from shop.web.rest.schemas import absolute_url, picture_body
from shop.web.templating import localized

blueprint = ApiBlueprint(
    "catalog_api",
    __name__,
    tag="Products",
    description="What a page sells. Drafts and archived products are not seen here.",
    paths={
        "page_slug": ("The page's name in addresses.", "atelier-lumen"),
        "product_slug": ("The product's name in addresses.", "paper-lamp"),
    },
)


@blueprint.operation(
    "GET",
    "/pages/<handle:page_slug>/products",
    answer=ProductListSchema,
    example=EXAMPLE_LIST,
    query=ProductQuerySchema,
    problems=[400, 404],
    is_cached=True,
)
def list_products(query: Mapping[str, Any], page_slug: str) -> Response:
    """List products.

    A price filter keeps products of which some price lies in the range. A cursor belongs to the order
    that it was made in: with another `sort` it is a `bad_cursor`.
    """
    with database().reading() as session:
        page = get_page(session, page_slug)
        tag = AnswerTag(get_version(session, page.id))
        if tag.is_known:
            return tag.not_modified()
        slug = query.get("collection")
        found = list_cards(
            session,
            page_id=page.id,
            language=language(),
            sort=query.get("sort"),
            limit=query["limit"],
            cursor=query.get("cursor"),
            collection_id=_collection_id(session, page.id, slug) if slug is not None else None,
            query=query.get("q"),
            min_price=query.get("min_price"),
            max_price=query.get("max_price"),
            in_stock=query.get("in_stock"),
        )
    return tag.answer(
        {"data": [card_body(card, page) for card in found.cards], "next_cursor": found.next_cursor}
    )


@blueprint.operation(
    "GET",
    "/pages/<handle:page_slug>/products/<handle:product_slug>",
    answer=ProductSchema,
    example=EXAMPLE_PRODUCT,
    problems=[404],
    is_cached=True,
)
def show_product(page_slug: str, product_slug: str) -> Response:
    """Show a product with its variants.

    `stock` is what can be bought now, null where it is not limited. A checkout may still find less.
    An address that the product had before answers 301 to the one it has now.
    """
    with database().reading() as session:
        page = get_page(session, page_slug)
        tag = AnswerTag(get_version(session, page.id))
        if tag.is_known:
            return tag.not_modified()
        product = find_product(session, page_id=page.id, slug=product_slug)
        moved = None if product else find_moved_product(session, page_id=page.id, slug=product_slug)
    if product is not None:
        return tag.answer(product_body(product, page))
    if moved is None:
        raise NotFound
    response = current_app.make_response(
        redirect(url_for("catalog_api.show_product", page_slug=page_slug, product_slug=moved), 301)
    )
    response.headers["Cache-Control"] = "no-cache"
    return response


def _collection_id(session: Session, page_id: int, slug: str) -> int:
    """Return the id of a collection by its address or one that it had before."""
    found = find_collection(session, page_id=page_id, slug=slug)
    if found is None:
        moved = find_moved_collection(session, page_id=page_id, slug=slug)
        found = get_collection(session, page_id=page_id, slug=moved or slug)
    return found.id


def card_body(card: ProductCard, page: Page) -> dict[str, Any]:
    """Return a product as ``ProductCardSchema`` says."""
    return {
        "id": card.id,
        "slug": card.slug,
        "title": localized(card, "title"),
        "url": _product_url(page, card.slug),
        "currency": page.currency,
        "price_from": card.price_from_amount,
        "price_to": card.price_to_amount,
        "compare_at": card.compare_at_amount,
        "in_stock": card.is_available,
        "stock_left": card.stock_left,
        "variant_id": card.single_variant_id,
        "picture": picture_body(card.picture, card.alt),
    }


def product_body(product: Product, page: Page) -> dict[str, Any]:
    """Return a product as ``ProductSchema`` says."""
    words = option_words(product, language())
    names = [words.get(name, name) for name in product.option_names]
    values = [chosen_values(product, variant, language()) for variant in product.variants]
    pictures = {picture.id: _picture(picture) for picture in product.pictures}
    return {
        "id": product.id,
        "slug": product.slug,
        "title": localized(product, "title"),
        "description_html": localized(product, "description_html"),
        "url": _product_url(page, product.slug),
        "vendor": product.vendor,
        "product_type": product.product_type,
        "tags": product.tags,
        "currency": page.currency,
        "price_from": product.price_from_amount,
        "price_to": product.price_to_amount,
        "options": [
            {"name": name, "values": list(dict.fromkeys(row[place] for row in values if place < len(row)))}
            for place, name in enumerate(names)
        ],
        "pictures": list(pictures.values()),
        "variants": [
            _variant_body(variant, chosen, page.currency, pictures)
            for variant, chosen in zip(product.variants, values, strict=True)
        ],
    }


def _variant_body(
    variant: Variant, values: list[str], currency: str, pictures: Mapping[int, dict[str, Any] | None]
) -> dict[str, Any]:
    return {
        "id": variant.id,
        "sku": variant.sku,
        "title": " / ".join(values),
        "options": values,
        "price": variant.price_amount,
        "compare_at": variant.compare_at_amount,
        "currency": currency,
        "stock": variant.stock,
        "in_stock": variant.is_available,
        "picture": pictures.get(variant.picture_id) if variant.picture_id is not None else None,
    }


def _picture(picture: ProductPicture) -> dict[str, Any] | None:
    return picture_body(picture.picture, alt_text(picture.alt, picture.translations, language()))


def _product_url(page: Page, slug: str) -> str:
    return absolute_url(f"/{language()}/p/{page.slug}/shop/{slug}")
