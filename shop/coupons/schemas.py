"""One schema for a coupon, whether it comes as JSON or was read from a web form by its adapters."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from shop.core.i18n import N_
from shop.coupons.drafts import CouponDraft
from shop.coupons.models import CouponAudience, CouponKind, CouponScope, OtherWay

MAX_ID = 2**63 - 1
MAX_THINGS = 1000
"""How many products or collections one coupon names at most; more are a collection."""
CHOOSE: dict[str, str | list[Any] | dict[Any, Any]] = {
    "unknown": N_("Choose one of these."),
    "required": N_("Choose one of these."),
}


def _ids() -> fields.List[int]:
    one = fields.Integer(validate=validate.Range(1, MAX_ID))
    too_many = N_("Choose at most 1,000. More than that are better a collection.")
    return fields.List(one, load_default=list, validate=validate.Length(max=MAX_THINGS, error=too_many))


class CouponSchema(Schema):
    """A coupon; amounts are whole minor units of the page's currency, ``percent_bp`` basis points.

    What it says is checked by ``drafts.find_problems``. A member that does not belong to its kind is not read.
    """

    code = fields.String(load_default="")
    title = fields.String(load_default="")
    description = fields.String(load_default="")
    translations = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.String()),
        load_default=dict,
    )
    kind = fields.Enum(CouponKind, by_value=True, required=True, error_messages=CHOOSE)
    percent_bp = fields.Integer(strict=True, load_default=0)
    amount = fields.Integer(strict=True, load_default=0)
    has_free_shipping = fields.Boolean(load_default=False)
    minimum_amount = fields.Integer(strict=True, load_default=0)
    scope = fields.Enum(CouponScope, by_value=True, load_default=CouponScope.ALL, error_messages=CHOOSE)
    product_ids = _ids()
    collection_ids = _ids()
    unit_limit = fields.Integer(strict=True, allow_none=True, load_default=None)
    audience = fields.Enum(
        CouponAudience, by_value=True, load_default=CouponAudience.EVERYBODY, error_messages=CHOOSE
    )
    other_way = fields.Enum(OtherWay, by_value=True, load_default=OtherWay.EMAIL, error_messages=CHOOSE)
    starts_at = fields.AwareDateTime(allow_none=True, load_default=None)
    ends_at = fields.AwareDateTime(allow_none=True, load_default=None)
    max_uses = fields.Integer(strict=True, allow_none=True, load_default=None)
    is_once = fields.Boolean(load_default=False)
    is_listed = fields.Boolean(load_default=False)
    is_automatic = fields.Boolean(load_default=False)
    is_embeddable = fields.Boolean(load_default=False)

    @post_load
    def make_draft(self, values: dict[str, Any], **_: Any) -> CouponDraft:
        """Return the draft that the service takes."""
        for name in ("product_ids", "collection_ids"):
            values[name] = frozenset(values[name])
        return CouponDraft(**values)
