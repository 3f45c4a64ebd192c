"""Reads prices as merchants' files hold them: "1295", "$2,030", "1 234,50", "1.234,56 €".

A lone comma or point followed by exactly three digits ("1,234") may be a decimal mark or stand
between thousands. It is decided by the file: formats that document a decimal point start with
``DOT``; a file whose other prices show decimal commas ("12,50") and no decimal points is
``COMMA``; when both occur, or nothing is known, such a price is refused and never guessed.
"""

import enum
import re
from dataclasses import dataclass
from decimal import Decimal

from babel import Locale


class DecimalMark(enum.StrEnum):
    """What a file writes between units and cents."""

    DOT = "."
    COMMA = ","
    UNSURE = "?"


class PriceKind(enum.StrEnum):
    """How a price cell is written."""

    OK = "ok"
    THOUSANDS = "thousands"
    RANGE = "range"
    EMPTY = "empty"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class PriceReading:
    """A read price cell. ``amount`` is None unless the kind is ok or thousands.

    ``code`` names the fault, ``currency`` what stood beside the number: an ISO code, or a sign.
    """

    kind: PriceKind
    amount: Decimal | None = None
    currency: str = ""
    code: str = ""


_BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "’": "'", "−": "-"})
_NUMBER = r"[0-9][0-9.,' ]*|[.,][0-9]+"
_PRICE = re.compile(
    rf"(?P<before>[^0-9,'+-]*?)(?P<sign>[+-]?) *(?P<between>[^0-9,'+-]*?)(?P<number>{_NUMBER})(?P<after>.*)"
)
_RANGE = re.compile(
    rf"[^0-9]{{0,12}}({_NUMBER})[^0-9]{{0,12}}?(-|–|—|~|/|\bto\b|\bbis\b|\bà\b)[^0-9]{{0,12}}({_NUMBER})[^0-9]{{0,12}}"
)
_GROUPED = {
    mark: re.compile(rf"[0-9]{{1,3}}(?:{re.escape(mark)}[0-9]{{2}})*(?:{re.escape(mark)}[0-9]{{3}})+")
    for mark in ",.' "
}
_MAX_DIGITS = 18
_SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "zł": "PLN",
    "kč": "CZK",
    "ft": "HUF",
    "₹": "INR",
    "₽": "RUB",
    "₩": "KRW",
    "₺": "TRY",
    "₴": "UAH",
    "₪": "ILS",
    "fr": "CHF",
    "fr.": "CHF",
    "sfr.": "CHF",
    "us$": "USD",
    "r$": "BRL",
    "ca$": "CAD",
    "c$": "CAD",
    "a$": "AUD",
    "au$": "AUD",
    "euro": "EUR",
    "euros": "EUR",
}
_SHARED_SIGNS = frozenset({"$", "¥", "kr", "kr."})
"""Signs of several currencies: they tell nothing for sure."""
_ISO_CODES = frozenset(Locale("en").currencies)
_LONE_MARK = re.compile(r"[0-9]([.,])[0-9]{1,2}(?![0-9.,])")


def read_price(text: str, mark: DecimalMark) -> PriceReading:
    """Return what a price cell holds; never raises."""
    cell = text.translate(_BLANKS).strip()
    if not cell:
        return PriceReading(PriceKind.EMPTY, code="price_empty")
    found = _PRICE.fullmatch(cell)
    currency = _currency(found["before"], found["between"], found["after"]) if found else None
    if found is None or currency is None:
        is_range = _RANGE.fullmatch(cell) is not None
        kind = PriceKind.RANGE if is_range else PriceKind.BAD
        return PriceReading(kind, code="price_range" if is_range else "price_bad")
    is_debit = found["after"].strip().startswith(("-", "–")) and not found["number"].rstrip().endswith(
        (",", ".")
    )
    if found["sign"] == "-" or is_debit:
        return PriceReading(PriceKind.BAD, currency=currency, code="price_negative")
    number = found["number"].strip().removesuffix(",").removesuffix(".")
    return _read_number(number, mark, currency)


class MarkTally:
    """Collects what the price cells of a file tell about its decimal mark."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def add(self, cell: str) -> None:
        """Look at one more price cell."""
        if "," in cell or ("." in cell and "." not in self._seen):
            self._seen.update(_LONE_MARK.findall(cell))

    def mark(self, documented: DecimalMark) -> DecimalMark:
        """Return the mark seen, UNSURE when both were, ``documented`` when none was."""
        if len(self._seen) == 1:
            return DecimalMark(next(iter(self._seen)))
        return DecimalMark.UNSURE if self._seen else documented


def _currency(*around: str) -> str | None:
    """Return the currency that stands around a number, "" without one, None when it is something else."""
    words = [word.strip() for word in around if word.strip(" -–—")]
    words = [re.sub(r"\s*[-–—]+$", "", word) for word in words]
    if not words:
        return ""
    if len(words) > 1:
        return None
    word = words[0]
    if word.lower() in _SIGNS:
        return _SIGNS[word.lower()]
    if word.lower() in _SHARED_SIGNS:
        return word
    return word.upper() if word.upper() in _ISO_CODES else None


def _read_number(number: str, mark: DecimalMark, currency: str) -> PriceReading:
    whole, fraction, grouped = number, "", False
    last = max(number.rfind(","), number.rfind("."))
    if last >= 0:
        sign, tail = number[last], number[last + 1 :]
        others = set(number[:last]) & set(",.' ")
        if sign not in others and _is_decimal(number[:last], tail, sign, mark, others) is None:
            return PriceReading(PriceKind.BAD, currency=currency, code="price_ambiguous")
        if sign not in others and _is_decimal(number[:last], tail, sign, mark, others):
            whole, fraction = number[:last], tail
    groupers = set(whole) & set(",.' ")
    if groupers:
        grouped = True
        if len(groupers) > 1 or not _GROUPED[groupers.pop()].fullmatch(whole):
            return PriceReading(PriceKind.BAD, currency=currency, code="price_bad")
    digits = re.sub(r"[^0-9]", "", whole) or "0"
    if len(digits) > _MAX_DIGITS or (fraction and not re.fullmatch(r"[0-9]+", fraction)):
        return PriceReading(PriceKind.BAD, currency=currency, code="price_bad")
    amount = Decimal(f"{digits}.{fraction[:_MAX_DIGITS]}" if fraction else digits)
    return PriceReading(PriceKind.THOUSANDS if grouped else PriceKind.OK, amount, currency)


def _is_decimal(head: str, tail: str, sign: str, mark: DecimalMark, others: set[str]) -> bool | None:
    """Tell whether the last sign is the decimal mark; None when it could be either."""
    could_group = len(tail) == 3 and 1 <= len(head) <= 3 and head != "0"  # noqa: PLR2004 - thousands
    if others or not could_group:
        return True
    if mark is DecimalMark.UNSURE:
        return None
    return sign == mark
