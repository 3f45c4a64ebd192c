"""Variants: how a grid follows its options, and how drafts become rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product as cartesian

from sqlalchemy.orm import Session

from shop.catalog.drafts import StockRule, VariantDraft
from shop.catalog.models import Product, Variant
from shop.catalog.stock import StockChanged

Options = Mapping[str, Sequence[str]]
"""Option names in their order, each with its values in their order."""


def combinations(options: Options) -> Iterator[tuple[str, ...]]:
    """Yield every combination of the options' values, the last option changing fastest; one of () without options."""
    return cartesian(*options.values())


def options_of(names: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    """Return the options that ``rows`` of values span, each value where it first appears."""
    return {name: list(dict.fromkeys(row[place] for row in rows)) for place, name in enumerate(names)}


@dataclass(frozen=True, slots=True)
class Placement:
    """A row of a new grid: the old row that it continues (``source``), or the one that it starts from (``like``)."""

    values: tuple[str, ...]
    source: int | None
    like: int | None


def regrid(rows: Sequence[tuple[str, ...]], before: Options, after: Options) -> list[Placement]:
    """Return the grid for the options ``after``, made from ``rows`` of values for the options ``before``.

    A value or name replaced at its place is taken for a renaming, so its variants stay the same ones.
    A new combination starts from the nearest old row.
    """
    places = _places(before, after)
    renamed = {
        place: _renamings(list(before.values())[old], list(after.values())[place])
        for place, old in places.items()
    }
    followed = [
        {place: renamed[place].get(row[old], row[old]) for place, old in places.items()} for row in rows
    ]
    waiting = list(range(len(rows)))
    grid = []
    for values in combinations(after):
        likeness = [sum(value == values[place] for place, value in row.items()) for row in followed]
        source = next((index for index in waiting if likeness[index] == len(places)), None)
        if source is not None:
            waiting.remove(source)
        nearest = max(range(len(rows)), key=lambda index: likeness[index], default=None)
        grid.append(Placement(values, source, nearest))
    return grid


def _places(before: Options, after: Options) -> dict[int, int]:
    """Return, for each option of ``after``, the place it had before: by name, else by place if that is free."""
    old_names = list(before)
    found = {place: old_names.index(name) for place, name in enumerate(after) if name in before}
    for place in range(len(after)):
        if (
            place not in found
            and place < len(old_names)
            and place not in found.values()
            and old_names[place] not in after
        ):
            found[place] = place
    return found


def _renamings(before: Sequence[str], after: Sequence[str]) -> dict[str, str]:
    if len(before) != len(after):
        return {}
    pairs = zip(before, after, strict=True)
    return {old: new for old, new in pairs if old not in after and new not in before}


def write_variants(session: Session, product: Product, drafts: Sequence[VariantDraft]) -> bool:
    """Make the variants of ``product`` (loaded and locked) what ``drafts`` say; return whether any changed.

    Kept variants keep their ids, so carts and orders still know them. Stock moves by the drafts' rule;
    StockChanged names every variant whose stock is not the one that was shown.
    """
    pairs = _pair(product.variants, drafts)
    kept = {variant.id for variant, _ in pairs if variant is not None}
    removed = [variant for variant in product.variants if variant.id not in kept]
    for variant in removed:
        product.variants.remove(variant)
    if removed:
        session.flush()  # before the updates: a new value may be one that a removed variant had
    _make_way(session, pairs)
    moved = {
        variant.id: variant.stock
        for variant, draft in pairs
        if variant is not None and _was_sold(variant, draft)
    }
    if moved:
        raise StockChanged(moved)
    changed = bool(removed)
    rows = []
    for position, (known, draft) in enumerate(pairs, start=1):
        row = known or Variant(stock=draft.stock)
        _apply(row, draft, position, is_new=known is None)
        changed = changed or known is None or session.is_modified(row)
        rows.append(row)
    product.variants[:] = rows
    return changed


def _was_sold(variant: Variant, draft: VariantDraft) -> bool:
    """Tell whether a new stock was typed over one that is no longer the stock."""
    if isinstance(draft.stock_seen, StockRule) or draft.stock == draft.stock_seen:
        return False
    return variant.stock != draft.stock_seen


def _pair(
    existing: Sequence[Variant], drafts: Sequence[VariantDraft]
) -> list[tuple[Variant | None, VariantDraft]]:
    by_id = {variant.id: variant for variant in existing}
    claimed = {draft.variant_id for draft in drafts if draft.variant_id in by_id}
    by_values = {
        (variant.option1, variant.option2, variant.option3): variant
        for variant in existing
        if variant.id not in claimed
    }
    pairs: list[tuple[Variant | None, VariantDraft]] = []
    for draft in drafts:
        variant = by_id.get(draft.variant_id) if draft.variant_id is not None else None
        pairs.append((variant or by_values.pop(_columns(draft), None), draft))
    return pairs


def _columns(draft: VariantDraft) -> tuple[str, str, str]:
    first, second, third = (*(value.strip() for value in draft.option_values), "", "", "")[:3]
    return first, second, third


def _make_way(session: Session, pairs: Sequence[tuple[Variant | None, VariantDraft]]) -> None:
    """Give variants that swap values a passing name, since the database compares row by row."""
    current = {
        (variant.option1, variant.option2, variant.option3): variant.id
        for variant, _ in pairs
        if variant is not None
    }
    blocking = {
        current[_columns(draft)]
        for variant, draft in pairs
        if current.get(_columns(draft), variant.id if variant else None) != (variant.id if variant else None)
    }
    for variant, _ in pairs:
        if variant is not None and variant.id in blocking:
            variant.option1 = f"\x02{variant.id}"
    if blocking:
        session.flush()


def _apply(variant: Variant, draft: VariantDraft, position: int, *, is_new: bool) -> None:
    variant.position = position
    variant.option1, variant.option2, variant.option3 = _columns(draft)
    variant.price_amount = draft.price_amount
    variant.compare_at_amount = draft.compare_at_amount
    variant.sku = (draft.sku or "").strip() or None
    variant.barcode = draft.barcode or None
    variant.weight_grams = draft.weight_grams
    if is_new or draft.stock_seen is StockRule.KEEP or draft.stock == draft.stock_seen:
        return
    variant.stock = draft.stock
