"""What is typed to have a coupon mailed."""

from marshmallow import Schema, fields, validate

from shop.accounts.schemas import EMAIL_MISSING, EMAIL_WRONG, MAX_EMAIL_LENGTH


class ClaimSchema(Schema):
    """The address that a coupon's link is mailed to."""

    email = fields.Email(
        required=True,
        validate=validate.Length(max=MAX_EMAIL_LENGTH, error=EMAIL_WRONG),
        error_messages={"required": EMAIL_MISSING, "invalid": EMAIL_WRONG},
    )
