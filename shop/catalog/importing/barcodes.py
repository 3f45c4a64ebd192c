"""Checks barcodes by the GS1 rules: 8, 12, 13 or 14 digits, the last one a check digit."""

import enum
import re

GTIN_LENGTHS = (8, 12, 13, 14)


class BarcodeKind(enum.StrEnum):
    """What a barcode cell holds; only ``OK`` may be kept."""

    OK = "ok"
    EMPTY = "empty"
    BAD_CHECK = "bad_check"
    BAD_LENGTH = "bad_length"
    NOT_DIGITS = "not_digits"
    DECIMAL = "decimal"
    SPOILT_BY_EXCEL = "spoilt_by_excel"


_DECIMAL = re.compile(r"[0-9]+[.,][0-9]+")
_SCIENTIFIC = re.compile(r"[0-9]+([.,][0-9]*)?[eE]\+?[0-9]+")
_DIGITS = re.compile(r"[0-9]+")


def barcode_kind(text: str) -> BarcodeKind:
    """Return the kind of a barcode cell without outer blanks or a spreadsheet's apostrophe."""
    if not text:
        return BarcodeKind.EMPTY
    if _SCIENTIFIC.fullmatch(text):
        return BarcodeKind.SPOILT_BY_EXCEL
    if _DECIMAL.fullmatch(text):
        return BarcodeKind.DECIMAL
    if not _DIGITS.fullmatch(text):
        return BarcodeKind.NOT_DIGITS
    if len(text) not in GTIN_LENGTHS:
        return BarcodeKind.BAD_LENGTH
    # From the right, digits weigh 1, 3, 1, 3 …; the sum is a multiple of ten (GS1 General Specifications 7.9).
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(text)))
    return BarcodeKind.BAD_CHECK if total % 10 else BarcodeKind.OK


def is_spoilt_number(text: str) -> bool:
    """Tell whether a spreadsheet wrote this code in powers of ten: "1,62E+11"."""
    return "+" in text and _SCIENTIFIC.fullmatch(text) is not None
