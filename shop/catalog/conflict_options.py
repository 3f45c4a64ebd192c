"""Options of a product that two edit at once: taken over where a form has them as it was opened, else its own."""

from collections.abc import Sequence
from dataclasses import replace

from shop.catalog.facts import Facts
from shop.catalog.product_form import ProductForm
from shop.catalog.typed_lists import split_values
from shop.catalog.variant_form import OptionFields, VariantFields
from shop.catalog.variants import regrid

Mine = set[tuple[str, str | None]]
"""Facts, with the variant's id, of which the form keeps another value than the product has."""


def take_options(
    form: ProductForm,
    opened: Sequence[OptionFields],
    was: Facts,
    fresh: ProductForm,
    *,
    own_rows: Sequence[VariantFields],
) -> Mine:
    """Bring the options of ``form`` up to what ``fresh`` shows and return in what it keeps its own.

    ``opened`` and ``was`` are the options and facts that the form was opened with. Names and values are taken
    together, since the rows of variants follow them, and only if ``own_rows`` have a place then. The rows'
    figures stay as they are.
    """
    mine: Mine = set()
    rows = _rows_for(form, opened, was, fresh, own_rows=own_rows)
    if rows is None:
        mine |= _own_names(form, fresh)
        shown = form.options
    else:
        form.rows, form.grid_names = rows, list(fresh.grid_names)
        shown = fresh.options
    form.options = [
        _merge(option, [_find_like(option, place, len(shown), some) for some in versions], mine)
        for versions in [(form.options, opened, fresh.options)]
        for place, option in enumerate(shown)
    ]
    return mine


def _rows_for(
    form: ProductForm,
    opened: Sequence[OptionFields],
    was: Facts,
    fresh: ProductForm,
    *,
    own_rows: Sequence[VariantFields],
) -> list[VariantFields] | None:
    """Return the form's rows for the options as they are now, or None when it must keep options of its own."""
    titles = {key: facts["title"] for key, facts in was["variants"].items()}
    is_touched = any(titles.get(row.variant_id, row.title) != row.title for row in form.rows)
    if is_touched or _grid(form.options) != _grid(opened):
        return None
    there = {row.variant_id: row for row in form.rows if row.variant_id}
    known = {row.variant_id for row in fresh.rows if row.variant_id}
    others = {
        placement.values: form.rows[placement.source]
        for placement in regrid([row.values for row in form.rows], form.grid_options, fresh.grid_options)
        if placement.source is not None and form.rows[placement.source].variant_id not in known
    }
    if not all(any(row is other for other in others.values()) for row in own_rows):
        return None
    return [
        replace(there.get(row.variant_id) or others.get(row.values) or row, values=row.values)
        for row in fresh.rows
    ]


def _grid(options: Sequence[OptionFields]) -> list[tuple[str, list[str]]]:
    return [(option.name, option.value_list) for option in options]


def _own_names(form: ProductForm, fresh: ProductForm) -> Mine:
    now = {row.variant_id: row.title for row in fresh.rows}
    mine: Mine = {
        ("title", row.variant_id) for row in form.rows if now.get(row.variant_id, row.title) != row.title
    }
    return mine if form.grid_names == fresh.grid_names else mine | {("option_names", None)}


def _find_like(
    option: OptionFields, place: int, count: int, options: Sequence[OptionFields]
) -> OptionFields | None:
    named = next((one for one in options if one.name == option.name), None)
    return named or (options[place] if len(options) == count else None)


def _merge(option: OptionFields, versions: Sequence[OptionFields | None], mine: Mine) -> OptionFields:
    """Return ``option`` with translation and colours: the form's own, or the product's where they were not touched."""
    own, old, new = versions
    if own is None or old is None or new is None:
        return own or option
    merged = replace(own, name=option.name, values=option.values, swatches=_renamed(own, option))
    fits = new.value_list == option.value_list
    if fits and _translation(own) == _translation(old):
        merged.other_name, merged.other_values = new.other_name, new.other_values
    elif _translation(new) not in (_translation(old), _translation(own)):
        mine.add(("translations", None))
    if fits and _colors(own) == _colors(old):
        merged.has_swatches, merged.swatches = new.has_swatches, dict(new.swatches)
    elif _colors(new) not in (_colors(old), _colors(own)):
        mine.add(("swatches", None))
    return merged


def _renamed(own: OptionFields, option: OptionFields) -> dict[str, str]:
    if len(own.value_list) != len(option.value_list):
        return dict(own.swatches)
    pairs = zip(own.value_list, option.value_list, strict=True)
    return {**own.swatches, **{value: own.swatch_of(old) for old, value in pairs}}


def _translation(option: OptionFields) -> tuple[str, list[str]]:
    return option.other_name.strip(), split_values(option.other_values)


def _colors(option: OptionFields) -> list[str]:
    return [option.swatch_of(value).lower() for value in option.value_list] if option.has_swatches else []
