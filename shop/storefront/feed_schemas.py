"""What the form of the feed's sliders takes."""

import math

from marshmallow import Schema, fields, validate

from shop.core.i18n import N_
from shop.feed.ranking import RANGES
from shop.web.forms import BadText

MAX_LENGTH = 12


def decimal_adapter(text: str) -> float:
    """Read a number such as "1.5" or "1,5"; BadText otherwise."""
    try:
        number = float(text.replace(",", ".")) if len(text) <= MAX_LENGTH else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadText(N_("Enter a number."))
    return number


def _slider(name: str) -> fields.Float:
    low, high, _step = RANGES[name]
    outside = N_("Choose a number within the slider's range.")
    return fields.Float(required=True, validate=validate.Range(min=low, max=high, error=outside))


class SlidersSchema(Schema):
    """All five sliders; the form always sends them together."""

    affinity = _slider("affinity")
    kind = _slider("kind")
    half_life_h = _slider("half_life_h")
    friends = _slider("friends")
    seen = _slider("seen")
