"""What staff type in an order's room."""

from marshmallow import Schema, fields, validate

from shop.checkout.correspondence import MAX_NOTE

ALL, LINES, AMOUNT = "all", "lines", "amount"
MAX_AMOUNT = 10**12


class TrackingSchema(Schema):
    """How a parcel travels: a known carrier's key or another's name, its number, and a link where one is typed."""

    carrier = fields.String(load_default="", validate=validate.Length(max=60))
    carrier_name = fields.String(load_default="", validate=validate.Length(max=60))
    tracking_number = fields.String(load_default="", validate=validate.Length(max=100))
    tracking_url = fields.String(load_default="", validate=validate.Length(max=1000))
    notify = fields.Boolean(load_default=False)


class ParcelSchema(TrackingSchema):
    """A parcel; its units are read apart. ``expected_left``: units left to ship as the form showed them."""

    expected_left = fields.Integer(load_default=None, allow_none=True, strict=True)


class RefundFormSchema(Schema):
    """A refund; its units are read apart. ``expected_…`` hold what the form showed: so nobody is surprised."""

    scope = fields.String(load_default=ALL, validate=validate.OneOf([ALL, LINES, AMOUNT]))
    amount = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(min=0, max=MAX_AMOUNT)
    )
    restock = fields.Boolean(load_default=False)
    reason = fields.String(load_default="", validate=validate.Length(max=500))
    expected_amount = fields.Integer(load_default=None, allow_none=True, strict=True)
    expected_refunded = fields.Integer(load_default=None, allow_none=True, strict=True)
    expected_units = fields.Integer(load_default=None, allow_none=True, strict=True)


class NoteSchema(Schema):
    """A note for the page's staff."""

    text = fields.String(required=True, validate=validate.Length(min=1, max=MAX_NOTE))


class EvidenceSchema(Schema):
    """What speaks for the shop in a dispute, in Stripe's names."""

    uncategorized_text = fields.String(load_default="")
    product_description = fields.String(load_default="")
    shipping_carrier = fields.String(load_default="")
    shipping_tracking_number = fields.String(load_default="")
    shipping_date = fields.String(load_default="")
