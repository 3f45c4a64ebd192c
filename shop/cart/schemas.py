"""What comes into a cart, from a form or as JSON."""

from marshmallow import Schema, fields, validate

from shop.cart.models import MAX_QUANTITY

ID_RANGE = validate.Range(min=1, max=2**63 - 1)


class NewCartLineSchema(Schema):
    """Something to put into a cart, or to buy at once."""

    variant_id = fields.Integer(required=True, strict=True, validate=ID_RANGE)
    quantity = fields.Integer(load_default=1, strict=True, validate=validate.Range(min=1, max=MAX_QUANTITY))


class EditCartLineSchema(Schema):
    """How many of a line there are to be; 0 removes it."""

    quantity = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=MAX_QUANTITY))


class DestinationSchema(Schema):
    """Where a cart goes: an ISO 3166-1 country, and a postal code where the shop asks for one."""

    country = fields.String(required=True, validate=validate.Regexp(r"[A-Z]{2}\Z"))
    postal_code = fields.String(load_default="", validate=validate.Length(max=12))
