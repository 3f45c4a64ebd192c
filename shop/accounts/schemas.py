"""What people type about themselves."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from shop.accounts.passwords import password_problem
from shop.core.i18n import LANGUAGES, N_

MAX_NAME_LENGTH = 80
MAX_EMAIL_LENGTH = 254  # RFC 5321 4.5.3.1.3: a path has 256 characters, angle brackets included

NAME_MISSING = N_("Enter your name.")
EMAIL_MISSING = N_("Enter your e-mail address.")
PASSWORD_MISSING = N_("Enter your password.")
NAME_TOO_LONG = N_("Use at most 80 characters.")
EMAIL_WRONG = N_("Enter an e-mail address such as name@example.com.")


def _name() -> fields.String:
    return fields.String(
        required=True,
        validate=[
            validate.Length(min=1, error=NAME_MISSING),
            validate.Length(max=MAX_NAME_LENGTH, error=NAME_TOO_LONG),
        ],
        error_messages={"required": NAME_MISSING},
    )


def _email() -> fields.Email:
    return fields.Email(
        required=True,
        validate=validate.Length(max=MAX_EMAIL_LENGTH, error=EMAIL_WRONG),
        error_messages={"required": EMAIL_MISSING, "invalid": EMAIL_WRONG},
    )


def _password(message: str = PASSWORD_MISSING) -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Length(min=1, error=message),
        error_messages={"required": message},
        load_only=True,
    )


class SignUpSchema(Schema):
    """A new account."""

    name = _name()
    email = _email()
    password = _password(N_("Choose a password."))

    @validates_schema
    def check_password(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a password that is easily guessed for this address."""
        problem = password_problem(data["password"], email=data["email"])
        if problem:
            raise ValidationError({"password": [problem]})


class SignInSchema(Schema):
    """Who somebody says they are."""

    email = fields.String(
        required=True,
        validate=validate.Length(min=1, max=MAX_EMAIL_LENGTH, error=EMAIL_MISSING),
        error_messages={"required": EMAIL_MISSING},
    )
    password = _password()


class AccountSchema(Schema):
    """What a person calls themselves, and the language of their mails."""

    name = _name()
    language = fields.String(
        required=True, validate=validate.OneOf(LANGUAGES, error=N_("Choose a language."))
    )


class ChangePasswordSchema(Schema):
    """The present password and the new one."""

    password_old = _password(N_("Enter your present password."))
    password = _password(N_("Choose a password."))


class RequestResetSchema(Schema):
    """Whose password was forgotten."""

    email = _email()


class ResetPasswordSchema(Schema):
    """The new password of a reset link."""

    password = _password(N_("Choose a password."))
