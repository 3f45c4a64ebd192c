"""A product as plain facts, and in what two states of it differ: for the audit log and for who edits at once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.models import Collection, CollectionProduct, Product
from shop.catalog.movements import title_of

Facts = dict[str, Any]
"""JSON: a product's fields by name; ``variants`` has each variant's by its id as text, with its ``title``."""

VARIANT_FIELDS = ("price_amount", "compare_at_amount", "stock", "sku", "barcode", "weight_grams")
MAX_TEXT = 1000
"""What the audit log keeps of a long text."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that is not what it was; ``variant`` is a variant's title, None for a field of the product.

    ``field`` "variant" is a variant that came or went: ``was`` or ``now`` is its title, the other is None.
    """

    field: str
    was: Any
    now: Any
    variant: str | None = None
    variant_id: str | None = None

    @property
    def key(self) -> str:
        """The field's name in the audit log: "price_amount: Blue / L"."""
        named = (self.was if self.now is None else self.now) if self.field == "variant" else self.variant
        return f"{self.field}: {named}" if named else self.field


def read_facts(session: Session, product: Product) -> Facts:
    """Return the facts of a product whose variants and pictures are loaded; one statement for its collections."""
    titles = session.scalars(
        select(Collection.title)
        .join(CollectionProduct, CollectionProduct.collection_id == Collection.id)
        .where(CollectionProduct.product_id == product.id)
        .order_by(Collection.position, Collection.id)
    )
    return facts_of(product, titles)


def facts_of(product: Product, collections: Iterable[str]) -> Facts:
    """Return the facts of a product that stands in collections of these titles."""
    keys = {picture.id: str(picture.picture.get("key", "")) for picture in product.pictures}
    return {
        "title": product.title,
        "slug": product.slug,
        "status": product.status.value,
        "description_html": product.description_html,
        "vendor": product.vendor,
        "product_type": product.product_type,
        "tags": list(product.tags),
        "option_names": list(product.option_names),
        "translations": dict(product.translations),
        "swatches": dict(product.swatches),
        "collections": list(collections),
        "pictures": [
            [picture.picture.get("key"), picture.alt, dict(picture.translations)]
            for picture in product.pictures
        ],
        "variants": {
            str(variant.id): {
                "title": title_of(variant),
                "picture": keys.get(variant.picture_id or 0, ""),
                **{name: getattr(variant, name) for name in VARIANT_FIELDS},
            }
            for variant in product.variants
        },
    }


def differences(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """Return in what ``now`` differs from ``was``, the product's own fields first."""
    own = [
        Difference(name, was.get(name), now[name])
        for name in now
        if name != "variants" and was.get(name) != now[name]
    ]
    return own + list(_variant_differences(was.get("variants", {}), now.get("variants", {})))


def _variant_differences(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    for variant_id in [*was, *(one for one in now if one not in was)]:
        old, new = was.get(variant_id), now.get(variant_id)
        if old is None or new is None:
            yield Difference("variant", old and old["title"], new and new["title"], variant_id=variant_id)
            continue
        for name in ("title", *VARIANT_FIELDS, "picture"):
            if old.get(name) != new.get(name):
                yield Difference(name, old.get(name), new.get(name), old["title"], variant_id)


def audit_values(found: Iterable[Difference]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return differences as the audit log's before and after."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for one in found:
        before[one.key], after[one.key] = _clip(one, one.was), _clip(one, one.now)
    return before, after


def _clip(difference: Difference, value: Any) -> Any:
    if difference.field == "pictures" and isinstance(value, list):
        return [alt or key for key, alt, _ in value]
    return value[:MAX_TEXT] if isinstance(value, str) else value
