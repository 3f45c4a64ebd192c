"""What a request to the JSON interface can do wrong before any domain looks at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shop.core.errors import DomainError
from shop.core.i18n import N_


class MalformedJson(DomainError):
    """The body is not JSON."""

    code = "malformed_json"
    status = 400
    message = N_("The body is not valid JSON.")


class NotJson(DomainError):
    """The body says that it is something else than JSON."""

    code = "unsupported_media_type"
    status = 415
    message = N_("Send the body as application/json.")


class MissingToken(DomainError):
    """There is no bearer token in the request."""

    code = "missing_token"
    status = 401
    message = N_("Send the token as “Authorization: Bearer …”.")


class BadIdempotencyKey(DomainError):
    """The Idempotency-Key is empty, too long or not printable ASCII."""

    code = "bad_idempotency_key"
    status = 400
    message = N_("An Idempotency-Key is 1 to 255 printable ASCII characters.")


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one field: ``path`` in the body, or the name of a query parameter.

    ``detail`` is a msgid; the schemas' own messages are translated as msgids too.
    """

    path: tuple[str, ...]
    detail: str
    location: str


class BadRequestFields(DomainError):
    """The schema refused some fields of the body or of the query."""

    code = "invalid"
    status = 422
    message = N_("Some fields are not as they should be.")

    def __init__(self, messages: Mapping[str, Any]) -> None:
        self.problems = [
            FieldProblem(path, detail, location)
            for location, fields in messages.items()
            for path, detail in _flatten(fields, ())
        ]
        super().__init__()


def _flatten(messages: Any, path: tuple[str, ...]) -> list[tuple[tuple[str, ...], str]]:
    """Return marshmallow's nested messages as (path, message) pairs."""
    if isinstance(messages, Mapping):
        return [
            pair
            for name, inner in messages.items()
            for pair in _flatten(inner, path if name == "_schema" else (*path, str(name)))
        ]
    if isinstance(messages, str):
        return [(path, messages)]
    return [(path, str(message)) for message in messages]
