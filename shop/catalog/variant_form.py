"""Options and rows of the grid as they were typed, and how a browser names their fields."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from werkzeug.datastructures import MultiDict

from shop.catalog.models import MAX_OPTIONS, MAX_VARIANTS, Variant
from shop.catalog.typed_lists import split_values
from shop.core.errors import DomainError
from shop.core.money import check_price, parse_amount
from shop.web.forms import BadText, id_or_none, integer_adapter

FIGURES = ("price", "compare_at", "sku", "barcode", "stock", "weight")
NAMES = {"price": "price_amount", "compare_at": "compare_at_amount", "weight": "weight_grams"}
"""The draft's names of those that are called otherwise there."""

_ROW = re.compile(r"variant-(\d{1,4})-price")
_DEFAULT_SWATCH = "#888888"


@dataclass
class OptionFields:
    """One option as typed: its values separated by commas, the same in the other language, its colours."""

    name: str = ""
    values: str = ""
    other_name: str = ""
    other_values: str = ""
    has_swatches: bool = False
    swatches: dict[str, str] = field(default_factory=dict)

    @property
    def value_list(self) -> list[str]:
        """The values, each once, in their order."""
        return list(dict.fromkeys(split_values(self.values)))

    def swatch_of(self, value: str) -> str:
        """The colour chosen for a value, grey until one is."""
        return self.swatches.get(value, _DEFAULT_SWATCH)


@dataclass
class VariantFields:
    """One row of the grid as typed; ``stock`` empty is unlimited, ``stock_seen`` None is a new variant."""

    values: tuple[str, ...] = ()
    variant_id: str = ""
    is_offered: bool = True
    price: str = ""
    compare_at: str = ""
    sku: str = ""
    barcode: str = ""
    stock: str = ""
    stock_seen: str | None = None
    weight: str = ""
    picture: str = ""

    @property
    def title(self) -> str:
        """The values as one text."""
        return " / ".join(self.values)


def typed_options(typed: "MultiDict[str, str]") -> list[OptionFields]:
    """Return the options that have a name or values."""
    return [option for place in range(MAX_OPTIONS) if (option := _typed_option(typed, place)) is not None]


def typed_rows(typed: "MultiDict[str, str]", *, options: int) -> list[VariantFields]:
    """Return the rows of a grid with so many options, in the order of their numbers."""
    numbers = sorted({int(found[1]) for key in typed if (found := _ROW.fullmatch(key))})[: MAX_VARIANTS + 1]
    return [_typed_row(typed, number, options) for number in numbers]


def _typed_option(typed: "MultiDict[str, str]", place: int) -> OptionFields | None:
    prefix = f"option-{place}-"
    option = OptionFields(
        name=typed.get(f"{prefix}name", "").strip(),
        values=typed.get(f"{prefix}values", "").strip(),
        other_name=typed.get(f"{prefix}other_name", ""),
        other_values=typed.get(f"{prefix}other_values", ""),
        has_swatches=typed.get(f"{prefix}has_swatches") == "1",
    )
    colors = zip(typed.getlist(f"{prefix}swatch-value"), typed.getlist(f"{prefix}swatch"), strict=False)
    option.swatches = {value: color.lower() for value, color in colors}
    return option if option.name or option.values else None


def _typed_row(typed: "MultiDict[str, str]", number: int, options: int) -> VariantFields:
    prefix = f"variant-{number}-"
    values = [text.strip() for text in typed.getlist(f"{prefix}value")]
    return VariantFields(
        values=tuple((values + [""] * options)[:options]),
        variant_id=typed.get(f"{prefix}id", ""),
        is_offered=not options or typed.get(f"{prefix}offered") == "1",
        stock_seen=typed.get(f"{prefix}stock_seen"),
        picture=typed.get(f"{prefix}picture", ""),
        **{name: typed.get(f"{prefix}{name}", "") for name in FIGURES},
    )


def row_of(variant: Variant, picture_key: str, amount_text: Callable[[int], str]) -> VariantFields:
    """Return a variant as the row that it is edited in."""
    compare_at, stock = variant.compare_at_amount, variant.stock
    return VariantFields(
        values=tuple(variant.option_values),
        variant_id=str(variant.id),
        price=amount_text(variant.price_amount),
        compare_at="" if compare_at is None else amount_text(compare_at),
        sku=variant.sku or "",
        barcode=variant.barcode or "",
        stock="" if stock is None else str(stock),
        stock_seen="" if stock is None else str(stock),
        weight=str(variant.weight_grams) if variant.weight_grams else "",
        picture=picture_key,
    )


class TellsErrors(Protocol):
    """A form that a row belongs to."""

    currency: str
    locale: str
    errors: dict[str, list[str]]

    def add_error(self, name: str, msgid: str, **params: object) -> None:
        """Say what is wrong with a field."""


def row_data(row: VariantFields, place: str, form: TellsErrors) -> dict[str, Any]:
    """Return a row as JSON for ``VariantSchema``; what cannot be read is said to ``form`` under ``place``."""
    adapters: dict[str, Callable[[str], Any]] = {
        "price": lambda text: check_price(parse_amount(text, form.currency, form.locale), form.currency),
        "compare_at": lambda text: parse_amount(text, form.currency, form.locale),
        "stock": integer_adapter,
        "weight": integer_adapter,
    }
    data: dict[str, Any] = {"option_values": list(row.values), "picture_key": row.picture or None}
    variant_id = id_or_none(row.variant_id)
    if variant_id is not None:
        data["id"] = variant_id
    for name in FIGURES:
        text = getattr(row, name).strip()
        key = NAMES.get(name, name)
        if not text:
            data |= {} if name in ("price", "weight") else {key: None}
            continue
        try:
            data[key] = adapters.get(name, str)(text)
        except BadText as error:
            form.add_error(f"{place}.{key}", str(error))
        except DomainError as error:
            form.add_error(f"{place}.{key}", error.msgid, **error.params)
        if form.errors.get(f"{place}.{key}") and name == "price":
            data[key] = 0  # said already; the schema shall look at the rest
    if row.stock_seen is not None:
        data["stock_seen"] = id_or_none(row.stock_seen.strip())
    return data
