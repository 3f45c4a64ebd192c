"""What the accounts' forms take."""

from marshmallow import Schema, fields, validate

from shop.core.i18n import LANGUAGES, N_

_NAME = validate.And(
    validate.Length(min=1, error=N_("Enter your name.")),
    validate.Length(max=80, error=N_("Use at most 80 characters.")),
)
_EMAIL = validate.Length(min=1, max=254, error=N_("Enter an e-mail address such as name@example.com."))
_PASSWORD = validate.Length(min=1, max=1000, error=N_("Enter a password."))


class SignUpSchema(Schema):
    """A new account."""

    name = fields.String(required=True, validate=_NAME)
    email = fields.String(required=True, validate=_EMAIL)
    password = fields.String(required=True, validate=_PASSWORD)


class SignInSchema(Schema):
    """An e-mail address and a password."""

    email = fields.String(required=True, validate=_EMAIL)
    password = fields.String(required=True, validate=_PASSWORD)


class AccountSchema(Schema):
    """What a person calls themselves and reads."""

    name = fields.String(required=True, validate=_NAME)
    language = fields.String(
        required=True, validate=validate.OneOf(LANGUAGES, error=N_("Choose a language."))
    )


class ChangePasswordSchema(Schema):
    """The present password and a new one."""

    password_old = fields.String(required=True, validate=_PASSWORD)
    password = fields.String(required=True, validate=_PASSWORD)


class RequestResetSchema(Schema):
    """Whose password is forgotten."""

    email = fields.String(required=True, validate=_EMAIL)


class ResetPasswordSchema(Schema):
    """A new password."""

    password = fields.String(required=True, validate=_PASSWORD)
