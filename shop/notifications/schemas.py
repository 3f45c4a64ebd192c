"""What people choose in the settings of their notifications."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from shop.core.i18n import N_
from shop.notifications.models import MailPace, NotificationKind
from shop.notifications.settings import DEFAULTS, Setting

PACE_WRONG = N_("Choose how often mails come.")


def _fields() -> dict[str, fields.Field[Any]]:
    found: dict[str, fields.Field[Any]] = {}
    for kind in DEFAULTS:
        found[f"in_app_{kind}"] = fields.Boolean(load_default=False)
        found[f"mail_{kind}"] = fields.String(
            required=True,
            validate=validate.OneOf([pace.value for pace in MailPace], error=PACE_WRONG),
            error_messages={"required": PACE_WRONG},
        )
    return found


SettingsSchema = Schema.from_dict(_fields(), name="SettingsSchema")
"""Of each kind whether it shows in the app (``in_app_<kind>``) and how often it is mailed (``mail_<kind>``)."""


def chosen_settings(values: Mapping[str, Any]) -> dict[NotificationKind, Setting]:
    """Return the settings that a valid form holds."""
    return {
        kind: Setting(in_app=values[f"in_app_{kind}"], mail=MailPace(values[f"mail_{kind}"]))
        for kind in DEFAULTS
    }


def initial_values(settings: Mapping[NotificationKind, Setting]) -> dict[str, Any]:
    """Return what the form shows before anything is typed."""
    shown: dict[str, Any] = {}
    for kind, setting in settings.items():
        shown |= {f"in_app_{kind}": setting.in_app, f"mail_{kind}": setting.mail.value}
    return shown
