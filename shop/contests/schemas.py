"""One schema for a contest, whether it comes as JSON or was read from a web form by its adapters."""

from typing import Any

from marshmallow import Schema, fields, validate

from shop.contests.models import ContestKind
from shop.core.i18n import N_
from shop.core.money import MAX_AMOUNT

MAX_ID = 2**63 - 1
CHOOSE: dict[str, str | list[Any] | dict[Any, Any]] = {
    "unknown": N_("Choose one of these."),
    "required": N_("Choose one of these."),
}


class ContestSchema(Schema):
    """A contest apart from its instants and translations, which ``contest_form`` reads; what it says is checked by ``drafts``.

    ``prize_value_amount`` is in minor units of the page's currency, ``right_answer`` the place of an answer from 0.
    """

    kind = fields.Enum(ContestKind, by_value=True, required=True, error_messages=CHOOSE)
    title = fields.String(load_default="")
    body = fields.String(load_default="")
    prize = fields.String(load_default="")
    rules = fields.String(load_default="")
    question = fields.String(load_default="")
    right_answer = fields.Integer(strict=True, allow_none=True, load_default=None)
    picture_alt = fields.String(load_default="")
    organiser = fields.String(load_default="")
    minimum_age = fields.Integer(strict=True, load_default=18)
    countries = fields.List(fields.String(validate=validate.Length(equal=2)), load_default=list)
    prize_product_id = fields.Integer(
        strict=True, allow_none=True, load_default=None, validate=validate.Range(1, MAX_ID)
    )
    prize_value_amount = fields.Integer(strict=True, load_default=0, validate=validate.Range(max=MAX_AMOUNT))
    prize_days = fields.Integer(strict=True, load_default=90)
    winner_count = fields.Integer(strict=True, load_default=1)
    is_embeddable = fields.Boolean(load_default=False)
