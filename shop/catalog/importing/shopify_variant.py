"""Reads what belongs to one variant row: price, stock, codes, weight.

Stock follows Shopify's own rules (help.shopify.com, "Product CSV columns"): a blank "Inventory
tracker" means that stock is not tracked, so the variant is unlimited and a quantity beside it means
nothing, which is told. Where the file has no such column at all, a quantity counts. A tracked variant
that "continues" when out of stock can always be bought, so it is unlimited here. A tracked one without
a quantity has 0, as Shopify does on import: selling what is not there would be worse.
"""

from decimal import Decimal

from shop.catalog.importing.barcodes import BarcodeKind, barcode_kind, is_spoilt_number
from shop.catalog.importing.cells import (
    MAX_STOCK,
    read_grams,
    read_picture_url,
    read_whole,
    read_yes_no,
    strip_apostrophe,
)
from shop.catalog.importing.prices import PriceReading, read_price
from shop.catalog.importing.records import VariantRecord
from shop.catalog.importing.shopify_reading import Reading, RowIssues
from shop.catalog.importing.spool import SourceRow
from shop.core.money import MAX_AMOUNT, charge_step, exponent

MAX_SKU = 255

_SIGN_CURRENCIES = {
    "$": frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD", "CLP", "ARS", "COP"}),
    "¥": frozenset({"JPY", "CNY"}),
    "kr": frozenset({"SEK", "NOK", "DKK", "ISK"}),
    "kr.": frozenset({"SEK", "NOK", "DKK", "ISK"}),
}


def read_variant(
    row: SourceRow, values: tuple[str, ...], reading: Reading, issues: RowIssues
) -> VariantRecord | None:
    """Return the variant of ``row``, None when it has no valid price."""
    sku = _read_sku(row, reading, issues)
    barcode = _read_barcode(row, issues)
    stock, continues = _read_stock(row, reading, issues)
    picture = read_picture_url(row["variant_picture"])
    if row["variant_picture"] and not picture:
        issues.warn(row.row, "variant_picture", "picture_url_bad", row["variant_picture"])
    price = _read_price(row, reading, issues)
    if price is None:
        return None
    return VariantRecord(
        row=row.row,
        option_values=values,
        sku=sku,
        barcode=barcode,
        price=price,
        compare_at=_read_compare_at(row, price, reading, issues),
        stock=stock,
        weight_grams=_read_weight(row, issues),
        picture_url=picture,
        requires_shipping=_read_flag(row, "shipping", issues),
        taxable=_read_flag(row, "taxable", issues),
        continue_selling=continues,
    )


def _fault_of(price: PriceReading, currency: str) -> tuple[str, dict[str, str | int]]:
    """Return the code and parameters of what keeps a price out, "" when nothing does."""
    if price.amount is None:
        return price.code, {}
    if price.currency and price.currency != currency and price.currency not in _SIGN_CURRENCIES:
        return "price_currency", {"found": price.currency, "currency": currency}
    # More decimals than the currency has are refused and not rounded: the merchant meant something else.
    minor = price.amount.scaleb(exponent(currency))
    if minor != minor.to_integral_value():
        return "price_decimals", {"currency": currency}
    return ("price_too_high", {}) if minor > MAX_AMOUNT else ("", {})


def _oddness_of(price: Decimal, currency: str) -> tuple[str, dict[str, str | int]]:
    """Return the code and parameters of a price that is finer than cards are charged, "" when it is not."""
    is_odd = price.scaleb(exponent(currency)) % charge_step(currency)
    return ("price_odd", {"currency": currency}) if is_odd else ("", {})


def _read_price(row: SourceRow, reading: Reading, issues: RowIssues) -> Decimal | None:
    price = read_price(row["price"], reading.mark)
    code, params = _fault_of(price, reading.currency)
    if not code and price.amount is not None:
        code, params = _oddness_of(price.amount, reading.currency)
    if code or price.amount is None:
        issues.reject(row.row, "price", code, row["price"], **params)
        return None
    sign = price.currency
    if sign in _SIGN_CURRENCIES and reading.currency not in _SIGN_CURRENCIES[sign]:
        issues.warn(
            row.row, "price", "price_currency_guessed", row["price"], found=sign, currency=reading.currency
        )
    if not price.amount:
        issues.warn(row.row, "price", "price_zero", row["price"])
    return price.amount


def _read_compare_at(row: SourceRow, price: Decimal, reading: Reading, issues: RowIssues) -> Decimal | None:
    if not row["compare_at"]:
        return None
    compare_at = read_price(row["compare_at"], reading.mark)
    if _fault_of(compare_at, reading.currency)[0] or compare_at.amount is None:
        issues.warn(row.row, "compare_at", "compare_at_bad", row["compare_at"])
        return None
    if compare_at.amount <= price:
        issues.warn(row.row, "compare_at", "compare_at_not_above", row["compare_at"])
        return None
    return compare_at.amount


def _read_sku(row: SourceRow, reading: Reading, issues: RowIssues) -> str:
    sku, had_apostrophe = strip_apostrophe(row["sku"])
    if had_apostrophe:
        issues.warn(row.row, "sku", "leading_quote", row["sku"])
    if not sku:
        issues.warn(row.row, "sku", "sku_blank", "")
        return ""
    first = reading.spool.first_row("sku", sku)
    if first != row.row:
        issues.warn(row.row, "sku", "sku_repeated", sku, row=first)
    if is_spoilt_number(sku):
        issues.warn(row.row, "sku", "sku_spoilt", sku)
    if len(sku) > MAX_SKU:
        issues.reject(row.row, "sku", "too_long", sku, limit=MAX_SKU)
    return sku


def _read_barcode(row: SourceRow, issues: RowIssues) -> str:
    barcode, _ = strip_apostrophe(row["barcode"])
    kind = barcode_kind(barcode)
    if kind is BarcodeKind.EMPTY:
        return ""
    if kind is not BarcodeKind.OK:
        issues.warn(row.row, "barcode", f"barcode_{kind.value}", row["barcode"])
        return ""
    return barcode


def _read_stock(row: SourceRow, reading: Reading, issues: RowIssues) -> tuple[int | None, bool]:
    """Return the stock, None for unlimited, and whether the variant sells on when out of stock."""
    policy = row["policy"].casefold()
    continues = policy == "continue" or read_yes_no(policy) is True
    quantity = row["quantity"]
    is_tracked = bool(row["tracker"]) if "tracker" in reading.columns else bool(quantity)
    if not is_tracked or continues:
        if quantity.startswith(("-", "\u2212")):
            issues.warn(row.row, "quantity", "stock_negative_ignored", quantity)
        elif quantity:
            issues.warn(row.row, "quantity", "stock_oversell" if is_tracked else "stock_untracked", quantity)
        return None, continues
    if not quantity:
        issues.warn(row.row, "quantity", "stock_missing", "")
        return 0, continues
    stock = read_whole(quantity)
    if stock is None or stock > MAX_STOCK:
        issues.warn(row.row, "quantity", "stock_bad", quantity)
        return 0, continues
    if stock < 0:
        issues.warn(row.row, "quantity", "stock_negative", quantity)
    return max(stock, 0), continues


def _read_weight(row: SourceRow, issues: RowIssues) -> int | None:
    # "Variant Weight Unit" only says how Shopify shows the grams; it is the unit of "Variant Weight" alone.
    field, unit = ("grams", "g") if row["grams"] else ("weight", row["weight_unit"])
    if not row[field]:
        return None
    grams, code = read_grams(row[field], unit)
    if code:
        issues.warn(row.row, field, code, row[field])
    return grams


def _read_flag(row: SourceRow, field: str, issues: RowIssues) -> bool:
    if not row[field]:
        return True
    flag = read_yes_no(row[field])
    if flag is None:
        issues.warn(row.row, field, "yes_no_bad", row[field], used="true")
        return True
    return flag
