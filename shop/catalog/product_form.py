"""The product form: everything that was typed, whatever happens, and what it means.

The typed texts go through adapters into the JSON of ``ProductSchema``, which makes the draft. Names of
errors are those of the draft ("title", "variants.2.price_amount"), so that an error found by an
adapter, the schema or the service stands at the same cell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from shop.catalog.descriptions import editable_description
from shop.catalog.drafts import ProductDraft
from shop.catalog.models import MAX_OPTIONS, MAX_VARIANTS, Product
from shop.catalog.picture_form import PictureForm
from shop.catalog.rules import check_draft
from shop.catalog.schemas import ProductSchema
from shop.catalog.stock import StockChanged
from shop.catalog.typed_lists import join_values, split_values
from shop.catalog.variant_form import (
    OptionFields,
    VariantFields,
    row_data,
    row_of,
    typed_options,
    typed_rows,
)
from shop.catalog.variants import combinations, options_of, regrid
from shop.core.errors import Invalid
from shop.core.i18n import N_
from shop.core.money import exponent, to_decimal
from shop.web.forms import flatten_messages, id_or_none

PLAIN_TEXTS = (
    "title", "description", "slug", "version", "snapshot", "other_title", "other_description", "vendor",
    "product_type", "tags",
)  # fmt: skip


class ProductForm:
    """A product's form for one page: its currency, its language and the visitor's."""

    def __init__(self, *, currency: str, other_language: str, locale: str) -> None:
        self.currency = currency
        self.other_language = other_language
        self.locale = locale
        self.texts: dict[str, str] = {}
        self.options: list[OptionFields] = []
        self.grid_names: list[str] = []
        self.rows: list[VariantFields] = [VariantFields()]
        self.pictures = PictureForm()
        self.collection_ids: set[int] = set()
        self.errors: dict[str, list[str]] = {}
        self.sent_rows: list[int] = []
        self.is_asking_for_grid = False
        self.keeps_old_slug = True

    # What the field macros ask of a form.

    def raw(self, name: str) -> str:
        """Return what was typed into a plain field."""
        return self.texts.get(name, "")

    def is_ticked(self, name: str) -> bool:
        """Tell whether a plain box is ticked."""
        return name == "keeps_old_slug" and self.keeps_old_slug

    def add_error(self, name: str, msgid: str, **params: object) -> None:
        """Say what is wrong with a field, in the visitor's language."""
        self.errors.setdefault(name, []).append(gettext(msgid, **params))

    @property
    def option_slots(self) -> list[OptionFields]:
        """The options with empty ones behind them, three in all."""
        return [*self.options, *(OptionFields() for _ in range(MAX_OPTIONS - len(self.options)))]

    @property
    def typed_options(self) -> dict[str, list[str]]:
        """The options that have a name or values."""
        return {option.name: option.value_list for option in self.options}

    # Made of a product, or of what was sent.

    def read_product(self, product: Product, collection_ids: Sequence[int]) -> None:
        """Fill the form with a product as it is."""
        other = product.translations.get(self.other_language, {})
        self.texts = {
            "title": product.title,
            "description": editable_description(product.description_html),
            "slug": product.slug,
            "version": str(product.version),
            "vendor": product.vendor,
            "product_type": product.product_type,
            "tags": join_values(product.tags),
            "other_title": other.get("title", ""),
            "other_description": editable_description(other.get("description_html", "")),
        }
        self._read_options(product, other.get("options", {}))
        self._read_variants(product)
        self.pictures.read_pictures(product.pictures, self.other_language)
        self.collection_ids = set(collection_ids)

    def _read_options(self, product: Product, other: Mapping[str, str]) -> None:
        spanned = options_of(product.option_names, [variant.option_values for variant in product.variants])
        self.grid_names = list(product.option_names)
        self.options = [
            OptionFields(
                name=name,
                values=join_values(values),
                other_name=other.get(name, ""),
                other_values=join_values([other.get(value, value) for value in values])
                if any(value in other for value in values)
                else "",
                has_swatches=any(value in product.swatches for value in values),
                swatches={value: product.swatches[value] for value in values if value in product.swatches},
            )
            for name, values in spanned.items()
        ]

    def _read_variants(self, product: Product) -> None:
        keys = {picture.id: str(picture.picture.get("key", "")) for picture in product.pictures}
        self.rows = [
            row_of(variant, keys.get(variant.picture_id or 0, ""), self.amount_text)
            for variant in product.variants
        ]
        there = {row.values for row in self.rows}
        spanned = options_of(self.grid_names, [row.values for row in self.rows])
        if self.grid_names and _size(spanned) <= MAX_VARIANTS:
            missing = [values for values in combinations(spanned) if values not in there]
            self.rows += [VariantFields(values=values, is_offered=False) for values in missing]

    def read_typed(self, typed: "MultiDict[str, str]") -> None:
        """Fill the form with what was sent."""
        self.texts = {name: typed[name].strip() for name in PLAIN_TEXTS if name in typed}
        # What a script or another form leaves out stays as it is.
        self.keeps_old_slug = typed.get("keeps_old_slug") == "1" or "slug" not in typed
        ids = [id_or_none(text) for text in typed.getlist("collection")]
        self.collection_ids = {key for key in ids if key is not None}
        self.options = typed_options(typed)
        self.grid_names = [name for name in typed.getlist("grid-name") if name][:MAX_OPTIONS]
        self.rows = typed_rows(typed, options=len(self.grid_names))
        if not self.rows:  # no browser sends a grid without rows
            self.grid_names, self.rows = [], [VariantFields()]

    # The grid.

    @property
    def grid_options(self) -> dict[str, list[str]]:
        """The options that the rows were made for."""
        return options_of(self.grid_names, [row.values for row in self.rows])

    @property
    def follows_options(self) -> bool:
        """Whether the rows are the ones of the typed options."""
        return list(self.grid_options.items()) == list(self.typed_options.items())

    def update_grid(self) -> bool:
        """Make the rows follow the typed options, keeping what was typed in them; False when they cannot."""
        options = self.typed_options
        if len(options) < len(self.options):
            self.add_error("options", N_("Two options have the same name."))
        for name, values in options.items():
            if not name:
                self.add_error("options", N_("Give each option a name."))
            if not values:
                self.add_error("options", N_("Give each option at least one value."))
        if _size(options) > MAX_VARIANTS:
            self.add_error(
                "options",
                N_("These options make %(count)s variants; a product has at most 250."),
                count=_size(options),
            )
        if self.errors.get("options"):
            return False
        placements = regrid([row.values for row in self.rows], self.grid_options, options)
        rows = []
        for placement in placements:
            if placement.source is not None:
                rows.append(replace(self.rows[placement.source], values=placement.values))
                continue
            like = VariantFields() if placement.like is None else self.rows[placement.like]
            rows.append(
                VariantFields(
                    values=placement.values,
                    price=like.price,
                    compare_at=like.compare_at,
                    weight=like.weight,
                    picture=like.picture,
                    stock="0" if like.stock else "",
                )
            )
        self.rows = rows
        self.grid_names = list(options)
        return True

    # What it means.

    def draft(self) -> ProductDraft | None:
        """Return the draft that the form describes, or None with its errors said."""
        self.sent_rows = [number for number, row in enumerate(self.rows) if row.is_offered]
        data: dict[str, Any] = {
            "title": self.raw("title"),
            "description_html": self.raw("description"),
            "slug": self.raw("slug") or None,
            "option_names": self.grid_names,
            "variants": [
                row_data(self.rows[number], f"variants.{number}", self) for number in self.sent_rows
            ],
            **self._sorting_texts(),
            "translations": {self.other_language: self._other_texts()},
            "swatches": self._swatches(),
            "collection_ids": sorted(self.collection_ids),
        }
        try:
            draft: ProductDraft = ProductSchema().load(data)
        except ValidationError as error:
            self._add_schema_errors(error.normalized_messages())  # type: ignore[no-untyped-call]
            return None
        draft = replace(
            draft,
            pictures=self.pictures.drafts(self.other_language),
            keeps_old_slug=self.keeps_old_slug,
        )
        if not self.errors:
            return draft
        self._add_further_errors(check_draft(draft))
        return None

    def _add_further_errors(self, found: Mapping[str, list[str]]) -> None:
        """Say all else that is wrong at once, but nothing that only follows from a price that could not be read."""
        said = set(self.errors)
        for name, msgids in found.items():
            place = self._place(name)
            price = place.replace(".compare_at_amount", ".price_amount")
            if place not in said and price not in said:
                self._add_msgids(place, msgids)

    def _other_texts(self) -> dict[str, Any]:
        options: dict[str, str] = {}
        for option in self.options:
            if option.other_name.strip():
                options[option.name] = option.other_name.strip()
            translated = split_values(option.other_values)
            if translated and len(translated) != len(option.value_list):
                self.add_error("other_options", N_("Give as many translated values as there are values."))
            options |= {
                value: other
                for value, other in zip(option.value_list, translated, strict=False)
                if value != other
            }
        return {
            "title": self.raw("other_title"),
            "description_html": self.raw("other_description"),
            "options": options,
        }

    def _sorting_texts(self) -> dict[str, Any]:
        """Return what a product is sorted by, as far as it was sent."""
        data: dict[str, Any] = {
            name: self.texts[name] for name in ("vendor", "product_type") if name in self.texts
        }
        if "tags" in self.texts:
            data["tags"] = split_values(self.texts["tags"])
        return data

    def _swatches(self) -> dict[str, str]:
        shown = [option for option in self.options if option.has_swatches]
        return {value: option.swatch_of(value) for option in shown for value in option.value_list}

    # What was refused.

    def _add_schema_errors(self, messages: Mapping[str, Any]) -> None:
        for name, found in messages.items():
            if name != "variants" or not isinstance(found, Mapping):
                self._add_msgids(name, flatten_messages(found))
                continue
            for index, inner in found.items():
                place = f"variants.{self.sent_rows[int(index)]}"
                for key, texts in inner.items() if isinstance(inner, Mapping) else [("", inner)]:
                    is_missing_price = key == "price_amount"
                    msgids = [N_("Enter a price.")] if is_missing_price else flatten_messages(texts)
                    self._add_msgids(f"{place}.{key}".rstrip("."), msgids)

    def add_invalid(self, invalid: Invalid) -> None:
        """Say at each field what the service refused."""
        for name, msgids in invalid.errors.items():
            self._add_msgids(self._place(name), msgids)

    def _place(self, name: str) -> str:
        """Return the form's name of a draft's field: rows that are not offered are not in the draft."""
        first, _, rest = name.partition(".")
        index, _, key = rest.partition(".")
        if first != "variants" or not index.isdigit():
            return name
        return f"variants.{self.sent_rows[int(index)]}" + (f".{key}" if key else "")

    def _add_msgids(self, name: str, msgids: Sequence[str]) -> None:
        for msgid in msgids:
            self.add_error(name, msgid)

    def add_stock_changes(self, changed: StockChanged) -> None:
        """Say at each cell which stock a sale has left, so that sending again is a decision."""
        for number, row in enumerate(self.rows):
            variant_id = id_or_none(row.variant_id)
            if variant_id is None or variant_id not in changed.stocks:
                continue
            stock = changed.stocks[variant_id]
            row.stock_seen = "" if stock is None else str(stock)
            if stock is None:
                self.add_error(
                    f"variants.{number}.stock", N_("It has been set to unlimited since you opened this page.")
                )
            else:
                self.add_error(
                    f"variants.{number}.stock",
                    N_("It is %(stock)s now: something was sold meanwhile."),
                    stock=stock,
                )

    def amount_text(self, amount: int) -> str:
        """Return an amount as it would be typed in the visitor's language: "12,00"."""
        text = f"{to_decimal(amount, self.currency):.{exponent(self.currency)}f}"
        return text.replace(".", ",") if self.locale.startswith("fr") else text


def _size(options: Mapping[str, Sequence[str]]) -> int:
    size = 1
    for values in options.values():
        size *= len(values)
    return size
