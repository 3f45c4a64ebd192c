"""What must hold of a draft before it is written; pure, so that a form can ask beforehand."""

import re

from shop.catalog.drafts import ProductDraft, VariantDraft
from shop.catalog.importing.barcodes import BarcodeKind, barcode_kind
from shop.catalog.models import MAX_OPTIONS, MAX_VARIANTS
from shop.core.i18n import N_
from shop.core.ids import slugify
from shop.core.money import MAX_AMOUNT

MAX_TITLE = 255  # as the shop systems that merchants come from
MAX_SLUG = 80
MAX_OPTION_TEXT = 255
MAX_CODE = 255
MAX_PICTURES = 100
MAX_STOCK = 1_000_000_000
MAX_WEIGHT_GRAMS = 10_000_000

Errors = dict[str, list[str]]

_SWATCH = re.compile(r"#[0-9a-f]{6}")


def check_draft(draft: ProductDraft) -> Errors:
    """Return msgids by field ("title", "options", "variants.2.price_amount" …); {} when all is well."""
    errors: Errors = {}
    _check_head(draft, errors)
    _check_options(draft, errors)
    _check_variants(draft, errors)
    return errors


def _add(errors: Errors, name: str, msgid: str) -> None:
    errors.setdefault(name, []).append(msgid)


def _check_head(draft: ProductDraft, errors: Errors) -> None:
    title = draft.title.strip()
    if not title:
        _add(errors, "title", N_("Give the product a name."))
    elif len(title) > MAX_TITLE:
        _add(errors, "title", N_("This name is too long: at most 255 characters."))
    if draft.slug is not None and (
        slugify(draft.slug) != draft.slug or not draft.slug or len(draft.slug) > MAX_SLUG
    ):
        _add(errors, "slug", N_("Use only a to z, 0 to 9 and hyphens."))
    if draft.pictures is not None and len(draft.pictures) > MAX_PICTURES:
        _add(errors, "pictures", N_("A product has at most 100 pictures."))
    if draft.swatches and not all(_SWATCH.fullmatch(color) for color in draft.swatches.values()):
        _add(errors, "options", N_("A colour is written as # and six digits."))


def _check_options(draft: ProductDraft, errors: Errors) -> None:
    names = [name.strip() for name in draft.option_names]
    if len(names) > MAX_OPTIONS:
        _add(errors, "options", N_("A product has at most 3 options."))
    if any(not name or len(name) > MAX_OPTION_TEXT for name in names):
        _add(errors, "options", N_("Give each option a name of at most 255 characters."))
    if len({name.casefold() for name in names}) < len(names):
        _add(errors, "options", N_("Two options have the same name."))


def _check_variants(draft: ProductDraft, errors: Errors) -> None:
    if not draft.variants:
        _add(errors, "variants", N_("A product needs at least one variant."))
    if len(draft.variants) > MAX_VARIANTS:
        _add(errors, "variants", N_("A product has at most 250 variants."))
    seen: set[tuple[str, ...]] = set()
    for index, variant in enumerate(draft.variants):
        place = f"variants.{index}"
        values = tuple(value.strip() for value in variant.option_values)
        if len(values) != len(draft.option_names) or any(
            not value or len(value) > MAX_OPTION_TEXT for value in values
        ):
            _add(errors, place, N_("A value is missing for one of the options."))
        if values in seen:
            _add(errors, place, N_("Two variants have the same option values."))
        seen.add(values)
        _check_figures(variant, place, errors)


def _check_figures(variant: VariantDraft, place: str, errors: Errors) -> None:
    if not 0 <= variant.price_amount <= MAX_AMOUNT:
        _add(errors, f"{place}.price_amount", N_("This price is out of range."))
    compare_at = variant.compare_at_amount
    if compare_at is not None and not variant.price_amount < compare_at <= MAX_AMOUNT:
        _add(errors, f"{place}.compare_at_amount", N_("The compare-at price must be above the price."))
    if variant.stock is not None and not 0 <= variant.stock <= MAX_STOCK:
        _add(errors, f"{place}.stock", N_("Enter a stock of 0 or more."))
    if not 0 <= variant.weight_grams <= MAX_WEIGHT_GRAMS:
        _add(errors, f"{place}.weight_grams", N_("Enter a weight of 0 or more."))
    if len(variant.sku or "") > MAX_CODE:
        _add(errors, f"{place}.sku", N_("This SKU is too long: at most 255 characters."))
    if barcode_kind(variant.barcode or "") not in (BarcodeKind.OK, BarcodeKind.EMPTY):
        _add(
            errors,
            f"{place}.barcode",
            N_("This is not a valid GTIN: 8, 12, 13 or 14 digits, the last one checks the others."),
        )
