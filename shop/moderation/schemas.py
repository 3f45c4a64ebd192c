"""What the forms of moderation take."""

from marshmallow import Schema, fields, validate

from shop.core.i18n import N_
from shop.moderation.models import SubjectKind
from shop.moderation.texts import REPORTABLE

MAX_NOTE = 500
MAX_ID = 2**63 - 1


class ReportSchema(Schema):
    """Somebody says why a thing should not be seen."""

    kind = fields.Enum(SubjectKind, by_value=True, required=True)
    id = fields.Integer(required=True, strict=True, validate=validate.Range(1, MAX_ID))
    reason = fields.String(
        required=True,
        validate=validate.OneOf([reason.value for reason in REPORTABLE], error=N_("Choose a reason.")),
        error_messages={"required": N_("Choose a reason.")},
    )
    note = fields.String(
        load_default="", validate=validate.Length(max=MAX_NOTE, error=N_("Write at most 500 characters."))
    )
