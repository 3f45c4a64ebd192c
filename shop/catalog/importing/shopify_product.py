"""Makes one product of the rows of its handle, or tells which rows keep it out.

What belongs to the product is taken from the first row that says it, since later rows leave it blank.
"""

from collections.abc import Sequence

from shop.catalog.importing.cells import (
    looks_garbled,
    read_picture_url,
    read_whole,
    read_yes_no,
    slug_of,
    split_list,
)
from shop.catalog.importing.records import PictureRecord, ProductRecord, RecordStatus, VariantRecord
from shop.catalog.importing.shopify_columns import MAX_OPTIONS, OPTION_NUMBERS
from shop.catalog.importing.shopify_reading import Reading, RowIssues
from shop.catalog.importing.shopify_variant import read_variant
from shop.catalog.importing.spool import SourceRow

MAX_ROWS = 3_000
"""Rows of one product that are looked at; more keep it out, so that one handle cannot fill the memory."""
MAX_VARIANTS = 250
MAX_PICTURES = 100
MAX_TAGS = 250
MAX_SHORT_TEXT = 255
MAX_ALT = 512
MAX_SEO_DESCRIPTION = 1_000
MAX_DESCRIPTION = 500_000
NO_OPTIONS = "default title"
"""What Shopify writes as the only value of the option "Title" of a product without options."""

_VARIANT_FIELDS = frozenset({"price", "sku", *(f"option{n}" for n in OPTION_NUMBERS)})
_STATUSES = {
    "active": RecordStatus.PUBLISHED,
    "published": RecordStatus.PUBLISHED,
    "draft": RecordStatus.DRAFT,
    "unlisted": RecordStatus.DRAFT,
    "archived": RecordStatus.ARCHIVED,
}


def is_variant(row: SourceRow) -> bool:
    """Tell whether a row is a variant: it has an option value, a price or a SKU."""
    return not _VARIANT_FIELDS.isdisjoint(row.cells)


class ProductBuilder:
    """Reads the rows of one handle; faults and warnings go to the report."""

    def __init__(
        self, reading: Reading, handle: str, rows: Sequence[SourceRow], *, is_too_long: bool
    ) -> None:
        self._reading = reading
        self._handle = handle
        self._rows = rows
        self._is_too_long = is_too_long
        self._issues = RowIssues(reading.columns, reading.report)
        self._option_numbers = [n for n in OPTION_NUMBERS if f"option{n}" in reading.columns]

    def build(self) -> ProductRecord | None:
        """Return the product, None when any of its rows has a fault."""
        self._check_rows()
        slug = self._read_slug()
        title = self._read_title()
        options = self._read_options()
        variants = self._read_variants(options)
        self._warn_of_gift_card()
        record = ProductRecord(
            handle=self._handle,
            slug=slug,
            title=title,
            description_html=self._bounded("body", MAX_DESCRIPTION),
            vendor=self._bounded("vendor", MAX_SHORT_TEXT),
            product_type=self._read_type(),
            tags=self._read_tags(),
            status=self._read_status(),
            options=tuple(name for _, name in options),
            variants=variants,
            pictures=self._read_pictures(),
            collections=tuple(split_list(self._first("collection")[1])),
            seo_title=self._cut("seo_title", MAX_SHORT_TEXT),
            seo_description=self._cut("seo_description", MAX_SEO_DESCRIPTION),
            rows=tuple(row.row for row in self._rows),
        )
        return None if self._issues.has_rejected else record

    def _first(self, field: str) -> tuple[SourceRow, str]:
        row = next((row for row in self._rows if field in row.cells), self._rows[0])
        return row, row[field]

    def _check_rows(self) -> None:
        first = self._rows[0].row
        if self._is_too_long:
            self._issues.reject(first, "handle", "too_many_rows", self._handle, limit=MAX_ROWS)
        for row in self._rows:
            if row.overflow:
                self._issues.reject(row.row, "handle", "too_wide", row.overflow)
            elif row.is_short:
                self._issues.warn(row.row, "handle", "row_short", row["handle"])

    def _read_slug(self) -> str:
        slug = slug_of(self._handle)
        own, taken = self._rows[0].row, self._reading.spool.first_row("slug", slug)
        if taken != own:
            self._issues.reject(own, "handle", "address_taken", self._handle, row=taken)
        if len(self._handle) > MAX_SHORT_TEXT:
            self._issues.reject(own, "handle", "too_long", self._handle, limit=MAX_SHORT_TEXT)
        return slug

    def _read_title(self) -> str:
        row, title = self._first("title")
        if not title:
            self._issues.reject(row.row, "title", "no_title", "")
        if looks_garbled(title):
            self._issues.warn(row.row, "title", "garbled", title)
        for other in self._rows:
            if other["title"] not in ("", title):
                self._issues.warn(other.row, "title", "title_differs", other["title"], row=row.row)
        return self._bounded("title", MAX_SHORT_TEXT)

    def _bounded(self, field: str, limit: int) -> str:
        row, text = self._first(field)
        if len(text) > limit:
            self._issues.reject(row.row, field, "too_long", text, limit=limit)
        return text

    def _cut(self, field: str, limit: int) -> str:
        row, text = self._first(field)
        if len(text) > limit:
            self._issues.warn(row.row, field, "cut", text, limit=limit)
        return text[:limit]

    def _read_type(self) -> str:
        # The category is a path of Shopify's own tree; its last step is what a shopper would call it.
        return (
            self._bounded("type", MAX_SHORT_TEXT)
            or self._first("category")[1].split(">")[-1].strip()[:MAX_SHORT_TEXT]
        )

    def _read_tags(self) -> tuple[str, ...]:
        row, text = self._first("tags")
        tags = split_list(text)
        if len(tags) > MAX_TAGS:
            self._issues.warn(row.row, "tags", "too_many_tags", text, limit=MAX_TAGS)
        return tuple(tag[:MAX_SHORT_TEXT] for tag in tags[:MAX_TAGS])

    def _read_status(self) -> RecordStatus:
        """Return the stricter of "Status" and "Published"; where both are silent Shopify publishes."""
        row, text = self._first("status")
        status = _STATUSES.get(text.casefold(), RecordStatus.DRAFT) if text else RecordStatus.PUBLISHED
        if text.casefold() == "unlisted":
            self._issues.warn(row.row, "status", "status_unlisted", text)
        elif text and text.casefold() not in _STATUSES:
            self._issues.warn(row.row, "status", "status_unknown", text)
        row, text = self._first("published")
        is_published = read_yes_no(text) if text else True
        if is_published is None:
            self._issues.warn(row.row, "published", "yes_no_bad", text, used="false")
        return status if is_published or status is not RecordStatus.PUBLISHED else RecordStatus.DRAFT

    def _warn_of_gift_card(self) -> None:
        row, text = self._first("gift_card")
        if read_yes_no(text):
            self._issues.warn(row.row, "gift_card", "gift_card", text)

    def _read_options(self) -> list[tuple[int, str]]:
        """Return the numbers and names of the options in use, in the file's order."""
        variants = [row for row in self._rows if is_variant(row)]
        used: list[tuple[int, str]] = []
        for number in self._option_numbers:
            name, value = f"option{number}_name", f"option{number}"
            names = [row for row in self._rows if row[name]]
            if not any(row[value] for row in variants):
                if names:
                    self._issues.warn(names[0].row, name, "option_unused", names[0][name])
                continue
            used.append((number, self._option_name(number, names, variants)))
        if len(used) == 1 and all(row[f"option{used[0][0]}"].casefold() == NO_OPTIONS for row in variants):
            return []
        self._check_option_names(used)
        if len(used) > MAX_OPTIONS:
            extra = f"option{used[MAX_OPTIONS][0]}"
            row = next(row for row in variants if row[extra])
            self._issues.reject(row.row, extra, "too_many_options", row[extra], limit=MAX_OPTIONS)
        return used[:MAX_OPTIONS]

    def _check_option_names(self, used: Sequence[tuple[int, str]]) -> None:
        seen: set[str] = set()
        for number, name in used:
            if name.casefold() in seen:
                field = f"option{number}_name"
                row, _ = self._first(field)
                self._issues.reject(row.row, field, "option_name_repeated", name)
            seen.add(name.casefold())

    def _option_name(self, number: int, named: Sequence[SourceRow], variants: Sequence[SourceRow]) -> str:
        field = f"option{number}_name"
        if not named:
            name = f"Option {number}"
            row = next(row for row in variants if row[f"option{number}"])
            if row[f"option{number}"].casefold() != NO_OPTIONS:
                self._issues.warn(row.row, field, "option_name_missing", "", name=name)
            return name
        first = named[0]
        for other in named:
            if other[field].casefold() != first[field].casefold():
                self._issues.warn(other.row, field, "option_name_differs", other[field], row=first.row)
        if len(first[field]) > MAX_SHORT_TEXT:
            self._issues.reject(first.row, field, "too_long", first[field], limit=MAX_SHORT_TEXT)
        return first[field]

    def _read_variants(self, options: Sequence[tuple[int, str]]) -> tuple[VariantRecord, ...]:
        rows = [row for row in self._rows if is_variant(row)]
        if not rows:
            self._issues.reject(self._rows[0].row, "price", "no_variant", "")
        if len(rows) > MAX_VARIANTS:
            self._issues.reject(
                rows[MAX_VARIANTS].row, "handle", "too_many_variants", self._handle, limit=MAX_VARIANTS
            )
            return ()
        seen: dict[tuple[str, ...], int] = {}
        variants: list[VariantRecord] = []
        for row in rows:
            values = self._option_values(row, options)
            if values is not None and seen.setdefault(values, row.row) != row.row:
                shown = " / ".join(values)
                self._issues.reject(
                    row.row, self._first_option(options), "repeated_options", shown, row=seen[values]
                )
            variant = read_variant(row, values or (), self._reading, self._issues)
            if variant is not None:
                variants.append(variant)
        return tuple(variants)

    @staticmethod
    def _first_option(options: Sequence[tuple[int, str]]) -> str:
        return f"option{options[0][0]}" if options else "option1"

    def _option_values(self, row: SourceRow, options: Sequence[tuple[int, str]]) -> tuple[str, ...] | None:
        values = []
        for number, name in options:
            value = row[f"option{number}"]
            if not value:
                self._issues.reject(row.row, f"option{number}", "option_missing", "", option=name)
                return None
            if len(value) > MAX_SHORT_TEXT:
                self._issues.reject(row.row, f"option{number}", "too_long", value, limit=MAX_SHORT_TEXT)
            if looks_garbled(value):
                self._issues.warn(row.row, f"option{number}", "garbled", value)
            values.append(value)
        return tuple(values)

    def _read_pictures(self) -> tuple[PictureRecord, ...]:
        found: dict[str, PictureRecord] = {}
        for row in self._rows:
            cell = row["picture"]
            if not cell:
                continue
            url = read_picture_url(cell)
            if not url:
                self._issues.warn(row.row, "picture", "picture_url_bad", cell)
                continue
            position = read_whole(row["picture_position"])
            alt = row["picture_alt"][:MAX_ALT]
            place = position if position is not None and position > 0 else len(found) + 1
            found.setdefault(url, PictureRecord(url, alt, place, row.row))
        # Positions may repeat, have gaps or be missing: order by them, then by the file, and count anew.
        ordered = sorted(found.values(), key=lambda picture: (picture.position, picture.row))
        if len(ordered) > MAX_PICTURES:
            self._issues.warn(
                ordered[MAX_PICTURES].row, "picture", "too_many_pictures", "", limit=MAX_PICTURES
            )
        kept = ordered[:MAX_PICTURES]
        return tuple(PictureRecord(one.url, one.alt, place, one.row) for place, one in enumerate(kept, 1))
