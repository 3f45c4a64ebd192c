"""Errors that a visitor may read: a stable code, an HTTP status and a translatable sentence."""

from collections.abc import Mapping
from typing import ClassVar

from shop.core.i18n import N_


class DomainError(Exception):
    """Base of every error that a service raises on purpose.

    ``code`` is stable and machine-readable, ``status`` the HTTP status an edge answers with,
    ``message`` an English msgid with ``%(name)s`` places filled from ``params`` after translation.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    message: ClassVar[str] = N_("Something went wrong.")

    def __init__(self, message: str | None = None, **params: object) -> None:
        self.msgid = message or self.message
        self.params = params
        super().__init__(self.msgid % params if params else self.msgid)


class NotFound(DomainError):
    """The thing asked for does not exist, or the asker may not know that it does."""

    code = "not_found"
    status = 404
    message = N_("We could not find that.")


class Forbidden(DomainError):
    """The asker is known and may not do this."""

    code = "forbidden"
    status = 403
    message = N_("You may not do this.")


class Conflict(DomainError):
    """The thing has changed, or its state does not allow this."""

    code = "conflict"
    status = 409
    message = N_("This has changed in the meantime.")


class Invalid(DomainError):
    """Input that a schema could not refuse alone; ``errors`` maps field name to msgids."""

    code = "invalid"
    status = 422
    message = N_("Please check what you typed.")

    def __init__(self, errors: Mapping[str, list[str]], message: str | None = None, **params: object) -> None:
        self.errors = dict(errors)
        super().__init__(message, **params)


class Unavailable(DomainError):
    """Something we depend on did not answer; trying again later may work."""

    code = "unavailable"
    status = 503
    message = N_("This is not available just now. Please try again in a moment.")
