"""What people type to enter a contest; what it means for this contest is checked by ``drafts.check_entry``."""

from marshmallow import EXCLUDE, Schema, fields, validate

from shop.accounts.schemas import EMAIL_MISSING, EMAIL_WRONG, MAX_EMAIL_LENGTH


class EntrySchema(Schema):
    """An entry. Who is signed in enters with their account's address."""

    class Meta:
        """Fields of the picture are read beside."""

        unknown = EXCLUDE

    name = fields.String(load_default="")
    email = fields.Email(
        required=True,
        validate=validate.Length(max=MAX_EMAIL_LENGTH, error=EMAIL_WRONG),
        error_messages={"required": EMAIL_MISSING, "invalid": EMAIL_WRONG},
    )
    country = fields.String(load_default="")
    answer = fields.String(load_default="")
    caption = fields.String(load_default="")
    is_old_enough = fields.Boolean(load_default=False)
    accepts_rules = fields.Boolean(load_default=False)
    likes_page = fields.Boolean(load_default=False)
