"""What a person may say of themselves, and to whom it is shown."""

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from shop.accounts.profile_models import AskedBy, Audience
from shop.accounts.profiles import MAX_HANDLE
from shop.core.i18n import N_

MIN_HANDLE = 3
MAX_BIO = 300

UNKNOWN: dict[str, Any] = {"unknown": N_("Choose one of these.")}
_HANDLE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _check_handle(value: str) -> None:
    if not _HANDLE.fullmatch(value):
        raise ValidationError(N_("Use a-z, 0-9 and hyphens between them."))


class ProfileSchema(Schema):
    """The form of ``/account/profile``."""

    handle = fields.String(
        required=True,
        validate=[
            validate.Length(min=MIN_HANDLE, max=MAX_HANDLE, error=N_("Use 3 to 40 characters.")),
            _check_handle,
        ],
    )
    bio = fields.String(
        load_default="", validate=validate.Length(max=MAX_BIO, error=N_("Write at most 300 characters."))
    )
    visibility = fields.Enum(Audience, by_value=True, required=True, error_messages=UNKNOWN)
    likes_visibility = fields.Enum(Audience, by_value=True, required=True, error_messages=UNKNOWN)
    friends_visibility = fields.Enum(Audience, by_value=True, required=True, error_messages=UNKNOWN)
    asked_by = fields.Enum(AskedBy, by_value=True, required=True, error_messages=UNKNOWN)
    is_findable = fields.Boolean(load_default=False)
