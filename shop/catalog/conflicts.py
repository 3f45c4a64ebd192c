"""Two staff edit one product: the second is told what the first changed, and loses nothing of their own.

A form carries, signed, the facts that it was opened with. When somebody saved since, they are compared with
what the product is now. A field that the second left as it was takes what the first put there; a field that
both changed keeps what the second typed, and is told, so that saving again overwrites it knowingly.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from shop.catalog.conflict_options import Mine, take_options
from shop.catalog.descriptions import editable_description
from shop.catalog.facts import Difference, Facts, differences
from shop.catalog.history_queries import Act
from shop.catalog.models import Product
from shop.catalog.product_form import ProductForm
from shop.catalog.typed_lists import join_values
from shop.catalog.variant_form import OptionFields, VariantFields
from shop.core.signing import BadLink, Signer

PURPOSE = "product-form-as-opened"
KEPT_S = 7 * 24 * 3600

TEXTS = ("title", "slug", "vendor", "product_type")
FIGURE_FIELDS = {
    "price": "price_amount", "compare_at": "compare_at_amount", "sku": "sku", "barcode": "barcode",
    "weight": "weight_grams", "picture": "picture", "stock": "stock",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a product was when its form was opened, and when that was."""

    opened_at: dt.datetime
    facts: Facts
    collection_ids: frozenset[int]
    options: Sequence[OptionFields]


class Current(Protocol):
    """What a product is now."""

    @property
    def product(self) -> Product:
        """The product with its variants and pictures."""

    @property
    def facts(self) -> Facts:
        """Its facts."""

    @property
    def collection_ids(self) -> Sequence[int]:
        """Where it stands."""


@dataclass(frozen=True, slots=True)
class Told:
    """A difference to tell: what changed, by whom and when, and whether the second's own value stands in the form."""

    change: Difference
    act: Act | None
    is_mine_kept: bool


def write_snapshot(signer: Signer, current: Current, fresh: ProductForm, now: dt.datetime) -> str:
    """Return what a product is, and the options that ``fresh``, its form, shows, as a signed text."""
    options = [asdict(option) for option in fresh.options]
    return signer.sign(
        PURPOSE,
        [current.product.id, now.isoformat(), current.facts, sorted(current.collection_ids), options],
    )


def read_snapshot(signer: Signer, product_id: int, text: str) -> Snapshot | None:
    """Return what a form of this product was opened with, or None when that is not known any more."""
    try:
        owner, opened_at, facts, collection_ids, options = signer.read(PURPOSE, text, max_age_s=KEPT_S)
    except BadLink:
        return None
    if owner != product_id:
        return None
    return Snapshot(
        dt.datetime.fromisoformat(opened_at),
        facts,
        frozenset(collection_ids),
        [OptionFields(**option) for option in options],
    )


def tell_changes(
    form: ProductForm, opened: Snapshot, current: Current, fresh: ProductForm, acts: Sequence[Act]
) -> list[Told]:
    """Bring what was not touched in ``form`` up to date and return all that has changed since it was opened.

    ``fresh`` is a form of the product as it is now.
    """
    now = current.facts
    mine = _take_texts(form, opened.facts, now)
    mine |= take_options(
        form, opened.options, opened.facts, fresh, own_rows=_own_rows(form, opened.facts, now)
    )
    mine |= _take_rows(form, opened.facts, now, fresh)
    mine |= _take_pictures(form, opened.facts, now)
    _take_collections(form, opened, set(current.collection_ids))
    return [
        Told(change, _act_behind(change, acts), (change.field, change.variant_id) in mine)
        for change in differences(opened.facts, now)
    ]


def _act_behind(change: Difference, acts: Sequence[Act]) -> Act | None:
    for act in acts:
        if change.key in act.fields:
            return act
    return None


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _texts_of(facts: Mapping[str, Any], other_language: str) -> dict[str, tuple[str, str]]:
    """Return what each plain field shows, with the fact behind it."""
    other = facts["translations"].get(other_language, {})
    return {
        **{name: (facts[name], name) for name in TEXTS},
        "tags": (join_values(facts["tags"]), "tags"),
        "description": (editable_description(facts["description_html"]), "description_html"),
        "other_title": (other.get("title", ""), "translations"),
        "other_description": (editable_description(other.get("description_html", "")), "translations"),
    }


def _take_texts(form: ProductForm, was: Facts, now: Facts) -> Mine:
    mine: Mine = set()
    before, after = _texts_of(was, form.other_language), _texts_of(now, form.other_language)
    for name, (shown, fact) in before.items():
        current = after[name][0]
        if name not in form.texts:
            continue
        if _lines(form.raw(name)) == _lines(shown):
            form.texts[name] = current
        elif current != shown and _lines(form.raw(name)) != _lines(current):
            mine.add((fact, None))
    return mine


def _own_rows(form: ProductForm, was: Facts, now: Facts) -> list[VariantFields]:
    """Return the rows that only this form offers: new ones, and changed ones of variants that are gone."""
    return [
        row
        for row in form.rows
        if row.is_offered
        and row.variant_id not in now["variants"]
        and not _is_row_untouched(form, row, was["variants"].get(row.variant_id))
    ]


def _take_rows(form: ProductForm, was: Facts, now: Facts, fresh: ProductForm) -> Mine:
    mine: Mine = set()
    shown = {row.variant_id: row for row in fresh.rows if row.variant_id}
    for row in form.rows:
        old = was["variants"].get(row.variant_id)
        if old is None:
            continue
        if row.variant_id in shown:
            mine |= _take_row(form, row, old, shown[row.variant_id])
        elif _is_row_untouched(form, row, old):
            row.is_offered = False
        else:
            mine.add(("variant", row.variant_id))
    return mine | _add_new_rows(form, was, now, shown)


def _take_row(form: ProductForm, row: VariantFields, old: Mapping[str, Any], fresh: VariantFields) -> Mine:
    mine: Mine = set()
    for name, fact in FIGURE_FIELDS.items():
        if _is_untouched(form, row, name, old):
            setattr(row, name, getattr(fresh, name))
        elif getattr(row, name).strip() != getattr(fresh, name):
            mine.add((fact, row.variant_id))
    row.stock_seen = fresh.stock_seen  # it is told here, so what was typed over it is meant
    return mine


def _is_row_untouched(form: ProductForm, row: VariantFields, old: Mapping[str, Any] | None) -> bool:
    return old is not None and all(_is_untouched(form, row, name, old) for name in FIGURE_FIELDS)


def _is_untouched(form: ProductForm, row: VariantFields, name: str, old: Mapping[str, Any]) -> bool:
    value = old.get(FIGURE_FIELDS[name])
    if name in ("price", "compare_at"):
        shown = "" if value is None else form.amount_text(value)
    elif name == "weight":
        shown = str(value) if value else ""
    else:
        shown = "" if value is None else str(value)
    return bool(getattr(row, name).strip() == shown)


def _add_new_rows(form: ProductForm, was: Facts, now: Facts, shown: Mapping[str, VariantFields]) -> Mine:
    mine: Mine = set()
    for variant_id in now["variants"]:
        if variant_id in was["variants"]:
            continue
        row = shown[variant_id]
        place = next((one for one, other in enumerate(form.rows) if other.values == row.values), None)
        if place is None or (form.rows[place].is_offered and form.rows[place] != row):
            mine.add(("variant", variant_id))  # options of its own have no such row, or it was added here too
        else:
            form.rows[place] = row
    return mine


def _take_pictures(form: ProductForm, was: Facts, now: Facts) -> Mine:
    before = {key: (alt, texts) for key, alt, texts in was["pictures"]}
    after = {key: (alt, texts) for key, alt, texts in now["pictures"]}
    is_mine = _take_order(form, list(before), list(after))
    for row in form.pictures.rows:
        key = row.picture.get("key")
        if key not in before or key not in after:
            continue
        old, new = (
            (alt, texts.get(form.other_language, {}).get("alt", ""))
            for alt, texts in (before[key], after[key])
        )
        for name, was_text, text in zip(("alt", "other_alt"), old, new, strict=True):
            typed = getattr(row, name)
            if typed == was_text:
                setattr(row, name, text)
            elif text not in (was_text, typed):
                is_mine = True
    return {("pictures", None)} if is_mine else set()


def _take_order(form: ProductForm, before: Sequence[str], after: Sequence[str]) -> bool:
    """Let the pictures stand as they do now if the form left them in their order; return whether it keeps its own."""
    kept = [key for key in before if key in after]
    if kept == [key for key in after if key in kept]:
        return False
    keys = [str(row.picture.get("key")) for row in form.pictures.rows]
    if [key for key in keys if key in before] != [key for key in before if key in keys]:
        return True
    places = {key: place for place, key in enumerate(after)}
    form.pictures.rows.sort(key=lambda row: places.get(str(row.picture.get("key")), len(places)))
    for row in form.pictures.rows:
        row.position = ""
    return False


def _take_collections(form: ProductForm, opened: Snapshot, current: set[int]) -> None:
    form.collection_ids = (form.collection_ids | (current - opened.collection_ids)) - (
        opened.collection_ids - current
    )
