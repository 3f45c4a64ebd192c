"""What the form of an invitation takes."""

from marshmallow import Schema, fields, validate

from shop.core.i18n import N_
from shop.like_invitations.models import InvitationStyle

MAX_TEXT = 200
HELD_OUT_BP = (0, 500, 1000, 2000, 3000, 5000)
"""The shares that can be held out, in basis points; half at most, since the invitation is there to be seen."""

_TEXT = validate.Length(max=MAX_TEXT, error=N_("Use at most 200 characters."))


class LikeInvitationSchema(Schema):
    """A page's invitation; ``version`` is the one that the form was opened with, 0 for the first."""

    is_on = fields.Boolean(load_default=False)
    style = fields.Enum(
        InvitationStyle,
        by_value=True,
        required=True,
        error_messages={"required": N_("Choose how it appears."), "unknown": N_("Choose how it appears.")},
    )
    text = fields.String(load_default="", validate=_TEXT)
    other_text = fields.String(load_default="", validate=_TEXT)
    held_out_bp = fields.Integer(
        required=True,
        strict=True,
        validate=validate.OneOf(HELD_OUT_BP, error=N_("Choose a share from the list.")),
        error_messages={"required": N_("Choose a share from the list.")},
    )
    version = fields.Integer(load_default=0, strict=True, validate=validate.Range(min=0))
