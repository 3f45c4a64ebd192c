"""New prices of old ones: by an amount or by percent, then rounded to what a shop writes on its labels. Pure."""

import enum
from dataclasses import dataclass

from shop.core.money import MAX_AMOUNT, charge_step, exponent

BASIS_POINTS = 10_000
MAX_BASIS_POINTS = 1_000_000
"""A hundredfold."""


class PriceChange(enum.StrEnum):
    """How a price is changed."""

    UP_PERCENT = "up_percent"
    DOWN_PERCENT = "down_percent"
    UP_AMOUNT = "up_amount"
    DOWN_AMOUNT = "down_amount"
    SET = "set"


class Rounding(enum.StrEnum):
    """Which prices are wanted: the nearest such price is taken, the higher of two as near."""

    EXACT = "exact"
    WHOLE = "whole"
    NINETY = "ninety"
    NINETY_NINE = "ninety_nine"
    FIVE = "five"
    TENS = "tens"


class CompareAt(enum.StrEnum):
    """What becomes of the compare-at price."""

    KEEP = "keep"
    OLD_PRICE = "old_price"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Repricing:
    """A change of prices; ``value`` is in basis points for percent, else in minor units."""

    change: PriceChange
    value: int
    rounding: Rounding = Rounding.EXACT
    compare_at: CompareAt = CompareAt.KEEP

    @property
    def is_percent(self) -> bool:
        """Whether ``value`` is in basis points."""
        return self.change in (PriceChange.UP_PERCENT, PriceChange.DOWN_PERCENT)


def roundings(currency: str) -> list[Rounding]:
    """Return the roundings that make sense in a currency: without decimals there is no .90."""
    if exponent(currency) == 0:
        return [Rounding.EXACT, Rounding.TENS]
    return [Rounding.EXACT, Rounding.WHOLE, Rounding.NINETY, Rounding.NINETY_NINE, Rounding.FIVE]


def round_price(amount: int, rounding: Rounding, currency: str) -> int:
    """Return the price nearest to ``amount`` (minor units, may be negative) that ``rounding`` wants."""
    unit = int(10 ** exponent(currency))
    step, ending = {
        Rounding.EXACT: (charge_step(currency), 0),
        Rounding.WHOLE: (unit, 0),
        Rounding.NINETY: (unit, unit * 9 // 10),
        Rounding.NINETY_NINE: (unit, unit * 99 // 100),
        Rounding.FIVE: (max(1, unit // 20), 0),
        Rounding.TENS: (10 * unit, 0),
    }[rounding]
    rounded = (amount - ending + step // 2) // step * step + ending
    # The nearest of a small price may be below zero: the first that is not, then.
    return rounded + step if rounded < 0 <= amount else rounded


def reprice(price: int, compare_at: int | None, change: Repricing, currency: str) -> tuple[int, int | None]:
    """Return the new price and compare-at price; both may be such as cannot be kept."""
    match change.change:
        case PriceChange.SET:
            wanted = change.value
        case PriceChange.UP_AMOUNT:
            wanted = price + change.value
        case PriceChange.DOWN_AMOUNT:
            wanted = price - change.value
        case PriceChange.UP_PERCENT:
            wanted = _share(price, BASIS_POINTS + change.value)
        case PriceChange.DOWN_PERCENT:
            wanted = _share(price, BASIS_POINTS - change.value)
    new = round_price(wanted, change.rounding, currency)
    kept = {CompareAt.KEEP: compare_at, CompareAt.OLD_PRICE: price, CompareAt.CLEAR: None}
    return new, kept[change.compare_at]


def _share(price: int, basis_points: int) -> int:
    """Return a share of a price, half a minor unit rounded up."""
    return (2 * price * basis_points + BASIS_POINTS) // (2 * BASIS_POINTS)


def price_problem(price: int, compare_at: int | None) -> str:
    """Return why a price cannot be, as a key of ``bulk_texts.PROBLEMS``, or ""."""
    if price < 0:
        return "negative"
    if price > MAX_AMOUNT:
        return "too_high"
    if compare_at is not None and compare_at <= price:
        return "above_compare_at"
    return ""
