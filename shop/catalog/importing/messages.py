"""The sentences of the importer, by their stable codes; ``%(name)s`` places are filled later."""

from collections.abc import Mapping

from shop.core.i18n import N_
from shop.core.money import ODD_PRICE

FAULTS: dict[str, str] = {
    "empty": N_("The file is empty."),
    "no_rows": N_("The file has a header but no rows under it."),
    "too_large": N_("The file is larger than %(limit)s MB."),
    "binary": N_("This is not a text file. Export your products as CSV and import that file."),
    "excel": N_("This is an Excel file. In Excel, choose “Save as”, “CSV UTF-8”, and import that file."),
    "archive": N_("This is a compressed file. Unpack it and import the CSV file inside."),
    "undecodable": N_(
        "The letters of this file cannot be told for sure. Save it as “CSV UTF-8” and import it again, "
        "or name its encoding."
    ),
    "damaged_text": N_(
        "The file says or shows that it is %(encoding)s, but near line %(line)s it is damaged."
    ),
    "unknown_encoding": N_("“%(encoding)s” is not an encoding that can be read here."),
    "no_table": N_("No table was found in this file: its first line does not name any columns."),
    "no_handle_column": N_(
        "There is no column “Handle” or “URL handle”, so rows cannot be put together to products."
    ),
    "foreign_shop": N_(
        "This seems to be an export of %(shop)s. What is read here is Shopify’s product CSV: rename the columns in a "
        "spreadsheet to Handle (the same in all rows of a product), Title, Option1 Name, Option1 Value, Variant SKU, "
        "Variant Price, Variant Inventory Qty and Image Src, leave out the others, and save it as CSV UTF-8."
    ),
    "missing_columns": N_("This file lacks the column %(columns)s. Export products, not stock or orders."),
    "unclosed_quote": N_(
        "A quotation mark near row %(row)s is never closed or stands in a wrong place, "
        "so the rows after it cannot be told apart."
    ),
    "cell_too_long": N_(
        "A cell near row %(row)s is longer than %(limit)s characters; "
        "perhaps a quotation mark is never closed."
    ),
    "too_many_columns": N_("Row %(row)s has more than %(limit)s columns."),
    "unknown_format": N_("“%(format)s” is not a format that can be imported."),
    "unreadable": N_("The file could not be opened."),
    "broke_off": N_(
        "The import broke off several times. What was written stays; it can go on from where it stopped."
    ),
    "currency_changed": N_(
        "Your page sells in %(currency)s now, so the file has to be read again before it is imported."
    ),
}

REJECTIONS: dict[str, str] = {
    "no_handle": N_("This row has no handle, so it belongs to no product."),
    "no_title": N_("This product has no title."),
    "no_variant": N_("This product has no row with a price."),
    "price_empty": N_("This variant has no price."),
    "price_bad": N_("This is not a price."),
    "price_range": N_("This is a range of prices; a variant needs one price."),
    "price_negative": N_("A price cannot be negative."),
    "price_ambiguous": N_("This could be two different prices: nothing tells what the comma or point means."),
    "price_decimals": N_("This price has more decimals than %(currency)s allows."),
    "price_odd": ODD_PRICE,
    "price_too_high": N_("This price is higher than can be charged."),
    "price_currency": N_("This price is in %(found)s but the shop sells in %(currency)s."),
    "repeated_options": N_("The same choice of options is already in row %(row)s."),
    "option_missing": N_("This variant has no value for the option “%(option)s”."),
    "option_name_repeated": N_("Two options of this product have the same name."),
    "not_accepted": N_("This product cannot be kept: %(reason)s"),
    "too_many_options": N_("A product can have at most %(limit)s options."),
    "too_many_variants": N_("A product can have at most %(limit)s variants."),
    "too_many_rows": N_("This product has more than %(limit)s rows."),
    "too_long": N_("This is longer than %(limit)s characters."),
    "too_wide": N_("This row has more cells than the header; its values may stand in the wrong columns."),
    "address_taken": N_("This handle gives the same address as the product in row %(row)s."),
}

WARNINGS: dict[str, str] = {
    "encoding_guessed": N_(
        "The file is not UTF-8; it was read as %(encoding)s. Please check accents and symbols."
    ),
    "column_repeated": N_("This column is there twice; the first one was used."),
    "row_short": N_("This row has fewer cells than the header; the missing ones count as empty."),
    "garbled": N_("This text looks garbled already in the file."),
    "leading_quote": N_("The apostrophe that a spreadsheet put in front was removed."),
    "price_zero": N_("The price is zero."),
    "price_currency_guessed": N_("The sign %(found)s was ignored; the price counts in %(currency)s."),
    "compare_at_not_above": N_("The compare-at price is not above the price and was dropped."),
    "compare_at_bad": N_("The compare-at price cannot be read and was dropped."),
    "sku_blank": N_("This variant has no SKU."),
    "sku_repeated": N_("This SKU is already in row %(row)s."),
    "sku_spoilt": N_("A spreadsheet seems to have turned this SKU into a number."),
    "barcode_bad_check": N_("The check digit of this barcode is wrong; it was dropped."),
    "barcode_bad_length": N_("A barcode has 8, 12, 13 or 14 digits; this one was dropped."),
    "barcode_not_digits": N_("A barcode has only digits; this one was dropped."),
    "barcode_decimal": N_("A spreadsheet turned this barcode into a decimal number; it was dropped."),
    "barcode_spoilt_by_excel": N_("A spreadsheet cut this barcode short; it was dropped."),
    "stock_negative": N_("The stock is negative and counts as 0."),
    "stock_negative_ignored": N_("The stock is negative and was ignored: the variant is unlimited."),
    "stock_bad": N_("The stock is not a whole number and counts as 0."),
    "stock_missing": N_("The stock is tracked but not given; it counts as 0."),
    "stock_untracked": N_(
        "The stock is not tracked, so this quantity was ignored: the variant is unlimited."
    ),
    "stock_oversell": N_(
        "The variant goes on selling when out of stock, so this quantity was ignored: it is unlimited."
    ),
    "weight_bad": N_("The weight cannot be read and was dropped."),
    "weight_unit_bad": N_("The unit of weight is not known; the weight was dropped."),
    "picture_url_bad": N_("This is not the address of a picture on the web; it was dropped."),
    "status_unknown": N_("This status is not known; the product becomes a draft."),
    "status_unlisted": N_("Unlisted products do not exist here; the product becomes a draft."),
    "yes_no_bad": N_("This is neither true nor false; %(used)s was used."),
    "title_differs": N_("The title differs from the one in row %(row)s, which was kept."),
    "option_name_differs": N_("The name of this option differs from the one in row %(row)s, which was kept."),
    "option_name_missing": N_("The option has no name; “%(name)s” was used."),
    "option_unused": N_("No variant has a value for this option; it was dropped."),
    "gift_card": N_("Gift cards are imported as ordinary products."),
    "cut": N_("This is longer than %(limit)s characters and was cut."),
    "too_many_tags": N_("Only the first %(limit)s tags were kept."),
    "picture_failed": N_("This picture could not be fetched and will be tried again: %(reason)s"),
    "too_many_pictures": N_("Only the first %(limit)s pictures of a product were kept."),
}

_ALL = FAULTS | REJECTIONS | WARNINGS


def template_of(code: str) -> str:
    """Return the msgid of ``code``, for an edge to translate and fill."""
    return _ALL[code]


def text_of(code: str, params: Mapping[str, str | int]) -> str:
    """Return the English sentence of ``code``, filled."""
    return _ALL[code] % params


class FileFault(Exception):
    """The file as a whole cannot be read; nothing was or will be changed.

    ``code`` is stable; ``reason`` is a sentence for a person, in English.
    """

    def __init__(self, code: str, **params: str | int) -> None:
        self.code = code
        self.params = params
        self.reason = text_of(code, params)
        super().__init__(self.reason)
